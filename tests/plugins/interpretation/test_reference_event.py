"""The interpretation of the reference event: its numbers, and the faults that were put into it."""

from __future__ import annotations

import sqlalchemy as sa

from eventhub import clock
from eventhub.api import (
    AgendaItem,
    Check,
    ItemKind,
    Severity,
    State,
    format_time,
    hookspecs,
    locked,
    outbox,
    programme,
    providers,
    session,
)
from eventhub.demo.fixtures import ToldWorld
from eventhub.events import truth
from plugins.interpretation import booking, domain, interpreters, situation
from plugins.interpretation.models import Assignment, AssignmentState, Interpreter
from plugins.interpretation.sessions import Pair

FR_EN, EN_FR = Pair("fr", "en"), Pair("en", "fr")


def checks(demo: ToldWorld) -> list[Check]:
    found = truth.compute(demo.event, demo.hooks, clock.now())
    return [check for check in found.checks if check.component == "interpretation"]


def rules(demo: ToldWorld) -> list[str]:
    return [check.rule.removeprefix("interpretation.") for check in checks(demo)]


def person(demo: ToldWorld, name: str) -> Interpreter:
    return next(one for one in interpreters.interpreters(demo.event) if one.name.startswith(name))


def choose(demo: ToldWorld, profile: str) -> None:
    with demo.writing():
        stored = domain.settings_for_change(demo.event)
        domain.change_settings(demo.event, stored, {"profile": profile, "reason": "A trial."}, by=demo.by)


def test_the_seeded_faults_are_found_and_nothing_else(demo: ToldWorld) -> None:
    items = demo.ids.items
    iris, nadege, owen = (person(demo, name).id for name in ("Iris", "Nadège", "Owen"))

    assert [(check.rule, check.subject, check.severity, check.title) for check in checks(demo)] == [
        (
            "interpretation.aiic_canada.two_languages_6_h",
            f"{items['tue_opening']}-{items['tue_input']}-{items['tue_pitches']}:{nadege}-{owen}",
            Severity.BREAKS_RULE,
            (
                "“Opening plenary”, “Four dilemmas of climate democracy” and “Six challenges in six pitches”: "
                "2 booked, 3 interpreters needed"
            ),
        ),
        (
            "interpretation.house.two_places",
            f"{items['visit_d']}-{items['wed_rehearsal']}:{iris}",
            Severity.BREAKS_RULE,
            (
                "Iris Exemple (fictive) is booked for “Visit D: Vizille, renewal of a town and the “Imagine Demain” "
                "comics” and “Rehearsal of the flash report” at the same time"
            ),
        ),
        (
            "interpretation.short_lunch",
            str(items["wed_lunch"]),
            Severity.AT_RISK,
            "“Lunch, served or packed” lasts 45 minutes",
        ),
        (
            "interpretation.documents_missing",
            str(items["thu_presentations"]),
            Severity.AT_RISK,
            "2 of 6 documents of “Presentations of the six teams” are missing",
        ),
        (
            "interpretation.left_out",
            str(items["wed_flash"]),
            Severity.TO_COMPLETE,
            "9 of 64 cannot follow “Flash report”, and nothing is planned for them",
        ),
    ]


def test_a_finding_names_its_rule_and_source_in_the_readers_language(demo: ToldWorld) -> None:
    found = checks(demo)

    assert found[0].why == (
        "Two languages both ways in one booth, 6 hours at most; minimum number of interpreters: 3. Duration: 5 hours; "
        "interpreters assigned: 2. Source: AIIC Canada, Professional Practice Conditions for Conference Interpreters "
        "in Canada (page 1625)."
    )
    assert found[3].why == (
        "Prague, asked on 10 March and 12 March; Rotterdam, asked on 10 March and 12 March. "
        "The final pack leaves on 20 March 2025."
    )


