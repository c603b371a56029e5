"""The staffing rules against tables copied from their sources, and against the reference event's programme."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eventhub.api import Severity
from plugins.interpretation.equipment import booth_for_two_fits, consecutive_length, headsets, tour_guide_sets
from plugins.interpretation.profiles import NO_PAIR, PAIR_NOT_HELD, PROFILES, TWO_PLACES
from plugins.interpretation.rules import Mode, Rule
from plugins.interpretation.sessions import (
    Block,
    Commitment,
    InterpreterProfile,
    Pair,
    Session,
    blocks,
    both_ways,
    minutes_between,
)
from plugins.interpretation.staffing import (
    DoubleBooking,
    Violation,
    cancellation,
    check_block,
    check_day,
    check_meeting,
    check_pairs,
    check_staffing,
    double_bookings,
    required_team,
)

PARIS = ZoneInfo("Europe/Paris")
STRICTEST, CANADA, ART6, APIC, AICE = (
    PROFILES[name] for name in ("strictest", "aiic_canada", "aiic_art6", "apic", "aice")
)
RULES: dict[str, Rule] = {rule.id: rule for rule in (*STRICTEST.rules, TWO_PLACES, PAIR_NOT_HELD, NO_PAIR)}
FRENCH_ENGLISH = both_ways("fr", "en")
TUESDAY, WEDNESDAY = date(2025, 3, 25), date(2025, 3, 26)

AMINA, BRUNO, CHLOE, DAVID = 1, 2, 3, 4
INTERPRETERS = {
    AMINA: InterpreterProfile(AMINA, a=frozenset({"fr"}), b=frozenset({"en"})),
    BRUNO: InterpreterProfile(BRUNO, a=frozenset({"en"}), b=frozenset({"fr"})),
    CHLOE: InterpreterProfile(CHLOE, a=frozenset({"fr", "en"})),
    DAVID: InterpreterProfile(DAVID, a=frozenset({"de"}), c=frozenset({"en"})),
}


def at(clock: str, day: date = TUESDAY) -> datetime:
    """The moment of a day in Grenoble; "14:00" is read on the clock of the wall."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=PARIS)


def session(
    start: str = "14:00",
    end: str = "15:00",
    *,
    item: int = 1,
    day: date = TUESDAY,
    mode: Mode = Mode.SIMULTANEOUS,
    pairs: frozenset[Pair] = FRENCH_ENGLISH,
    booth: str | None = "booth 1",
    team: tuple[int, ...] = (AMINA, BRUNO),
    listeners: int = 20,
    heavy: bool = False,
    place: str = "",
) -> Session:
    if mode not in {Mode.SIMULTANEOUS, Mode.REMOTE}:
        booth = None
    return Session(item, at(start, day), at(end, day), mode, pairs, booth, listeners, team, heavy, place)


def lasting(minutes: int, mode: Mode = Mode.SIMULTANEOUS, *, pairs: frozenset[Pair] = FRENCH_ENGLISH) -> Session:
    """A session of a length in a booth that has no name yet."""
    start = at("08:00")
    return Session(1, start, start + timedelta(minutes=minutes), mode, pairs)


def busy(
    who: int, start: str, end: str, *, label: str = "", place: str = "", contract: str | None = None
) -> Commitment:
    return Commitment(who, at(start), at(end), label, place, contract=contract)


def found(violations: tuple[Violation, ...]) -> list[tuple[str, dict[str, int | str]]]:
    """The rules that do not hold, with their numbers."""
    return [(violation.rule_id, dict(violation.parameters)) for violation in violations]


# How many interpreters: the tables of the sources


@pytest.mark.parametrize(
    "minutes, count, rule",
    [
        (1, 1, "two_languages_40_min"),
        (40, 1, "two_languages_40_min"),
        (41, 2, "two_languages_4_h"),
        (3 * 60, 2, "two_languages_4_h"),
        (4 * 60, 2, "two_languages_4_h"),
        (4 * 60 + 1, 3, "two_languages_6_h"),
        (6 * 60, 3, "two_languages_6_h"),
        (6 * 60 + 1, 4, "two_languages_8_h"),
        (8 * 60, 4, "two_languages_8_h"),
    ],
)
@pytest.mark.parametrize("mode", [Mode.SIMULTANEOUS, Mode.REMOTE, Mode.WHISPERED])
def test_aiic_canada_two_languages_both_ways(mode: Mode, minutes: int, count: int, rule: str) -> None:
    need = required_team(lasting(minutes, mode), CANADA)

    assert (need.count, need.allowed, need.rule) == (count, True, RULES[f"aiic_canada.{rule}"])


