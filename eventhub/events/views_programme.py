"""Organisers' pages of the programme, venues and rooms."""

from __future__ import annotations

from datetime import datetime, time

from flask import Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import activity, hookspecs, spreadsheets
from eventhub.access.permissions import requires
from eventhub.db import get, locked, transaction
from eventhub.events import calendar, domain, permissions, programme, words
from eventhub.events.forms import ItemForm, RoomForm, VenueForm
from eventhub.events.models import Event, ProgrammeItem, Room, Venue
from eventhub.i18n import gettext as _
from eventhub.i18n import language
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.lists import Column, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("events_programme", __name__, Audience.ORGANISERS, path="programme")

ITEM_FACTS = "kind title description starts_at ends_at room_id floor_languages audience capacity state".split()


def item_facts(item: ProgrammeItem) -> dict[str, object]:
    return {name: getattr(item, name) for name in ITEM_FACTS}


def columns(event: Event) -> list[Column[ProgrammeItem]]:
    def local(moment: datetime) -> datetime:
        return moment.astimezone(event.zone)

    return [
        Column("day", _("Day"), lambda item: local(item.starts_at).date()),
        Column("starts_at", _("Begins"), lambda item: local(item.starts_at).strftime("%H:%M")),
        Column("ends_at", _("Ends"), lambda item: local(item.ends_at).strftime("%H:%M")),
        Column("title", _("Title"), lambda item: item.title.label(language())),
        Column("kind", _("Kind"), lambda item: str(words.ITEM_KINDS[item.kind])),
        Column("place", _("Place"), programme.place),
        Column("floor_languages", _("Floor languages"), lambda item: item.floor_languages),
        Column("state", _("State"), lambda item: str(words.ITEM_STATES[item.state])),
    ]


@bp.get("/")
@requires(permissions.READ)
def show() -> ResponseReturnValue:
    archived = request.args.get("show") == "archived"
    kind, state = request.args.get("kind", ""), request.args.get("state", "")
    items = programme.items(g.event, kinds=[kind] if kind in words.ITEM_KINDS else None, archived=archived)
    if state in words.ITEM_STATES:
        items = [item for item in items if item.state == state]
    if wanted := wanted_export():
        return spreadsheets.download(wanted, _("Programme"), *table(columns(g.event), items))
    days = programme.grid(g.event, items, lambda item: url_for("events_programme.item", item_id=item.id))
    return render_template(
        "events/programme.html",
        items=items,
        days=days,
        words=words,
        programme=programme,
        archived=archived,
        kind=kind,
        state=state,
    )


@bp.get("/calendar.ics")
@requires(permissions.READ)
def feed() -> ResponseReturnValue:
    lines = g.hooks.collect(hookspecs.agenda_items, event=g.event, audience=g.event)
    body = calendar.feed(g.event, g.event.title.label(language()), lines)
    return Response(body, content_type="text/calendar; charset=utf-8")


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    nine = datetime.combine(g.event.starts_on, time(9), g.event.zone)
    form = ItemForm(
        data={
            "kind": "workshop",
            "state": "tentative",
            "audience": "everyone",
            "starts_at": nine,
            "ends_at": nine.replace(hour=10),
            "floor_languages": g.event.languages[:1],
        },
        languages=g.event.languages,
    )
    if form.validate_on_submit():
        with form.refusals(), transaction():
            item = programme.add_item(
                g.event, {name: form[name].data for name in ITEM_FACTS}, by=g.actor, hooks=g.hooks
            )
            done(_("The item is in the programme."))
            return redirect(url_for("events_programme.item", item_id=item.id))
    return render_template("events/item_form.html", form=form, item=None), form.status


@bp.get("/<int:item_id>")
@requires(permissions.READ)
def item(item_id: int) -> ResponseReturnValue:
    shown = programme.item(g.event, item_id)
    attending = g.hooks.collect(hookspecs.attendances, event=g.event, items=[shown])
    entries = activity.history(shown)
    return render_template(
        "events/item.html",
        item=shown,
        words=words,
        programme=programme,
        attending=len({line.participant_id for line in attending}),
        entries=entries,
        labels={name: getattr(ItemForm, name).args[0] for name in ITEM_FACTS},
        rooms=programme.room_names(entries),
    )


