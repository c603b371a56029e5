"""What the worker does for personal data: enforces retention, each batch in a transaction of its own, and certifies."""

from __future__ import annotations

import structlog
from flask import current_app, url_for

from eventhub import clock, db
from eventhub.activity import SYSTEM, Actor
from eventhub.contributions import JobKind, Periodic
from eventhub.db import locked, session, transaction
from eventhub.events.models import Event
from eventhub.hub import Hub
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import ngettext, speaking
from eventhub.jobs import JobRun
from eventhub.privacy import certificates, retention

log = structlog.get_logger(__name__)
ONCE_AN_HOUR = "%Y-%m-%dT%H"


def enforce(event_id: int, *, by: Actor, run: JobRun | None = None) -> int | None:
    """Erase what is due on the event and certify it; return the certificate's id, or None where nothing was due.

    Safe to run twice, also at once: each batch reads under the event's lock what is still held. A kind that fails is
    left for the next run, loudly, and does not keep the others from being erased.
    """
    hub: Hub = current_app.extensions["hub"]
    event = session().get_one(Event, event_id)
    kinds = retention.due(event, hub)
    held = retention.held(event_id, kinds)
    kinds = [kind for kind in kinds if held[kind.name]]
    if not kinds and not certificates.is_owed(event, hub):
        return None
    for done, kind in enumerate(kinds):
        if run is not None:
            run.progress(done, len(kinds))
        after: int | None = 0
        try:
            while after is not None:
                with transaction():
                    after = retention.erase_some(locked(Event, event_id), kind, after, by=by)
        except Exception:
            log.exception("retention_failed", kind=kind.name, event_id=event_id)
    with transaction():
        key = str(current_app.config["SECRET_KEY"])
        made = certificates.certify(locked(Event, event_id), hub, by=by, key=key)
        made_id = made.id if made else None
    db.empty_log()
    return made_id


def enforce_everywhere() -> None:
    """Enforce retention on every event that is over; once an hour is enough, and the worker asks every minute."""
    hour = clock.now().strftime(ONCE_AN_HOUR)
    if current_app.extensions.get("privacy_enforced") == hour:
        return
    for event_id in [event.id for event in retention.events_over()]:
        enforce(event_id, by=SYSTEM)
    current_app.extensions["privacy_enforced"] = hour


def enforce_now(run: JobRun) -> None:
    """Enforce retention on the event because an organiser asked for it."""
    assert run.event_id is not None
    made = enforce(run.event_id, by=run.asked_by, run=run)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.test_request_context(base_url=app.config["BASE_URL"]), speaking(run.payload["speaks"]):
        run.result = told(session().get_one(Event, run.event_id), made)


def told(event: Event, certificate_id: int | None) -> dict[str, str]:
    if certificate_id is None:
        return {"text": _("Nothing was due: nothing was erased.")}
    number = sum(line["erased"] for line in certificates.certificate(event, certificate_id).lines)
    return {
        "text": ngettext("%(num)d record was erased.", "%(num)d records were erased.", number),
        "url": url_for("privacy.certificate", event=event.slug, certificate_id=certificate_id),
    }


JOBS = (
    JobKind("privacy.enforce", _l("Erase what is due"), enforce_now),
    Periodic("privacy.retention", enforce_everywhere, minutes=60),
)
