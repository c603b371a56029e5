"""The same person twice: who looks like it, and two records that become one."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from eventhub.activity import ActivityEntry
from eventhub.db import session
from eventhub.delegations import domain, merging, needs
from eventhub.delegations.duplicates import Known, Pair, pairs
from eventhub.delegations.models import Delegation, Direction, Participant, ParticipantState, Seat
from eventhub.i18n import sort_key
from eventhub.testing import NOW, World
from tests.browsing import Person

ALIKE = [
    (Known(1, "Zoé Lefèvre"), Known(2, "LEFEVRE Zoe"), ("name",)),
    (Known(1, "Jean-Luc Picard"), Known(2, "Picard, Jean Luc"), ("name",)),
    (Known(1, "Siobhán O’Neill"), Known(2, "Siobhan O'Neill"), ("name",)),
    (Known(1, "Łukasz Nowak"), Known(2, "Lukasz Nowak"), ("name",)),
    (Known(1, "A. Novak", "Anna@Example.org"), Known(2, "Anna Nováková", " anna@example.org"), ("email",)),
    (Known(1, "Ann Peeters", phone="+33 4 76 59 59 59"), Known(2, "A. Peeters", phone="04.76.59.59.59"), ("phone",)),
    (Known(1, "Ann Peeters", "a@b.example"), Known(2, "ann peeters", "A@b.example"), ("name", "email")),
]
DIFFERENT = [
    (Known(1, "Anna Novak"), Known(2, "Jana Novak")),
    (Known(1, "Madonna"), Known(2, "Madonna")),  # one word says too little
    (Known(1, ""), Known(2, "")),
    (Known(1, "Ann Peeters", phone="112"), Known(2, "Bob Stone", phone="112")),
]


@pytest.mark.parametrize("first, second, shares", ALIKE)
def test_who_looks_like_one_person(first: Known, second: Known, shares: tuple[str, ...]) -> None:
    assert pairs([second, first]) == [Pair(1, 2, shares)]


@pytest.mark.parametrize("first, second", DIFFERENT)
def test_who_does_not(first: Known, second: Known) -> None:
    assert pairs([first, second]) == []


def test_a_switchboard_is_nobody_twice() -> None:
    crowd = [Known(number, f"Person Number{number}", phone="+33 4 76 59 59 59") for number in range(7)]
    assert pairs(crowd) == []
    assert len(pairs(crowd[:3])) == 3


def twice(world: World) -> tuple[Participant, Participant]:
    """Write one person in two delegations, with different facts on each record."""
    first = world.people(world.delegation("Ghent", people=2))[0]
    second = world.people(world.delegation("Brussels", people=1))[0]
    first.name, first.phone = "Zoé Lefèvre", ""
    second.name, second.phone = "Zoe Lefevre", "+32 2 555 00 11"
    for one in (first, second):
        one.sort_key = sort_key(one.name)
    leg = domain.Travel(Direction.ARRIVAL, "train", at=NOW)
    domain.save_travel(world.event, second, [leg], by=world.by, hooks=world.hooks)
    needs.declare(second, needs.Access(step_free=True), by=world.by)
    needs.give_consent(second, "delegations.access", "1", confirmed=True)
    return first, second


def test_two_records_become_one_field_by_field(world: World) -> None:
    with world.writing():
        first, second = twice(world)
    organiser = Person(world.client(world.owner))
    page = organiser.open(world.url("delegations/duplicates/"))
    assert "1 pair looks like one person." in page
    organiser.open(re.findall(r'href="([^"]*duplicates/\d+/\d+)"', page)[0])
    page = organiser.send({"keep": first.id, "name": first.id, "phone": second.id, "email": first.id})
    assert "The two records of Zoé Lefèvre are one now." in page
    session().rollback()
    session().expire_all()
    kept, gone = session().get_one(Participant, first.id), session().get_one(Participant, second.id)
    assert (kept.name, kept.phone) == ("Zoé Lefèvre", "+32 2 555 00 11")
    arrival = kept.leg(Direction.ARRIVAL)
    assert arrival is not None
    assert arrival.at == NOW
    assert (gone.state, gone.merged_into_id, gone.phone, gone.legs) == (ParticipantState.CANCELLED, kept.id, "", [])
    assert needs.access_of(world.event.id, [kept.id, gone.id]) == {kept.id: needs.Access(step_free=True)}
    assert list(needs.consents([kept.id, gone.id], "delegations.access")) == [kept.id]
    seats = session().execute(sa.select(Delegation.name, Delegation.seats_named)).all()
    assert dict(seats) == {"Ghent": 2, "Brussels": 0}  # type: ignore[arg-type]  # rows of two columns
    assert session().scalars(sa.select(Seat).where(Seat.participant_id == gone.id)).all() == []
    told = session().scalars(sa.select(ActivityEntry.verb).where(ActivityEntry.verb.contains("merged"))).all()
    assert sorted(told) == ["delegations:merged", "delegations:merged_away"]
    assert "Nobody is there twice" in organiser.open(world.url("delegations/duplicates/"))
    assert "merged into another of the same person" in organiser.open(world.url(f"delegations/people/{gone.id}"))


def test_what_would_break_is_refused_with_a_sentence(world: World) -> None:
    with world.writing():
        first, second = world.people(world.delegation("Ghent", people=2))
        other = world.people(world.delegation("Prague", people=1))[0]
        gone = world.people(world.delegation("Turin", people=1))[0]
        gone.state = ParticipantState.CANCELLED
    for kept, dropped, refusal in (
        (first, second, merging.SeatedTogether),
        (first, first, merging.SamePerson),
        (gone, other, merging.KeptIsAway),
    ):
        with pytest.raises(refusal), world.writing():
            merging.merge(world.event, kept.id, dropped.id, {}, by=world.by, hooks=world.hooks)
    with world.writing():
        merging.merge(world.event, first.id, other.id, {}, by=world.by, hooks=world.hooks)
    with pytest.raises(merging.MergedAlready), world.writing():
        merging.merge(world.event, first.id, other.id, {}, by=world.by, hooks=world.hooks)
