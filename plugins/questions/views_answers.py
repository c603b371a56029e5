"""Organisers' pages of the answers: people or delegations by questions, counts, one person's, and the files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    ABSENT,
    Audience,
    Column,
    Delegation,
    FormStack,
    Participant,
    StackForm,
    _,
    delegations,
    done,
    get,
    locked,
    may,
    pages,
    paginate,
    requires,
    session,
    sort_key,
    spreadsheets,
    table,
    transaction,
    wanted_export,
)

from . import answers, domain, permissions, sections, words
from .answers import ANY, NONE, Sheet
from .models import CLOSED, Question, Scope
from .views_files import sent

bp = pages("questions_answers", __name__, Audience.ORGANISERS, path="questions/answers")


@dataclass(frozen=True)
class Asked:
    """What the URL asks for: who answers, which questions are columns, and the filters."""

    scope: Scope
    questions: Sequence[Question]
    chosen: Sequence[Question]
    search: str
    delegation_id: int | None
    filter: str
    by: Question | None
    wanted: str

    @property
    def filtered(self) -> bool:
        return bool(self.search or self.delegation_id or self.by)


def asked(scope: Scope) -> Asked:
    """Read the URL; without columns chosen, every question in use is one."""
    found = [one for one in domain.questions(g.event, archived=None) if one.scope == scope]
    wanted = set(request.args.getlist("column", type=int))
    chosen = [one for one in found if one.id in wanted] or [one for one in found if one.archived_at is None]
    source, _colon, answer = request.args.get("answer", "").partition(":")
    by = next((one for one in found if str(one.id) == source), None)
    known = {ANY, NONE} | {key for key, _said in words.options(by)} if by and by.kind in CLOSED else {ANY, NONE}
    by = by if answer in known else None
    return Asked(
        scope,
        found,
        chosen,
        request.args.get("q", "").strip(),
        request.args.get("delegation", type=int) if scope == Scope.PERSON else None,
        f"{by.id}:{answer}" if by else "",
        by,
        answer,
    )


def filters(found: Sequence[Question]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return [(question, [("12:c1", answer), …])] for the filter by answer."""
    return [
        (
            words.name(one),
            [
                *([(f"{one.id}:{key}", said) for key, said in words.options(one)] if one.kind in CLOSED else []),
                (f"{one.id}:{ANY}", _("Answered")),
                (f"{one.id}:{NONE}", _("Not answered")),
            ],
        )
        for one in found
    ]


def expected(delegation_id: int | None) -> sa.Select[Participant]:
    """Return the query of everybody who is coming, or of those of one delegation."""
    query = delegations.people_query(g.event)
    return query.where(Participant.delegation_id == delegation_id) if delegation_id else query


def people_query(now: Asked) -> sa.Select[Participant]:
    query = expected(now.delegation_id)
    if now.search:
        query = answers.saying(query, now.search)
    return answers.having(query, now.by, now.wanted) if now.by else query


def delegations_query(now: Asked) -> sa.Select[Delegation]:
    query = (
        sa.select(Delegation)
        .where(Delegation.event_id == g.event.id, Delegation.archived_at.is_(None), Delegation.state.not_in(ABSENT))
        .order_by(Delegation.sort_key, Delegation.id)
    )
    if now.search:
        query = query.where(Delegation.sort_key.contains(sort_key(now.search), autoescape=True))
    return answers.having(query, now.by, now.wanted) if now.by else query


def columns(now: Asked, known: Sheet) -> list[Column[Any]]:
    """Return the columns of the table and of its export: who, and the questions chosen."""

    def of(question: Question) -> Column[Any]:
        def value(row: Participant | Delegation) -> Any:
            answer = known.of(row).get(question.id)
            return words.cell(question, answer.value) if answer else ""

        return Column(str(question.id), words.name(question), value)

    first: list[Column[Any]] = [Column("name", _("Name"), lambda row: row.name)]
    if now.scope == Scope.PERSON:
        first.append(Column("delegation", _("Delegation"), lambda row: row.delegation.name))
    return [*first, *(of(question) for question in now.chosen)]


def answers_of(now: Asked, rows: Sequence[Participant | Delegation]) -> Sheet:
    ids = [row.id for row in rows]
    people, of_delegations = (ids, []) if now.scope == Scope.PERSON else ([], ids)
    return answers.sheet(now.chosen, people, of_delegations)


