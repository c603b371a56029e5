"""The organisers' registration desk, through HTTP: lists, pages, acts, exports, and what each of them costs."""

from __future__ import annotations

import csv
import io
import re
from functools import partial

import pytest
import python_calamine
import sqlalchemy as sa

from eventhub.access.models import EventRole, GuestLink
from eventhub.contributions import Panel
from eventhub.db import session, statement_count
from eventhub.delegations import domain
from eventhub.delegations.models import Delegation, DelegationState, Direction, Participant
from eventhub.events import domain as events
from eventhub.outbox import MailMessage
from eventhub.testing import NOW, World
from eventhub.web import panels
from tests.browsing import Person, forms_of


def desk(world: World, page: str = "") -> str:
    return world.url(f"delegations/{page}")


@pytest.fixture
def organiser(world: World) -> Person:
    return Person(world.client(world.owner))


def state_of(found: Delegation) -> str:
    session().rollback()
    return session().scalars(sa.select(Delegation.state).where(Delegation.id == found.id)).one()


def names_shown(page: str) -> list[str]:
    return re.findall(r"<bdi>([^<]+)</bdi></a></th>", page)


# --- lists ----------------------------------------------------------------------------------------------------------


def test_the_list_is_filtered_by_name_state_country_and_completeness(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation("Kraków", country="PL")
        ghent = world.delegation("Ghent", people=2, country="BE")
        world.delegation("Brussels", country="BE")
        domain.submit(world.event, ghent, domain.Completeness(1, 1), by=world.by, hooks=world.hooks)
    for query, shown in {
        "": ["Brussels", "Ghent", "Kraków"],
        "?q=krakow": ["Kraków"],
        f"?q={ghent.reference.lower()}": ["Ghent"],
        "?country=BE": ["Brussels", "Ghent"],
        "?country=BE&state=submitted": ["Ghent"],
        "?show=incomplete": ["Brussels", "Kraków"],
        "?q=%25": [],
        "?state=nonsense": [],
    }.items():
        assert names_shown(organiser.open(desk(world, query))) == shown
    assert "2 of 12 seats are named." in organiser.open(desk(world))
    assert "No delegation matches these filters" in organiser.open(desk(world, "?q=nobody"))


def test_an_empty_list_says_what_to_do_next(world: World, organiser: Person) -> None:
    assert "Add the first one with its seats and the address of its head" in organiser.open(desk(world))
    assert "Every delegation is complete" in organiser.open(desk(world, "?show=incomplete"))
    assert "No delegation is archived" in organiser.open(desk(world, "?show=archived"))
    assert "People appear here as delegations name them." in organiser.open(desk(world, "people"))


def test_a_long_list_is_paged_and_its_filters_stay(world: World, organiser: Person) -> None:
    with world.writing():
        for number in range(60):
            world.delegation(f"Town {number:02}", country="DE" if number < 55 else "FR")
    page = organiser.open(desk(world, "?country=DE&page=3"))
    assert names_shown(page) == [f"Town {number:02}" for number in range(50, 55)]
    assert "Rows 51 to 55 of 55" in page
    assert "country=DE" in re.findall(r'<a rel="prev" href="([^"]+)"', page)[0]


def test_people_are_found_by_name_delegation_and_language(world: World, organiser: Person) -> None:
    with world.writing():
        ghent, prague = world.delegation("Ghent", people=1), world.delegation("Prague", people=1)
        world.people(prague)[0].languages = ["cs"]
        gone = world.delegation("Turin", people=1)
        domain.withdraw(world.event, gone, "Elections", by=world.by, hooks=world.hooks)
    for query, shown in {
        "": ["Ghent Person 1", "Prague Person 1"],
        "?q=PRAGUE": ["Prague Person 1"],
        f"?delegation={ghent.id}": ["Ghent Person 1"],
        "?language=cs": ["Prague Person 1"],
        "?language=c": [],
        "?delegation=nonsense": [],
    }.items():
        assert names_shown(organiser.open(desk(world, f"people{query}"))) == shown


def test_an_export_holds_what_the_list_shows_and_no_cell_that_runs(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation('=HYPERLINK("http://evil","x")', contact_name="@SUM(1)", contact_phone="+33 4 76 59 59 59")
        world.delegation("Ghent", country="BE")
    chosen = "column=quota&column=state&column=contact_name&column=contact_phone"
    answer = organiser.client.get(desk(world, f"?country=DE&format=csv&{chosen}"))
    assert (answer.mimetype, answer.data[:3]) == ("text/csv", b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    assert {key: row[key] for key in ("Delegation", "Head of delegation", "Phone", "Seats", "State")} == {
        "Delegation": '\'=HYPERLINK("http://evil","x")',
        "Head of delegation": "'@SUM(1)",
        "Phone": "+33 4 76 59 59 59",
        "Seats": "4",
        "State": "Invited",
    }
    book = organiser.client.get(desk(world, "?country=DE&format=xlsx")).data
    headings, line = python_calamine.load_workbook(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert dict(zip(headings, line, strict=True))["Delegation"] == '=HYPERLINK("http://evil","x")'  # as text
    assert b"<f>" not in book


def test_people_are_exported_with_their_travel_in_the_time_of_the_event(world: World, organiser: Person) -> None:
    with world.writing():
        person = world.people(world.delegation("Ghent", people=1))[0]
        leg = domain.Travel(Direction.ARRIVAL, "train", at=NOW)
        domain.save_travel(world.event, person, [leg], by=world.by, hooks=world.hooks)
    answer = organiser.client.get(desk(world, "people?format=csv"))
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    assert (row["Name"], row["Arrival"], row["Languages understood"]) == (
        "Ghent Person 1",
        "2025-03-13 09:00",
        "English",
    )


def test_who_may_read_the_list_may_not_always_take_it_away(world: World) -> None:
    with world.writing():
        reader = world.organiser(EventRole.READER)
        welcome = world.organiser(EventRole.WELCOME)
    for user, status in ((reader, 404), (welcome, 200)):
        client = world.client(user)
        assert client.get(desk(world)).status_code == 200
        assert {client.get(desk(world, f"{page}?format=csv")).status_code for page in ("", "people")} == {status}
        assert ("format=csv" in client.get(desk(world, "people")).text) is False  # nobody is named yet


# --- one delegation -------------------------------------------------------------------------------------------------


def test_a_delegation_is_added_invited_and_invited_again(world: World, organiser: Person) -> None:
    organiser.open(desk(world, "new"))
    typed = {
        "name": "Tampere",
        "country": "FI",
        "quota": "3",
        "contact_email": "head@tampere.fi",
        "closes_at": "2025-03-20T18:00",
    }
    organiser.send(typed)
    assert "The delegation is added. Its invitation is not sent yet" in organiser.text
    organiser.send(action="invite")
    assert "The invitation to head@tampere.fi is on its way." in organiser.text
    assert "Send the invitation again" in organiser.text
    session().rollback()
    found = session().scalars(sa.select(Delegation)).one()
    mail = session().scalars(sa.select(MailMessage)).one()
    assert (found.quota, len(found.seats), found.invited_at, found.state) == (3, 3, NOW, DelegationState.INVITED)
    assert (mail.recipient, mail.link_purpose, mail.link_subject_id) == ("head@tampere.fi", "delegation", found.id)
    assert "Please register until Thursday, 20 March 2025, 18:00 (time of Europe/Paris)." in mail.body


def test_a_delegation_without_an_address_is_not_invited(world: World, organiser: Person) -> None:
    with world.writing():
        found = world.delegation(contact_email="")
    organiser.open(desk(world, f"{found.id}"))
    page = organiser.send(action="invite", expect=422)
    assert "This delegation has no e-mail address yet. Add one, then send the invitation." in page


def test_what_is_typed_badly_comes_back_with_its_errors(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation("Ghent")
    organiser.open(desk(world, "new"))
    page = organiser.send({"name": "GHENT", "country": "BE", "quota": "4"}, expect=422)
    assert "A delegation called “GHENT” is already there." in page
    page = organiser.send({"name": "", "country": "XX", "quota": "9999", "contact_email": "nobody"}, expect=422)
    assert "There are 4 things to correct" in page
    assert 'value="9999"' in page
    assert "Write a number from 1 to 500." in page


def test_two_organisers_on_different_fields_keep_both_and_on_one_the_second_decides(
    world: World, organiser: Person
) -> None:
    with world.writing():
        found = world.delegation("Ghent")
        welcome = world.organiser(EventRole.WELCOME)
    colleague = Person(world.client(welcome))
    for person in (organiser, colleague):
        person.open(desk(world, f"{found.id}/edit"))
    organiser.send({"city": "Gent", "contact_name": "Ann Peeters"})
    page = colleague.send({"quota": "6", "contact_name": "Bea Brown"}, expect=409)
    assert re.search(r"The other version:</strong> <span[^>]*>Ann Peeters<", page)
    colleague.send({"quota": "6"})
    session().rollback()
    found = session().scalars(sa.select(Delegation).execution_options(populate_existing=True)).one()
    assert (found.city, found.quota, found.contact_name, len(found.seats)) == ("Gent", 6, "Bea Brown", 6)


def test_organisers_name_people_after_the_deadline_too(world: World, organiser: Person) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1, closes_at=NOW)
        found.closes_at = NOW.replace(year=2024)
    organiser.open(desk(world, f"{found.id}/people"))
    organiser.send({f"person-{found.seats[1].id}-name": "Ann Peeters"})
    assert "Saved." in organiser.text
    assert "Ann Peeters" in organiser.text
    organiser.open(desk(world, f"{found.id}/travel"))
    assert "Travel of Ghent" in organiser.text


def test_a_submitted_delegation_is_confirmed_and_its_head_told(world: World, organiser: Person) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
        domain.submit(world.event, found, domain.Completeness(0, 1), by=world.by, hooks=world.hooks)
    organiser.open(desk(world, f"{found.id}"))
    organiser.send(action="confirm")
    assert "Confirmed; its head is told by mail." in organiser.text
    assert state_of(found) == DelegationState.CONFIRMED
    assert [mail.kind for mail in session().scalars(sa.select(MailMessage))] == ["registered", "confirmed"]
    token = next(form.values["csrf_token"] for form in forms_of(organiser.text) if form.method == "post")
    answer = organiser.client.post(desk(world, f"{found.id}/confirm"), data={"csrf_token": token})
    assert answer.status_code == 422
    assert "This is not possible in the present state of the delegation." in answer.text


def test_a_link_is_shown_once_and_all_links_are_withdrawn(world: World, organiser: Person) -> None:
    with world.writing():
        found = world.delegation("Ghent")
    organiser.open(desk(world, f"{found.id}"))
    page = organiser.send(action="link")
    url = re.search(r'value="(http://localhost/en/d/[^"]+)"', page)
    assert url is not None
    guest = world.client()
    assert guest.post(url[1].removeprefix("http://localhost")).status_code == 302
    assert url[1] not in organiser.open(desk(world, f"{found.id}"))
    organiser.send(action="revoke")
    assert guest.get(f"/en/e/test/registration/{found.id}/").status_code == 404
    session().rollback()
    assert [
        link.revoked_at for link in session().scalars(sa.select(GuestLink).where(GuestLink.event_id.is_not(None)))
    ] == [NOW]


def test_a_withdrawal_names_what_is_lost_and_can_be_taken_back(world: World, organiser: Person) -> None:
    with world.writing():
        found = world.delegation("Turin", people=2)
    page = organiser.open(desk(world, f"{found.id}/withdraw"))
    assert "the places of Turin Person 1 and Turin Person 2" in page
    organiser.send({"reason": ""}, action="withdraw", expect=422)
    organiser.send({"reason": "Elections that week"}, action="withdraw")
    assert "Reason: Elections that week" in organiser.text
    assert state_of(found) == DelegationState.WITHDRAWN
    assert names_shown(organiser.open(desk(world, "people"))) == []
    organiser.open(desk(world, f"{found.id}"))
    organiser.send(action="reopen")
    assert state_of(found) == DelegationState.REGISTERING
    assert names_shown(organiser.open(desk(world, "people"))) == ["Turin Person 1", "Turin Person 2"]


def test_an_archived_delegation_is_put_away_and_its_undo_brings_it_back(world: World, organiser: Person) -> None:
    with world.writing():
        found = world.delegation("Turin", people=1)
    organiser.open(desk(world, f"{found.id}"))
    organiser.send(action="archive")
    assert ("The delegation is archived." in organiser.text, names_shown(organiser.text)) == (True, [])
    assert names_shown(organiser.open(desk(world, "people"))) == []
    organiser.open(desk(world, "?show=archived"))
    assert names_shown(organiser.text) == ["Turin"]
    organiser.send(action="archive")
    assert names_shown(organiser.open(desk(world))) == ["Turin"]


def test_the_page_tells_what_happened_to_whom_and_who_did_it(world: World, organiser: Person) -> None:
    with world.writing():
        found = world.delegation("Ghent", people=1)
        domain.change(world.event, found, {"country": "BE"}, by=world.by, hooks=world.hooks)
        comes = domain.Person(found.seats[0].id, "Ann Peeters", email="ann@ghent.eu")
        domain.save_people(world.event, found, [comes], by=world.by, hooks=world.hooks)
    text = re.sub(r"<[^>]+>", " ", organiser.open(desk(world, f"{found.id}")))
    text = " ".join(text.split())
    for line in (
        "Owner Person substituted: Ann Peeters",
        "Owner Person taken off the delegation: Ghent Person 1 State Registered → Cancelled",
        "Owner Delegation changed Country Germany → Belgium",
        "EventHub Person named to a seat: Ghent Person 1",
    ):
        assert line in text
    came = session().scalars(sa.select(Participant).where(Participant.name == "Ann Peeters")).one()
    page = re.sub(r"<[^>]+>", "", organiser.open(desk(world, f"people/{came.id}")))
    assert "Came on Thursday, 13 March 2025, 09:00 in the place of Ghent Person 1." in page


def test_ids_of_another_event_lead_nowhere(world: World, organiser: Person) -> None:
    with world.writing():
        own = world.delegation("Ghent", people=1)
        facts = {"title": {"en": "Another"}, "slug": "another", "starts_on": NOW.date(), "ends_on": NOW.date()}
        another = events.create(**facts, languages=["en"], by=world.owner, plugins=[])
    organiser.open(desk(world, f"{own.id}"))
    token = next(form.values["csrf_token"] for form in forms_of(organiser.text) if form.method == "post")
    for page in (
        f"{own.id}",
        f"{own.id}/edit",
        f"{own.id}/people",
        f"{own.id}/withdraw",
        f"people/{world.people(own)[0].id}",
    ):
        assert organiser.client.get(desk(world, page)).status_code == 200
        address = desk(world, page).replace("/test/", f"/{another.slug}/")
        assert organiser.client.get(address).status_code == 404
        assert organiser.client.post(address, data={"csrf_token": token}).status_code in {404, 405}
    for act in ("invite", "confirm", "reopen", "revoke", "link", "archive"):
        address = desk(world, f"{own.id}/{act}").replace("/test/", f"/{another.slug}/")
        assert organiser.client.post(address, data={"csrf_token": token}).status_code == 404
    session().rollback()
    assert (state_of(own), session().scalar(sa.select(sa.func.count()).select_from(MailMessage))) == ("registering", 0)


# --- what it costs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "page", ["", "?show=incomplete", "people", "{delegation}", "people/{person}", "{delegation}/people"]
)
def test_a_page_costs_the_same_for_forty_rows_as_for_one(world: World, page: str) -> None:
    client = world.client(world.owner)
    counts = []
    for rows in (1, 40):
        with world.writing():
            for _n in range(rows):
                found = world.delegation(people=rows // 4 + 1)
        address = desk(world, page.format(delegation=found.id, person=world.people(found)[0].id))
        assert client.get(address).status_code == 200  # what does not fit is computed once per change
        counts.append(statement_count(world.app, partial(client.get, address)))
    assert counts[0] == counts[1] <= 10


# --- panels ---------------------------------------------------------------------------------------------------------


def test_a_panel_that_breaks_is_left_out_and_the_page_says_whose_part_is_missing(world: World) -> None:
    broken = Panel("Visits", "field_visits/no_such_template.html")
    assert panels.render([broken]) == []
    page = world.app.jinja_env.from_string(
        '{% from "layouts/parts.html" import missing_parts with context %}{{ missing_parts() }}'
    ).render()
    assert "The part of “field_visits” is missing on this page" in page
