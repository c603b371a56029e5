"""Organisers' pages: who can follow what, the needs of each item, and the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Column,
    Form,
    _,
    activity,
    done,
    format_list,
    language,
    pages,
    programme,
    requires,
    spreadsheets,
    table,
    transaction,
    wanted_export,
)

from . import booking, contributions, documents, domain, permissions, situation, words
from .equipment import consecutive_length
from .forms import NeedForm, NewNeedForm, SettingsForm
from .models import Need, NeedState, Settings
from .profiles import PROFILES
from .situation import Line, Situation

bp = pages("interpretation", __name__, Audience.ORGANISERS)


def settings_facts(found: Settings) -> Mapping[str, object]:
    return {name: getattr(found, name) for name in domain.SETTINGS_FACTS}


def need_facts(found: Need) -> Mapping[str, object]:
    return {name: getattr(found, name) for name in domain.NEED_FACTS}


def wanted_lines(found: Situation, show: str, day: str) -> list[Line]:
    """Return the lines that the filters leave."""
    kept: dict[str, Callable[[Line], bool]] = {
        "": lambda line: line.concerned,
        "asked": lambda line: bool(line.asked),
        "faulty": lambda line: bool(line.violations) or line.unplanned,
        "all": lambda line: True,
    }
    chosen = kept.get(show, kept[""])
    zone = g.event.zone
    on_day = [line for line in found.lines if not day or line.item.starts_at.astimezone(zone).date().isoformat() == day]
    return [line for line in on_day if chosen(line)]


def columns(found: Situation) -> list[Column[Line]]:
    zone = g.event.zone

    def needs_in_words(line: Line) -> str:
        return format_list(
            f"{words.pair(need.from_language, need.to_language)} ({words.NEED_STATES[line.state_of(need)]})"
            for need in line.needs
        )

    return [
        Column("day", _("Day"), lambda line: line.item.starts_at.astimezone(zone).date()),
        Column("starts_at", _("Begins"), lambda line: line.item.starts_at.astimezone(zone).strftime("%H:%M")),
        Column("ends_at", _("Ends"), lambda line: line.item.ends_at.astimezone(zone).strftime("%H:%M")),
        Column("title", _("Title"), lambda line: line.item.title.label(language())),
        Column("place", _("Place"), lambda line: programme.place(line.item)),
        Column("floor", _("Spoken"), lambda line: words.languages(line.item.floor_languages)),
        Column("attending", _("People expected"), lambda line: line.following.attending, numeric=True),
        Column("unable", _("Cannot follow without interpretation"), lambda line: line.following.unable, numeric=True),
        Column("left", _("Cannot follow even so"), lambda line: line.following.left, numeric=True),
        Column("needs", _("Needs"), needs_in_words),
        Column("team", _("Team"), lambda line: [each.interpreter.name for each in line.bookings]),
        Column("headsets", _("Headsets"), lambda line: line.headsets, numeric=True),
        Column("sets", _("Tour-guide sets"), lambda line: line.tour_guide_sets, numeric=True),
        Column(
            "faults",
            _("What does not fit"),
            lambda line: " ".join(
                f"{contributions.finding(found, each)}. {words.rule(each)}" for each in line.violations
            ),
        ),
    ]


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    found = situation.of(g.event, g.hooks)
    show, day = request.args.get("show", ""), request.args.get("day", "")
    lines = wanted_lines(found, show, day)
    if wanted := wanted_export():
        return spreadsheets.download(wanted, _("Interpretation"), *table(columns(found), lines))
    return render_template(
        "interpretation/index.html",
        found=found,
        lines=lines,
        days=[(each.isoformat(), each) for each in g.event.days],
        show=show,
        day=day,
        finding=contributions.finding,
        where=contributions.where,
        programme=programme,
        words=words,
    )


@bp.get("/items/<int:item_id>")
@requires(permissions.READ)
def item(item_id: int) -> ResponseReturnValue:
    shown = programme.item(g.event, item_id)
    found = situation.of(g.event, g.hooks)
    return render_template(
        "interpretation/item.html",
        item=shown,
        line=found.by_item.get(item_id),
        found=found,
        bookings=booking.at(g.event, shown),
        expected=documents.documents(g.event, item_id=item_id),
        asked_in_words=contributions.asked_in_words,
        consecutive=consecutive_length,
        finding=contributions.finding,
        next_states=booking.NEXT_STATES,
        programme=programme,
        words=words,
    )


# --- needs ----------------------------------------------------------------------------------------------------------


@bp.route("/items/<int:item_id>/needs/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create_need(item_id: int) -> ResponseReturnValue:
    shown = programme.item(g.event, item_id)
    spoken = [*shown.floor_languages, *g.event.languages]
    form = NewNeedForm(
        data={
            "from_language": spoken[0],
            "to_language": next((code for code in g.event.languages if code != spoken[0]), ""),
            "mode": domain.usual_mode(shown),
            "booth": domain.usual_booth(g.event, shown),
            "state": NeedState.TO_COVER,
            "both_ways": len(shown.floor_languages) > 1,
        }
    )
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = programme.item_for_change(g.event, item_id)
            facts = {name: form[name].data for name in domain.NEED_FACTS}
            domain.add_needs(g.event, stored, facts, both_ways=form.both_ways.data, by=g.actor)
            done(_("The need is written."))
            return redirect(url_for("interpretation.item", item_id=item_id))
    return render_template("interpretation/need_form.html", form=form, item=shown, need=None), form.status


@bp.route("/needs/<int:need_id>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit_need(need_id: int) -> ResponseReturnValue:
    need = domain.need(g.event, need_id)
    form = NeedForm(current=need_facts(need))
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = domain.need_for_change(g.event, need_id)
            domain.change_need(g.event, stored, form.changes_to(need_facts(stored)), by=g.actor)
            done(_("The need is saved."))
            return redirect(url_for("interpretation.item", item_id=stored.item_id))
    return (
        render_template(
            "interpretation/need_form.html",
            form=form,
            item=need.item,
            need=need,
            entries=activity.history(need),
            words=words,
        ),
        form.status,
    )


@bp.post("/needs/<int:need_id>/archive")
@requires(permissions.EDIT)
def archive_need(need_id: int) -> ResponseReturnValue:
    form, need = Form(), domain.need(g.event, need_id)
    back = url_for("interpretation.item", item_id=need.item_id)
    if form.validate():
        with form.refusals(), transaction():
            stored = domain.need_for_change(g.event, need_id)
            put_away = stored.archived_at is None
            domain.set_need_archived(g.event, stored, put_away, by=g.actor)
            undo = url_for("interpretation.archive_need", need_id=need_id) if put_away else None
            done(_("The need is archived.") if put_away else _("The need is back."), undo=undo)
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


# --- settings -------------------------------------------------------------------------------------------------------


@bp.route("/settings", methods=["GET", "POST"])
@requires(permissions.EDIT)
def settings() -> ResponseReturnValue:
    found = domain.settings(g.event)
    form = SettingsForm(current=settings_facts(found))
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = domain.settings_for_change(g.event)
            domain.change_settings(g.event, stored, form.changes_to(settings_facts(stored)), by=g.actor)
            done(_("The settings are saved."))
            return redirect(url_for("interpretation.index"))
    plan = situation.of(g.event, g.hooks).plan
    return (
        render_template(
            "interpretation/settings.html",
            form=form,
            counts=[(name, len(plan.violations(profile))) for name, profile in PROFILES.items()],
            words=words,
        ),
        form.status,
    )
