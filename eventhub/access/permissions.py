"""Roles by what they may do, and the permissions of this component.

Refusing is the default: a permission names the roles that have it; an owner has all of the event's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from eventhub.access.models import EventRole
from eventhub.contributions import Permission
from eventhub.i18n import lazy_gettext as _l

F = TypeVar("F", bound=Callable[..., Any])

STAFF = frozenset(EventRole)
PROGRAMME_DESK = frozenset({EventRole.OWNER, EventRole.PROGRAMME})
LOGISTICS_DESK = frozenset({EventRole.OWNER, EventRole.LOGISTICS})
WELCOME_DESK = frozenset({EventRole.OWNER, EventRole.LOGISTICS, EventRole.WELCOME})
OWNER_ONLY = frozenset({EventRole.OWNER})

OPEN_LINK = Permission("access:open_link", _l("Open a personal link"), everyone=True)
SIGN_IN = Permission("access:sign_in", _l("Sign in, and ask for a new password"), everyone=True)
OWN_ACCOUNT = Permission("access:own_account", _l("Change one's own account"), signed_in=True)
MANAGE_MEMBERS = Permission("access:members", _l("Give and take roles on the event"), roles=OWNER_ONLY)

PERMISSIONS = (
    OPEN_LINK,
    SIGN_IN,
    OWN_ACCOUNT,
    MANAGE_MEMBERS,
)


def requires(permission: Permission) -> Callable[[F], F]:
    """Declare what the view asks for; the gate checks it before the view runs. A route without one stops the start."""

    def declare(view: F) -> F:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare
