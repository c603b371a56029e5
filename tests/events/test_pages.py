"""The pages of events and their programme, as organisers and the public meet them."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from eventhub import activity
from eventhub.access.models import EventRole
from eventhub.db import session, statement_count
from eventhub.events import domain, programme, truth
from eventhub.events.models import Event, EventState, ProgrammeItem, Room, Venue
from eventhub.localized import LocalizedText
from eventhub.testing import World, csrf_of


def text_of(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return answer.get_data(as_text=True)


def post(client: FlaskClient, path: str, form: str | None = None, **values: object) -> tuple[int, str]:
    """Fill in the form that ``form`` (by default the same address) shows and send it; returns status and page."""
    page = text_of(client, form or path)
    base = re.search(r'name="base" value="([^"]*)"', page)
    kept = {"base": base[1].replace("&#34;", '"')} if base else {}
    answer = client.post(path, data={"csrf_token": csrf_of(page), **kept, **values}, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def headings(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", text).strip() for text in re.findall(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)]


def places(world: World) -> tuple[Venue, Room]:
    """Write a venue with one room."""
    venue = domain.add_venue(world.event, {"name": "MC2", "step_free": True}, by=world.by)
    session().flush()
    room = domain.add_room(world.event, venue.id, {"name": "Hall", "capacity": 120, "booths": 2}, by=world.by)
    session().flush()
    return venue, room


def item_values(**changes: str) -> dict[str, str]:
    return {
        "kind": "workshop",
        "title-fr": "Atelier",
        "title-en": "Workshop",
        "starts_at": "2025-03-25T10:00",
        "ends_at": "2025-03-25T11:00",
        "floor_languages": "en",
        "audience": "everyone",
        "state": "confirmed",
        **changes,
    }


# --- every page -----------------------------------------------------------------------------------------------------

ORGANISERS = (
    "",
    "settings",
    "copy",
    "archive",
    "plugins",
    "programme/",
    "programme/?show=archived",
    "programme/?kind=visit&state=idea",
    "programme/new",
    "programme/1",
    "programme/1/edit",
    "programme/venues",
    "programme/venues?show=archived",
    "programme/venues/new",
    "programme/venues/1",
    "programme/venues/1/rooms/new",
    "programme/rooms/1",
)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_page_of_an_event_has_one_heading_in_its_language(world: World, language: str) -> None:
    with world.writing():
        _venue, room = places(world)
        world.item("Opening", room_id=room.id, floor_languages=["fr", "en"])
    client = world.client(world.owner)
    found = {path: headings(text_of(client, world.url(path, language))) for path in ORGANISERS}
    assert {path: len(titles) for path, titles in found.items()} == dict.fromkeys(ORGANISERS, 1)
    assert all(f'<html lang="{language}">' in text_of(client, world.url(path, language)) for path in ORGANISERS)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_lists_of_events_and_the_public_pages_have_one_heading(world: World, language: str) -> None:
    owner, visitor = world.client(world.owner), world.client()
    paths = [f"/{language}/manage/", f"/{language}/manage/?show=archived", f"/{language}/manage/new"]
    assert [len(headings(text_of(owner, path))) for path in paths] == [1, 1, 1]
    public = [world.url("", language, "e"), world.url("programme", language, "e")]
    assert [len(headings(text_of(visitor, path))) for path in public] == [1, 1]


# --- events ---------------------------------------------------------------------------------------------------------


def test_an_organiser_creates_an_event_and_finds_it_among_theirs(world: World) -> None:
    client = world.client(world.owner)
    status, page = post(
        client,
        "/en/manage/new",
        **{
            "title-fr": "Cycle d’ateliers",
            "title-en": "Workshops",
            "starts_on": "2025-09-01",
            "ends_on": "2025-09-02",
            "city": "Grenoble",
            "languages": ["fr", "en"],
            "source_language": "fr",
        },
    )
    assert (status, headings(page)) == (200, ["Overview"])
    assert "The event is created, as a draft that only you see." in page
    assert "Workshops" in text_of(client, "/en/manage/")
    assert "Workshops" not in text_of(client, "/en/manage/?q=nowhere")
    assert text_of(world.client(), "/en/e/cycle-d-ateliers/", 404)


def test_a_form_with_errors_comes_back_with_what_was_typed(world: World) -> None:
    status, page = post(
        world.client(world.owner),
        "/en/manage/new",
        **{"title-fr": "Cycle", "starts_on": "2025-02-30", "ends_on": "2025-09-02", "languages": "fr"},
    )
    assert status == 422
    assert "<title>Error: New event" in page
    assert 'value="Cycle"' in page
    assert 'value="2025-02-30"' in page
    assert '<a href="#starts_on">First day: This date does not exist.' in page


def test_two_organisers_who_change_the_same_field_both_see_both_versions(world: World) -> None:
    first = world.client(world.owner)
    with world.writing():
        colleague = world.organiser(EventRole.OWNER)
    second = world.client(colleague)
    path = world.url("settings")
    page = text_of(first, path)
    values = {
        match[1]: match[2]
        for match in re.finditer(
            r'<input type="(?:text|date|datetime-local|number|email)"[^>]*?name="([^"]+)"[^>]*?value="([^"]*)"', page
        )
    }
    base = re.search(r'name="base" value="([^"]*)"', page)
    assert base
    sent = {
        **values,
        "csrf_token": csrf_of(page),
        "base": base[1].replace("&#34;", '"'),
        "country": "FR",
        "languages": ["fr", "en"],
        "city": "Grenoble",
    }
    assert post(second, path, **{**sent, "csrf_token": csrf_of(text_of(second, path)), "city": "Lyon"})[0] == 200
    answer = first.post(path, data=sent)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Grenoble"' in shown
    assert re.search(r"The other version:</strong> <span class=\"typed\">Lyon", shown)
    # the second save knows of both
    base = re.search(r'name="base" value="([^"]*)"', shown)
    assert base
    again = first.post(path, data={**sent, "base": base[1].replace("&#34;", '"')}, follow_redirects=True)
    assert "The settings are saved." in again.get_data(as_text=True)
    session().rollback()
    assert world.event.city == "Grenoble"


def test_the_state_of_an_event_goes_by_its_buttons_only(world: World) -> None:
    client = world.client(world.owner)
    status, page = post(client, world.url("state/closed"), form=world.url("settings"))
    assert (status, "Registration closed" in page) == (200, True)
    status, page = post(client, world.url("state/draft"), form=world.url("settings"))
    assert (status, headings(page)) == (422, ["This is not possible"])
    assert "An event in this state cannot go to that one." in page


def test_an_event_under_way_is_not_archived_and_the_page_says_why(world: World) -> None:
    status, page = post(world.client(world.owner), world.url("archive"))
    assert (status, headings(page)) == (422, ["Archive this event?"])
    assert "Only an event that is over, or one that never started, can be archived." in page


def test_an_archived_event_is_taken_back_from_the_notice_or_from_the_list(world: World) -> None:
    with world.writing():
        world.event.state = EventState.PLANNING
    client = world.client(world.owner)
    status, page = post(client, world.url("archive"))
    assert (status, headings(page)) == (200, ["My events"])
    assert f'<form method="post" action="{world.url("archive")}">' in page.split("Nothing is lost.")[1]
    assert "Test event" not in text_of(client, "/en/manage/").split("</header>")[1].split("<footer")[0]
    archive = text_of(client, "/en/manage/?show=archived")
    assert "Test event" in archive
    assert f'action="{world.url("archive")}"' in archive
    answer = client.post(world.url("archive"), data={"csrf_token": csrf_of(page)}, follow_redirects=True)
    assert "The event is back." in answer.get_data(as_text=True)
    session().rollback()
    assert world.event.archived_at is None


def test_a_copy_takes_the_programme_to_its_new_days(world: World) -> None:
    with world.writing():
        world.item("Opening")
    values = {"title-fr": "Suite", "title-en": "Sequel", "slug": "sequel", "starts_on": "2026-03-24"}
    status, page = post(world.client(world.owner), world.url("copy"), **values)
    assert (status, headings(page)) == (200, ["Overview"])
    assert "Tuesday 24 March" in page


def test_plugins_are_switched_off_and_on_and_their_pages_with_them(world: World) -> None:
    client = world.client(world.owner)
    names = [component.name for component in world.hooks.hub.plugins() if component.active]
    _status, page = post(client, world.url("plugins"), plugins=[])
    assert "Data of plugins that were switched off stay where they are." in page
    assert not re.findall(r'name="plugins" value="[^"]+" checked', page)
    _status, page = post(client, world.url("plugins"), plugins=names)
    assert sorted(re.findall(r'name="plugins" value="([^"]+)" checked', page)) == sorted(names)


# --- the page that tells the truth -----------------------------------------------------------------------------------


def test_the_overview_names_what_does_not_fit_and_a_waiver_keeps_its_reason(world: World) -> None:
    with world.writing():
        _venue, room = places(world)
        world.item("Opening", room_id=room.id)
        world.item("Pitches", room_id=room.id, start="14:30", end="16:00")
    client = world.client(world.owner)
    page = text_of(client, world.url(""))
    clash = "“Opening” and “Pitches” use the same room at the same time"
    assert clash in page.split("waived check")[0]
    found = truth.of(world.event, world.hooks).checks[0]
    waive = f"waive/{found.rule}/{found.subject}"
    assert f'href="{world.url(waive)}"' in page
    status, page = post(client, world.url(waive), reason="  ")
    assert (status, "Write why" in page or "Fill in this field." in page) == (422, True)
    _status, page = post(client, world.url(waive), reason="They share the stage.")
    assert "“They share the stage.”" in page
    before, after = page.split("1 waived check")
    assert clash not in before
    assert clash in after
    back = re.search(r'action="([^"]+/take-back)"', page)
    assert back
    _status, page = post(client, back[1], form=world.url(""))
    assert "waived check" not in page
    assert clash in page


def test_a_reader_sees_the_checks_but_no_way_to_waive_them(world: World) -> None:
    with world.writing():
        world.item("Opening")
        reader = world.organiser(EventRole.READER)
    page = text_of(world.client(reader), world.url(""))
    assert "“Opening” has no room yet" in page
    assert "/waive/" not in page
    assert "Add to the programme" not in page


# --- programme ------------------------------------------------------------------------------------------------------


def test_an_item_is_added_changed_and_its_history_tells(world: World) -> None:
    with world.writing():
        _venue, room = places(world)
    client = world.client(world.owner)
    _status, page = post(client, world.url("programme/new"), **item_values(room_id=str(room.id)))
    assert headings(page) == ["Workshop"]
    path = re.search(r'href="([^"]+/edit)"', page)
    assert path
    _status, page = post(client, path[1], **item_values(room_id=str(room.id), capacity="40", state="released"))
    history = page.split(">History<")[1]
    assert "Programme item changed" in history
    assert re.search(r"Capacity</span> <del>\(empty\)</del>.*?<ins>40</ins>", history)
    assert re.search(r"State</span> <del>Confirmed</del>.*?<ins>Released</ins>", history)
    assert world.owner.name in history


def test_times_that_do_not_fit_come_back_beside_their_field(world: World) -> None:
    client = world.client(world.owner)
    status, page = post(client, world.url("programme/new"), **item_values(ends_at="2025-03-25T09:00"))
    assert status == 422
    assert '<a href="#ends_at">Ends: The end comes before the beginning. Correct one of them.</a>' in page
    assert 'value="Atelier"' in page


def test_an_archived_item_leaves_the_programme_and_comes_back(world: World) -> None:
    with world.writing():
        item = world.item("Opening")
    client, item_id = world.client(world.owner), item.id
    archive = world.url(f"programme/{item_id}/archive")
    _status, page = post(client, archive, form=world.url(f"programme/{item_id}"))
    assert "The item is archived." in page
    assert f'action="{archive}"' in page
    assert "Opening" not in text_of(client, world.url("programme/"))
    shown = text_of(client, world.url("programme/?show=archived"))
    assert "Opening" in shown
    assert f'action="{archive}"' in shown
    _status, page = post(client, archive, form=world.url("programme/?show=archived"))
    assert "The item is back in the programme." in page
    assert "Opening" in page


def test_the_filters_decide_what_the_page_and_its_exports_hold(world: World) -> None:
    with world.writing():
        world.item("Opening")
        world.item("Lunch", kind="meal", start="12:00", end="13:00")
    client = world.client(world.owner)
    page = text_of(client, world.url("programme/?kind=meal"))
    assert "Lunch" in page
    assert "Opening" not in page
    export = client.get(world.url("programme/?kind=meal&format=csv"))
    rows = export.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert rows == [
        "Day;Begins;Ends;Title;Kind;Place;Floor languages;State",
        "2025-03-25;12:00;13:00;Lunch;Meal;;en;Confirmed",
    ]
    assert 'attachment; filename="programme.csv"' in export.headers["Content-Disposition"]
    assert f'href="{world.url("programme/?kind=meal&amp;format=csv")}"' in page


def test_a_query_cannot_change_where_the_links_of_a_page_lead(world: World) -> None:
    page = text_of(
        world.client(world.owner), world.url("programme/?_scheme=javascript&_external=1&event=other&kind=meal")
    )
    assert f'href="{world.url("programme/?kind=meal", "fr")}"' in page
    assert "javascript" not in page
    assert "/other/" not in page


def test_venues_and_rooms_are_written_changed_put_away_and_taken_back(world: World) -> None:
    client = world.client(world.owner)
    _status, page = post(client, world.url("programme/venues/new"), name="MC2", address="Grenoble", step_free="y")
    assert headings(page) == ["Venues and rooms"]
    session().rollback()
    [venue] = domain.venues(world.event)
    rooms = world.url(f"programme/venues/{venue.id}/rooms/new")
    _status, page = post(client, rooms, name="Hall", capacity="120", booths="2")
    assert re.search(r"Hall</a></th><td class=\"num\">120</td><td class=\"num\">2</td>", page)
    session().rollback()
    [room] = domain.venues(world.event)[0].rooms
    _status, page = post(client, world.url(f"programme/rooms/{room.id}"), name="Great hall", capacity="130", booths="2")
    assert "Great hall" in page
    archive = world.url(f"programme/rooms/{room.id}/archive")
    _status, page = post(client, archive, form=world.url("programme/venues"))
    assert "Great hall" not in page
    shown = text_of(client, world.url("programme/venues?show=archived"))
    assert "Great hall" in shown
    _status, page = post(client, archive, form=world.url("programme/venues?show=archived"))
    assert "Great hall" in page


def test_a_title_without_the_language_of_the_page_is_marked_as_being_in_another(world: World) -> None:
    with world.writing():
        item = world.item("x")
        item.title = LocalizedText.of(fr="Atelier de conception")
    page = text_of(world.client(world.owner), world.url("programme/"))
    assert '<span lang="fr">[Atelier de conception]</span>' in page
    public = text_of(world.client(), world.url("programme", area="e"))
    assert re.search(r'Missing in English</span> <span lang="fr" class="typed">Atelier de conception</span>', public)


# --- who sees what --------------------------------------------------------------------------------------------------


def other_event(world: World) -> tuple[Event, ProgrammeItem, Venue, Room]:
    """Write another event of somebody else, with one item, venue and room."""
    somebody = world.organiser()
    event = domain.create(
        title={"fr": "Autre", "en": "Other"},
        slug="other",
        starts_on=date(2025, 5, 1),
        ends_on=date(2025, 5, 2),
        languages=["fr", "en"],
        by=somebody,
        plugins=[],
    )
    venue = domain.add_venue(event, {"name": "Elsewhere"}, by=somebody.actor)
    session().flush()
    room = domain.add_room(event, venue.id, {"name": "Room"}, by=somebody.actor)
    session().flush()
    begin = world.item("Here").starts_at + timedelta(days=37)
    facts = {"kind": "other", "title": {"en": "There"}, "starts_at": begin, "ends_at": begin + timedelta(hours=1)}
    item = programme.add_item(
        event, {**facts, "audience": "everyone", "state": "idea"}, by=somebody.actor, hooks=world.hooks
    )
    return event, item, venue, room


def test_what_belongs_to_another_event_looks_as_if_it_were_not_there(world: World) -> None:
    with world.writing():
        _event, item, venue, room = other_event(world)
        foreign = (item.id, venue.id, room.id)
    client = world.client(world.owner)
    item_id, venue_id, room_id = foreign
    paths = [
        world.url(f"programme/{item_id}"),
        world.url(f"programme/{item_id}/edit"),
        world.url(f"programme/venues/{venue_id}"),
        world.url(f"programme/venues/{venue_id}/rooms/new"),
        world.url(f"programme/rooms/{room_id}"),
        "/en/manage/other/",
        "/en/manage/other/settings",
        "/en/e/other/",
    ]
    absent = text_of(client, world.url("programme/999999"), 404)
    assert [headings(text_of(client, path, 404)) for path in paths] == [headings(absent)] * len(paths)
    token = csrf_of(text_of(client, world.url("")))
    posts = [
        f"programme/{item_id}/archive",
        f"programme/venues/{venue_id}/archive",
        f"programme/rooms/{room_id}/archive",
    ]
    answers = [client.post(world.url(path), data={"csrf_token": token}).status_code for path in posts]
    assert answers == [404, 404, 404]


def test_a_stranger_is_sent_to_sign_in_with_the_way_back(world: World) -> None:
    answer = world.client().get(world.url("programme/?kind=meal"))
    assert answer.status_code == 302
    assert answer.location == "/en/account/login?next=/en/manage/test/programme/?kind%3Dmeal"


def test_a_draft_is_seen_by_those_who_prepare_it_alone(world: World) -> None:
    with world.writing():
        world.event.state = EventState.DRAFT
    path = world.url("", area="e")
    assert text_of(world.client(), path, 404)
    assert "Only those who prepare this event see this page" in text_of(world.client(world.owner), path)


def test_the_public_programme_leaves_out_ideas_and_what_is_for_the_team(world: World) -> None:
    with world.writing():
        for title, facts in {
            "Plenary A": {},
            "Idea B": {"state": "idea"},
            "Cancelled C": {"state": "cancelled"},
            "Rehearsal D": {"audience": "team"},
        }.items():
            world.item(title, **facts)
    page = text_of(world.client(), world.url("programme", area="e"))
    assert [title for title in ("Plenary A", "Idea B", "Cancelled C", "Rehearsal D") if title in page] == ["Plenary A"]


# --- statements -----------------------------------------------------------------------------------------------------

PUBLIC_MOST, ORGANISERS_MOST = 6, 10
COUNTED = ("", "settings", "copy", "plugins", "programme/", "programme/1", "programme/1/edit", "programme/venues")


def statements(world: World, client: FlaskClient, path: str) -> int:
    """Return how many statements the page takes once what can be kept is kept."""
    assert client.get(path).status_code == 200
    return statement_count(world.app, lambda: client.get(path))


def fill(world: World, count: int) -> None:
    with world.writing():
        _venue, room = places(world)
        for number in range(count):
            start, day = 8 + number % 10, number // 10 % 3
            world.item(f"Item {number}", "workshop", day, f"{start:02d}:00", f"{start:02d}:50", room_id=room.id)


def test_public_pages_take_few_statements_however_long_the_programme(world: World) -> None:
    fill(world, 2)
    paths = [world.url("", area="e"), world.url("programme", area="e")]
    few = [statements(world, world.client(), path) for path in paths]
    fill(world, 28)
    many = [statements(world, world.client(), path) for path in paths]
    assert many == few
    assert max(few) <= PUBLIC_MOST


def test_organisers_pages_take_few_statements_however_long_the_programme(world: World) -> None:
    fill(world, 2)
    client = world.client(world.owner)
    few = {path: statements(world, client, world.url(path)) for path in COUNTED}
    fill(world, 28)
    many = {path: statements(world, client, world.url(path)) for path in COUNTED}
    assert many == few
    assert {path: count for path, count in few.items() if count > ORGANISERS_MOST} == {}


def test_every_change_of_an_item_is_in_the_journal_also_when_it_has_a_room(world: World) -> None:
    with world.writing():
        _venue, room = places(world)
        item_id = world.item("Opening", room_id=room.id).id
    with world.writing():
        item = programme.item_for_change(world.event, item_id)
        programme.change_item(world.event, item, {"capacity": 60}, by=world.by, hooks=world.hooks)
    assert activity.history(item)[0].changes == {"capacity": [None, 60]}
