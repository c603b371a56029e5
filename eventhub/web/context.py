"""What every template can use: formats in the reader's language, the menu, permissions, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import Flask, current_app, g, get_flashed_messages, request, url_for

from eventhub import activity, clock, hookspecs, i18n
from eventhub.access import oidc, passkeys
from eventhub.access.gate import may
from eventhub.access.models import User
from eventhub.contributions import Area
from eventhub.db import session
from eventhub.events import truth
from eventhub.web import lists, markdown


def in_language(code: str) -> str:
    """Return the present page in another language, its filters kept."""
    rule = request.url_rule
    if request.endpoint is None or rule is None or "lang" not in rule.arguments:
        return url_for("site.front", lang=code)
    if request.method == "POST" and "GET" not in (rule.methods or ()):
        return url_for("site.front", lang=code)
    arguments: dict[str, Any] = {**lists.kept_query(), **(request.view_args or {}), "lang": code}
    return url_for(request.endpoint, **arguments)


def asset(name: str) -> str:
    """Return the address of a static file, with a mark of its content: browsers keep it until it changes."""
    marks: dict[str, str] = current_app.extensions.setdefault("eventhub_assets", {})
    if name not in marks or current_app.debug:
        marks[name] = sha256((Path(current_app.static_folder or "") / name).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=name, v=marks[name])


def pinned_moment() -> str:
    """Return the moment at which the clock stands, in the event's zone, or in that of the setting."""
    moment = clock.pinned()
    return i18n.format_moment(moment, zone()) if moment else ""


def zone() -> ZoneInfo:
    return g.event.zone if g.get("event") else ZoneInfo("Europe/Paris")


def menu() -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the event's side navigation: the overview, then by area, with what does not fit counted at its component.

    An area's title is "" where it needs none. The entry whose address is the longest beginning of the present one is
    the current page, or holds it.
    """
    if g.get("event") is None or g.get("user") is None or not g.get("roles") and not g.user.is_administrator:
        return []
    entries = [item for item in g.hooks.collect(hookspecs.menu_items, event=g.event) if may(item.permission)]
    counts = dict(truth.of(g.event, g.hooks).counts)
    overview = url_for("events_manage.overview")
    lines: list[dict[str, Any]] = [{"label": i18n.gettext("Overview"), "href": overview, "count": sum(counts.values())}]
    shown = [("", lines)]
    titles = {
        Area.EVENT: i18n.gettext("Event"),
        Area.PLUGINS: i18n.gettext("Services"),
        Area.SETTINGS: i18n.gettext("Settings"),
    }
    for area in Area:
        lines = []
        for item in sorted((entry for entry in entries if entry.area == area), key=lambda entry: entry.order):
            count = counts.pop(item.permission.component, 0) if area is not Area.SETTINGS else 0
            lines.append({"label": item.label, "href": url_for(item.endpoint), "count": count})
        if lines:
            shown.append((titles[area], lines))
    places = [line["href"] for _title, group in shown for line in group]
    found = max((href for href in places if request.path.startswith(href) and href != overview), key=len, default=None)
    for _title, group in shown:
        for line in group:
            line["current"] = line["href"] == request.path
            line["within"] = line["href"] == found != request.path
    return shown


def notices() -> list[dict[str, Any]]:
    """Return what was just done: text, tone and perhaps an undo; ours are dicts, a library's are texts."""
    told_so_far: Any = get_flashed_messages(with_categories=True)
    tones = {"error": "stop", "warning": "warn", "done": "good", "success": "good"}
    return [
        {
            "text": told["text"] if isinstance(told, dict) else told,
            "undo": told.get("undo") if isinstance(told, dict) else None,
            "tone": tones.get(category, "on"),
        }
        for category, told in told_so_far
    ]


def d_day() -> str:
    """Return "D−12", "D-Day" or "D+3" for the event's frame."""
    days = (g.event.starts_on - clock.today(g.event.zone)).days
    if days > 0:
        return i18n.gettext("D−%(days)s", days=days)
    if clock.today(g.event.zone) <= g.event.ends_on:
        return i18n.gettext("under way")
    return i18n.gettext("over")


