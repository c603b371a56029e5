"""What may be done with meals, figures and needs.

Figures are for everybody who prepares the event. Named needs are health data: for the owner and the catering role only,
not even for administrators of the site, and every read of them is recorded.
"""

from __future__ import annotations

from eventhub.api import STAFF, EventRole, Permission, _l

DESK = frozenset({EventRole.OWNER, EventRole.LOGISTICS, EventRole.CATERING})
TRUSTED = frozenset({EventRole.OWNER, EventRole.CATERING})

READ = Permission("catering:read", _l("See meals and their headcounts, without names"), roles=STAFF)
EDIT = Permission("catering:edit", _l("Plan, change and archive meals"), roles=DESK)
FREEZE = Permission("catering:freeze", _l("Freeze and amend headcounts"), roles=DESK)
NEEDS = Permission("catering:needs", _l("Read dietary needs by name"), roles=TRUSTED, sensitive=True)
EXPORT_NEEDS = Permission("catering:export_needs", _l("Export dietary needs by name"), roles=TRUSTED, sensitive=True)
OWN = Permission(
    "catering:own", _l("See, confirm and withdraw one's own dietary needs"), links={"participant": "participant_id"}
)

PERMISSIONS = (READ, EDIT, FREEZE, NEEDS, EXPORT_NEEDS, OWN)
