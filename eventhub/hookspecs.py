"""Every hook of the core, in lifecycle order. A hook's *name* says when it runs and what a failure does:

- ``register_*`` runs once, at start; an exception disables that plugin and the inventory says why;
- a plural noun (``agenda_items``) is collected for a page; each failure is isolated, and the page says whose part is
  missing; what comes back is sorted by (order, plugin);
- ``before_*`` runs inside the transaction; ``raise Refused("…")`` vetoes with a message for the user, anything else
  rolls back, is loud in the log, and the user gets the form back;
- ``after_*`` runs after the commit; isolated and logged; a crash may lose it, so what must follow starts from a job
  enqueued in the transaction;
- a verb (``render_document``) has one answer, the first that is not None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pluggy
from flask import Blueprint

from eventhub.contributions import (
    AgendaItem,
    ApiPart,
    Attendance,
    Card,
    Chapter,
    Check,
    Deadline,
    FormSection,
    JobKind,
    LocalizedEntry,
    MailPlaceholder,
    MailRecipient,
    MenuItem,
    Panel,
    PeopleColumn,
    Periodic,
    Permission,
    PersonalData,
    ProviderKind,
    PublicLink,
    Purpose,
)

if TYPE_CHECKING:
    from eventhub.delegations.models import Delegation, Participant
    from eventhub.documents import Document
    from eventhub.events.models import Event, ProgrammeItem
    from eventhub.providers.models import Provider

hookspec = pluggy.HookspecMarker("eventhub")
hookimpl = pluggy.HookimplMarker("eventhub")

# --- at start -------------------------------------------------------------------------------------------------------


@hookspec
def register_hookspecs() -> Iterable[ModuleType]:
    """Return modules of hook specifications that the plugin owns; others implement them as optional hooks.

    Example: dossiers returns its module with ``dossier_sections``.
    """
    return ()


@hookspec
def register_permissions() -> Iterable[Permission]:
    """Return the permissions that the plugin's routes ask for, each named "<plugin>:<action>"."""
    return ()


@hookspec
def register_blueprints() -> Iterable[Blueprint]:
    """Return the plugin's pages, made with ``pages(...)`` of the api; each route declares ``@requires(permission)``."""
    return ()


@hookspec
def register_api() -> Iterable[ApiPart]:
    """Return the plugin's parts of the REST API, made with ``part(...)`` of the api.

    Each address declares ``@requires(permission)`` as a page does; a token has some of these permissions on one event.
    Example: field visits return visits, departures and places, to be read.
    """
    return ()


@hookspec
def register_provider_kinds() -> Iterable[ProviderKind]:
    """Return kinds of provider, such as ``ProviderKind("caterer", _l("Caterer"))``."""
    return ()


@hookspec
def register_personal_data() -> Iterable[PersonalData]:
    """Declare the personal data that the plugin holds: why, for how long, and how to export and erase it."""
    return ()


@hookspec
def register_jobs() -> Iterable[JobKind | Periodic]:
    """Return the work that the plugin does outside requests: kinds of job, and what the worker does periodically."""
    return ()


@hookspec
def demo_chapters() -> Iterable[Chapter]:
    """Return the plugin's part of the reference event, told after the core's, in order of chapters."""
    return ()


# --- pages of an event ----------------------------------------------------------------------------------------------


@hookspec
def menu_items(event: Event) -> Iterable[MenuItem]:
    """Return entries of the event's side navigation."""
    return ()


@hookspec
def dashboard_cards(event: Event) -> Iterable[Card]:
    """Return figures for the event's overview."""
    return ()


@hookspec
def readiness_checks(event: Event) -> Iterable[Check]:
    """Return what does not fit at this moment, each with a link to where it is mended.

    Example: two interpreters on a plenary of five hours.
    """
    return ()


@hookspec
def deadlines(event: Event) -> Iterable[Deadline]:
    """Return the moments by which something must be done, those already met marked as done."""
    return ()


@hookspec
def public_links(event: Event) -> Iterable[PublicLink]:
    """Return links for the event's public page."""
    return ()


@hookspec
def localized_texts(event: Event) -> Iterable[LocalizedEntry]:
    """Return every text that guests read, for the gate of editions and the acronym detector."""
    return ()


@hookspec
def purposes(event: Event) -> Iterable[Purpose]:
    """Return what the component uses personal data for: the parts of the event's notice, and what consent is asked for.

    Example: catering asks for consent to keep what somebody eats.
    """
    return ()


# --- who is where ---------------------------------------------------------------------------------------------------


