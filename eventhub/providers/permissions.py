"""What may be done with providers and orders."""

from __future__ import annotations

from eventhub.access.permissions import LOGISTICS_DESK, STAFF
from eventhub.contributions import Permission
from eventhub.i18n import lazy_gettext as _l

READ = Permission("providers:read", _l("See providers, orders and amounts"), roles=STAFF)
EDIT = Permission("providers:edit", _l("Change providers and orders"), roles=LOGISTICS_DESK)

PERMISSIONS = (READ, EDIT)
