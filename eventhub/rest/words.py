"""Words for tokens, webhooks and what became of deliveries."""

from __future__ import annotations

from datetime import datetime

from eventhub.activity import VERBS, Verb
from eventhub.hub import Hooks
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.rest.models import ApiToken, DeliveryState, Webhook

DELIVERY_STATES = {
    DeliveryState.QUEUED.value: _lp("delivery", "Waiting"),
    DeliveryState.DELIVERED.value: _lp("delivery", "Delivered"),
    DeliveryState.FAILED.value: _lp("delivery", "Failed"),
}
DELIVERY_TONES = {
    DeliveryState.QUEUED.value: "on",
    DeliveryState.DELIVERED.value: "good",
    DeliveryState.FAILED.value: "stop",
}
PROBLEMS = {
    "": "",
    "timeout": _l("no answer in time"),
    "certificate": _l("its certificate is not valid"),
    "connection": _l("it could not be reached"),
    "redirect": _l("it sent us elsewhere, where we do not follow"),
    "answer": _l("it refused"),
    "unknown": _l("no machine has this name"),
    "private": _l("the name leads into a private network"),
    "off": _l("the webhook was switched off"),
}


def component_of(found: Verb, hooks: Hooks) -> str:
    """Return the title of the component where it happens."""
    name = found.code.partition(":")[0]
    component = hooks.hub.components.get(name)
    return str(component.title) if component else name


def verb(found: Verb, hooks: Hooks) -> str:
    """Return what happens, with the component where it does."""
    return _("%(component)s: %(what)s", component=component_of(found, hooks), what=found.title)


def verb_of(code: str, hooks: Hooks) -> str:
    return verb(VERBS[code], hooks) if code in VERBS else code


# The fields that a webhook's history names, and what it says of their codes
LABELS = {"url": _l("Address"), "verbs": _l("It is told of")}


def verbs_in_words(hooks: Hooks) -> dict[str, dict[str, str]]:
    return {"verbs": {code: verb_of(code, hooks) for code in VERBS}}


def token_state(token: ApiToken, moment: datetime) -> tuple[str, str]:
    """Return the state of a token and its tone."""
    if token.revoked_at is not None:
        return _("Revoked"), "plain"
    if token.expires_at <= moment:
        return _("Expired"), "plain"
    return _("Works"), "good"


def webhook_state(found: Webhook) -> tuple[str, str]:
    if found.disabled_at is not None:
        return _("Switched off after failures"), "stop"
    if found.failures:
        return _("Failing"), "warn"
    return _("Works"), "good"
