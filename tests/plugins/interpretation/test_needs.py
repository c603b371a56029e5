"""Needs of programme items and the settings that check their teams."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from eventhub.api import ProgrammeItem, Refused, Severity, activity, programme, session
from eventhub.events import domain as events
from eventhub.events import truth
from eventhub.testing import World
from plugins.interpretation import booking, domain, interpreters, situation
from plugins.interpretation.models import Need, NeedState, Settings
from plugins.interpretation.rules import Mode

FR_EN = {"from_language": "fr", "to_language": "en", "mode": Mode.SIMULTANEOUS, "booth": "FR/EN"}


def listed(world: World, item: ProgrammeItem) -> list[tuple[str, str, str, str]]:
    found = domain.needs_by_item(world.event).get(item.id, ())
    return [(need.from_language, need.to_language, need.booth, need.state) for need in found]


def test_a_need_both_ways_is_two_needs_in_one_booth(world: World) -> None:
    with world.writing():
        item = world.item(floor_languages=["fr", "en"])
        domain.add_needs(world.event, item, FR_EN, both_ways=True, by=world.by)

    assert listed(world, item) == [("fr", "en", "FR/EN", "to_cover"), ("en", "fr", "FR/EN", "to_cover")]


def test_a_pair_is_asked_for_once(world: World) -> None:
    with world.writing():
        item = world.item()
        domain.add_needs(world.event, item, FR_EN, by=world.by)

    with pytest.raises(domain.NeedThere), world.writing():
        domain.add_needs(world.event, item, FR_EN, by=world.by)


def test_going_back_keeps_the_need_that_is_there(world: World) -> None:
    with world.writing():
        item = world.item()
        domain.add_needs(world.event, item, {**FR_EN, "booth": "A"}, by=world.by)
        back = {**FR_EN, "from_language": "en", "to_language": "fr", "booth": "B"}
        domain.add_needs(world.event, item, back, both_ways=True, by=world.by)

    assert listed(world, item) == [("fr", "en", "A", "to_cover"), ("en", "fr", "B", "to_cover")]


def test_an_archived_need_comes_back_with_the_new_facts(world: World) -> None:
    with world.writing():
        item = world.item()
        [need] = domain.add_needs(world.event, item, FR_EN, by=world.by)
        domain.set_need_archived(world.event, need, True, by=world.by)
    assert listed(world, item) == []

    with world.writing():
        [again] = domain.add_needs(world.event, item, {**FR_EN, "booth": "B"}, by=world.by)

    assert (again.id, listed(world, item)) == (need.id, [("fr", "en", "B", "to_cover")])


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"to_language": "fr"}, domain.SameLanguage),
        ({"state": NeedState.WAIVED}, domain.WaiverWithoutReason),
        ({"from_language": "en", "to_language": "fr"}, domain.NeedThere),
    ],
)
def test_a_need_that_makes_no_sense_is_refused(world: World, changes: dict[str, str], refusal: type[Refused]) -> None:
    with world.writing():
        item = world.item()
        [need, _back] = domain.add_needs(world.event, item, FR_EN, both_ways=True, by=world.by)

    with pytest.raises(refusal), world.writing():
        domain.change_need(world.event, domain.need_for_change(world.event, need.id), changes, by=world.by)

    assert listed(world, item) == [("fr", "en", "FR/EN", "to_cover"), ("en", "fr", "FR/EN", "to_cover")]


def test_waiving_a_need_settles_it_and_leaves_a_trace(world: World) -> None:
    with world.writing():
        world.delegation(people=2)  # they understand English
        item = world.item(floor_languages=["fr"])
        [need] = domain.add_needs(world.event, item, FR_EN, by=world.by)
    [line] = situation.of(world.event, world.hooks).lines
    assert (line.state_of(need), line.following.unable, line.following.left) == (NeedState.TO_COVER, 2, 0)

    with world.writing():
        stored = domain.need_for_change(world.event, need.id)
        changes = {"state": NeedState.WAIVED, "reason": "A colleague sits with them."}
        domain.change_need(world.event, stored, changes, by=world.by)

    [line] = situation.of(world.event, world.hooks).lines
    assert (line.state_of(need), line.following.left, line.asked, line.violations) == (NeedState.WAIVED, 0, (), ())
    [changed, _added] = activity.history(need)
    assert changed.changes == {"state": ["to_cover", "waived"], "reason": ["", "A colleague sits with them."]}


def test_the_team_follows_where_its_booth_gets_another_name(world: World) -> None:
    with world.writing():
        item = world.item(floor_languages=["fr"])
        [need] = domain.add_needs(world.event, item, FR_EN, by=world.by)
        facts = {"name": "Amina", "provider_id": None, "a_languages": ["fr"], "b_languages": ["en"]}
        person = interpreters.add(world.event, facts, by=world.by)
        [booked] = booking.book(world.event, person, booking.Wanted([item.id]), by=world.by)
    assert booked.booth == "FR/EN"

    with world.writing():
        stored = domain.need_for_change(world.event, need.id)
        domain.change_need(world.event, stored, {"booth": "Cabine 1"}, by=world.by)

    assert booking.assignment(world.event, booked.id).booth == "Cabine 1"


def test_the_next_need_in_a_room_is_offered_its_booth(world: World) -> None:
    with world.writing():
        venue = events.add_venue(world.event, {"name": "Hall"}, by=world.by)
        session().flush()
        first, second = (
            events.add_room(world.event, venue.id, {"name": name, "booths": 1}, by=world.by) for name in ("A", "B")
        )
        here, beside, elsewhere = (world.item(room_id=room.id, day=n) for n, room in enumerate((first, first, second)))
        domain.add_needs(world.event, here, {**FR_EN, "booth": "FR/EN"}, by=world.by)

    offered = [domain.usual_booth(world.event, item) for item in (beside, elsewhere)]
    assert offered == ["FR/EN", "FR/EN 2"]


def test_more_booths_than_the_room_takes_are_told(world: World) -> None:
    with world.writing():
        venue = events.add_venue(world.event, {"name": "Hall"}, by=world.by)
        session().flush()
        room = events.add_room(world.event, venue.id, {"name": "Salon", "booths": 1}, by=world.by)
        item = world.item(room_id=room.id, floor_languages=["fr"])
        domain.add_needs(world.event, item, {**FR_EN, "booth": "EN"}, by=world.by)
        domain.add_needs(world.event, item, {**FR_EN, "to_language": "de", "booth": "DE"}, by=world.by)

    found = truth.compute(world.event, world.hooks, item.starts_at).checks

    assert [(check.title, check.severity) for check in found if check.rule == "interpretation.no_booth"] == [
        ("“Plenary” needs 2 booths; Salon takes 1", Severity.AT_RISK)
    ]


# --- settings -------------------------------------------------------------------------------------------------------


def test_a_new_event_is_checked_by_the_strictest_profile(world: World) -> None:
    found = domain.settings(world.event)

    assert (found.profile, found.reserve_percent, found.first_pack_days, found.final_pack_days) == (
        "strictest",
        10,
        14,
        5,
    )
    assert session().scalar(sa.select(sa.func.count()).select_from(Settings)) == 0  # reading writes nothing


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"profile": "apic"}, domain.ProfileWithoutReason),
        ({"profile": "made_up", "reason": "Because."}, domain.UnknownProfile),
        ({"first_pack_days": 5}, domain.PacksOutOfOrder),
    ],
)
def test_settings_that_cannot_hold_are_refused(
    world: World, changes: dict[str, object], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal), world.writing():
        domain.change_settings(world.event, domain.settings_for_change(world.event), changes, by=world.by)

    assert domain.settings(world.event).profile == "strictest"


def test_a_pack_can_be_marked_and_unmarked(world: World) -> None:
    with world.writing():
        domain.mark_pack(world.event, domain.Pack.FIRST, True, by=world.by)
    assert domain.settings(world.event).first_pack_sent_at is not None

    with world.writing():
        domain.mark_pack(world.event, domain.Pack.FIRST, False, by=world.by)
    assert domain.settings(world.event).first_pack_sent_at is None


def test_there_is_no_pack_to_send_where_nobody_is_interpreted(world: World) -> None:
    def due() -> int:
        lines = truth.compute(world.event, world.hooks, world.event.created_at).deadlines
        return sum(line.component == "interpretation" for line in lines)

    assert due() == 0
    with world.writing():
        domain.add_needs(world.event, world.item(), FR_EN, by=world.by)
    assert due() == 2


# --- copying --------------------------------------------------------------------------------------------------------


def test_a_copy_has_the_needs_and_settings_but_nobody_booked(world: World) -> None:
    with world.writing():
        item = world.item(floor_languages=["fr"])
        domain.add_needs(world.event, item, {**FR_EN, "listeners": 12}, by=world.by)
        stored = domain.settings_for_change(world.event)
        domain.change_settings(world.event, stored, {"profile": "aice", "reason": "Agreed."}, by=world.by)
        domain.mark_pack(world.event, domain.Pack.FIRST, True, by=world.by)
        facts = {"name": "Amina", "provider_id": None, "a_languages": ["en"], "c_languages": ["fr"]}
        person = interpreters.add(world.event, facts, by=world.by)
        booking.book(world.event, person, booking.Wanted([item.id]), by=world.by)

    with world.writing():
        target = events.copy(
            world.event,
            title={"en": "Next year"},
            slug="next",
            starts_on=world.event.starts_on.replace(year=2026),
            by=world.owner,
            hooks=world.hooks,
        )

    [copied] = programme.items(target)
    found = list(session().scalars(sa.select(Need).where(Need.event_id == target.id)))
    assert [(need.item_id, need.from_language, need.to_language, need.listeners) for need in found] == [
        (copied.id, "fr", "en", 12)
    ]
    settings = domain.settings(target)
    assert (settings.profile, settings.reason, settings.first_pack_sent_at) == ("aice", "Agreed.", None)
    assert booking.live(target) == []
