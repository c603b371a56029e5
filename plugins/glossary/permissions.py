"""What may be done with the lexicon."""

from __future__ import annotations

from eventhub.api import PROGRAMME_DESK, STAFF, Permission, _l

READ = Permission("glossary:read", _l("Read and export the lexicon"), roles=STAFF)
EDIT = Permission(
    "glossary:edit",
    _l("Write, validate and archive terms, and say which acronyms need no explanation"),
    roles=PROGRAMME_DESK,
)

PERMISSIONS = (READ, EDIT)