@bp.route("/<int:item_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(item_id: int) -> ResponseReturnValue:
    item = programme.item(g.event, item_id)
    form = ItemForm(current=item_facts(item), languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            item = programme.item_for_change(g.event, item_id)
            programme.change_item(g.event, item, form.changes_to(item_facts(item)), by=g.actor, hooks=g.hooks)
            done(_("The item is saved."))
            return redirect(url_for("events_programme.item", item_id=item.id))
    return render_template("events/item_form.html", form=form, item=item), form.status


@bp.post("/<int:item_id>/archive")
@requires(permissions.EDIT)
def archive(item_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            item = programme.item_for_change(g.event, item_id)
            put_away = item.archived_at is None
            programme.archive_item(g.event, item, put_away, by=g.actor, hooks=g.hooks)
            undo = url_for("events_programme.archive", item_id=item.id) if put_away else None
            done(_("The item is archived.") if put_away else _("The item is back in the programme."), undo=undo)
            return redirect(url_for("events_programme.show"))
    return render_template("site/refused.html", form=form, back=url_for("events_programme.item", item_id=item_id)), 422


@bp.get("/venues")
@requires(permissions.READ)
def venues() -> ResponseReturnValue:
    found = domain.venues(g.event)
    if wanted := wanted_export():
        rows = [(venue, room) for venue in found for room in venue.rooms if room.archived_at is None]
        chosen: list[Column[tuple[Venue, Room]]] = [
            Column("venue", _("Venue"), lambda pair: pair[0].name),
            Column("address", _("Address"), lambda pair: pair[0].address),
            Column("room", _("Room"), lambda pair: pair[1].name),
            Column("capacity", _("Seats"), lambda pair: pair[1].capacity, numeric=True),
            Column("booths", _("Booths"), lambda pair: pair[1].booths, numeric=True),
        ]
        return spreadsheets.download(wanted, _("Venues and rooms"), *table(chosen, rows))
    put_away = domain.archived_places(g.event) if request.args.get("show") == "archived" else None
    return render_template("events/venues.html", venues=found, put_away=put_away)


VENUE_FACTS = ("name", "address", "access", "step_free")
ROOM_FACTS = ("name", "capacity", "booths", "step_free")


@bp.route("/venues/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create_venue() -> ResponseReturnValue:
    form = VenueForm(languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            domain.add_venue(g.event, {name: form[name].data for name in VENUE_FACTS}, by=g.actor)
            done(_("The venue is saved. Add its rooms now."))
            return redirect(url_for("events_programme.venues"))
    return render_template("events/venue_form.html", form=form, venue=None), form.status


@bp.route("/venues/<int:venue_id>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit_venue(venue_id: int) -> ResponseReturnValue:
    venue = get(Venue, venue_id, event_id=g.event.id)
    form = VenueForm(current={name: getattr(venue, name) for name in VENUE_FACTS}, languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = locked(Venue, venue_id, event_id=g.event.id)
            changes = form.changes_to({name: getattr(stored, name) for name in VENUE_FACTS})
            domain.change_venue(g.event, venue_id, changes, by=g.actor)
            done(_("The venue is saved."))
            return redirect(url_for("events_programme.venues"))
    return render_template("events/venue_form.html", form=form, venue=venue), form.status


@bp.route("/venues/<int:venue_id>/rooms/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create_room(venue_id: int) -> ResponseReturnValue:
    venue = get(Venue, venue_id, event_id=g.event.id)
    form = RoomForm(data={"capacity": 0, "booths": 0})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            domain.add_room(g.event, venue_id, {name: form[name].data for name in ROOM_FACTS}, by=g.actor)
            done(_("The room is saved."))
            return redirect(url_for("events_programme.venues"))
    return render_template("events/room_form.html", form=form, venue=venue, room=None), form.status


@bp.route("/rooms/<int:room_id>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit_room(room_id: int) -> ResponseReturnValue:
    room = get(Room, room_id, event_id=g.event.id)
    form = RoomForm(current={name: getattr(room, name) for name in ROOM_FACTS})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = locked(Room, room_id, event_id=g.event.id)
            changes = form.changes_to({name: getattr(stored, name) for name in ROOM_FACTS})
            domain.change_room(g.event, room_id, changes, by=g.actor)
            done(_("The room is saved."))
            return redirect(url_for("events_programme.venues"))
    return render_template("events/room_form.html", form=form, venue=room.venue, room=room), form.status


@bp.post("/venues/<int:venue_id>/archive")
@requires(permissions.EDIT)
def archive_venue(venue_id: int) -> ResponseReturnValue:
    return _archive(Venue, venue_id, url_for("events_programme.archive_venue", venue_id=venue_id))


@bp.post("/rooms/<int:room_id>/archive")
@requires(permissions.EDIT)
def archive_room(room_id: int) -> ResponseReturnValue:
    return _archive(Room, room_id, url_for("events_programme.archive_room", room_id=room_id))


def _archive(model: type[Venue] | type[Room], key: int, here: str) -> ResponseReturnValue:
    """Put the record away, or take it back; ``here`` is the address that does it, and its own undo."""
    form = Form()
    if form.validate():
        with transaction():
            record = locked(model, key, event_id=g.event.id)
            put_away = record.archived_at is None
            domain.set_archived(record, put_away, by=g.actor)
        done(_("Archived.") if put_away else _("It is back."), undo=here if put_away else None)
    return redirect(url_for("events_programme.venues"))
