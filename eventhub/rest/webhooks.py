"""Webhooks: who is told what happens on an event, and which entries of the journal are on their way.

The entry of the journal is the row in the transaction of the fact. A look at the journal, every minute, makes one
delivery of each entry and webhook; nothing is added to the work of those who change something.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable

import sqlalchemy as sa
from flask import current_app

from eventhub import activity, clock, jobs
from eventhub.activity import VERBS, ActivityEntry, Actor, Verb
from eventhub.contributions import Periodic
from eventhub.db import get, locked, session, transaction
from eventhub.encryption import seal_for_site
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import lazy_gettext as _l
from eventhub.rest import guard
from eventhub.rest.models import DeliveryState, Webhook, WebhookDelivery

REGISTERED = Verb("rest:webhook_registered", _l("Webhook registered"))
CHANGED = Verb("rest:webhook_changed", _l("Webhook changed"))
REMOVED = Verb("rest:webhook_removed", _l("Webhook removed"))
SWITCHED_ON = Verb("rest:webhook_switched_on", _l("Webhook switched on again"))
SWITCHED_OFF = Verb("rest:webhook_switched_off", _l("Webhook switched off after failures"))
SENT_AGAIN = Verb("rest:webhook_sent_again", _l("Delivery to a webhook sent again"))

FAILURES_ALLOWED = 20
AT_ONCE = 500  # entries that one look takes


class NoVerb(Refused):
    message = _l("Tick at least one thing that the webhook is told about.")
    field = "verbs"


class UnknownVerb(Refused):
    message = _l("Choose from the list.")
    field = "verbs"


def verbs(hooks: Hooks) -> list[Verb]:
    """Return what happens on events here, by code; not what is done to webhooks, nor what is private."""
    return [VERBS[code] for code in sorted(VERBS) if told(code, hooks)]


def told(code: str, hooks: Hooks) -> bool:
    """Tell whether webhooks may hear of it."""
    component = code.partition(":")[0]
    return component != "rest" and hooks.enabled(component) and not VERBS[code].private


def check_verbs(chosen: Iterable[str], hooks: Hooks) -> list[str]:
    codes = sorted(set(chosen))
    if not codes:
        raise NoVerb
    if not set(codes) <= {verb.code for verb in verbs(hooks)}:
        raise UnknownVerb
    return codes


def register(event: Event, url: str, chosen: Iterable[str], *, by: Actor, hooks: Hooks) -> tuple[Webhook, str]:
    """Write a webhook that hears of what happens from now on; return it with its secret, which is shown once."""
    guard.check(url, local=guard.is_local_site(current_app.config["BASE_URL"]))
    codes = check_verbs(chosen, hooks)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    newest = activity.revision(event.id)
    new = Webhook(event_id=event.id, url=url, verbs=codes, cursor=newest, seen=newest, created_at=clock.now())
    new.sealed_secret = seal_for_site(secret)
    session().add(new)
    activity.record(by, REGISTERED, new, {"verbs": [None, codes]})
    return new, secret


def change(event: Event, webhook_id: int, url: str, chosen: Iterable[str], *, by: Actor, hooks: Hooks) -> Webhook:
    """Change where it goes and what it hears of; its secret stays."""
    found = locked(Webhook, webhook_id, event_id=event.id, archived_at=None)
    guard.check(url, local=guard.is_local_site(current_app.config["BASE_URL"]))
    found.verbs, found.url = check_verbs(chosen, hooks), url
    activity.edited(by, CHANGED, found)
    return found


def remove(event: Event, webhook_id: int, *, by: Actor) -> None:
    """Tell it nothing any more; what was delivered stays on record."""
    found = locked(Webhook, webhook_id, event_id=event.id, archived_at=None)
    found.archived_at = clock.now()
    activity.record(by, REMOVED, found)


def switch_on(event: Event, webhook_id: int, *, by: Actor) -> None:
    """Send again, from now on; what failed meanwhile can be sent again from its list."""
    found = locked(Webhook, webhook_id, event_id=event.id, archived_at=None)
    if found.disabled_at is not None:
        found.disabled_at, found.failures = None, 0
        found.cursor = found.seen = activity.revision(event.id)
        activity.record(by, SWITCHED_ON, found)


def of(event: Event) -> list[Webhook]:
    query = sa.select(Webhook).where(Webhook.event_id == event.id, Webhook.archived_at.is_(None))
    return list(session().scalars(query.order_by(Webhook.id.desc())))


def webhook(event: Event, webhook_id: int) -> Webhook:
    return get(Webhook, webhook_id, event_id=event.id, archived_at=None)


def deliveries(found: Webhook, state: str = "") -> sa.Select[WebhookDelivery]:
    """Return the query of what went to the webhook, the newest first."""
    query = sa.select(WebhookDelivery).where(WebhookDelivery.webhook_id == found.id)
    if state:
        query = query.where(WebhookDelivery.state == state)
    return query.order_by(WebhookDelivery.id.desc())


def counts(ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """Return {webhook id: {state: number of deliveries}} in one statement."""
    found: dict[int, dict[str, int]] = {}
    query = (
        sa.select(WebhookDelivery.webhook_id, WebhookDelivery.state, sa.func.count())
        .where(WebhookDelivery.webhook_id.in_(list(ids)))
        .group_by(WebhookDelivery.webhook_id, WebhookDelivery.state)
    )
    for webhook_id, state, number in session().execute(query):
        found.setdefault(webhook_id, {})[state] = number
    return found


def send_again(event: Event, delivery_id: int, *, by: Actor) -> WebhookDelivery:
    """Queue the same message once more, under its own id: whoever got it already recognises it."""
    delivery = locked(WebhookDelivery, delivery_id, event_id=event.id)
    delivery.state, delivery.problem, delivery.status = DeliveryState.QUEUED, "", None
    activity.record(by, SENT_AGAIN, delivery)
    jobs.enqueue("rest.deliver", {"delivery": delivery.id}, event_id=event.id, by=by)
    return delivery


# --- from the journal -----------------------------------------------------------------------------------------------


def look() -> None:
    """Make a delivery of each new entry of the journal that a webhook hears of."""
    if session().scalar(sa.select(sa.func.count()).select_from(Webhook).where(_active())) == 0:
        return
    with transaction():
        for found in session().scalars(sa.select(Webhook).where(_active()).with_for_update()):
            _take(found)


def _active() -> sa.ColumnElement[bool]:
    return Webhook.disabled_at.is_(None) & Webhook.archived_at.is_(None)


def _take(found: Webhook) -> None:
    """Queue what the webhook has not been sent, and remember how far the journal was read.

    Entries since the look before the last are looked at again: on PostgreSQL one with a smaller id may be committed
    after one with a larger. None is sent twice, for a delivery per entry and webhook is unique.
    """
    sent = sa.select(WebhookDelivery.entry_id).where(
        WebhookDelivery.webhook_id == found.id, WebhookDelivery.entry_id > found.cursor
    )
    query = (
        sa.select(ActivityEntry)
        .where(
            ActivityEntry.event_id == found.event_id,
            ActivityEntry.id > found.cursor,
            ActivityEntry.verb.in_(found.verbs),
            ActivityEntry.id.not_in(sent),
        )
        .order_by(ActivityEntry.id)
        .limit(AT_ONCE)
    )
    entries = list(session().scalars(query))
    newest = activity.revision(found.event_id)
    for entry in entries:
        delivery = WebhookDelivery(
            event_id=found.event_id,
            webhook_id=found.id,
            entry_id=entry.id,
            verb=entry.verb,
            subject_kind=entry.subject_kind,
            subject_id=entry.subject_id,
            at=entry.at,
            state=DeliveryState.QUEUED,
        )
        session().add(delivery)
        session().flush()
        jobs.enqueue("rest.deliver", {"delivery": delivery.id}, event_id=found.event_id)
    if len(entries) < AT_ONCE:  # else the rest comes at the next look
        found.cursor, found.seen = found.seen, newest


LOOK = Periodic("rest.look", look, minutes=1)
