"""Organisers' pages of interpreters and their bookings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Column,
    Form,
    _,
    activity,
    done,
    language,
    pages,
    paginate,
    programme,
    requires,
    spreadsheets,
    table,
    transaction,
    wanted_export,
)

from . import booking, contributions, interpreters, permissions, words
from .booking import Wanted
from .forms import BookingForm, InterpreterForm
from .models import Assignment, AssignmentState, Interpreter

bp = pages("interpretation_people", __name__, Audience.ORGANISERS, path="interpretation/interpreters")


def facts(found: Interpreter) -> Mapping[str, object]:
    return {name: getattr(found, name) for name in interpreters.FACTS}


def columns(booked: Mapping[int, int]) -> list[Column[Interpreter]]:
    return [
        Column("name", _("Name"), lambda row: row.name),
        Column("provider", _("Under contract with"), lambda row: row.provider.name),
        Column("a", _("A languages"), lambda row: words.languages(row.a_languages)),
        Column("b", _("B languages"), lambda row: words.languages(row.b_languages)),
        Column("c", _("C languages"), lambda row: words.languages(row.c_languages)),
        Column("domicile", _("Professional domicile"), lambda row: row.domicile),
        Column(
            "rate", _("Day rate, net"), lambda row: None if row.day_rate is None else row.day_rate / 100, numeric=True
        ),
        Column("booked", _("Items booked"), lambda row: booked.get(row.id, 0), numeric=True),
    ]


def booking_columns() -> list[Column[Assignment]]:
    zone = g.event.zone
    return [
        Column("day", _("Day"), lambda row: row.item.starts_at.astimezone(zone).date()),
        Column("starts_at", _("Begins"), lambda row: row.item.starts_at.astimezone(zone).strftime("%H:%M")),
        Column("ends_at", _("Ends"), lambda row: row.item.ends_at.astimezone(zone).strftime("%H:%M")),
        Column("title", _("Title"), lambda row: row.item.title.label(language())),
        Column("place", _("Place"), lambda row: programme.place(row.item)),
        Column("interpreter", _("Interpreter"), lambda row: row.interpreter.name),
        Column("provider", _("Under contract with"), lambda row: row.interpreter.provider.name),
        Column("booth", _("Booth or team"), lambda row: row.booth),
        Column("state", _("State"), lambda row: str(words.BOOKING_STATES[row.state])),
        Column("reason", _("Booked all the same"), lambda row: row.reason),
    ]


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    query = interpreters.list_query(
        g.event,
        search=request.args.get("q", "").strip(),
        language=request.args.get("language", ""),
        provider_id=request.args.get("provider", type=int),
        archived=request.args.get("show") == "archived",
    )
    wanted = wanted_export()
    page = paginate(query, per_page=100_000) if wanted else paginate(query)
    booked = interpreters.live_bookings(row.id for row in page.rows)
    if wanted:
        return spreadsheets.download(wanted, _("Interpreters"), *table(columns(booked), page.rows))
    return render_template(
        "interpretation/interpreters.html",
        page=page,
        booked=booked,
        employers=interpreters.employers(g.event),
        languages=interpreters.languages_in_use(g.event),
        words=words,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    form = InterpreterForm(data={"provider_id": request.args.get("provider", type=int)})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            given = {name: form[name].data for name in interpreters.FACTS}
            new = interpreters.add(g.event, given, email=form.email.data or "", by=g.actor)
            done(_("The interpreter is saved."))
            return redirect(url_for("interpretation_people.show", interpreter_id=new.id))
    return render_template("interpretation/interpreter_form.html", form=form, interpreter=None), form.status


@bp.get("/<int:interpreter_id>")
@requires(permissions.READ)
def show(interpreter_id: int) -> ResponseReturnValue:
    found = interpreters.interpreter(g.event, interpreter_id)
    page = paginate(booking.list_query(g.event, interpreter_id=found.id), per_page=200)
    contracts = booking.contracts(g.event, [row for row in page.rows if row.live])
    return render_template(
        "interpretation/interpreter.html",
        interpreter=found,
        bookings=page.rows,
        contracts=contracts,
        cost=booking.cost(contracts),
        next_states=booking.NEXT_STATES,
        entries=activity.history(found),
        employers={row.id: row.name for row in interpreters.employers(g.event)},
        programme=programme,
        words=words,
    )


@bp.route("/<int:interpreter_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(interpreter_id: int) -> ResponseReturnValue:
    found = interpreters.interpreter(g.event, interpreter_id)
    form = InterpreterForm(current=facts(found))
    form.also_offer(found)
    form.without_new_provider()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = interpreters.interpreter_for_change(g.event, interpreter_id)
            interpreters.change(g.event, stored, form.changes_to(facts(stored)), by=g.actor)
            done(_("The interpreter is saved."))
            return redirect(url_for("interpretation_people.show", interpreter_id=interpreter_id))
    return render_template("interpretation/interpreter_form.html", form=form, interpreter=found), form.status


@bp.post("/<int:interpreter_id>/archive")
@requires(permissions.EDIT)
def archive(interpreter_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            stored = interpreters.interpreter_for_change(g.event, interpreter_id)
            put_away = stored.archived_at is None
            interpreters.set_archived(g.event, stored, put_away, by=g.actor)
            undo = url_for("interpretation_people.archive", interpreter_id=interpreter_id) if put_away else None
            done(_("The interpreter is archived.") if put_away else _("The interpreter is back."), undo=undo)
            return redirect(url_for("interpretation_people.index"))
    back = url_for("interpretation_people.show", interpreter_id=interpreter_id)
    return render_template("site/refused.html", form=form, back=back), 422


# --- bookings -------------------------------------------------------------------------------------------------------


def wanted_day() -> date | None:
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


@bp.get("/bookings")
@requires(permissions.READ)
def bookings() -> ResponseReturnValue:
    state = request.args.get("state", "live")
    query = booking.list_query(
        g.event,
        state=state if state == "live" or state in set(AssignmentState) else "",
        interpreter_id=request.args.get("interpreter", type=int),
        provider_id=request.args.get("provider", type=int),
        day=wanted_day(),
    )
    if wanted := wanted_export():
        rows = paginate(query, per_page=100_000).rows
        return spreadsheets.download(wanted, _("Bookings"), *table(booking_columns(), rows))
    contracts = booking.contracts(g.event, booking.live(g.event))
    return render_template(
        "interpretation/bookings.html",
        page=paginate(query),
        contracts=contracts,
        cost=booking.cost(contracts),
        people=interpreters.interpreters(g.event),
        employers=interpreters.employers(g.event),
        days=[(each.isoformat(), each) for each in g.event.days],
        state=state,
        next_states=booking.NEXT_STATES,
        programme=programme,
        words=words,
    )


@bp.route("/bookings/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def book() -> ResponseReturnValue:
    form = BookingForm(
        data={
            "interpreter_id": request.args.get("interpreter", type=int),
            "item_ids": request.args.getlist("item", type=int),
            "state": AssignmentState.OPTION,
        }
    )
    breaks: list[tuple[str, str]] = []
    if form.validate_on_submit():
        wanted = Wanted(
            form.item_ids.data,
            form.booth.data or "",
            AssignmentState(form.state.data),
            form.anyway.data,
            form.reason.data or "",
        )
        with form.refusals(), transaction():
            person = interpreters.interpreter_for_change(g.event, form.interpreter_id.data)
            booking.book(g.event, person, wanted, by=g.actor)
            done(_("%(name)s is booked.", name=person.name))
            return redirect(url_for("interpretation_people.show", interpreter_id=person.id))
        breaks = contributions.would_break(g.event, form.interpreter_id.data, wanted)
    return render_template("interpretation/booking_form.html", form=form, breaks=breaks), form.status


def back_from(found: Assignment) -> str:
    """Return the page that the button stood on: the item's, or else the interpreter's."""
    if request.args.get("from") == "item":
        return url_for("interpretation.item", item_id=found.item_id)
    return url_for("interpretation_people.show", interpreter_id=found.interpreter_id)


@bp.post("/bookings/<int:assignment_id>/state/<state>")
@requires(permissions.EDIT)
def move(assignment_id: int, state: str) -> ResponseReturnValue:
    form, found = Form(), booking.assignment(g.event, assignment_id)
    back = back_from(found)
    if form.validate() and state in words.BOOKING_ACTS:
        with form.refusals(), transaction():
            stored = booking.assignment_for_change(g.event, assignment_id)
            booking.move(g.event, stored, AssignmentState(state), by=g.actor)
            done(_("The booking is changed."))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.route("/bookings/<int:assignment_id>/cancel", methods=["GET", "POST"])
@requires(permissions.EDIT)
def cancel(assignment_id: int) -> ResponseReturnValue:
    form, found = Form(), booking.assignment(g.event, assignment_id)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = booking.assignment_for_change(g.event, assignment_id)
            booking.move(g.event, stored, AssignmentState.CANCELLED, by=g.actor)
            done(_("The booking is cancelled."))
            return redirect(back_from(found))
    return (
        render_template(
            "interpretation/cancel.html",
            form=form,
            booking=found,
            owed=booking.owed(g.event, found),
            back=back_from(found),
            programme=programme,
            words=words,
        ),
        form.status,
    )
