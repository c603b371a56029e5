"""Programs read and write an event: pages, ETags, problems, and the rules of the desk."""

from __future__ import annotations

from typing import Any

import pytest

from eventhub.db import session, statement_count, transaction
from eventhub.delegations.models import Delegation, DelegationState, Participant, ParticipantState
from eventhub.events.models import ProgrammeItem
from eventhub.testing import World
from tests.rest.conftest import Program

PRAGUE = {"name": "Prague", "country": "CZ", "quota": 3, "contact_email": "head@praha.example"}
PLENARY = {
    "kind": "plenary",
    "title": {"fr": "Plénière", "en": "Plenary"},
    "starts_at": "2025-03-25T09:00:00+01:00",
    "ends_at": "2025-03-25T10:00:00+01:00",
}


def test_a_delegation_is_written_read_changed_invited_and_withdrawn(world: World, program: Program) -> None:
    made = program.ask("POST", "delegations", PRAGUE)
    assert made.status_code == 201
    place = made.headers["Location"]
    assert program.get(place).json == made.json
    changed = program.change(place, {"quota": 5})
    assert (changed.status_code, changed.json["quota"]) == (200, 5)
    invited = program.ask("POST", f"{place}/invite")
    assert invited.json["invited_at"] is not None
    left = program.ask("POST", f"{place}/withdraw", {"reason": "The mayor is ill"})
    assert (left.status_code, left.json["state"]) == (200, DelegationState.WITHDRAWN)
    stored = session().get_one(Delegation, made.json["id"], populate_existing=True)
    assert (len(stored.seats), stored.reason) == (5, "The mayor is ill")


def test_people_are_named_corrected_and_taken_off(world: World, program: Program) -> None:
    with world.writing():
        prague = world.delegation("Prague", quota=1)
    jana = {"delegation_id": prague.id, "name": "Jana Nováková", "languages": ["cs", "en"], "phone": "+420601123456"}
    made = program.ask("POST", "participants", jana)
    assert (made.status_code, made.json["phone"]) == (201, "+420 601 123 456")
    full = program.ask("POST", "participants", {**jana, "name": "Petr Svoboda"})
    assert (full.status_code, full.json["type"]) == (409, "urn:eventhub:problem:quota-exceeded")
    place = made.headers["Location"]
    corrected = program.change(place, {"name": "Jana Horáková"})
    assert (corrected.status_code, corrected.json["id"]) == (200, made.json["id"])
    assert program.change(place, method="DELETE").status_code == 204
    person = session().get_one(Participant, made.json["id"], populate_existing=True)
    assert person.state == ParticipantState.CANCELLED
    assert program.get("participants").json["total"] == 0
    assert program.ask("DELETE", place, If_Match=program.get(place).headers["ETag"]).status_code == 404


def test_the_programme_is_written_and_archived(world: World, program: Program) -> None:
    made = program.ask("POST", "programme", PLENARY)
    assert made.json["title"] == {"fr": "Plénière", "en": "Plenary"}
    assert made.json["starts_at"] == "2025-03-25T08:00:00+00:00"
    place = made.headers["Location"]
    assert program.change(place, {"capacity": 60}).json["capacity"] == 60
    assert program.change(place, method="DELETE").status_code == 204
    assert program.get("programme").json["total"] == 0
    assert program.get("programme?archived=true").json["total"] == 1


def test_providers_are_written_and_orders_get_their_engagement_number(world: World, program: Program) -> None:
    made = program.ask("POST", "providers", {"name": "Traiteur des Alpes", "kinds": ["caterer"]})
    assert made.status_code == 201
    unknown = program.change(made.headers["Location"], {"kinds": ["juggler"]})
    assert (unknown.status_code, unknown.json["errors"][0]["field"]) == (422, "kinds")
    from eventhub.providers import domain

    with world.writing():
        facts = {"title": "Lunches", "kind": "caterer", "needed_by": None}
        provider = domain.provider(world.event, made.json["id"])
        order = domain.add_order(world.event, provider, facts, [domain.Line("Lunch", 60, 1_850)], by=world.by)
    noted = program.change(f"orders/{order.id}", {"engagement_number": "E-2025-114"})
    assert (noted.json["engagement_number"], noted.json["net"]) == ("E-2025-114", 111_000)


