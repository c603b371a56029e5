"""Open registration and the waiting list, through HTTP: an organisation comes by itself, waits, and is served."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub import jobs, privacy
from eventhub.access.models import EventRole
from eventhub.activity import ActivityEntry
from eventhub.db import session, statement_count
from eventhub.delegations import domain, offers, places, seats, waiting
from eventhub.delegations.capacity import ALL
from eventhub.delegations.jobs import sweep
from eventhub.delegations.models import Delegation
from eventhub.delegations.models_waiting import RequestState, SeatRequest
from eventhub.events import domain as events
from eventhub.events.models import EventState
from eventhub.outbox import MailMessage
from eventhub.testing import NOW, World, csrf_of
from tests.browsing import Person

FORM = {"name": "Ville de Nîmes", "country": "FR", "seats": "2", "contact_name": "Zoé Faure"}


def rules(world: World, limit: int | None = 4, **changes: Any) -> None:
    values = {"is_open": True, "capacity_participant": limit} | changes
    with world.writing():
        waiting.change_rules(world.event, values, by=world.by)


@pytest.fixture
def opened(world: World) -> World:
    """A world whose event lets organisations register by themselves for four seats."""
    rules(world)
    return world


def public(world: World, page: str = "", language: str = "en") -> str:
    return world.url(f"register/{page}", language, "e")


def ask(world: World, visitor: Person, email: str = "zoe@example.org", **facts: str) -> None:
    visitor.open(public(world))
    visitor.send({**FORM, "contact_email": email, **facts})
    assert "We have sent a link to the address you gave" in visitor.text


def link_of(world: World, kind: str, email: str = "zoe@example.org") -> str:
    """Send what is due, and return the link of the newest mail of this kind to the address."""
    session().rollback()
    jobs.run_due()
    session().rollback()
    query = sa.select(MailMessage).where(MailMessage.kind == kind, MailMessage.recipient == email)
    message = session().scalars(query.order_by(MailMessage.id.desc())).first()
    assert message is not None, f"no mail {kind} to {email}"
    folder = world.app.config["MAIL_FOLDER"]
    for path in sorted(folder.glob("*.eml"), reverse=True):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if mail["Message-ID"] == message.message_id:
            found = re.search(r"http://localhost(/\S+)", mail.get_content())
            assert found
            return found[1]
    raise AssertionError("the mail did not leave")


def confirm(world: World, visitor: Person, email: str = "zoe@example.org", expect: int = 200) -> str:
    visitor.open(link_of(world, "seats_confirm", email))
    return visitor.send(expect=expect)


def come(world: World, name: str, seats: int = 2, **facts: str) -> Person:
    """Let an organisation register and confirm; returns it in front of what it then sees."""
    visitor = Person(world.client())
    email = f"{name.lower()}@example.org"
    ask(world, visitor, email, name=name, seats=str(seats), **facts)
    confirm(world, visitor, email)
    return visitor


def request_named(name: str) -> SeatRequest:
    session().rollback()
    session().expire_all()
    return session().scalars(sa.select(SeatRequest).where(SeatRequest.name == name)).one()


def mails(kind: str) -> list[str]:
    session().rollback()
    return sorted(session().scalars(sa.select(MailMessage.recipient).where(MailMessage.kind == kind)))


def tally(world: World, kind: str = "participant") -> tuple[int, int, int]:
    """Return (given, offered, free) as the counters say it, which is what the delegations hold."""
    session().rollback()
    count = places.counts(world.event.id)[kind]
    assert count.used == places.seats_held(world.event.id).get(kind, 0)
    return count.used, count.offered, count.free


@pytest.fixture
def later(world: World) -> Iterator[Any]:
    """Let time pass: the clock of the site is pinned, and this moves it."""

    def pass_hours(hours: float) -> None:
        world.app.config["TODAY"] = world.app.config["TODAY"] + timedelta(hours=hours)

    yield pass_hours
    world.app.config["TODAY"] = NOW


# --- coming by itself -----------------------------------------------------------------------------------------------


def test_an_organisation_registers_by_itself_and_names_its_people_at_once(opened: World) -> None:
    visitor = Person(opened.client())
    assert "Register your organisation" in visitor.open(opened.url("", area="e"))
    assert "Participant: 4 seats are free" in visitor.open(public(opened))
    ask(opened, visitor)
    assert tally(opened) == (0, 0, 4)  # nothing is taken before the address is proved
    page = visitor.open(link_of(opened, "seats_confirm"))
    assert "Confirm and take the seats" in page
    assert tally(opened) == (0, 0, 4)  # nor by a mail scanner that opens the link
    page = visitor.send()
    assert "You have your seats. Now tell us who comes" in page
    assert "Ville de Nîmes" in page
    assert tally(opened) == (2, 0, 2)
    found = session().scalars(sa.select(Delegation)).one()
    assert (found.name, found.role, found.quota, found.contact_email) == (
        "Ville de Nîmes",
        "participant",
        2,
        "zoe@example.org",
    )
    assert mails("seats_taken") == ["zoe@example.org"]
    other = Person(opened.client())
    other.open(link_of(opened, "seats_taken"))
    assert "Ville de Nîmes" in other.send()


def test_confirming_twice_takes_the_seats_once(opened: World) -> None:
    visitor, other = Person(opened.client()), Person(opened.client())
    ask(opened, visitor)
    link = link_of(opened, "seats_confirm")
    for person in (visitor, other):
        person.open(link)
    visitor.send()
    assert "Ville de Nîmes" in other.send()
    assert tally(opened) == (2, 0, 2)
    assert mails("seats_taken") == ["zoe@example.org"]


def test_the_form_keeps_what_was_typed_and_says_what_to_correct(opened: World) -> None:
    visitor = Person(opened.client())
    visitor.open(public(opened))
    page = visitor.send({**FORM, "seats": "9", "contact_email": "zoe"}, expect=422)
    assert "The address has no “@”" in page
    assert 'value="Ville de Nîmes"' in page
    page = visitor.send({"seats": "9", "contact_email": "zoe@example.org"}, expect=422)
    assert "An organisation may ask for 4 seats at most." in page
    assert session().scalar(sa.select(sa.func.count()).select_from(SeatRequest)) == 0


def test_the_same_organisation_with_other_accents_is_told_that_it_is_known(opened: World) -> None:
    come(opened, "Nimes")
    visitor = Person(opened.client())
    visitor.open(public(opened))
    page = visitor.send({**FORM, "name": "NÎMES", "contact_email": "other@example.org"}, expect=422)
    assert "“NÎMES” is registered already." in page


def test_two_colleagues_who_both_confirm_take_seats_once(opened: World) -> None:
    for email in ("a@example.org", "b@example.org"):
        ask(opened, Person(opened.client()), email)
    visitor = Person(opened.client())
    confirm(opened, visitor, "a@example.org")
    page = confirm(opened, visitor, "b@example.org", expect=422)
    assert "“Ville de Nîmes” is registered already." in page
    assert tally(opened) == (2, 0, 2)


def test_one_address_is_not_flooded_with_mails(opened: World) -> None:
    visitor = Person(opened.client())
    for _n in range(3):
        ask(opened, visitor)
    visitor.open(public(opened))
    page = visitor.send({**FORM, "contact_email": "zoe@example.org"}, expect=422)
    assert "Several links were sent to this address today." in page
    assert len(mails("seats_confirm")) == 3
    assert session().scalar(sa.select(sa.func.count()).select_from(SeatRequest)) == 1


def test_a_robot_is_stopped_after_twenty_a_minute(opened: World) -> None:
    visitor = opened.client()
    token = csrf_of(visitor.get(public(opened)).get_data(as_text=True))
    for _n in range(20):
        assert visitor.post(public(opened), data={"csrf_token": token, "name": "Bot"}).status_code == 422
    answer = visitor.post(public(opened), data={"csrf_token": token, "name": "Bot"})
    assert answer.status_code == 429
    assert "Wait a minute, then try again." in answer.get_data(as_text=True)
    assert "password" not in answer.get_data(as_text=True)


def test_a_form_forged_elsewhere_is_refused(opened: World) -> None:
    answer = opened.client().post(public(opened), data={**FORM, "contact_email": "zoe@example.org"})
    assert answer.status_code == 400
    assert session().scalar(sa.select(sa.func.count()).select_from(SeatRequest)) == 0


@pytest.mark.parametrize(
    "changes, sentence",
    [
        ({"is_open": False}, "Organisations cannot register by themselves at the moment."),
        ({"opens_at": NOW + timedelta(hours=2)}, "Registration opens on Thursday, 13 March 2025"),
        ({"closes_at": NOW - timedelta(hours=2)}, "Registration closed on Thursday, 13 March 2025"),
    ],
)
def test_a_closed_registration_says_so(opened: World, changes: dict[str, Any], sentence: str) -> None:
    visitor = Person(opened.client())
    ask(opened, visitor)
    rules(opened, **changes)
    assert sentence in Person(opened.client()).open(public(opened))
    assert "Register your organisation" not in visitor.open(opened.url("", area="e"))
    assert sentence in confirm(opened, visitor, expect=422)
    assert tally(opened) == (0, 0, 4)


def test_a_closed_event_takes_nobody(opened: World, later: Any) -> None:
    visitor = Person(opened.client())
    ask(opened, visitor)
    later(24 * 6)
    assert "Registration closed on" in visitor.open(public(opened))
    page = visitor.open(link_of(opened, "seats_confirm"))
    assert "Registration closed on" in visitor.send(expect=422), page


def test_a_forged_kind_is_refused(opened: World) -> None:
    with pytest.raises(waiting.KindNotOpen), opened.writing():
        waiting.ask(
            opened.event,
            {"kind": "host", "name": "X", "country": "FR", "seats": 1, "contact_email": "x@example.org"},
            by=opened.by,
        )


def test_a_request_that_nobody_confirms_is_forgotten(opened: World, later: Any) -> None:
    visitor = Person(opened.client())
    ask(opened, visitor)
    link = link_of(opened, "seats_confirm")
    later(49)
    sweep()
    assert session().scalar(sa.select(sa.func.count()).select_from(SeatRequest)) == 0
    assert "This link has expired." in visitor.open(link, expect=410)


# --- waiting --------------------------------------------------------------------------------------------------------


def test_who_comes_when_all_is_given_waits_and_knows_the_place_and_the_rule(opened: World) -> None:
    come(opened, "Arles", 4)
    page = come(opened, "Brno").text
    assert "You are number 1 on the waiting list." in page
    assert "An offer holds its seats for 48 hours" in page
    assert "You are number 2 on the waiting list." in come(opened, "Cork").text
    assert mails("seats_waiting") == ["brno@example.org", "cork@example.org"]
    assert tally(opened) == (4, 0, 0)
    assert "2 organisations wait for seats" in Person(opened.client()).open(public(opened))


def test_the_page_and_the_rule_are_french_in_french(opened: World) -> None:
    page = Person(opened.client()).open(public(opened, language="fr"))
    assert "Inscrire votre organisation" in page
    assert "Comment les places sont attribuées" in page


def test_a_withdrawal_offers_its_seats_at_once_and_accepting_makes_a_delegation(opened: World) -> None:
    come(opened, "Arles", 4)
    waits = come(opened, "Brno", 3)
    organiser = Person(opened.client(opened.owner))
    arles = session().scalars(sa.select(Delegation.id).where(Delegation.name == "Arles")).one()
    organiser.open(opened.url(f"delegations/{arles}/withdraw"))
    organiser.send({"reason": "Strike"})
    assert tally(opened) == (0, 3, 1)
    page = waits.open(waits.address)
    assert "3 seats are held for you until" in page
    assert mails("seats_offered") == ["brno@example.org"]
    assert "You have your seats. Now tell us who comes" in waits.send(action="/accept")
    assert tally(opened) == (3, 0, 1)
    assert mails("seats_taken") == ["arles@example.org", "brno@example.org"]


def test_two_tabs_that_accept_one_offer_make_one_delegation(opened: World) -> None:
    come(opened, "Arles", 4)
    tabs = come(opened, "Brno", 3)
    free_all(opened, "Arles")
    page = tabs.open(tabs.address)
    address = tabs.address
    tabs.send(action="/accept")
    again = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert again
    answer = tabs.client.post(f"{address}accept", data={"csrf_token": again[1]}, follow_redirects=True)
    assert answer.status_code == 200
    assert "Brno" in answer.get_data(as_text=True)
    assert tally(opened) == (3, 0, 1)
    names = session().scalars(sa.select(Delegation.name).order_by(Delegation.id)).all()
    assert names == ["Arles", "Brno"]


def free_all(world: World, name: str) -> None:
    session().rollback()
    with world.writing():
        query = sa.select(Delegation.id).where(Delegation.name == name)
        found = domain.locked_delegation(world.event, session().scalars(query).one())
        domain.withdraw(world.event, found, "ill", by=world.by, hooks=world.hooks)


def test_an_offer_declined_goes_to_the_next(opened: World) -> None:
    come(opened, "Arles", 4)
    brno, cork = come(opened, "Brno", 4), come(opened, "Cork", 4)
    free_all(opened, "Arles")
    brno.open(brno.address)
    assert "Your answer is recorded" in brno.send(action="/decline")
    assert "4 seats are held for you until" in cork.open(cork.address)
    assert tally(opened) == (0, 4, 0)


def test_an_offer_that_runs_out_goes_to_the_next_and_cannot_be_accepted_any_more(opened: World, later: Any) -> None:
    come(opened, "Arles", 4)
    brno, cork = come(opened, "Brno", 4), come(opened, "Cork", 4)
    free_all(opened, "Arles")
    place = brno.address
    brno.open(place)
    later(48)
    page = brno.send(action="/accept", expect=422)  # before the worker has been there
    assert "The time of this offer is over" in page
    sweep()
    sweep()
    assert tally(opened) == (0, 4, 0)
    assert request_named("Brno").state == RequestState.EXPIRED
    assert mails("seats_expired") == ["brno@example.org"]
    assert "4 seats are held for you until" in cork.open(cork.address)
    assert "Register anew" in brno.open(place)


def test_an_offer_ends_with_the_registration_of_the_event(opened: World, later: Any) -> None:
    come(opened, "Arles", 4)
    come(opened, "Brno", 4)
    later(24 * 4)
    free_all(opened, "Arles")
    assert request_named("Brno").offer_expires_at == NOW + timedelta(days=5, minutes=30)


def test_fewer_seats_are_offered_to_whom_fewer_are_fine(opened: World) -> None:
    come(opened, "Arles", 3)
    page = come(opened, "Brno", 4, accepts_fewer="y").text
    assert "1 seat is held for you until" in page
    assert "You had asked for 4; if you accept, the request for the others ends." in page
    assert tally(opened) == (3, 1, 0)


def test_a_large_request_is_passed_by_smaller_ones_until_its_patience_ends(opened: World, later: Any) -> None:
    come(opened, "Arles", 2)
    come(opened, "Brno", 4)  # two are free, four asked for: it waits, and is passed over from now on
    assert "You have your seats" in come(opened, "Cork", 1).text
    later(48)
    waits = come(opened, "Delft", 1)
    assert "You are number 2 on the waiting list." in waits.text  # the seat that is free is kept for Brno
    free_all(opened, "Arles")
    free_all(opened, "Cork")
    assert tally(opened) == (0, 4, 0)
    assert request_named("Brno").state == RequestState.OFFERED


def test_leaving_the_list_is_asked_about_first(opened: World) -> None:
    come(opened, "Arles", 4)
    waits = come(opened, "Brno")
    waits.open(waits.address + "leave")
    assert "You are off the waiting list." in waits.send()
    assert request_named("Brno").state == RequestState.LEFT
    assert "Register anew" in waits.text


def test_a_stranger_sees_no_request(opened: World) -> None:
    come(opened, "Arles", 4)
    come(opened, "Brno")
    own, other = request_named("Arles").id, request_named("Brno").id
    stranger = come(opened, "Cork")
    for request_id in (own, other, 99):
        for way in ("", "leave"):
            assert stranger.client.get(public(opened, f"{request_id}/{way}")).status_code == 404
        assert stranger.client.post(public(opened, f"{request_id}/accept")).status_code in {400, 404}


# --- what frees and takes seats -------------------------------------------------------------------------------------


def test_organisers_cannot_overbook_unless_the_limit_is_raised(opened: World) -> None:
    organiser = Person(opened.client(opened.owner))
    organiser.open(opened.url("delegations/new"))
    page = organiser.send({"name": "Turin", "country": "IT", "quota": "5"}, expect=422)
    assert "Only 4 of these seats are free." in page
    assert 'value="Turin"' in page
    organiser.send({"quota": "3"})
    assert tally(opened) == (3, 0, 1)
    with pytest.raises(places.NoSeatsLeft), opened.writing():
        domain.change(opened.event, turin(opened), {"quota": 6}, by=opened.by, hooks=opened.hooks)
    rules(opened, 6)
    with opened.writing():
        domain.change(opened.event, turin(opened), {"quota": 6}, by=opened.by, hooks=opened.hooks)
    assert tally(opened) == (6, 0, 0)


def turin(world: World) -> Delegation:
    return domain.locked_delegation(
        world.event, session().scalars(sa.select(Delegation.id).where(Delegation.name == "Turin")).one()
    )


def test_every_way_in_which_a_delegation_gives_seats_back(opened: World) -> None:
    with opened.writing():
        opened.delegation("Turin", quota=4)
    assert tally(opened) == (4, 0, 0)

    def act(call: Any) -> tuple[int, int, int]:
        with opened.writing():
            call(turin(opened))
        return tally(opened)

    by, hooks, event = opened.by, opened.hooks, opened.event
    assert act(lambda found: seats.release(event, found, found.seats[3].id, "", by=by, hooks=hooks)) == (3, 0, 1)
    assert act(lambda found: domain.change(event, found, {"quota": 1}, by=by, hooks=hooks)) == (1, 0, 3)
    assert act(lambda found: domain.change(event, found, {"role": "observer"}, by=by, hooks=hooks)) == (0, 0, 4)
    assert tally(opened, "observer")[0] == 1
    assert act(lambda found: domain.change(event, found, {"role": "participant"}, by=by, hooks=hooks)) == (1, 0, 3)
    assert act(lambda found: domain.decline(event, found, "", by=by, hooks=hooks)) == (0, 0, 4)
    assert act(lambda found: domain.set_archived(event, found, True, by=by, hooks=hooks)) == (0, 0, 4)
    assert act(lambda found: domain.set_archived(event, found, False, by=by, hooks=hooks)) == (0, 0, 4)
    assert act(lambda found: domain.reopen(event, found, by=by, hooks=hooks)) == (1, 0, 3)
    assert act(lambda found: domain.set_archived(event, found, True, by=by, hooks=hooks)) == (0, 0, 4)
    assert act(lambda found: domain.set_archived(event, found, False, by=by, hooks=hooks)) == (1, 0, 3)


def test_who_declined_comes_back_only_while_seats_are_left(opened: World) -> None:
    with opened.writing():
        opened.delegation("Turin", quota=3)
    with opened.writing():
        domain.decline(opened.event, turin(opened), "", by=opened.by, hooks=opened.hooks)
    come(opened, "Arles", 2)
    with pytest.raises(places.NoSeatsLeft), opened.writing():
        domain.reopen(opened.event, turin(opened), by=opened.by, hooks=opened.hooks)
    assert tally(opened) == (2, 0, 2)


def test_counting_begins_with_the_delegations_that_are_there(world: World) -> None:
    with world.writing():
        world.delegation(quota=3)
        session().flush()
        session().execute(sa.text("delete from seat_counter"))
    with world.writing():
        world.delegation(quota=2)
    assert places.counts(world.event.id)[ALL].used == 5


def test_counting_begins_with_a_delegation_that_gives_its_seats_back(world: World) -> None:
    with world.writing():
        world.delegation(quota=3)
        world.delegation("Turin", quota=2)
        session().flush()
        session().execute(sa.text("delete from seat_counter"))
    with world.writing():
        domain.withdraw(world.event, turin(world), "ill", by=world.by, hooks=world.hooks)
    assert places.counts(world.event.id)[ALL].used == 3
    with world.writing():
        domain.reopen(world.event, turin(world), by=world.by, hooks=world.hooks)
    assert places.counts(world.event.id)[ALL].used == 5


def test_many_delegations_written_at_once_are_counted_and_kept_within_the_limit(opened: World) -> None:
    def write_past_the_counters(name: str, quota: int) -> None:
        with opened.writing():
            found = opened.delegation(name, quota=1)
            session().execute(sa.update(Delegation).where(Delegation.id == found.id).values(quota=quota))
            places.recount(opened.event.id)

    write_past_the_counters("Turin", 3)
    assert tally(opened) == (3, 0, 1)
    with pytest.raises(places.NoSeatsLeft):
        write_past_the_counters("Umeå", 2)
    assert tally(opened) == (3, 0, 1)


# --- the organisers' page -------------------------------------------------------------------------------------------


def desk(world: World, page: str = "") -> str:
    return world.url(f"seats/{page}")


def test_the_page_of_seats_says_what_is_given_offered_and_free(opened: World) -> None:
    organiser = Person(opened.client(opened.owner))
    assert "Nobody waits" in organiser.open(desk(opened))
    come(opened, "Arles", 3)
    come(opened, "Brno", 2, accepts_fewer="y")
    come(opened, "Córdoba", 2)
    page = organiser.open(desk(opened))
    assert "3 seats given · 1 held in an offer · 0 free · of 4" in page
    assert re.findall(r"<bdi>([^<]+)</bdi>", page) == ["Brno", "Córdoba"]
    assert re.findall(r"<bdi>([^<]+)</bdi>", organiser.open(desk(opened, "?q=cordoba"))) == ["Córdoba"]
    assert "No request matches these filters" in organiser.open(desk(opened, "?kind=observer"))
    assert re.findall(r"<bdi>([^<]+)</bdi>", organiser.open(desk(opened, "?show=registered"))) == ["Arles"]
    sheet = opened.client(opened.owner).get(desk(opened, "?format=csv")).get_data(as_text=True)
    assert [line.partition("@")[0].rpartition(";")[2] for line in sheet.splitlines()[1:]] == ["brno", "córdoba"]


def test_the_rules_are_set_on_one_page(world: World) -> None:
    organiser = Person(world.client(world.owner))
    organiser.open(desk(world, "rules"))
    organiser.send(
        {"capacity_all": "30", "capacity_observer": "5", "is_open": "y", "kinds": ["participant", "observer"]}
    )
    organiser.open(desk(world, "rules"))
    page = organiser.send({"kinds": [], "is_open": "y"}, expect=422)
    assert "Choose at least one kind, or close the registration." in page
    with world.writing():
        world.delegation(role="observer", quota=4)
    organiser.open(desk(world, "rules"))
    page = organiser.send({"capacity_observer": "3"}, expect=422)
    assert "4 seats of this kind are given or offered: the limit cannot go below that." in page
    counts = places.counts(world.event.id)
    assert (counts[ALL].capacity, counts["observer"].capacity, counts["participant"].capacity) == (30, 5, None)
    assert "Participant: 26 seats are free" in Person(world.client()).open(public(world))


def test_a_raised_limit_is_passed_on_at_once(opened: World) -> None:
    come(opened, "Arles", 4)
    come(opened, "Brno", 2)
    organiser = Person(opened.client(opened.owner))
    organiser.open(desk(opened, "rules"))
    organiser.send({"capacity_participant": "6"})
    assert tally(opened) == (4, 2, 0)


def test_an_offer_out_of_turn_a_move_up_and_a_removal_keep_their_reasons(opened: World) -> None:
    come(opened, "Arles", 2)
    come(opened, "Brno", 4)
    come(opened, "Cork", 4)
    organiser = Person(opened.client(opened.owner))
    cork = request_named("Cork")
    organiser.open(desk(opened, f"{cork.id}/up"))
    organiser.send({"reason": ""}, expect=422)
    assert "The request has moved up by one." in organiser.send({"reason": "Speaks in the opening"})
    assert "number 1 of its kind" in organiser.text
    assert "Speaks in the opening" in organiser.text
    organiser.open(desk(opened, f"{cork.id}/up"))
    assert "This request is the first of its kind already." in organiser.send({"reason": "Again"}, expect=422)
    organiser.open(desk(opened, f"{cork.id}/offer"))
    assert "Only 2 of these seats are free now." in organiser.send({"seats": "3", "reason": "x"}, expect=422)
    assert "The offer is made" in organiser.send({"seats": "2", "reason": "Speaks in the opening"})
    assert tally(opened) == (2, 2, 0)
    organiser.open(desk(opened, f"{cork.id}/remove"))
    assert "the offer of 2 seats, which go to the next" in organiser.text
    assert "The request is off the list" in organiser.send({"reason": "Cancelled by phone"})
    assert tally(opened) == (2, 0, 2)
    query = sa.select(MailMessage.body).where(MailMessage.kind == "seats_removed")
    assert "Cancelled by phone" in session().scalars(query).one()
    organiser.open(desk(opened, f"{cork.id}/remove"))
    assert "is not on the waiting list any more" in organiser.send({"reason": "Twice"}, expect=422)


def test_a_reader_sees_the_list_and_changes_nothing(opened: World) -> None:
    come(opened, "Arles", 4)
    come(opened, "Brno")
    with opened.writing():
        user = opened.organiser(EventRole.READER)
    client = opened.client(user)
    found = request_named("Brno").id
    assert client.get(desk(opened)).status_code == 200
    assert client.get(desk(opened, f"{found}")).status_code == 200
    for page in ("rules", f"{found}/offer", f"{found}/remove", "?format=csv"):
        assert client.get(desk(opened, page)).status_code == 404


def test_pages_cost_the_same_however_long_the_list(opened: World) -> None:
    client = opened.client(opened.owner)
    come(opened, "Arles", 4)
    come(opened, "Brno")
    client.get(desk(opened))

    def look() -> int:
        return statement_count(opened.app, lambda: client.get(desk(opened)))

    few = look()
    for number in range(12):
        come(opened, f"Town{number}")
    client.get(desk(opened))
    assert look() == few
    assert few <= 10


def test_registering_and_confirming_cost_few_statements(opened: World) -> None:
    rules(opened, 400)
    visitor = Person(opened.client())
    ask(opened, visitor, "first@example.org", name="First")
    confirm(opened, visitor, "first@example.org")
    other = Person(opened.client())
    token = csrf_of(other.open(public(opened)))
    facts = {**FORM, "kind": "participant", "contact_language": "fr", "name": "Second", "csrf_token": token}
    page = public(opened)
    facts["contact_email"] = "second@example.org"
    asking = statement_count(opened.app, lambda: other.client.post(page, data=facts))
    link = link_of(opened, "seats_confirm", "second@example.org")
    confirming = statement_count(opened.app, lambda: other.client.post(link))
    assert asking <= 16
    assert confirming <= 26


# --- what it tells the rest -----------------------------------------------------------------------------------------


def test_the_overview_tells_of_free_seats_beside_a_list_and_of_offers_that_end(opened: World) -> None:
    come(opened, "Arles", 2)
    come(opened, "Brno", 4)
    organiser = Person(opened.client(opened.owner))
    page = organiser.open(opened.url(""))
    assert "Participant: 2 seats stand free while organisations wait" in page
    free_all(opened, "Arles")
    page = organiser.open(opened.url(""))
    assert "Offer of 4 seats to Brno ends" in page
    assert "stand free while organisations wait" not in page


def test_a_copy_of_the_event_has_its_limits_and_a_closed_registration(opened: World) -> None:
    with opened.writing():
        copied = events.copy(
            opened.event,
            title={"fr": "Copie", "en": "Copy"},
            slug="copy",
            starts_on=opened.event.starts_on + timedelta(days=365),
            by=opened.owner,
            hooks=opened.hooks,
        )
        session().flush()
        key = copied.id
    session().rollback()
    assert places.counts(key)["participant"].capacity == 4
    assert not offers.settings_of(key).is_open


def test_an_erasure_blanks_the_contact_of_the_request_and_keeps_the_count(opened: World) -> None:
    come(opened, "Arles", 2)
    session().rollback()
    found = session().scalars(sa.select(Delegation)).one()
    with opened.writing():
        person = domain.Person(found.seats[0].id, "Zoé Faure", email="Arles@example.org")
        locked = domain.locked_delegation(opened.event, found.id)
        domain.save_people(opened.event, locked, [person], by=opened.by, hooks=opened.hooks)
    someone = opened.people(domain.with_seats(opened.event, found.id))[0]
    hub = opened.app.extensions["hub"]
    told = privacy.export(hub, someone.id)["data"]
    assert "arles@example.org" in str(told["Name and address of whoever asked for seats"])
    with opened.writing():
        privacy.erase(hub, someone, by=opened.by)
    one = request_named("Arles")
    assert (one.contact_name, one.contact_email, one.state) == ("", "", RequestState.REGISTERED)
    assert tally(opened) == (2, 0, 2)


def test_the_contact_of_what_ended_is_erased_after_a_month(opened: World, later: Any) -> None:
    come(opened, "Arles", 4)
    waits = come(opened, "Brno")
    waits.open(waits.address + "leave")
    waits.send()
    later(24 * 31)
    sweep()
    assert request_named("Brno").contact_email == ""


def test_an_archived_event_keeps_its_list_as_it_is(opened: World) -> None:
    come(opened, "Arles", 4)
    come(opened, "Brno")
    with opened.writing():
        opened.event.state = EventState.ARCHIVED
    with pytest.raises(events.EventFrozen), opened.writing():
        waiting.remove(opened.event, request_named("Brno").id, "x", by=opened.by)


def test_the_journal_holds_no_name_and_no_address(opened: World) -> None:
    come(opened, "Arles", 4)
    come(opened, "Brno")
    free_all(opened, "Arles")
    rows = session().scalars(sa.select(ActivityEntry).where(ActivityEntry.subject_kind == "seat_request")).all()
    assert {row.verb for row in rows} == {
        "delegations:seats_asked",
        "delegations:seats_taken",
        "delegations:seats_awaited",
        "delegations:seats_offered",
    }
    assert not re.search("example.org|Zoé", str([row.changes for row in rows]))