def test_each_fault_leads_to_where_it_is_mended(demo: ToldWorld) -> None:
    items, base = demo.ids.items, "/en/manage/climate-democracy-lab"

    assert [check.url for check in checks(demo)] == [
        f"{base}/interpretation/items/{items['tue_opening']}",
        f"{base}/interpretation/items/{items['visit_d']}",
        f"{base}/programme/{items['wed_lunch']}/edit",
        f"{base}/interpretation/documents/?item={items['thu_presentations']}&show=missing",
        f"{base}/interpretation/items/{items['wed_flash']}",
    ]


def test_who_can_follow_what_is_what_one_counts_by_hand(demo: ToldWorld) -> None:
    found = situation.of(demo.event, demo.hooks).by_item
    keys = {number: key for key, number in demo.ids.items.items()}

    assert {
        keys[number]: (
            line.following.attending,
            dict(line.following.lacking),
            line.following.unable,
            line.following.left,
        )
        for number, line in found.items()
        if line.following.unable and line.item.kind != ItemKind.VISIT  # who goes where is another plugin's matter
    } == {
        "tue_opening": (63, {"fr": 24, "en": 9}, 33, 0),
        "tue_input": (63, {"en": 9}, 9, 0),
        "tue_pitches": (63, {"fr": 24, "en": 9}, 33, 0),
        "tue_teams": (63, {"en": 9}, 9, 0),
        "wed_design": (63, {"en": 9}, 9, 0),
        "wed_mentors": (63, {"en": 9}, 9, 0),
        "wed_flash": (64, {"en": 9}, 9, 9),
        "thu_design": (64, {"en": 9}, 9, 0),
        "thu_rehearsal": (64, {"en": 9}, 9, 0),
        "thu_presentations": (64, {"en": 9}, 9, 0),
        "thu_closing": (64, {"fr": 25, "en": 9}, 34, 0),
    }


def test_listeners_and_headsets_are_counted_from_who_attends(demo: ToldWorld) -> None:
    found = situation.of(demo.event, demo.hooks)
    opening, closing = (found.by_item[demo.ids.items[key]] for key in ("tue_opening", "thu_closing"))

    assert dict(opening.following.listeners) == {FR_EN: 24, EN_FR: 9}
    assert (opening.headsets, closing.headsets, found.headsets) == (37, 38, 38)  # 33 and 34, and 10 % rounded up


def test_half_of_what_is_interpreted_has_a_team_that_fits(demo: ToldWorld) -> None:
    [card] = [card for card in truth.compute(demo.event, demo.hooks, clock.now()).cards if card.order == 35]

    assert (card.label, card.value, card.of, card.share) == ("Items interpreted", "3", "of 6", 0.5)


def test_another_profile_finds_other_things(demo: ToldWorld) -> None:
    found = {}
    for profile in ("aiic_canada", "aiic_art6", "apic", "aice"):
        choose(demo, profile)
        found[profile] = [rule for rule in rules(demo) if rule not in {"left_out", "short_lunch", "documents_missing"}]

    assert found == {
        "aiic_canada": ["aiic_canada.two_languages_6_h", "house.two_places"],
        "aiic_art6": ["house.two_places"],
        "apic": ["house.two_places", "apic.session", "apic.session"],
        "aice": ["house.two_places"],
    }


def test_ending_the_pitches_on_time_mends_the_first_fault(demo: ToldWorld) -> None:
    with demo.writing():
        pitches = programme.item_for_change(demo.event, demo.ids.items["tue_pitches"])
        half_past_five = pitches.ends_at.replace(hour=16, minute=30)
        programme.change_item(demo.event, pitches, {"ends_at": half_past_five}, by=demo.by, hooks=demo.hooks)

    assert rules(demo) == ["house.two_places", "short_lunch", "documents_missing", "left_out"]