@hookspec
def attendances(event: Event, items: Sequence[ProgrammeItem]) -> Iterable[Attendance]:
    """Answer who is expected at these items; the one source of headcounts, coverage and double bookings.

    The core answers for ordinary items (arrivals and departures considered); a plugin answers for the kinds it owns,
    such as field visits for its slots. Called once for all items: the number of queries must not grow with them.
    """
    return ()


@hookspec
def agenda_items(event: Event, audience: Event | Delegation | Participant | Provider) -> Iterable[AgendaItem]:
    """Return lines of the agenda of the event, a delegation, a participant or a provider."""
    return ()


# --- forms and records ----------------------------------------------------------------------------------------------


@hookspec
def participant_form_sections(
    event: Event, stage: str, participants: Sequence[Participant], own: bool
) -> Iterable[FormSection]:
    """Return sections of the delegation's form for each participant, in this stage.

    The stages are "people", "travel", "needs" and "choices"; whoever asks in several gives each section its own name,
    since a person's own page shows them all. What is asked in "people" stands under the person's seat, and is not saved
    when the same form gives the seat to another.
    ``own`` tells that the person fills it in, not the head of the delegation: what is sensitive is shown back to its
    owner only. Called once for all the people of a delegation: load what they said before in one query.
    """
    return ()


@hookspec
def delegation_form_sections(event: Event, delegation: Delegation) -> Iterable[FormSection]:
    """Return sections that the delegation fills in once, each in the stage that it names, above those of its people.

    Called once for all stages. A section has no ``subject_id``: its name alone tells it from others of its stage.
    """
    return ()


@hookspec
def delegation_panels(event: Event, delegation: Delegation) -> Iterable[Panel]:
    """Return parts of a delegation's page, such as the mails written to its head."""
    return ()


@hookspec
def participant_panels(event: Event, participant: Participant) -> Iterable[Panel]:
    """Return parts of a participant's page."""
    return ()


@hookspec
def people_columns(event: Event) -> Iterable[PeopleColumn]:
    """Return columns for the list of people, its exports and its filters, such as the visit of each person."""
    return ()


@hookspec
def own_links(event: Event, participant: Participant) -> Iterable[PublicLink]:
    """Return links for the participant's own page, such as their dossier."""
    return ()


@hookspec
def provider_panels(event: Event, provider: Provider) -> Iterable[Panel]:
    """Return parts of a provider's page, such as an interpreter's languages and bookings."""
    return ()


@hookspec
def mail_placeholders(event: Event, recipients: Sequence[MailRecipient]) -> Iterable[MailPlaceholder]:
    """Return what organisers may write in braces in a mailing, such as ``{visit}``.

    Called once for all recipients of a page or of a hundred mails; with none, only to list the names. The number of
    queries must not grow with the recipients. Example: the field visit of a person, in the language of the mail.
    """
    return ()


# --- around a change ------------------------------------------------------------------------------------------------


@hookspec
def before_registration(event: Event, delegation: Delegation) -> None:
    """Veto a delegation's submission, inside its transaction."""


@hookspec
def after_registration(event: Event, delegation: Delegation) -> None:
    """Follow a delegation's submission, after its commit."""


@hookspec
def before_change(event: Event, subject: Any, changes: Mapping[str, Any]) -> None:
    """Veto or complete a change of a core record, an organiser's or a guest's, inside its transaction.

    ``changes`` is {column: [before, after]}. Example: a visit refuses that its programme item be cancelled. Whoever is
    taken off a delegation, replaced, or leaves with it, is a participant whose "state" becomes "cancelled".
    """


@hookspec
def before_people_merged(event: Event, kept: Participant, dropped: Participant) -> None:
    """Move what the plugin holds of the dropped person to the one kept, inside the transaction; Refused vetoes.

    Where both have something that exists once, the kept person's stays. Afterwards the dropped person is cancelled.
    """


@hookspec
def after_change(event: Event, subject: Any, changes: Mapping[str, Any]) -> None:
    """Follow a change of a core record, an organiser's or a guest's, after its commit."""


@hookspec
def before_publication(event: Event, subject: Any, language: str) -> None:
    """Veto the publication of the subject (a dossier, the programme) in this language."""


@hookspec
def before_event_copied(source: Event, target: Event, shift: timedelta, items: Mapping[int, int]) -> None:
    """Copy the plugin's settings and catalogue to the target event, dates shifted, without personal data.

    ``items`` maps the source's programme items to the target's.
    """


# --- one answer -----------------------------------------------------------------------------------------------------


@hookspec(firstresult=True)
def render_document(document: Document, media_type: str, moment: datetime) -> bytes | None:
    """Return the document's bytes in this media type, or None when it is not yours; the core makes PDF and HTML."""