def test_aiic_canada_allows_no_team_above_eight_hours() -> None:
    need = required_team(lasting(8 * 60 + 1), CANADA)

    assert (need.count, need.allowed, need.rule.id) == (0, False, "aiic_canada.two_languages_over_8_h")


@pytest.mark.parametrize("minutes", [20, 4 * 60, 9 * 60])
def test_aiic_canada_three_languages_take_six_whatever_the_duration(minutes: int) -> None:
    need = required_team(lasting(minutes, pairs=both_ways("fr", "en", "de")), CANADA)

    assert (need.count, need.allowed, need.rule.id) == (6, True, "aiic_canada.three_languages")


@pytest.mark.parametrize(
    "pairs, heavy, count",
    [
        (frozenset({Pair("fr", "de"), Pair("en", "de"), Pair("es", "de")}), False, 2),
        (frozenset({Pair("fr", "de"), Pair("en", "de"), Pair("es", "de")}), True, 3),
        (frozenset({Pair("fr", "de"), Pair("en", "de"), Pair("es", "de"), Pair("de", "fr")}), False, 3),
    ],
)
def test_aiic_canada_four_languages_are_counted_per_booth(pairs: frozenset[Pair], heavy: bool, count: int) -> None:
    assert required_team(session(pairs=pairs, heavy=heavy), CANADA).count == count


@pytest.mark.parametrize("languages, count", [(("fr", "en"), 2), (("fr", "en", "de"), 3)])
def test_aiic_canada_consecutive(languages: tuple[str, ...], count: int) -> None:
    assert required_team(lasting(6 * 60, Mode.CONSECUTIVE, pairs=both_ways(*languages)), CANADA).count == count


@pytest.mark.parametrize(
    "mode, languages, count",
    [
        (Mode.SIMULTANEOUS, ("fr", "en"), 2),
        (Mode.SIMULTANEOUS, ("fr", "en", "de"), 6),
        (Mode.REMOTE, ("fr", "en", "de", "es"), 8),
        (Mode.WHISPERED, ("fr", "en"), 2),
        (Mode.TOUR_GUIDE, ("fr", "en"), 1),
    ],
)
def test_article_6_asks_for_two_per_language_and_booth(mode: Mode, languages: tuple[str, ...], count: int) -> None:
    assert required_team(lasting(20, mode, pairs=both_ways(*languages)), ART6).count == count


@pytest.mark.parametrize(
    "minutes, apic, aice, strictest",
    [(40, 1, 1, 1), (59, 1, 1, 1), (60, 2, 1, 2), (61, 2, 2, 2), (7 * 60, 2, 2, 2)],
)
def test_how_long_one_may_work_alone_with_a_tour_guide_set(minutes: int, apic: int, aice: int, strictest: int) -> None:
    tour = lasting(minutes, Mode.TOUR_GUIDE)

    assert [required_team(tour, profile).count for profile in (APIC, AICE, STRICTEST)] == [apic, aice, strictest]


@given(
    st.builds(
        lasting,
        st.integers(1, 11 * 60),
        st.sampled_from(Mode),
        pairs=st.lists(st.sampled_from(["fr", "en", "de", "es", "it"]), min_size=2, unique=True).map(
            lambda languages: both_ways(*languages)
        ),
    )
)
def test_the_strictest_profile_asks_for_at_least_what_each_other_does(work: Session) -> None:
    strictest = required_team(work, STRICTEST)

    others = [required_team(work, profile) for profile in (CANADA, ART6, APIC, AICE)]
    assert strictest.allowed is all(other.allowed for other in others)
    assert strictest.count == (max(other.count for other in others) if strictest.allowed else 0)


# Blocks


@pytest.mark.parametrize(
    "end, needed, violations",
    [
        ("17:00", 2, []),
        ("17:30", 2, []),
        (
            "19:00",
            3,
            [
                (
                    "aiic_canada.two_languages_6_h",
                    {"minutes": 300, "limit_minutes": 360, "needed": 3, "assigned": 2},
                )
            ],
        ),
    ],
)
def test_the_opening_afternoon_needs_a_third_interpreter_once_it_overruns(
    end: str, needed: int, violations: list[tuple[str, dict[str, int | str]]]
) -> None:
    plenary, talk, pitches = (
        session("14:00", "15:00", item=1),
        session("15:00", "15:45", item=2),
        session("16:15", end, item=3),
    )

    (block,) = blocks([pitches, plenary, talk])

    assert block == Block((plenary, talk, pitches), languages=2)
    assert required_team(block, CANADA).count == needed
    assert found(check_block(block, CANADA)) == violations


