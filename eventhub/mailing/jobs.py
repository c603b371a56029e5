"""The long work of mailings: writing the mails of many readers, a hundred at a time."""

from __future__ import annotations

from flask import current_app, url_for

from eventhub import jobs, outbox
from eventhub.contributions import JobKind
from eventhub.db import get, transaction
from eventhub.events.models import Event
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import ngettext, speaking
from eventhub.mailing import domain, selection, writing
from eventhub.mailing.models import Mailing, MailingState


def write(run: jobs.JobRun) -> None:
    """Write the mails of a confirmed mailing; safe to run again, and stops when somebody holds the mailing back."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    # placeholders of plugins may build addresses, as in a request
    with app.test_request_context(base_url=app.config["BASE_URL"]), speaking(app.config["LANGUAGE"]):
        event = get(Event, run.event_id or 0)
        hooks = app.extensions["hub"].for_event(event)
        mailing_id = int(run.payload["mailing"])
        letters = domain.confirmed_letters(event, get(Mailing, mailing_id, event_id=event.id), hooks=hooks)
        written = 0
        for start in range(0, len(letters), outbox.AT_ONCE):
            run.progress(start, len(letters))
            with transaction():
                found = domain.locked_mailing(event, mailing_id)
                if found.state != MailingState.SENDING:
                    raise jobs.Cancelled
                part = letters[start : start + outbox.AT_ONCE]
                part = selection.read_again(event, part, whole=writing.needs_missing(found))
                written += writing.write(event, found, part, hooks=hooks, by=run.asked_by)
        run.progress(len(letters), len(letters))
        with transaction():
            found = domain.locked_mailing(event, mailing_id)
            if found.state == MailingState.SENDING:
                found.state = MailingState.SENT
        run.result = {
            "url": url_for("mailing.show", event=event.slug, mailing_id=mailing_id),
            "text": ngettext(
                "%(num)s mail is written and leaves now.", "%(num)s mails are written and leave now.", written
            ),
        }


WRITE = JobKind(domain.WRITE_JOB, _l("Write the mails of a mailing"), write)
