"""What the lists of delegations and people hold for a query, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from eventhub.contributions import PeopleColumn
from eventhub.db import session
from eventhub.delegations import domain, lists
from eventhub.delegations.models import Direction, Participant, ParticipantState
from eventhub.i18n import sort_key
from eventhub.search import folded, words_of
from eventhub.testing import World


@pytest.fixture
def engine_url(each_engine_url: str) -> str:
    return each_engine_url


@pytest.fixture
def people(world: World) -> Callable[..., list[str]]:
    """Return the names on the list of people for these query arguments."""

    def names(**args: str) -> list[str]:
        return [
            person.name for person in session().scalars(lists.people_matching(world.event, args, hooks=world.hooks))
        ]

    return names


@pytest.fixture
def delegations(world: World) -> Callable[..., list[str]]:
    def names(**args: str) -> list[str]:
        return [row.name for row in session().scalars(lists.delegations_matching(world.event, args))]

    return names


TEXTS = (
    "Grenoble-Alpes Métropole",
    "ÉVRY",
    "Łódź",
    "Malmö",
    "GIESSEN Straße",
    "Ηράκλειο",
    "Đà Nẵng",
    "İzmir",
    "Tromsø",
    "Œuvre Ærø Þór",
    "",
    "a%_b",
)


def test_a_text_is_folded_alike_in_sql_and_in_python(world: World) -> None:
    for text in TEXTS:
        assert session().scalar(sa.select(folded(sa.literal(text)))) == sort_key(text)


def test_a_search_is_words_without_accents_or_case() -> None:
    assert words_of("  Émilie  D’ORSAY ") == ["emilie", "d’orsay"]
    assert len(words_of("a " * 500)) == 10


def test_delegations_are_found_by_name_city_head_mail_reference_and_people(
    world: World, delegations: Callable[..., list[str]]
) -> None:
    with world.writing():
        facts = {"contact_name": "Zoé Lefèvre", "contact_email": "Zoe@Bruxelles.example", "country": "BE"}
        capital = world.delegation("Région bruxelloise", people=1, city="Bruxelles", **facts)
        world.people(capital)[0].sort_key = sort_key("Björn Åkesson")
        world.delegation("Łódź", country="PL", city="Łódź", role="observer")
    for text in ("region", "BRUXELLES", "zoe lefevre", "Lefèvre Zoé", "zoe@brux", capital.reference.lower(), "akesson"):
        assert delegations(q=text) == ["Région bruxelloise"], text
    assert delegations(q="region lodz") == delegations(q="%") == delegations(q="_") == []
    assert delegations(role="observer") == delegations(country="PL") == ["Łódź"]
    assert delegations(language="fr") == [] != delegations(language="en")
    assert delegations(unheard="of", q=" ") == ["Łódź", "Région bruxelloise"]


def test_what_is_missing_is_found_by_its_stage_as_completeness_says_it(
    world: World, delegations: Callable[..., list[str]], people: Callable[..., list[str]]
) -> None:
    with world.writing():
        whole = world.delegation("Whole", people=1, quota=1)
        travels = [domain.Travel(Direction.ARRIVAL, "train", at=world.event.registration_closes_at)]
        travels.append(domain.Travel(Direction.DEPARTURE, "local"))
        domain.save_travel(world.event, world.people(whole)[0], travels, by=world.by, hooks=world.hooks)
        world.delegation("Unnamed", quota=1)
        world.delegation("Without travel", people=1, quota=1)
        mute = world.delegation("Mute", people=1, quota=1)
        world.people(mute)[0].languages = []
        gone = world.delegation("Gone", people=1)
        domain.withdraw(world.event, gone, "Elections", by=world.by, hooks=world.hooks)
    assert delegations(stage="people") == ["Mute", "Unnamed"]
    assert delegations(stage="travel") == ["Mute", "Without travel"]
    assert people(stage="people") == ["Mute Person 1"]
    assert people(stage="travel") == ["Mute Person 1", "Without travel Person 1"]
    assert delegations(stage="nonsense") == people(stage="nonsense") == []
    assert len(delegations()) == 5


def test_people_are_found_by_the_day_they_arrive_in_the_zone_of_the_event(
    world: World, people: Callable[..., list[str]]
) -> None:
    with world.writing():
        late = world.delegation("Late", people=1)  # 24 March, 23:30 in London is 25 March in Grenoble
        leg = domain.Travel(Direction.ARRIVAL, "plane", at=datetime(2025, 3, 24, 23, 30, tzinfo=UTC))
        domain.save_travel(world.event, world.people(late)[0], [leg], by=world.by, hooks=world.hooks)
        world.delegation("Silent", people=1)
    assert people(arrives="2025-03-25") == ["Late Person 1"]
    assert people(arrives="2025-03-24") == []
    assert people(arrives="unknown") == ["Silent Person 1"]
    assert people(arrives="9999-12-31") == people(arrives="tomorrow") == []


def test_people_are_found_by_words_of_theirs_and_of_their_delegation(
    world: World, people: Callable[..., list[str]]
) -> None:
    with world.writing():
        ghent = world.delegation("Gent", people=2, city="Gand", country="BE", role="observer")
        first, second = world.people(ghent)
        first.name, first.sort_key, first.email = "Zoé Ångström", sort_key("Zoé Ångström"), "Zoe.A@example.org"
        second.state = ParticipantState.NO_SHOW
        world.delegation("Prague", people=1, country="CZ")
    for text in ("angstrom zoe", "zoe.a@", "gand", "gent zoé", ghent.reference):
        assert people(q=text) == ["Zoé Ångström"], text
    assert people(country="CZ") == people(q="person 1") == ["Prague Person 1"]
    assert people(role="observer", state="no_show") == ["Gent Person 2"]
    assert people(delegation=str(ghent.id)) == ["Zoé Ångström"]
    assert people(delegation="9" * 40) == people(delegation="one") == people(state="unheard") == []


def test_lists_are_sorted_by_what_is_known_and_by_name_otherwise(
    world: World, delegations: Callable[..., list[str]], people: Callable[..., list[str]]
) -> None:
    with world.writing():
        world.delegation("Écluse", people=1, city="Zagreb", country="HR")
        world.delegation("Aarhus", people=2, city="Århus", country="DK")
    assert delegations(sort="-name") == delegations(sort="-city") == delegations(sort="named") == ["Écluse", "Aarhus"]
    assert delegations(sort="contact_email") == delegations(sort="--name") == ["Aarhus", "Écluse"]
    assert people(sort="-delegation") == ["Écluse Person 1", "Aarhus Person 1", "Aarhus Person 2"]
    assert people(sort="arrival") == people(sort="") == ["Aarhus Person 1", "Aarhus Person 2", "Écluse Person 1"]


# --- columns of plugins ---------------------------------------------------------------------------------------------


def column(key: str = "tiny.table", **facts: Any) -> PeopleColumn:
    def values(ids: Sequence[int]) -> dict[int, str]:
        return dict.fromkeys(ids, "Table 1")

    return PeopleColumn(key, "Table", values, **facts)


class _Answering:
    """Stands where hook calls go, and answers with these columns."""

    def __init__(self, *columns: PeopleColumn) -> None:
        self.columns = columns

    def collect(self, spec: object, **values: object) -> list[PeopleColumn]:
        return list(self.columns)


def test_the_choices_of_a_plugins_column_filter_the_list(world: World) -> None:
    with world.writing():
        first, _second = world.people(world.delegation("Ghent", people=2))

    def having(code: str) -> sa.Select[int]:
        return sa.select(Participant.id).where(Participant.id == first.id)

    tiny: Any = _Answering(column(choices=[("1", "Table 1")], having=having))

    def names(args: dict[str, str]) -> list[str]:
        return [row.name for row in session().scalars(lists.people_matching(world.event, args, hooks=tiny))]

    assert names({"tiny.table": "1"}) == ["Ghent Person 1"]
    assert names({"tiny.table": ""}) == ["Ghent Person 1", "Ghent Person 2"]
    # a choice or a column that is gone means nobody: a mail must not go to everybody because a plugin is off
    assert names({"tiny.table": "2"}) == names({"gone.column": "1"}) == []


def test_a_column_checks_itself() -> None:
    with pytest.raises(ValueError, match=r"write it like field_visits\.visit"):
        column("table")
    with pytest.raises(ValueError, match="choices need having"):
        column(choices=[("1", "Table 1")])
