"""Heads of delegation and participants with their personal links, through HTTP: what goes well, what is typed badly."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from eventhub.access import links
from eventhub.db import session, statement_count, transaction
from eventhub.delegations import domain, needs, seats
from eventhub.delegations.models import (
    Consent,
    Delegation,
    DelegationState,
    Direction,
    Participant,
    ParticipantState,
    SeatState,
    Substitution,
)
from eventhub.events.models import EventState
from eventhub.outbox import MailMessage
from eventhub.testing import NOW, World
from tests.browsing import Person, forms_of


def registration(found: Delegation, page: str = "") -> str:
    return f"/en/e/test/registration/{found.id}/{page}"


def head_of(world: World, found: Delegation) -> Person:
    return Person(world.guest(found))


def field(found: Delegation, number: int, name: str) -> str:
    """Return the name of a field of the n-th seat."""
    return f"person-{found.seats[number - 1].id}-{name}"


def reread(world: World, found: Delegation) -> Delegation:
    session().rollback()
    return domain.with_seats(world.event, found.id)


def names(found: Delegation) -> list[str | None]:
    return [seat.participant.name if seat.participant else None for seat in found.seats]


@contextmanager
def the_clock_at(world: World, moment: datetime) -> Iterator[None]:
    world.app.config["TODAY"] = moment
    try:
        yield
    finally:
        world.app.config["TODAY"] = NOW


def mails(kind: str) -> list[MailMessage]:
    return list(session().scalars(sa.select(MailMessage).where(MailMessage.kind == kind)))


def held(found: Delegation, number: int) -> Participant:
    """Return who sits on the n-th seat."""
    person = found.seats[number - 1].participant
    assert person is not None
    return person


# --- it goes well ---------------------------------------------------------------------------------------------------


def test_a_head_registers_a_delegation_from_the_invitation_to_the_thanks(world: World) -> None:
    with world.writing():
        found = world.delegation("City of Prague", quota=3, contact_name="Jana Nováková")
        world.item("Opening plenary")
    head = head_of(world, found)
    assert "Welcome! Tell us who comes." in head.open(registration(found))
    head.open(registration(found, "people"))
    assert 'value="Jana Nováková"' in head.text  # what the organisers know already need not be typed again
    people = {
        field(found, 1, "function"): "Councillor",
        field(found, 1, "languages"): ["cs", "en"],
        field(found, 2, "name"): "Petr Dvořák",
    }
    head.send(people)
    assert head.address == registration(found, "travel")
    assert "Last saved on Thursday, 13 March 2025, 09:00." in head.text
    found = reread(world, found)
    assert names(found) == ["Jana Nováková", "Petr Dvořák", None]
    first = held(found, 1)
    travel = {
        f"travel-{first.id}-arrival_mode": "train",
        f"travel-{first.id}-arrival_at": "2025-03-25T09:40",
        f"travel-{first.id}-departure_mode": "local",
    }
    head.send(travel)
    head.send()
    assert head.address == registration(found)
    assert "2 people are named, of 3 seats. Your registration is not submitted yet." in head.text
    assert "Petr Dvořák: languages understood and function" in head.text
    head.send(action="submit")
    assert head.address == registration(found, "thanks")
    found = reread(world, found)
    assert found.reference in head.text
    assert (found.state, found.submitted_at) == (DelegationState.ROSTER_INCOMPLETE, NOW)
    assert (first.is_head, first.leg(Direction.ARRIVAL).at) == (True, datetime(2025, 3, 25, 8, 40, tzinfo=NOW.tzinfo))
    (mail,) = mails("registered")
    assert (mail.recipient, mail.subject) == (
        found.contact_email,
        f"Registration {found.reference} received: Test event",
    )
    assert "2 people named, of 3 seats:\n- Jana Nováková, Councillor\n  Arrival: Train · Tuesday, 25 March" in mail.body
    assert "\n- Petr Dvořák\n" in mail.body
    calendar = head.client.get(registration(found, "calendar.ics"))
    assert (calendar.mimetype, b"SUMMARY:Opening plenary" in calendar.data) == ("text/calendar", True)


def test_a_complete_registration_says_so_and_waits_for_the_confirmation(world: World) -> None:
    both = [domain.Travel(direction, "local") for direction in Direction]
    with world.writing():
        found = world.delegation(people=1, quota=1)
        domain.save_travel(world.event, held(found, 1), both, by=world.by, hooks=world.hooks)
    head = head_of(world, found)
    assert "Everything is there. Submit, and you get a summary by mail" in head.open(registration(found))
    head.send(action="submit")
    assert "Your registration has reached us, complete." in head.open(registration(found))
    assert 'id="submit"' not in head.text


def test_a_person_is_taken_off_and_the_seat_stays_held(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2, quota=2)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    head.send({field(found, 2, "take_off"): "y"})
    found = reread(world, found)
    assert (names(found), found.seats_named, found.quota) == (["Ghent Person 1", None], 1, 2)


def test_another_name_and_address_is_a_substitution_and_the_head_is_told(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    page = head.send({field(found, 1, "name"): "Ann Peeters", field(found, 1, "email"): "ann@ghent.eu"})
    assert "Ann Peeters takes the seat of Ghent Person 1. Travel, needs and choices start empty." in page
    found = reread(world, found)
    assert (names(found)[0], found.seats[0].state) == ("Ann Peeters", SeatState.SUBSTITUTED)
    assert session().scalar(sa.select(sa.func.count()).select_from(Substitution)) == 1


def test_the_train_of_a_whole_delegation_is_typed_once(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=3)
    first, second, third = world.people(found)
    head = head_of(world, found)
    page = head.open(registration(found, "travel"))
    assert f'name="travel-{first.id}-travels_with"' not in page  # nobody stands above them
    typed = {"arrival_mode": "train", "arrival_number": "TGV 6911", "arrival_at": "2025-03-25T11:40"}
    together = {f"travel-{second.id}-travels_with": first.id, f"travel-{third.id}-travels_with": second.id}
    head.send({f"travel-{first.id}-{name}": text for name, text in typed.items()} | together)
    found = reread(world, found)
    arrivals = [(leg.mode, leg.number, leg.at) for person in world.people(found) for leg in person.legs]
    assert arrivals == [("train", "TGV 6911", datetime(2025, 3, 25, 10, 40, tzinfo=NOW.tzinfo))] * 3
    head.open(registration(found, "travel"))
    head.send({f"travel-{second.id}-travels_with": third.id}, expect=422)
    assert "Choose one of the list." in head.text


def test_a_delegation_that_does_not_come_says_so_and_sees_its_answer(world: World) -> None:
    with world.writing():
        found = world.delegation("Turin", people=1)
    head = head_of(world, found)
    page = head.open(registration(found, "decline"))
    assert "the place of Turin Person 1" in page
    head.send({"reason": "Elections"}, action="decline")
    assert "You told us that you do not come." in head.text
    found = reread(world, found)
    assert (found.state, found.reason, held(found, 1).state) == ("withdrawn", "Elections", "cancelled")
    page = head.open(registration(found, "people"))
    assert "This delegation has declined, withdrawn or been archived." in page


def test_who_has_named_nobody_declines(world: World) -> None:
    with world.writing():
        found = world.delegation()
    head = head_of(world, found)
    head.open(registration(found, "decline"))
    head.send(action="decline")
    assert reread(world, found).state == DelegationState.DECLINED


# --- what it costs --------------------------------------------------------------------------------------------------


def test_naming_four_people_at_once_takes_twelve_statements(world: World) -> None:
    with world.writing():
        found = world.delegation(quota=4)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    form = next(form for form in forms_of(head.text) if form.method == "post")
    for number in range(1, 5):
        form.values.setlist(field(found, number, "name"), [f"Guest Number{number}"])
    sent = statement_count(world.app, lambda: head.client.post(registration(found, "people"), data=form.values))
    assert names(reread(world, found)) == [f"Guest Number{number}" for number in range(1, 5)]
    assert sent <= 12


def test_correcting_four_people_at_once_takes_twelve_statements(world: World) -> None:
    with world.writing():
        found = world.delegation(people=4)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    form = next(form for form in forms_of(head.text) if form.method == "post")
    for number in range(1, 5):
        form.values.setlist(field(found, number, "function"), ["Mayor"])
    sent = statement_count(world.app, lambda: head.client.post(registration(found, "people"), data=form.values))
    assert [held(reread(world, found), number).function for number in range(1, 5)] == ["Mayor"] * 4
    assert sent <= 12


@pytest.mark.parametrize("page", ["", "people", "travel", "needs", "thanks"])
def test_a_page_costs_the_same_for_ten_people_as_for_one(world: World, page: str) -> None:
    counts = []
    for people in (1, 10):
        with world.writing():
            found = world.delegation(people=people)
            domain.submit(world.event, found, domain.Completeness(1, 1), by=world.by, hooks=world.hooks)
        counts.append(statement_count(world.app, partial(world.guest(found).get, registration(found, page))))
    assert counts[0] == counts[1] <= 10


# --- too many, too late, two at once --------------------------------------------------------------------------------


def test_a_name_on_a_seat_that_was_taken_meanwhile_gets_another_seat(world: World) -> None:
    with world.writing():
        found = world.delegation(quota=2)
    first, second = head_of(world, found), head_of(world, found)
    for person, name in ((first, "Ann Peeters"), (second, "Bea Brown")):
        person.open(registration(found, "people"))
        person.name = name
    first.send({field(found, 1, "name"): "Ann Peeters"})
    page = second.send({field(found, 1, "name"): "Bea Brown", field(found, 1, "email"): "bea@x.eu"})
    assert "The seat had been given away meanwhile: Bea Brown has seat 2." in page
    found = reread(world, found)
    assert (names(found), held(found, 2).email) == (["Ann Peeters", "Bea Brown"], "bea@x.eu")


def test_a_name_too_many_is_refused_and_given_back(world: World) -> None:
    with world.writing():
        found = world.delegation(quota=1)
    first, second = head_of(world, found), head_of(world, found)
    for person in (first, second):
        person.open(registration(found, "people"))
    first.send({field(found, 1, "name"): "Ann Peeters"})
    page = second.send({field(found, 1, "name"): "Bea Brown"}, expect=422)
    assert "All 1 seats of this delegation are taken." in page
    assert 'value="Bea Brown"' in page
    assert "Ann Peeters was given this seat meanwhile." in page
    assert names(reread(world, found)) == ["Ann Peeters"]


def test_the_same_form_sent_twice_names_one_person(world: World) -> None:
    with world.writing():
        found = world.delegation(quota=2)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    form = next(form for form in forms_of(head.text) if form.method == "post")
    form.values.setlist(field(found, 1, "name"), ["Ann Peeters"])
    answers = [head.client.post(registration(found, "people"), data=form.values).status_code for _again in range(2)]
    assert answers == [302, 302]
    found = reread(world, found)
    assert (names(found), found.seats_named) == (["Ann Peeters", None], 1)


def test_a_name_on_a_seat_that_the_organisers_took_back_is_refused_and_given_back(world: World) -> None:
    with world.writing():
        found = world.delegation(people=1, quota=2)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    taken_back = field(found, 2, "name")
    with world.writing():
        locked = domain.locked_delegation(world.event, found.id)
        domain.change(world.event, locked, {"quota": 1}, by=world.by, hooks=world.hooks)
    page = head.send({taken_back: "Bea Brown"}, expect=422)
    assert "All 1 seats of this delegation are taken." in page
    assert "A seat that was taken back" in page
    assert 'value="Bea Brown"' in page


def test_two_tabs_on_one_field_show_both_versions_and_the_second_decides(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
    function = field(found, 1, "function")
    first, second = head_of(world, found), head_of(world, found)
    for person in (first, second):
        person.open(registration(found, "people"))
    first.send({function: "Mayor"})
    page = second.send({function: "Deputy"}, expect=409)
    assert "Somebody else saved another version meanwhile." in page
    assert 'value="Deputy"' in page
    assert re.search(r"The other version:</strong> <span[^>]*>Mayor<", page)
    assert held(reread(world, found), 1).function == "Mayor"
    second.send()
    assert held(reread(world, found), 1).function == "Deputy"


def test_two_tabs_on_different_fields_and_people_keep_both(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
    first, second = head_of(world, found), head_of(world, found)
    for person in (first, second):
        person.open(registration(found, "people"))
    first.send({field(found, 1, "function"): "Mayor", field(found, 3, "name"): "Ann Peeters"})
    second.send({field(found, 1, "phone"): "+33 4 76 59 59 59", field(found, 2, "function"): "Engineer"})
    found = reread(world, found)
    assert [(held(found, n).function, held(found, n).phone) for n in (1, 2)] == [
        ("Mayor", "+33 4 76 59 59 59"),
        ("Engineer", ""),
    ]
    assert names(found) == ["Ghent Person 1", "Ghent Person 2", "Ann Peeters", None]


def test_a_phone_typed_for_somebody_does_not_pass_to_who_replaced_them(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
    first, second = head_of(world, found), head_of(world, found)
    for person in (first, second):
        person.open(registration(found, "people"))
    first.send({field(found, 1, "name"): "Ann Peeters", field(found, 1, "email"): "ann@ghent.eu"})
    page = second.send({field(found, 1, "phone"): "+33 4 76 59 59 59"}, expect=409)
    assert re.search(r"The other version:</strong> <span[^>]*>Ann Peeters<", page)
    assert held(reread(world, found), 1).phone == ""


def test_a_tab_left_open_does_not_bring_back_who_was_taken_off(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
    first, second = head_of(world, found), head_of(world, found)
    for person in (first, second):
        person.open(registration(found, "people"))
    first.send({field(found, 1, "take_off"): "y"})
    second.send({field(found, 2, "function"): "Engineer"})
    found = reread(world, found)
    assert (names(found)[:2], held(found, 2).function) == ([None, "Ghent Person 2"], "Engineer")


def test_travel_typed_for_somebody_who_was_taken_off_is_not_lost_silently(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
    gone, stays = world.people(found)
    first, second = head_of(world, found), head_of(world, found)
    second.open(registration(found, "travel"))
    first.open(registration(found, "people"))
    first.send({field(found, 1, "take_off"): "y"})
    typed = {f"travel-{gone.id}-arrival_number": "EC 371", f"travel-{stays.id}-arrival_number": "EC 372"}
    page = second.send(typed, expect=422)
    assert "Somebody was taken off this delegation while you were writing." in page
    assert 'value="EC 372"' in page


def test_within_the_grace_a_late_head_still_saves(world: World) -> None:
    with world.writing():
        found = world.delegation(closes_at=NOW)
    head = head_of(world, found)
    with the_clock_at(world, NOW + timedelta(minutes=29)):
        head.open(registration(found, "people"))
        head.send({field(found, 1, "name"): "Ann Peeters"})
    assert names(reread(world, found))[0] == "Ann Peeters"


def test_after_the_grace_a_sentence_says_so_and_what_was_typed_is_given_back(world: World) -> None:
    with world.writing():
        found = world.delegation(people=1, closes_at=NOW)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    closed = (
        "Registration closed on Thursday, 13 March 2025, 09:00. Write to the organisers; your data so far are safe."
    )
    with the_clock_at(world, NOW + timedelta(minutes=31)):
        page = head.send({field(found, 2, "name"): "Ann Peeters"}, expect=422)
        assert closed in page
        assert "What you typed is still below, so that you can copy it into a mail. It was not saved." in page
        assert 'value="Ann Peeters"' in page
        page = head.open(registration(found, "people"))
        assert closed in page
        assert [form for form in forms_of(page) if form.method == "post"] == []
        assert closed in head.open(registration(found))
        answer = head.client.post(registration(found, "submit"), data={"csrf_token": csrf(world, head)})
        assert answer.status_code == 422
    assert names(reread(world, found))[:2] == [f"{found.name} Person 1", None]


def csrf(world: World, person: Person) -> str:
    """Return a form token of this browser, from a page that has one at any time."""
    page = person.client.get(registration(session().scalars(sa.select(Delegation)).one(), "decline"))
    return next(form.values["csrf_token"] for form in forms_of(page.get_data(as_text=True)) if form.method == "post")


@pytest.mark.parametrize("state", [EventState.PLANNING, EventState.CLOSED, EventState.RUNNING])
def test_while_the_event_takes_no_registration_nothing_is_saved(world: World, state: EventState) -> None:
    with world.writing():
        found = world.delegation()
    head = head_of(world, found)
    head.open(registration(found, "people"))
    with world.writing():
        world.event.state = state
    page = head.send({field(found, 1, "name"): "Ann Peeters"}, expect=422)
    assert "Registration for this event is not open at the moment." in page
    assert names(reread(world, found))[0] is None


# --- typed badly ----------------------------------------------------------------------------------------------------


def test_every_error_of_every_person_is_listed_at_once_and_leads_to_its_field(world: World) -> None:
    with world.writing():
        found = world.delegation()
    head = head_of(world, found)
    head.open(registration(found, "people"))
    typed = {
        field(found, 1, "name"): "Ann Peeters",
        field(found, 1, "email"): "ann.example.org",
        field(found, 2, "email"): "bea@x.eu",
        field(found, 2, "phone"): "12",
    }
    page = head.send(typed, expect=422)
    assert "There are 3 things to correct" in page
    assert "The address has no “@”. Example: first.last@city.eu" in page
    assert "Write the name of this person, or empty the other lines to hold the seat." in page
    for value in ("ann.example.org", "bea@x.eu", "12"):
        assert f'value="{value}"' in page
    targets = re.findall(r'<a href="#([^"]+)">Seat', page)
    assert len(targets) == 3
    assert all(f'id="{target}"' in page for target in targets)
    assert names(reread(world, found)) == [None] * 4


@pytest.mark.parametrize("stage", ["people", "travel", "needs"])
def test_ids_are_unique_and_every_card_says_whose_it_is(world: World, stage: str) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=3)
    page = head_of(world, found).open(registration(found, stage))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    cards = re.findall(r'<(?:div|details) class="sheet person"[^>]*aria-labelledby="([^"]+)"', page)
    titles = [re.search(rf'<h2 id="{card}">([^<]+)', page)[1].strip() for card in cards]  # type: ignore[index]
    assert len(titles) == {"people": 4}.get(stage, 3)
    assert [("Ghent Person" in title) for title in titles] == [True] * 3 + [False] * (len(titles) - 3)


def test_fields_tell_browsers_what_they_are_about_and_whom(world: World) -> None:
    with world.writing():
        found = world.delegation(quota=1)
    page = head_of(world, found).open(registration(found, "people"))
    seat = found.seats[0].id
    tokens = re.findall(r'autocomplete="([^"]+)"', page)
    assert tokens == [f"section-person-{seat} {what}" for what in ("name", "organization-title", "email", "tel")]


def test_rare_languages_wait_behind_one_line_and_chosen_ones_come_forward(world: World) -> None:
    with world.writing():
        found = world.delegation(quota=1)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    folded = head.text[head.text.index('class="folded"') :].partition("</details>")[0]
    assert ('value="fr"' in folded, 'value="is"' in folded) == (False, True)
    head.send({field(found, 1, "name"): "Jón Jónsson", field(found, 1, "languages"): ["is", "fr"]})
    page = head.open(registration(found, "people"))
    folded = page[page.index('class="folded"') :].partition("</details>")[0]
    assert 'value="is"' not in folded
    assert sorted(held(reread(world, found), 1).languages) == ["fr", "is"]


@pytest.mark.parametrize(
    "name", ["שרה כהן", "محمد بن سلمان", "李小龙", "Zoë 👩🏽‍🚀 O’Neill", "Łukasz Żółć-Ñandú", '<b>Bobby</b> & "Tables"']
)
def test_names_of_every_script_are_kept_as_typed(world: World, name: str) -> None:
    with world.writing():
        found = world.delegation(quota=1)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    head.send({field(found, 1, "name"): name})
    assert names(reread(world, found)) == [name]
    assert "<b>Bobby" not in head.open(registration(found, "people"))


def test_a_name_whose_key_is_longer_than_itself_fits_its_column(world: World) -> None:
    with world.writing():
        found = world.delegation(quota=1)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    head.send({field(found, 1, "name"): "ß" * 200})
    assert (held(reread(world, found), 1).name, held(found, 1).sort_key) == ("ß" * 200, "s" * 200)


@pytest.mark.parametrize("hidden", ["\x00", "\x07", "\u202e", "\x1b[31m"])
def test_invisible_characters_are_taken_out_and_the_head_is_told(world: World, hidden: str) -> None:
    with world.writing():
        found = world.delegation(quota=1)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    page = head.send({field(found, 1, "name"): f"Ann{hidden} Peeters"}, expect=422)
    assert "Invisible control characters were removed from this text. Check it and save again." in page
    assert names(reread(world, found)) == [None]
    head.send()
    kept = names(reread(world, found))[0]
    assert kept is not None
    assert kept.replace("[31m", "") == "Ann Peeters"


@pytest.mark.parametrize(
    "name", ["name", "function", "email", "phone", "languages", "document_language", "base", "participant"]
)
def test_three_hundred_kilobytes_are_refused_in_words_and_given_back(world: World, name: str) -> None:
    with world.writing():
        found = world.delegation(quota=1)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    huge = "x" * 300_000
    typed = {field(found, 1, "name"): "Ann Peeters"} | {field(found, 1, name): huge}
    form = next(form for form in forms_of(head.text) if form.method == "post")
    for key, value in typed.items():
        form.values.setlist(key, [value])
    answer = head.client.post(registration(found, "people"), data=form.values)
    page = answer.get_data(as_text=True)
    if name in {"base", "participant"}:  # nobody types there; what was typed elsewhere must come through
        assert (answer.status_code in {302, 409}, "Traceback" in page) == (True, False)
        return
    assert answer.status_code == 422
    said = {"languages": "Choose from the list.", "document_language": "Choose one of the list."}
    assert said.get(name, "This text is too long") in page or "does not look like" in page or "Write the phone" in page
    assert name in {"languages", "document_language"} or huge in page
    assert names(reread(world, found)) == [None]


def test_a_hundred_thousand_brackets_in_the_hidden_field_do_no_harm(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1, quota=1)
    head = head_of(world, found)
    head.open(registration(found, "people"))
    head.send({field(found, 1, "base"): "[" * 100_000, field(found, 1, "function"): "Mayor"})
    assert held(reread(world, found), 1).function == "Mayor"


@pytest.mark.parametrize(
    "typed",
    ["2025-02-30T10:00", "2025-13-01T10:00", "99999-01-01T00:00", "0001-01-01T00:00", "tomorrow", "2025-03-25T25:61"],
)
def test_an_impossible_date_is_refused_and_given_back_as_typed(world: World, typed: str) -> None:
    with world.writing():
        found = world.delegation(people=1)
    name = f"travel-{held(found, 1).id}-arrival_at"
    head = head_of(world, found)
    head.open(registration(found, "travel"))
    page = head.send({name: typed}, expect=422)
    assert "This date and time do not exist. Write them like 2025-03-25 14:30." in page
    assert f'value="{typed}"' in page


def test_the_hour_that_the_clocks_skip_does_not_exist(world: World) -> None:
    with world.writing():
        found = world.delegation(people=1)
    name = f"travel-{held(found, 1).id}-departure_at"
    head = head_of(world, found)
    head.open(registration(found, "travel"))
    page = head.send({name: "2025-03-30T02:30"}, expect=422)
    assert "This time does not exist: the clocks go forward that night. Choose another." in page


def test_who_leaves_before_arriving_is_asked_to_correct_it(world: World) -> None:
    with world.writing():
        found = world.delegation(people=1)
    prefix = f"travel-{held(found, 1).id}"
    head = head_of(world, found)
    head.open(registration(found, "travel"))
    page = head.send(
        {f"{prefix}-arrival_at": "2025-03-27T10:00", f"{prefix}-departure_at": "2025-03-25T10:00"}, expect=422
    )
    assert "The departure comes before the arrival. Correct one of them." in page


def test_a_form_without_its_token_saves_nothing(world: World) -> None:
    with world.writing():
        found = world.delegation(quota=1)
    head = head_of(world, found)
    answer = head.client.post(registration(found, "people"), data={field(found, 1, "name"): "Ann Peeters"})
    assert answer.status_code == 400
    assert "Nothing was saved. Go back with your browser: what you typed is still there." in answer.get_data(
        as_text=True
    )
    assert names(reread(world, found)) == [None]


# --- links ----------------------------------------------------------------------------------------------------------


def test_a_link_opens_its_own_delegation_and_nothing_else(world: World) -> None:
    with world.writing():
        own, other = world.delegation(people=1), world.delegation(people=1)
    head = head_of(world, own)
    head.open(registration(own, "people"))
    token = next(form.values["csrf_token"] for form in forms_of(head.text) if form.method == "post")
    for page in ("", "people", "travel", "needs", "choices", "thanks", "decline", "calendar.ics"):
        assert head.client.get(registration(other, page)).status_code == 404
    for page in ("people", "submit", "decline"):
        assert head.client.post(registration(other, page), data={"csrf_token": token}).status_code == 404
    for address in (registration(own).replace("/test/", "/another/"), f"/en/e/test/me/{held(own, 1).id}/"):
        answer = head.client.get(address)
        assert answer.status_code == 404
    assert world.client().get(registration(own)).status_code == 404


def test_a_seat_of_another_delegation_cannot_be_named(world: World) -> None:
    with world.writing():
        own, other = world.delegation(quota=1), world.delegation(quota=1)
    head = head_of(world, own)
    head.open(registration(own, "people"))
    form = next(form for form in forms_of(head.text) if form.method == "post")
    form.values.setlist(field(own, 1, "name"), ["Ann Peeters"])
    form.values.setlist(field(other, 1, "name"), ["Bea Brown"])
    answer = head.client.post(registration(own, "people"), data=form.values)
    assert answer.status_code == 422  # one free seat, two names
    assert (names(reread(world, own)), names(reread(world, other))) == ([None], [None])


def test_a_withdrawn_link_closes_the_pages_that_it_opened(world: World) -> None:
    with world.writing():
        found = world.delegation()
    head = head_of(world, found)
    head.open(registration(found))
    with world.writing():
        domain.revoke_links(found, by=world.by)
    page = head.open(registration(found), expect=404)
    assert "Open your personal link again" in page


# --- needs ----------------------------------------------------------------------------------------------------------


def test_a_head_declares_a_need_once_and_never_reads_it_back(world: World) -> None:
    with world.writing():
        found = world.delegation(people=1)
    person = held(found, 1)
    prefix = f"access-{person.id}"
    head = head_of(world, found)
    head.open(registration(found, "needs"))
    page = head.send({f"{prefix}-step_free": "y", f"{prefix}-other": "A quiet room"}, expect=422)
    assert "We may keep these needs only with consent: tick the box, or empty the needs." in page
    head.send({f"{prefix}-consent": "y"})
    page = head.open(registration(found, "needs"))
    assert "Access needs are declared for this person and shown to nobody here." in page
    assert ("A quiet room" in page, "checked" in page) == (False, False)
    head.send()  # an empty form says nothing: the head cannot see what is there
    session().rollback()
    assert needs.access_of(world.event.id) == {person.id: needs.Access(step_free=True, other="A quiet room")}
    consent = session().scalars(sa.select(Consent)).one()
    assert (consent.participant_id, consent.confirmed, consent.withdrawn_at) == (person.id, False, None)


def test_their_owner_reads_corrects_and_takes_back_what_was_declared(world: World) -> None:
    with world.writing():
        found = world.delegation(people=1, closes_at=NOW - timedelta(days=1))
        person = held(found, 1)
        needs.declare(person, needs.Access(step_free=True), by=world.by)
        needs.give_consent(person, "delegations.access", "2025-01", confirmed=False)
    me = Person(world.guest(person))
    page = me.open(f"/en/e/test/me/{person.id}/needs")
    assert re.search(rf'name="access-{person.id}-step_free"[^>]*checked', page)
    assert (
        "Closed for changes: Travel and Choices." in page
    )  # the deadline does not lock somebody out of their own data
    me.send({f"access-{person.id}-step_free": None, f"access-{person.id}-consent": None})
    session().rollback()
    assert needs.access_of(world.event.id) == {}
    assert session().scalars(sa.select(Consent)).one().withdrawn_at == NOW


# --- one's own page -------------------------------------------------------------------------------------------------


def test_a_participant_sees_their_agenda_and_corrects_their_own_name(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
        world.item("Opening plenary")
    person = held(found, 1)
    me = Person(world.guest(person))
    page = me.open(f"/en/e/test/me/{person.id}/")
    assert ("Opening plenary" in page, "Tuesday, 25 March 2025" in page) == (True, True)
    me.open(f"/en/e/test/me/{person.id}/needs")
    me.send({f"facts-{person.id}-name": "Somebody Quite Different", f"facts-{person.id}-email": "own@ghent.eu"})
    found = reread(world, found)
    assert (names(found)[0], held(found, 1).id, held(found, 1).email) == (
        "Somebody Quite Different",
        person.id,
        "own@ghent.eu",
    )
    me.open(f"/en/e/test/me/{person.id}/needs")
    page = me.send({f"facts-{person.id}-email": held(found, 2).email}, expect=422)
    assert "stands for two people of this delegation" in page
    assert me.client.get(f"/en/e/test/me/{held(found, 2).id}/").status_code == 404


def test_a_participant_takes_their_data_along_and_then_has_them_erased(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=2)
        person = held(found, 1)
        needs.declare(person, needs.Access(hearing=True), by=world.by)
        found.contact_email, found.contact_name = person.email, person.name
    me = Person(world.guest(person))
    page = me.open(f"/en/e/test/data/{person.id}/")
    assert (person.email in page, "Access needs" in page) == (True, True)
    page = me.open(f"/en/e/test/data/{person.id}/erase")
    assert ("Name, function, contact, languages, travel" in page, "Access needs" in page) == (True, True)
    me.send(action="erase")
    assert "Your data are erased" in me.text
    found = reread(world, found)
    erased = sa.select(Participant).where(Participant.id == person.id).execution_options(populate_existing=True)
    left = session().scalars(erased).one()
    assert (names(found), found.seats_named, found.quota) == ([None, "Ghent Person 2", None, None], 1, 4)
    assert (left.name, left.email, left.state, left.erased_at) == ("—", "", ParticipantState.CANCELLED, NOW)
    assert (found.contact_name, found.contact_email) == ("", "")
    assert needs.access_of(world.event.id) == {}
    assert me.client.get(f"/en/e/test/me/{person.id}/").status_code == 404


def test_who_was_replaced_has_no_agenda_but_keeps_their_rights(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
        world.item("Opening plenary")
        person = held(found, 1)
    me = Person(world.guest(person))
    with transaction():
        locked = domain.locked_delegation(world.event, found.id)
        comes = seats.Person(locked.seats[0].id, "Ann Peeters", email="ann@ghent.eu")
        domain.save_people(world.event, locked, [comes], by=world.by, hooks=world.hooks)
    page = me.open(f"/en/e/test/me/{person.id}/")
    assert ("Opening plenary" in page, f"/en/e/test/data/{person.id}/" in page) == (False, True)
    assert b"Opening plenary" not in me.client.get(f"/en/e/test/me/{person.id}/calendar.ics").data
    me.open(f"/en/e/test/me/{person.id}/needs", expect=404)


def test_the_language_of_a_page_changes_and_the_registration_stays(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
    head = head_of(world, found)
    page = head.open(registration(found, "people").replace("/en/", "/fr/"))
    assert ('lang="fr"' in page, 'value="Ghent Person 1"' in page) == (True, True)


def test_a_personal_link_in_a_mail_opens_the_registration(world: World) -> None:
    with world.writing():
        found = world.delegation("Ghent")
        domain.invite(world.event, found, by=world.by)
        link = links.mint_url("delegation", found.id, world.event.id, "en")
    browser = world.client()
    path = link.removeprefix("http://localhost")
    assert browser.get(path).status_code == 200  # a mail scanner opens nothing
    assert browser.get(registration(found)).status_code == 404
    assert browser.post(path).location == registration(found)
    assert browser.get(registration(found)).status_code == 200
    (mail,) = mails("invitation")
    assert "Please register until Tuesday, 18 March 2025, 09:00 (time of Europe/Paris)." in mail.body
