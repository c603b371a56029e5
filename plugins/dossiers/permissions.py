"""What may be done with dossiers."""

from __future__ import annotations

from eventhub.api import PROGRAMME_DESK, STAFF, WELCOME_DESK, Permission, _l

READ = Permission("dossiers:read", _l("See the dossiers, what they lack, and their editions"), roles=STAFF)
EDIT = Permission(
    "dossiers:edit", _l("Write the texts of dossiers and set when editions are due"), roles=PROGRAMME_DESK
)
PUBLISH = Permission("dossiers:publish", _l("Publish editions of dossiers"), roles=PROGRAMME_DESK)
PERSONAL = Permission(
    "dossiers:personal", _l("Open and make participants' own dossiers"), roles=PROGRAMME_DESK | WELCOME_DESK
)
OWN = Permission("dossiers:own", _l("Open one's own dossier"), links={"participant": "participant_id"})
READ_PUBLIC = Permission("dossiers:read_public", _l("Read published dossiers"), everyone=True)

PERMISSIONS = (READ, EDIT, PUBLISH, PERSONAL, OWN, READ_PUBLIC)
