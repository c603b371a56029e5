"""What catering brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from flask import Blueprint

from eventhub.api import (
    ApiPart,
    Area,
    Card,
    Chapter,
    Check,
    Deadline,
    Event,
    FormSection,
    MenuItem,
    Panel,
    Participant,
    Periodic,
    Permission,
    PersonalData,
    Provider,
    ProviderKind,
    PublicLink,
    Purpose,
    _,
    hookimpl,
)
from plugins.catering import (
    contributions,
    demo,
    dietary,
    domain,
    jobs,
    permissions,
    resources,
    sections,
    views,
    views_guest,
    words,
)


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_api() -> Iterable[ApiPart]:
    return resources.PARTS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views_guest.me)


@hookimpl
def register_provider_kinds() -> Iterable[ProviderKind]:
    return (words.CATERER,)


@hookimpl
def register_personal_data() -> Iterable[PersonalData]:
    return contributions.PERSONAL_DATA


@hookimpl
def register_jobs() -> Iterable[Periodic]:
    return jobs.JOBS


@hookimpl
def demo_chapters() -> Iterable[Chapter]:
    return (Chapter(demo.tell, 40),)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Meals"), "catering.index", permissions.READ, Area.PLUGINS, 30)
    yield MenuItem(_("Dietary needs"), "catering.needs", permissions.NEEDS, Area.PLUGINS, 31)


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
def participant_form_sections(
    event: Event, stage: str, participants: Sequence[Participant], own: bool
) -> Iterable[FormSection]:
    return sections.sections(event, stage, participants, own)


@hookimpl
def provider_panels(event: Event, provider: Provider) -> Iterable[Panel]:
    return contributions.provider_panels(event, provider)


@hookimpl
def own_links(event: Event, participant: Participant) -> Iterable[PublicLink]:
    return contributions.own_links(event, participant)


@hookimpl
def before_people_merged(kept: Participant, dropped: Participant) -> None:
    dietary.merge(kept, dropped)


@hookimpl
def before_event_copied(source: Event, target: Event, shift: timedelta, items: Mapping[int, int]) -> None:
    domain.copy_to(source, target, items)


@hookimpl
def purposes(event: Event) -> Iterable[Purpose]:
    return contributions.PURPOSES
