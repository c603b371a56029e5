"""Pages of interpretation: who may see and change them, in both languages, what they export and what they cost."""

from __future__ import annotations

import io
import re

import pytest
from python_calamine import CalamineWorkbook

from eventhub.api import EventRole, hookspecs, session
from eventhub.db import statement_count
from eventhub.demo.fixtures import ToldWorld
from eventhub.events import domain as events
from eventhub.testing import World, csrf_of
from plugins.interpretation import booking, documents, domain, interpreters
from plugins.interpretation.rules import Mode

NEED = {"from_language": "fr", "to_language": "en", "mode": Mode.SIMULTANEOUS, "booth": "FR/EN"}
READ = ("", "interpreters/", "interpreters/bookings", "documents/")
EDIT = ("settings", "interpreters/new", "interpreters/bookings/new", "documents/new")


@pytest.mark.parametrize("path", READ + EDIT)
def test_pages_speak_french_and_english(demo: ToldWorld, path: str) -> None:
    client = demo.client(demo.owner)

    pages = {code: client.get(demo.url(f"interpretation/{path}", code)) for code in ("fr", "en")}

    assert [page.status_code for page in pages.values()] == [200, 200]
    titles = {code: re.search(r"<h1>(.+?)</h1>", page.text, re.DOTALL) for code, page in pages.items()}
    assert titles["fr"] and titles["en"] and titles["fr"][1] != titles["en"][1] or path == ""
    assert "%(" not in pages["fr"].text


def test_the_coverage_page_says_it_all_in_french(demo: ToldWorld) -> None:
    page = demo.client(demo.owner).get(demo.url("interpretation/", "fr")).text

    for text in (
        "Réservés\u00a0: 2, il en faut 3",
        "À deux endroits à la fois",
        "33 sur 63 ne peuvent pas suivre",
        "Rien de prévu",
        "Deux langues dans les deux sens en une seule cabine",
        "FR ↔ EN",
        "Écarté",
    ):
        assert text in page, text


@pytest.mark.parametrize(
    "role, reads, edits",
    [
        (EventRole.PROGRAMME, True, True),
        (EventRole.LOGISTICS, True, True),
        (EventRole.READER, True, False),
        (EventRole.WELCOME, True, False),
        (None, False, False),
    ],
)
def test_staff_read_and_two_desks_edit(world: World, role: EventRole | None, reads: bool, edits: bool) -> None:
    with world.writing():
        user = world.organiser(*[role] if role else [])
        item = world.item(floor_languages=["fr"])
        [need] = domain.add_needs(world.event, item, NEED, by=world.by)
    client = world.client(user)

    def answers(*paths: str) -> set[int]:
        return {client.get(world.url(f"interpretation/{path}")).status_code for path in paths}

    assert answers(*READ, f"items/{item.id}") == ({200} if reads else {404})
    assert answers(*EDIT, f"items/{item.id}/needs/new", f"needs/{need.id}") == ({200} if edits else {404})
    page = client.get(world.url(f"interpretation/items/{item.id}")).text
    assert ("Add a need" in page) is edits


def test_a_reader_cannot_post(world: World) -> None:
    with world.writing():
        reader = world.organiser(EventRole.READER)
        item = world.item()
        [need] = domain.add_needs(world.event, item, NEED, by=world.by)
        facts = {"name": "Amina", "provider_id": None, "a_languages": ["en"], "c_languages": ["fr"]}
        amina = interpreters.add(world.event, facts, by=world.by)
        [row] = booking.book(world.event, amina, booking.Wanted([item.id]), by=world.by)
    client = world.client(reader)
    token = csrf_of(client.get(world.url("interpretation/")).text)

    for path in (
        f"needs/{need.id}/archive",
        f"interpreters/{amina.id}/archive",
        f"interpreters/bookings/{row.id}/state/firm",
        f"interpreters/bookings/{row.id}/cancel",
        "documents/packs/first",
        "settings",
    ):
        assert client.post(world.url(f"interpretation/{path}"), data={"csrf_token": token}).status_code == 404, path


