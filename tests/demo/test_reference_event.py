"""The reference event: what the seed writes, with the core alone and with every plugin."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from flask import Flask, g

from eventhub import activity, clock, hookspecs
from eventhub.access.models import EventMembership, User
from eventhub.contributions import Attendance
from eventhub.db import Model, db, get, session, transaction
from eventhub.delegations import domain as delegations
from eventhub.delegations import needs
from eventhub.delegations.models import Delegation, Participant, ParticipantState, Seat, Substitution
from eventhub.delegations.registration import ACCESS
from eventhub.demo import Demo, guests, others, reference, told
from eventhub.demo.fixtures import ToldWorld
from eventhub.events import programme, truth
from eventhub.events.models import Event, ItemKind
from eventhub.localized import State
from eventhub.providers import domain as providers
from eventhub.providers.models import OrderState
from eventhub.testing import make_app


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The reference event told with no plugin at all; for tests that only read."""
    folder = tmp_path_factory.mktemp("core")
    app = make_app(f"sqlite:///{folder / 'core.db'}", folder, plugins=[])
    with app.test_request_context():
        told_now = told.tell(app)
        g.language = "en"
        yield told_now
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def site(app: Flask) -> Iterator[Flask]:
    """A site without any event, inside a request."""
    with app.test_request_context():
        g.language = "en"
        yield app


def count(model: type[Model]) -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(model)) or 0


# --- who comes ------------------------------------------------------------------------------------------------------


def test_fifteen_delegations_hold_sixty_six_seats(core: Demo) -> None:
    rows = {key: get(Delegation, number) for key, number in core.delegations.items()}

    assert {key: (row.seats_named, row.quota) for key, row in rows.items()} == {
        "prague": (5, 5),
        "bordeaux": (5, 5),
        "rotterdam": (5, 5),
        "ariege": (4, 4),
        "reykjavik": (4, 4),
        "aix_marseille": (5, 5),
        "barcelona": (4, 4),
        "ghent": (4, 4),
        "turin": (4, 4),
        "tampere": (3, 3),
        "lisbon": (3, 4),
        "krakow": (3, 4),
        "brussels": (3, 3),
        "eurocities": (4, 4),
        "grenoble": (8, 8),
    }
    assert (len(rows), sum(row.quota for row in rows.values()), len(core.people)) == (15, 66, 64)


def test_the_counters_are_those_of_the_seats(core: Demo) -> None:
    query = (
        sa.select(Delegation.name, Delegation.seats_named, sa.func.count(Seat.participant_id), sa.func.count(Seat.id))
        .join(Delegation.seats)
        .where(Delegation.event_id == core.event.id)
        .group_by(Delegation.id)
    )
    assert [row for row in session().execute(query) if row[1] != row[2]] == []
    assert delegations.unnamed_seats(core.event) == {core.delegations["lisbon"]: 1, core.delegations["krakow"]: 1}


def test_twelve_delegations_are_complete_and_three_are_not(core: Demo) -> None:
    states = {key: get(Delegation, number).state for key, number in core.delegations.items()}

    assert {key: state for key, state in states.items() if state != "confirmed"} == {
        "aix_marseille": "submitted",
        "turin": "submitted",
        "lisbon": "roster_incomplete",
        "krakow": "roster_incomplete",
        "brussels": "registering",
    }


def test_people_are_numbered_from_the_head_on(core: Demo) -> None:
    heads = [key for key, number in core.people.items() if get(Participant, number).is_head]

    assert heads == [f"{key}-1" for key in core.delegations]
    assert get(Participant, core.people["krakow-1"]).name == "Łukasz Gałązka"


