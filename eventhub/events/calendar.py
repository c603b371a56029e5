"""iCalendar feeds of a programme or an agenda."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import current_app

from eventhub import clock
from eventhub.contributions import AgendaItem
from eventhub.events.models import Event
from eventhub.i18n import gettext as _
from eventhub.i18n import language


def feed(event: Event, name: str, lines: Iterable[AgendaItem]) -> bytes:
    """Return the lines as a calendar in the present language; a title that lacks it says so."""
    import icalendar  # slow import

    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//EventHub//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", event.time_zone)
    for line in lines:
        entry = icalendar.Event()
        title = line.title.text(language())
        entry.add("summary", title or _("(not translated yet) %(title)s", title=line.title.label(language())))
        entry.add("dtstart", line.starts_at.astimezone(event.zone))
        entry.add("dtend", line.ends_at.astimezone(event.zone))
        entry.add("dtstamp", clock.now())
        entry.add("uid", f"{line.item_id or int(line.starts_at.timestamp())}-{line.kind}-{event.slug}@{host}")
        if line.place:
            entry.add("location", line.place)
        note = line.note.text(language())
        if note:
            entry.add("description", note)
        calendar.add_component(entry)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())
