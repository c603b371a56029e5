"""What every template can use: formats in the reader's language, the menu, permissions, addresses."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, request, url_for

from eventhub import activity, clock, hookspecs, i18n
from eventhub.access.gate import may
from eventhub.contributions import Area
from eventhub.events import truth
from eventhub.web import markdown


def in_language(code: str) -> str:
    """Return the present page in another language, its filters kept."""
    if request.endpoint is None or request.url_rule is None or "lang" not in request.url_rule.arguments:
        return url_for("site.front", lang=code)
    arguments = {**request.args.to_dict(flat=True), **(request.view_args or {}), "lang": code}
    if request.method == "POST" and "GET" not in (request.url_rule.methods or ()):
        return url_for("site.front", lang=code)
    return url_for(request.endpoint, **arguments)


def menu() -> list[tuple[Any, list[dict[str, Any]]]]:
    """Return the event's side navigation by area, with what does not fit counted at the component's first entry."""
    if g.get("event") is None or g.get("user") is None or not g.get("roles") and not g.user.is_administrator:
        return []
    entries = [item for item in g.hooks.collect(hookspecs.menu_items, event=g.event) if may(item.permission)]
    counts = dict(truth.of(g.event, g.hooks).counts)
    titles = {Area.EVENT: i18n.gettext("Event"), Area.PLUGINS: i18n.gettext("Services"), Area.SETTINGS: i18n.gettext("Settings")}
    shown = []
    for area in Area:
        lines = []
        for item in sorted((entry for entry in entries if entry.area == area), key=lambda entry: entry.order):
            component = item.permission.component
            blueprint = item.endpoint.partition(".")[0]
            lines.append(
                {
                    "label": item.label,
                    "href": url_for(item.endpoint),
                    "current": request.endpoint == item.endpoint,
                    "within": request.blueprint == blueprint and request.endpoint != item.endpoint,
                    "count": counts.pop(component, 0) if area is not Area.SETTINGS else 0,
                }
            )
        if lines:
            shown.append((titles[area], lines))
    return shown


def notices() -> list[Any]:
    return get_flashed_messages()


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
