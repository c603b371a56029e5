"""What the plugin brings."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from eventhub.api import (
    STAFF,
    Audience,
    Card,
    Event,
    MenuItem,
    Permission,
    _,
    _l,
    delegations,
    hookimpl,
    pages,
    requires,
)

READ = Permission("badges:read", _l("See what badges say"), roles=STAFF)
bp = pages("badges", __name__, Audience.ORGANISERS)


@bp.get("/")
@requires(READ)
def index() -> ResponseReturnValue:
    return render_template("badges/index.html", people=delegations.people(g.event))


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return (READ,)


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (bp,)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Badges"), "badges.index", READ)


@hookimpl
def dashboard_cards(event: Event) -> Iterable[Card]:
    yield Card(_("Badges to print"), str(len(delegations.people(event))), order=90)