def test_a_violation_says_what_it_touches_and_where_the_rule_comes_from() -> None:
    (block,) = blocks([session("14:00", "16:00", item=1), session("16:15", "19:00", item=3)])

    (violation,) = check_block(block, CANADA)

    assert (violation.items, violation.interpreters) == ((1, 3), (AMINA, BRUNO))
    assert violation.severity is Severity.BREAKS_RULE
    assert violation.source.startswith("AIIC Canada")
    assert violation.wording("en") == (
        "Two languages both ways in one booth, 6 hours at most; minimum number of interpreters: 3. "
        "Duration: 5 hours; interpreters assigned: 2."
    )
    assert violation.wording("fr") == (
        "Deux langues dans les deux sens en une seule cabine, 6\u00a0heures au plus\u00a0; nombre minimal "
        "d’interprètes\u00a0: 3. Durée\u00a0: 5\u00a0heures\u00a0; interprètes prévus\u00a0: 2."
    )


@pytest.mark.parametrize("second, lengths", [("15:00", [120]), ("15:30", [150]), ("15:31", [60, 60])])
def test_a_break_of_more_than_half_an_hour_ends_a_block(second: str, lengths: list[int]) -> None:
    hour_later = (at(second) + timedelta(hours=1)).strftime("%H:%M")

    cut = blocks([session("14:00", "15:00", item=1), session(second, hour_later, item=2)])

    assert [block.minutes for block in cut] == lengths


def test_two_booths_and_other_modes_are_blocks_of_their_own() -> None:
    first = session("14:00", "15:00", item=1)
    elsewhere = session("15:00", "16:00", item=2, booth="booth 2")
    whispered = session("15:00", "16:00", item=3, mode=Mode.WHISPERED)
    unnamed, unnamed_as_well = (session("15:00", "16:00", item=item, booth=None) for item in (4, 5))

    assert blocks([first, elsewhere, whispered, unnamed, unnamed_as_well]) == (
        Block((first,), 2),
        Block((elsewhere,), 2),
        Block((whispered,), 2),
        Block((unnamed,), 2),
        Block((unnamed_as_well,), 2),
    )


def test_a_block_that_nobody_serves_says_so() -> None:
    assert found(check_block(Block((session(team=()),), 2), APIC)) == [
        ("apic.alone_under_1_h", {"minutes": 60, "needed": 2, "assigned": 0})
    ]
    assert [rule for rule, _ in found(check_block(Block((session("14:00", "14:30", team=()),), 2), APIC))] == [
        "house.somebody"
    ]


def test_a_team_that_thins_out_within_a_block_is_too_small_there() -> None:
    full = session("14:00", "16:00", item=1, team=(AMINA, BRUNO, CHLOE))
    thin = session("16:00", "19:00", item=2, team=(AMINA,))

    (block,) = blocks([full, thin])

    assert [(v.rule_id, v.items, v.interpreters) for v in check_block(block, CANADA)] == [
        ("aiic_canada.two_languages_4_h", (2,), (AMINA,))
    ]


def test_a_relief_team_may_take_over_within_a_block() -> None:
    afternoon = [
        session("14:00", "16:30", item=1, team=(AMINA, BRUNO)),
        session("16:30", "19:00", item=2, team=(CHLOE, DAVID)),
    ]

    assert check_block(blocks(afternoon)[0], CANADA) == ()


def test_the_hours_that_the_clocks_skip_are_not_worked() -> None:
    night = date(2025, 3, 30)

    assert session("01:00", "04:00", day=night).ends_at.hour == 4
    assert minutes_between(at("01:00", night), at("04:00", night)) == 120


@pytest.mark.parametrize("listeners, violations", [(1, []), (2, []), (3, [3])])
def test_whispering_serves_two_listeners(listeners: int, violations: list[int]) -> None:
    whispered = session("14:00", "14:20", mode=Mode.WHISPERED, listeners=listeners)

    assert found(check_block(Block((whispered,), 2), ART6)) == [
        ("aiic_art6.whisper_listeners", {"listeners": n}) for n in violations
    ]


# Several booths, pairs and relay


def three_booths(per_booth: int) -> list[Session]:
    """A meeting in French, English and German; each booth works into its own language."""
    return [
        session(
            booth=target,
            pairs=frozenset(Pair(source, target) for source in ("fr", "en", "de") if source != target),
            team=tuple(range(10 * place, 10 * place + per_booth)),
        )
        for place, target in enumerate(("fr", "en", "de"), start=1)
    ]


@pytest.mark.parametrize("per_booth, violations", [(2, []), (1, [("aiic_canada.three_languages", 6, 3)])])
def test_three_booths_are_counted_together(per_booth: int, violations: list[tuple[str, int, int]]) -> None:
    meeting = three_booths(per_booth)

    missing = [
        (v.rule_id, v.parameters["needed"], v.parameters["assigned"])
        for v in (
            *check_meeting(meeting, CANADA),
            *(v for block in blocks(meeting) for v in check_block(block, CANADA)),
        )
    ]

    assert missing == violations


def test_two_booths_of_one_item_are_a_meeting_too() -> None:
    meeting = three_booths(2)[:2]

    assert [v.rule_id for v in check_meeting(meeting, CANADA)] == ["aiic_canada.three_languages"]
    assert [v for block in blocks(meeting) for v in check_block(block, CANADA)] == []


def test_article_6_looks_at_each_of_three_booths() -> None:
    violations = [v for block in blocks(three_booths(1)) for v in check_block(block, ART6)]

    assert [(v.rule_id, v.interpreters) for v in violations] == [
        ("aiic_art6.two_per_booth", (10,)),
        ("aiic_art6.two_per_booth", (20,)),
        ("aiic_art6.two_per_booth", (30,)),
    ]


@pytest.mark.parametrize(
    "pair, holds",
    [
        (Pair("fr", "en"), True),  # from the mother tongue into the active language
        (Pair("en", "fr"), True),
        (Pair("de", "fr"), True),  # from the passive language
        (Pair("fr", "de"), False),  # never into it
        (Pair("es", "fr"), False),
        (Pair("fr", "fr"), False),
    ],
)
def test_one_works_into_a_and_b_and_from_c(pair: Pair, holds: bool) -> None:
    person = InterpreterProfile(9, a=frozenset({"fr"}), b=frozenset({"en"}), c=frozenset({"de"}))

    assert person.holds(pair) is holds


def test_a_pair_that_nobody_on_the_team_holds_is_named() -> None:
    one_way_people = {
        AMINA: InterpreterProfile(AMINA, a=frozenset({"fr"}), c=frozenset({"en"})),
        BRUNO: InterpreterProfile(BRUNO, a=frozenset({"fr"}), c=frozenset({"en"})),
    }

    (violation,) = check_pairs([session(item=7)], one_way_people, CANADA)

    assert violation == Violation(PAIR_NOT_HELD, {"source": "fr", "target": "en"}, (7,), (AMINA, BRUNO))
    assert violation.wording("fr").endswith("personne n’a français → anglais.")


def test_an_interpreter_who_holds_no_pair_of_the_session_is_named() -> None:
    violations = check_pairs([session(item=7, team=(AMINA, BRUNO, DAVID))], INTERPRETERS, CANADA)

    assert violations == (Violation(NO_PAIR, {}, (7,), (DAVID,)),)


def test_an_interpreter_without_declared_languages_is_not_guessed_at() -> None:
    with pytest.raises(LookupError):
        check_pairs([session(team=(99,))], INTERPRETERS, CANADA)


def german_by_relay(english_team: tuple[int, ...]) -> list[Session]:
    """French reaches the German booth through the English one, which works both ways."""
    return [
        session(booth="en", pairs=FRENCH_ENGLISH, team=english_team),
        session(booth="de", pairs=frozenset({Pair("fr", "de"), Pair("en", "de")}), team=(DAVID,)),
    ]


@pytest.mark.parametrize(
    "english_team, violations",
    [
        ((AMINA, BRUNO, CHLOE), [("relay_avoided", {"source": "fr", "target": "de"})]),
        (
            (AMINA, BRUNO),
            [("relay_avoided", {"source": "fr", "target": "de"}), ("two_way_relay_booth", {"assigned": 2})],
        ),
        (
            (AMINA,),
            [
                ("relay_avoided", {"source": "fr", "target": "de"}),
                ("relay_givers", {"source": "fr", "target": "de", "givers": 1}),
                ("two_way_relay_booth", {"assigned": 1}),
            ],
        ),
    ],
)
def test_relay_is_named_and_must_be_given_by_enough(
    english_team: tuple[int, ...], violations: list[tuple[str, dict[str, int | str]]]
) -> None:
    assert found(check_pairs(german_by_relay(english_team), INTERPRETERS, ART6)) == [
        (f"aiic_art6.{rule}", numbers) for rule, numbers in violations
    ]


def test_relay_is_no_fault_where_the_source_says_nothing_of_it() -> None:
    assert check_pairs(german_by_relay((AMINA,)), INTERPRETERS, CANADA) == ()


def test_no_relay_comes_out_of_a_booth_that_does_not_hold_the_source_either() -> None:
    english_only = {**INTERPRETERS, AMINA: InterpreterProfile(AMINA, a=frozenset({"en"}))}

    violations = check_pairs(german_by_relay((AMINA,)), english_only, ART6)

    assert Violation(PAIR_NOT_HELD, {"source": "fr", "target": "de"}, (1,), (DAVID,)) in violations


# Two places at once


def test_a_freelance_on_a_visit_and_at_a_rehearsal_is_in_two_places() -> None:
    visit = Commitment(CHLOE, at("13:30"), at("17:00"), "Visit D", "Vizille", item_id=24)
    rehearsal = busy(CHLOE, "16:30", "17:30", label="Rehearsal of the flash report")

    (double,) = double_bookings([rehearsal, visit])

    assert double == DoubleBooking(visit, rehearsal)
    assert double.violation == Violation(TWO_PLACES, {"minutes": 30}, (24,), (CHLOE,))


def test_commitments_that_touch_or_belong_to_two_people_are_no_double_booking() -> None:
    assert double_bookings([busy(AMINA, "14:00", "15:00"), busy(AMINA, "15:00", "16:00")]) == ()
    assert double_bookings([busy(AMINA, "14:00", "15:00"), busy(BRUNO, "14:00", "15:00")]) == ()


def test_a_session_and_its_booking_are_one_commitment() -> None:
    as_planned = Commitment(AMINA, at("14:00"), at("19:00"), "Pitches", item_id=3, booth="booth 1")
    as_booked = Commitment(AMINA, at("14:00"), at("17:30"), "Booking 12", item_id=3, booth="booth 1", contract="12")

    assert double_bookings([as_planned, as_booked, as_planned]) == ()


def test_two_booths_of_one_item_are_two_places() -> None:
    both = [Commitment(AMINA, at("14:00"), at("15:00"), "Plenary", item_id=3, booth=booth) for booth in ("1", "2")]

    assert [double.violation.parameters for double in double_bookings(both)] == [{"minutes": 60}]


def test_a_long_commitment_overlaps_each_that_lies_within_it() -> None:
    day, morning, evening = (
        busy(AMINA, *hours) for hours in (("08:00", "20:00"), ("09:00", "10:00"), ("18:00", "21:00"))
    )

    assert double_bookings([evening, morning, day]) == (DoubleBooking(day, morning), DoubleBooking(day, evening))


# One interpreter's day


def day_of(
    *sessions: Session, held: tuple[Commitment, ...] = (), profile: str = "aiic_canada"
) -> list[tuple[str, object]]:
    violations = check_day(AMINA, TUESDAY, sessions, held, PROFILES[profile], PARIS)
    return [(v.rule_id, next(iter(v.parameters.values()))) for v in violations]


@pytest.mark.parametrize(
    "morning_ends, afternoon_starts, afternoon_ends, longest",
    [
        ("12:30", "13:15", "17:00", 45),  # the reference event's short lunch
        ("12:30", "13:29", "17:00", 59),
        ("12:30", "13:30", "17:00", None),
        ("12:45", "14:15", "17:00", None),
        ("13:00", "13:10", "14:30", None),  # ends as lunch does: nothing on the other side
        ("14:00", "14:45", "17:00", 30),
        ("10:00", "11:45", "17:00", 15),  # free long before, yet not at lunch
    ],
)
def test_who_works_on_both_sides_of_lunch_has_an_hour_for_it(
    morning_ends: str, afternoon_starts: str, afternoon_ends: str, longest: int | None
) -> None:
    violations = day_of(session("09:00", morning_ends, item=1), session(afternoon_starts, afternoon_ends, item=2))

    assert violations == ([] if longest is None else [("house.lunch", longest)])


