"""What mail brings."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint

from eventhub.contributions import Area, Chapter, Check, JobKind, MenuItem, Panel, Periodic, Permission, PersonalData
from eventhub.delegations.models import Delegation, Participant
from eventhub.events.models import Event
from eventhub.hookspecs import hookimpl
from eventhub.i18n import gettext as _
from eventhub.mailing import contributions, demo, intake, jobs, permissions, views, views_bounces, views_messages


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views_messages.bp, views_bounces.bp)


@hookimpl
def register_personal_data() -> Iterable[PersonalData]:
    return contributions.PERSONAL_DATA


@hookimpl
def register_jobs() -> Iterable[JobKind | Periodic]:
    return (jobs.WRITE, intake.TAKE_IN)


@hookimpl
def demo_chapters() -> Iterable[Chapter]:
    return (Chapter(demo.tell, 95),)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Mail"), "mailing.index", permissions.WRITE, Area.EVENT, 25)


@hookimpl
def readiness_checks(event: Event) -> Iterable[Check]:
    return contributions.checks(event)


@hookimpl
def delegation_panels(event: Event, delegation: Delegation) -> Iterable[Panel]:
    return contributions.panel(event, delegation)


@hookimpl
def participant_panels(event: Event, participant: Participant) -> Iterable[Panel]:
    return contributions.panel(event, participant)
