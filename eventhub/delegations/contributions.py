"""What the delegation noun tells the pages of an event."""

from __future__ import annotations

from collections.abc import Iterable

from flask import url_for

from eventhub.contributions import Card, Check, Deadline, Severity
from eventhub.db import session
from eventhub.delegations import doubles, lists, stages
from eventhub.delegations.models import ABSENT, COMPLETE, Delegation, DelegationState
from eventhub.events.models import Event, EventState
from eventhub.i18n import format_list, ngettext
from eventhub.i18n import gettext as _


def _rows(event: Event) -> list[Delegation]:
    return list(session().scalars(lists.delegations_matching(event, {})))


def cards(event: Event) -> Iterable[Card]:
    rows = [row for row in _rows(event) if row.state not in ABSENT]
    complete = sum(row.state in COMPLETE for row in rows)
    seats, named = sum(row.quota for row in rows), sum(row.seats_named for row in rows)
    url = url_for("delegations.index")
    yield Card(
        _("Delegations complete"),
        str(complete),
        _("of %(total)s", total=len(rows)),
        share=complete / len(rows) if rows else None,
        url=url,
        order=10,
    )
    held = seats - named
    yield Card(
        _("People"),
        str(named),
        _("of %(total)s seats", total=seats),
        note=ngettext("%(num)d seat held unnamed", "%(num)d seats held unnamed", held) if held else None,
        url=url_for("delegations.people"),
        order=11,
    )


def checks(event: Event) -> Iterable[Check]:
    rows = _rows(event)
    incomplete = [row for row in rows if row.state not in COMPLETE | ABSENT]
    if incomplete:
        yield Check(
            "delegations.incomplete",
            "all",
            Severity.TO_COMPLETE,
            ngettext("%(num)d delegation is not complete", "%(num)d delegations are not complete", len(incomplete)),
            format_list(row.name for row in incomplete),
            url_for("delegations.index", show="incomplete"),
            _("See who is missing what"),
            "delegations",
        )
    unreachable = [row for row in rows if row.state == DelegationState.INVITED and not row.contact_email]
    if unreachable:
        yield Check(
            "delegations.no_contact",
            "all",
            Severity.AT_RISK,
            ngettext(
                "%(num)d delegation cannot be invited: it has no e-mail address",
                "%(num)d delegations cannot be invited: they have no e-mail address",
                len(unreachable),
            ),
            format_list(row.name for row in unreachable),
            url_for("delegations.index"),
            _("Add the addresses"),
            "delegations",
        )
    yield from doubles.checks(event)


def deadlines(event: Event) -> Iterable[Deadline]:
    """Return the deadlines of steps that have one of their own; the event tells of the registration's."""
    over = event.state in {EventState.RUNNING, EventState.EVALUATION}
    for stage, title in stages.titles().items():
        if not event.stage_deadlines.get(stage, {}).get("closes_at"):
            continue
        closing = stages.of_event(event, stage)
        if closing.at is not None:
            yield Deadline(
                closing.at,
                _("Registration: the step “%(stage)s” closes", stage=title),
                ngettext("then %(num)d minute of grace", "then %(num)d minutes of grace", closing.grace_minutes),
                url_for("delegations_deadlines.edit"),
                done=over,
                component="delegations",
            )
