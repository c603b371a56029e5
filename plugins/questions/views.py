"""Organisers' pages of the questions: the list, one question, its place, and how guests see them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Column,
    Form,
    FormStack,
    LocalizedText,
    _,
    activity,
    done,
    format_list,
    language_name,
    pages,
    requires,
    spreadsheets,
    table,
    transaction,
    wanted_export,
)

from . import contributions, domain, forms, permissions, sections, words
from .models import Kind, Question, Stage

bp = pages("questions", __name__, Audience.ORGANISERS)


@dataclass(frozen=True)
class Line:
    """A question of the list: how many answered it, when it is asked, and in which languages it lacks words."""

    question: Question
    answered: int
    condition: str
    lacking: tuple[str, ...]


def lines(found: list[Question]) -> list[Line]:
    counted, by_id = domain.answered(g.event), {one.id: one for one in found}
    return [
        Line(
            one,
            counted.get(one.id, 0),
            words.condition(one, by_id),
            tuple(code for code in g.event.languages if contributions.lacking(one, code)),
        )
        for one in found
    ]


def columns() -> list[Column[Line]]:
    def text(code: str, name: str) -> Column[Line]:
        def value(line: Line) -> str:
            half: LocalizedText = getattr(line.question, name)
            return half.text(code) or ""

        said = {
            "label": _("Question (%(language)s)", language=language_name(code)),
            "help": _("Help (%(language)s)", language=language_name(code)),
        }
        return Column(f"{name}_{code}", said[name], value)

    return [
        Column("stage", _("Step of the registration"), lambda line: str(words.STAGES[line.question.stage])),
        *[text(code, name) for code in g.event.languages for name in ("label", "help")],
        Column("kind", _("Answer"), lambda line: str(words.KINDS[line.question.kind])),
        Column("choices", _("Choices"), lambda line: [said for _key, said in words.options(line.question, kept=False)]),
        Column("scope", _("Who answers"), lambda line: str(words.SCOPES[line.question.scope])),
        Column("required", _("Required"), lambda line: _("Yes") if line.question.required else _("No")),
        Column("condition", _("When"), lambda line: line.condition),
        Column("answered", _("Answers"), lambda line: line.answered, numeric=True),
    ]


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    archived = request.args.get("show") == "archived"
    found = lines(domain.questions(g.event, archived=archived))
    if kind := wanted_export():
        return spreadsheets.download(kind, _("Questions"), *table(columns(), found))
    by_stage = [(stage, [line for line in found if line.question.stage == stage]) for stage in Stage]
    return render_template(
        "questions/index.html",
        stages=[(words.STAGES[stage], group) for stage, group in by_stage if group],
        total=len(found),
        archived=archived,
        words=words,
        format_list=format_list,
    )


@bp.get("/preview")
@requires(permissions.READ)
def preview() -> ResponseReturnValue:
    """The questions as a guest reads them, in the language of the page; nothing typed there is kept."""
    stack = FormStack(g.event, list(sections.preview(g.event)))
    return render_template("questions/preview.html", stack=stack, scopes=words.SCOPES)


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    """First the kind of answer, which decides what the form asks; then the question."""
    if request.args.get("kind") not in set(Kind):
        return render_template("questions/kinds.html", kinds=[(kind, words.KINDS[kind]) for kind in Kind], words=words)
    kind = Kind(request.args["kind"])
    form = forms.make(kind, None, domain.questions(g.event), forms.current(kind, None))
    if form.validate_on_submit():
        with form.refusals(), transaction():
            domain.add(g.event, kind, forms.typed(form), by=g.actor)
            done(_("The question is added. Look at the preview to see it as guests do."))
            return redirect(url_for("questions.index"))
    return render_template("questions/form.html", form=form, question=None, kind=kind, words=words), form.status


@bp.route("/<int:question_id>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(question_id: int) -> ResponseReturnValue:
    question = domain.question(g.event, question_id)
    kind = Kind(question.kind)
    form = forms.make(kind, question, domain.questions(g.event), forms.current(kind, question))
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = domain.for_change(g.event, question_id)
            changes = form.changes_to(forms.current(kind, stored))
            domain.change(g.event, stored, changes, by=g.actor)
            done(_("The question is saved."))
            return redirect(url_for("questions.index"))
    question = domain.question(g.event, question_id)
    return (
        render_template(
            "questions/form.html",
            form=form,
            question=question,
            kind=kind,
            answered=domain.answered(g.event).get(question_id, 0),
            history_entries=activity.history(question),
            words=words,
        ),
        form.status,
    )


@bp.post("/<int:question_id>/<any(up, down):way>")
@requires(permissions.EDIT)
def move(question_id: int, way: str) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            domain.move(g.event, domain.for_change(g.event, question_id), way == "up", by=g.actor)
            return redirect(url_for("questions.index", _anchor=f"question-{question_id}"))
    return render_template("site/refused.html", form=form, back=url_for("questions.index")), 422


@bp.post("/<int:question_id>/archive")
@requires(permissions.EDIT)
def archive(question_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            question = domain.for_change(g.event, question_id)
            put_away = question.archived_at is None
            domain.set_archived(g.event, question, put_away, by=g.actor)
            undo = url_for("questions.archive", question_id=question_id) if put_away else None
            said = _("The question is archived: it is asked no more, and its answers stay.")
            done(said if put_away else _("The question is asked again."), undo=undo)
            return redirect(url_for("questions.index"))
    return render_template("site/refused.html", form=form, back=url_for("questions.index")), 422


@bp.route("/<int:question_id>/delete", methods=["GET", "POST"])
@requires(permissions.EDIT)
def delete(question_id: int) -> ResponseReturnValue:
    """Delete what nobody answered; what is answered can only be archived."""
    question = domain.question(g.event, question_id)
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            domain.delete(g.event, domain.for_change(g.event, question_id), by=g.actor)
            done(_("The question is deleted."))
            return redirect(url_for("questions.index"))
        return render_template("site/refused.html", form=form, back=url_for("questions.index")), 422
    if domain.is_answered(question):
        abort(404)
    return render_template("questions/delete.html", form=form, question=question, words=words)
