"""What may be done with the site as a whole."""

from __future__ import annotations

from eventhub.access.permissions import STAFF
from eventhub.contributions import Permission
from eventhub.i18n import lazy_gettext as _l

READ_PAGES = Permission("site:pages", _l("Read the front page and the legal pages"), everyone=True)
EDIT_PAGES = Permission("site:edit_pages", _l("Edit the legal pages"), administrator=True)
INVENTORY = Permission("site:inventory", _l("See which plugins are installed and which are broken"), signed_in=True)
HEALTH = Permission("site:health", _l("Ask whether the site is up"), everyone=True)
JOBS = Permission("site:jobs", _l("Follow the jobs of an event"), roles=STAFF)

PERMISSIONS = (READ_PAGES, EDIT_PAGES, INVENTORY, HEALTH, JOBS)
