"""What the lexicon brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from flask import Blueprint

from eventhub.api import (
    ApiPart,
    Area,
    Card,
    Chapter,
    Check,
    DossierSection,
    Event,
    LocalizedEntry,
    MenuItem,
    Permission,
    _,
    hookimpl,
)

from . import contributions, demo, domain, permissions, resources, views


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
def demo_chapters() -> Iterable[Chapter]:
    return (Chapter(demo.tell, order=50),)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Lexicon"), "glossary.index", permissions.READ, Area.PLUGINS, 80)


@hookimpl
def dashboard_cards(event: Event) -> Iterable[Card]:
    return contributions.cards(event)


@hookimpl
def readiness_checks(event: Event) -> Iterable[Check]:
    return contributions.checks(event)


@hookimpl
def localized_texts(event: Event) -> Iterable[LocalizedEntry]:
    return contributions.texts(event)


@hookimpl(optionalhook=True)
def dossier_sections(event: Event) -> Iterable[DossierSection]:
    return contributions.sections(event)


@hookimpl
def before_publication(event: Event, language: str) -> None:
    contributions.check_words(event, language)


@hookimpl
def before_event_copied(source: Event, target: Event, shift: timedelta, items: Mapping[int, int]) -> None:
    domain.copy_to(source, target)
