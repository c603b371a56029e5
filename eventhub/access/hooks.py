"""What access brings."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint

from eventhub.access import permissions, views, views_account
from eventhub.contributions import Area, MenuItem, Permission
from eventhub.events.models import Event
from eventhub.hookspecs import hookimpl
from eventhub.i18n import gettext as _


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views.manage, views_account.bp)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("People and roles"), "access_manage.members_page", permissions.MANAGE_MEMBERS, Area.SETTINGS, 20)
