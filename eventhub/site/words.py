"""States of mails and origins of plugins as the interface says them, with the tone of their badge."""

from __future__ import annotations

from typing import Any

from eventhub.i18n import lazy_pgettext as _lp
from eventhub.outbox import MailState

MAIL_STATES: dict[str, Any] = {
    MailState.QUEUED: _lp("state of a mail", "Waiting"),
    MailState.SENT: _lp("state of a mail", "Sent"),
    MailState.FAILED: _lp("state of a mail", "Failed"),
}
MAIL_TONES = {MailState.QUEUED: "warn", MailState.SENT: "good", MailState.FAILED: "stop"}
ORIGINS: dict[str, Any] = {
    "folder": _lp("origin of a plugin", "Plugins folder"),
    "given": _lp("origin of a plugin", "Given at the start"),
}
