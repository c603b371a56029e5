"""When a question is asked: pure rules on what was answered to others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Said = str | Sequence[str] | None


@dataclass(frozen=True)
class Asked:
    """As much of a question as its condition needs: asked where the answer to ``source`` is one of ``wanted``."""

    id: int
    source: int | None = None
    wanted: frozenset[str] = frozenset()


def applies(question: int, asked: Mapping[int, Asked], said: Mapping[int, Said]) -> bool:
    """Tell whether the question is asked of whoever answered so.

    A question whose own condition does not hold has no answer for those that depend on it, whatever is stored; one that
    depends on a question that is not there, or in a circle on itself, is not asked.
    """
    seen: set[int] = set()
    while True:
        one = asked.get(question)
        if one is None or question in seen:
            return False
        if one.source is None:
            return True
        if one.source not in asked or one.wanted.isdisjoint(answers(said.get(one.source))):
            return False
        seen.add(question)
        question = one.source


def answers(said: Said) -> frozenset[str]:
    """Return what was answered as a set: one answer is a set of one, none an empty set."""
    if not said:
        return frozenset()
    return frozenset({said} if isinstance(said, str) else said)
