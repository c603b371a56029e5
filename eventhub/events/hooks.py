"""What the core's event noun brings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint

from eventhub.contributions import (
    AgendaItem,
    ApiPart,
    Area,
    Card,
    Check,
    Deadline,
    LocalizedEntry,
    MenuItem,
    Permission,
    PublicLink,
)
from eventhub.events import contributions, permissions, resources, views, views_programme, views_public
from eventhub.events.models import Event
from eventhub.hookspecs import hookimpl
from eventhub.i18n import gettext as _


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_api() -> Iterable[ApiPart]:
    return resources.PARTS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views.manage, views_programme.bp, views_public.bp)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Programme"), "events_programme.show", permissions.READ, Area.EVENT, 10)
    yield MenuItem(_("Venues and rooms"), "events_programme.venues", permissions.READ, Area.EVENT, 40)
    yield MenuItem(_("Settings of the event"), "events_manage.settings", permissions.SETTINGS, Area.SETTINGS, 10)
    yield MenuItem(_("Plugins"), "events_manage.plugins", permissions.SETTINGS, Area.SETTINGS, 40)


@hookimpl
def dashboard_cards(event: Event) -> Iterable[Card]:
    return contributions.cards(event)


@hookimpl
def readiness_checks(event: Event) -> Iterable[Check]:
    return contributions.checks(event)


@hookimpl
def deadlines(event: Event) -> Iterable[Deadline]:
    return contributions.deadlines(event)


@hookimpl
def agenda_items(event: Event, audience: Any) -> Iterable[AgendaItem]:
    return contributions.agenda(event, audience)


@hookimpl
def localized_texts(event: Event) -> Iterable[LocalizedEntry]:
    return contributions.texts(event)


@hookimpl
def public_links(event: Event) -> Iterable[PublicLink]:
    return contributions.public_links(event)
