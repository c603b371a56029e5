"""Organisers' pages of the lexicon."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Column,
    Form,
    Half,
    LocalizedText,
    State,
    _,
    activity,
    done,
    language,
    language_name,
    pages,
    paginate,
    requires,
    spreadsheets,
    table,
    transaction,
    wanted_export,
)

from . import contributions, domain, permissions, words
from .forms import IgnoreForm, TermForm
from .models import Term, TermState

bp = pages("glossary", __name__, Audience.ORGANISERS)

FACTS = ("term", "definition", "domain", "state", "is_acronym")


def facts(term: Term) -> Mapping[str, object]:
    return {name: getattr(term, name) for name in FACTS}


def typed(form: TermForm) -> Mapping[str, object]:
    return {name: form[name].data for name in FACTS}


def columns() -> list[Column[Term]]:
    found: list[Column[Term]] = []
    for code in g.event.languages:
        found += [_half(code, "term", _("Term (%(language)s)", language=language_name(code)))]
        found += [_half(code, "definition", _("Definition (%(language)s)", language=language_name(code)))]
    return [
        *found,
        Column("domain", _("Domain"), lambda row: row.domain),
        Column("state", _("State"), lambda row: str(words.STATES[row.state])),
        Column("is_acronym", _("Acronym"), lambda row: _("yes") if row.is_acronym else _("no")),
    ]


def _half(code: str, name: str, label: str) -> Column[Term]:
    def value(row: Term) -> str | None:
        text: LocalizedText = getattr(row, name)
        return text.text(code)

    return Column(f"{name}_{code}", label, value)


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    search, state, missing = (request.args.get(name, "").strip() for name in ("q", "state", "missing"))
    archived = request.args.get("show") == "archived"
    query = domain.list_query(
        g.event,
        search=search,
        state=state if state in set(TermState) else "",
        missing=missing if missing in g.event.languages else "",
        archived=archived,
    )
    if wanted := wanted_export():
        rows = paginate(query, per_page=10_000).rows
        return spreadsheets.download(wanted, _("Lexicon"), *table(columns(), rows))
    return render_template(
        "glossary/index.html",
        page=paginate(query),
        search=search,
        state=state,
        missing=missing,
        archived=archived,
        words=words,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    acronym = request.args.get("acronym", "")[:40]
    form = TermForm(
        data={
            "term": LocalizedText({code: Half(acronym) for code in g.event.languages[:1] if acronym}),
            "state": TermState.DO_NOT_TRANSLATE if acronym else TermState.PROPOSED,
            "is_acronym": bool(acronym),
        },
        languages=g.event.languages,
    )
    if form.validate_on_submit():
        with form.refusals(), transaction():
            domain.add(g.event, typed(form), by=g.actor)
            done(_("The term is in the lexicon."))
            return redirect(url_for("glossary.acronyms" if acronym else "glossary.index"))
    return render_template("glossary/form.html", form=form, term=None, domains=domain.domains(g.event)), form.status


@bp.route("/<int:term_id>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(term_id: int) -> ResponseReturnValue:
    term = domain.term(g.event, term_id)
    form = TermForm(current=facts(term), languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = domain.term_for_change(g.event, term_id)
            domain.change(g.event, stored, form.changes_to(facts(stored)), by=g.actor)
            done(_("The term is saved."))
            return redirect(url_for("glossary.index"))
    stale = [code for code in g.event.languages if State.STALE in (term.term.state(code), term.definition.state(code))]
    return (
        render_template(
            "glossary/form.html",
            form=form,
            term=term,
            stale=stale,
            domains=domain.domains(g.event),
            history_entries=activity.history(term),
            words=words,
        ),
        form.status,
    )


@bp.post("/<int:term_id>/read-again/<code>")
@requires(permissions.EDIT)
def read_again(term_id: int, code: str) -> ResponseReturnValue:
    form = Form()
    if form.validate() and code in g.event.languages:
        with transaction():
            domain.read_again(domain.term_for_change(g.event, term_id), code, by=g.actor)
        done(_("The translation counts as up to date."))
    return redirect(url_for("glossary.edit", term_id=term_id))


@bp.post("/<int:term_id>/archive")
@requires(permissions.EDIT)
def archive(term_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            term = domain.term_for_change(g.event, term_id)
            put_away = term.archived_at is None
            domain.set_archived(g.event, term, put_away, by=g.actor)
            undo = url_for("glossary.archive", term_id=term_id) if put_away else None
            done(_("The term is archived.") if put_away else _("The term is back in the lexicon."), undo=undo)
            return redirect(url_for("glossary.index"))
    return render_template("site/refused.html", form=form, back=url_for("glossary.index")), 422


@bp.get("/acronyms")
@requires(permissions.READ)
def acronyms() -> ResponseReturnValue:
    return render_template(
        "glossary/acronyms.html",
        reported=contributions.reported(g.event),
        ignored=domain.ignored(g.event),
        words=words,
        here=language(),
    )


@bp.post("/acronyms/ignore")
@requires(permissions.EDIT)
def ignore() -> ResponseReturnValue:
    form = IgnoreForm()
    if form.validate():
        with form.refusals(), transaction():
            domain.ignore(g.event, form.acronym.data or "", by=g.actor)
            done(_("%(acronym)s may stand without an explanation.", acronym=form.acronym.data))
            return redirect(url_for("glossary.acronyms"))
    return render_template("site/refused.html", form=form, back=url_for("glossary.acronyms")), 422


@bp.post("/acronyms/<int:ignored_id>/heed")
@requires(permissions.EDIT)
def heed(ignored_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with transaction():
            domain.heed(g.event, ignored_id, by=g.actor)
        done(_("The acronym is watched again."))
    return redirect(url_for("glossary.acronyms"))