def diff_lines(
    entry: activity.ActivityEntry,
    labels: Mapping[str, Any] | None = None,
    words: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[tuple[str, str, str]]:
    """Return (field, before, after) of a journal entry, for its history.

    ``labels`` names the fields ({column: label}); ``words`` says the values of those that hold codes
    ({column: {code: word}}).
    """
    lines = []
    for name, pair in (entry.changes or {}).items():
        before, after = (pair + [None, None])[:2] if isinstance(pair, list) else (None, pair)
        said = (words or {}).get(name, {})
        label = str((labels or {}).get(name, name.replace("_", " ")))
        lines.append((label, _short(before, said), _short(after, said)))
    return lines


def history_lines(
    entries: Iterable[activity.ActivityEntry],
    labels: Mapping[str, Any] | None = None,
    words: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """Return the lines of the ``history`` macro, with the names of those who acted, in one statement."""
    shown = list(entries)
    names = {g.user.id: g.user.display_name} if g.get("user") else {}
    others = {entry.actor_id for entry in shown if entry.actor_kind == "user"} - names.keys()
    if others:
        found = session().scalars(sa.select(User).where(User.id.in_(others))).unique()
        names |= {user.id: user.display_name for user in found}
    kinds = {
        "user": i18n.pgettext("who acted", "A former colleague"),
        "guest": i18n.pgettext("who acted", "A guest"),
        "token": i18n.pgettext("who acted", "A program, through the API"),
        "system": "EventHub",
    }
    return [
        {
            "when": i18n.format_moment(entry.at, zone()),
            "iso": entry.at.astimezone(zone()).isoformat(timespec="minutes"),
            "who": (names.get(entry.actor_id) if entry.actor_kind == "user" else None) or kinds[entry.actor_kind],
            "what": entry.sentence,
            "changes": diff_lines(entry, labels, words),
        }
        for entry in shown
    ]


MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _short(value: Any, said: Mapping[str, Any]) -> str:
    """Return a stored value as people read it: moments in the event's zone, codes as words, long texts cut."""
    if isinstance(value, bool):
        return i18n.gettext("yes") if value else i18n.gettext("no")
    if isinstance(value, dict):
        text = " · ".join(f"{key}: {item}" for key, item in value.items())
    elif isinstance(value, list):
        text = ", ".join(str(said.get(item, item)) for item in value)
    elif isinstance(value, str) and MOMENT.fullmatch(value):
        return i18n.format_moment(datetime.fromisoformat(value), zone())
    elif isinstance(value, str) and DAY.fullmatch(value):
        return i18n.format_day(date.fromisoformat(value), "long")
    else:
        text = "" if value is None else str(said.get(value, value))
    return text if len(text) <= 160 else f"{text[:157]}…"


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        i18n=i18n,
        may=may,
        menu=menu,
        notices=notices,
        in_language=in_language,
        asset=asset,
        pinned_moment=pinned_moment,
        here=lists.here,
        elsewhere=lists.elsewhere,
        history_lines=history_lines,
        d_day=d_day,
        diff_lines=diff_lines,
        clock=clock,
        language=i18n.language,
        language_name=i18n.language_name,
        country_name=i18n.country_name,
        site_languages=[("fr", "Français"), ("en", "English")],
        hub=lambda: current_app.extensions["hub"],
        oidc=oidc,
        passkeys_possible=passkeys.possible,
    )
    app.jinja_env.filters.update(
        markdown=markdown.render,
        day=i18n.format_day,
        money=i18n.format_money,
        number=i18n.format_number,
        percent=i18n.format_percent,
        listing=i18n.format_list,
    )
    app.jinja_env.filters["moment"] = lambda moment: i18n.format_moment(moment, zone()) if moment else ""
    app.jinja_env.filters["hour"] = lambda moment: i18n.format_time(moment, zone()) if moment else ""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