def test_somebody_of_ghent_gave_up_the_seat_and_the_trace_stays(core: Demo) -> None:
    [trace] = session().scalars(sa.select(Substitution).where(Substitution.event_id == core.event.id))
    left, came = get(Participant, trace.left_id), get(Participant, trace.came_id)
    seat = get(Seat, trace.seat_id)

    assert (left.name, left.state) == ("Pieterjan Claeyssens", ParticipantState.CANCELLED)
    assert (came.name, came.id) == ("Griet Vandermeulen", core.people["ghent-3"])
    assert (seat.participant_id, seat.position, seat.state) == (came.id, 3, "substituted")
    assert trace.at == guests.SWAP.on.astimezone(UTC)


def test_everybody_is_reached_at_example_org(core: Demo) -> None:
    addresses = [get(Participant, number).email for number in core.people.values()]
    addresses += [row.contact_email for row in session().scalars(sa.select(Delegation))]
    addresses += [row.email for row in session().scalars(providers.list_query(core.event))]
    addresses += [user.email for user in session().scalars(sa.select(User)).unique()]

    assert [address for address in addresses if not address.endswith("@example.org")] == []
    assert len({get(Participant, number).email for number in core.people.values()}) == 64
    assert core.event.is_fictional


# --- who is where, who understands what -----------------------------------------------------------------------------


def at(core: Demo, key: str) -> list[Attendance]:
    items = [item for item in programme.items(core.event) if item.id == core.items[key]]
    return core.hooks.collect(hookspecs.attendances, event=core.event, items=items)


def test_one_of_reykjavik_comes_on_wednesday_at_four(core: Demo) -> None:
    late = core.people["reykjavik-4"]

    attending = {
        key: {one.participant_id for one in at(core, key)} for key in ("tue_opening", "wed_lunch", "wed_flash")
    }

    assert set(core.people.values()) - attending["tue_opening"] == {late}
    assert set(core.people.values()) - attending["wed_lunch"] == {late}
    assert attending["wed_flash"] == set(core.people.values())


def test_but_for_the_late_one_everybody_attends_everything(core: Demo) -> None:
    numbers = {key: len(at(core, key)) for key in core.items if not key.startswith("visit")}

    before_four = {key for key in core.items if key.startswith("tue")} | {"wed_design", "wed_break", "wed_mentors"}
    expected = {key: 63 if key in before_four | {"wed_lunch"} else 64 for key in numbers} | {"wed_rehearsal": 0}
    assert numbers == expected


def test_nine_of_sixty_three_cannot_follow_english(core: Demo) -> None:
    there = [get(Participant, one.participant_id) for one in at(core, "tue_input")]

    deaf_to = {code: [one for one in there if code not in one.languages] for code in ("en", "fr")}

    assert (len(there), len(deaf_to["en"]), len(deaf_to["fr"])) == (63, 9, 24)
    assert all("fr" in one.languages for one in deaf_to["en"])


def test_one_wheelchair_user_and_a_few_other_needs_are_sealed_with_consent(core: Demo) -> None:
    access = needs.access_of(core.event.id)
    consents = needs.consents(access, ACCESS)
    keys = {number: key for key, number in core.people.items()}

    assert {keys[number]: said for number, said in access.items()} == {
        key: said for key, (said, _own) in guests.ACCESS.items()
    }
    assert {keys[number]: consent.confirmed for number, consent in consents.items()} == {
        key: own for key, (_said, own) in guests.ACCESS.items()
    }
    assert [keys[number] for number, said in access.items() if said.step_free] == ["tampere-2"]


# --- the programme --------------------------------------------------------------------------------------------------