def test_a_third_interpreter_mends_it_too(demo: ToldWorld) -> None:
    tuesday = [demo.ids.items[key] for key in ("tue_opening", "tue_input", "tue_pitches")]
    with demo.writing():
        solene = interpreters.interpreter_for_change(demo.event, person(demo, "Solène").id)
        booking.book(demo.event, solene, booking.Wanted(tuesday), by=demo.by)

    assert rules(demo) == ["house.two_places", "short_lunch", "documents_missing", "left_out"]


def test_the_double_booking_carries_the_reason_for_which_it_was_entered(demo: ToldWorld) -> None:
    rows = booking.live(demo.event, interpreter_id=person(demo, "Iris").id)

    assert [(row.item_id, bool(row.reason)) for row in rows] == [
        (demo.ids.items["visit_d"], False),
        (demo.ids.items["wed_rehearsal"], True),
    ]


def test_the_packs_are_due_fourteen_and_five_days_before(demo: ToldWorld) -> None:
    lines = [
        line
        for line in truth.compute(demo.event, demo.hooks, clock.now()).deadlines
        if line.component == "interpretation"
    ]

    zone = demo.event.zone
    assert [(f"{line.at.astimezone(zone):%d %b %H:%M}", line.title, line.note, line.done) for line in lines] == [
        ("20 Mar 18:00", "Final pack for interpreters", "5 days before the event", False),
        ("11 Mar 18:00", "First pack for interpreters", "14 days before the event", True),
    ]


def test_a_freelance_reads_when_to_be_on_site(demo: ToldWorld) -> None:
    freelance = demo.supplier("freelance_1")

    lines: list[AgendaItem] = demo.hooks.collect(hookspecs.agenda_items, event=demo.event, audience=freelance)

    assert [(line.item_id, {code: half.text for code, half in line.note}) for line in lines] == [
        (
            demo.ids.items["visit_d"],
            {
                "fr": "Iris Exemple (fictive)\u202f; sur place à 13\u00a0h\u00a000",
                "en": "Iris Exemple (fictive); on site at 13:00",
            },
        ),
        # begins before the visit ends: no second arrival
        (demo.ids.items["wed_rehearsal"], {"fr": "Iris Exemple (fictive)", "en": "Iris Exemple (fictive)"}),
    ]
    assert all(half.state is State.REVIEWED for line in lines for _code, half in line.note)


def test_an_agency_reads_one_arrival_per_stretch_of_work(demo: ToldWorld) -> None:
    agency = demo.supplier("interpretation_agency")

    lines: list[AgendaItem] = demo.hooks.collect(hookspecs.agenda_items, event=demo.event, audience=agency)

    assert [(format_time(line.starts_at, demo.event.zone), line.note.text("en")) for line in lines] == [
        ("14:00", "Nadège Exemple (fictive) and Owen Exemple (fictif); on site at 13:30"),
        ("15:00", "Nadège Exemple (fictive) and Owen Exemple (fictif)"),
        ("16:15", "Nadège Exemple (fictive) and Owen Exemple (fictif)"),
        ("14:00", "Nadège Exemple (fictive) and Owen Exemple (fictif); on site at 13:30"),
        ("16:00", "Nadège Exemple (fictive) and Owen Exemple (fictif)"),
    ]


def test_a_provider_has_two_quotes_one_of_them_declined(demo: ToldWorld) -> None:
    states = {
        key: sorted(order.state for order in demo.supplier(key).orders)
        for key in ("interpretation_agency", "freelance_1", "freelance_2")
    }

    assert states == {key: ["confirmed", "declined"] for key in states}
    spent = sum(providers.spent(demo.supplier(key).orders) for key in states)
    assert spent == (4 * 780 + 180 + 560 + 540) * 100


