"""What the core's provider noun brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from flask import Blueprint

from eventhub.contributions import ApiPart, Area, Card, Check, Deadline, MenuItem, Permission, ProviderKind
from eventhub.events.models import Event
from eventhub.hookspecs import hookimpl
from eventhub.i18n import gettext as _
from eventhub.providers import contributions, domain, permissions, resources, views, words


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_api() -> Iterable[ApiPart]:
    return resources.PARTS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp,)


@hookimpl
def register_provider_kinds() -> Iterable[ProviderKind]:
    return words.KINDS


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Providers"), "providers.index", permissions.READ, Area.EVENT, 30)
    yield MenuItem(_("Orders"), "providers.orders", permissions.READ, Area.EVENT, 31)


@hookimpl
def dashboard_cards(event: Event) -> Iterable[Card]:
    return contributions.cards(event)


@hookimpl
def readiness_checks(event: Event) -> Iterable[Check]:
    return contributions.checks(event)


@hookimpl
def deadlines(event: Event) -> Iterable[Deadline]:
    return contributions.deadlines(event)


@hookimpl(tryfirst=True)
def before_event_copied(source: Event, target: Event, shift: timedelta, items: Mapping[int, int]) -> None:
    domain.copy_to(source, target)
