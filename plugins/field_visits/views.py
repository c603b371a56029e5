"""Organisers' pages of the catalogue: visits, their departures with who goes there, and the rules for giving places."""

from __future__ import annotations

from collections.abc import Mapping

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Column,
    Form,
    _,
    activity,
    done,
    language,
    may,
    pages,
    requires,
    sort_key,
    spreadsheets,
    table,
    transaction,
    wanted_export,
)

from . import domain, permissions, places, standing, words
from .forms import NewVisitForm, SettingsForm, SlotForm, VisitForm
from .models import Allocation, Settings, Slot, SlotState, Visit

bp = pages("field_visits", __name__, Audience.ORGANISERS)

FACTS = "title description site host guide_id meeting_point way_there languages".split()
FACTS += ["walking_level", "step_free", "packed_lunch"]
SLOT_FACTS = ("item_id", "minimum", "maximum", "state", "wave")
RULES = ("per_delegation", "wishes_asked", "wishes_close_at")


def facts(visit: Visit) -> Mapping[str, object]:
    return {name: getattr(visit, name) for name in FACTS}


def slot_facts(slot: Slot) -> Mapping[str, object]:
    return {name: getattr(slot, name) for name in SLOT_FACTS}


def rules(settings: Settings) -> Mapping[str, object]:
    return {name: getattr(settings, name) for name in RULES}


def export_kind() -> str | None:
    """Return which file of the list is wanted, if any; a role that may read need not be one that may take it away."""
    kind = wanted_export()
    if kind and not may(permissions.EXPORT):
        abort(404)
    return kind


