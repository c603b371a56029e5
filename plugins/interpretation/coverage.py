"""Who can follow what: the languages that people understand against those spoken, and what interpretation adds.

Plain values: a crowd is counted by what each of its people understands, so that five thousand cost no more than a few
dozen combinations of languages do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .sessions import Pair

Languages = frozenset[str]
Crowd = Mapping[Languages, int]  # {languages understood: people}


@dataclass(frozen=True)
class Following:
    """How many of those who attend can follow, counted in people.

    ``silent`` have not said which languages they understand, and are counted nowhere else but in ``attending``.
    ``lacking`` says per floor language how many do not understand it; ``unable`` how many miss at least a part without
    interpretation; ``left`` how many miss it even with the pairs that are settled; ``listeners`` how many each pair
    serves, ``served`` how many any of them.
    """

    attending: int = 0
    silent: int = 0
    lacking: Mapping[str, int] = field(default_factory=dict)
    unable: int = 0
    left: int = 0
    listeners: Mapping[Pair, int] = field(default_factory=dict)
    served: int = 0


def crowds(attending: Iterable[tuple[int, int]], understood: Mapping[int, Iterable[str]]) -> dict[int, Crowd]:
    """Return the crowd of each item; ``attending`` gives (item, person), ``understood`` each person's languages."""
    known = {person: frozenset(codes) for person, codes in understood.items()}
    nothing: Languages = frozenset()
    found: dict[int, Counter[Languages]] = defaultdict(Counter)
    for item, person in set(attending):
        found[item][known.get(person, nothing)] += 1
    return dict(found)


def missed(languages: Languages, floor: Collection[str], repeated: bool) -> Languages:
    """Return the floor languages of which somebody misses what is said.

    On the floor of a plenary the languages take turns, so each counts. Where everything is ``repeated`` in each of
    them, as guides do, one is enough.
    """
    if repeated and languages & set(floor):
        return frozenset()
    return frozenset(floor) - languages


def listens(languages: Languages, pair: Pair, floor: Collection[str], repeated: bool) -> bool:
    """Return whether somebody listens to this pair: for a floor language they miss, or questions in another one."""
    if pair.target not in languages or pair.source in languages:
        return False
    return pair.source not in floor or pair.source in missed(languages, floor, repeated)


def following(
    crowd: Crowd,
    floor: Collection[str],
    pairs: Collection[Pair],
    *,
    settled: Collection[Pair] = (),
    repeated: bool = False,
) -> Following:
    """Count who follows an item whose ``floor`` languages are interpreted by ``pairs``.

    ``settled`` are pairs that were decided against: nobody is left behind unnoticed, but nobody listens either.
    """
    known = {languages: people for languages, people in crowd.items() if languages}
    lost = {languages: missed(languages, floor, repeated) for languages in known}

    def total(chosen: Iterator[Languages]) -> int:
        return sum(known[languages] for languages in chosen)

    decided = [*pairs, *settled]

    def is_left(languages: Languages) -> bool:
        reached = [any(p.source == code and p.target in languages for p in decided) for code in lost[languages]]
        return bool(reached) and not (any(reached) if repeated else all(reached))

    def hears(languages: Languages, pair: Pair) -> bool:
        return listens(languages, pair, floor, repeated)

    return Following(
        attending=sum(crowd.values()),
        silent=crowd.get(frozenset(), 0),
        lacking={code: total(languages for languages in known if code not in languages) for code in floor},
        unable=total(languages for languages in known if lost[languages]),
        left=total(languages for languages in known if is_left(languages)),
        listeners={pair: total(languages for languages in known if hears(languages, pair)) for pair in pairs},
        served=total(languages for languages in known if any(hears(languages, pair) for pair in pairs)),
    )
