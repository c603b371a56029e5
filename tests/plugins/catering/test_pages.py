"""The pages of catering: every route × role, both languages, what they show, and how many statements they take."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from flask import Flask

from eventhub.access.models import EventRole
from eventhub.api import events, hookspecs, session
from eventhub.db import statement_count
from eventhub.testing import World, csrf_of
from plugins.catering import domain, sections
from plugins.catering.dietary import DIETS, Need
from plugins.catering.models import Meal, Service

READERS = {"owner", "programme", "logistics", "catering", "welcome", "reader", "administrator"}
DESK = {"owner", "logistics", "catering", "administrator"}
TRUSTED = {"owner", "catering"}
ROUTES = {
    ("GET", "catering/"): READERS,
    ("GET", "catering/?format=xlsx"): READERS,
    ("GET", "catering/meals/{meal}"): READERS,
    ("GET", "catering/meals/new"): DESK,
    ("POST", "catering/meals/new"): DESK,
    ("GET", "catering/meals/{meal}/edit"): DESK,
    ("POST", "catering/meals/{meal}/edit"): DESK,
    ("POST", "catering/meals/{meal}/archive"): DESK,
    ("GET", "catering/meals/{meal}/freeze"): DESK,
    ("POST", "catering/meals/{meal}/freeze"): DESK,
    ("GET", "catering/meals/{meal}/people"): TRUSTED,
    ("GET", "catering/needs"): TRUSTED,
    ("GET", "catering/needs/export"): TRUSTED,
    ("POST", "catering/needs/export"): TRUSTED,
}


@pytest.fixture
def meal(world: World, kitchen) -> Meal:
    with world.writing():
        found = kitchen.lunch(0, provider=kitchen.caterer("Good Table"))
        _delegation, people = kitchen.people(3)
        kitchen.eats(people[0], Need("vegan", severe=("tree_nuts",), note="no garlic"))
        kitchen.eats(people[1], Need("vegetarian"), own=False)
    return found


@pytest.mark.parametrize("role", sorted(READERS))
def test_each_role_opens_what_it_may_and_finds_nothing_elsewhere(
    app: Flask, world: World, meal: Meal, role: str
) -> None:
    """A refused page looks like one that is not there; a form posted without its token never gets that far."""
    app.config["WTF_CSRF_ENABLED"] = False
    with world.writing():
        admin = role == "administrator"
        user = world.organiser(administrator=True) if admin else world.organiser(EventRole(role))
    client = world.client(user)
    opened = {
        (method, path)
        for method, path in ROUTES
        if client.open(world.url(path.format(meal=meal.id)), method=method).status_code != 404
    }
    assert opened == {route for route, roles in ROUTES.items() if role in roles}


def test_all_routes_of_the_organisers_are_in_the_table(app: Flask) -> None:
    rules = {
        (method, rule.rule.partition("<event>/")[2].replace("<int:meal_id>", "{meal}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("catering.")
        for method in {"GET", "POST"} & set(rule.methods or ())
    }
    assert rules == {route for route in ROUTES if "?" not in route[1]}


def test_a_stranger_is_sent_to_sign_in(world: World, meal: Meal) -> None:
    answer = world.client().get(world.url("catering/needs"))
    assert (answer.status_code, "/login" in answer.headers["Location"]) == (302, True)


def test_a_meal_of_another_event_is_not_there(world: World, meal: Meal) -> None:
    with world.writing():
        other = events.copy(
            world.event,
            title={"en": "Other"},
            slug="other",
            starts_on=date(2026, 3, 24),
            by=world.owner,
            hooks=world.hooks,
        )
    client = world.client(world.owner)
    for path in ("", "/edit", "/freeze", "/people"):
        assert client.get(f"/en/manage/{other.slug}/catering/meals/{meal.id}{path}").status_code == 404


@pytest.mark.parametrize(
    "language, expected",
    [
        ("en", ("Meals", "Served at table", "Vegan", "Figures final on", "8 working days before, Mon–Sat")),
        (
            "fr",
            ("Repas", "Service à table", "Végétalien (vegan), sans fruits à coque (grave)", "Effectif définitif le"),
        ),
    ],
)
def test_pages_speak_both_languages(world: World, meal: Meal, language: str, expected: tuple[str, ...]) -> None:
    client = world.client(world.owner)
    paths = ("", f"meals/{meal.id}", f"meals/{meal.id}/edit", f"meals/{meal.id}/freeze", f"meals/{meal.id}/people")
    pages = [
        client.get(world.url(f"catering/{path}", language)) for path in (*paths, "meals/new", "needs", "needs/export")
    ]
    assert [page.status_code for page in pages] == [200] * 8
    assert all(f'<html lang="{language}">' in page.text for page in pages)
    text = "".join(page.text for page in pages)
    assert [word for word in expected if word not in text] == []


# --- the list and its exports ---------------------------------------------------------------------------------------


def test_the_list_exports_what_its_filters_show_without_names(world: World, kitchen, meal: Meal) -> None:
    with world.writing():
        kitchen.meal(world.item("Break", "break", 0, "15:45", "16:15"), service=Service.BREAK)
    client = world.client(world.owner)
    body = client.get(world.url("catering/?format=csv&service=seated")).get_data(as_text=True).lstrip("\ufeff")
    (row,) = csv.DictReader(io.StringIO(body), delimiter=";")
    assert {key: value for key, value in row.items() if value not in {"", "0"}} == {
        "Day": "2025-03-25",
        "Begins": "12:30",
        "Meal": "Lunch",
        "Service": "Served at table",
        "Caterer": "Good Table",
        "Figures final on": "2025-03-15 12:30",
        "Covers": "3",
        "Standard": "1",
        "Vegetarian": "1",
        "Vegan": "1",
        "Tree nuts": "1",
        "Tree nuts (severe)": "1",
    }
    assert "Lunch" not in client.get(world.url("catering/?service=break")).text.partition("<main")[2]
    assert "No meal matches these filters" in client.get(world.url("catering/?day=2025-03-27")).text
    assert client.get(world.url("catering/?day=tomorrow&provider=x&page=0")).status_code == 200


def test_an_empty_list_says_what_to_do_next(world: World) -> None:
    page = world.client(world.owner).get(world.url("catering/")).text
    assert "No meal is planned yet" in page
    assert "Plan a meal" in page
    with world.writing():
        reader = world.organiser(EventRole.READER)
    assert "The catering team plans the meals" in world.client(reader).get(world.url("catering/")).text


# --- planning through the browser -----------------------------------------------------------------------------------


def test_a_meal_is_planned_changed_put_away_and_taken_back(world: World, kitchen) -> None:
    with world.writing():
        item = world.item("Lunch", "meal", 0, "12:30", "13:30")
        caterer = kitchen.caterer()
    client, new = world.client(world.owner), world.url("catering/meals/new")
    form = client.get(new).text
    token = {"csrf_token": csrf_of(form)}
    refused = client.post(new, data={**token, "service": "seated"})
    assert refused.status_code == 422
    assert "Fill in this field." in refused.text
    made = client.post(new, data={**token, "service": "buffet", "item_ids": [item.id], "provider_id": caterer.id})
    url = made.headers["Location"]
    assert "Buffet" in client.get(url).text
    edit = client.get(f"{url}/edit").text
    said = {
        "csrf_token": csrf_of(edit),
        "base": edit.partition('name="base" value="')[2].partition('"')[0].replace("&#34;", '"'),
        "service": "seated",
        "item_ids": [item.id],
        "provider_id": caterer.id,
        "cutoff_n": "3",
        "cutoff_unit": "ouvre",
    }
    assert client.post(f"{url}/edit", data=said).headers["Location"] == url
    assert "3 working days before, Mon–Fri" in client.get(url).text
    for half in ({"cutoff_unit": ""}, {"cutoff_n": ""}):
        assert "Give both" in client.post(f"{url}/edit", data={**said, **half}).text
    put_away = client.post(f"{url}/archive", data=token)
    assert "Undo" in client.get(put_away.headers["Location"]).text
    assert "Take back" in client.get(world.url("catering/?show=archived")).text
    client.post(f"{url}/archive", data=token)
    session().rollback()
    assert [meal.service for meal in domain.meals(world.event)] == ["seated"]


def test_of_two_who_edit_a_meal_the_second_sees_both_versions(world: World, meal: Meal) -> None:
    client, url = world.client(world.owner), world.url(f"catering/meals/{meal.id}/edit")
    page = client.get(url).text
    said = {
        "csrf_token": csrf_of(page),
        "base": page.partition('name="base" value="')[2].partition('"')[0].replace("&#34;", '"'),
        "service": "seated",
        "item_ids": [item.id for item in meal.items],
        "provider_id": meal.provider_id,
    }
    assert client.post(url, data={**said, "note": "By the window", "name": ""}).status_code == 302
    clash = client.post(url, data={**said, "note": "In the garden", "name": ""})
    assert clash.status_code == 409
    assert "By the window" in clash.text
    assert "In the garden" in clash.text
    kept = client.post(url, data={**said, "note": "", "name": "Welcome lunch"})  # another field: both are kept
    assert kept.status_code == 302
    session().rollback()
    assert (domain.meal(world.event, meal.id).note, domain.meal(world.event, meal.id).name) == (
        "By the window",
        "Welcome lunch",
    )


def test_what_a_form_is_sent_cannot_break_it(world: World, meal: Meal) -> None:
    client, new = world.client(world.owner), world.url("catering/meals/new")
    token = {"csrf_token": csrf_of(client.get(new).text)}
    hostile = ["x", "-1", "99999999999999999999", "\x00", "{{7*7}}", "<script>alert(1)</script>", "=1+1"]
    fields = (
        "service item_ids name provider_id replaces_id note cutoff_n cutoff_unit cutoff_hour max_decrease in_percent"
    )
    for name in fields.split():
        for value in hostile:
            answer = client.post(new, data={**token, "service": "seated", name: value})
            assert answer.status_code == 422, (name, value)
            assert "<script>alert" not in answer.text
    for query in ("page=x", "provider=x", "service='", "day=2025-13-45", "format=pdf"):
        assert client.get(world.url(f"catering/?{query}")).status_code == 200
    for query in ("diet=x&allergen=y&q=%00", "page=-4", "severe=2"):
        assert client.get(world.url(f"catering/needs?{query}")).status_code == 200
    assert client.get(world.url(f"catering/meals/{meal.id}/people?status=x")).status_code == 200


# --- the restricted pages -------------------------------------------------------------------------------------------


def test_person_by_person_shows_who_eats_what_but_nothing_unconfirmed(world: World, meal: Meal) -> None:
    page = world.client(world.owner).get(world.url(f"catering/meals/{meal.id}/people")).text
    assert "Tree nuts (severe)" in page
    assert "no garlic" in page
    assert "Vegetarian" not in page
    assert page.count("Waits for the person") == 1


def test_the_named_list_says_who_read_it(world: World, meal: Meal) -> None:
    client = world.client(world.owner)
    client.get(world.url("catering/needs"))
    page = client.get(world.url("catering/needs")).text
    assert page.count("List of named dietary needs read") == 2
    assert "Owner" in page


def test_nothing_in_the_menu_leads_where_one_may_not_go(world: World, meal: Meal) -> None:
    with world.writing():
        reader = world.organiser(EventRole.READER)
    page = world.client(reader).get(world.url("catering/")).text
    assert 'href="/en/manage/test/catering/"' in page
    assert "catering/needs" not in page


# --- statements -----------------------------------------------------------------------------------------------------


def pages_of(world: World, meal: Meal) -> list[str]:
    paths = ("catering/", f"catering/meals/{meal.id}", f"catering/meals/{meal.id}/people", "catering/needs", "")
    return [world.url(path) for path in (*paths, "catering/?format=csv", f"catering/meals/{meal.id}/freeze")]


def test_statements_do_not_grow_with_people_meals_or_needs(app: Flask, world: World, kitchen, meal: Meal) -> None:
    def statements() -> dict[str, int]:
        client = world.client(world.owner)
        found = {}
        for url in pages_of(world, meal):
            app.extensions.pop("eventhub_truth", None)
            found[url] = statement_count(app, lambda: client.get(url))  # noqa: B023  (called at once)
        session().rollback()
        return found

    with world.writing():  # one of each: a packed lunch, a frozen meal, a second delegation, another diet
        visit = world.item("Walk", "visit", 0, "14:00", "17:00")
        kitchen.meal(visit, service=Service.PACKED, provider=kitchen.caterer("P"), replaces_id=meal.id)
        _delegation, (one,) = kitchen.people(1)
        kitchen.eats(one, Need("no_pork"))
        kitchen.walks.send(one, visit)
    before = statements()
    with world.writing():
        for number in range(8):
            _delegation, people = kitchen.people(5)
            for person, diet in zip(people, DIETS, strict=False):
                kitchen.eats(person, Need(diet, mild=("gluten",)))
                if number % 2:
                    kitchen.walks.send(person, visit)
        for day in (1, 2):
            kitchen.lunch(day, provider=kitchen.caterer(f"C{day}"))
            kitchen.meal(world.item("Dinner", "meal", day, "19:30", "22:00"))
    assert statements() == before


def test_the_guests_step_takes_as_many_statements_for_one_as_for_many(app: Flask, world: World, kitchen) -> None:
    with world.writing():
        _delegation, people = kitchen.people(6)
        for person in people[:4]:
            kitchen.eats(person, Need("vegan"))
    collect = world.hooks.collect

    def asked(count: int, *, own: bool) -> int:
        session().expire_all()
        for row in (world.event, *people):
            session().refresh(row)  # only what the sections read is counted
        return statement_count(
            app,
            lambda: collect(
                hookspecs.participant_form_sections,
                event=world.event,
                stage="needs",
                participants=people[:count],
                own=own,
            ),
        )

    assert asked(1, own=False) == asked(6, own=False) == 1
    assert asked(1, own=True) == asked(6, own=True) == 2


def test_sections_show_in_their_own_stage_only(world: World, kitchen) -> None:
    with world.writing():
        _delegation, people = kitchen.people(2)
    assert list(sections.sections(world.event, "choices", people, own=True)) == []
    assert list(sections.sections(world.event, "needs", [], own=True)) == []
    assert [section.subject_id for section in sections.sections(world.event, "needs", people, own=False)] == [
        person.id for person in people
    ]
