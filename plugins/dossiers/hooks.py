"""What dossiers bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import ModuleType
from typing import Any

from flask import Blueprint

from eventhub.api import (
    ApiPart,
    Area,
    Card,
    Chapter,
    Check,
    Deadline,
    DossierSection,
    Event,
    JobKind,
    LocalizedEntry,
    MenuItem,
    Participant,
    Permission,
    PersonalData,
    PublicLink,
    _,
    hookimpl,
)

from . import (
    contributions,
    copies,
    demo,
    domain,
    hookspecs,
    jobs,
    permissions,
    resources,
    views,
    views_guest,
    views_people,
    views_texts,
)


@hookimpl
def register_hookspecs() -> Iterable[ModuleType]:
    return (hookspecs,)


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_api() -> Iterable[ApiPart]:
    return resources.PARTS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views_people.bp, views_texts.bp, views_guest.public, views_guest.me)


@hookimpl
def register_personal_data() -> Iterable[PersonalData]:
    return contributions.PERSONAL_DATA


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    return (jobs.PUBLISH, jobs.COPIES)


@hookimpl
def demo_chapters() -> Iterable[Chapter]:
    return (Chapter(demo.tell, order=60),)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Dossiers"), "dossiers.index", permissions.READ, Area.PLUGINS, 70)


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
def localized_texts(event: Event) -> Iterable[LocalizedEntry]:
    return contributions.texts(event)


@hookimpl
def public_links(event: Event) -> Iterable[PublicLink]:
    return contributions.public_links(event)


@hookimpl
def before_people_merged(kept: Participant, dropped: Participant) -> None:
    copies.merge(kept, dropped)


@hookimpl
def own_links(event: Event, participant: Participant) -> Iterable[PublicLink]:
    return contributions.own_links(event, participant)


@hookimpl
def dossier_sections(event: Event, audience: Any) -> Iterable[DossierSection]:
    return contributions.sections(event, audience)


@hookimpl
def before_event_copied(source: Event, target: Event, shift: timedelta, items: Mapping[int, int]) -> None:
    domain.copy_to(source, target)