def shown(scope: Scope, query: sa.Select[Any], now: Asked) -> ResponseReturnValue:
    """Return the table of answers, or the same rows and columns as a file."""
    if (kind := wanted_export()) and may(permissions.EXPORT):
        rows: list[Any] = list(session().scalars(query).unique())
        return spreadsheets.download(kind, _("Answers"), *table(columns(now, answers_of(now, rows)), rows))
    page = paginate(query)
    return render_template(
        "questions/answers.html",
        now=now,
        page=page,
        known=answers_of(now, page.rows),
        filters=filters(now.questions),
        delegations=answers.delegation_names(g.event) if scope == Scope.PERSON else [],
        words=words,
        Scope=Scope,
    )


@bp.get("/")
@requires(permissions.ANSWERS)
def index() -> ResponseReturnValue:
    now = asked(Scope.PERSON)
    return shown(Scope.PERSON, people_query(now), now)


@bp.get("/delegations")
@requires(permissions.ANSWERS)
def of_delegations() -> ResponseReturnValue:
    now = asked(Scope.DELEGATION)
    return shown(Scope.DELEGATION, delegations_query(now), now)


@dataclass(frozen=True)
class Count:
    """How often each answer of a closed question was given, as the bars show it."""

    question: Question
    rows: Sequence[dict[str, Any]]
    answered: int


@bp.get("/counts")
@requires(permissions.ANSWERS)
def counts() -> ResponseReturnValue:
    """How often each choice was made, by those who are expected."""
    delegation_id = request.args.get("delegation", type=int)
    found = [one for one in domain.questions(g.event) if one.kind in CLOSED]
    people = expected(delegation_id)
    coming = {
        Scope.PERSON: people.with_only_columns(Participant.id).order_by(None),
        Scope.DELEGATION: people.with_only_columns(Participant.delegation_id).order_by(None).distinct(),
    }
    counted: dict[int, Any] = {}
    for scope, subjects in coming.items():
        counted |= answers.counts([one for one in found if one.scope == scope], subjects)
    made = []
    for one in found:
        index_of = "questions_answers.index" if one.scope == Scope.PERSON else "questions_answers.of_delegations"
        own = counted[one.id]
        rows = [
            {
                "label": said,
                "value": own[key],
                "href": url_for(index_of, answer=f"{one.id}:{key}", delegation=delegation_id),
            }
            for key, said in words.options(one)
        ]
        made.append(Count(one, rows, own[ANY]))
    return render_template(
        "questions/counts.html",
        counts=made,
        delegation_id=delegation_id,
        delegations=answers.delegation_names(g.event),
        words=words,
    )


@bp.get("/<int:answer_id>/file")
@requires(permissions.ANSWERS)
def file(answer_id: int) -> ResponseReturnValue:
    return sent(answers.file_answer(g.event, answer_id))


@bp.route("/of/<int:participant_id>", methods=["GET", "POST"])
@requires(permissions.ANSWER)
def write(participant_id: int) -> ResponseReturnValue:
    """The same questions that the person is asked, in all steps, without the deadline: for a phone call."""
    own = StackForm()
    stack = None
    if own.is_submitted():
        with own.refusals(), transaction():
            stack = stack_of(locked(Participant, participant_id, event_id=g.event.id), own)
            if stack.validate():
                stack.save()
                done(_("The answers are saved."))
                return redirect(url_for("delegations.person", participant_id=participant_id))
    person = get(Participant, participant_id, event_id=g.event.id)
    if stack is None:
        stack = stack_of(person, own)
    back = url_for("delegations.person", participant_id=participant_id)
    return render_template("questions/write.html", subject=person, stack=stack, back=back), stack.status


@bp.route("/of-delegation/<int:delegation_id>", methods=["GET", "POST"])
@requires(permissions.ANSWER)
def write_of_delegation(delegation_id: int) -> ResponseReturnValue:
    """The questions that the delegation is asked as a whole, in all steps."""
    own = StackForm()
    stack = None
    if own.is_submitted():
        with own.refusals(), transaction():
            stack = stack_of(locked(Delegation, delegation_id, event_id=g.event.id), own)
            if stack.validate():
                stack.save()
                done(_("The answers are saved."))
                return redirect(url_for("delegations.show", delegation_id=delegation_id))
    found = get(Delegation, delegation_id, event_id=g.event.id)
    if stack is None:
        stack = stack_of(found, own)
    back = url_for("delegations.show", delegation_id=delegation_id)
    return render_template("questions/write.html", subject=found, stack=stack, back=back), stack.status


def stack_of(subject: Participant | Delegation, own: StackForm) -> FormStack:
    stack = FormStack(g.event, list(sections.all_of(g.event, subject)))
    stack.own = own
    return stack
