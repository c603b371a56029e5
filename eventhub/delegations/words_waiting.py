"""Seats, requests and the rule of the waiting list, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eventhub.delegations import words
from eventhub.delegations.capacity import ALL, NO_LIMIT, Count, free
from eventhub.delegations.models_waiting import OpenRegistration, RequestState
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.i18n import ngettext

STATES: dict[str, Any] = {
    RequestState.UNCONFIRMED: _lp("request for seats", "Address not confirmed"),
    RequestState.WAITING: _lp("request for seats", "Waiting"),
    RequestState.OFFERED: _lp("request for seats", "Seats offered"),
    RequestState.REGISTERED: _lp("request for seats", "Registered"),
    RequestState.DECLINED: _lp("request for seats", "Offer declined"),
    RequestState.EXPIRED: _lp("request for seats", "Offer ran out"),
    RequestState.REMOVED: _lp("request for seats", "Taken off the list"),
    RequestState.LEFT: _lp("request for seats", "Left the list"),
}
TONES = {
    RequestState.WAITING: "warn",
    RequestState.OFFERED: "on",
    RequestState.REGISTERED: "good",
    RequestState.EXPIRED: "stop",
    RequestState.REMOVED: "stop",
}


def kind_title(kind: str) -> str:
    return _("All kinds together") if kind == ALL else str(words.ROLES[kind])


@dataclass(frozen=True)
class Bar:
    """One line of the page of seats: the widths of its bar in per cent, and the same in words."""

    kind: str
    title: str
    count: Count
    waiting: int

    @property
    def limited(self) -> bool:
        return self.count.capacity is not None

    def _share(self, seats: int) -> float:
        whole = self.count.capacity or self.count.used + self.count.offered
        return round(100 * seats / whole, 2) if whole else 0.0

    @property
    def used(self) -> float:
        return self._share(self.count.used)

    @property
    def offered(self) -> float:
        return self._share(self.count.offered)

    @property
    def words(self) -> str:
        given = ngettext("%(num)s seat given", "%(num)s seats given", self.count.used)
        parts = [given]
        if self.count.offered:
            parts.append(ngettext("%(num)s held in an offer", "%(num)s held in offers", self.count.offered))
        if self.count.capacity is None:
            parts.append(_("no limit"))
        else:
            parts.append(ngettext("%(num)s free", "%(num)s free", self.count.free))
            parts.append(_("of %(limit)s", limit=self.count.capacity))
        return " · ".join(parts)

    @property
    def waiting_words(self) -> str:
        if not self.waiting:
            return _("nobody waits")
        return ngettext("%(num)s organisation waits", "%(num)s organisations wait", self.waiting)


def bars(counts: Mapping[str, Count], waiting: Mapping[str, int]) -> list[Bar]:
    """Return a bar per kind, the whole event first."""
    return [
        Bar(kind, kind_title(kind), count, sum(waiting.values()) if kind == ALL else waiting.get(kind, 0))
        for kind, count in counts.items()
    ]


def seats_left(counts: Mapping[str, Count], kind: str, waiting: int) -> str:
    """Return what an organisation may expect that registers now, in one sentence."""
    room = free(counts, kind)
    if waiting:
        return ngettext("%(num)s organisation waits for seats", "%(num)s organisations wait for seats", waiting)
    if room >= NO_LIMIT:
        return _("seats are free")
    if not room:
        return _("all seats are given; you can join the waiting list")
    return ngettext("%(num)s seat is free", "%(num)s seats are free", room)


def rule(rules: OpenRegistration) -> list[str]:
    """Return the rule by which seats are given, sentence by sentence."""
    return [
        _(
            "Whoever confirms their address first is served first, each kind of seat apart. "
            "As long as enough seats are free, you have yours at once."
        ),
        _("Seats that become free are offered to the first on the list for whom there are enough."),
        ngettext(
            "A request for more seats than are free lets smaller ones go first for %(num)s hour; after that, seats "
            "that become free are kept for it until there are enough.",
            "A request for more seats than are free lets smaller ones go first for %(num)s hours; after that, seats "
            "that become free are kept for it until there are enough.",
            rules.patience_hours,
        ),
        _("If you tell us that fewer seats are fine, you are offered what is free as soon as it is your turn."),
        ngettext(
            "An offer holds its seats for %(num)s hour, at most until registration closes. Declined or without an "
            "answer by then, they go to the next on the list, and your request ends; you can register anew.",
            "An offer holds its seats for %(num)s hours, at most until registration closes. Declined or without an "
            "answer by then, they go to the next on the list, and your request ends; you can register anew.",
            rules.offer_hours,
        ),
        _("The organisers may offer seats out of turn; their reason is kept."),
    ]
