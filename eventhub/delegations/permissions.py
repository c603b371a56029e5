"""What may be done with delegations and their people."""

from __future__ import annotations

from eventhub.access.permissions import LOGISTICS_DESK, STAFF, WELCOME_DESK
from eventhub.contributions import Permission
from eventhub.i18n import lazy_gettext as _l

READ = Permission("delegations:read", _l("See delegations and participants"), roles=STAFF)
EDIT = Permission("delegations:edit", _l("Invite, change and archive delegations and participants"), roles=WELCOME_DESK)
IMPORT = Permission(
    "delegations:import", _l("Import delegations and participants from a spreadsheet"), roles=WELCOME_DESK
)
EXPORT = Permission("delegations:export", _l("Export delegations and participants"), roles=WELCOME_DESK)
REGISTER = Permission(
    "delegations:register", _l("Register one's own delegation"), links={"delegation": "delegation_id"}
)
TAKE_SEAT = Permission("delegations:take_seat", _l("Name oneself on a free seat"), links={"seat": "seat_id"})
OWN_PAGE = Permission(
    "delegations:own_page", _l("See and correct one's own data"), links={"participant": "participant_id"}
)
CAPACITY = Permission(
    "delegations:capacity", _l("Set the limits of seats and open the registration"), roles=LOGISTICS_DESK
)
ASK = Permission("delegations:ask", _l("Register an organisation from the public page"), everyone=True)
FOLLOW_REQUEST = Permission(
    "delegations:follow_request", _l("Follow one's own request for seats"), links={"request": "request_id"}
)

PERMISSIONS = (
    READ,
    EDIT,
    IMPORT,
    EXPORT,
    REGISTER,
    TAKE_SEAT,
    OWN_PAGE,
    CAPACITY,
    ASK,
    FOLLOW_REQUEST,
)
