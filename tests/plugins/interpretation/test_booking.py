"""Interpreters and their bookings: what does not fit is said first, and needs a written reason."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventhub.api import EventRole, ProgrammeItem, Provider, activity, get, programme, session
from eventhub.testing import World, csrf_of
from plugins.interpretation import booking, domain, interpreters
from plugins.interpretation.booking import Wanted
from plugins.interpretation.models import Assignment, AssignmentState, Interpreter
from plugins.interpretation.profiles import NO_PAIR, TWO_PLACES
from plugins.interpretation.rules import Mode


def interpreter(world: World, name: str = "Amina", a: str = "fr", b: str = "en", **facts: Any) -> Interpreter:
    """Write a freelance who works between French and English unless said otherwise."""
    given = {"name": name, "provider_id": None, "a_languages": a.split(), "b_languages": b.split(), "day_rate": 600_00}
    made = interpreters.add(world.event, given | facts, by=world.by)
    session().flush()
    return made


def in_booth(world: World, title: str, start: str, end: str, **facts: Any) -> ProgrammeItem:
    """Write a plenary in French and English with a booth."""
    item = world.item(title, start=start, end=end, floor_languages=["fr", "en"], **facts)
    need = {"from_language": "fr", "to_language": "en", "mode": Mode.SIMULTANEOUS, "booth": "FR/EN"}
    domain.add_needs(world.event, item, need, both_ways=True, by=world.by)
    return item


def booked(world: World) -> list[tuple[str, str, str, str]]:
    session().rollback()
    return [
        (row.interpreter.name, row.item.title.text("en") or "", row.state, row.reason)
        for row in booking.live(world.event)
    ]


# --- interpreters ---------------------------------------------------------------------------------------------------


def test_a_freelance_becomes_a_provider_of_their_own(world: World) -> None:
    with world.writing():
        amina = interpreters.add(
            world.event,
            {"name": "Amina", "provider_id": None, "a_languages": ["en"]},
            email="a@example.org",
            by=world.by,
        )

    made = get(Provider, amina.provider_id)
    assert (made.name, made.kinds, made.email, made.language) == ("Amina", ["interpreter"], "a@example.org", "en")


@pytest.mark.parametrize(
    "facts, refusal",
    [
        ({"a_languages": []}, interpreters.NoMotherTongue),
        ({"a_languages": ["fr"], "b_languages": ["en"], "c_languages": ["fr"]}, interpreters.OneLanguageTwice),
        ({"day_rate": -1}, interpreters.RateOutOfRange),
        ({"day_rate": 100_000_01}, interpreters.RateOutOfRange),
    ],
)
def test_languages_and_rates_that_cannot_be_are_refused(
    world: World, facts: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal), world.writing():
        interpreter(world, **facts)


def test_only_freelances_and_agencies_have_interpreters(world: World) -> None:
    with world.writing():
        caterer = world.provider(kinds=("other",))
        agency = world.provider(kinds=("interpretation_agency",))
        session().flush()
    with pytest.raises(interpreters.UnknownProvider), world.writing():
        interpreter(world, provider_id=caterer.id)

    with world.writing():
        amina = interpreter(world, provider_id=agency.id)

    assert [one.id for one in interpreters.of_provider(agency)] == [amina.id]
    assert interpreters.employers(world.event) == [agency]


def test_whoever_is_booked_is_not_archived(world: World) -> None:
    with world.writing():
        amina = interpreter(world)
        [row] = booking.book(world.event, amina, Wanted([world.item().id]), by=world.by)
    with pytest.raises(interpreters.StillBooked), world.writing():
        interpreters.set_archived(world.event, amina, True, by=world.by)

    with world.writing():
        booking.move(
            world.event, booking.assignment_for_change(world.event, row.id), AssignmentState.DECLINED, by=world.by
        )
        stored = interpreters.interpreter_for_change(world.event, amina.id)
        interpreters.set_archived(world.event, stored, True, by=world.by)

    assert interpreters.interpreters(world.event) == []
    with pytest.raises(booking.InterpreterAway), world.writing():
        booking.book(world.event, stored, Wanted([1]), by=world.by)


# --- what a booking would break -------------------------------------------------------------------------------------


def test_two_places_at_once_are_refused_and_let_through_with_a_reason(world: World) -> None:
    with world.writing():
        visit = world.item("Visit", start="13:30", end="17:00")
        rehearsal = world.item("Rehearsal", start="16:30", end="17:30")
        amina = interpreter(world)
        booking.book(world.event, amina, Wanted([visit.id]), by=world.by)

    [found] = booking.weigh(world.event, amina, Wanted([rehearsal.id]))
    assert (found.rule, found.parameters, found.items) == (TWO_PLACES, {"minutes": 30}, (visit.id, rehearsal.id))
    for wanted, refusal in (
        (Wanted([rehearsal.id]), booking.DoesNotFit),
        (Wanted([rehearsal.id], reason="They leave early."), booking.DoesNotFit),
        (Wanted([rehearsal.id], anyway=True), booking.NoReason),
    ):
        with pytest.raises(refusal), world.writing():
            booking.book(world.event, interpreters.interpreter_for_change(world.event, amina.id), wanted, by=world.by)

    with world.writing():
        wanted = Wanted([rehearsal.id], anyway=True, reason="They leave early.")
        booking.book(world.event, interpreters.interpreter_for_change(world.event, amina.id), wanted, by=world.by)

    assert booked(world) == [
        ("Amina", "Visit", "option", ""),
        ("Amina", "Rehearsal", "option", "They leave early."),
    ]


def test_items_that_overlap_each_other_are_two_places_too(world: World) -> None:
    with world.writing():
        items = [world.item("One").id, world.item("Two", start="14:30", end="15:30").id]
        amina = interpreter(world)

    assert [found.rule for found in booking.weigh(world.event, amina, Wanted(items))] == [TWO_PLACES]


def test_items_that_only_touch_are_fine(world: World) -> None:
    with world.writing():
        items = [world.item("One").id, world.item("Two", start="15:00", end="15:30").id]
        amina = interpreter(world)
        booking.book(world.event, amina, Wanted(items, state=AssignmentState.FIRM), by=world.by)

    assert booked(world) == [("Amina", "One", "firm", ""), ("Amina", "Two", "firm", "")]


def test_somebody_without_the_pair_is_told_of(world: World) -> None:
    with world.writing():
        plenary = in_booth(world, "Plenary", "14:00", "15:00")
        david = interpreter(world, "David", a="de", b="pl")

    assert [(found.rule, found.items) for found in booking.weigh(world.event, david, Wanted([plenary.id]))] == [
        (NO_PAIR, (plenary.id,))
    ]


def test_what_was_broken_before_is_no_consequence_of_this_booking(world: World) -> None:
    with world.writing():
        first, second = world.item("One"), world.item("Two", start="14:30", end="15:30")
        evening = world.item("Three", start="18:00", end="19:00")
        amina = interpreter(world)
        overlapping = Wanted([first.id, second.id], anyway=True, reason="They change over.")
        booking.book(world.event, amina, overlapping, by=world.by)

    assert booking.weigh(world.event, amina, Wanted([evening.id])) == ()


def test_a_team_that_is_still_too_small_does_not_stop_who_joins_it(world: World) -> None:
    with world.writing():
        plenary = in_booth(world, "Plenary", "14:00", "18:00")
        amina = interpreter(world)

    assert booking.weigh(world.event, amina, Wanted([plenary.id])) == ()


def test_no_hour_for_lunch_needs_a_reason(world: World) -> None:
    with world.writing():
        morning, afternoon = world.item("Morning", start="09:00", end="13:00"), world.item("Afternoon", start="13:30")
        session().flush()
        afternoon.ends_at = afternoon.ends_at.replace(hour=17)
        amina = interpreter(world)
        booking.book(world.event, amina, Wanted([morning.id]), by=world.by)

    [found] = booking.weigh(world.event, amina, Wanted([afternoon.id]))
    assert (found.rule_id, found.parameters) == ("house.lunch", {"minutes": 60 - 30 + 0})


def test_a_booking_twice_is_refused_and_a_declined_one_is_taken_up_again(world: World) -> None:
    with world.writing():
        item, amina = world.item(), interpreter(world)
        [row] = booking.book(world.event, amina, Wanted([item.id]), by=world.by)
    with pytest.raises(booking.AlreadyBooked), world.writing():
        booking.book(world.event, amina, Wanted([item.id]), by=world.by)

    with world.writing():
        booking.move(
            world.event, booking.assignment_for_change(world.event, row.id), AssignmentState.DECLINED, by=world.by
        )
    with world.writing():
        person = interpreters.interpreter_for_change(world.event, amina.id)
        [again] = booking.book(world.event, person, Wanted([item.id], state=AssignmentState.FIRM), by=world.by)

    assert (again.id, again.state) == (row.id, "firm")


@pytest.mark.parametrize(
    "state, then, possible",
    [
        ("option", "firm", True),
        ("option", "declined", True),
        ("option", "cancelled", True),
        ("firm", "cancelled", True),
        ("firm", "declined", False),
        ("firm", "option", False),
        ("declined", "firm", False),
        ("cancelled", "firm", False),
    ],
)
def test_which_state_may_follow_which(world: World, state: str, then: str, possible: bool) -> None:
    with world.writing():
        [row] = booking.book(world.event, interpreter(world), Wanted([world.item().id]), by=world.by)
        row.state = state

    def move() -> None:
        with world.writing():
            stored = booking.assignment_for_change(world.event, row.id)
            booking.move(world.event, stored, AssignmentState(then), by=world.by)

    if possible:
        move()
        assert activity.history(row)[0].changes == {"state": [state, then]}
    else:
        with pytest.raises(booking.StateNotPossible):
            move()


def test_an_item_with_two_booths_asks_which(world: World) -> None:
    with world.writing():
        item = world.item(floor_languages=["fr"])
        for target in ("en", "de"):
            need = {"from_language": "fr", "to_language": target, "mode": Mode.SIMULTANEOUS, "booth": target.upper()}
            domain.add_needs(world.event, item, need, by=world.by)
        amina = interpreter(world)
    with pytest.raises(booking.WhichTeam), world.writing():
        booking.book(world.event, amina, Wanted([item.id]), by=world.by)

    with world.writing():
        [row] = booking.book(world.event, amina, Wanted([item.id], "EN"), by=world.by)

    assert row.booth == "EN"


def test_what_no_longer_takes_place_cannot_be_booked(world: World) -> None:
    with world.writing():
        item, amina = world.item(), interpreter(world)
        programme.change_item(world.event, item, {"state": "cancelled"}, by=world.by, hooks=world.hooks)

    for chosen, refusal in (([item.id], booking.ItemNotHeld), ([], booking.NothingChosen)):
        with pytest.raises(refusal), world.writing():
            booking.book(world.event, amina, Wanted(chosen), by=world.by)


def test_a_firm_booking_says_what_its_cancellation_costs(world: World) -> None:
    with world.writing():
        item, amina = world.item(), interpreter(world)  # in twelve days, then in five
        [row] = booking.book(world.event, amina, Wanted([item.id], state=AssignmentState.FIRM), by=world.by)
    assert booking.owed(world.event, row) is None

    world.app.config["TODAY"] = world.app.config["TODAY"].replace(day=20)
    owed = booking.owed(world.event, row)

    assert owed is not None
    assert (owed.id, owed.percent) == ("apic.cancelled_2_to_7_days", 50)


# --- the journey ----------------------------------------------------------------------------------------------------


def post(client: FlaskClient, url: str, data: Iterable[tuple[str, Any]] = ()) -> TestResponse:
    form: dict[str, list[str]] = {"csrf_token": [csrf_of(client.get(url).text)]}
    for name, value in data:
        form.setdefault(name, []).append(str(value))
    return client.post(url, data=form)


def test_an_organiser_books_an_interpreter_on_several_items_and_is_told_what_does_not_fit(world: World) -> None:
    with world.writing():
        opening = in_booth(world, "Opening", "14:00", "15:00")
        pitches = in_booth(world, "Pitches", "15:15", "17:30")
        rehearsal = world.item("Rehearsal", start="17:00", end="18:00")
        desk = world.organiser(EventRole.LOGISTICS)
    client = world.client(desk)

    answer = post(
        client,
        world.url("interpretation/interpreters/new"),
        [("name", "Amina"), ("provider_id", ""), ("a_languages", "fr"), ("b_languages", "en"), ("day_rate", "780")],
    )
    assert answer.status_code == 302
    session().rollback()
    [amina] = interpreters.interpreters(world.event)
    assert (amina.provider.name, amina.day_rate) == ("Amina", 780_00)

    url = world.url(f"interpretation/interpreters/bookings/new?interpreter={amina.id}&item={opening.id}")
    form = client.get(url).text
    assert f'value="{opening.id}" checked' in form
    chosen = [("interpreter_id", amina.id), ("item_ids", opening.id), ("item_ids", pitches.id), ("state", "firm")]
    assert post(client, url, chosen).status_code == 302
    assert booked(world) == [("Amina", "Opening", "firm", ""), ("Amina", "Pitches", "firm", "")]

    more = [("interpreter_id", amina.id), ("item_ids", rehearsal.id), ("state", "option")]
    answer = post(client, url, more)
    assert answer.status_code == 422
    assert "Amina is booked for “Pitches” and “Rehearsal” at the same time" in answer.text
    assert "two commitments overlap by 30 minutes" in answer.text
    assert f'value="{rehearsal.id}" checked' in answer.text  # what was typed is still there
    assert len(booked(world)) == 2

    answer = post(client, url, [*more, ("anyway", "y")])
    assert (answer.status_code, "Write why this booking holds" in answer.text) == (422, True)

    answer = post(client, url, [*more, ("anyway", "y"), ("reason", "A colleague ends the pitches.")])
    assert answer.status_code == 302
    assert booked(world)[-1] == ("Amina", "Rehearsal", "option", "A colleague ends the pitches.")
    page = client.get(world.url(f"interpretation/interpreters/{amina.id}")).text
    assert "A colleague ends the pitches." in page
    assert page.count("780.00") == 3  # the rate, one day contract, and the total


def test_an_option_is_made_firm_and_a_firm_booking_cancelled_after_a_question(world: World) -> None:
    with world.writing():
        item = world.item("Opening")
        [row] = booking.book(world.event, interpreter(world), Wanted([item.id]), by=world.by)
    client = world.client(world.owner)
    here = world.url(f"interpretation/items/{item.id}")
    token = csrf_of(client.get(here).text)

    move = world.url(f"interpretation/interpreters/bookings/{row.id}/state/firm?from=item")
    answer = client.post(move, data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (302, here)
    assert booked(world) == [("Amina", "Opening", "firm", "")]

    cancel = world.url(f"interpretation/interpreters/bookings/{row.id}/cancel")
    assert "Amina for “Opening”, Tuesday 25 March" in client.get(cancel).text
    assert booked(world) == [("Amina", "Opening", "firm", "")]  # asking changes nothing
    assert post(client, cancel).status_code == 302
    assert booked(world) == []
    again = client.post(cancel, data={"csrf_token": token})
    assert again.status_code == 422
    assert get(Assignment, row.id).state == "cancelled"