def test_a_transfer_eats_into_lunch_as_work_does() -> None:
    coach = busy(AMINA, "13:15", "13:30", label="Coach to Vizille")

    assert day_of(session("09:00", "12:30"), session("13:30", "17:00", item=2), held=(coach,)) == [("house.lunch", 45)]


def test_a_day_is_one_interpreters_and_one_days() -> None:
    somebody_elses = session("12:00", "14:00", item=2, team=(BRUNO,))
    tomorrows = session("12:00", "14:00", item=3, day=WEDNESDAY)

    assert day_of(session("09:00", "12:00"), somebody_elses, tomorrows, session("14:00", "17:00", item=4)) == []


def test_a_short_lunch_names_the_items_around_it() -> None:
    coach = busy(AMINA, "13:15", "13:30", label="Coach to Vizille")

    (violation,) = check_day(
        AMINA, TUESDAY, [session("09:00", "12:30"), session("13:30", "17:00", item=2)], [coach], CANADA, PARIS
    )

    assert (violation.items, violation.interpreters) == ((1, 2), (AMINA,))


def test_who_works_the_afternoon_only_needs_no_lunch_from_us() -> None:
    assert day_of(session("11:30", "15:00")) == []


def test_lunch_is_read_on_the_clock_of_the_event() -> None:
    in_utc = replace(
        session("09:00", "12:30"), starts_at=at("09:00").astimezone(UTC), ends_at=at("12:30").astimezone(UTC)
    )

    assert day_of(in_utc, session("13:15", "17:00", item=2)) == [("house.lunch", 45)]


@pytest.mark.parametrize("contracts, violations", [(("12", "12"), []), (("12", "13"), [("house.one_contract", 2)])])
def test_an_interpreter_has_one_contract_a_day(
    contracts: tuple[str, str], violations: list[tuple[str, object]]
) -> None:
    held = (
        busy(AMINA, "09:00", "10:00", contract=contracts[0]),
        busy(AMINA, "15:00", "16:00", contract=contracts[1]),
    )

    assert day_of(held=held) == violations


@pytest.mark.parametrize(
    "afternoon_ends, violations",
    [
        ("17:00", []),
        ("17:01", [("apic.day_7_h", 7 * 60 + 1)]),
        ("18:00", [("apic.day_7_h", 8 * 60)]),
        ("18:01", [("apic.day_8_h", 8 * 60 + 1), ("apic.session", 4 * 60 + 1)]),
    ],
)
def test_apic_a_day_of_seven_hours_and_one_more_exceptionally(
    afternoon_ends: str, violations: list[tuple[str, object]]
) -> None:
    assert (
        day_of(
            session("08:00", "12:00", item=1),
            session("14:00", afternoon_ends, item=2),
            profile="apic",
        )
        == violations
    )


@pytest.mark.parametrize(
    "hours, violations",
    [
        ([("08:00", "12:00"), ("13:30", "17:30")], [("apic.day_7_h", 8 * 60)]),
        ([("09:00", "12:00"), ("13:29", "16:00")], [("apic.pause", 89)]),
        ([("09:00", "10:00"), ("11:30", "12:30"), ("14:00", "15:00")], [("apic.two_sessions", 3)]),
        ([("09:00", "13:01")], [("apic.session", 4 * 60 + 1)]),
        ([("09:00", "10:30"), ("11:00", "12:30")], []),  # a coffee break is within the session
    ],
)
def test_apic_two_sessions_of_four_hours_with_a_rest_between(
    hours: list[tuple[str, str]], violations: list[tuple[str, object]]
) -> None:
    sessions = [session(start, end, item=item) for item, (start, end) in enumerate(hours)]

    assert day_of(*sessions, profile="apic") == violations


def test_aice_a_day_for_two_has_seven_hours() -> None:
    day = [session("08:00", "12:00", item=1), session("14:00", "17:30", item=2)]

    assert day_of(*day, profile="aice") == [("aice.day_7_h", 450)]


@pytest.mark.parametrize(
    "ends, place, violations",
    [
        ("13:30", "Vizille", []),
        ("13:31", "Vizille", [("aice.on_site", 29)]),
        ("14:00", "Vizille", [("aice.on_site", 0)]),
        ("13:59", "Grenoble", []),
        ("13:59", "", []),  # nobody said where it is
    ],
)
def test_aice_on_site_half_an_hour_before(ends: str, place: str, violations: list[tuple[str, object]]) -> None:
    before = busy(AMINA, "12:30", ends, place=place)

    assert day_of(session("14:00", "15:00", place="Grenoble"), held=(before,), profile="aice") == violations


