"""Organisers' pages of the allocation: compute a plan, look at it, publish it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import Audience, Form, Participant, _, done, jobs, language, ngettext, pages, requires, transaction

from . import allocation, permissions, standing, words
from .forms import PublishForm
from .jobs import ALLOCATE, PEOPLE_WITHOUT_WAITING
from .models import Run, RunState
from .solver import Move, Plan, fingerprint
from .standing import Standing

bp = pages("field_visits_allocation", __name__, Audience.ORGANISERS, path="field-visits/allocation")

SECONDS = 5.0  # what somebody who waits for the page is asked for, at most; most events take one


@dataclass(frozen=True)
class Bar:
    """A row of a bar chart."""

    label: str
    value: int
    minimum: int | None = None
    maximum: int | None = None
    text: str = ""
    tone: str = ""
    href: str | None = None


@dataclass(frozen=True)
class Left:
    """Somebody without a place in a plan, and what would give one."""

    person: Participant
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Shift:
    """Somebody whose place a plan changes."""

    person: Participant
    before: str
    after: str


@dataclass(frozen=True)
class Preview:
    """A plan as the page shows it; ``fresh`` while everything that it was computed from is still the same."""

    run: Run
    plan: Plan
    fresh: bool
    histogram: Sequence[Bar]
    load: Sequence[Bar]
    left: Sequence[Left]
    moved: Sequence[Shift]


def histogram(counts: Sequence[int]) -> list[Bar]:
    """Return the rows of the chart of ranks: first choices first, what nobody wished last."""
    rows = [Bar(words.rank(number), count) for number, count in enumerate(counts[:-1], start=1)]
    return [*rows, Bar(words.rank(None), counts[-1])] if counts else rows


def load(now: Standing, plan: Plan) -> list[Bar]:
    names = words.names(g.event, now.slots)
    seated = [one.slot for one in plan.placements]
    return [
        Bar(
            names[slot.id],
            seated.count(slot.id),
            slot.minimum if slot.id in plan.open_slots else None,
            slot.maximum,
            _("%(count)s of %(maximum)s", count=seated.count(slot.id), maximum=slot.maximum)
            if slot.id in plan.open_slots
            else _("stays closed"),
            "" if slot.id in plan.open_slots else "plain",
            url_for("field_visits.slot", slot_id=slot.id),
        )
        for slot in now.slots
    ]


def preview(now: Standing, run: Run, problem_now: str) -> Preview:
    plan = allocation.plan_of(run)
    people = {person.id: person for person in now.people}
    parties = {person.delegation_id: person.delegation for person in now.people}
    names = words.names(g.event, now.slots)
    left = [
        Left(people[one.wisher], tuple(words.binding(found, names, parties) for found in one.binding))
        for one in plan.unplaced
        if one.wisher in people
    ]
    moved = [] if run.state == RunState.PUBLISHED else shifts(allocation.moves(now, plan), people, names)
    return Preview(run, plan, run.fingerprint == problem_now, histogram(plan.histogram), load(now, plan), left, moved)


def shifts(moves: Sequence[Move], people: dict[int, Participant], names: dict[int, str]) -> list[Shift]:
    nowhere, gone = _("no place"), _("a visit that is not on offer any more")

    def said(slot_id: int | None) -> str:
        return nowhere if slot_id is None else names.get(slot_id, gone)

    return [Shift(people[one.wisher], said(one.before), said(one.after)) for one in moves if one.wisher in people]


def asked_wave(waves: Sequence[Standing]) -> Standing | None:
    """Return the round that the URL asks for, or the first."""
    number = request.values.get("round", 1, int)
    return next((now for now in waves if now.wave == number), waves[0] if waves else None)


@bp.get("/")
@requires(permissions.READ)
def show() -> ResponseReturnValue:
    return page(PublishForm())


def page(form: Form) -> ResponseReturnValue:
    waves = standing.standings(g.event)
    now = asked_wave(waves)
    if now is None or not now.slots:
        return render_template("field_visits/allocation.html", now=None, form=form), form.status
    problem_now = fingerprint(standing.problem(now, standing.access_of(g.event)))
    shown = {run.state: preview(now, run, problem_now) for run in allocation.runs(g.event, now.wave)}
    return (
        render_template(
            "field_visits/allocation.html",
            now=now,
            waves=waves,
            form=form,
            proposed=shown.get(RunState.PROPOSED),
            published=shown.get(RunState.PUBLISHED),
            words=words,
        ),
        form.status,
    )


@bp.post("/compute")
@requires(permissions.ALLOCATE)
def compute() -> ResponseReturnValue:
    """Compute a plan at once, or by the worker where the event is large; nothing is published yet."""
    form = Form()
    wave = request.values.get("round", 1, int)
    back = url_for("field_visits_allocation.show", round=wave if wave != 1 else None)
    if form.validate():
        with form.refusals():
            now, problem = allocation.current(g.event, wave)
            if len(problem.wishers) > PEOPLE_WITHOUT_WAITING:
                with transaction():
                    payload = {"wave": wave, "url": back, "language": language()}
                    job = jobs.enqueue(ALLOCATE.name, payload, event_id=g.event.id, by=g.actor)
                    return redirect(url_for("site_manage.job", job_id=job.id))
            # solved between two transactions: nobody else waits to write meanwhile
            plan = allocation.solved(now, problem, seconds=SECONDS)
            with transaction():
                allocation.propose(g.event, wave, plan, by=g.actor)
                done(_("The plan is computed. Nobody is told before you publish it."))
                return redirect(back)
    return page(form)


@bp.post("/publish")
@requires(permissions.ALLOCATE)
def publish() -> ResponseReturnValue:
    form = PublishForm()
    if form.validate():
        with form.refusals(), transaction():
            published = allocation.publish(g.event, int(form.run_id.data or 0), by=g.actor)
            done(
                ngettext(
                    "Published: %(num)d person has a place, %(moved)s changed.",
                    "Published: %(num)d people have a place, %(moved)s changed.",
                    published.placed,
                    moved=len(published.moved),
                )
            )
            return redirect(url_for("field_visits_allocation.show", round=request.values.get("round")))
    return page(form)
