"""What field visits bring."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint

from eventhub.api import (
    AgendaItem,
    ApiPart,
    Area,
    Attendance,
    Card,
    Chapter,
    Check,
    Deadline,
    Delegation,
    DossierSection,
    Event,
    FormSection,
    JobKind,
    LocalizedEntry,
    MailPlaceholder,
    MailRecipient,
    MenuItem,
    Panel,
    Participant,
    PeopleColumn,
    Permission,
    PersonalData,
    ProgrammeItem,
    Provider,
    PublicLink,
    _,
    hookimpl,
)

from . import (
    contributions,
    demo,
    domain,
    dossier,
    jobs,
    mails,
    permissions,
    places,
    privacy,
    resources,
    sections,
    views,
    views_allocation,
    views_people,
    views_public,
)


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_api() -> Iterable[ApiPart]:
    return resources.PARTS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views_allocation.bp, views_people.bp, views_public.bp)


@hookimpl
def register_personal_data() -> Iterable[PersonalData]:
    return privacy.PERSONAL_DATA


@hookimpl
def register_jobs() -> Iterable[JobKind]:
    return (jobs.ALLOCATE,)


@hookimpl
def demo_chapters() -> Iterable[Chapter]:
    return (Chapter(demo.tell, 20),)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Field visits"), "field_visits.index", permissions.READ, Area.PLUGINS, 10)


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
def public_links(event: Event) -> Iterable[PublicLink]:
    return contributions.public_links(event)


@hookimpl
def own_links(event: Event, participant: Participant) -> Iterable[PublicLink]:
    return contributions.public_links(event)


@hookimpl
def localized_texts(event: Event) -> Iterable[LocalizedEntry]:
    return contributions.texts(event)


@hookimpl
def attendances(event: Event, items: Sequence[ProgrammeItem]) -> Iterable[Attendance]:
    return contributions.attendances(event, items)


@hookimpl
def agenda_items(event: Event, audience: Event | Delegation | Participant | Provider) -> Iterable[AgendaItem]:
    return contributions.agenda(event, audience)


@hookimpl
def participant_form_sections(
    event: Event, stage: str, participants: Sequence[Participant], own: bool
) -> Iterable[FormSection]:
    return sections.sections(event, stage, participants, own)


@hookimpl
def mail_placeholders(event: Event, recipients: Sequence[MailRecipient]) -> Iterable[MailPlaceholder]:
    return mails.placeholders(event, recipients)


@hookimpl
def participant_panels(event: Event, participant: Participant) -> Iterable[Panel]:
    return contributions.panels(event, participant)


@hookimpl
def people_columns(event: Event) -> Iterable[PeopleColumn]:
    return contributions.people_columns(event)


@hookimpl(optionalhook=True)
def dossier_sections(event: Event, audience: Event | Delegation | Participant | Provider) -> Iterable[DossierSection]:
    return dossier.sections(event, audience)


@hookimpl
def before_change(event: Event, subject: Any, changes: Mapping[str, Any]) -> None:
    places.follow(event, subject, changes)


@hookimpl
def before_people_merged(kept: Participant, dropped: Participant) -> None:
    places.merge(kept, dropped)


@hookimpl
def before_event_copied(source: Event, target: Event, shift: timedelta, items: Mapping[int, int]) -> None:
    domain.copy_to(source, target, shift, items)