def test_aiic_canada_a_normal_day_of_consecutive_has_six_hours() -> None:
    morning = session("08:30", "12:00", item=1, mode=Mode.CONSECUTIVE)

    assert day_of(morning, session("14:00", "16:30", item=2, mode=Mode.CONSECUTIVE)) == []
    assert day_of(morning, session("14:00", "17:00", item=2, mode=Mode.CONSECUTIVE)) == [
        ("aiic_canada.consecutive_day", 390)
    ]
    assert day_of(morning, session("14:00", "17:00", item=2)) == []


@pytest.mark.parametrize(
    "notice, percent",
    [
        (timedelta(days=8), None),
        (timedelta(days=7, minutes=1), None),
        (timedelta(days=7), 50),
        (timedelta(days=2), 50),
        (timedelta(hours=47, minutes=59), 100),
        (timedelta(0), 100),
        (timedelta(hours=-3), 100),
    ],
)
def test_apic_what_a_cancellation_costs(notice: timedelta, percent: int | None) -> None:
    start = at("14:00")

    owed = [cancellation(profile, start - notice, start) for profile in (APIC, STRICTEST)]

    assert [rule and rule.percent for rule in owed] == [percent, percent]


def test_a_profile_that_says_nothing_of_cancellations_claims_nothing() -> None:
    assert cancellation(CANADA, at("13:00"), at("14:00")) is None


# The whole programme


def reference_programme(*, overrun: bool, rehearsal: bool) -> list[Violation]:
    """The interpretation of the reference event; Chloé is the freelance of visit D."""
    thursday = date(2025, 3, 27)
    sessions = [
        session("14:00", "15:00", item=1),
        session("15:00", "15:45", item=2),
        session("16:15", "19:00" if overrun else "17:30", item=3),
        session("13:30", "17:00", item=4, day=WEDNESDAY, mode=Mode.TOUR_GUIDE, team=(BRUNO, CHLOE)),
        session("14:00", "16:00", item=5, day=thursday),
        session("16:00", "17:00", item=6, day=thursday),
    ]
    held = Commitment(CHLOE, at("16:30", WEDNESDAY), at("17:30", WEDNESDAY), "Rehearsal of the flash report", item_id=7)
    return list(check_staffing(sessions, INTERPRETERS, (held,) if rehearsal else (), CANADA, PARIS))


def test_the_reference_event_without_its_faults_is_staffed() -> None:
    assert reference_programme(overrun=False, rehearsal=False) == []


def test_the_faults_of_the_reference_event_are_found() -> None:
    too_long = {"minutes": 300, "limit_minutes": 360, "needed": 3, "assigned": 2}

    assert reference_programme(overrun=True, rehearsal=True) == [
        Violation(RULES["aiic_canada.two_languages_6_h"], too_long, (1, 2, 3), (AMINA, BRUNO)),
        Violation(TWO_PLACES, {"minutes": 30}, (4, 7), (CHLOE,)),
    ]


def test_languages_are_checked_outside_booths_too() -> None:
    walk = session(mode=Mode.CONSECUTIVE, team=(AMINA, BRUNO, DAVID))

    assert check_staffing([walk], INTERPRETERS, (), CANADA, PARIS) == (Violation(NO_PAIR, {}, (1,), (DAVID,)),)


def test_a_booking_for_the_hours_first_planned_does_not_hide_or_double_what_the_programme_says() -> None:
    pitches = session("14:00", "19:00", item=3)
    booking = Commitment(AMINA, at("14:00"), at("17:30"), "Booking 12", item_id=3, booth="booth 1", contract="12")
    dinner = busy(AMINA, "18:30", "20:00", label="Dinner speech", contract="13")

    violations = check_staffing([pitches], INTERPRETERS, (booking, dinner), CANADA, PARIS)

    assert [(v.rule_id, v.interpreters) for v in violations] == [
        ("aiic_canada.two_languages_6_h", (AMINA, BRUNO)),
        ("house.two_places", (AMINA,)),
        ("house.one_contract", (AMINA,)),
    ]