def test_the_programme_is_that_of_the_three_days(core: Demo) -> None:
    zone = core.event.zone
    keys = {number: key for key, number in core.items.items()}
    written = {
        keys[item.id]: f"{item.starts_at.astimezone(zone):%a %H:%M}–{item.ends_at.astimezone(zone):%H:%M}"
        for item in programme.items(core.event)
    }
    assert written == {
        "tue_buffet": "Tue 12:00–13:45",
        "tue_opening": "Tue 14:00–15:00",
        "tue_input": "Tue 15:00–15:45",
        "tue_break": "Tue 15:45–16:15",
        "tue_pitches": "Tue 16:15–19:00",  # overruns
        "tue_teams": "Tue 19:00–19:20",
        "tue_dinner": "Tue 19:30–22:00",
        "wed_design": "Wed 09:00–10:45",
        "wed_break": "Wed 10:45–11:00",
        "wed_mentors": "Wed 11:00–12:30",
        "wed_lunch": "Wed 12:30–13:15",  # short
        "visit_a": "Wed 13:30–17:00",
        "visit_b": "Wed 13:30–17:00",
        "visit_c": "Wed 13:30–17:00",
        "visit_d": "Wed 13:30–17:00",
        "visit_e": "Wed 13:30–17:00",
        "wed_rehearsal": "Wed 16:30–17:30",
        "wed_break_2": "Wed 17:00–17:30",
        "wed_flash": "Wed 17:30–18:15",
        "wed_dinner": "Wed 20:00–22:30",
        "thu_design": "Thu 09:00–11:15",
        "thu_break": "Thu 11:15–11:30",
        "thu_rehearsal": "Thu 11:30–12:30",
        "thu_lunch": "Thu 12:30–13:45",
        "thu_presentations": "Thu 14:00–16:00",
        "thu_closing": "Thu 16:00–17:00",
        "thu_departures": "Thu 17:00–17:30",
    }


def test_the_pitches_were_first_planned_to_end_at_half_past_five(core: Demo) -> None:
    pitches = programme.item(core.event, core.items["tue_pitches"])

    changed, added = activity.history(pitches)

    assert (changed.verb, added.verb) == ("events:item_changed", "events:item_added")
    assert changed.changes == {"ends_at": ["2025-03-25T16:30:00+00:00", "2025-03-25T19:00:00+01:00"]}


def test_the_visits_have_sixty_nine_seats(core: Demo) -> None:
    visits = {item.title.text("en"): item for item in programme.items(core.event, kinds=[ItemKind.VISIT])}

    assert [(item.capacity, item.floor_languages) for item in visits.values()] == [
        (16, ["fr", "en"]),
        (12, ["fr", "en"]),
        (14, ["en"]),
        (15, ["fr"]),
        (12, ["en"]),
    ]


def test_every_text_was_read_in_both_languages_and_french_keeps_its_spaces(core: Demo) -> None:
    entries = core.hooks.collect(hookspecs.localized_texts, event=core.event)
    halves = [(entry.key, language, entry.text.state(language)) for entry in entries for language in ("fr", "en")]
    french = "\n".join(entry.text.text("fr") or "" for entry in entries)

    assert len(entries) > 40
    assert [half for half in halves if half[2] is not State.REVIEWED] == []
    assert re.findall(r".{12} [;:!?»]|« .{12}|.{12}'", french) == []


# --- what does not fit ----------------------------------------------------------------------------------------------


def test_the_truth_page_finds_the_faults_that_the_core_can_see(core: Demo) -> None:
    found = truth.compute(core.event, core.hooks, reference.NOW)

    late = "Coopérative Déclic (entreprise fictive) – Conception de la méthode et atelier préparatoire"
    assert [(check.rule, check.title, check.why) for check in found.checks] == [
        (
            "providers.invoice_late",
            f"The invoice of {late} has not come",
            "It was expected on 7 March 2025.",
        ),
        ("delegations.incomplete", "3 delegations are not complete", "Brussels, Kraków and Lisbon"),
    ]
    assert [(line.at, line.done) for line in found.deadlines] == [
        (reference.paris("2025-03-18 00:00"), False),  # the printer
        (reference.REGISTRATION_CLOSES, False),
        (reference.TRAVEL_CLOSES, False),
    ]


