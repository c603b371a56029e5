"""What may be done about personal data."""

from __future__ import annotations

from eventhub.access.permissions import OWNER_ONLY, STAFF
from eventhub.contributions import Permission
from eventhub.i18n import lazy_gettext as _l

READ_NOTICE = Permission("privacy:read_notice", _l("Read the notice of an event on personal data"), everyone=True)
READ = Permission("privacy:read", _l("See what personal data are held, until when, and what was erased"), roles=STAFF)
EDIT = Permission("privacy:edit", _l("Publish notices, change and run retention"), roles=OWNER_ONLY)
REQUESTS = Permission(
    "privacy:requests", _l("Record people’s requests about their data and act on them"), roles=OWNER_ONLY
)
OWN_DATA = Permission(
    "privacy:own_data", _l("See, export and erase one's own data"), links={"participant": "participant_id"}
)

PERMISSIONS = (READ_NOTICE, READ, EDIT, REQUESTS, OWN_DATA)
