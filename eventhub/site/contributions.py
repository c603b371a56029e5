"""What the site tells the pages of an event: mails that did not leave, jobs that failed."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from flask import url_for

from eventhub.contributions import Check, Severity
from eventhub.db import session
from eventhub.events.models import Event
from eventhub.i18n import gettext as _
from eventhub.i18n import ngettext
from eventhub.jobs import Job, JobState


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
