"""Organisers' pages of the texts of our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Form,
    _,
    activity,
    done,
    pages,
    requires,
    transaction,
)

from . import own_texts, permissions, words
from .forms import SectionForm
from .models import Kind, Section
from .views import event_language

bp = pages("dossiers_texts", __name__, Audience.ORGANISERS, path="dossiers/texts")

FACTS = ("title", "text", "kinds", "place")


def facts(section: Section) -> Mapping[str, Any]:
    return {name: getattr(section, name) for name in FACTS}


@bp.get("")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    archived = request.args.get("show") == "archived"
    return render_template(
        "dossiers/texts.html", rows=own_texts.sections(g.event, archived=archived), archived=archived, words=words
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    form = SectionForm(data={"kinds": [Kind.PROGRAMME.value], "place": "before"}, languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            own_texts.add_section(g.event, {name: form[name].data for name in FACTS}, by=g.actor)
            done(_("The text is saved."))
            return redirect(url_for("dossiers_texts.index"))
    return render_template("dossiers/section_form.html", form=form, section=None), form.status


@bp.route("/<int:section_id>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(section_id: int) -> ResponseReturnValue:
    section = own_texts.section(g.event, section_id)
    form = SectionForm(current=facts(section), languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = own_texts.section_for_change(g.event, section_id)
            own_texts.change_section(g.event, stored, form.changes_to(facts(stored)), by=g.actor)
            done(_("The text is saved."))
            return redirect(url_for("dossiers_texts.index"))
    return (
        render_template(
            "dossiers/section_form.html",
            form=form,
            section=section,
            stale=own_texts.stale_in(section, g.event.languages),
            entries=activity.history(section),
            words=words,
        ),
        form.status,
    )


@bp.post("/<int:section_id>/read-again/<code>")
@requires(permissions.EDIT)
def read_again(section_id: int, code: str) -> ResponseReturnValue:
    form, back = Form(), url_for("dossiers_texts.edit", section_id=section_id)
    if form.validate():
        with form.refusals(), transaction():
            stored = own_texts.section_for_change(g.event, section_id)
            own_texts.read_again(g.event, stored, event_language(code), by=g.actor)
            done(_("The translation counts as up to date."))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/<int:section_id>/archive")
@requires(permissions.EDIT)
def archive(section_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            stored = own_texts.section_for_change(g.event, section_id)
            put_away = stored.archived_at is None
            own_texts.set_archived(g.event, stored, put_away, by=g.actor)
            undo = url_for("dossiers_texts.archive", section_id=section_id) if put_away else None
            done(_("The text is archived.") if put_away else _("The text is back in the dossiers."), undo=undo)
            return redirect(url_for("dossiers_texts.index"))
    return render_template("site/refused.html", form=form, back=url_for("dossiers_texts.index")), 422


@bp.post("/order")
@requires(permissions.EDIT)
def reorder() -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            own_texts.reorder(g.event, asked_order(), by=g.actor)
            done(_("The order is saved."))
            return redirect(url_for("dossiers_texts.index"))
    return render_template("site/refused.html", form=form, back=url_for("dossiers_texts.index")), 422


def asked_order() -> list[int]:
    """Return the ids in the order sent, after the move that a button without JavaScript asks for."""
    ids = [int(value) for value in request.form.getlist("order") if value.isdecimal()]
    direction, _colon, moved = request.form.get("move", "").partition(":")
    if moved.isdecimal() and int(moved) in ids:
        place = ids.index(int(moved))
        other = place + (-1 if direction == "up" else 1)
        if 0 <= other < len(ids):
            ids[place], ids[other] = ids[other], ids[place]
    return ids