def test_the_strictest_profile_finds_what_any_of_the_four_finds() -> None:
    sessions = [
        session("08:00", "13:00", item=1, team=(AMINA, BRUNO, CHLOE)),
        session("13:45", "17:45", item=2, team=(AMINA, BRUNO, CHLOE)),
        session("18:30", "19:00", item=3, mode=Mode.WHISPERED, team=(AMINA,), listeners=5),
    ]

    def broken(name: str) -> set[str]:
        return {v.rule_id for v in check_staffing(sessions, INTERPRETERS, (), PROFILES[name], PARIS)}

    assert broken("strictest") == broken("aiic_canada") | broken("aiic_art6") | broken("apic") | broken("aice")
    assert broken("strictest") == {
        "house.lunch",
        "aiic_art6.whispering",
        "aiic_art6.whisper_listeners",
        "apic.session",
        "apic.pause",
        "apic.two_sessions",
        "apic.day_8_h",
        "aice.day_7_h",
    }


# Words and equipment

PARAMETERS: dict[str, int | str] = {
    "minutes": 90,
    "limit_minutes": 240,
    "needed": 3,
    "assigned": 2,
    "givers": 1,
    "sessions": 3,
    "contracts": 2,
    "listeners": 1234,
    "source": "de",
    "target": "fr",
}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_every_rule_speaks_both_languages(rule: Rule) -> None:
    french, english = rule.in_words("fr", PARAMETERS), rule.in_words("en", PARAMETERS)

    assert french != english
    assert all(text.endswith(".") and "{" not in text for text in (french, english))
    assert re.search(r"[^\u00a0\u202f][:;!?%»]", french) is None
    assert re.search(r"\d h\b|\d min\b", french) is None


def test_numbers_durations_and_languages_are_written_as_the_language_does() -> None:
    rule = Rule("x", "x", {"fr": "{minutes}, {listeners}, {source}", "en": "{minutes}, {listeners}, {source}"})

    assert rule.in_words("fr", PARAMETERS) == "1\u00a0heure 30 minutes, 1\u202f234, allemand"
    assert rule.in_words("en-GB", PARAMETERS) == "1 hour 30 minutes, 1,234, German"
    assert rule.in_words("en", {**PARAMETERS, "minutes": 0}) == "0 minutes, 1,234, German"


def test_a_language_without_words_is_not_replaced_by_another() -> None:
    with pytest.raises(LookupError):
        TWO_PLACES.in_words("de", PARAMETERS)


@pytest.mark.parametrize(
    "listeners, reserve, expected", [(0, 10, 0), (1, 10, 2), (50, 10, 55), (58, 10, 64), (64, 10, 71), (64, 0, 64)]
)
def test_headsets_are_the_listeners_and_a_reserve(listeners: int, reserve: int, expected: int) -> None:
    assert headsets(listeners, reserve) == expected


@pytest.mark.parametrize(
    "listeners, per_set, expected", [(0, 20, 0), (1, 20, 1), (20, 20, 1), (21, 20, 2), (45, 15, 3)]
)
def test_a_tour_guide_set_serves_about_twenty(listeners: int, per_set: int, expected: int) -> None:
    assert tour_guide_sets(listeners, per_set) == expected


@pytest.mark.parametrize("order", [lambda: headsets(-1), lambda: tour_guide_sets(-1), lambda: tour_guide_sets(5, 0)])
def test_nobody_orders_less_than_nothing(order: Callable[[], int]) -> None:
    with pytest.raises(ValueError, match="zero or more"):
        order()


@pytest.mark.parametrize(
    "space, fits",
    [((160, 160, 200), True), ((300, 200, 240), True), ((159, 160, 200), False), ((160, 160, 199), False)],
)
def test_a_mobile_booth_for_two_needs_its_space(space: tuple[int, int, int], fits: bool) -> None:
    assert booth_for_two_fits(*space) is fits


def test_consecutive_doubles_the_speaking_time() -> None:
    assert consecutive_length(timedelta(minutes=25)) == timedelta(minutes=50)


@pytest.mark.parametrize(
    "mistake, words",
    [
        (lambda: session("15:00", "14:00"), "after its start"),
        (lambda: session(pairs=frozenset()), "at least one pair"),
        (lambda: busy(AMINA, "15:00", "15:00"), "after its start"),
        (lambda: replace(session(), starts_at=at("14:00").replace(tzinfo=None)), "time zone"),
    ],
)
def test_a_session_that_cannot_be_is_refused_at_once(mistake: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        mistake()
