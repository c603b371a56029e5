"""What may be done with the API as a whole; each part asks for the permission of its own pages."""

from __future__ import annotations

from eventhub.access.permissions import OWNER_ONLY
from eventhub.contributions import Permission
from eventhub.i18n import lazy_gettext as _l

DOCUMENT = Permission("rest:document", _l("Read the description of the API"), everyone=True)
TOKENS = Permission("rest:tokens", _l("Make and revoke tokens of the API"), roles=OWNER_ONLY)
WEBHOOKS = Permission("rest:webhooks", _l("Register webhooks, and see what was delivered"), roles=OWNER_ONLY)

PERMISSIONS = (DOCUMENT, TOKENS, WEBHOOKS)
