"""Planning meals: what they may be for, whom they take from whom, and when their figures become final."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from eventhub.api import Refused, activity, cutoff, delegations, events, providers, session
from eventhub.delegations.models import Direction
from eventhub.testing import World
from plugins.catering import contributions, domain, forecast
from plugins.catering.dietary import Need
from plugins.catering.headcount import Headcount
from plugins.catering.models import Meal, Service

PARIS = ZoneInfo("Europe/Paris")


def figures(world: World, meal: Meal) -> Headcount:
    return forecast.of(world.event, [meal], world.hooks).headcount(meal.id)


def test_a_served_meal_belongs_to_one_meal_or_break(world: World, kitchen) -> None:
    with world.writing():
        lunch = world.item("Lunch", "meal", 0, "12:30", "13:30")
        dinner = world.item("Dinner", "meal", 0, "19:30", "22:00")
        plenary = world.item("Plenary", "plenary", 0, "14:00", "15:00")
        visit = world.item("Visit", "visit", 1, "13:30", "17:00")
        for items in ((lunch, dinner), (plenary,), (visit,)):
            with pytest.raises(domain.OneTable):
                kitchen.meal(*items)
        with pytest.raises(domain.NoItem):
            kitchen.meal()
        with pytest.raises(domain.OnlyVisits):
            kitchen.meal(lunch, service=Service.PACKED)
        assert [item.id for item in kitchen.meal(lunch).items] == [lunch.id]


def test_two_meals_cannot_count_the_same_people_twice(world: World, kitchen) -> None:
    with world.writing():
        item = world.item("Lunch", "meal", 0, "12:30", "13:30")
        first = kitchen.meal(item)
        with pytest.raises(domain.ItemTaken):
            kitchen.meal(item)
        domain.set_archived(world.event, first, True, by=world.by)
        second = kitchen.meal(item, service=Service.BUFFET)
        with pytest.raises(domain.ItemTaken):
            domain.set_archived(world.event, first, False, by=world.by)
        domain.set_archived(world.event, second, True, by=world.by)
        domain.set_archived(world.event, first, False, by=world.by)
    assert [meal.id for meal in domain.meals(world.event)] == [first.id]


def test_packed_lunches_replace_a_served_meal_of_their_day_only(world: World, kitchen) -> None:
    with world.writing():
        tuesday = kitchen.lunch(0)
        wednesday = kitchen.lunch(1)
        visit = world.item("Visit", "visit", 1, "13:30", "17:00")
        with pytest.raises(domain.ReplacesNothing):
            kitchen.meal(visit, service=Service.PACKED, replaces_id=tuesday.id)
        with pytest.raises(domain.ReplacesNothing):
            kitchen.meal(visit, service=Service.PACKED, replaces_id=999)
        packed = kitchen.meal(visit, service=Service.PACKED, replaces_id=wednesday.id)
        dinner = world.item("Dinner", "meal", 1, "19:30", "22:00")
        with pytest.raises(domain.ReplacesNothing):
            kitchen.meal(dinner, replaces_id=wednesday.id)
    assert [[pack.id for pack in found] for found in domain.packs_for([wednesday]).values()] == [[packed.id]]


def test_things_of_another_event_are_not_there(world: World, kitchen) -> None:
    with world.writing():
        other = events.copy(
            world.event,
            title={"en": "Other"},
            slug="other",
            starts_on=date(2026, 3, 24),
            by=world.owner,
            hooks=world.hooks,
        )
        caterer = providers.add(other, {"name": "Far", "kinds": ["caterer"], "state": "active"}, by=world.by)
        item = world.item("Lunch", "meal", 0, "12:30", "13:30")
        with pytest.raises(domain.UnknownProvider):
            kitchen.meal(item, provider=caterer)
        mine = kitchen.meal(item)
        with pytest.raises(LookupError):
            domain.meal(other, mine.id)
        with pytest.raises(LookupError):
            domain.check_items(other, Service.SEATED, [item.id])


def test_changing_a_meal_writes_what_changed_and_nothing_when_nothing_did(world: World, kitchen) -> None:
    with world.writing():
        meal = kitchen.lunch(0)
        caterer = kitchen.caterer()
        other = world.item("Dinner", "meal", 0, "19:30", "22:00")
        first = meal.items[0]
        domain.change(world.event, meal, {}, None, by=world.by)
        domain.change(world.event, meal, {"provider_id": caterer.id}, None, by=world.by)
        domain.change(world.event, meal, {}, [other.id], by=world.by)
    assert [(entry.verb, entry.changes) for entry in activity.history(meal)] == [
        ("catering:meal_changed", {"items": [[first.id], [other.id]]}),
        ("catering:meal_changed", {"provider_id": [None, caterer.id]}),
        ("catering:meal_added", None),
    ]
    assert [item.id for item in meal.items] == [other.id]


def test_nothing_changes_in_an_archived_event(world: World, kitchen) -> None:
    with world.writing():
        item = world.item("Lunch", "meal", 0, "12:30", "13:30")
        meal = kitchen.meal(item)
        world.event.archived_at = datetime(2025, 4, 1, tzinfo=PARIS)
        for act in (
            lambda: domain.change(world.event, meal, {"note": "x"}, None, by=world.by),
            lambda: domain.set_archived(world.event, meal, True, by=world.by),
            lambda: kitchen.meal(item),
        ):
            with pytest.raises(events.EventFrozen):
                act()


# --- counting -------------------------------------------------------------------------------------------------------


def test_late_arrivals_packed_lunches_and_unnamed_seats_make_the_headcount(world: World, kitchen, walks) -> None:
    """Hand-made: 5 named guests and 2 named hosts, 2 seats unnamed at 50 %. One guest arrives after lunch."""
    with world.writing():
        world.event.planning_rate = 50
        lunch = kitchen.lunch(1)
        visit = world.item("Walk", "visit", 1, "13:45", "17:00")
        easy = world.item("Easy walk", "visit", 1, "13:45", "17:00")
        packed = kitchen.meal(visit, easy, service=Service.PACKED, replaces_id=lunch.id)
        guests = world.delegation("Guests", people=5, quota=6)
        hosts = world.delegation("Hosts", people=2, quota=3, role="host")
        ana, ben, cyd, dia, eve = world.people(guests)
        fay, _gus = world.people(hosts)
        late = datetime(2025, 3, 26, 16, 0, tzinfo=PARIS)
        arrival = delegations.Travel(Direction.ARRIVAL, "train", at=late)
        delegations.save_travel(world.event, eve, [arrival], by=world.by, hooks=world.hooks)
        kitchen.eats(ana, Need("vegetarian", mild=("gluten",)))
        kitchen.eats(ben, Need("vegan", severe=("tree_nuts",)))
        kitchen.eats(fay, Need("no_pork"), own=False)
        for person in (ben, cyd):
            kitchen.walks.send(person, visit)
        kitchen.walks.send(dia, easy)
    found = forecast.of(world.event, [lunch, packed], world.hooks)
    at_lunch, carried = found.headcount(lunch.id), found.headcount(packed.id)
    assert (at_lunch.present, at_lunch.packed, at_lunch.away) == (3, 3, 1)
    assert (at_lunch.unnamed_seats, at_lunch.unnamed, at_lunch.covers) == (2, 1, 4)
    assert at_lunch.diets == (("", 2), ("vegetarian", 1), ("no_pork", 1))
    assert at_lunch.unconfirmed == 1
    assert (carried.covers, carried.diets) == (3, (("", 2), ("vegan", 1)))
    assert [(line.code, line.severe) for line in carried.allergens] == [("tree_nuts", 1)]


def test_a_packed_lunch_put_away_sends_its_people_back_to_the_table(world: World, kitchen) -> None:
    with world.writing():
        lunch = kitchen.lunch(1)
        visit = world.item("Walk", "visit", 1, "13:45", "17:00")
        packed = kitchen.meal(visit, service=Service.PACKED, replaces_id=lunch.id)
        _delegation, people = kitchen.people(3)
        kitchen.walks.send(people[0], visit)
        assert figures(world, lunch).covers == 2
        domain.set_archived(world.event, packed, True, by=world.by)
        assert figures(world, lunch).covers == 3


def test_a_cancelled_item_feeds_nobody(world: World, kitchen) -> None:
    with world.writing():
        lunch = kitchen.lunch(0)
        kitchen.people(3)
        assert figures(world, lunch).covers == 3
        lunch.items[0].state = "cancelled"
        session().flush()
        assert figures(world, lunch) == Headcount()


# --- cut-offs -------------------------------------------------------------------------------------------------------


def test_served_meals_are_final_eight_working_days_before_and_packed_ones_two(world: World, kitchen) -> None:
    """Tue 25 → Sat 15, Wed 26 → Mon 17, Thu 27 → Tue 18 March 2025; packed for Wed 26 → Mon 24, at the same hour."""
    with world.writing():
        served = kitchen.caterer("Served")
        packer = kitchen.caterer("Packed", cutoff_n=2, cutoff_unit="ouvre")
        lunches = [kitchen.lunch(day, provider=served) for day in range(3)]
        visit = world.item("Walk", "visit", 1, "13:30", "17:00")
        packed = kitchen.meal(visit, service=Service.PACKED, provider=packer)
        loose = kitchen.meal(world.item("Break", "break", 0, "15:45", "16:15"), service=Service.BREAK)
    moments = domain.cutoffs(world.event, [*lunches, packed, loose])
    assert [moments[meal.id] for meal in lunches] == [
        datetime(2025, 3, day, 12, 30, tzinfo=PARIS) for day in (15, 17, 18)
    ]
    assert moments[packed.id] == datetime(2025, 3, 24, 13, 30, tzinfo=PARIS)
    assert loose.id not in moments


def test_a_meals_own_cutoff_stands_before_its_caterers(world: World, kitchen) -> None:
    with world.writing():
        own = {"cutoff_n": 1, "cutoff_unit": "calendaire", "max_increase": 10, "max_decrease": 5, "in_percent": True}
        meal = kitchen.lunch(0, provider=kitchen.caterer(), **own)
    assert domain.policy(meal) == cutoff.CutoffPolicy(
        1, cutoff.DayUnit.CALENDAIRE, None, 5, 10, decrease_is_percent=True, increase_is_percent=True
    )
    assert domain.cutoffs(world.event, [meal])[meal.id] == datetime(2025, 3, 24, 12, 30, tzinfo=PARIS)


def test_deadlines_say_how_the_days_are_counted_and_group_what_falls_together(world: World, kitchen) -> None:
    with world.writing():
        noon = kitchen.caterer("Noon", cutoff_hour=time(12))
        kitchen.lunch(0, provider=noon)
        kitchen.meal(world.item("Dinner", "meal", 0, "19:30", "22:00"), provider=noon)
        kitchen.lunch(1, provider=noon)
    lines = list(contributions.deadlines(world.event))
    assert [(line.at, line.title, line.note, line.done) for line in lines] == [
        (
            datetime(2025, 3, 15, 12, tzinfo=PARIS),
            "Figures are final: Lunch and Dinner",
            "8 working days before, Mon–Sat",
            False,
        ),
        (
            datetime(2025, 3, 17, 12, tzinfo=PARIS),
            "Figures are final: Lunch",
            "8 working days before, Mon–Sat",
            False,
        ),
    ]


# --- the truth page -------------------------------------------------------------------------------------------------


def test_each_gap_is_found_once_and_links_to_where_it_is_mended(world: World, kitchen) -> None:
    with world.writing():
        world.item("Forgotten dinner", "meal", 0, "19:30", "22:00")
        bare = kitchen.lunch(0)
        vague = kitchen.lunch(1, provider=kitchen.caterer("Vague", cutoff_n=None, cutoff_unit=""))
        gone = kitchen.lunch(2, provider=kitchen.caterer("Sure"))
        gone.items[0].state = "cancelled"
        visit = world.item("Walk", "visit", 1, "13:45", "17:00")
        _delegation, people = kitchen.people(3)
        kitchen.walks.send(people[0], visit)
        kitchen.eats(people[1], Need("vegan"), own=False)
    found = {check.rule: check for check in contributions.checks(world.event)}
    assert {rule: check.subject for rule, check in found.items()} == {
        "catering.no_provider": str(bare.id),
        "catering.no_cutoff": str(vague.id),
        "catering.meal_not_in_programme": str(gone.id),
        "catering.nobody_caters": "all",
        "catering.packed_without_meal": "all",
        "catering.unconfirmed": "all",
    }
    assert found["catering.unconfirmed"].title == "1 person has not confirmed their dietary needs"
    assert found["catering.packed_without_meal"].title == "1 person carries a packed lunch that nobody makes"
    client = world.client(world.owner)
    assert {check.rule: client.get(check.url).status_code for check in found.values()} == dict.fromkeys(found, 200)


def test_the_next_meal_is_on_the_dashboard(world: World, kitchen) -> None:
    with world.writing():
        kitchen.lunch(1)
        kitchen.lunch(0)
        kitchen.people(4)
    (card,) = contributions.cards(world.event)
    assert (card.value, card.note) == ("4", "Lunch – Tuesday 25 March, 12:30")


def test_an_event_without_meals_has_nothing_to_say(world: World) -> None:
    assert list(contributions.cards(world.event)) == []
    assert list(contributions.checks(world.event)) == []
    assert list(contributions.deadlines(world.event)) == []


def test_a_caterers_page_shows_its_meals_with_figures_and_nobody(world: World, kitchen) -> None:
    with world.writing():
        caterer = kitchen.caterer()
        meal = kitchen.lunch(0, provider=caterer)
        kitchen.lunch(1)
        _delegation, people = kitchen.people(2)
        kitchen.eats(people[0], Need("vegan"))
    (panel,) = contributions.provider_panels(world.event, caterer)
    (line,) = panel.values["lines"]
    assert (line.meal.id, line.headcount.covers, line.headcount.diet("vegan"), line.frozen) == (meal.id, 2, 1, False)
    assert list(contributions.provider_panels(world.event, world_provider_without_meals(world))) == []


def world_provider_without_meals(world: World):
    with world.writing():
        return world.provider("Coaches", ("coach",))


# --- copying --------------------------------------------------------------------------------------------------------


def test_copying_an_event_copies_its_meals_without_needs_or_figures(world: World, kitchen) -> None:
    with world.writing():
        caterer = kitchen.caterer()
        lunch = kitchen.lunch(1, provider=caterer, note="In the courtyard")
        visit = world.item("Walk", "visit", 1, "13:45", "17:00")
        kitchen.meal(visit, service=Service.PACKED, replaces_id=lunch.id, cutoff_n=2, cutoff_unit="ouvre")
        _delegation, people = kitchen.people(2)
        kitchen.eats(people[0], Need("vegan"))
        copied = events.copy(
            world.event,
            title={"en": "Next year"},
            slug="next",
            starts_on=world.event.starts_on + timedelta(days=364),
            by=world.owner,
            hooks=world.hooks,
        )
    served, packed = domain.meals(copied)
    assert (served.provider.name, served.provider.event_id, served.note) == (
        caterer.name,
        copied.id,
        "In the courtyard",
    )
    assert (packed.replaces_id, packed.cutoff_n, packed.cutoff_unit) == (served.id, 2, "ouvre")
    assert [item.event_id for meal in (served, packed) for item in meal.items] == [copied.id, copied.id]
    assert forecast.roster(copied).needs == {}


def test_a_refusal_says_what_to_do(world: World) -> None:
    refusals = [value for value in vars(domain).values() if isinstance(value, type) and issubclass(value, Refused)]
    assert all(str(refusal.message).endswith(".") for refusal in refusals if refusal is not Refused)
