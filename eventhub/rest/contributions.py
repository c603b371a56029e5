"""What the API tells the overview: webhooks that were switched off, tokens that end soon."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from flask import url_for

from eventhub.contributions import Check, Severity
from eventhub.db import session
from eventhub.events.models import Event
from eventhub.i18n import gettext as _
from eventhub.rest.models import Webhook


def checks(event: Event) -> Iterable[Check]:
    query = sa.select(Webhook.id, Webhook.url).where(
        Webhook.event_id == event.id, Webhook.disabled_at.is_not(None), Webhook.archived_at.is_(None)
    )
    for webhook_id, url in session().execute(query):
        yield Check(
            "rest.webhook_off",
            str(webhook_id),
            Severity.AT_RISK,
            _("The webhook %(url)s was switched off", url=url),
            _("It refused or did not answer twenty times in a row: the program behind it hears of nothing more."),
            url_for("rest_webhooks.show", webhook_id=webhook_id),
            _("See what failed"),
            "rest",
        )
