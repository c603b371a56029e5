"""What may be done with interpretation."""

from __future__ import annotations

from eventhub.api import LOGISTICS_DESK, PROGRAMME_DESK, STAFF, Permission, _l

READ = Permission("interpretation:read", _l("See who can follow what, interpreters and their bookings"), roles=STAFF)
EDIT = Permission(
    "interpretation:edit",
    _l("Write needs, book interpreters, ask for documents, choose the staffing profile"),
    roles=LOGISTICS_DESK | PROGRAMME_DESK,
)

PERMISSIONS = (READ, EDIT)
