"""What the core's privacy noun brings."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint

from eventhub.contributions import (
    Area,
    Check,
    Deadline,
    JobKind,
    MenuItem,
    Periodic,
    Permission,
    PersonalData,
    PublicLink,
)
from eventhub.delegations.models import Participant
from eventhub.events.models import Event
from eventhub.hookspecs import hookimpl
from eventhub.i18n import gettext as _
from eventhub.privacy import (
    contributions,
    jobs,
    permissions,
    traces,
    views,
    views_me,
    views_public,
    views_requests,
)


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views_requests.bp, views_public.bp, views_me.bp)


@hookimpl
def register_personal_data() -> Iterable[PersonalData]:
    return traces.PERSONAL_DATA


@hookimpl
def register_jobs() -> Iterable[JobKind | Periodic]:
    return jobs.JOBS


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Personal data"), "privacy.index", permissions.READ, Area.SETTINGS, 25)


@hookimpl
def deadlines(event: Event) -> Iterable[Deadline]:
    return contributions.deadlines(event)


@hookimpl
def readiness_checks(event: Event) -> Iterable[Check]:
    return contributions.checks(event)


@hookimpl
def own_links(event: Event, participant: Participant) -> Iterable[PublicLink]:
    return contributions.own_links(event, participant)


@hookimpl
def public_links(event: Event) -> Iterable[PublicLink]:
    return contributions.public_links(event)
