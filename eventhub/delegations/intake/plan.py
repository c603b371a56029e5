"""The fate of each row of a roster: what confirming it would write, or why it is refused. Pure: values in, values out.

A row finds its person by the person number, else by e-mail, else by name within the delegation; accents and case do
not matter. An empty cell changes nothing. A quota is never exceeded: the row is refused, unless raising was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from eventhub.delegations.intake.reading import Problem, Said
from eventhub.delegations.models import ABSENT, DelegationRole
from eventhub.delegations.seats import ONE_NAME
from eventhub.i18n import sort_key

MOST_SEATS = 500


class Fate(StrEnum):
    """What becomes of a row, or of a delegation that rows speak of."""

    NEW = "new"
    BACK = "back"
    CHANGED = "changed"
    SAME = "same"
    REPEATED = "repeated"
    REFUSED = "refused"
    NEW_DELEGATION = "delegation_new"
    CHANGED_DELEGATION = "delegation_changed"


WRITTEN = frozenset({Fate.NEW, Fate.BACK, Fate.CHANGED, Fate.NEW_DELEGATION, Fate.CHANGED_DELEGATION})


@dataclass(slots=True)
class KnownDelegation:
    """A delegation as it is stored."""

    id: int
    reference: str
    name: str
    city: str
    country: str
    role: str
    quota: int
    named: int
    contact_name: str
    contact_email: str
    contact_phone: str
    state: str
    archived: bool


@dataclass(slots=True)
class KnownPerson:
    """A person as stored, or as an earlier row will store them (``line``); ``seated`` unless they have left."""

    id: int
    delegation: int  # the id of their delegation; negative for one that the file brings
    name: str
    function: str = ""
    email: str = ""
    phone: str = ""
    document_language: str = ""
    is_head: bool = False
    languages: tuple[str, ...] = ()
    seated: bool = True
    arrival: datetime | None = None
    departure: datetime | None = None
    line: int = 0


_People = tuple[KnownPerson, ...]


@dataclass
class RowPlan:
    """What becomes of a row: ``write`` is what to store, ``changes`` the same as {field: [before, after]}."""

    line: int
    fate: Fate
    delegation: str = ""
    name: str = ""
    delegation_id: int = 0
    person_id: int = 0
    changes: dict[str, list[Any]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    write: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Delegation:
    """A delegation as the rows so far leave it."""

    id: int
    name: str
    facts: dict[str, Any]
    known: KnownDelegation | None
    named: int = 0
    quota: int = 0
    grows: bool = False  # a new one without a number of seats has as many as people
    head: str = ""
    head_id: int = 0
    line: int = 0
    lines: dict[str, int] = field(default_factory=dict)  # which line said what

    def is_head(self, person: KnownPerson) -> bool:
        return bool(self.head_id) and self.head_id == person.id


class Refusal(Exception):
    """This row cannot be written."""

    def __init__(self, code: str, column: str = "", **values: Any) -> None:
        self.code, self.column, self.values_ = code, column, values
        super().__init__(code)


PERSON_FIELDS = ("name", "function", "email", "phone", "languages", "document_language", "is_head")
MOMENTS = ("arrival", "departure")
DELEGATION_FACTS = frozenset({"city", "country", "role", "seats"})


class Planner:
    """Takes row after row, in their order; ``delegations`` then says what becomes of those they speak of."""

    def __init__(
        self,
        delegations: Iterable[KnownDelegation],
        people: Iterable[KnownPerson],
        *,
        places: Mapping[str, int],
        people_rows: bool,
        raise_quota: bool = False,
    ) -> None:
        self.places, self.people_rows, self.raise_quota = places, people_rows, raise_quota
        self.by_id: dict[int, _Delegation] = {}
        self.by_name: dict[str, _Delegation] = {}
        self.by_reference: dict[str, _Delegation] = {}
        self.people: dict[int, KnownPerson] = {}
        self.by_email: dict[str, _People] = {}
        self.by_person_name: dict[tuple[int, str], _People] = {}
        self.somewhere: dict[str, int] = {}
        self.next_delegation = self.next_person = 0
        for one in delegations:
            self._know(one)
        for person in people:
            self._know_person(person)

    def _know(self, one: KnownDelegation) -> None:
        found = _Delegation(one.id, one.name, {}, one, one.named, one.quota)
        self.by_id[one.id] = found
        self.by_reference[one.reference.upper()] = found
        if not one.archived:
            self.by_name[sort_key(one.name)] = found

    def _know_person(self, person: KnownPerson) -> None:
        self.people[person.id] = person
        key = sort_key(person.name)
        if person.email:
            _also(self.by_email, person.email.casefold(), person)
        _also(self.by_person_name, (person.delegation, key), person)
        if person.seated:
            self.somewhere.setdefault(key, person.delegation)
            if person.is_head:
                delegation = self.by_id[person.delegation]
                delegation.head, delegation.head_id = person.name, person.id

    def country_of(self, given: Mapping[str, Any]) -> str | None:
        """Return the country of the delegation that a row speaks of, as far as it is known by now."""
        found = self.by_reference.get(given.get("reference", "")) or self.by_name.get(
            sort_key(given.get("delegation", ""))
        )
        if found is None:
            return None
        return found.facts.get("country") or (found.known.country if found.known else None)

    # --- one row ----------------------------------------------------------------------------------------------------

    def take(self, said: Said) -> RowPlan | None:
        """Decide the row; None where a row about a delegation alone is told by that delegation."""
        plan = RowPlan(said.line, Fate.SAME, said.delegation.get("delegation", ""), said.person.get("name", ""))
        plan.notes = list(said.notes)
        if said.problems:
            plan.fate, plan.problems = Fate.REFUSED, list(said.problems)
            return plan
        try:
            found, facts = self._delegation(said)
            plan.delegation, plan.delegation_id = found.name, found.id
            if self.people_rows:
                self._person(plan, said, found, facts)
            else:
                self._delegation_row(plan, said, found, facts)
        except Refusal as refusal:
            plan.fate = Fate.REFUSED
            plan.problems = [Problem(refusal.code, self.places.get(refusal.column), refusal.values_)]
            return plan
        return None if not self.people_rows and plan.fate == Fate.CHANGED else plan

    def _delegation(self, said: Said) -> tuple[_Delegation, dict[str, Any]]:
        """Return the delegation of the row, and what the row would change of it; nothing is kept yet."""
        given = said.delegation
        if given.get("reference"):
            found = self.by_reference.get(given["reference"])
            if found is None and not given.get("delegation"):
                raise Refusal("unknown_reference", "reference")
            if found is not None and found.known and found.known.archived:
                raise Refusal("archived", "reference")
        else:
            found = None
        found = found or self.by_name.get(sort_key(given.get("delegation", "")))
        if found is None and not given.get("delegation"):
            person = self.people.get(said.person.get("id", 0))
            if person is None:
                raise Refusal("no_delegation", "delegation")
            found = self.by_id[person.delegation]
        if found is None:
            found = self._new_delegation(given)
        elif found.known is not None and found.known.state in ABSENT:
            raise Refusal("not_coming", "delegation")
        return found, self._delegation_facts(found, said)

    def _new_delegation(self, given: Mapping[str, Any]) -> _Delegation:
        if "country" not in given:
            raise Refusal("unknown_delegation", "delegation" if "country" not in self.places else "country")
        new = _Delegation(self.next_delegation - 1, given["delegation"], {}, None)
        new.grows = "seats" not in given
        return new

    def _delegation_facts(self, found: _Delegation, said: Said) -> dict[str, Any]:
        """Return {field: value} that this row says and no row before; two rows must not contradict each other."""
        facts: dict[str, Any] = {}
        given: dict[str, Any] = {code: value for code, value in said.delegation.items() if code in DELEGATION_FACTS}
        if not self.people_rows:
            given |= {
                code: value
                for code, value in (
                    ("contact_name", said.delegation.get("head")),
                    ("contact_email", said.person.get("email")),
                    ("contact_phone", said.person.get("phone")),
                )
                if value
            }
        elif found.known is None and said.person.get("is_head"):
            given |= {
                code: said.person[name]
                for code, name in (("contact_name", "name"), ("contact_email", "email"), ("contact_phone", "phone"))
                if name in said.person
            }
        for code, value in given.items():
            name = "quota" if code == "seats" else code
            if name in found.facts:
                raised = name == "quota" and self.raise_quota and value <= found.facts[name]
                if found.facts[name] != value and not raised:
                    raise Refusal("contradiction", code, line=found.lines[name])
                continue
            facts[name] = value
        quota = facts.get("quota")
        if quota is not None and quota < found.named:
            raise Refusal("below_named", "seats", named=found.named)
        return facts

    def _delegation_row(self, plan: RowPlan, said: Said, found: _Delegation, facts: dict[str, Any]) -> None:
        if "seats" not in said.delegation and found.known is None and not found.lines:
            raise Refusal("no_seats", "seats")
        before = found.known
        news = {name: value for name, value in facts.items() if before is None or getattr(before, name) != value}
        if found.lines and not facts:
            plan.fate = Fate.REPEATED
            plan.notes.append(Problem("repeated", None, {"line": found.line}))
        elif before is not None and not news:
            plan.fate = Fate.SAME
        else:
            plan.fate = Fate.CHANGED
        self._keep(found, facts, said.line)

    def _keep(self, found: _Delegation, facts: Mapping[str, Any], line: int) -> None:
        """Take over what a row that is not refused says of its delegation."""
        if found.id not in self.by_id:
            self.next_delegation = found.id
            self.by_id[found.id] = found
            self.by_name[sort_key(found.name)] = found
        found.line = found.line or line
        for name, value in facts.items():
            found.facts[name] = value
            found.lines[name] = line
        found.lines.setdefault("name", line)
        if "quota" in facts:
            found.quota, found.grows = facts["quota"], False

    # --- its person -------------------------------------------------------------------------------------------------

    def _person(self, plan: RowPlan, said: Said, found: _Delegation, facts: dict[str, Any]) -> None:
        given = said.person
        person = self._match(given, found)
        if person is None and not given.get("name"):
            raise Refusal("no_name", "name" if "name" in self.places else "last_name")
        if given.get("is_head") and found.head and not (person and found.is_head(person)):
            raise Refusal("two_heads", "head", name=found.head)
        if person is not None and person.line:
            self._again(plan, given, person)
            return
        if person is not None:
            check_order(given, person)
        if person is None or not person.seated:
            raised = self._seat(found, facts)
            if raised:
                plan.notes.append(Problem("raised", None, {"quota": raised}))
        self._keep(found, facts, said.line)
        if person is None:
            self._newcomer(plan, given, found)
        else:
            self._correct(plan, given, person, found)
        kept = self.people[plan.person_id]
        kept.line = said.line
        if kept.is_head:
            found.head, found.head_id = kept.name, kept.id

    def _match(self, given: Mapping[str, Any], found: _Delegation) -> KnownPerson | None:
        """Return the person whom the row is about, None for a newcomer."""
        name = given.get("name", "")
        if "id" in given:
            person = self.people.get(given["id"])
            if person is None:
                raise Refusal("unknown_person", "person_id")
            if person.delegation != found.id:
                raise Refusal("elsewhere", "delegation", delegation=self.by_id[person.delegation].name)
            if name and not same_name(person.name, name):
                raise Refusal("substitution", "person_id", name=person.name)
            return person
        if given.get("email"):
            same_address = [one for one in self.by_email.get(given["email"].casefold(), ()) if one.seated]
            here = [one for one in same_address if one.delegation == found.id]
            if here:
                person = here[0]
                if name and not same_name(person.name, name):
                    code = "address_twice" if person.line else "substitution"
                    raise Refusal(code, "email", name=person.name, line=person.line)
                return person
            if same_address:
                other = self.by_id[same_address[0].delegation].name
                raise Refusal("elsewhere", "email", delegation=other)
        named = self.by_person_name.get((found.id, sort_key(name)), ()) if name else ()
        seated = [one for one in named if one.seated]
        if len(seated) > 1:
            raise Refusal("two_of_that_name", "name")
        if seated:
            return seated[0]
        address = given.get("email", "").casefold()
        gone = [one for one in named if not address or not one.email or one.email.casefold() == address]
        return gone[-1] if gone else None

    def _again(self, plan: RowPlan, given: Mapping[str, Any], person: KnownPerson) -> None:
        """A second row about one person: left out where it says the same, refused where it says something else."""
        for name in (*PERSON_FIELDS, *MOMENTS):
            if name in given and not _equal(name, getattr(person, name), given[name]):
                raise Refusal("person_twice", "name", line=person.line, name=person.name)
        plan.fate, plan.person_id = Fate.REPEATED, person.id
        plan.notes.append(Problem("repeated", None, {"line": person.line}))

    def _seat(self, found: _Delegation, facts: dict[str, Any]) -> int:
        """Take a seat; returns the raised quota, where one had to be raised."""
        quota = facts.get("quota", found.quota)
        grows = found.grows and "quota" not in facts
        if found.named < quota:
            found.named += 1
            return 0
        if quota >= MOST_SEATS or not (grows or self.raise_quota):
            raise Refusal("no_seat", "delegation", quota=quota)
        found.named += 1
        found.quota = quota + 1
        if grows:
            return 0
        facts["quota"] = found.quota
        return found.quota

    def _newcomer(self, plan: RowPlan, given: Mapping[str, Any], found: _Delegation) -> None:
        self.next_person -= 1
        facts = {name: given[name] for name in (*PERSON_FIELDS, *MOMENTS) if name in given}
        person = KnownPerson(self.next_person, found.id, **facts)
        other = self.somewhere.get(sort_key(person.name))
        if other is not None and other != found.id:
            plan.notes.append(Problem("namesake", None, {"delegation": self.by_id[other].name}))
        self._know_person(person)
        plan.fate, plan.person_id, plan.write = Fate.NEW, person.id, facts

    def _correct(self, plan: RowPlan, given: Mapping[str, Any], person: KnownPerson, found: _Delegation) -> None:
        plan.person_id, plan.name = person.id, person.name
        plan.fate = Fate.SAME if person.seated else Fate.BACK
        for name in (*PERSON_FIELDS, *MOMENTS):
            if name in given and not _equal(name, before := getattr(person, name), given[name]):
                plan.changes[name] = [before, given[name]]
                plan.write[name] = given[name]
                setattr(person, name, given[name])
        if plan.changes and person.seated:
            plan.fate = Fate.CHANGED
        if found.is_head(person) and not person.is_head:
            found.head, found.head_id = "", 0
        if "email" in plan.changes:
            _also(self.by_email, person.email.casefold(), person)
        if "name" in plan.changes:
            _also(self.by_person_name, (found.id, sort_key(person.name)), person)
        person.seated = True

    # --- their delegations ------------------------------------------------------------------------------------------

    def delegations(self) -> Iterator[RowPlan]:
        """Yield what becomes of the delegations that rows bring or change."""
        for found in self.by_id.values():
            if found.known is None:
                quota = max(found.quota, 1)
                write: dict[str, Any] = {"name": found.name, "city": "", "role": DelegationRole.PARTICIPANT.value}
                write |= {**found.facts, "quota": quota}
                plan = RowPlan(found.line, Fate.NEW_DELEGATION, found.name, "", found.id, 0, write=write)
                if found.grows:
                    plan.notes.append(Problem("counted_seats", None, {"quota": quota}))
                yield plan
                continue
            changes = {
                name: [getattr(found.known, name), value]
                for name, value in found.facts.items()
                if getattr(found.known, name) != value
            }
            if changes:
                write = {name: after for name, (_before, after) in changes.items()}
                yield RowPlan(found.line, Fate.CHANGED_DELEGATION, found.name, "", found.id, 0, changes, write=write)


def _also(index: dict[Any, _People], key: Any, person: KnownPerson) -> None:
    """Add the person under the key: in a tuple, for lists would cost a large roster more memory."""
    index[key] = (*index.get(key, ()), person)


def check_order(given: Mapping[str, Any], person: KnownPerson) -> None:
    """Refuse to leave somebody departing before they arrive, when the row says only one of the two."""
    arrival, departure = (given.get(name, getattr(person, name)) for name in MOMENTS)
    if arrival and departure and departure <= arrival and given.keys() & set(MOMENTS):
        raise Refusal("order", "departure" if "departure" in given else "arrival")


def same_name(one: str, other: str) -> bool:
    """Tell whether two names under one address are one person: a title, another order, a spelling that is close."""
    before, after = sort_key(one), sort_key(other)
    words, others = set(before.replace(".", " ").split()), set(after.replace(".", " ").split())
    if before == after or words <= others or others <= words:
        return True
    return SequenceMatcher(None, before, after).ratio() >= ONE_NAME


def _equal(name: str, before: Any, after: Any) -> bool:
    if name == "phone":
        return "".join(filter(str.isdigit, before)) == "".join(filter(str.isdigit, after))
    if name == "languages":
        return set(before) == set(after)
    if name == "email":
        return bool(before.casefold() == after.casefold())
    return bool(before == after)
