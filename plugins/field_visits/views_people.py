"""Organisers' pages of people: who wished for what, who has which place, and one person at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Column,
    Form,
    FormStack,
    NotFound,
    Page,
    Participant,
    StackForm,
    _,
    delegations,
    done,
    get,
    locked,
    ngettext,
    pages,
    pgettext,
    requires,
    sort_key,
    spreadsheets,
    table,
    transaction,
)

from . import permissions, places, sections, standing, words
from .forms import MoveForm
from .models import Slot
from .solver import suits
from .standing import Standing
from .views import export_kind
from .views_allocation import asked_wave

bp = pages("field_visits_people", __name__, Audience.ORGANISERS, path="field-visits/people")

PER_PAGE = 50


@dataclass(frozen=True)
class Line:
    """One person in the list of a round."""

    person: Participant
    wishes: tuple[str, ...]
    abstains: bool
    slot: Slot | None
    place: str
    rank: int | None
    by_hand: bool
    asked: bool
    silent: bool


def lines(now: Standing) -> list[Line]:
    """Return a line per person who is coming, by name."""
    names = words.names(g.event, now.slots)
    silent = {person.id for person in now.silent}
    found = []
    for person in now.people:
        slot, place = now.slot_of(person), now.allocations.get(person.id)
        found.append(
            Line(
                person,
                tuple(names[slot_id] for slot_id in now.ranked(person)),
                person.id in now.abstaining,
                slot,
                names[slot.id] if slot else "",
                place.rank if place and slot else None,
                bool(place and slot and place.locked),
                bool(now.asked(person)),
                person.id in silent,
            )
        )
    return found


SHOWN: dict[str, Callable[[Line], bool]] = {
    "silent": lambda line: line.silent,
    "unplaced": lambda line: line.asked and not line.abstains and line.slot is None,
    "placed": lambda line: line.slot is not None,
    "by_hand": lambda line: line.by_hand,
    "abstains": lambda line: line.abstains,
}


def columns(wishes: int) -> list[Column[Line]]:
    def wish(number: int) -> Column[Line]:
        return Column(
            f"wish_{number}",
            words.rank(number),
            lambda line: line.wishes[number - 1] if len(line.wishes) >= number else "",
        )

    return [
        Column("name", _("Name"), lambda line: line.person.name),
        Column("delegation", _("Delegation"), lambda line: line.person.delegation.name),
        Column("place", pgettext("on a visit", "Place"), lambda line: line.place),
        Column("rank", _("Wish"), lambda line: words.rank(line.rank) if line.slot else ""),
        Column("by_hand", _("Given by hand"), lambda line: words.yes_or_no(line.by_hand) if line.slot else ""),
        Column("abstains", _("Takes part in no visit"), lambda line: words.yes_or_no(line.abstains)),
        *[wish(number) for number in range(1, wishes + 1)],
    ]


def paged(found: Sequence[Line]) -> Page[Line]:
    """Return the page of the list that the URL asks for."""
    pages_there = max(1, -(-len(found) // PER_PAGE))
    number = min(max(1, request.args.get("page", 1, int)), pages_there)
    return Page(found[(number - 1) * PER_PAGE : number * PER_PAGE], number, len(found), PER_PAGE)


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    waves = standing.standings(g.event)
    now = asked_wave(waves)
    if now is None:
        return render_template("field_visits/people.html", now=None)
    search, show = request.args.get("q", "").strip(), request.args.get("show", "")
    slot_id = request.args.get("slot", None, int)
    kept = [
        line
        for line in lines(now)
        if (not search or sort_key(search) in sort_key(f"{line.person.name} {line.person.delegation.name}"))
        and (show not in SHOWN or SHOWN[show](line))
        and (slot_id is None or (line.slot is not None and line.slot.id == slot_id))
    ]
    if kind := export_kind():
        wishes = max((len(line.wishes) for line in kept), default=now.settings.wishes_asked)
        return spreadsheets.download(kind, _("Wishes and places"), *table(columns(wishes), kept))
    return render_template(
        "field_visits/people.html",
        now=now,
        waves=waves,
        page=paged(kept),
        search=search,
        show=show,
        slot_id=slot_id,
        names=words.names(g.event, now.slots),
        words=words,
    )


def wave_of(person: Participant) -> Standing:
    """Return the round that the URL asks for; NotFound where there is none, or the person is not coming."""
    now = asked_wave(standing.standings(g.event))
    if now is None or person.id not in {one.id for one in now.people}:
        raise NotFound("participant", person.id)
    return now


@bp.route("/<int:participant_id>/wishes", methods=["GET", "POST"])
@requires(permissions.ALLOCATE)
def wishes(participant_id: int) -> ResponseReturnValue:
    """The same section that the person fills in, without its deadline: for a phone call."""
    own = StackForm()
    stack = None
    if own.is_submitted():
        with own.refusals(), transaction():
            stack = stack_of(locked(Participant, participant_id, event_id=g.event.id), own)
            if stack.validate():
                stack.save()
                done(_("The wishes are saved."))
                return redirect(url_for("field_visits_people.index", round=request.args.get("round")))
    person = get(Participant, participant_id, event_id=g.event.id)
    if stack is None:
        stack = stack_of(person, own)
    return render_template("field_visits/wishes.html", person=person, stack=stack), stack.status


def stack_of(person: Participant, own: Form) -> FormStack:
    now = wave_of(person)
    section = sections.section(g.event, now, person, words.names(g.event, now.slots), own=False, by=g.actor)
    stack = FormStack(g.event, [section])
    stack.own = own
    return stack


# --- one person by hand ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """What moving the person to a departure would mean."""

    slot: Slot
    name: str
    rank: str
    places_left: int
    consequences: tuple[str, ...]
    possible: bool
    current: bool


def options(now: Standing, person: Participant) -> list[Option]:
    """Return each departure with what would follow; whether it suits is said, why not is not."""
    names = words.names(g.event, now.slots)
    one = standing.wisher(now, person, standing.access_of(g.event, [person.id]).get(person.id))
    held = now.slot_of(person)
    party = {member.id for member in now.people if member.delegation_id == person.delegation_id} - {person.id}
    found = []
    for slot in now.slots:
        current = held is not None and held.id == slot.id
        fits, room = suits(one, standing.departure(slot)), current or slot.places_left > 0
        said = []
        if not fits:
            said.append(_("Does not suit this person, as far as we know."))
        with_them = sum(row.slot_id == slot.id for key, row in now.allocations.items() if key in party)
        limit = now.settings.per_delegation
        if limit is not None and with_them >= limit and not delegations.hosts(person):
            said.append(
                _(
                    "There already from %(delegation)s: %(count)s; the limit is %(limit)s.",
                    delegation=person.delegation.name,
                    count=with_them,
                    limit=limit,
                )
            )
        if held is not None and not current and held.places_used - 1 < held.minimum:
            said.append(
                ngettext(
                    "“%(visit)s” would be left with %(num)d person, below its minimum of %(minimum)s.",
                    "“%(visit)s” would be left with %(num)d people, below its minimum of %(minimum)s.",
                    held.places_used - 1,
                    visit=names[held.id],
                    minimum=held.minimum,
                )
            )
        rank = words.rank(now.rank(person, slot.id))
        found.append(Option(slot, names[slot.id], rank, slot.places_left, tuple(said), fits and room, current))
    return found


@bp.route("/<int:participant_id>/move", methods=["GET", "POST"])
@requires(permissions.ALLOCATE)
def move(participant_id: int) -> ResponseReturnValue:
    person = get(Participant, participant_id, event_id=g.event.id)
    now = wave_of(person)
    held = now.slot_of(person)
    form = MoveForm(data={"slot_id": held.id if held else None, "keep": True})
    form.slot_id.offer([("", ""), *((slot.id, words.name(slot)) for slot in now.slots)])
    if form.validate_on_submit():
        with form.refusals(), transaction():
            person = get(Participant, participant_id, event_id=g.event.id)
            places.move(g.event, person, now.wave, form.slot_id.data, keep=bool(form.keep.data), by=g.actor)
            done(_("The place of %(name)s is changed.", name=person.name))
            return redirect(url_for("field_visits_people.index", round=now.wave if now.wave != 1 else None))
    return (
        render_template(
            "field_visits/move.html", person=person, now=now, form=form, options=options(now, person), words=words
        ),
        form.status,
    )
