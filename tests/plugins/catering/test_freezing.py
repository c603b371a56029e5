"""Final figures: frozen by hand or at the cut-off, signed, never changed; what a later change means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from eventhub.api import Refused, activity, cutoff, jobs, session, transaction
from eventhub.testing import World, csrf_of
from plugins.catering import contributions, dietary, domain, forecast, freezing
from plugins.catering.dietary import Need
from plugins.catering.freezing import Verdict
from plugins.catering.headcount import Headcount
from plugins.catering.jobs import freeze_due
from plugins.catering.models import Meal, Service, Snapshot, SnapshotChanged

KEY = "a site's secret"


def figures(world: World, meal: Meal) -> Headcount:
    return forecast.of(world.event, [meal], world.hooks).headcount(meal.id)


def freeze(world: World, meal: Meal) -> Snapshot:
    return freezing.freeze(world.event, meal, figures(world, meal), missing=(), by=world.by, key=KEY)


def verdict(world: World, meal: Meal) -> Verdict | None:
    delta = freezing.delta(meal.snapshots, figures(world, meal))
    return delta.verdict if delta else None


def test_frozen_figures_are_signed_and_say_by_whom_and_when(world: World, kitchen) -> None:
    with world.writing():
        meal = kitchen.lunch(0, provider=kitchen.caterer())
        _delegation, people = kitchen.people(4)
        kitchen.eats(people[0], Need("vegan"))
        told = freeze(world, meal)
    session().expire_all()
    (told,) = domain.meal(world.event, meal.id).snapshots
    assert (told.taken_at, told.taken_by_kind, told.taken_by_id) == (
        datetime(2025, 3, 13, 8, tzinfo=UTC),
        "user",
        world.owner.id,
    )
    assert told.cutoff_at == datetime(2025, 3, 15, 11, 30, tzinfo=UTC)
    assert told.counts["diets"] == [["", 3], ["vegan", 1]]
    assert told.counts["policy"] == {
        "n": 8,
        "unit": "ouvrable",
        "hour": None,
        "max_decrease": 2,
        "max_increase": 3,
        "in_percent": False,
        "minimum_invoiced": 0,
    }
    assert freezing.genuine(told, KEY)
    assert not freezing.genuine(told, "another key")
    assert activity.history(meal)[0].changes == {"covers": [None, 4]}


@pytest.mark.parametrize(
    "column, value",
    [
        ("counts", {"covers": 1}),
        ("note", "free champagne"),
        ("taken_by_id", 99),
        ("taken_at", datetime(2024, 1, 1, tzinfo=UTC)),
        ("meal_id", 2),
    ],
)
def test_whoever_touches_a_snapshot_breaks_its_signature(world: World, kitchen, column: str, value: object) -> None:
    with world.writing():
        told = freeze(world, kitchen.lunch(0))
        kitchen.lunch(1)
    with world.writing():
        session().execute(sa.update(Snapshot).where(Snapshot.id == told.id).values({column: value}))
    session().expire_all()
    assert not freezing.genuine(session().get_one(Snapshot, told.id), KEY)


def test_our_own_code_cannot_change_a_snapshot(world: World, kitchen) -> None:
    with world.writing():
        told = freeze(world, kitchen.lunch(0))
    with pytest.raises(SnapshotChanged), world.writing():
        told = session().get_one(Snapshot, told.id)
        told.counts = {"covers": 1}


def test_an_amendment_is_another_row_with_what_was_agreed(world: World, kitchen) -> None:
    with world.writing():
        meal = kitchen.lunch(0, provider=kitchen.caterer())
        kitchen.people(4)
        first = freeze(world, meal)
        kitchen.people(1)
        with pytest.raises(freezing.AlreadyFrozen):
            freeze(world, meal)
        arguments = {"missing": (), "by": world.by, "key": KEY}
        with pytest.raises(freezing.ReasonMissing):
            freezing.amend(world.event, meal, figures(world, meal), "  ", **arguments)
        second = freezing.amend(world.event, meal, figures(world, meal), "one more accepted", **arguments)
    assert [(row.id, row.first_id, row.counts["covers"], row.note) for row in meal.snapshots] == [
        (first.id, None, 4, ""),
        (second.id, first.id, 5, "one more accepted"),
    ]
    assert [entry.verb for entry in activity.history(meal)] == [
        "catering:amended",
        "catering:frozen",
        "catering:meal_added",
    ]


def test_nothing_is_frozen_that_does_not_take_place(world: World, kitchen) -> None:
    with world.writing():
        put_away = kitchen.lunch(0)
        domain.set_archived(world.event, put_away, True, by=world.by)
        cancelled = kitchen.lunch(1)
        cancelled.items[0].state = "cancelled"
        for meal in (put_away, cancelled):
            with pytest.raises(freezing.MealArchived):
                freeze(world, meal)


def test_figures_with_somebodys_part_missing_are_not_frozen(world: World, kitchen, walks) -> None:
    with world.writing():
        meal = kitchen.lunch(0)
        with pytest.raises(freezing.CountIncomplete) as refused:
            freezing.freeze(
                world.event, meal, figures(world, meal), missing={"walks": "attendances"}, by=world.by, key=KEY
            )
    assert "“walks” failed" in str(refused.value)
    walks[0].broken = True
    client = world.client(world.owner)
    page = client.get(world.url(f"catering/meals/{meal.id}/freeze")).text
    answer = client.post(
        world.url(f"catering/meals/{meal.id}/freeze"), data={"csrf_token": csrf_of(page), "seen": seen_of(page)}
    )
    assert answer.status_code == 422
    assert "Part of the headcount is missing" in answer.text
    session().rollback()
    assert domain.meal(world.event, meal.id).snapshots == []


# --- what a change means --------------------------------------------------------------------------------------------


def test_the_tolerance_counts_from_the_first_figures_whatever_was_amended(world: World, kitchen) -> None:
    """10 frozen, +3 / −2: 13 is within, 14 above; amended to 12, it still ends at 13 and not at 15."""
    with world.writing():
        meal = kitchen.lunch(0, provider=kitchen.caterer())
        kitchen.people(10)
        freeze(world, meal)
        assert verdict(world, meal) is Verdict.SAME
        kitchen.people(3)
        assert verdict(world, meal) is Verdict.WITHIN
        freezing.amend(world.event, meal, figures(world, meal), "three more", missing=(), by=world.by, key=KEY)
        assert verdict(world, meal) is Verdict.SAME
        kitchen.people(1)
        assert verdict(world, meal) is Verdict.ABOVE
    assert [(check.rule, check.title) for check in contributions.checks(world.event)] == [
        ("catering.beyond_tolerance", "“Lunch”: 14 covers now, 13 told to the caterer")
    ]


def headcount(covers: int, vegan: int = 0) -> Headcount:
    diets = ((("", covers - vegan),) if covers > vegan else ()) + ((("vegan", vegan),) if vegan else ())
    return Headcount(present=covers, diets=diets)


def told(*headcounts: Headcount, rule: cutoff.CutoffPolicy | None = None) -> list[Snapshot]:
    policy = freezing.policy_to_json(rule) if rule else None
    return [Snapshot(counts={**figure.to_json(), "policy": policy}) for figure in headcounts]


RULE = cutoff.CutoffPolicy(8, cutoff.DayUnit.OUVRABLE, None, 2, 3)


@pytest.mark.parametrize(
    "before, now, found, invoiced",
    [
        (headcount(64), headcount(64), Verdict.SAME, 64),
        (headcount(64), headcount(64, vegan=1), Verdict.PLATES, 64),
        (headcount(64), headcount(67), Verdict.WITHIN, 67),
        (headcount(64), headcount(68), Verdict.ABOVE, 68),
        (headcount(64), headcount(62), Verdict.WITHIN, 62),
        (headcount(64), headcount(61), Verdict.BELOW, 62),
        (headcount(64), headcount(0), Verdict.BELOW, 62),
    ],
)
def test_each_difference_has_its_verdict_and_its_invoice(
    before: Headcount, now: Headcount, found: Verdict, invoiced: int
) -> None:
    delta = freezing.delta(told(before, rule=RULE), now)
    assert delta is not None
    assert (delta.verdict, delta.invoiced, delta.change) == (found, invoiced, now.covers - before.covers)


def test_without_terms_nothing_is_promised() -> None:
    delta = freezing.delta(told(headcount(10)), headcount(11))
    assert delta is not None
    assert (delta.verdict, delta.tolerance, delta.invoiced) == (Verdict.NO_TERMS, None, None)
    assert freezing.delta([], headcount(11)) is None


def test_the_difference_names_each_diet_that_moved() -> None:
    delta = freezing.delta(told(headcount(10, vegan=2), rule=RULE), headcount(11, vegan=4))
    assert delta is not None
    assert delta.diets == (("", 8, 7), ("vegan", 2, 4))


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_the_caterer_never_invoices_less_than_is_eaten(first: int, amended: int, now: int) -> None:
    delta = freezing.delta(told(headcount(first), headcount(amended), rule=RULE), headcount(now))
    assert delta is not None
    assert delta.invoiced is not None
    assert delta.invoiced >= now
    assert delta.beyond == (now != amended and not first - 2 <= now <= first + 3)


# --- by hand --------------------------------------------------------------------------------------------------------


def seen_of(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_a_person_freezes_what_they_have_seen_and_amends_it_later(world: World, kitchen) -> None:
    with world.writing():
        meal = kitchen.lunch(0, provider=kitchen.caterer())
        kitchen.people(4)
    client, url = world.client(world.owner), world.url(f"catering/meals/{meal.id}/freeze")
    page = client.get(url).text
    assert "Freeze 4 covers" in page
    answer = client.post(url, data={"csrf_token": csrf_of(page), "seen": seen_of(page)})
    assert answer.headers["Location"] == world.url(f"catering/meals/{meal.id}")
    assert "The caterer has the right figures." in client.get(answer.headers["Location"]).text
    session().rollback()
    with world.writing():
        kitchen.people(1)
    page = client.get(url).text
    unexplained = client.post(url, data={"csrf_token": csrf_of(page), "seen": seen_of(page), "note": ""})
    assert unexplained.status_code == 422
    amended = client.post(url, data={"csrf_token": csrf_of(page), "seen": seen_of(page), "note": "agreed by phone"})
    assert amended.status_code == 302
    shown = client.get(amended.headers["Location"]).text
    assert "agreed by phone" in shown
    assert shown.count("Genuine") == 2


def test_figures_that_moved_meanwhile_are_shown_again(world: World, kitchen) -> None:
    with world.writing():
        meal = kitchen.lunch(0)
        kitchen.people(4)
    client, url = world.client(world.owner), world.url(f"catering/meals/{meal.id}/freeze")
    page = client.get(url).text
    with world.writing():
        kitchen.people(1)
    answer = client.post(url, data={"csrf_token": csrf_of(page), "seen": seen_of(page)})
    assert answer.status_code == 422
    assert "The headcount has changed since you opened this page" in answer.text
    assert "Freeze 5 covers" in answer.text
    again = client.post(url, data={"csrf_token": csrf_of(answer.text), "seen": seen_of(answer.text)})
    assert again.status_code == 302


# --- at the cut-off -------------------------------------------------------------------------------------------------


def at(app: Flask, moment: datetime) -> None:
    app.config["TODAY"] = moment


def test_the_worker_freezes_at_the_cutoff_once_and_as_the_site_itself(app: Flask, world: World, kitchen) -> None:
    with world.writing():
        caterer = kitchen.caterer()
        tuesday, wednesday = kitchen.lunch(0, provider=caterer), kitchen.lunch(1, provider=caterer)
        kitchen.lunch(2)  # no caterer, no cut-off
        kitchen.people(4)
    cutoff_of_tuesday = domain.cutoffs(world.event, [tuesday])[tuesday.id]
    at(app, cutoff_of_tuesday - timedelta(seconds=1))
    freeze_due()
    assert session().scalars(sa.select(Snapshot)).all() == []
    at(app, cutoff_of_tuesday)
    jobs.sweep()
    jobs.sweep()
    (row,) = session().scalars(sa.select(Snapshot))
    assert (row.meal_id, row.taken_by_kind, row.taken_by_id, row.counts["covers"]) == (tuesday.id, "system", None, 4)
    assert freezing.genuine(row, app.config["SECRET_KEY"])
    at(app, domain.cutoffs(world.event, [wednesday])[wednesday.id] + timedelta(hours=3))
    freeze_due()
    assert [row.meal_id for row in session().scalars(sa.select(Snapshot))] == [tuesday.id, wednesday.id]
    assert [line.done for line in contributions.deadlines(world.event)] == [True, True]


def test_the_worker_leaves_what_was_frozen_by_hand_and_what_is_already_eaten(app: Flask, world: World, kitchen) -> None:
    with world.writing():
        caterer = kitchen.caterer()
        by_hand, eaten = kitchen.lunch(1, provider=caterer), kitchen.lunch(0, provider=caterer)
        told = freeze(world, by_hand)
    at(app, eaten.ends_at)
    freeze_due()
    assert [row.id for row in session().scalars(sa.select(Snapshot))] == [told.id]


def test_the_worker_waits_while_somebodys_part_is_missing(app: Flask, world: World, kitchen, walks) -> None:
    with world.writing():
        meal = kitchen.lunch(0, provider=kitchen.caterer())
    at(app, domain.cutoffs(world.event, [meal])[meal.id])
    walks[0].broken = True
    freeze_due()
    assert session().scalars(sa.select(Snapshot)).all() == []
    walks[0].broken = False
    freeze_due()
    assert len(session().scalars(sa.select(Snapshot)).all()) == 1


def test_the_worker_leaves_events_alone_on_which_catering_is_switched_off(app: Flask, world: World, kitchen) -> None:
    from eventhub.api import events

    with world.writing():
        meal = kitchen.lunch(0, provider=kitchen.caterer())
        events.switch_plugin(world.event, "catering", False, by=world.by)
    at(app, domain.cutoffs(world.event, [meal])[meal.id])
    freeze_due()
    assert session().scalars(sa.select(Snapshot)).all() == []


def test_two_first_figures_of_one_meal_are_impossible(world: World, kitchen) -> None:
    with world.writing():
        meal = kitchen.lunch(0)
        freeze(world, meal)
    with pytest.raises(sa.exc.IntegrityError), world.writing():
        session().add(
            Snapshot(
                event_id=world.event.id,
                meal_id=meal.id,
                taken_at=datetime.now(UTC),
                taken_by_kind="system",
                counts={},
                signature="",
            )
        )
        session().flush()


def test_packed_lunches_freeze_on_their_own_terms(app: Flask, world: World, kitchen) -> None:
    with world.writing():
        lunch = kitchen.lunch(1, provider=kitchen.caterer("Served"))
        visit = world.item("Walk", "visit", 1, "13:45", "17:00")
        packer = kitchen.caterer("Packed", cutoff_n=2, cutoff_unit="ouvre")
        packed = kitchen.meal(visit, service=Service.PACKED, provider=packer, replaces_id=lunch.id)
        _delegation, people = kitchen.people(5)
        kitchen.walks.send(people[0], visit)
    at(app, datetime(2025, 3, 24, 12, 45, tzinfo=UTC))  # 13:45 in Paris, two working days before the walk begins
    freeze_due()
    rows = {row.meal_id: row.counts["covers"] for row in session().scalars(sa.select(Snapshot))}
    assert rows == {lunch.id: 4, packed.id: 1}


# --- erasure --------------------------------------------------------------------------------------------------------


def test_erasing_a_person_leaves_the_figures_that_were_told(world: World, kitchen) -> None:
    with world.writing():
        meal = kitchen.lunch(0, provider=kitchen.caterer())
        _delegation, people = kitchen.people(3)
        kitchen.eats(people[0], Need("vegan", severe=("sesame",)))
        freeze(world, meal)
    with transaction():
        dietary.erase([people[0].id])
    row = domain.meal(world.event, meal.id).snapshots[0]
    assert (row.counts["diets"], row.counts["allergens"]) == ([["", 2], ["vegan", 1]], [["sesame", 1, 1]])
    assert freezing.genuine(row, KEY)
    assert figures(world, meal).diets == (("", 3),)


def test_every_refusal_is_a_sentence() -> None:
    refusals = [value for value in vars(freezing).values() if isinstance(value, type) and issubclass(value, Refused)]
    assert all(str(refusal.message).endswith(".") for refusal in refusals if refusal is not Refused)
