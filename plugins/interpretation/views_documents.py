"""Organisers' pages of the documents that interpreters wait for, and of the packs."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import (
    Audience,
    Column,
    Form,
    _,
    activity,
    clock,
    delegations,
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

from . import contributions, documents, domain, permissions, words
from .domain import Pack
from .forms import DocumentForm
from .models import ExpectedDocument

bp = pages("interpretation_documents", __name__, Audience.ORGANISERS, path="interpretation/documents")


def facts(found: ExpectedDocument) -> Mapping[str, object]:
    return {name: getattr(found, name) for name in documents.FACTS}


def columns() -> list[Column[ExpectedDocument]]:
    zone = g.event.zone
    return [
        Column("item", _("In the programme"), lambda row: row.item.title.label(language())),
        Column("day", _("Day"), lambda row: row.item.starts_at.astimezone(zone).date()),
        Column("title", _("Document"), lambda row: row.title),
        Column("owner", _("Owed by"), lambda row: row.owner_name),
        Column("asked_on", _("Asked for on"), lambda row: row.asked_on),
        Column("due_on", _("Due on"), lambda row: row.due_on),
        Column("received", _("Received on"), lambda row: row.received_at and row.received_at.astimezone(zone).date()),
    ]


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    show, archived = request.args.get("show", ""), request.args.get("show") == "archived"
    query = documents.list_query(
        g.event,
        show=show,
        item_id=request.args.get("item", type=int),
        delegation_id=request.args.get("delegation", type=int),
        archived=archived,
    )
    if wanted := wanted_export():
        rows = paginate(query, per_page=100_000).rows
        return spreadsheets.download(wanted, _("Documents for interpreters"), *table(columns(), rows))
    settings, now = domain.settings(g.event), clock.now()
    page = paginate(query)
    return render_template(
        "interpretation/documents.html",
        page=page,
        asked_in_words=contributions.asked_in_words,
        endangered={row.id for row in page.rows if documents.endangered(g.event, settings, row, now)},
        packs=[(pack, domain.pack_due(g.event, settings, pack), domain.pack_sent_at(settings, pack)) for pack in Pack],
        items=documents.items(g.event),
        owners=delegations.names(g.event),
        show=show,
        archived=archived,
        now=now,
        programme=programme,
        words=words,
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    form = DocumentForm(data={"item_id": request.args.get("item", type=int)})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            documents.add(g.event, {name: form[name].data for name in documents.FACTS}, by=g.actor)
            done(_("The document is expected. Ask for it when you are ready."))
            return redirect(url_for("interpretation_documents.index"))
    return render_template("interpretation/document_form.html", form=form, document=None), form.status


@bp.route("/<int:document_id>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(document_id: int) -> ResponseReturnValue:
    found = documents.document(g.event, document_id)
    form = DocumentForm(current=facts(found))
    form.also_offer(found)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            stored = documents.document_for_change(g.event, document_id)
            documents.change(g.event, stored, form.changes_to(facts(stored)), by=g.actor)
            done(_("The document is saved."))
            return redirect(url_for("interpretation_documents.index"))
    return (
        render_template(
            "interpretation/document_form.html",
            form=form,
            document=found,
            asked=contributions.asked_in_words(found),
            entries=activity.history(found),
            owners=dict(delegations.names(g.event)),
            words=words,
        ),
        form.status,
    )


@bp.post("/<int:document_id>/ask")
@requires(permissions.EDIT)
def ask(document_id: int) -> ResponseReturnValue:
    form, back = Form(), url_for("interpretation_documents.index")
    if form.validate():
        with form.refusals(), transaction():
            stored = documents.document_for_change(g.event, document_id)
            if documents.ask(g.event, stored, by=g.actor):
                done(_("%(name)s gets a mail that asks for it.", name=stored.owner_name))
            else:
                done(_("Noted as asked for today. EventHub has no address of %(name)s.", name=stored.owner_name))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/<int:document_id>/received")
@requires(permissions.EDIT)
def received(document_id: int) -> ResponseReturnValue:
    form, back = Form(), url_for("interpretation_documents.index")
    if form.validate():
        with form.refusals(), transaction():
            stored = documents.document_for_change(g.event, document_id)
            here = stored.received_at is None
            documents.mark(g.event, stored, here, by=g.actor)
            undo = url_for("interpretation_documents.received", document_id=document_id)
            done(_("The document is here.") if here else _("The document is missing again."), undo=undo)
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/<int:document_id>/archive")
@requires(permissions.EDIT)
def archive(document_id: int) -> ResponseReturnValue:
    form, back = Form(), url_for("interpretation_documents.index")
    if form.validate():
        with form.refusals(), transaction():
            stored = documents.document_for_change(g.event, document_id)
            put_away = stored.archived_at is None
            documents.set_archived(g.event, stored, put_away, by=g.actor)
            undo = url_for("interpretation_documents.archive", document_id=document_id) if put_away else None
            done(_("The document is archived.") if put_away else _("The document is expected again."), undo=undo)
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/packs/<pack>")
@requires(permissions.EDIT)
def pack_sent(pack: str) -> ResponseReturnValue:
    form, back = Form(), url_for("interpretation_documents.index")
    if form.validate() and pack in set(Pack):
        with form.refusals(), transaction():
            left = domain.pack_sent_at(domain.settings(g.event), Pack(pack)) is None
            domain.mark_pack(g.event, Pack(pack), left, by=g.actor)
            undo = url_for("interpretation_documents.pack_sent", pack=pack)
            done(_("The pack is marked as sent.") if left else _("The pack is still to be sent."), undo=undo)
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422
