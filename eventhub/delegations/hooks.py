"""What the core's delegation noun brings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from flask import Blueprint

from eventhub.contributions import (
    ApiPart,
    Area,
    Attendance,
    Card,
    Check,
    Deadline,
    JobKind,
    MenuItem,
    Periodic,
    Permission,
    PersonalData,
    PublicLink,
    Purpose,
)
from eventhub.delegations import (
    contributions,
    jobs,
    merging,
    permissions,
    personal,
    presence,
    resources,
    stages,
    views,
    views_arrivals,
    views_bulk,
    views_deadlines,
    views_duplicates,
    views_guest,
    views_intake,
    views_links,
    views_me,
    views_open,
    views_saved,
    views_seat,
    views_waiting,
    waiting_told,
)
from eventhub.delegations.intake import work
from eventhub.delegations.models import Participant
from eventhub.events import permissions as of_events
from eventhub.events.models import Event, ProgrammeItem
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
    return (
        views.bp,
        views_arrivals.bp,
        views_bulk.bp,
        views_duplicates.bp,
        views_saved.bp,
        views_deadlines.bp,
        views_guest.bp,
        views_intake.bp,
        views_links.bp,
        views_me.bp,
        views_seat.bp,
        views_waiting.bp,
        views_open.bp,
        views_open.doors,
    )


@hookimpl
def register_personal_data() -> Iterable[PersonalData]:
    return (*personal.PERSONAL_DATA, waiting_told.REQUESTS)


@hookimpl
def register_jobs() -> Iterable[JobKind | Periodic]:
    return (work.PLAN, work.CONFIRM, work.FORGET, jobs.SWEEP)


@hookimpl
def menu_items(event: Event) -> Iterable[MenuItem]:
    yield MenuItem(_("Delegations"), "delegations.index", permissions.READ, Area.EVENT, 20)
    yield MenuItem(_("People"), "delegations.people", permissions.READ, Area.EVENT, 21)
    yield MenuItem(_("Arrivals"), "delegations_arrivals.index", permissions.READ, Area.EVENT, 22)
    yield MenuItem(
        _("Deadlines of the registration"), "delegations_deadlines.edit", of_events.SETTINGS, Area.SETTINGS, 15
    )


@hookimpl
def before_people_merged(kept: Participant, dropped: Participant) -> None:
    merging.move_core_rows(kept, dropped)


@hookimpl
def dashboard_cards(event: Event) -> Iterable[Card]:
    return contributions.cards(event)


@hookimpl
def readiness_checks(event: Event) -> Iterable[Check]:
    return [*contributions.checks(event), *waiting_told.checks(event)]


@hookimpl
def deadlines(event: Event) -> Iterable[Deadline]:
    return [*contributions.deadlines(event), *waiting_told.deadlines(event)]


@hookimpl
def public_links(event: Event) -> Iterable[PublicLink]:
    return waiting_told.public_links(event)


@hookimpl
def before_event_copied(source: Event, target: Event, shift: timedelta) -> None:
    stages.copy(source, target, shift)
    waiting_told.copy(source, target, shift)


@hookimpl
def attendances(event: Event, items: Sequence[ProgrammeItem]) -> Iterable[Attendance]:
    return presence.attendances(event, items)


@hookimpl
def purposes(event: Event) -> Iterable[Purpose]:
    return personal.PURPOSES
