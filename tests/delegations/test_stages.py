"""Each stage of a registration closes on its own; what was typed survives the clock and a change of language."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub import hookspecs
from eventhub.db import session, statement_count, transaction
from eventhub.delegations import domain, registration, stages, travel
from eventhub.delegations.models import Delegation, Direction, FareState, Participant
from eventhub.events import domain as events
from eventhub.outbox import MailMessage
from eventhub.testing import NOW, World
from tests.browsing import Person, forms_of


def page(found: Delegation, stage: str = "") -> str:
    return f"/en/e/test/registration/{found.id}/{stage}"


def at(day: int, hour: int = 17) -> datetime:
    return datetime(2025, 3, day, hour, tzinfo=UTC)


def reread(world: World, found: Delegation, number: int = 1) -> Participant:
    session().rollback()
    return world.people(domain.with_seats(world.event, found.id))[number - 1]


@pytest.fixture
def found(world: World) -> Delegation:
    """Travel closed an hour ago, needs close in a week; the rest with the registration, in five days."""
    with world.writing():
        wanted: dict[str, Any] = {"travel_closes_at": NOW - timedelta(hours=1), "needs_closes_at": at(20)}
        stages.set_deadlines(world.event, wanted, by=world.by, hooks=world.hooks)
        return world.delegation("Ghent", people=1, quota=2)


def first_of(world: World, found: Delegation) -> Participant:
    return world.people(found)[0]


def test_each_stage_closes_on_its_own_and_the_overview_says_so(world: World, found: Delegation) -> None:
    text = Person(world.guest(found)).open(page(found))
    assert "closed since Thursday, 13 March 2025, 08:00" in text
    assert "open until Tuesday, 18 March 2025, 09:00" in text
    assert "open until Thursday, 20 March 2025, 18:00" in text
    assert registration.open_stages(world.event, found, NOW) == ("people", "needs", "choices")
    assert domain.deadline(world.event, found) == at(20)


def test_a_closed_stage_is_read_only_with_a_sentence_and_others_still_save(world: World, found: Delegation) -> None:
    person = first_of(world, found)
    with world.writing():
        leg = domain.Travel(Direction.ARRIVAL, "train", "TGV 6911", "Gare de Lyon", at(25, 9))
        domain.save_travel(world.event, person, [leg], by=world.by, hooks=world.hooks)
    head = Person(world.guest(found))
    text = head.open(page(found, "travel"))
    assert "The step “Travel” could be changed until Thursday, 13 March 2025, 08:00." in text
    assert ("TGV 6911" in text, "Train" in text, f'name="travel-{person.id}-arrival_number"' in text) == (
        True,
        True,
        False,
    )
    head.open(page(found, "people"))
    head.send({f"person-{found.seats[0].id}-function": "Mayor"})
    assert head.address == page(found, "needs")  # the closed step is passed over
    assert reread(world, found).function == "Mayor"


def test_who_saves_after_the_grace_gets_what_was_typed_back(world: World, found: Delegation) -> None:
    with world.writing():
        found.closes_at = NOW
    head = Person(world.guest(found))
    head.open(page(found, "travel"))
    name = f"travel-{first_of(world, found).id}-arrival_number"
    world.app.config["TODAY"] = NOW + timedelta(minutes=30)
    head.send({name: "TGV 1"})
    head.open(page(found, "travel"))
    world.app.config["TODAY"] = NOW + timedelta(minutes=31)
    text = head.send({name: "TGV 2"}, expect=422)
    assert ('value="TGV 2"' in text, "It was not saved." in text) == (True, True)
    leg = reread(world, found).leg(Direction.ARRIVAL)
    assert leg is not None
    assert leg.number == "TGV 1"


def test_a_delegation_s_own_deadline_stands_above_those_of_the_stages(world: World, found: Delegation) -> None:
    with world.writing():
        found.closes_at = at(21)
    assert registration.open_stages(world.event, found, at(21)) == stages.STAGES
    assert registration.open_stages(world.event, found, at(22)) == ()
    assert "Registration closed on" in registration.closed_because(world.event, found, at(22), "travel")


def test_a_stage_has_its_own_grace(world: World, found: Delegation) -> None:
    with world.writing():
        stages.set_deadlines(
            world.event, {"travel_closes_at": NOW, "travel_grace": 120}, by=world.by, hooks=world.hooks
        )
    assert "travel" in registration.open_stages(world.event, found, NOW + timedelta(minutes=120))
    assert "travel" not in registration.open_stages(world.event, found, NOW + timedelta(minutes=121))


def test_organisers_set_the_deadlines_and_the_truth_page_shows_them(world: World) -> None:
    desk = Person(world.client(world.owner))
    address = world.url("registration-deadlines/")
    assert "A step without a deadline of its own closes with the registration" in desk.open(address)
    desk.send({"travel_closes_at": "2025-03-10T18:00", "travel_grace": "60"})
    assert "At present: until Monday, 10 March 2025, 18:00, then 60 minutes of grace." in desk.text
    overview = desk.open(world.url(""))
    assert "Registration: the step “Travel” closes" in overview
    desk.open(address)
    desk.send({"travel_closes_at": "", "travel_grace": ""})
    assert world.hooks.collect(hookspecs.deadlines, event=world.event)
    desk.open(address)
    text = desk.send({"needs_closes_at": "2025-03-30T02:30"}, expect=422)
    assert "the clocks go forward that night" in text


def test_a_copy_across_a_change_of_clocks_keeps_the_hour_on_the_wall(world: World, found: Delegation) -> None:
    with world.writing():
        stages.set_deadlines(world.event, {"travel_closes_at": at(10)}, by=world.by, hooks=world.hooks)
    with world.writing():
        copy = events.copy(
            world.event,
            title={"fr": "Encore", "en": "Again"},
            slug="again",
            starts_on=date(2025, 6, 24),
            by=world.owner,
            hooks=world.hooks,
        )
    closing = stages.of_event(copy, "travel").at
    assert closing is not None
    assert [moment.astimezone(copy.zone).hour for moment in (at(10), closing)] == [18, 18]
    assert closing == datetime(2025, 6, 9, 16, tzinfo=UTC)


def test_the_summary_by_mail_names_who_comes_how_and_each_deadline(world: World, found: Delegation) -> None:
    person = first_of(world, found)
    with world.writing():
        leg = domain.Travel(Direction.ARRIVAL, "train", "TGV 6911", "Gare de Lyon", at(25, 9))
        domain.save_travel(world.event, person, [leg], by=world.by, hooks=world.hooks)
    head = Person(world.guest(found))
    head.open(page(found))
    head.send(action="submit")
    assert "Tue 25 Mar, 10:00" in head.text
    (mail,) = _mails()
    assert "- Ghent Person 1, Planner\n  Arrival: Train TGV 6911 · Gare de Lyon · Tuesday, 25 March" in mail
    assert "1 seat is held without a name." in mail
    assert "- Travel: Thursday, 13 March 2025, 08:00\n" in mail
    assert "as a file for your calendar" in mail


def _mails() -> list[str]:
    return list(session().scalars(sa.select(MailMessage.body).where(MailMessage.kind == "registered")))


# --- another language -----------------------------------------------------------------------------------------------


def test_another_language_keeps_what_was_typed_right_or_wrong_and_saves_nothing(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1, quota=2)
    head = Person(world.guest(found))
    text = head.open(page(found, "people"))
    french = page(found, "people").replace("/en/", "/fr/")
    assert re.search(rf'<button[^>]* formaction="{french}" name="switch" value="fr" lang="fr">', text)
    form = next(form for form in forms_of(text) if form.method == "post")
    seat = found.seats[0].id
    form.values.setlist(f"person-{seat}-function", ["Bourgmestre « faisant fonction »"])
    form.values.setlist(f"person-{seat}-email", ["not an address"])
    form.values.setlist(f"person-{seat}-languages", ["nl", "fr"])
    form.values["switch"] = "fr"
    answer = head.client.post(french, data=form.values)
    text = answer.get_data(as_text=True)
    assert (answer.status_code, 'lang="fr"' in text, "error-summary" in text) == (200, True, False)
    assert 'value="Bourgmestre « faisant fonction »"' in text
    assert 'value="not an address"' in text
    assert re.search(r'value="nl" checked', text)
    assert reread(world, found).function == "Planner"
    head.page, head.address = answer, french
    text = head.send({f"person-{seat}-email": "own@ghent.eu"})
    assert reread(world, found).function == "Bourgmestre « faisant fonction »"


def test_the_own_page_changes_its_language_with_what_was_typed(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
    person = first_of(world, found)
    me = Person(world.guest(person))
    text = me.open(f"/fr/e/test/me/{person.id}/needs")
    form = next(form for form in forms_of(text) if form.method == "post")
    form.values.setlist(f"access-{person.id}-other", ["A chair with arms"])
    form.values["switch"] = "en"
    text = me.client.post(f"/en/e/test/me/{person.id}/needs", data=form.values).get_data(as_text=True)
    assert ('value="A chair with arms"' in text, "not saved yet" in text) == (True, True)


def test_the_enter_key_saves_and_does_not_change_the_language(world: World, found: Delegation) -> None:
    text = Person(world.guest(found)).open(page(found, "people"))
    first = re.search(r'<button[^>]*form="registration"[^>]*>', text)
    assert first is not None
    assert ("formaction" in first[0], "name=" in first[0]) == (False, False)


def test_a_change_of_language_asks_for_the_token_of_the_form(app: Any, world: World, found: Delegation) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    assert world.guest(found).post(page(found, "people"), data={"switch": "fr"}).status_code == 400


# --- who pays -------------------------------------------------------------------------------------------------------


def open_travel(world: World) -> tuple[Delegation, Participant, Person]:
    with world.writing():
        found = world.delegation("Ghent", people=2)
    head = Person(world.guest(found))
    head.open(page(found, "travel"))
    return found, first_of(world, found), head


def test_who_pays_and_what_is_asked_back_is_said_with_the_journey(world: World) -> None:
    found, person, head = open_travel(world)
    head.send({f"travel-{person.id}-paid_by": "organisation", f"travel-{person.id}-claimed": "120.50"})
    now = reread(world, found)
    assert (now.fare_paid_by, now.fare_claimed, now.fare_state) == ("organisation", 12050, FareState.CLAIMED)
    desk = Person(world.client(world.owner))
    address = world.url(f"delegations/people/{person.id}")
    assert "Their organisation · €120.50 (Asked for)" in desk.open(address)
    desk.send(action="fare/granted")
    assert reread(world, found).fare_state == FareState.GRANTED
    desk.send(action="fare/paid")
    assert "Paid back" in desk.text


def test_what_is_granted_cannot_be_changed_by_a_guest_any_more(world: World) -> None:
    found, person, head = open_travel(world)
    head.send({f"travel-{person.id}-paid_by": "participant", f"travel-{person.id}-claimed": "80"})
    head.open(page(found, "travel"))
    with transaction():
        travel.decide_fare(world.event, reread(world, found), FareState.GRANTED, by=world.by, hooks=world.hooks)
    head.send({f"travel-{person.id}-claimed": "800"})
    assert reread(world, found).fare_claimed == 8000
    assert "Who pays: The person · €80.00 (Granted)." in head.open(page(found, "travel"))
    with pytest.raises(travel.FareStateNotPossible), transaction():
        travel.decide_fare(world.event, reread(world, found), FareState.REFUSED, by=world.by, hooks=world.hooks)


def test_nothing_is_asked_back_from_a_host_who_pays(world: World) -> None:
    found, person, head = open_travel(world)
    text = head.send({f"travel-{person.id}-paid_by": "host", f"travel-{person.id}-claimed": "80"}, expect=422)
    assert "there is nothing to ask back" in text
    assert reread(world, found).fare_claimed is None


def test_a_refused_claim_is_asked_again_with_another_amount(world: World) -> None:
    found, person, head = open_travel(world)
    head.send({f"travel-{person.id}-paid_by": "participant", f"travel-{person.id}-claimed": "80"})
    with transaction():
        travel.decide_fare(world.event, reread(world, found), FareState.REFUSED, by=world.by, hooks=world.hooks)
    head.open(page(found, "travel"))
    head.send({f"travel-{person.id}-claimed": "60"})
    assert reread(world, found).fare_state == FareState.CLAIMED


def test_an_amount_is_not_copied_to_who_travels_with_somebody(world: World) -> None:
    found, person, head = open_travel(world)
    second = world.people(found)[1]
    typed = {f"travel-{person.id}-paid_by": "participant", f"travel-{person.id}-claimed": "80"}
    head.send(typed | {f"travel-{second.id}-travels_with": person.id})
    other = reread(world, found, 2)
    assert (other.fare_paid_by, other.fare_claimed) == ("participant", None)


def test_the_journeys_of_four_people_are_saved_in_twelve_statements(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=4)
    head = Person(world.guest(found))
    form = next(form for form in forms_of(head.open(page(found, "travel"))) if form.method == "post")
    for person in world.people(found):
        typed = {"arrival_mode": "train", "arrival_at": "2025-03-25T09:40", "departure_at": "2025-03-27T18:40"}
        for name, text in {**typed, "paid_by": "participant", "claimed": "80"}.items():
            form.values.setlist(f"travel-{person.id}-{name}", [text])
    sent = statement_count(world.app, lambda: head.client.post(page(found, "travel"), data=form.values))
    assert [len(reread(world, found, number).legs) for number in range(1, 5)] == [2] * 4
    assert [reread(world, found, number).fare_claimed for number in range(1, 5)] == [8000] * 4
    assert sent <= 12


def test_somebody_gives_their_own_journey_alone_and_the_page_is_cheap(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
    person = world.people(found)[1]
    me = Person(world.guest(person))
    address = f"/en/e/test/me/{person.id}/needs"
    assert statement_count(world.app, lambda: me.client.get(address)) <= 10
    text = me.open(address)
    assert ("Ghent Person 1" in text, "travels_with" in text) == (False, False)
    me.send({f"travel-{person.id}-arrival_number": "TGV 7", f"travel-{person.id}-paid_by": "host"})
    now = reread(world, found, 2)
    leg = now.leg(Direction.ARRIVAL)
    assert leg is not None
    assert (leg.number, now.fare_paid_by, now.own_saved_at) == ("TGV 7", "host", NOW)


def test_a_closed_stage_costs_no_statement_more(world: World, found: Delegation) -> None:
    client = world.guest(found)
    for stage in ("", *stages.STAGES):
        assert statement_count(world.app, lambda stage=stage: client.get(page(found, stage))) <= 10  # type: ignore[misc]
