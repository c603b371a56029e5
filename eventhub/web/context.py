"""What every template can use: formats in the reader's language, the menu, permissions, addresses."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, request, url_for

from eventhub import activity, clock, hookspecs, i18n
from eventhub.access.gate import may
from eventhub.contributions import Area
from eventhub.events import truth
from eventhub.web import markdown


def in_language(code: str) -> str:
    """Return the present page in another language, its filters kept."""
    rule = request.url_rule
    if request.endpoint is None or rule is None or "lang" not in rule.arguments:
        return url_for("site.front", lang=code)
    if request.method == "POST" and "GET" not in (rule.methods or ()):
        return url_for("site.front", lang=code)
    # neither a part of the path nor one of url_for's own options may come from the query
    kept = {key: value for key, value in request.args.lists() if key not in rule.arguments and not key.startswith("_")}
    return url_for(request.endpoint, **{**kept, **(request.view_args or {}), "lang": code})


def asset(name: str) -> str:
    """Return the address of a static file, with a mark of its content: browsers keep it until it changes."""
    marks: dict[str, str] = current_app.extensions.setdefault("eventhub_assets", {})
    if name not in marks or current_app.debug:
        marks[name] = sha256((Path(current_app.static_folder or "") / name).read_bytes()).hexdigest()[:10]
    return url_for("static", filename=name, v=marks[name])


def pinned_moment() -> str:
    """Return the moment at which the clock stands, in the event's zone, or in the zone in which it was pinned."""
    moment = clock.pinned()
    return i18n.format_moment(moment, g.event.zone if g.get("event") else moment.tzinfo) if moment else ""


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
    lines = [{"label": i18n.gettext("Overview"), "href": overview, "count": sum(counts.values())}]
    shown = [("", lines)]
    titles = {Area.EVENT: i18n.gettext("Event"), Area.PLUGINS: i18n.gettext("Services"), Area.SETTINGS: i18n.gettext("Settings")}
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
    """Return what was just done, each with its text, its tone and perhaps an undo; ours are dicts, a library's are texts."""
    tones = {"error": "stop", "warning": "warn", "done": "good", "success": "good"}
    return [
        {
            "text": told["text"] if isinstance(told, dict) else told,
            "undo": told.get("undo") if isinstance(told, dict) else None,
            "tone": tones.get(category, "on"),
        }
        for category, told in get_flashed_messages(with_categories=True)
    ]


def d_day() -> str:
    """Return "D−12", "D-Day" or "D+3" for the event's frame."""
    days = (g.event.starts_on - clock.today(g.event.zone)).days
    if days > 0:
        return i18n.gettext("D−%(days)s", days=days)
    if clock.today(g.event.zone) <= g.event.ends_on:
        return i18n.gettext("under way")
    return i18n.gettext("over")


def diff_lines(entry: activity.ActivityEntry) -> list[tuple[str, str, str]]:
    """Return (field, before, after) of a journal entry, for its history."""
    lines = []
    for name, pair in (entry.changes or {}).items():
        before, after = (pair + [None, None])[:2] if isinstance(pair, list) else (None, pair)
        lines.append((name, _short(before), _short(after)))
    return lines


def _short(value: Any) -> str:
    if isinstance(value, dict):
        text = " · ".join(f"{key}: {item}" for key, item in value.items())
    else:
        text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
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
        d_day=d_day,
        diff_lines=diff_lines,
        clock=clock,
        language=i18n.language,
        language_name=i18n.language_name,
        country_name=i18n.country_name,
        site_languages=[("fr", "Français"), ("en", "English")],
        hub=lambda: current_app.extensions["hub"],
    )
    app.jinja_env.filters.update(
        markdown=markdown.render,
        day=i18n.format_day,
        money=i18n.format_money,
        number=i18n.format_number,
        percent=i18n.format_percent,
        listing=i18n.format_list,
    )
    app.jinja_env.filters["moment"] = lambda moment: i18n.format_moment(moment, g.event.zone) if moment else ""
    app.jinja_env.filters["hour"] = lambda moment: i18n.format_time(moment, g.event.zone) if moment else ""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
