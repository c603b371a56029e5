"""Documents that interpreters wait for: who owes them, asking again, and what endangers the final pack."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub.api import Delegation, ProgrammeItem, outbox, session
from eventhub.testing import World, csrf_of
from plugins.interpretation import documents, domain
from plugins.interpretation.models import ExpectedDocument


def expected(
    world: World, item: ProgrammeItem, owner: Delegation | None = None, by_name: str = "", **facts: Any
) -> ExpectedDocument:
    """Write that slides are owed by the delegation, or by somebody else."""
    session().flush()
    owed = {"delegation_id": owner.id if owner else None, "owner": by_name}
    given = {"item_id": item.id, "title": "Slides"} | owed | facts
    made = documents.add(world.event, given, by=world.by)
    session().flush()
    return made


def mails() -> list[outbox.MailMessage]:
    query = sa.select(outbox.MailMessage).where(outbox.MailMessage.kind == "interpretation_document")
    return list(session().scalars(query.order_by(outbox.MailMessage.id)))


def test_a_delegation_is_asked_by_mail_in_its_language(world: World) -> None:
    with world.writing():
        owner = world.delegation("Lyon", contact_language="fr", contact_email="lyon@example.org")
        found = expected(world, world.item("Opening"), owner, due_on=date(2025, 3, 18))
        assert documents.ask(world.event, found, by=world.by) is True

    [mail] = mails()
    assert (mail.recipient, mail.language, found.asked_on) == ("lyon@example.org", "fr", ["2025-03-13"])
    assert "Slides" in mail.body
    assert "mardi 18 mars 2025" in mail.body


def test_somebody_by_name_is_asked_by_the_organisers_themselves(world: World) -> None:
    with world.writing():
        found = expected(world, world.item(), by_name="The mayor's office")
        assert documents.ask(world.event, found, by=world.by) is False

    assert (mails(), found.asked_on, found.owner_name) == ([], ["2025-03-13"], "The mayor's office")


def test_asking_is_refused_twice_a_day_without_an_address_and_for_what_is_there(world: World) -> None:
    with world.writing():
        item = world.item()
        asked = expected(world, item, world.delegation())
        documents.ask(world.event, asked, by=world.by)
        silent = expected(world, item, world.delegation(contact_email=""))
        there = expected(world, item, world.delegation())
        documents.mark(world.event, there, True, by=world.by)

    for found, refusal in ((asked, documents.AskedToday), (silent, documents.NoAddress), (there, documents.IsThere)):
        with pytest.raises(refusal), world.writing():
            documents.ask(world.event, documents.document_for_change(world.event, found.id), by=world.by)
    assert len(mails()) == 1


def test_a_document_needs_an_owner_of_this_event(world: World) -> None:
    with pytest.raises(documents.NoOwner), world.writing():
        expected(world, world.item())
    with pytest.raises(documents.UnknownDelegation), world.writing():
        expected(world, world.item(), delegation_id=999)
    with world.writing():
        owner = world.delegation()
    with pytest.raises(documents.UnknownItem), world.writing():
        expected(world, world.item(), owner, item_id=999)


@pytest.mark.parametrize(
    "due, day, endangered",
    [
        (None, 12, False),
        (None, 13, True),  # a week before the final pack of 20 March
        (date(2025, 3, 10), 10, False),  # due today is not late yet
        (date(2025, 3, 10), 11, True),
    ],
)
def test_what_is_late_or_may_miss_the_final_pack_is_endangered(
    world: World, due: date | None, day: int, endangered: bool
) -> None:
    with world.writing():
        found = expected(world, world.item(), by_name="Somebody", due_on=due)
    now, settings = datetime(2025, 3, day, 12, tzinfo=UTC), domain.settings(world.event)

    assert documents.endangered(world.event, settings, found, now) is endangered
    with world.writing():
        documents.mark(world.event, found, True, by=world.by)
    assert documents.endangered(world.event, settings, found, now) is False


def test_an_organiser_asks_marks_and_takes_back_from_the_list(world: World) -> None:
    with world.writing():
        owner = world.delegation("Prague")
        item = world.item("Opening")
    client, url = world.client(world.owner), world.url("interpretation/documents/")
    new = world.url(f"interpretation/documents/new?item={item.id}")
    token = csrf_of(client.get(new).text)
    data = {
        "csrf_token": token,
        "item_id": item.id,
        "title": "Six dilemmas",
        "delegation_id": owner.id,
        "due_on": "2025-03-18",
    }
    assert client.post(new, data=data).status_code == 302
    session().rollback()
    [found] = documents.documents(world.event)

    def press(act: str) -> int:
        return client.post(f"{url}{found.id}/{act}", data={"csrf_token": token}).status_code

    assert press("ask") == 302
    page = client.get(url).text
    assert "Prague gets a mail that asks for it." in page
    assert "asked on 13 March" in page
    assert press("ask") == 422
    assert press("received") == 302
    assert "Six dilemmas" not in client.get(f"{url}?show=missing").text
    assert "Six dilemmas" in client.get(f"{url}?show=received").text
    assert press("received") == 302  # it was not here after all
    assert "Six dilemmas" in client.get(f"{url}?show=missing&item={item.id}&delegation={owner.id}").text
    assert press("archive") == 302
    assert "Six dilemmas" not in client.get(url).text
    assert "Six dilemmas" in client.get(f"{url}?show=archived").text
    assert press("archive") == 302
    assert "Six dilemmas" in client.get(url).text


def test_packs_are_marked_as_sent_from_the_list(world: World) -> None:
    client, url = world.client(world.owner), world.url("interpretation/documents/")
    page = client.get(url).text
    assert (page.count(">Late<"), page.count("Mark as sent")) == (1, 2)  # the first pack was due two days ago

    client.post(f"{url}packs/first", data={"csrf_token": csrf_of(page)})

    page = client.get(url).text
    assert (page.count(">Late<"), page.count(">Sent<"), page.count("Mark as sent")) == (0, 1, 1)
    assert client.post(f"{url}packs/third", data={"csrf_token": csrf_of(page)}).status_code == 422
