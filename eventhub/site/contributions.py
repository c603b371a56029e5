"""What the site tells the pages of an event: mails that did not leave, jobs that failed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from flask import url_for

from eventhub.contributions import Check, Severity
from eventhub.db import session
from eventhub.documents import Document, render_html, render_pdf
from eventhub.events.models import Event
from eventhub.i18n import gettext as _
from eventhub.i18n import ngettext
from eventhub.jobs import Job, JobState


def render(document: Document, media_type: str, moment: datetime) -> bytes | None:
    """Return the document as PDF or as an HTML fragment; another type is for a plugin to answer."""
    if media_type == "application/pdf":
        return render_pdf(document, timestamp=moment).pdf
    return render_html(document).encode() if media_type == "text/html" else None


def checks(event: Event) -> Iterable[Check]:
    stuck = session().scalar(
        sa.select(sa.func.count())
        .select_from(Job)
        .where(Job.event_id == event.id, Job.kind == "site.mail", Job.state == JobState.FAILED)
    )
    if stuck:
        yield Check(
            "site.mail_failed",
            "all",
            Severity.AT_RISK,
            ngettext("%(num)d mail could not be sent", "%(num)d mails could not be sent", stuck),
            _("The mail server refused or was away for days."),
            url_for("site_manage.mail"),
            _("Send again"),
            "site",
        )
