"""Providers and orders: the chain from quote to invoice, its sums, and the organisers' pages through HTTP."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from eventhub.access.models import EventRole
from eventhub.db import session, statement_count
from eventhub.errors import Refused
from eventhub.events import domain as events
from eventhub.i18n import speaking
from eventhub.providers import contributions, domain, words
from eventhub.providers.domain import Line
from eventhub.providers.models import Order, OrderLine, OrderState, Provider, ProviderState
from eventhub.testing import NOW, World
from tests.browsing import Person, forms_of

COVERS = Line("Covers", 66, 24_50, 1000)
SERVICE = Line("Service", 1, 450_00, 2000)
CHAIN = (
    OrderState.RECEIVED,
    OrderState.SELECTED,
    OrderState.ORDERED,
    OrderState.CONFIRMED,
    OrderState.SERVICE_DONE,
    OrderState.INVOICED,
)
PAPERS = {"choice_note": "The nearest", "engagement_number": "2025-117", "invoice_reference": "F-88"}


def quote(world: World, provider: Provider | None = None, lines: tuple[Line, ...] = (COVERS,), **facts: Any) -> Order:
    """Write a quote that was asked for."""
    provider = provider or world.provider()
    return domain.add_order(world.event, provider, {"title": "Buffet"} | facts, lines, by=world.by)


def move(world: World, order: Order, *states: OrderState) -> None:
    for state in states:
        domain.move_order(world.event, order, state, by=world.by, hooks=world.hooks)


@pytest.fixture
def organiser(world: World) -> Person:
    return Person(world.client(world.owner))


# --- sums -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "quantity, unit_net, vat_rate, vat",
    [
        (66, 24_50, 1000, 161_70),
        (1, 5, 1000, 1),  # half a cent is rounded up
        (1, 4, 1000, 0),
        (3, 33, 550, 5),  # 5.445
        (1, 1, 2000, 0),
        (1, 3, 2000, 1),  # 0.6
        (1, 100_00, 210, 2_10),
        (1, -5, 1000, -1),  # a credit is the mirror of what it takes back
        (1, 999_999_999_99, 2000, 200_000_000_00),
        (0, 24_50, 2000, 0),
    ],
)
def test_vat_is_rounded_per_line_to_the_nearest_cent(quantity: int, unit_net: int, vat_rate: int, vat: int) -> None:
    assert OrderLine(label="", quantity=quantity, unit_net=unit_net, vat_rate=vat_rate).vat == vat


def test_an_order_sums_its_lines_and_a_budget_what_is_ordered(world: World) -> None:
    with world.writing():
        order = quote(world, lines=(COVERS, SERVICE), **PAPERS)
        quote(world, lines=(SERVICE,))
        assert (order.net, order.vat, order.gross) == (2_067_00, 251_70, 2_318_70)
        assert domain.ordered_net(world.event) == 0
        move(world, order, *CHAIN[:3])
        assert domain.ordered_net(world.event) == domain.spent(domain.orders(world.event)) == 2_067_00
        domain.set_archived(world.event, order, True, by=world.by, hooks=world.hooks)
        assert domain.ordered_net(world.event) == domain.spent([order]) == 0


@pytest.mark.parametrize(
    "language, said",
    [("fr", ["20 %", "10 %", "5,5 %", "2,1 %", "0 %"]), ("en", ["20%", "10%", "5.5%", "2.1%", "0%"])],
)
def test_rates_are_said_as_each_language_writes_them(world: World, language: str, said: list[str]) -> None:
    with speaking(language):
        shown = [words.rate_in_words(rate).replace("\u202f", " ").replace("\u00a0", " ") for rate in words.VAT_RATES]
    assert shown == said


# --- the chain ------------------------------------------------------------------------------------------------------


def test_an_order_goes_the_whole_way_once_its_papers_are_there(world: World) -> None:
    with world.writing():
        order = quote(world, **PAPERS)
        move(world, order, *CHAIN)
    assert order.state == OrderState.INVOICED


@pytest.mark.parametrize(
    "lacking, refused_at, refusal",
    [
        ("lines", OrderState.RECEIVED, "Write at least one line with its amount first."),
        ("choice_note", OrderState.SELECTED, "Write in one sentence why this quote was chosen, then select it."),
        (
            "engagement_number",
            OrderState.ORDERED,
            "Write the engagement number before you order: the invoice cannot be paid without it.",
        ),
        ("invoice_reference", OrderState.INVOICED, "Write the reference of the invoice first."),
    ],
)
def test_each_step_asks_for_what_the_next_reader_needs(
    world: World, lacking: str, refused_at: OrderState, refusal: str
) -> None:
    before = CHAIN[: CHAIN.index(refused_at)]
    with world.writing():
        lines = () if lacking == "lines" else (COVERS,)
        order = quote(world, lines=lines, **{name: text for name, text in PAPERS.items() if name != lacking})
        move(world, order, *before)
        assert dict(domain.next_steps(order))[refused_at] == refusal
    with pytest.raises(Refused) as refused, world.writing():
        move(world, domain.order_for_change(world.event, order.id), refused_at)
    assert str(refused.value) == refusal


@pytest.mark.parametrize("name", ["choice_note", "engagement_number"])
def test_what_an_order_needed_cannot_be_emptied_afterwards(world: World, name: str) -> None:
    with world.writing():
        order = quote(world, **PAPERS)
        move(world, order, *CHAIN[:3])
    with pytest.raises((domain.NoChoiceNote, domain.NoEngagement)), world.writing():
        order = domain.order_for_change(world.event, order.id)
        domain.change_order(world.event, order, {name: ""}, None, by=world.by)


def test_an_order_cannot_jump(world: World) -> None:
    possible = {(state, target) for state, targets in domain.NEXT_STATES.items() for target in targets}
    for state in OrderState:
        for target in OrderState:
            with world.writing():
                order = quote(world, **PAPERS)
                order.state = state
                session().flush()
                if (state, target) in possible:
                    move(world, order, target)
                    assert order.state == target
                    continue
                with pytest.raises(domain.StateNotPossible):
                    move(world, order, target)


def test_a_confirmed_order_keeps_its_lines(world: World) -> None:
    with world.writing():
        order = quote(world, **PAPERS)
        move(world, order, *CHAIN[:3])
        domain.change_order(world.event, order, {}, [COVERS, SERVICE], by=world.by)
        move(world, order, OrderState.CONFIRMED)
        domain.change_order(world.event, order, {"reserve": "Two covers short"}, [COVERS, SERVICE], by=world.by)
    with pytest.raises(domain.LinesFixed), world.writing():
        order = domain.order_for_change(world.event, order.id)
        domain.change_order(world.event, order, {}, [COVERS], by=world.by)
    assert domain.lines_of(domain.order(world.event, order.id)) == [COVERS, SERVICE]


def test_nothing_is_ordered_from_a_blocked_provider(world: World) -> None:
    with world.writing():
        provider = world.provider()
        order = quote(world, provider, **PAPERS)
        move(world, order, *CHAIN[:2])
        provider.state = ProviderState.BLOCKED
    for refused in (lambda: quote(world, provider), lambda: move(world, order, OrderState.ORDERED)):
        with pytest.raises(domain.ProviderBlocked), world.writing():
            refused()


def test_plugins_hear_of_the_step_before_it_is_taken(world: World) -> None:
    heard = []

    class Heard:
        def before(self, spec: Any, **given: Any) -> None:
            heard.append((spec.__name__, given["subject"].state, given["changes"]))

        def after(self, spec: Any, **given: Any) -> None:
            heard.append((spec.__name__, given["subject"].state, given["changes"]))

    changes = {"state": ["requested", "received"]}
    with world.writing():
        order = quote(world)
        domain.move_order(world.event, order, OrderState.RECEIVED, by=world.by, hooks=Heard())  # type: ignore[arg-type]
    assert heard == [("before_change", "requested", changes), ("after_change", "received", changes)]


def test_orders_are_numbered_within_their_event(world: World) -> None:
    with world.writing():
        numbers = [quote(world).number for _n in range(3)]
        other = events.create(
            title={"en": "Another"},
            slug="another",
            starts_on=date(2025, 5, 1),
            ends_on=date(2025, 5, 2),
            languages=["en"],
            by=world.owner,
            plugins=[],
        )
        elsewhere = domain.add(other, {"name": "Provider", "kinds": ["other"], "state": "active"}, by=world.by)
        session().flush()
        own = domain.add_order(other, elsewhere, {"title": "Buffet"}, [], by=world.by).number
    assert (numbers, own) == ([1, 2, 3], 1)


# --- what does not fit, and when ------------------------------------------------------------------------------------


def test_a_late_invoice_and_a_late_order_are_found(world: World) -> None:
    with world.writing():
        world.event.budget_net = 100_00
        late = quote(world, title="Coach", invoice_due=date(2025, 3, 12), **PAPERS)
        move(world, late, *CHAIN[:4])
        quote(world, title="Sound", needed_by=date(2025, 3, 12))
        quote(world, title="Hotel", needed_by=date(2025, 3, 13))
        found = [(check.rule, check.severity.name) for check in contributions.checks(world.event)]
        due = [(line.title, line.at) for line in contributions.deadlines(world.event)]
    assert found == [
        ("providers.invoice_late", "AT_RISK"),
        ("providers.order_late", "AT_RISK"),
        ("providers.over_budget", "AT_RISK"),
    ]
    paris = ZoneInfo("Europe/Paris")
    assert due == [
        ("Sound must be ordered", datetime(2025, 3, 12, tzinfo=paris)),
        ("Hotel must be ordered", datetime(2025, 3, 13, tzinfo=paris)),
    ]


@pytest.mark.parametrize(
    "unit, final",
    [
        ("calendaire", "Monday, 17 March 2025, 12:00"),
        ("ouvrable", "Saturday, 15 March 2025, 12:00"),
        ("ouvre", "Thursday, 13 March 2025, 12:00"),
    ],
)
def test_the_page_says_by_an_example_when_quantities_are_final(
    world: World, organiser: Person, unit: str, final: str
) -> None:
    with world.writing():
        found = world.provider(cutoff_n=8, cutoff_unit=unit, max_increase=3, max_decrease=2)
    page = organiser.open(world.url(f"providers/{found.id}"))
    assert f"So a service on Tuesday, 25 March 2025 at noon is final on {final}." in page
    assert "3 more, 2 fewer" in page


# --- pages ----------------------------------------------------------------------------------------------------------


def names_shown(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="[^"]+">(?:<bdi>)?([^<]+)', page)


def test_a_provider_is_added_with_half_a_cutoff_refused(world: World, organiser: Person) -> None:
    organiser.open(world.url("providers/new"))
    typed = {"name": "Traiteur des Alpes", "kinds": ["other"], "email": "luc", "cutoff_n": "8", "cutoff_unit": ""}
    page = organiser.send(typed, expect=422)
    assert "Give both: how many days, and how they are counted." in page
    assert "The address has no “@”." in page
    organiser.send({"email": "luc@example.org", "cutoff_unit": "ouvre", "cutoff_hour": "12:00"})
    assert "The provider is saved." in organiser.text
    session().rollback()
    session().expire_all()
    (found,) = session().scalars(sa.select(Provider))
    assert (found.cutoff_n, found.cutoff_unit, str(found.cutoff_hour)) == (8, "ouvre", "12:00:00")


def test_a_quote_becomes_an_invoiced_order_by_the_buttons_of_its_page(world: World, organiser: Person) -> None:
    with world.writing():
        found = world.provider("Traiteur des Alpes")
    organiser.open(world.url(f"providers/{found.id}/orders/new"))
    line = {"label": "Covers", "quantity": "66", "unit_net": "24,50", "vat_rate": "1000"}
    organiser.send({"title": "Welcome buffet"} | {f"lines-0-{name}": text for name, text in line.items()})
    assert "€1,617.00 net, €1,778.70 gross" in organiser.text
    order = organiser.address
    for state in CHAIN:
        page = organiser.open(order)
        if f"/state/{state.value}" not in page:  # its papers are not there yet: the page says which, and leads there
            assert f'href="{order}/edit"' in page
            organiser.open(f"{order}/edit")
            organiser.send({name: text for name, text in PAPERS.items() if f'name="{name}"' in organiser.text})
        organiser.open(order)
        organiser.send(action=f"/state/{state.value}")
        assert "The state of the order is changed." in organiser.text
    session().rollback()
    session().expire_all()
    assert session().scalars(sa.select(Order.state)).one() == OrderState.INVOICED


@pytest.mark.parametrize("state", ["invoiced", "nonsense"])
def test_a_step_that_is_not_possible_is_refused_in_words(world: World, organiser: Person, state: str) -> None:
    with world.writing():
        order = quote(world)
    organiser.open(world.url(f"providers/orders/{order.id}"))
    token = next(form.values["csrf_token"] for form in forms_of(organiser.text) if form.method == "post")
    address = world.url(f"providers/orders/{order.id}/state/{state}")
    answer = organiser.client.post(address, data={"csrf_token": token})
    assert answer.status_code == 422
    assert ("cannot go to that state" in answer.text) == (state == "invoiced")


def test_more_lines_come_without_losing_what_was_typed(world: World, organiser: Person) -> None:
    with world.writing():
        order = quote(world)
    organiser.open(world.url(f"providers/orders/{order.id}/edit"))
    lines = organiser.text.count('class="line"')
    page = organiser.send({"lines-1-label": "Service", "lines-1-unit_net": "rubbish", "more": "1"})
    assert page.count('class="line"') == lines + 3
    assert ('value="Service"' in page, 'value="rubbish"' in page, "error-summary" in page) == (True, True, False)
    assert domain.lines_of(domain.order(world.event, order.id)) == [COVERS]


def test_errors_of_lines_are_listed_by_line_and_nothing_typed_is_lost(world: World, organiser: Person) -> None:
    with world.writing():
        order = quote(world)
    organiser.open(world.url(f"providers/orders/{order.id}/edit"))
    typed = {
        "lines-0-quantity": "a dozen",
        "lines-1-label": "Service",
        "lines-2-unit_net": "12",
        "lines-2-vat_rate": "1900",
    }
    page = organiser.send(typed, expect=422)
    rows = re.findall(r'<li><a href="#([^"]+)">([^<]+)</a></li>', page)
    assert [(target, text.partition(":")[0]) for target, text in rows] == [
        ("lines-0-quantity", "Line 1 – Quantity"),
        ("lines-1-quantity", "Line 2 – Quantity"),
        ("lines-1-unit_net", "Line 2 – Unit price, net"),
        ("lines-2-label", "Line 3 – What"),
        ("lines-2-vat_rate", "Line 3 – VAT"),
    ]
    assert all(f'id="{target}"' in page for target, _text in rows)
    assert 'value="a dozen"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_two_organisers_at_the_lines_of_one_order_see_both_versions(world: World, organiser: Person) -> None:
    with world.writing():
        order = quote(world, lines=(COVERS, SERVICE))
        desk = world.organiser(EventRole.LOGISTICS)
    colleague = Person(world.client(desk))
    for person in (organiser, colleague):
        person.open(world.url(f"providers/orders/{order.id}/edit"))
    organiser.send({"lines-0-quantity": "70"})
    page = colleague.send({"lines-0-quantity": "60", "title": "Welcome buffet"}, expect=409)
    assert "Covers: 70 × €24.50, 10%" in page
    assert 'value="60"' in page
    colleague.send({"title": "Welcome buffet"})
    session().rollback()
    session().expire_all()
    stored = domain.order(world.event, order.id)
    assert (stored.title, [line.quantity for line in stored.lines]) == ("Welcome buffet", [60, 1])


def test_lines_left_alone_are_not_written_over_what_a_colleague_saved(world: World, organiser: Person) -> None:
    with world.writing():
        order = quote(world)
        desk = world.organiser(EventRole.LOGISTICS)
    colleague = Person(world.client(desk))
    for person in (organiser, colleague):
        person.open(world.url(f"providers/orders/{order.id}/edit"))
    organiser.send({"lines-0-quantity": "70"})
    colleague.send({"title": "Welcome buffet"})
    session().rollback()
    session().expire_all()
    stored = domain.order(world.event, order.id)
    assert (stored.title, [line.quantity for line in stored.lines]) == ("Welcome buffet", [70])


@pytest.mark.parametrize(
    "typed, cents",
    [("1 234,50", 1234_50), ("1.234,50 €", 1234_50), ("1234.5", 1234_50), ("-12", -12_00), ("0", 0)],
)
def test_amounts_are_read_as_people_write_them(world: World, organiser: Person, typed: str, cents: int) -> None:
    with world.writing():
        order = quote(world)
    organiser.open(world.url(f"providers/orders/{order.id}/edit"))
    organiser.send({"lines-0-unit_net": typed})
    session().rollback()
    session().expire_all()
    assert [line.unit_net for line in domain.order(world.event, order.id).lines] == [cents]


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("title", "x" * 300_000, "This text is too long"),
        ("title", "Buf\x00fet", "Invisible control characters were removed"),
        ("needed_by", "2025-02-30", "This date does not exist."),
        ("needed_by", "99999-01-01", "This date does not exist."),
        ("lines-0-quantity", "9" * 5000, "Write a whole number, such as 12."),
        ("lines-0-quantity", "100001", "Write a number from 0 to 100000."),
        ("lines-0-unit_net", "9" * 300_000, "Write an amount in euros, such as 1234.50."),
        ("lines-0-label", "x" * 301, "This text is too long"),
        ("kind", "nonsense", "Choose one of the list."),
        ("engagement_number", "x" * 61, "This text is too long"),
    ],
)
def test_what_is_typed_badly_is_refused_in_words_and_given_back(
    world: World, organiser: Person, name: str, value: str, said: str
) -> None:
    with world.writing():
        order = quote(world)
    organiser.open(world.url(f"providers/orders/{order.id}/edit"))
    page = organiser.send({name: value}, expect=422)
    assert said in page
    assert name == "kind" or value.replace("\x00", "") in page
    session().rollback()
    session().expire_all()
    assert domain.lines_of(domain.order(world.event, order.id)) == [COVERS]


def test_lists_are_filtered_and_exported_as_shown(world: World, organiser: Person) -> None:
    with world.writing():
        alps = world.provider("Étoile des Alpes", ("hotel", "venue"))
        sound = world.provider("=Sound", ("sound",))
        quote(world, alps, title="Rooms", kind="hotel", **PAPERS)
        move(world, quote(world, sound, title="Stage", kind="sound", **PAPERS), *CHAIN[:3])
    for query, shown in {
        "": ["=Sound", "Étoile des Alpes"],
        "?q=etoile": ["Étoile des Alpes"],
        "?kind=venue": ["Étoile des Alpes"],
        "?kind=ven": [],
        "?state=blocked": [],
        "?show=archived": [],
    }.items():
        assert names_shown(organiser.open(world.url(f"providers/{query}"))) == shown
    for query, shown in {
        "": ["Rooms", "Stage"],
        "?q=ETOILE": ["Rooms"],
        "?q=stage": ["Stage"],
        "?q=1": ["Rooms"],
        "?state=ordered": ["Stage"],
        "?kind=hotel": ["Rooms"],
    }.items():
        assert names_shown(organiser.open(world.url(f"providers/orders{query}"))) == shown
    assert "€1,617.00 ordered net." in organiser.open(world.url("providers/orders"))
    answer = organiser.client.get(world.url("providers/orders?kind=sound&format=csv"))
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";")
    assert {key: row[key] for key in ("Number", "Provider", "State", "Net", "VAT", "Gross")} == {
        "Number": "2",
        "Provider": "'=Sound",
        "State": "Ordered",
        "Net": "1617.0",
        "VAT": "161.7",
        "Gross": "1778.7",
    }


def test_an_archived_provider_and_order_are_put_away_and_come_back(world: World, organiser: Person) -> None:
    with world.writing():
        found = world.provider("Étoile")
        order = quote(world, found)
    for page, name, back in ((f"orders/{order.id}", "Buffet", "orders"), (f"{found.id}", "Étoile", "")):
        organiser.open(world.url(f"providers/{page}"))
        organiser.send(action="archive")
        assert names_shown(organiser.open(world.url(f"providers/{back}"))) == []
        assert names_shown(organiser.open(world.url(f"providers/{back}?show=archived"))) == [name]
        organiser.open(world.url(f"providers/{page}"))
        organiser.send(action="archive")
        assert names_shown(organiser.open(world.url(f"providers/{back}"))) == [name]


def test_who_only_reads_changes_nothing(world: World) -> None:
    with world.writing():
        order = quote(world)
        reader = world.organiser(EventRole.READER)
    client = world.client(reader)
    page = client.get(world.url(f"providers/orders/{order.id}"))
    assert (page.status_code, "Next step" in page.text) == (200, False)
    token = next(form.values["csrf_token"] for form in forms_of(page.text) if form.method == "post")
    for address in (f"orders/{order.id}/edit", f"orders/{order.id}/state/received", f"{order.provider_id}/archive"):
        assert client.post(world.url(f"providers/{address}"), data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize("page", ["", "orders", "{provider}", "orders/{order}", "orders/{order}/edit"])
def test_a_page_costs_the_same_for_forty_rows_as_for_one(world: World, page: str) -> None:
    client = world.client(world.owner)
    counts = []
    for rows in (1, 40):
        with world.writing():
            provider = world.provider()
            for _n in range(rows):
                world.provider()
                order = quote(world, provider, lines=(COVERS, SERVICE))
        address = world.url("providers/" + page.format(provider=provider.id, order=order.id))
        assert client.get(address).status_code == 200  # what does not fit is computed once per change
        counts.append(statement_count(world.app, partial(client.get, address)))
    assert counts[0] == counts[1] <= 10


def test_ids_of_another_event_lead_nowhere(world: World, organiser: Person) -> None:
    with world.writing():
        order = quote(world)
        another = events.create(
            title={"en": "Another"},
            slug="another",
            starts_on=NOW.date(),
            ends_on=NOW.date() + timedelta(days=1),
            languages=["en"],
            by=world.owner,
            plugins=[],
        )
    for page in (f"{order.provider_id}", f"{order.provider_id}/edit", f"orders/{order.id}", f"orders/{order.id}/edit"):
        own = world.url(f"providers/{page}")
        foreign = own.replace("/test/", f"/{another.slug}/")
        assert (organiser.client.get(own).status_code, organiser.client.get(foreign).status_code) == (200, 404)
