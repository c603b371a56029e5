"""The same person twice: who looks like it, by name, address or phone, whatever the accents, order and hyphens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from eventhub.i18n import sort_key

EMAIL, PHONE, NAME = "email", "phone", "name"
DIGITS = 9  # of a phone number: +33 4 76… and 04 76… are one
CROWD = 6  # a switchboard or a shared address, not so many doubles of one person


@dataclass(frozen=True)
class Known:
    """What is compared of a person."""

    id: int
    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Pair:
    """Two records that look like one person, and what they share."""

    first: int
    second: int
    shares: tuple[str, ...]


def name_key(name: str) -> str:
    """Return the words of a name in one order, without accents, case, hyphens, full stops or apostrophes."""
    return " ".join(sorted(re.findall(r"[^\W_]+", sort_key(name))))


def phone_key(phone: str) -> str:
    """Return the last digits of a number; "" when there are too few to say anything."""
    digits = re.sub(r"\D", "", phone)
    return digits[-DIGITS:] if len(digits) >= DIGITS else ""


def keys(person: Known) -> dict[str, str]:
    name = name_key(person.name)
    return {
        EMAIL: person.email.strip().casefold(),
        PHONE: phone_key(person.phone),
        NAME: name if " " in name else "",  # one word alone is no name
    }


def pairs(people: Iterable[Known]) -> list[Pair]:
    """Return who looks like whom, those that share most first; the time grows with the people, not their square."""
    alike: dict[tuple[str, str], list[int]] = {}
    for person in people:
        for kind, key in keys(person).items():
            if key:
                alike.setdefault((kind, key), []).append(person.id)
    found: dict[tuple[int, int], list[str]] = {}
    for (kind, _key), ids in alike.items():
        if 1 < len(ids) <= CROWD:
            for first, second in combinations(sorted(set(ids)), 2):
                found.setdefault((first, second), []).append(kind)
    ordered = sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))
    return [Pair(first, second, _in_order(shares)) for (first, second), shares in ordered]


def _in_order(shares: Sequence[str]) -> tuple[str, ...]:
    return tuple(kind for kind in (NAME, EMAIL, PHONE) if kind in shares)