def columns() -> list[Column[Slot]]:
    return [
        Column("visit", _("Visit"), lambda row: row.visit.title.label(language())),
        Column("day", _("Day"), lambda row: row.item.starts_at.astimezone(g.event.zone).date()),
        Column("starts_at", _("Begins"), lambda row: row.item.starts_at.astimezone(g.event.zone).strftime("%H:%M")),
        Column("ends_at", _("Ends"), lambda row: row.item.ends_at.astimezone(g.event.zone).strftime("%H:%M")),
        Column("site", _("Site"), lambda row: row.visit.site),
        Column("way_there", _("Way there"), lambda row: str(words.WAYS[row.visit.way_there])),
        Column("languages", _("Languages"), lambda row: row.visit.languages),
        Column("walking_level", _("Walking"), lambda row: row.visit.walking_level, numeric=True),
        Column("step_free", _("Step-free"), lambda row: words.yes_or_no(row.visit.step_free)),
        Column("packed_lunch", _("Packed lunch"), lambda row: words.yes_or_no(row.visit.packed_lunch)),
        Column("minimum", _("Minimum"), lambda row: row.minimum, numeric=True),
        Column("maximum", _("Maximum"), lambda row: row.maximum, numeric=True),
        Column("places", _("Places taken"), lambda row: row.places_used, numeric=True),
        Column("state", _("State"), lambda row: str(words.SLOT_STATES[row.state])),
    ]


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    search, state = request.args.get("q", "").strip(), request.args.get("state", "")
    archived = request.args.get("show") == "archived"
    visits = [
        visit
        for visit in domain.catalogue(g.event, archived=archived)
        if (not search or any(sort_key(search) in sort_key(half.text) for _code, half in visit.title))
        and (state not in words.SLOT_STATES or any(slot.state == state for slot in visit.slots))
    ]
    if kind := export_kind():
        rows = [slot for visit in visits for slot in visit.slots]
        return spreadsheets.download(kind, _("Field visits"), *table(columns(), rows))
    return render_template(
        "field_visits/index.html", visits=visits, search=search, state=state, archived=archived, words=words
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    start = {"languages": g.event.languages, "walking_level": 1, "minimum": 1, "wave": 1, "state": SlotState.OPEN}
    form = NewVisitForm(data={**start, "item_id": request.args.get("item", None, int)}, languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            typed = {name: form[name].data for name in FACTS}
            domain.add(g.event, typed, {name: form[name].data for name in SLOT_FACTS}, by=g.actor)
            done(_("The visit is in the catalogue."))
            return redirect(url_for("field_visits.index"))
    return render_template("field_visits/form.html", form=form, visit=None), form.status


@bp.get("/<int:visit_id>")
@requires(permissions.READ)
def show(visit_id: int) -> ResponseReturnValue:
    visit = domain.visit(g.event, visit_id)
    return render_template(
        "field_visits/visit.html", visit=visit, words=words, entries=activity.history(visit), codes=said_codes()
    )


@bp.route("/<int:visit_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(visit_id: int) -> ResponseReturnValue:
    visit = domain.visit(g.event, visit_id)
    form = VisitForm(current=facts(visit), languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            visit = domain.visit(g.event, visit_id, lock=True)
            domain.change(g.event, visit, form.changes_to(facts(visit)), by=g.actor)
            done(_("The visit is saved."))
            return redirect(url_for("field_visits.show", visit_id=visit_id))
    return render_template("field_visits/form.html", form=form, visit=visit), form.status


@bp.post("/<int:visit_id>/archive")
@requires(permissions.EDIT)
def archive(visit_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            visit = domain.visit(g.event, visit_id, lock=True)
            put_away = visit.archived_at is None
            domain.set_archived(g.event, visit, put_away, by=g.actor)
            undo = url_for("field_visits.archive", visit_id=visit_id) if put_away else None
            done(_("The visit is archived.") if put_away else _("The visit is back in the catalogue."), undo=undo)
            return redirect(url_for("field_visits.index"))
    return render_template("site/refused.html", form=form, back=url_for("field_visits.show", visit_id=visit_id)), 422


# --- departures -----------------------------------------------------------------------------------------------------


@bp.route("/<int:visit_id>/departures/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create_slot(visit_id: int) -> ResponseReturnValue:
    visit = domain.visit(g.event, visit_id)
    form = SlotForm(data={"minimum": 1, "wave": 1, "state": SlotState.OPEN})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            visit = domain.visit(g.event, visit_id, lock=True)
            domain.add_slot(g.event, visit, {name: form[name].data for name in SLOT_FACTS}, by=g.actor)
            done(_("The departure is added."))
            return redirect(url_for("field_visits.show", visit_id=visit_id))
    return render_template("field_visits/slot_form.html", form=form, visit=visit, slot=None), form.status


@bp.route("/departures/<int:slot_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit_slot(slot_id: int) -> ResponseReturnValue:
    slot = domain.slot(g.event, slot_id)
    form = SlotForm(current=slot_facts(slot), slot=slot)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            slot = domain.slot(g.event, slot_id, lock=True)
            domain.change_slot(g.event, slot, form.changes_to(slot_facts(slot)), by=g.actor)
            done(_("The departure is saved."))
            return redirect(url_for("field_visits.slot", slot_id=slot_id))
    return render_template("field_visits/slot_form.html", form=form, visit=slot.visit, slot=slot), form.status


def attendees() -> list[Column[Allocation]]:
    return [
        Column("name", _("Name"), lambda row: row.participant.name),
        Column("delegation", _("Delegation"), lambda row: row.participant.delegation.name),
        Column("languages", _("Languages understood"), lambda row: row.participant.languages),
        Column("phone", _("Phone"), lambda row: row.participant.phone),
        Column("rank", _("Wish"), lambda row: words.rank(row.rank)),
        Column("by_hand", _("Given by hand"), lambda row: words.yes_or_no(row.locked)),
    ]


@bp.get("/departures/<int:slot_id>")
@requires(permissions.READ)
def slot(slot_id: int) -> ResponseReturnValue:
    shown = domain.slot(g.event, slot_id)
    given = places.of_people(g.event, standing.coming(g.event), slot_id)
    if kind := export_kind():
        return spreadsheets.download(kind, words.name(shown), *table(attendees(), given))
    return render_template(
        "field_visits/slot.html",
        slot=shown,
        places=given,
        words=words,
        entries=activity.history(shown),
        codes=said_codes(),
    )


@bp.get("/departures/<int:slot_id>/sheet")
@requires(permissions.EXPORT)
def sheet(slot_id: int) -> ResponseReturnValue:
    """The attendance sheet, made to be printed and signed."""
    shown = domain.slot(g.event, slot_id)
    given = places.of_people(g.event, standing.coming(g.event), slot_id)
    return render_template("field_visits/sheet.html", slot=shown, places=given, words=words)


def said_codes() -> Mapping[str, Mapping[str, object]]:
    return {
        "state": words.SLOT_STATES,
        "way_there": words.WAYS,
        "walking_level": words.LEVELS,  # type: ignore[dict-item]
    }


# --- rules ----------------------------------------------------------------------------------------------------------


@bp.route("/rules", methods=["GET", "POST"])
@requires(permissions.EDIT)
def settings() -> ResponseReturnValue:
    form = SettingsForm(current=rules(domain.settings(g.event)))
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = domain.settings_for_change(g.event)
            domain.change_settings(g.event, stored, form.changes_to(rules(stored)), by=g.actor)
            done(_("The rules are saved."))
            return redirect(url_for("field_visits_allocation.show"))
    return render_template("field_visits/settings.html", form=form), form.status