def test_of_the_quotes_of_each_provider_one_was_declined(core: Demo) -> None:
    rows = session().scalars(providers.list_query(core.event)).all()

    assert len(rows) == 7
    assert [row.name for row in rows if len(row.orders) < 2] == []
    assert Counter(order.state for row in rows for order in row.orders) == {
        OrderState.DECLINED: 7,
        OrderState.CONFIRMED: 5,
        OrderState.SERVICE_DONE: 1,
        OrderState.ORDERED: 1,
        OrderState.SELECTED: 1,
    }
    assert providers.spent(providers.orders(core.event)) == 17_340_00
    assert core.event.budget_net == 38_000_00


# --- the story ------------------------------------------------------------------------------------------------------


def test_the_journal_reads_in_order_of_time_up_to_the_present(core: Demo) -> None:
    query = sa.select(activity.ActivityEntry.at).where(activity.ActivityEntry.event_id == core.event.id)
    moments = list(session().scalars(query.order_by(activity.ActivityEntry.id)))

    assert moments == sorted(moments)
    assert (moments[0], moments[-1] < reference.NOW) == (datetime(2024, 12, 2, 9, 0, tzinfo=UTC), True)


def test_colleagues_have_their_roles(core: Demo) -> None:
    query = sa.select(EventMembership.role).where(EventMembership.event_id == core.event.id)
    assert sorted(session().scalars(query)) == ["catering", "logistics", "owner", "programme", "reader", "welcome"]


def test_the_clock_of_the_site_is_given_back(site: Flask) -> None:
    site.config["TODAY"] = datetime(2024, 6, 1, tzinfo=UTC)

    told.tell(site)

    assert clock.now() == datetime(2024, 6, 1, tzinfo=UTC)


# --- the command ----------------------------------------------------------------------------------------------------


