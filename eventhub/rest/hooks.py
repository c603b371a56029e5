"""What the API itself brings."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint

from eventhub.contributions import ApiPart, Area, Check, JobKind, MenuItem, Periodic, Permission
from eventhub.events.models import Event
from eventhub.hookspecs import hookimpl
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.rest import contributions, delivery, once, permissions, resources, views, views_webhooks, webhooks


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views_webhooks.bp)


@hookimpl
def register_api() -> Iterable[ApiPart]:
    return (ApiPart(resources.bp, _l("Description"), 1),)


@hookimpl
def register_jobs() -> Iterable[JobKind | Periodic]:
    return (delivery.DELIVER, webhooks.LOOK, once.FORGET)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("API and webhooks"), "rest_manage.index", permissions.TOKENS, Area.SETTINGS, 40)


@hookimpl
def readiness_checks(event: Event) -> Iterable[Check]:
    return contributions.checks(event)
