"""One link per seat: the head hands it on, each person completes their own part, and nobody reads another's."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from eventhub import activity
from eventhub.access import links
from eventhub.access.models import GuestLink
from eventhub.db import session, statement_count, transaction
from eventhub.delegations import domain, needs, seats
from eventhub.delegations.models import Delegation, Participant, Seat, SeatState
from eventhub.outbox import MailMessage
from eventhub.testing import NOW, World, csrf_of
from tests.browsing import Person


def links_page(found: Delegation) -> str:
    return f"/en/e/test/registration/{found.id}/links"


def seat_page(seat: Seat) -> str:
    return f"/en/e/test/seat/{seat.id}/"


def holder_of(world: World, seat: Seat) -> Person:
    """Return somebody who opened the link of the seat."""
    with transaction():
        url = links.mint_url("seat", seat.id, world.event.id, "en")
    client = world.client()
    assert client.post(url.removeprefix("http://localhost")).location == seat_page(seat)
    return Person(client)


def reread(world: World, found: Delegation) -> Delegation:
    session().rollback()
    return domain.with_seats(world.event, found.id)


def names(found: Delegation) -> list[str | None]:
    return [seat.participant.name if seat.participant else None for seat in found.seats]


def mails() -> list[tuple[str, str, int | None]]:
    session().rollback()
    query = sa.select(MailMessage).where(MailMessage.kind == "own_link").order_by(MailMessage.id)
    return [(mail.recipient, mail.link_purpose, mail.link_subject_id) for mail in session().scalars(query)]


@pytest.fixture
def found(world: World) -> Delegation:
    with world.writing():
        return world.delegation("Ghent", people=1, quota=3)


ANN = {"name": "Ann Peeters", "email": "ann@ghent.eu", "languages": ["nl"]}


def test_the_head_hands_a_link_on_and_somebody_names_themselves(world: World, found: Delegation) -> None:
    head = Person(world.guest(found))
    head.open(links_page(found))
    head.send(action=f"seats/{found.seats[1].id}/link")
    shown = re.search(r'value="http://localhost(/en/d/[^"]+)"', head.text)
    assert shown is not None
    browser = world.client()
    assert [browser.get(shown[1]).status_code for _scanner in range(3)] == [200] * 3  # a mail scanner spends nothing
    ann = Person(browser)
    browser.post(shown[1])
    text = ann.open(seat_page(found.seats[1]))
    assert "Your place with Ghent" in text
    ann.send(ANN)
    person = reread(world, found).seats[1].participant
    assert person is not None
    assert ann.address == f"/en/e/test/me/{person.id}/needs"
    assert (person.name, person.own_saved_at) == ("Ann Peeters", NOW)
    assert mails() == [("ann@ghent.eu", "participant", person.id)]
    assert "Completed by the person" in head.open(links_page(found))
    ann.send(
        {f"travel-{person.id}-arrival_number": "TGV 1", f"access-{person.id}-other": "A chair with arms"}
        | {f"access-{person.id}-consent": "y"}
    )
    session().rollback()
    assert needs.access_of(world.event.id)[person.id].other == "A chair with arms"
    for page in ("links", "needs", "travel", "people", ""):
        assert "A chair with arms" not in head.open(links_page(found).replace("links", page))


def test_a_link_that_was_passed_on_to_two_people_loses_nothing_and_shows_nothing(
    world: World, found: Delegation
) -> None:
    seat = found.seats[1]
    first, second = holder_of(world, seat), holder_of(world, seat)
    for person in (first, second):
        person.open(seat_page(seat))
    first.send(ANN)
    text = second.send({"name": "Bea Brown", "email": "bea@ghent.eu"}, expect=422)
    assert "Somebody else has taken this seat meanwhile." in text
    assert ('value="Bea Brown"' in text, "Ann" in text) == (True, False)
    text = second.open(seat_page(seat))
    assert ("This seat has its person" in text, "Ann" in text, "ann@" in text) == (True, False, False)
    (ann,) = [one.participant for one in reread(world, found).seats if one.id == seat.id]
    assert ann is not None
    second.open(f"/en/e/test/me/{ann.id}/", expect=404)
    assert names(reread(world, found)) == ["Ghent Person 1", "Ann Peeters", None]


def test_the_same_link_opened_again_sends_the_own_link_to_the_own_address_once(world: World, found: Delegation) -> None:
    seat = found.seats[0]
    person = seat.participant
    assert person is not None
    holder = holder_of(world, seat)
    holder.open(seat_page(seat))
    holder.send(action="send")
    assert "on its way to the address that we have" in holder.text
    holder.open(seat_page(seat))
    holder.send(action="send", expect=422)
    assert "This mail left a few minutes ago." in holder.text
    assert mails() == [(person.email, "participant", person.id)]
    holder.open(f"/en/e/test/me/{person.id}/", expect=404)


def test_who_was_named_without_an_address_gives_one_and_only_the_first_time(world: World, found: Delegation) -> None:
    seat = found.seats[0]
    person = seat.participant
    assert person is not None
    with world.writing():
        person.email = ""
    first, second = holder_of(world, seat), holder_of(world, seat)
    for one in (first, second):
        one.open(seat_page(seat))
    first.send({"email": "own@ghent.eu"})
    second.send({"email": "thief@ghent.eu"}, expect=422)
    assert mails() == [("own@ghent.eu", "participant", person.id)]


def test_a_name_that_was_on_the_delegation_before_opens_nothing_of_theirs(world: World, found: Delegation) -> None:
    with world.writing():
        locked = domain.locked_delegation(world.event, found.id)
        left = locked.seats[0].participant
        assert left is not None
        needs.declare(left, needs.Access(hearing=True), by=world.by)
        nobody = seats.Person(locked.seats[0].id, "")
        domain.save_people(world.event, locked, [nobody], by=world.by, hooks=world.hooks)
    holder = holder_of(world, found.seats[0])
    holder.open(seat_page(found.seats[0]))
    holder.send({"name": left.name, "email": left.email})
    now = reread(world, found).seats[0].participant
    assert now is not None
    assert (now.id == left.id, needs.access_of(world.event.id).keys()) == (False, {left.id})


def test_the_head_mails_links_to_people_and_to_seats_without_a_name(world: World, found: Delegation) -> None:
    head = Person(world.guest(found))
    head.open(links_page(found))
    head.send(action=f"seats/{found.seats[0].id}/send")
    named = found.seats[0].participant
    assert named is not None
    address = f"seat-{found.seats[1].id}-email"
    head.send({address: "not an address"}, action=f"seats/{found.seats[1].id}/send", expect=422)
    assert 'value="not an address"' in head.text
    head.send({address: "later@ghent.eu"}, action=f"seats/{found.seats[1].id}/send")
    assert "The link is on its way to later@ghent.eu." in head.text
    assert mails() == [(named.email, "participant", named.id), ("later@ghent.eu", "seat", found.seats[1].id)]
    (body,) = session().scalars(sa.select(MailMessage.body).where(MailMessage.recipient == "later@ghent.eu"))
    assert "Ghent has a place for you at “Test event”" in body
    assert "Person 1" not in body


def test_the_seats_of_another_delegation_are_not_there(world: World, found: Delegation) -> None:
    with world.writing():
        other = world.delegation("Turin", people=1, quota=2)
    head = Person(world.guest(found))
    head.open(links_page(found))
    seat, token = other.seats[1].id, csrf_of(head.text)
    for act in ("link", "send", "give-back"):
        address = f"/en/e/test/registration/{found.id}/seats/{seat}/{act}"
        assert head.client.post(address, data={f"seat-{seat}-email": "x@y.eu", "csrf_token": token}).status_code == 404
    holder = holder_of(world, found.seats[1])
    holder.open(seat_page(other.seats[1]), expect=404)


def test_a_closed_step_says_so_behind_the_link_and_keeps_what_was_typed(world: World, found: Delegation) -> None:
    holder = holder_of(world, found.seats[1])
    holder.open(seat_page(found.seats[1]))
    with world.writing():
        domain.delegation(world.event, found.id).closes_at = NOW.replace(year=2024)
    text = holder.send(ANN, expect=422)
    assert ('value="Ann Peeters"' in text, "It was not saved." in text) == (True, True)
    assert "Registration closed on" in holder.open(seat_page(found.seats[1]))


def test_all_links_withdrawn_are_those_of_the_seats_too(world: World, found: Delegation) -> None:
    holder = holder_of(world, found.seats[1])
    with world.writing():
        domain.revoke_links(domain.locked_delegation(world.event, found.id), by=world.by)
    holder.open(seat_page(found.seats[1]), expect=404)


def test_a_late_change_of_name_by_the_organisers_is_told_to_the_head_and_to_who_comes(
    world: World, found: Delegation
) -> None:
    with world.writing():
        domain.delegation(world.event, found.id).closes_at = NOW.replace(year=2024)
    desk = Person(world.client(world.owner))
    desk.open(world.url(f"delegations/{found.id}/people"))
    seat = f"person-{found.seats[0].id}"
    desk.send({f"{seat}-name": "Ann Peeters", f"{seat}-email": "ann@ghent.eu"})
    now = reread(world, found)
    ann = now.seats[0].participant
    assert ann is not None
    assert (ann.name, now.seats[0].state) == ("Ann Peeters", SeatState.SUBSTITUTED)
    assert mails() == [("ann@ghent.eu", "participant", ann.id)]
    (mail,) = session().scalars(sa.select(MailMessage).where(MailMessage.kind == "substituted"))
    assert (mail.recipient, mail.link_purpose) == (found.contact_email, "delegation")
    assert "- Ann Peeters takes the place of Ghent Person 1\n" in mail.body


# --- seats given back -----------------------------------------------------------------------------------------------


def test_a_seat_is_given_back_with_a_reason_and_its_trace_stays(world: World, found: Delegation) -> None:
    seat = found.seats[2]
    holder = holder_of(world, seat)
    head = Person(world.guest(found))
    text = head.open(f"/en/e/test/registration/{found.id}/seats/{seat.id}/give-back")
    assert "the organisers may give it to others" in text
    head.send({"reason": "Budget"}, action="give-back")
    now = reread(world, found)
    assert (now.quota, len(now.seats)) == (2, 2)
    kept = session().get(Seat, seat.id)
    assert kept is not None
    assert kept.state == SeatState.RELEASED
    (entry,) = [one for one in activity.history(now) if one.verb == "delegations:released"]
    assert entry.changes == {"quota": [3, 2], "reason": [None, "Budget"]}
    holder.open(seat_page(seat), expect=404)


def test_a_quota_that_grows_again_makes_new_seats(world: World, found: Delegation) -> None:
    for quota in (1, 3):
        with world.writing():
            locked = domain.locked_delegation(world.event, found.id)
            domain.change(world.event, locked, {"quota": quota}, by=world.by, hooks=world.hooks)
    now = reread(world, found)
    assert [seat.position for seat in now.seats] == [1, 4, 5]
    states = session().scalars(sa.select(Seat.state).where(Seat.delegation_id == found.id).order_by(Seat.position))
    assert list(states) == ["complete", "released", "released", "unnamed", "unnamed"]


def test_a_named_seat_and_the_last_one_are_not_given_back(world: World, found: Delegation) -> None:
    with world.writing():
        alone = world.delegation("Turin", quota=1)
    for of, number, refusal in ((found, 0, seats.SeatNamed), (alone, 0, seats.LastSeat)):
        with pytest.raises(refusal), world.writing():
            locked = domain.locked_delegation(world.event, of.id)
            seats.release(world.event, locked, locked.seats[number].id, "", by=world.by, hooks=world.hooks)


# --- what it costs --------------------------------------------------------------------------------------------------


def test_the_pages_of_links_cost_the_same_for_ten_seats_as_for_one(world: World) -> None:
    counts = []
    for people in (1, 10):
        with world.writing():
            made = world.delegation(people=people, quota=people + 1)
        client = world.guest(made)
        counts.append(statement_count(world.app, lambda: client.get(links_page(made))))  # noqa: B023  called at once
    assert counts[0] == counts[1] <= 10
    holder = holder_of(world, made.seats[-1])
    assert statement_count(world.app, lambda: holder.client.get(seat_page(made.seats[-1]))) <= 10


def test_a_link_of_a_seat_is_stored_by_its_fingerprint_alone(world: World, found: Delegation) -> None:
    holder_of(world, found.seats[1])
    stored = session().scalars(sa.select(GuestLink).where(GuestLink.purpose == "seat")).one()
    assert (len(stored.token_hash), stored.subject_id) == (64, found.seats[1].id)
    assert session().scalar(sa.select(sa.func.count()).select_from(Participant)) == 1