def test_what_belongs_to_another_event_is_not_there(world: World) -> None:
    with world.writing():
        item = world.item()
        [need] = domain.add_needs(world.event, item, NEED, by=world.by)
        facts = {"name": "Amina", "provider_id": None, "a_languages": ["en"], "c_languages": ["fr"]}
        amina = interpreters.add(world.event, facts, by=world.by)
        [row] = booking.book(world.event, amina, booking.Wanted([item.id]), by=world.by)
        slides = documents.add(world.event, {"item_id": item.id, "title": "Slides", "owner": "Somebody"}, by=world.by)
        session().flush()
        events.copy(
            world.event,
            title={"en": "Other"},
            slug="other",
            starts_on=world.event.starts_on,
            by=world.owner,
            hooks=world.hooks,
        )
    client, paths = (
        world.client(world.owner),
        (
            f"items/{item.id}",
            f"items/{item.id}/needs/new",
            f"needs/{need.id}",
            f"interpreters/{amina.id}",
            f"interpreters/{amina.id}/edit",
            f"interpreters/bookings/{row.id}/cancel",
            f"documents/{slides.id}",
        ),
    )

    answers = {
        slug: {client.get(f"/en/manage/{slug}/interpretation/{path}").status_code for path in paths}
        for slug in (world.event.slug, "other")
    }

    assert answers == {world.event.slug: {200}, "other": {404}}


def test_a_need_is_written_edited_and_archived_with_undo(world: World) -> None:
    with world.writing():
        item = world.item("Opening", floor_languages=["fr", "en"])
    client = world.client(world.owner)
    new = world.url(f"interpretation/items/{item.id}/needs/new")
    form = client.get(new).text
    assert 'value="EN/FR"' in form or 'value="FR/EN"' in form  # the booth is proposed
    token = csrf_of(form)
    facts = {"from_language": "fr", "to_language": "en", "mode": "simultaneous", "booth": "FR/EN", "state": "to_cover"}

    assert client.post(new, data={"csrf_token": token, **facts, "both_ways": "y"}).status_code == 302
    answer = client.post(new, data={"csrf_token": token, **facts})
    assert answer.status_code == 422
    assert "This item already has a need from that language into this one." in answer.text

    session().rollback()
    [need, _back] = domain.needs_by_item(world.event)[item.id]
    edit = world.url(f"interpretation/needs/{need.id}")
    base = re.search(r'name="base" value="([^"]+)"', client.get(edit).text)
    assert base
    waived = {**facts, "state": "waived", "base": base[1].replace("&#34;", '"'), "csrf_token": token}
    assert client.post(edit, data=waived).status_code == 422
    assert client.post(edit, data={**waived, "reason": "Nobody speaks French."}).status_code == 302
    assert "Nobody speaks French." in client.get(world.url(f"interpretation/items/{item.id}")).text

    archive = world.url(f"interpretation/needs/{need.id}/archive")
    client.post(archive, data={"csrf_token": token})
    page = client.get(world.url(f"interpretation/items/{item.id}")).text
    assert "The need is archived." in page
    assert f'action="{archive}"' in page  # the undo
    assert "Nobody speaks French." not in page


def test_two_organisers_at_one_need_do_not_overwrite_each_other(world: World) -> None:
    with world.writing():
        item = world.item("Opening", floor_languages=["fr"])
        [need] = domain.add_needs(world.event, item, NEED, by=world.by)
    client, url = world.client(world.owner), world.url(f"interpretation/needs/{need.id}")
    page = client.get(url).text
    base = re.search(r'name="base" value="([^"]+)"', page)
    assert base
    mine = {"csrf_token": csrf_of(page), "base": base[1].replace("&#34;", '"'), **NEED, "state": "to_cover"}

    assert client.post(url, data={**mine, "booth": "Left"}).status_code == 302
    answer = client.post(url, data={**mine, "booth": "Right"})

    assert answer.status_code == 409
    assert "Left" in answer.text
    session().rollback()
    assert domain.need(world.event, need.id).booth == "Left"


def test_the_profile_is_chosen_with_a_reason_and_what_each_finds_is_shown(demo: ToldWorld) -> None:
    client, url = demo.client(demo.owner), demo.url("interpretation/settings")
    page = client.get(url).text
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td class="num">(\d+)</td></tr>', page)
    assert rows == [
        ("The strictest of all", "4"),
        ("AIIC Canada", "2"),
        ("AIIC, article 6", "1"),
        ("APIC", "3"),
        ("AICE", "1"),
    ]
    base = re.search(r'name="base" value="([^"]+)"', page)
    assert base
    form = {
        "csrf_token": csrf_of(page),
        "base": base[1].replace("&#34;", '"'),
        "profile": "apic",
        "reason": "",
        "reserve_percent": "10",
        "first_pack_days": "14",
        "final_pack_days": "5",
    }

    answer = client.post(url, data=form)
    assert (answer.status_code, "Write why this profile holds here" in answer.text) == (422, True)
    assert client.post(url, data={**form, "reason": "The agency follows APIC."}).status_code == 302
    assert "Teams are checked by the profile “APIC”." in client.get(demo.url("interpretation/")).text


