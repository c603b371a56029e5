"""A sentinel need, looked for everywhere it must not be: pages of every role, exports, journal, mails, logs, the file.

Its owner, the catering role and the owner of the event are the only ones who ever read it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from eventhub import privacy
from eventhub.access.models import EventRole, User
from eventhub.api import Model, Participant, activity, db, session
from eventhub.delegations.models import Consent
from eventhub.testing import World, csrf_of
from plugins.catering import dietary, domain
from plugins.catering.dietary import Need
from plugins.catering.models import DietaryNeed, Meal, Snapshot

SENTINEL = "zzsentinelzz"
# the page where one's own record is shown and the restricted list; whatever else shows it is a leak
TRUSTED_PLACES = {"catering.needs", "catering.people", "catering.export_needs"}


@pytest.fixture
def person(world: World, kitchen) -> Participant:
    """The only person of the event with a need, and one of another delegation without."""
    with world.writing():
        _found, (one,) = kitchen.people(1, "Sentinel City")
        kitchen.people(2, "Elsewhere")
        caterer = kitchen.caterer()
        kitchen.lunch(0, provider=caterer)
        kitchen.eats(one, Need("vegan", severe=("lupin",), note=SENTINEL))
    return one


def addresses(app: Flask, world: World, person: Participant) -> Iterator[tuple[str, str]]:
    """Yield (endpoint, address) of every page that a GET can reach, with the ids of what there is."""
    meal = session().scalars(sa.select(Meal)).one()
    ids = {
        "participant_id": person.id,
        "delegation_id": person.delegation_id,
        "meal_id": meal.id,
        "item_id": meal.items[0].id,
        "provider_id": meal.provider_id,
    }
    known = {"lang": "en", "event": world.event.slug, "name": "privacy", **ids}
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint.endswith("static"):
            continue
        if rule.endpoint == "security.two_factor_token_validation":
            continue  # asked for without a code to check, it ends the session, and every page after it shows nothing
        for stage in ("people", "travel", "needs", "choices") if "stage" in rule.arguments else ("",):
            if rule.arguments <= {*known, "stage"} and stage in str(rule):
                values = {**known, "stage": stage}
                yield rule.endpoint, adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments})


def said(answer: TestResponse) -> str:
    """Return the text of an answer, of an archive's files too."""
    if answer.mimetype != "application/zip":
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def readers(app: Flask, world: World, client: FlaskClient, person: Participant, ending: str = "") -> set[str]:
    """Return the endpoints whose page shows the sentinel to this browser."""
    found = set()
    app.config["PROPAGATE_EXCEPTIONS"] = False  # pages of other components are their own tests' concern
    for endpoint, address in addresses(app, world, person):
        answer = client.get(address + ending)
        if SENTINEL in said(answer):
            found.add(endpoint)
    session().rollback()
    return found


@pytest.mark.parametrize("ending", ["", "?format=csv"])
def test_organisers_but_for_the_trusted_never_see_it(
    app: Flask, world: World, person: Participant, ending: str
) -> None:
    with world.writing():
        blind = [world.organiser(EventRole(role)) for role in EventRole if role not in {"owner", "catering"}]
        blind += [world.organiser(administrator=True)]
        trusted = [world.organiser(EventRole.CATERING), world.owner]
    for user in blind:
        assert readers(app, world, world.client(user), person, ending) == set()
    for user in trusted:
        assert readers(app, world, world.client(user), person, ending) == TRUSTED_PLACES - {"catering.export_needs"}
    assert readers(app, world, world.client(), person, ending) == set()


def test_of_the_guests_only_its_owner_sees_it(app: Flask, world: World, person: Participant) -> None:
    others = session().scalars(sa.select(Participant).where(Participant.id != person.id)).all()
    own = readers(app, world, world.guest(person), person)
    assert own == {"catering_me.show", "delegations_me.own_needs", "privacy_me.show", "privacy_me.archive"}
    for guest in (person.delegation, *others, *(other.delegation for other in others)):
        assert readers(app, world, world.guest(guest), person) == set()


