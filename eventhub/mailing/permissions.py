"""What may be done with mailings and mails."""

from __future__ import annotations

from eventhub.access.permissions import OWNER_ONLY, WELCOME_DESK
from eventhub.contributions import Permission
from eventhub.i18n import lazy_gettext as _l

WRITE = Permission(
    "mailing:write", _l("Write to delegations and people, and see what became of it"), roles=WELCOME_DESK
)
EVERY_MAIL = Permission(
    "mailing:every_mail", _l("See every mail of the event, also those of extensions"), roles=OWNER_ONLY
)
REPORT_BOUNCE = Permission("mailing:report_bounce", _l("Report mails that came back, with a signature"), everyone=True)

PERMISSIONS = (WRITE, EVERY_MAIL, REPORT_BOUNCE)
