"""What may be done with events and programmes."""

from __future__ import annotations

from eventhub.access.permissions import OWNER_ONLY, PROGRAMME_DESK, STAFF
from eventhub.contributions import Permission
from eventhub.i18n import lazy_gettext as _l

READ_PUBLIC = Permission("events:read_public", _l("Read the public pages of an event"), everyone=True)
LIST = Permission("events:list", _l("See the events one works on"), signed_in=True)
CREATE = Permission("events:create", _l("Create an event, of which one becomes the owner"), signed_in=True)
READ = Permission("events:read", _l("Read the overview and the programme"), roles=STAFF)
EDIT = Permission("events:edit", _l("Edit the programme, venues and rooms"), roles=PROGRAMME_DESK)
WAIVE = Permission("events:waive", _l("Waive a check with a reason"), roles=PROGRAMME_DESK)
SETTINGS = Permission(
    "events:settings", _l("Change the event, its state and its plugins; copy and archive it"), roles=OWNER_ONLY
)

PERMISSIONS = (READ_PUBLIC, LIST, CREATE, READ, EDIT, WAIVE, SETTINGS)