def test_loading_prints_the_address_and_a_link_that_works_once(site: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    told.load(site)

    address, way_in = capsys.readouterr().out.splitlines()
    assert address == "EventHub: http://localhost/"
    link = way_in.removeprefix("Sign in once as organiser@example.org: http://localhost")
    first, second = site.test_client(), site.test_client()
    assert (first.post(link).status_code, second.post(link).status_code) == (302, 410)


def test_loading_when_there_are_events_changes_nothing_but_the_link(
    site: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    told.load(site, if_empty=True)
    before = [count(model) for model in (Event, User, Participant, activity.ActivityEntry)]
    first = capsys.readouterr().out

    told.load(site, if_empty=True)
    second = capsys.readouterr().out
    told.load(site, if_empty=True)
    third = capsys.readouterr().out

    assert [count(model) for model in (Event, User, Participant, activity.ActivityEntry)] == before
    assert len({first, second, third}) == 3


def test_a_site_with_events_of_its_own_gets_no_account_of_the_demonstration(
    site: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction():
        session().add(User(email="real@example.net", fs_uniquifier="x"))
        session().flush()
        owner = session().scalars(sa.select(User)).unique().one()
        others.empty(owner, site.extensions["hub"])

    told.load(site, if_empty=True)

    assert count(User) == 1
    assert "eventhub organiser-link" in capsys.readouterr().out


def test_loading_twice_is_refused_in_words(site: Flask) -> None:
    told.load(site)

    with pytest.raises(click.ClickException, match="climate-democracy-lab"):
        told.load(site)

    assert count(Event) == 4


def test_a_site_whose_clock_runs_is_told_how_to_pin_it(site: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    site.config["TODAY"] = datetime(2026, 6, 1, tzinfo=UTC)

    told.load(site)

    assert "EVENTHUB_TODAY=2025-03-13T09:00:00+01:00" in capsys.readouterr().out


# --- with every plugin ----------------------------------------------------------------------------------------------


def test_every_plugin_tells_its_chapter_in_a_few_seconds(site: Flask) -> None:
    began = time.perf_counter()

    demo = told.tell(site)

    assert time.perf_counter() - began < 15
    assert len(demo.people) == 64
    assert g.get("hook_failures") is None


def test_with_every_plugin_the_faults_of_the_core_are_still_found(demo: ToldWorld) -> None:
    found = truth.compute(demo.event, demo.hooks, reference.NOW)

    assert {"providers.invoice_late", "delegations.incomplete"} <= {check.rule for check in found.checks}
    assert [check.rule for check in found.checks if check.component == "events"] == []
    assert "providers.over_budget" not in {check.rule for check in found.checks}
    assert g.get("hook_failures") is None


def test_a_copy_of_the_reference_event_is_the_test_s_own(demo: ToldWorld, reference: Path) -> None:
    with demo.writing():
        demo.person("tampere-2").function = "Changed here"

    kept = sa.create_engine(f"sqlite:///{reference / 'reference.db'}")
    with kept.connect() as connection:
        changed = connection.execute(sa.select(Participant.id).where(Participant.function == "Changed here")).all()
    kept.dispose()
    assert changed == []
    assert (demo.party("ghent").name, demo.entry("wed_lunch").minutes) == ("Ghent", 45)


# --- events beside it -----------------------------------------------------------------------------------------------


def by_slug(slug: str) -> Event:
    return session().scalars(sa.select(Event).where(Event.slug == slug)).one()


def test_the_empty_event_has_nothing_and_its_truth_page_stands(core: Demo) -> None:
    event = by_slug(others.EMPTY)
    found = truth.compute(event, core.hooks, reference.NOW)

    assert (event.state, programme.items(event), delegations.people(event)) == ("draft", [], [])
    assert (found.checks, found.deadlines) == ((), ())


def test_the_event_in_three_languages_has_a_missing_half_and_two_stale_ones(core: Demo) -> None:
    event = by_slug(others.ALPINE)
    states = Counter((code, item.title.state(code)) for item in programme.items(event) for code in event.languages)
    found = truth.compute(event, core.hooks, reference.NOW)

    assert (event.languages, event.time_zone) == (["fr", "it", "en"], "Europe/Rome")
    assert {key: number for key, number in states.items() if key[1] is not State.REVIEWED} == {
        ("it", State.MISSING): 1,
        ("it", State.STALE): 1,
        ("en", State.STALE): 1,
    }
    assert [(check.rule, check.subject) for check in found.checks] == [
        ("delegations.incomplete", "all"),
        ("events.untranslated", "it"),
        ("events.untranslated", "en"),
    ]


def test_the_cycle_has_three_axes_of_two_workshops_and_a_visit_then_a_seminar(core: Demo) -> None:
    event = by_slug(others.CYCLE)
    kinds = [item.kind for item in programme.items(event)]

    assert kinds == ["workshop", "workshop", "visit"] * 3 + ["plenary", "meal"]
    assert event.languages == ["fr"]
    assert (event.ends_on - event.starts_on).days == 84


def test_a_big_event_is_written_in_seconds_with_its_counters_right(site: Flask) -> None:
    began = time.perf_counter()

    told.load(site, people=5_000)

    assert time.perf_counter() - began < 15
    event = by_slug("assembly-5000")
    rows = session().execute(
        sa.select(Delegation.quota, Delegation.seats_named, sa.func.count(Seat.participant_id.distinct()))
        .join(Delegation.seats)
        .group_by(Delegation.id)
    )
    assert Counter(map(tuple, rows)) == {(50, 50, 50): 100}
    assert len(delegations.people(event)) == 5_000
    assert [item.capacity for item in programme.items(event) if item.room and item.room.capacity < 5_000] == []
    assert (event.state, delegations.unnamed_seats(event)) == ("open", {})


def test_the_last_group_of_a_big_event_takes_what_is_left(site: Flask) -> None:
    event = told.tell_many(site, 120)

    query = sa.select(Delegation.quota).where(Delegation.event_id == event.id).order_by(Delegation.id)
    assert list(session().scalars(query)) == [50, 50, 20]
    head_of_last = (
        session().scalars(sa.select(Participant).where(Participant.email == "personne.101@example.org")).one()
    )
    assert (head_of_last.is_head, head_of_last.delegation.name) == (True, "Groupe 003")
