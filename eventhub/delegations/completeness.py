"""How far a registration is: what was given of what is asked, and what is missing in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eventhub.contributions import FormSection
from eventhub.delegations.models import Delegation, Direction, Participant, TravelMode
from eventhub.i18n import format_list, isolated, ngettext
from eventhub.i18n import gettext as _

PARTS_OF_A_SEAT = 3  # a name, the facts of the person, their travel


@dataclass(frozen=True)
class Missing:
    """Something that a delegation still owes, and the step of the form where it is given."""

    what: str
    stage: str


@dataclass(frozen=True)
class Completeness:
    """How far a registration is: parts given of parts asked, and what is missing in words."""

    given: int
    asked: int
    missing: tuple[Missing, ...] = ()

    @property
    def percent(self) -> int:
        """Return the share given in whole percent; 100 only when nothing is missing."""
        return 100 if self.complete else min(99, round(100 * self.given / self.asked))

    @property
    def complete(self) -> bool:
        return self.given == self.asked


def person_missing(person: Participant) -> list[str]:
    """Return the core's own gaps in a person's data, in words."""
    gaps = []
    if not person.email and not person.delegation.contact_email:
        gaps.append(_("e-mail"))
    if not person.languages:
        gaps.append(_("languages understood"))
    if not person.function:
        gaps.append(_("function"))
    return gaps


def travel_missing(person: Participant) -> list[str]:
    """Return which way is not said yet; who lives nearby has no hour to give."""
    gaps = []
    for direction, name in ((Direction.ARRIVAL, _("arrival")), (Direction.DEPARTURE, _("departure"))):
        leg = person.leg(direction)
        if leg is None or (leg.at is None and leg.mode != TravelMode.LOCAL):
            gaps.append(name)
    return gaps


def of(found: Delegation, sections: Sequence[FormSection] = ()) -> Completeness:
    """Count per seat: a name, the facts of the person, the travel; and what plugins' sections ask for.

    ``found`` has its seats, people and travel loaded.
    """
    given, asked = 0, 0
    missing: list[Missing] = []
    for number, seat in enumerate(found.seats, start=1):
        asked += PARTS_OF_A_SEAT
        person = seat.participant
        if person is None:
            missing.append(Missing(_("Seat %(number)s has no name yet", number=number), "people"))
            continue
        given += 1
        for stage, gaps in (("people", person_missing(person)), ("travel", travel_missing(person))):
            if gaps:
                what = _("%(name)s: %(gaps)s", name=isolated(person.name), gaps=format_list(gaps))
                missing.append(Missing(what, stage))
            else:
                given += 1
    for section in sections:
        asked += 1
        given += section.complete
        missing += [Missing(text, section.stage) for text in section.missing]
    return Completeness(given, asked, tuple(missing))


@dataclass(frozen=True)
class Counted:
    """How far a registration is by numbers alone, for lists: what the core asks of seats, people and travel."""

    seats: int
    named: int
    people_gaps: int = 0
    travel_gaps: int = 0

    @property
    def percent(self) -> int:
        """Return the same share as Completeness of the core's own parts."""
        asked = PARTS_OF_A_SEAT * self.seats
        given = PARTS_OF_A_SEAT * self.named - self.people_gaps - self.travel_gaps
        return 100 if given == asked else min(99, round(100 * given / asked))

    @property
    def missing(self) -> list[str]:
        """Return what is missing, in words."""
        held = self.seats - self.named
        told = [
            (held, ngettext("%(num)s seat without a name", "%(num)s seats without a name", held)),
            (
                self.people_gaps,
                ngettext("%(num)s person without details", "%(num)s people without details", self.people_gaps),
            ),
            (
                self.travel_gaps,
                ngettext("%(num)s person without travel", "%(num)s people without travel", self.travel_gaps),
            ),
        ]
        return [words for number, words in told if number]
