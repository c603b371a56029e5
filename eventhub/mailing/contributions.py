"""What mail tells the pages of an event: mails that came back or did not leave, and what was written to somebody."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from flask import url_for

from eventhub import outbox
from eventhub.contributions import Check, Panel, PersonalData, Severity, WholeEvent
from eventhub.db import session
from eventhub.delegations.models import Delegation, Participant
from eventhub.events.models import Event
from eventhub.i18n import format_list, ngettext
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.mailing import words
from eventhub.outbox import MailMessage, MailState
from eventhub.privacy import traces

NEWEST = 8  # mails on a record's page


def checks(event: Event) -> Iterable[Check]:
    counts = outbox.counts(event.id)
    if failed := counts.get(MailState.FAILED, 0):
        yield Check(
            "mailing.failed",
            "all",
            Severity.AT_RISK,
            ngettext("%(num)d mail could not be sent", "%(num)d mails could not be sent", failed),
            _("The mail server refused or was away for days."),
            url_for("mailing_messages.index", state="failed"),
            _("Send again"),
            "mailing",
        )
    bouncing = bouncing_addresses(event) if counts.get(MailState.BOUNCED) else []
    if bouncing:
        yield Check(
            "mailing.bounced",
            "all",
            Severity.AT_RISK,
            ngettext("%(num)d address bounces", "%(num)d addresses bounce", len(bouncing)),
            format_list(bouncing[:NEWEST]),
            url_for("mailing_messages.index", state="bounced"),
            _("Correct the addresses"),
            "mailing",
        )


def bouncing_addresses(event: Event) -> list[str]:
    """Return the addresses that bounced and that a delegation or a person of the event still has."""
    current = sa.union(
        sa.select(sa.func.lower(Delegation.contact_email)).where(
            Delegation.event_id == event.id, Delegation.archived_at.is_(None)
        ),
        sa.select(sa.func.lower(Participant.email)).where(Participant.event_id == event.id),
    )
    query = (
        sa.select(MailMessage.recipient)
        .where(MailMessage.event_id == event.id, MailMessage.state == MailState.BOUNCED)
        .where(sa.func.lower(MailMessage.recipient).in_(current))
        .distinct()
        .order_by(MailMessage.recipient)
    )
    return list(session().scalars(query))


def panel(event: Event, subject: Delegation | Participant) -> Iterable[Panel]:
    """Show the newest mails about the record, or to its address, and whether they arrived."""
    address = subject.email if isinstance(subject, Participant) else subject.contact_email
    about = (MailMessage.subject_kind == subject.__tablename__) & (MailMessage.subject_id == subject.id)
    to = sa.func.lower(MailMessage.recipient) == address.lower() if address else sa.false()
    query = (
        sa.select(MailMessage)
        .where(MailMessage.event_id == event.id, MailMessage.recipient != "", about | to)
        .order_by(MailMessage.id.desc())
        .limit(NEWEST)
    )
    mails = list(session().scalars(query))
    if mails:
        yield Panel(_("Mails"), "mailing/panel.html", {"mails": mails, "words": words}, 80)


PERSONAL_DATA = (
    PersonalData(
        "mailing.mails",
        _l("Mails written to the person"),
        _l("To tell people what they need to know, and to prove that it was told"),
        _l("Public interest mission (GDPR art. 6.1.e)"),
        365,
        traces.export_mails,
        traces.erase_mails,
        whole_event=WholeEvent(traces.mails_held, traces.empty_mails),
        people=_l("Participants, heads of delegation, providers and organisers"),
        recipients=_l("Their recipients, through the mail server of the site"),
    ),
)
