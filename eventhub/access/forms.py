"""Forms of roles."""

from __future__ import annotations

from typing import Any

from eventhub.access.models import EventRole
from eventhub.i18n import LANGUAGES, own_name
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.web.fields import ChoiceField, EmailField, TextField
from eventhub.web.forms import Form

ROLES: dict[str, Any] = {
    EventRole.OWNER: _lp("role", "Owner"),
    EventRole.PROGRAMME: _lp("role", "Programme"),
    EventRole.LOGISTICS: _lp("role", "Logistics"),
    EventRole.CATERING: _lp("role", "Catering"),
    EventRole.WELCOME: _lp("role", "Welcome desk"),
    EventRole.READER: _lp("role", "Reader"),
}


class MemberForm(Form):
    """Somebody who is to work on the event."""

    email = EmailField(_l("E-mail"))
    name = TextField(_l("Name"), required=False)
    role = ChoiceField(_l("Role"))

    def set_up(self) -> None:
        self.role.offer([(str(code), title) for code, title in ROLES.items()])


class AccountForm(Form):
    """What somebody says of their own account."""

    name = TextField(_l("Name"), required=False, render_kw={"autocomplete": "name"})
    language = ChoiceField(_l("Language of mails"))

    def set_up(self) -> None:
        self.language.offer([(code, own_name(code)) for code in LANGUAGES])