def test_one_contract_a_day_whatever_the_number_of_items(demo: ToldWorld) -> None:
    contracts = booking.contracts(demo.event, booking.live(demo.event))

    assert [(str(one.day), one.interpreter.name.split()[0], len(one.bookings), one.rate) for one in contracts] == [
        ("2025-03-25", "Nadège", 3, 780_00),
        ("2025-03-25", "Owen", 3, 780_00),
        ("2025-03-26", "Iris", 2, 560_00),
        ("2025-03-26", "Tom", 1, 540_00),
        ("2025-03-27", "Nadège", 2, 780_00),
        ("2025-03-27", "Owen", 2, 780_00),
    ]
    assert booking.cost(contracts) == 4220_00


def test_the_owners_who_are_late_were_written_to_twice_in_their_language(demo: ToldWorld) -> None:
    query = sa.select(outbox.MailMessage).where(outbox.MailMessage.kind == "interpretation_document")
    mails = list(session().scalars(query.order_by(outbox.MailMessage.id)))

    contacts = {demo.party(key).contact_email: key for key in demo.ids.delegations}
    assert [(contacts[mail.recipient], mail.language) for mail in mails] == [
        ("prague", "en"),
        ("bordeaux", "fr"),
        ("rotterdam", "en"),
        ("ariege", "fr"),
        ("reykjavik", "en"),
        ("aix_marseille", "fr"),
        ("prague", "en"),
        ("rotterdam", "en"),
    ]
    assert "We asked you before" in mails[-1].body
    assert "We asked you before" not in mails[0].body
    assert mails[1].subject.split() == "« Climate Democracy Lab » : les interprètes attendent un document".split()


def test_an_item_that_is_cancelled_leaves_bookings_to_cancel(demo: ToldWorld) -> None:
    with demo.writing():
        closing = programme.item_for_change(demo.event, demo.ids.items["thu_closing"])
        programme.change_item(demo.event, closing, {"state": "cancelled"}, by=demo.by, hooks=demo.hooks)

    [found] = [check for check in checks(demo) if check.rule == "interpretation.to_cancel"]
    assert (found.subject, found.severity, found.title, found.why) == (
        str(closing.id),
        Severity.AT_RISK,
        "2 bookings are to be cancelled: “Closing plenary” does not take place",
        "Nadège Exemple (fictive) and Owen Exemple (fictif)",
    )
    page = demo.client(demo.owner).get(demo.url(f"interpretation/items/{closing.id}"))
    assert page.text.count("To be cancelled") == 2


def test_a_lunch_of_an_hour_is_long_enough(demo: ToldWorld) -> None:
    with demo.writing():
        lunch = programme.item_for_change(demo.event, demo.ids.items["wed_lunch"])
        programme.change_item(
            demo.event, lunch, {"ends_at": lunch.ends_at.replace(minute=30)}, by=demo.by, hooks=demo.hooks
        )

    assert "short_lunch" not in rules(demo)


def test_a_short_lunch_matters_only_where_interpreters_work(demo: ToldWorld) -> None:
    with demo.writing():
        for name in ("Iris", "Tom"):
            for row in booking.live(demo.event, interpreter_id=person(demo, name).id):
                stored = booking.assignment_for_change(demo.event, row.id)
                booking.move(demo.event, stored, AssignmentState.CANCELLED, by=demo.by)

    assert "short_lunch" not in rules(demo)


def test_a_waived_finding_stays_waived_until_the_team_changes(demo: ToldWorld) -> None:
    first = checks(demo)[0]
    with demo.writing():
        truth.waive(demo.event, first.rule, first.subject, "A colleague takes over at six.", by=demo.by)
    assert first.rule not in {check.rule for check in checks(demo)}

    with demo.writing():
        owen = next(
            row
            for row in booking.live(demo.event, interpreter_id=person(demo, "Owen").id)
            if row.item_id == demo.ids.items["tue_pitches"]
        )
        stored = locked(Assignment, owen.id)
        booking.move(demo.event, stored, AssignmentState.CANCELLED, by=demo.by)

    assert "interpretation.aiic_canada.two_languages_4_h" in {check.rule for check in checks(demo)}