def test_what_is_wrong_is_told_field_by_field_in_the_language_asked_for(program: Program) -> None:
    wrong = {"name": " ", "country": "XX", "quota": "three", "colour": "red", "contact_email": "nobody"}
    answer = program.ask("POST", "delegations", wrong, Accept_Language="fr")
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    told = {line["field"]: line["detail"] for line in answer.json["errors"]}
    assert told.keys() == wrong.keys()
    assert told["quota"] == "Écrivez un nombre entier, comme 12."
    english = program.ask("POST", "delegations", wrong)
    assert {line["field"]: line["detail"] for line in english.json["errors"]}["name"] == "Fill in this field."


def test_a_rule_of_the_desk_is_a_rule_of_the_api(world: World, program: Program) -> None:
    assert program.ask("POST", "delegations", PRAGUE).status_code == 201
    twice = program.ask("POST", "delegations", PRAGUE)
    assert twice.status_code == 422
    assert twice.json["errors"] == [
        {"field": "name", "detail": twice.json["detail"]},
    ]
    late = program.ask("POST", "programme", {**PLENARY, "ends_at": "2025-03-25T08:00:00+01:00"})
    assert late.json["errors"][0]["field"] == "ends_at"
    with transaction():
        world.event.state = "archived"
    assert program.ask("POST", "delegations", {**PRAGUE, "name": "Brno"}).status_code == 409


def test_whoever_has_not_seen_the_newest_version_does_not_overwrite_it(world: World, program: Program) -> None:
    place = program.ask("POST", "delegations", PRAGUE).headers["Location"]
    seen = program.get(place).headers["ETag"]
    assert program.ask("PATCH", place, {"quota": 4}).status_code == 428
    assert program.ask("PATCH", place, {"quota": 4}, If_Match=seen).status_code == 200
    late = program.ask("PATCH", place, {"quota": 9}, If_Match=seen)
    assert (late.status_code, late.mimetype) == (412, "application/problem+json")
    assert program.get(place).json["quota"] == 4
    assert program.ask("DELETE", "programme/1").status_code == 428


