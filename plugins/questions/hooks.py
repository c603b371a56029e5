"""What the organisers' questions bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from flask import Blueprint

from eventhub.api import (
    Area,
    Chapter,
    Check,
    Delegation,
    Event,
    FormSection,
    LocalizedEntry,
    MenuItem,
    Panel,
    Participant,
    PeopleColumn,
    Periodic,
    Permission,
    PersonalData,
    _,
    hookimpl,
)

from . import (
    contributions,
    demo,
    domain,
    files,
    permissions,
    privacy,
    sections,
    views,
    views_answers,
    views_files,
)


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views_answers.bp, views_files.bp)


@hookimpl
def register_personal_data() -> Iterable[PersonalData]:
    return privacy.PERSONAL_DATA


@hookimpl
def register_jobs() -> Iterable[Periodic]:
    return (Periodic("questions.sweep", files.sweep, minutes=60),)


@hookimpl
def demo_chapters() -> Iterable[Chapter]:
    return (Chapter(demo.tell, order=60),)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Questions"), "questions.index", permissions.READ, Area.PLUGINS, 70)


@hookimpl
def readiness_checks(event: Event) -> Iterable[Check]:
    return contributions.checks(event)


@hookimpl
def localized_texts(event: Event) -> Iterable[LocalizedEntry]:
    return contributions.texts(event)


@hookimpl
def participant_form_sections(
    event: Event, stage: str, participants: Sequence[Participant], own: bool
) -> Iterable[FormSection]:
    return sections.of_people(event, stage, participants, own)


@hookimpl
def delegation_form_sections(event: Event, delegation: Delegation) -> Iterable[FormSection]:
    return sections.of_delegation(event, delegation)


@hookimpl
def participant_panels(event: Event, participant: Participant) -> Iterable[Panel]:
    return contributions.panels(event, participant)


@hookimpl
def delegation_panels(event: Event, delegation: Delegation) -> Iterable[Panel]:
    return contributions.panels(event, delegation)


@hookimpl
def people_columns(event: Event) -> Iterable[PeopleColumn]:
    return contributions.people_columns(event)


@hookimpl
def before_people_merged(kept: Participant, dropped: Participant) -> None:
    privacy.merge(kept, dropped)


@hookimpl
def before_event_copied(source: Event, target: Event, shift: timedelta, items: Mapping[int, int]) -> None:
    domain.copy_to(source, target)
