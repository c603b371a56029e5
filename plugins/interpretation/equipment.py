"""How many headsets and tour-guide sets, whether a mobile booth fits, and what consecutive does to the clock."""

from __future__ import annotations

from datetime import timedelta

MOBILE_BOOTH_FOR_TWO_CM = (160, 160, 200)  # width, depth, height


def headsets(listeners: int, reserve_percent: int = 10) -> int:
    """Return the headsets to order: one for each listener and a reserve, rounded up to whole ones."""
    if listeners < 0 or reserve_percent < 0:
        raise ValueError("listeners and their reserve are zero or more")
    return listeners + -(-listeners * reserve_percent // 100)


def tour_guide_sets(listeners: int, per_set: int = 20) -> int:
    """Return the tour-guide sets to order, each a transmitter with about 20 receivers."""
    if listeners < 0 or per_set < 1:
        raise ValueError("listeners are zero or more, and a set serves at least one")
    return -(-listeners // per_set)


def booth_for_two_fits(width_cm: int, depth_cm: int, height_cm: int) -> bool:
    """Return whether a mobile booth for two interpreters stands in a free space of these centimetres."""
    space = (width_cm, depth_cm, height_cm)
    return all(free >= needed for free, needed in zip(space, MOBILE_BOOTH_FOR_TWO_CM, strict=True))


def consecutive_length(speaking: timedelta) -> timedelta:
    """Return how long a speech takes in consecutive: every sentence is said twice."""
    return 2 * speaking