# --- lists and exports ----------------------------------------------------------------------------------------------


def rows_of(body: bytes) -> list[list[str]]:
    return [line.split(";") for line in body.decode("utf-8-sig").splitlines()]


def test_exports_hold_exactly_what_the_list_shows(demo: ToldWorld) -> None:
    client = demo.client(demo.owner)

    def exported(path: str) -> list[list[str]]:
        return rows_of(client.get(demo.url(f"interpretation/{path}format=csv")).data)

    coverage = exported("?show=asked&day=2025-03-25&")
    assert [row[3] for row in coverage] == [
        "Title",
        "Opening plenary",
        "Four dilemmas of climate democracy",
        "Six challenges in six pitches",
    ]
    assert coverage[1][6:9] == ["63", "33", "0"]
    assert coverage[1][10] == "Nadège Exemple (fictive), Owen Exemple (fictif)"
    assert [row[0].split()[0] for row in exported("interpreters/?language=de&")] == ["Name", "Owen"]
    assert len(exported("interpreters/bookings?day=2025-03-26&")) == 1 + 3
    assert [row[3] for row in exported("documents/?show=missing&")] == ["Owed by", "Prague", "Rotterdam"]


@pytest.mark.parametrize("path", ["?", "interpreters/?", "interpreters/bookings?", "documents/?"])
def test_spreadsheets_open(demo: ToldWorld, path: str) -> None:
    answer = demo.client(demo.owner).get(demo.url(f"interpretation/{path}format=xlsx"))

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0)
    assert len(sheet.to_python()) > 3


def test_lists_are_filtered_in_the_address(demo: ToldWorld) -> None:
    client = demo.client(demo.owner)

    def shown(path: str) -> str:
        return client.get(demo.url(f"interpretation/{path}")).text

    assert "Flash report</a>" in shown("?show=faulty")
    assert "Closing plenary</a>" not in shown("?show=faulty")
    assert "Welcome dinner</a>" in shown("?show=all")
    assert "Welcome dinner</a>" not in shown("")
    assert "Nothing matches these filters" in shown("?show=asked&day=2024-01-01")
    assert "No interpreter matches these filters" in shown("interpreters/?q=nobody")
    assert "Solène" in shown("interpreters/?q=SOLENE")
    assert "No booking matches these filters" in shown("interpreters/bookings?state=declined")


def test_an_empty_event_says_what_to_do_next(world: World) -> None:
    client = world.client(world.owner)

    texts = [client.get(world.url(f"interpretation/{path}")).text for path in READ]

    assert [
        phrase in text
        for phrase, text in zip(
            ("Nothing to interpret yet", "No interpreter yet", "Nobody is booked yet", "No document is expected yet"),
            texts,
            strict=True,
        )
    ] == [True] * 4


# --- cost -----------------------------------------------------------------------------------------------------------


def grow(world: World, n: int) -> None:
    """Write more items with needs, interpreters, bookings and people."""
    with world.writing():
        world.delegation(people=2 * n)
        for number in range(n):
            item = world.item(f"Plenary {number}", day=number % 3, start="09:00", end="10:00", floor_languages=["fr"])
            domain.add_needs(world.event, item, {**NEED, "booth": f"Booth {number}"}, by=world.by)
            facts = {"name": f"Somebody {number}{n}", "provider_id": None, "a_languages": ["en"], "c_languages": ["fr"]}
            person = interpreters.add(world.event, facts, by=world.by)
            booking.book(world.event, person, booking.Wanted([item.id]), by=world.by)


@pytest.mark.parametrize("path", [*READ, "settings", "interpreters/bookings/new", "documents/new"])
def test_pages_send_as_many_statements_whatever_the_size(world: World, path: str) -> None:
    client, counts = world.client(world.owner), []
    for size in (1, 9):
        grow(world, size)
        client.get(world.url(f"interpretation/{path}"))  # the menu's figures are kept from here on
        counts.append(statement_count(world.app, lambda: client.get(world.url(f"interpretation/{path}"))))

    assert counts[0] == counts[1]


def test_hooks_send_as_many_statements_whatever_the_size(world: World) -> None:
    def asked(number: int) -> list[int]:
        grow(world, number)
        session().rollback()
        session().expunge_all()
        specs = (hookspecs.readiness_checks, hookspecs.deadlines, hookspecs.dashboard_cards)
        mine = world.app.extensions["hub"].manager.get_plugin("interpretation")
        return [
            statement_count(world.app, lambda spec=spec: list(getattr(mine, spec.__name__)(event=world.event)))  # type: ignore[misc]
            for spec in specs
        ]

    assert asked(1) == asked(9)
