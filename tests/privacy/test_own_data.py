"""The rights of a person: to be told and asked, to see, take away and erase; and requests that come by phone."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from eventhub import activity
from eventhub.access.models import EventRole
from eventhub.activity import SYSTEM
from eventhub.db import session
from eventhub.delegations import needs
from eventhub.delegations.models import AccessNeed, Consent, Participant
from eventhub.outbox import MailMessage
from eventhub.privacy import notices, requests
from eventhub.privacy.models import NoticeVersion, PersonRequest
from eventhub.testing import World, csrf_of


def publish(world: World, *, material: bool, text: str = "New wording") -> None:
    values = {
        "text": {"fr": f"{text} en français", "en": f"{text} in English"},
        "changed": {"fr": "Plus court", "en": "Shorter"},
        "material": material,
    }
    with world.writing():
        found = notices.notice(world.event, needs.ACCESS, world.hooks)
        notices.publish(world.event, found, values, by=world.by)


def own(world: World, person: Participant, path: str = "", language: str = "en") -> str:
    return world.url(f"data/{person.id}/{path}", language=language, area="e")


def answered(world: World, guest: FlaskClient, person: Participant, answer: str) -> int:
    page = guest.get(own(world, person)).text
    values = {"csrf_token": csrf_of(page), "purpose": needs.ACCESS, "answer": answer}
    return guest.post(own(world, person, "consents"), data=values).status_code


# --- notices --------------------------------------------------------------------------------------------------------


def test_every_version_is_kept_and_read_where_it_belongs(world: World) -> None:
    first = world.client().get(world.url("privacy/", area="e")).text
    assert "until 30 days after the event" in first
    publish(world, material=False, text="Second")
    publish(world, material=True, text="Third")
    assert "Third in English" in world.client().get(world.url("privacy/", area="e")).text
    assert "Third en français" in world.client().get(world.url("privacy/", language="fr", area="e")).text
    page = world.client(world.owner).get(world.url(f"privacy/notices/{needs.ACCESS}")).text
    assert re.search("Third in English.*Second in English.*until 30 days after the event", page, re.DOTALL)


@pytest.mark.parametrize(
    "texts, refusal",
    [
        ({"fr": "Seulement en français", "en": ""}, notices.LanguageMissing),
        ({code: half.text for code, half in needs.ACCESS_WORDINGS["2025-01"]}, notices.NothingChanged),
    ],
)
def test_a_wording_that_is_not_whole_or_not_new_is_refused(
    world: World, texts: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal), world.writing():
        found = notices.notice(world.event, needs.ACCESS, world.hooks)
        values = {"text": texts, "changed": {}, "material": False}
        notices.publish(world.event, found, values, by=world.by)
    assert session().scalars(sa.select(NoticeVersion)).all() == []


def test_the_site_s_page_leads_to_the_notice_of_each_public_event(world: World) -> None:
    assert f'href="/en/e/{world.event.slug}/privacy/"' in world.client().get("/en/privacy").text


def test_only_an_owner_publishes(world: World) -> None:
    with world.writing():
        desk = world.organiser(EventRole.WELCOME, EventRole.LOGISTICS)
    client = world.client(desk)
    assert client.get(world.url("privacy/notices")).status_code == 200
    assert client.get(world.url(f"privacy/notices/{needs.ACCESS}")).status_code == 404
    assert client.get(world.url("privacy/notices/no.such")).status_code == 404


# --- consents -------------------------------------------------------------------------------------------------------


def test_a_consent_to_an_older_wording_is_asked_again_only_if_what_changed_matters(
    world: World, people: list[Participant]
) -> None:
    guest = world.guest(people[0])
    publish(world, material=False)
    assert "Please answer again" not in guest.get(own(world, people[0])).text
    publish(world, material=True, text="Other purpose")
    page = guest.get(own(world, people[0])).text
    assert "Please answer again" in page
    assert re.search("What you agreed to:.*until 30 days.*What it says now:.*Shorter.*Other purpose", page, re.DOTALL)
    assert "Consent: please answer again" in guest.get(world.url(f"me/{people[0].id}/", area="e")).text
    assert answered(world, guest, people[0], "give") == 302
    assert "Please answer again" not in guest.get(own(world, people[0])).text
    session().rollback()
    rows = session().scalars(sa.select(Consent).where(Consent.participant_id == people[0].id).order_by(Consent.id))
    assert [(row.text_version, row.withdrawn_at is None) for row in rows] == [("2025-01", False), ("2", True)]


def test_withdrawing_erases_what_it_allowed(world: World, people: list[Participant]) -> None:
    guest = world.guest(people[0])
    assert answered(world, guest, people[0], "withdraw") == 302
    session().rollback()
    assert session().scalars(sa.select(AccessNeed)).all() == []
    page = guest.get(own(world, people[0])).text
    assert "Withdrawn" in page
    assert "Withdraw my consent" not in page  # there is none any more


def test_withdrawing_reaches_plugins_through_their_purpose(world: World, people: list[Participant]) -> None:
    from plugins.catering import dietary
    from plugins.catering.models import DietaryNeed

    with world.writing():
        person = session().get_one(Participant, people[0].id)
        dietary.declare(world.event, person, dietary.Need("vegan"), own=False, by=SYSTEM)
    guest = world.guest(people[0])
    page = guest.get(own(world, people[0])).text
    assert "Somebody of your delegation answered for you" in page
    values = {"csrf_token": csrf_of(page), "purpose": dietary.PURPOSE}
    assert guest.post(own(world, people[0], "consents"), data={**values, "answer": "give"}).status_code == 302
    session().rollback()
    assert session().scalars(sa.select(DietaryNeed)).one().confirmed
    assert guest.post(own(world, people[0], "consents"), data={**values, "answer": "withdraw"}).status_code == 302
    session().rollback()
    assert session().scalars(sa.select(DietaryNeed)).all() == []


def test_what_is_agreed_to_on_the_form_is_the_wording_of_the_event(world: World, people: list[Participant]) -> None:
    publish(world, material=False, text="Our own")
    page = world.guest(people[1]).get(world.url(f"me/{people[1].id}/needs", area="e")).text
    assert "Our own in English" in page
    assert "until 30 days after the event, to prepare access" not in page


# --- see, take away, erase ------------------------------------------------------------------------------------------


def test_the_archive_is_for_machines_and_to_read_with_the_calendar(world: World, people: list[Participant]) -> None:
    person = people[0]
    answer = world.guest(person).get(own(world, person, "archive.zip", language="fr"))
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.namelist()[:2] == ["data.json", "data.html"]
        assert "files/01-calendar.ics" in archive.namelist()
        told = json.loads(archive.read("data.json"))
        page = archive.read("data.html").decode()
    by_name = {one["name"]: one for one in told["holdings"]}
    assert by_name["delegations.identity"]["data"]["Nom"] == person.name
    assert by_name["delegations.access"]["data"]["Autre"] == "zzsentinelzz"
    assert '<html lang="fr">' in page
    assert "jeudi 13 mars 2025" in page
    session().rollback()
    assert activity.history(person)[0].verb == "privacy:exported"


def test_a_page_names_what_is_held_by_component(world: World, people: list[Participant]) -> None:
    page = world.guest(people[0]).get(own(world, people[0])).text
    for text in (people[0].name, "Access needs", "Mails written to the person", "Consents given and withdrawn"):
        assert text in page


def test_nobody_else_reaches_a_person_s_data(world: World, people: list[Participant]) -> None:
    head = world.guest(people[0].delegation)
    for browser in (head, world.guest(people[1]), world.client(), world.client(world.owner)):
        for path in ("", "archive.zip", "erase"):
            assert browser.get(own(world, people[0], path)).status_code == 404
        assert browser.post(own(world, people[0], "erase"), data={"csrf_token": "x"}).status_code in {400, 404}
    session().rollback()
    assert session().get_one(Participant, people[0].id).erased_at is None


def test_erasing_says_what_is_lost_and_what_stays_and_ends_the_link(world: World, people: list[Participant]) -> None:
    guest, again = world.guest(people[0]), world.guest(people[0])
    page = guest.get(own(world, people[0], "erase")).text
    assert "Access needs (To prepare access to rooms and visits)" in page
    assert "your seat stays with Sentinel City" in page
    done = guest.post(own(world, people[0], "erase"), data={"csrf_token": csrf_of(page)})
    assert (done.status_code, "Your data are erased" in done.text) == (200, True)
    for browser in (guest, again):
        assert browser.get(own(world, people[0])).status_code == 404


# --- requests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "received, due",
    [
        (date(2025, 3, 13), date(2025, 4, 13)),
        (date(2025, 1, 31), date(2025, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2025, 12, 31), date(2026, 1, 31)),
    ],
)
def test_the_answer_is_due_within_a_month(received: date, due: date) -> None:
    assert requests.due_on(received) == due


def received(world: World, client: FlaskClient, person: Participant, kind: str, day: str = "2025-03-10") -> str:
    """Record a request on its form and return the path of its page."""
    page = client.get(world.url("privacy/requests/new")).text
    values = {"csrf_token": csrf_of(page), "participant_id": str(person.id), "kind": kind, "received_on": day}
    answer = client.post(world.url("privacy/requests/new"), data=values)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def test_an_access_request_sends_the_person_their_link_and_nobody_reads_for_them(
    world: World, people: list[Participant]
) -> None:
    client = world.client(world.owner)
    path = received(world, client, people[0], "access")
    page = client.get(path).text
    assert "10 April 2025" in page
    assert "zzsentinelzz" not in page
    client.post(f"{path}/link", data={"csrf_token": csrf_of(page)})
    session().rollback()
    row = session().scalars(sa.select(PersonRequest)).one()
    assert row.state == "done"
    newest = session().scalars(sa.select(MailMessage).order_by(MailMessage.id.desc())).first()
    assert newest is not None
    assert (newest.recipient, newest.link_purpose) == (people[0].email, "participant")


def test_an_organiser_erases_somebody_who_asked_for_it(world: World, people: list[Participant]) -> None:
    client = world.client(world.owner)
    path = received(world, client, people[0], "erasure")
    page = client.get(f"{path}/erase").text
    assert people[0].name in page
    assert client.post(f"{path}/erase", data={"csrf_token": csrf_of(page)}).status_code == 302
    session().rollback()
    session().expire_all()
    assert session().get_one(Participant, people[0].id).name == "—"
    assert session().scalars(sa.select(PersonRequest)).one().state == "done"
    assert client.post(f"{path}/erase", data={"csrf_token": csrf_of(page)}).status_code == 422


def test_a_late_request_breaks_a_rule_on_the_overview(world: World, people: list[Participant]) -> None:
    client = world.client(world.owner)
    received(world, client, people[0], "objection", "2025-02-10")
    assert "1 request about personal data is not answered in time" in client.get(world.url("")).text
    with world.writing():
        desk = world.organiser(EventRole.WELCOME)
    assert world.client(desk).get(world.url("privacy/requests/")).status_code == 404


def test_a_refusal_needs_its_reason(world: World, people: list[Participant]) -> None:
    client = world.client(world.owner)
    path = received(world, client, people[0], "objection")
    token = csrf_of(client.get(path).text)
    answer = client.post(path, data={"csrf_token": token, "state": "refused", "answer": ""})
    assert answer.status_code == 422
    assert "Write why the request is refused" in answer.text
    assert client.post(path, data={"csrf_token": token, "state": "refused", "answer": "Law"}).status_code == 302
    session().rollback()
    assert session().scalars(sa.select(PersonRequest)).one().answer == "Law"
