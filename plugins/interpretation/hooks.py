"""What interpretation brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from flask import Blueprint

from eventhub.api import (
    AgendaItem,
    ApiPart,
    Area,
    Card,
    Chapter,
    Check,
    Deadline,
    Event,
    MenuItem,
    Panel,
    Permission,
    Provider,
    ProviderKind,
    _,
    hookimpl,
)

from . import contributions, demo, domain, permissions, resources, views, views_documents, views_people, words


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_api() -> Iterable[ApiPart]:
    return resources.PARTS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views_people.bp, views_documents.bp)


@hookimpl
def register_provider_kinds() -> Iterable[ProviderKind]:
    return words.PROVIDER_KINDS


@hookimpl
def demo_chapters() -> Iterable[Chapter]:
    return (Chapter(demo.tell, order=30),)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Interpretation"), "interpretation.index", permissions.READ, Area.PLUGINS, 20)


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
def provider_panels(event: Event, provider: Provider) -> Iterable[Panel]:
    return contributions.provider_panels(event, provider)


@hookimpl
def before_event_copied(source: Event, target: Event, shift: timedelta, items: Mapping[int, int]) -> None:
    domain.copy_to(source, target, items)
