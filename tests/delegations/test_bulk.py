"""One act on many delegations: a page that says who is touched, then all of it or nothing."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from eventhub.access.models import EventRole
from eventhub.db import session
from eventhub.delegations import domain
from eventhub.delegations.models import Delegation
from eventhub.outbox import MailMessage
from eventhub.testing import World
from tests.browsing import Person


def desk(world: World, query: str = "") -> str:
    return world.url(f"delegations/many/{query}")


@pytest.fixture
def organiser(world: World) -> Person:
    return Person(world.client(world.owner))


def section(page: str, key: str) -> list[str]:
    found = re.search(rf'id="{key}".*?</section>', page, re.S)
    return re.findall(r"<bdi>([^<]+)</bdi>", found[0]) if found else []


def states(world: World) -> dict[str, str]:
    session().rollback()
    rows = session().execute(sa.select(Delegation.name, Delegation.state).order_by(Delegation.name))
    return dict(rows.all())  # type: ignore[arg-type]  # rows of two columns


def test_the_page_says_who_is_touched_and_who_is_not_and_why(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation("Ghent")
        world.delegation("Mute", contact_email="")
        gone = world.delegation("Turin")
        domain.decline(world.event, gone, "Elections", by=world.by, hooks=world.hooks)
    page = organiser.open(desk(world, "?act=invite&on=all"))
    assert (section(page, "touched"), section(page, "left-out")) == (["Ghent"], ["Mute", "Turin"])
    assert "It has no e-mail address." in page
    assert "It declined or withdrew." in page
    page = organiser.send(having="mark")
    assert "Send the invitation: done for 1 delegation. 2 were left out." in page
    session().rollback()
    mails = session().scalars(sa.select(MailMessage)).all()
    assert [mail.kind for mail in mails] == ["invitation"]


def test_the_rows_ticked_are_archived_and_taken_back(world: World, organiser: Person) -> None:
    with world.writing():
        first, second, _third = [world.delegation(name) for name in ("Ghent", "Prague", "Turin")]
    page = organiser.open(world.url("delegations/"))
    assert f'name="id" value="{first.id}"' in page
    organiser.open(desk(world, f"?act=archive&id={first.id}&id={second.id}&id=999999&id=x"))
    page = organiser.send(having="mark")
    assert "Archive: done for 2 delegations." in page
    assert re.findall(r"<bdi>([^<]+)</bdi></a></th>", page) == ["Turin"]
    page = organiser.send(action="undo/restore")
    assert "Taken back: 2." in page
    assert re.findall(r"<bdi>([^<]+)</bdi></a></th>", page) == ["Ghent", "Prague", "Turin"]


def test_a_selection_that_changed_meanwhile_is_shown_again_before_anything_is_done(
    world: World, organiser: Person
) -> None:
    with world.writing():
        world.delegation("Ghent")
    organiser.open(desk(world, "?act=archive&on=all"))
    with world.writing():
        world.delegation("Prague")
    page = organiser.send(having="mark", expect=409)
    assert "the list has changed meanwhile. Nothing was done." in page
    assert section(page, "touched") == ["Ghent", "Prague"]
    assert "done for 2 delegations" in organiser.send(having="mark")


def test_a_deadline_is_asked_for_and_given_to_all(world: World, organiser: Person) -> None:
    with world.writing():
        world.delegation("Ghent", country="BE")
        world.delegation("Prague")
    organiser.open(desk(world, "?act=deadline&on=all&country=BE"))
    assert "Give the day and the hour" in organiser.send(having="mark", expect=422)
    organiser.send({"closes_at": "2025-03-20T18:00"})
    session().rollback()
    rows = session().execute(sa.select(Delegation.name, Delegation.closes_at)).all()
    assert {name: bool(moment) for name, moment in rows} == {"Ghent": True, "Prague": False}


def test_one_that_refuses_takes_all_back(world: World, organiser: Person) -> None:
    with world.writing():
        for name in ("Ghent", "Prague"):
            found = world.delegation(name, people=1)
            domain.submit(world.event, found, domain.Completeness(1, 1), by=world.by, hooks=world.hooks)
    organiser.open(desk(world, "?act=confirm&on=all"))
    with world.writing():
        world.event.state = "archived"  # nothing can be changed any more
    page = organiser.send(having="mark", expect=422)
    assert "Nothing was changed, because of Ghent" in page
    assert states(world) == {"Ghent": "submitted", "Prague": "submitted"}


def test_readers_and_unknown_acts_find_nothing(world: World, organiser: Person) -> None:
    with world.writing():
        user = world.organiser(EventRole.READER)
    reader = world.client(user)
    assert reader.get(desk(world, "?act=archive&on=all")).status_code == 404
    assert organiser.client.get(desk(world, "?act=destroy&on=all")).headers["Location"].endswith("/delegations/")
    assert "No delegation is ticked" in organiser.open(desk(world, "?act=archive"))
