"""What may be done with questions and their answers."""

from __future__ import annotations

from eventhub.api import PROGRAMME_DESK, STAFF, WELCOME_DESK, Permission, _l

READ = Permission("questions:read", _l("See the questions and their preview"), roles=STAFF)
EDIT = Permission(
    "questions:edit",
    _l("Write, order and archive questions"),
    roles=PROGRAMME_DESK | WELCOME_DESK,
)
ANSWERS = Permission(
    "questions:answers", _l("Read answers, and the files among them"), roles=PROGRAMME_DESK | WELCOME_DESK
)
ANSWER = Permission("questions:answer", _l("Write answers for people and delegations"), roles=WELCOME_DESK)
EXPORT = Permission("questions:export", _l("Export answers"), roles=PROGRAMME_DESK | WELCOME_DESK)
OWN_FILE = Permission("questions:own_file", _l("Read back one's own file"), links={"participant": "participant_id"})
DELEGATION_FILE = Permission(
    "questions:delegation_file", _l("Read back a file of one's delegation"), links={"delegation": "delegation_id"}
)

PERMISSIONS = (READ, EDIT, ANSWERS, ANSWER, EXPORT, OWN_FILE, DELEGATION_FILE)