def test_the_export_of_needs_is_made_on_purpose_and_recorded(world: World, person: Participant) -> None:
    client = world.client(world.owner)
    page = client.get(world.url("catering/needs/export"))
    assert SENTINEL not in page.text
    answer = client.post(world.url("catering/needs/export"), data={"csrf_token": csrf_of(page.text), "format": "csv"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="dietary-needs.csv"'
    lines = answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert lines == [
        "Name;Delegation;Diet;Severe allergies;Allergies and intolerances;Something else for the kitchen;State",
        f"{person.name};Sentinel City;Vegan;Lupin;;{SENTINEL};Confirmed",
    ]
    session().rollback()
    assert [(entry.verb, entry.changes) for entry in dietary.readings(world.event)] == [
        ("catering:needs_exported", {"people": [None, 1]})
    ]


def test_every_read_by_name_leaves_an_entry_whichever_page_it_was(world: World, person: Participant) -> None:
    meal = domain.meals(world.event)[0]
    client = world.client(world.owner)
    for path in ("catering/needs", f"catering/meals/{meal.id}/people", "catering/needs?diet=no_pork"):
        assert client.get(world.url(path)).status_code == 200
    session().rollback()
    assert [(entry.verb, entry.changes["people"][1]) for entry in reversed(dietary.readings(world.event))] == [
        ("catering:needs_read", 1),
        ("catering:needs_read", 3),
        ("catering:needs_read", 0),
    ]


def test_counts_tell_diets_and_allergens_without_a_name(world: World, person: Participant) -> None:
    with world.writing():
        reader = world.organiser(EventRole.READER)
    meal = domain.meals(world.event)[0]
    page = world.client(reader).get(world.url(f"catering/meals/{meal.id}")).text
    assert "Vegan, without lupin (severe)" in page
    assert person.name not in page
    exported = world.client(reader).get(world.url("catering/?format=csv")).get_data(as_text=True)
    assert "Vegan" in exported
    assert person.name not in exported


def on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def checkpoint(mode: str) -> None:
    """Bring SQLite's log into its file."""
    if on_sqlite():
        with db.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA wal_checkpoint({mode})")


def rows_of_all_tables() -> Iterator[tuple[str, str]]:
    for table in Model.metadata.sorted_tables:
        for row in session().execute(sa.select(table)).mappings():
            yield table.name, json.dumps({name: str(value) for name, value in row.items()})


def test_it_stands_nowhere_in_the_database_and_its_files_but_sealed(
    app: Flask, world: World, person: Participant, kitchen, tmp_path: Path
) -> None:
    """Declared by the head, confirmed, counted, frozen, read and exported: in the file only ciphertext ever stood."""
    from plugins.catering import forecast, freezing

    with world.writing():
        other = session().scalars(sa.select(Participant).where(Participant.id != person.id)).first()
        assert other is not None
        kitchen.eats(other, Need("pescatarian", mild=("molluscs",), note=SENTINEL), own=False)
        dietary.confirm(other, by=world.by)
        meal = domain.meals(world.event)[0]
        counted = forecast.of(world.event, [meal], world.hooks).headcount(meal.id)
        freezing.freeze(world.event, meal, counted, missing=(), by=world.by, key="k")
    world.client(world.owner).get(world.url("catering/needs"))
    session().rollback()
    assert [name for name, row in rows_of_all_tables() if SENTINEL in row] == []
    checkpoint("PASSIVE")
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files if SENTINEL.encode() in path.read_bytes()] == []
    assert any(other.email.encode() in path.read_bytes() for path in files) or not on_sqlite()  # the search can find


def test_the_log_says_nothing_of_it(tmp_path: Path, capfd: pytest.CaptureFixture[str], walks) -> None:
    """At the loudest level, with a plugin that fails beside it."""
    from eventhub.testing import make_app, make_world
    from plugins import catering

    walks[0].broken = True
    app = make_app(f"sqlite:///{tmp_path / 'log.db'}", tmp_path, plugins=[catering, walks[1]], LOG_LEVEL="DEBUG")
    with app.test_request_context():
        world = make_world(app)
        with world.writing():
            found = world.delegation(people=1)
            (one,) = world.people(found)
            dietary.declare(world.event, one, Need("vegan", note=SENTINEL), own=True, by=world.by)
            world.item("Lunch", "meal", 0, "12:30", "13:30")
            domain.add(
                world.event,
                {"service": "seated"},
                [session().scalars(sa.select(sa.func.max(db.metadata.tables["programme_item"].c.id))).one()],
                by=world.by,
            )
        client = world.client(world.owner)
        client.get(world.url("catering/"))
        client.get(world.url("catering/needs"))
        guest = world.guest(one)
        url = f"/en/e/{world.event.slug}/me/{one.id}/needs"
        guest.post(url, data={"csrf_token": "wrong", f"catering-{one.id}-note": SENTINEL})
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    logged = "".join(capfd.readouterr())
    assert "hook_failed" in logged
    assert SENTINEL not in logged
    assert one.name not in logged


# --- the rights of the person ---------------------------------------------------------------------------------------


def test_the_person_gets_their_own_needs_in_their_archive(app: Flask, world: World, person: Participant) -> None:
    archive = privacy.export(app.extensions["hub"], person.id)
    assert archive["data"]["Dietary needs: diet, allergens, note"] == {
        "Diet": "Vegan",
        "Allergies and intolerances": "Lupin (severe)",
        "Something else for the kitchen": SENTINEL,
        "Confirmed by the person": True,
    }


def test_erasure_destroys_the_need_and_leaves_what_was_told(app: Flask, world: World, person: Participant) -> None:
    from plugins.catering import forecast, freezing

    with world.writing():
        meal = domain.meals(world.event)[0]
        counted = forecast.of(world.event, [meal], world.hooks).headcount(meal.id)
        freezing.freeze(world.event, meal, counted, missing=(), by=world.by, key="k")
        sealed = session().scalars(sa.select(DietaryNeed.sealed)).one()
    with world.writing():
        privacy.erase(app.extensions["hub"], session().get_one(Participant, person.id), by=world.by)
    session().expire_all()
    assert session().scalars(sa.select(DietaryNeed)).all() == []
    assert session().scalars(sa.select(Consent)).all() == []
    (told,) = session().scalars(sa.select(Snapshot))
    assert told.counts["covers"] == 3
    assert told.counts["plates"] == [["vegan", [["lupin", True]], 1]]
    now = forecast.of(world.event, domain.meals(world.event), world.hooks).headcount(meal.id)
    assert (now.present, now.unnamed, now.diets) == (2, 1, (("", 3),))  # the seat stays held
    checkpoint("TRUNCATE")
    if on_sqlite():
        assert sealed not in Path(db.engine.url.database or "").read_bytes()  # secure_delete overwrites it


def test_the_declaration_says_what_why_and_for_how_long(app: Flask) -> None:
    holding = app.extensions["hub"].personal_data["catering.needs"]
    assert (str(holding.legal_basis), holding.retention_days, holding.sensitive) == (
        "Explicit consent (GDPR art. 9.2.a)",
        30,
        True,
    )


def test_reading_is_not_for_those_who_only_administer_the_site(world: World, person: Participant) -> None:
    with world.writing():
        administrator: User = world.organiser(administrator=True)
    client = world.client(administrator)
    assert client.get(world.url("catering/")).status_code == 200
    assert client.get(world.url("catering/needs")).status_code == 404
    session().rollback()
    assert session().scalar(sa.select(sa.func.count()).where(activity.ActivityEntry.verb == dietary.READ.code)) == 0
