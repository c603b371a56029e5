"""What may be done with field visits."""

from __future__ import annotations

from eventhub.api import PROGRAMME_DESK, STAFF, WELCOME_DESK, Permission, _l

READ_PUBLIC = Permission("field_visits:read_public", _l("Read the public catalogue of visits"), everyone=True)
READ = Permission("field_visits:read", _l("See visits, wishes and who has a place"), roles=STAFF)
EXPORT = Permission(
    "field_visits:export",
    _l("Export visits, wishes and places, and print attendance sheets"),
    roles=WELCOME_DESK | PROGRAMME_DESK,
)
EDIT = Permission("field_visits:edit", _l("Write the catalogue and the rules for giving places"), roles=PROGRAMME_DESK)
ALLOCATE = Permission(
    "field_visits:allocate",
    _l("Compute and publish the allocation, move people by hand, write wishes for them"),
    roles=PROGRAMME_DESK,
)

PERMISSIONS = (READ_PUBLIC, READ, EXPORT, EDIT, ALLOCATE)
