"""What the event noun tells the pages of an event: checks, deadlines, agenda, texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import url_for

from eventhub import clock
from eventhub.contributions import AgendaItem, Card, Check, Deadline, LocalizedEntry, PublicLink, Severity
from eventhub.events import domain, programme
from eventhub.events.models import Event, EventState, ItemAudience, ItemKind, ProgrammeItem
from eventhub.i18n import format_list, language, language_name, ngettext
from eventhub.i18n import gettext as _


def cards(event: Event) -> Iterable[Card]:
    days = (event.starts_on - clock.today(event.zone)).days
    if days > 0:
        yield Card(_("Days to go"), str(days), note=_("counted in the event's time zone"), order=5)


def checks(event: Event) -> Iterable[Check]:
    """Room clashes, rooms that are too small are the items' own; texts missing are counted once per language."""
    shown = programme.active_items(event)
    for clash in programme.clashes(shown):
        yield Check(
            "events.room_clash",
            f"{clash.first.id}-{clash.second.id}",
            Severity.BREAKS_RULE,
            _(
                "“%(first)s” and “%(second)s” use the same room at the same time",
                first=clash.first.title.label(language()),
                second=clash.second.title.label(language()),
            ),
            _(
                "%(room)s: %(first)s and %(second)s overlap.",
                room=clash.first.room.name if clash.first.room else "",
                first=programme.when(event, clash.first),
                second=programme.when(event, clash.second),
            ),
            url_for("events_programme.edit", item_id=clash.second.id),
            _("Edit the programme"),
            "events",
        )
    homeless = [item for item in shown if item.room_id is None and item.kind in {ItemKind.PLENARY, ItemKind.WORKSHOP}]
    for item in homeless:
        yield Check(
            "events.no_room",
            str(item.id),
            Severity.TO_COMPLETE,
            _("“%(title)s” has no room yet", title=item.title.label(language())),
            programme.when(event, item),
            url_for("events_programme.edit", item_id=item.id),
            _("Choose a room"),
            "events",
        )
    for code in event.languages:
        gaps = [entry for entry in texts(event, shown) if entry.required and code in entry.text.gaps([code])]
        if gaps:
            yield Check(
                "events.untranslated",
                code,
                Severity.TO_COMPLETE,
                ngettext(
                    "%(num)d text of the programme is missing or stale in %(language)s",
                    "%(num)d texts of the programme are missing or stale in %(language)s",
                    len(gaps),
                    language=language_name(code),
                ),
                format_list(entry.label for entry in gaps[:5]),
                gaps[0].url or url_for("events_programme.show"),
                _("Write the missing texts"),
                "events",
            )


def deadlines(event: Event) -> Iterable[Deadline]:
    if event.registration_closes_at:
        done = event.state in {EventState.CLOSED, EventState.RUNNING, EventState.EVALUATION}
        yield Deadline(
            event.registration_closes_at,
            _("Registration of delegations closes"),
            ngettext("then %(num)d minute of grace", "then %(num)d minutes of grace", event.grace_minutes),
            url_for("delegations.index"),
            done=done,
            component="events",
        )


def agenda(event: Event, audience: Any) -> Iterable[AgendaItem]:
    """Return the ordinary items; visits come from whoever knows who goes where."""
    if audience.__tablename__ == "provider":
        return
    roles = _roles_of(audience)
    for item in programme.active_items(event):
        if item.kind == ItemKind.VISIT and audience is not event:
            continue
        if item.audience == ItemAudience.TEAM or (item.audience == ItemAudience.HOSTS and "guests" in roles):
            continue
        if item.audience == ItemAudience.GUESTS and "hosts" in roles:
            continue
        yield agenda_item(item)


def _roles_of(audience: Any) -> frozenset[str]:
    from eventhub.delegations.domain import hosts  # delegations build on events

    if audience.__tablename__ in {"delegation", "participant"}:
        return frozenset({"hosts" if hosts(audience) else "guests"})
    return frozenset()


def agenda_item(item: ProgrammeItem) -> AgendaItem:
    return AgendaItem(
        item.starts_at, item.ends_at, item.title, programme.place(item), item.description, item.kind, item.id
    )


def texts(event: Event, items: Iterable[ProgrammeItem] | None = None) -> Iterable[LocalizedEntry]:
    settings = url_for("events_manage.settings", event=event.slug)
    yield LocalizedEntry("events.title", _("Title of the event"), event.title, settings, order=1)
    if event.summary:
        yield LocalizedEntry("events.summary", _("Summary of the event"), event.summary, settings, order=2)
    if event.funding_sentence:
        yield LocalizedEntry(
            "events.funding_sentence", _("Funder's sentence"), event.funding_sentence, settings, order=3
        )
    for item in items if items is not None else programme.active_items(event):
        url = url_for("events_programme.edit", event=event.slug, item_id=item.id)
        name = item.title.label(language())
        yield LocalizedEntry(f"events.item.{item.id}.title", name, item.title, url, order=10)
        if item.description:
            label = _("%(title)s: description", title=name)
            yield LocalizedEntry(f"events.item.{item.id}.description", label, item.description, url, order=11)
    for venue in domain.venues(event):
        if venue.access:
            url = url_for("events_programme.edit_venue", event=event.slug, venue_id=venue.id)
            label = f"{venue.name} – {_('How to get there')}"
            yield LocalizedEntry(f"events.venue.{venue.id}.access", label, venue.access, url, order=12)


def public_links(event: Event) -> Iterable[PublicLink]:
    if domain.is_public(event):
        yield PublicLink(_("Programme"), url_for("events_public.programme_page", event=event.slug), 10)
