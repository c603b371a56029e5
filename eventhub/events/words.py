"""States and kinds as the interface says them, with the tone of their badge."""

from __future__ import annotations

from typing import Any

from eventhub.events.models import EventState, ItemAudience, ItemKind, ItemState
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp

EVENT_STATES: dict[str, Any] = {
    EventState.DRAFT: _lp("event state", "Draft"),
    EventState.PLANNING: _lp("event state", "Planning"),
    EventState.OPEN: _lp("event state", "Registration open"),
    EventState.CLOSED: _lp("event state", "Registration closed"),
    EventState.RUNNING: _lp("event state", "Running"),
    EventState.EVALUATION: _lp("event state", "Evaluation"),
    EventState.ARCHIVED: _lp("event state", "Archived"),
}
EVENT_TONES = {
    EventState.OPEN: "good",
    EventState.RUNNING: "on",
    EventState.CLOSED: "warn",
}
STATE_MEANINGS: dict[str, Any] = {
    EventState.DRAFT: _l("Only those who prepare it see the event. Nothing can be registered."),
    EventState.PLANNING: _l(
        "The team works on the event; delegations can be added, their registration is not open yet."
    ),
    EventState.OPEN: _l("The public pages are open, and invited delegations register until the deadline."),
    EventState.CLOSED: _l(
        "The public pages are open; delegations can no longer change their registration by themselves."
    ),
    EventState.RUNNING: _l("The event takes place: arrivals are recorded, the programme is read on phones."),
    EventState.EVALUATION: _l("The event is over; results, services done and invoices are collected."),
    EventState.ARCHIVED: _l("The event is closed: nothing in it can be changed."),
}
# What the button says that leads to a state
STATE_ACTS: dict[str, Any] = {
    EventState.DRAFT: _l("Back to a draft"),
    EventState.PLANNING: _l("To planning"),
    EventState.OPEN: _l("Open the registration"),
    EventState.CLOSED: _l("Close the registration"),
    EventState.RUNNING: _l("Begin the event"),
    EventState.EVALUATION: _l("To evaluation"),
    EventState.ARCHIVED: _l("Close the event"),
}
ITEM_KINDS: dict[str, Any] = {
    ItemKind.PLENARY: _l("Plenary"),
    ItemKind.INPUT: _l("Input"),
    ItemKind.WORKSHOP: _l("Workshop"),
    ItemKind.VISIT: _l("Field visit"),
    ItemKind.MEAL: _l("Meal"),
    ItemKind.BREAK: _l("Break"),
    ItemKind.TRANSFER: _l("Transfer"),
    ItemKind.COMMITTEE: _l("Committee"),
    ItemKind.OTHER: _lp("programme item", "Other"),
}
ITEM_STATES: dict[str, Any] = {
    ItemState.IDEA: _l("Idea"),
    ItemState.TENTATIVE: _l("Tentative"),
    ItemState.CONFIRMED: _lp("programme item", "Confirmed"),
    ItemState.RELEASED: _lp("programme item", "Released"),
    ItemState.CANCELLED: _lp("programme item", "Cancelled"),
}
ITEM_TONES = {
    ItemState.CONFIRMED: "good",
    ItemState.RELEASED: "on",
    ItemState.TENTATIVE: "warn",
    ItemState.CANCELLED: "stop",
}
AUDIENCES: dict[str, Any] = {
    ItemAudience.EVERYONE: _l("Everyone"),
    ItemAudience.GUESTS: _l("Guest delegations"),
    ItemAudience.HOSTS: _l("Host team"),
    ItemAudience.TEAM: _l("Organisers only"),
}