def test_what_has_not_changed_is_not_sent_again(program: Program) -> None:
    program.ask("POST", "delegations", PRAGUE)
    first = program.get("delegations")
    again = program.get("delegations", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    program.ask("POST", "delegations", {**PRAGUE, "name": "Brno"})
    assert program.get("delegations", If_None_Match=first.headers["ETag"]).status_code == 200


def test_a_list_comes_in_pages_whose_links_reach_everything_once(world: World, program: Program) -> None:
    with world.writing():
        made = [world.delegation(f"City {letter}").id for letter in "dbca"]
    seen: list[int] = []
    place = "/api/v1/events/test/delegations?page_size=3"
    while place:
        answer = program.get(place)
        assert answer.json["total"] == 4
        seen += [row["id"] for row in answer.json["items"]]
        links = dict(reversed(link.split("; ")) for link in answer.headers["Link"].split(", "))
        place = links.get('rel="next"', "").strip("<>").removeprefix("http://localhost")
    assert seen == made
    assert program.get("delegations?page=9").json["items"] == []
    assert program.get("delegations?page=0").status_code == 422


def test_the_filters_of_the_desk_narrow_a_list(world: World, program: Program) -> None:
    with world.writing():
        world.delegation("Écully", country="FR")
        world.delegation("Brno", country="CZ", people=1)
    assert [row["name"] for row in program.get("delegations?q=ecully").json["items"]] == ["Écully"]
    assert [row["name"] for row in program.get("delegations?country=CZ").json["items"]] == ["Brno"]
    assert program.get("delegations?state=nonsense").status_code == 422
    assert program.get("participants?language=en").json["total"] == 1


def test_a_program_asks_only_for_what_changed_since(world: World, program: Program) -> None:
    with world.writing():
        world.delegation("Brno")
    assert program.get("delegations?updated_since=2025-03-13T08:00:00Z").json["total"] == 1
    assert program.get("delegations?updated_since=2025-03-13T08:00:01Z").json["total"] == 0


def test_a_list_asks_the_database_as_often_for_many_as_for_one(world: World, program: Program) -> None:
    with world.writing():
        world.delegation(people=1)
    program.get("delegations")  # the use of the token is noted here
    few = statement_count(world.app, lambda: program.get("delegations"))
    with world.writing():
        for _n in range(12):
            world.delegation(people=2)
    assert statement_count(world.app, lambda: program.get("delegations")) == few <= 5


WRONG: list[tuple[str, str, dict[str, Any], int]] = [
    ("POST", "delegations", {"data": "{", "content_type": "application/json"}, 400),
    ("POST", "delegations", {"data": '{"quota": NaN}', "content_type": "application/json"}, 400),
    ("POST", "delegations", {"data": '{"quota": ' + "9" * 5000 + "}", "content_type": "application/json"}, 400),
    ("POST", "delegations", {"data": "[" * 100_000, "content_type": "application/json"}, 400),
    ("POST", "delegations", {"data": b"\xff", "content_type": "application/json"}, 400),
    ("POST", "delegations", {"data": "[]", "content_type": "application/json"}, 422),
    ("POST", "delegations", {"data": "name=Prague", "content_type": "application/x-www-form-urlencoded"}, 415),
    ("POST", "delegations", {"data": " " * 1_100_000, "content_type": "application/json"}, 413),
    ("PUT", "delegations", {}, 405),
    ("GET", "nothing-here", {}, 404),
    ("GET", "delegations/99999999999999999999", {}, 404),
    ("GET", "delegations?page=99999999999999999999", {}, 422),
]


@pytest.mark.parametrize("method, path, sent, status", WRONG, ids=lambda value: str(value)[:30])
def test_every_error_is_a_problem_in_json(
    program: Program, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    headers = {"Authorization": f"Bearer {program.secret}"}
    answer = program.client.open(f"/api/v1/events/test/{path}", method=method, headers=headers, **sent)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["status"] == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    if status == 405:
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_bug_answers_500_without_its_trace(world: World, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **_named: object) -> None:
        raise RuntimeError("the secret plan")

    endpoint = "delegations_api.index"
    broken.permission = world.app.view_functions[endpoint].permission  # type: ignore[attr-defined]
    monkeypatch.setitem(world.app.view_functions, endpoint, broken)
    monkeypatch.setitem(world.app.config, "PROPAGATE_EXCEPTIONS", False)
    answer = program.get("delegations")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "secret plan" not in answer.text


def test_invisible_characters_are_refused_and_accents_composed(world: World, program: Program) -> None:
    assert program.ask("POST", "delegations", {**PRAGUE, "name": "Pra\u202egue"}).status_code == 422
    assert program.ask("POST", "delegations", {**PRAGUE, "name": "Pra\x00gue"}).status_code == 422
    assert program.ask("POST", "delegations", {**PRAGUE, "name": "E\u0301cully"}).json["name"] == "Écully"


def test_the_history_says_that_a_program_did_it(world: World, program: Program) -> None:
    made = program.ask("POST", "delegations", PRAGUE)
    page = world.client(world.owner).get(world.url(f"delegations/{made.json['id']}")).get_data(as_text=True)
    assert "A program, through the API" in page


def test_an_item_that_a_plugin_holds_is_not_archived(world: World, program: Program) -> None:
    from plugins.field_visits import domain as visits
    from plugins.field_visits import places

    with world.writing():
        item = world.item("Visit", "visit")
        departure = {"item_id": item.id, "wave": 1, "minimum": 1, "maximum": 8, "state": "open"}
        facts = {"title": {"en": "Dam"}, "languages": ["en"]}
        visit = visits.add(world.event, facts, departure, by=world.by)
        person = world.people(world.delegation(people=1))[0]
        places.move(world.event, person, 1, visit.slots[0].id, keep=True, by=world.by)
    answer = program.change(f"programme/{item.id}", method="DELETE")
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    assert session().get_one(ProgrammeItem, item.id, populate_existing=True).archived_at is None
