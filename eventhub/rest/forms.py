"""Forms of tokens and webhooks."""

from __future__ import annotations

from typing import Any

from flask import g

from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import ngettext
from eventhub.rest import tokens, webhooks, words
from eventhub.web.fields import ChoiceField, SeveralField, TextField, number_or_none
from eventhub.web.forms import Form

LIFETIMES = (30, 90, 365)


class TokenForm(Form):
    """A new token."""

    name = TextField(
        _l("Name"), description=_l("The program that will use it, such as “Ledger of the finance office”.")
    )
    permissions = SeveralField(_l("It may"), required=True)
    days = ChoiceField(_l("It works for"), coerce=number_or_none)

    def set_up(self) -> None:
        self.permissions.choices = [(one.name, one.title) for one in tokens.offered(g.hooks)]
        self.days.offer([(days, ngettext("%(num)s day", "%(num)s days", days)) for days in LIFETIMES])


class WebhookForm(Form):
    """Where to send, and what about."""

    url = TextField(_l("Address"), maximum=500, description=_l("It starts with https:// and is reached from anywhere."))
    verbs = SeveralField(_l("It is told of"), required=True)

    def set_up(self) -> None:
        groups: dict[str, list[tuple[str, Any]]] = {}
        for verb in webhooks.verbs(g.hooks):
            groups.setdefault(words.component_of(verb, g.hooks), []).append((verb.code, verb.title))
        self.verbs.choices = groups
