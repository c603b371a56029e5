"""Organisers' pages: meals with their headcounts, freezing, and the restricted list of named needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Event,
    Form,
    Page,
    _,
    activity,
    done,
    format_day,
    pages,
    paginate,
    providers,
    requires,
    spreadsheets,
    table,
    transaction,
    wanted_export,
)
from plugins.catering import contributions, dietary, domain, exports, forecast, freezing, permissions, words
from plugins.catering.dietary import Named, Wanted
from plugins.catering.exports import Line
from plugins.catering.forms import AmendForm, ExportForm, FreezeForm, MealForm
from plugins.catering.headcount import Headcount, Status
from plugins.catering.models import Meal

bp = pages("catering", __name__, Audience.ORGANISERS)
PER_PAGE = 100


def secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def lines_of(event: Event, meals: Sequence[Meal]) -> list[Line]:
    counted = forecast.of(event, meals, g.hooks)
    cutoffs = domain.cutoffs(event, meals)
    found = []
    for meal in meals:
        headcount = counted.headcount(meal.id)
        delta = freezing.delta(meal.snapshots, headcount)
        found.append(Line(meal, domain.title(event, meal), headcount, cutoffs.get(meal.id), delta))
    return found


def wanted_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    archived = request.args.get("show") == "archived"
    query = domain.list_query(
        g.event,
        service=request.args.get("service", ""),
        provider_id=request.args.get("provider", type=int),
        day=wanted_day(),
        archived=archived,
    )
    if kind := wanted_export():
        lines = lines_of(g.event, paginate(query, per_page=100_000).rows)
        return spreadsheets.download(kind, _("Meals"), *table(exports.meal_columns(g.event), lines))
    page = paginate(query)
    lines = lines_of(g.event, page.rows)
    served = {code for line in lines for code, _people in line.headcount.diets}
    return render_template(
        "catering/index.html",
        page=page,
        lines=lines,
        diets=[code for code in words.PLATES if code in served],
        bars_of_covers=[bar_of(line) for line in lines],
        waiting=dietary.unconfirmed(g.event),
        providers=providers.of_kind(g.event, words.CATERER.code),
        days=[(day.isoformat(), format_day(day, "EEEE d MMMM")) for day in g.event.days],
        archived=archived,
        words=words,
        when=contributions.when,
    )


def bar_of(line: Line) -> dict[str, object]:
    """Return a bar of covers, between the bounds of the contract once the figures are final."""
    tolerance = line.delta.tolerance if line.delta else None
    return {
        "label": f"{format_day(domain.day_of(g.event, line.meal), 'EEE d')} – {line.title}",
        "value": line.headcount.covers,
        "minimum": tolerance.minimum if tolerance else None,
        "maximum": tolerance.maximum if tolerance else None,
        "href": url_for("catering.show", meal_id=line.meal.id),
    }


@bp.route("/meals/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    form = MealForm(data={"service": "seated"})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            facts = {name: form[name].data for name in domain.FACTS}
            meal = domain.add(g.event, facts, form.item_ids.data, by=g.actor)
            done(_("The meal is planned."))
            return redirect(url_for("catering.show", meal_id=meal.id))
    return render_template("catering/form.html", form=form, meal=None), form.status


@bp.get("/meals/<int:meal_id>")
@requires(permissions.READ)
def show(meal_id: int) -> ResponseReturnValue:
    meal = domain.meal(g.event, meal_id)
    line = lines_of(g.event, [meal])[0]
    return render_template(
        "catering/show.html",
        meal=meal,
        line=line,
        headcount=line.headcount,
        diet_bars=[{"label": words.PLATES[code], "value": people} for code, people in line.headcount.diets],
        packs=[domain.title(g.event, pack) for pack in domain.packs_for([meal]).get(meal.id, [])],
        authors=freezing.authors(meal.snapshots),
        told_figures=[
            (row, Headcount.from_json(row.counts), freezing.genuine(row, secret())) for row in meal.snapshots
        ],
        entries=activity.history(meal),
        labels=labels(),
        title=domain.title,
        items=domain.items_in_words(meal),
        when=contributions.when,
        words=words,
    )


def labels() -> dict[str, object]:
    """Return the names of what the history of a meal says changed."""
    fields = {name: getattr(MealForm, name).args[0] for name in domain.FACTS}
    return {**fields, "items": _("In the programme"), "covers": _("Covers")}


def facts(meal: Meal) -> dict[str, object]:
    stored: dict[str, object] = {name: getattr(meal, name) for name in domain.FACTS}
    return {**stored, "item_ids": [item.id for item in meal.items]}


@bp.route("/meals/<int:meal_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(meal_id: int) -> ResponseReturnValue:
    meal = domain.meal(g.event, meal_id)
    form = MealForm(current=facts(meal))
    form.also_offer(meal)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            meal = domain.meal_for_change(g.event, meal_id)
            changes = dict(form.changes_to(facts(meal)))
            domain.change(g.event, meal, changes, changes.pop("item_ids", None), by=g.actor)
            done(_("The meal is saved."))
            return redirect(url_for("catering.show", meal_id=meal_id))
    return render_template("catering/form.html", form=form, meal=domain.meal(g.event, meal_id)), form.status


@bp.post("/meals/<int:meal_id>/archive")
@requires(permissions.EDIT)
def archive(meal_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            meal = domain.meal_for_change(g.event, meal_id)
            put_away = meal.archived_at is None
            domain.set_archived(g.event, meal, put_away, by=g.actor)
            undo = url_for("catering.archive", meal_id=meal_id) if put_away else None
            done(_("The meal is archived.") if put_away else _("The meal is back."), undo=undo)
            return redirect(url_for("catering.index"))
    return render_template("site/refused.html", form=form, back=url_for("catering.show", meal_id=meal_id)), 422


# --- freezing -------------------------------------------------------------------------------------------------------


@bp.route("/meals/<int:meal_id>/freeze", methods=["GET", "POST"])
@requires(permissions.FREEZE)
def freeze(meal_id: int) -> ResponseReturnValue:
    """Show the figures that would be final, and make them so once somebody has looked at them."""
    meal = domain.meal(g.event, meal_id)
    amending = bool(meal.snapshots)
    form = AmendForm() if amending else FreezeForm()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            meal = domain.meal_for_change(g.event, meal_id)
            headcount = forecast.of(g.event, [meal], g.hooks).headcount(meal.id)
            freezing.check_seen(headcount, form.seen.data or "")
            missing = g.get("hook_failures", {})
            if amending:
                freezing.amend(g.event, meal, headcount, form.note.data, missing=missing, by=g.actor, key=secret())
            else:
                freezing.freeze(g.event, meal, headcount, missing=missing, by=g.actor, key=secret())
            done(_("The figures are frozen. Later changes are shown as a difference."))
            return redirect(url_for("catering.show", meal_id=meal_id))
    meal = domain.meal(g.event, meal_id)
    line = lines_of(g.event, [meal])[0]
    form.seen.data, form.seen.raw_data = freezing.digest(line.headcount), None
    return (
        render_template("catering/freeze.html", form=form, meal=meal, line=line, amending=amending, words=words),
        form.status,
    )


# --- named needs: each read is recorded -----------------------------------------------------------------------------


@bp.get("/meals/<int:meal_id>/people")
@requires(permissions.NEEDS)
def people(meal_id: int) -> ResponseReturnValue:
    with transaction():
        meal = domain.meal(g.event, meal_id)
        guests = forecast.person_by_person(g.event, meal, g.hooks)
        activity.record(g.actor, dietary.READ, g.event, {"people": [None, len(guests)]})
    status = request.args.get("status", "")
    shown = [guest for guest in guests if not status or guest.status == status]
    return render_template(
        "catering/people.html",
        meal=meal,
        name=domain.title(g.event, meal),
        page=page_of(shown),
        statuses=[status.value for status in Status],
        when=contributions.when,
        words=words,
    )


def page_of(rows: Sequence[object]) -> Page[object]:
    """Return the page of a list that only Python can filter, since it is sealed in the database."""
    number = max(1, min(request.args.get("page", 1, int), -(-len(rows) // PER_PAGE) or 1))
    return Page(rows[(number - 1) * PER_PAGE : number * PER_PAGE], number, len(rows), PER_PAGE)


def wanted_needs() -> Wanted:
    known_diet, known_allergen = request.values.get("diet", ""), request.values.get("allergen", "")
    return Wanted(
        request.values.get("q", ""),
        known_diet if known_diet in words.DIETS else "",
        known_allergen if known_allergen in words.ALLERGENS else "",
        request.values.get("severe") == "1",
    )


@bp.get("/needs")
@requires(permissions.NEEDS)
def needs() -> ResponseReturnValue:
    with transaction():
        found: list[Named] = dietary.named(g.event, by=g.actor, wanted=wanted_needs())
        reads = dietary.readings(g.event)
    return render_template("catering/needs.html", page=page_of(found), wanted=wanted_needs(), reads=reads, words=words)


@bp.route("/needs/export", methods=["GET", "POST"])
@requires(permissions.EXPORT_NEEDS)
def export_needs() -> ResponseReturnValue:
    """Make a file of named needs only on purpose: a page of its own, a POST, and an entry in the journal."""
    form = ExportForm(data={"format": "xlsx"})
    if form.validate_on_submit():
        with transaction():
            found = dietary.named(g.event, by=g.actor, verb=dietary.EXPORTED)
        return spreadsheets.download(form.format.data, _("Dietary needs"), *table(exports.need_columns(), found))
    return render_template("catering/export.html", form=form), form.status
