"""Mailings: drafts with a preview as a real reader, confirmation, what became of them."""

from __future__ import annotations

from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import outbox, spreadsheets
from eventhub.access.permissions import requires
from eventhub.db import get, transaction
from eventhub.delegations import lists
from eventhub.i18n import format_list
from eventhub.i18n import gettext as _
from eventhub.jobs import Job
from eventhub.mailing import domain, permissions, selection, texts, words, writing
from eventhub.mailing.forms import SEGMENTS_OF, ConfirmForm, MailingForm, facts, shown
from eventhub.mailing.models import Mailing, MailingKind, MailingState, To
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.lists import Column, paginate, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("mailing", __name__, Audience.ORGANISERS, path="mail")

OWN_ARGUMENTS = frozenset({"kind", "to", "page", "format"})


def columns(counts: dict[int, dict[str, int]]) -> list[Column[Mailing]]:
    def number(row: Mailing, state: str) -> int:
        return counts.get(row.id, {}).get(state, 0)

    own: list[Column[Mailing]] = [
        Column("subject", _("Subject"), lambda row: row.subject.label(g.language)),
        Column("kind", _("Kind"), lambda row: str(words.KINDS[row.kind])),
        Column("to", _("To"), lambda row: str(words.RECIPIENTS[row.to])),
        Column("state", _("State"), lambda row: str(words.STATES[row.state])),
        Column("confirmed_at", _("Sent"), lambda row: row.confirmed_at and row.confirmed_at.astimezone(g.event.zone)),
    ]
    return own + [
        Column(state, title, lambda row, state=state: number(row, state), numeric=True)  # type: ignore[misc]
        for state, title in words.MAIL_STATES.items()
    ]


@bp.get("/")
@requires(permissions.WRITE)
def index() -> ResponseReturnValue:
    state = request.args.get("state", "")
    query = domain.mailings(g.event, state if state in set(MailingState) else "")
    kind = wanted_export()
    page = paginate(query, per_page=10_000) if kind else paginate(query)
    counts = outbox.counts_of_mailings([row.id for row in page.rows])
    if kind:
        return spreadsheets.download(kind, _("Mailings"), *table(columns(counts), page.rows))
    return render_template("mailing/index.html", page=page, counts=counts, state=state, words=words)


def started(kind: str) -> Mailing:
    """Return a draft that is not stored yet, from the address: its kind and the filters of the list it comes from."""
    to = request.args.get("to", "")
    kept = {
        name[:40]: value[:200]
        for name, value in list(request.args.items())[: selection.ARGUMENTS]
        if name not in OWN_ARGUMENTS and value
    }
    if SEGMENTS_OF[MailingKind(kind)]:
        kept.setdefault("segment", SEGMENTS_OF[MailingKind(kind)][0])
    chosen = To(to) if to in set(To) else domain.default_to(kind)
    subject, body = texts.ready_made(g.event, kind, chosen, item=bool(kept.get("item")))
    return Mailing(kind=kind, to=chosen, subject=subject, body=body, filters=kept, quiet_hours=24, event_id=g.event.id)


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.WRITE)
def create() -> ResponseReturnValue:
    kind = request.args.get("kind", MailingKind.MESSAGE)
    if kind not in set(MailingKind):
        abort(404)
    start = started(kind)
    form = MailingForm(kind=kind, people=selection.of_people(start), data=shown(start), languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            made = {"kind": kind, "to": start.to} | facts(start.filters, form.typed())
            new = domain.create(g.event, made, by=g.actor, hooks=g.hooks)
            done(_("The draft is saved. Read it as its readers will, then confirm."))
            return redirect(url_for("mailing.show", mailing_id=new.id))
    return page_of_form(form, start, words.NEW[kind])


def page_of_form(form: MailingForm, found: Mailing, title: str) -> ResponseReturnValue:
    return (
        render_template(
            "mailing/form.html",
            form=form,
            mailing=found,
            title=title,
            kept=words.filters_in_words(kept_filters(form, found), dict(lists.names(g.event))),
            placeholders=writing.known(g.event, None, hooks=g.hooks).values(),
        ),
        form.status,
    )


def kept_filters(form: MailingForm, found: Mailing) -> dict[str, Any]:
    """Return the filters that came from a list and have no field in the form."""
    return {name: value for name, value in found.filters.items() if name not in form}


@bp.get("/<int:mailing_id>")
@requires(permissions.WRITE)
def show(mailing_id: int) -> ResponseReturnValue:
    found = domain.mailing(g.event, mailing_id)
    if found.state != MailingState.DRAFT:
        return render_template(
            "mailing/sent.html",
            mailing=found,
            counts=outbox.counts_of_mailings([found.id]).get(found.id, {}),
            job=get(Job, found.job_id, event_id=g.event.id) if found.job_id else None,
            words=words,
            narrowed=narrowed(found),
        )
    chosen = selection.choose(g.event, found, hooks=g.hooks)
    at = min(max(1, request.args.get("at", 1, int)), max(1, len(chosen.letters)))
    return render_template(
        "mailing/draft.html",
        mailing=found,
        chosen=chosen,
        at=at,
        letter=chosen.letters[at - 1] if chosen.letters else None,
        preview=preview(found, chosen, at),
        missing=domain.missing_halves(found, chosen),
        words=words,
        narrowed=narrowed(found),
    )


def narrowed(found: Mailing) -> list[tuple[str, str]]:
    """Return whom the mailing is for, in words."""
    lines = [(_("To"), str(words.RECIPIENTS[found.to]))]
    if item := selection.item_of(g.event, found):
        lines.append((_("Programme item"), item.title.label(g.language)))
    names = dict(lists.names(g.event)) if found.filters.get("delegation") else {}
    return lines + words.filters_in_words(found.filters, names)


def preview(found: Mailing, chosen: selection.Selection, at: int) -> writing.Written | None:
    """Return the mail as the reader at this place gets it; None when their half is missing."""
    letters = selection.for_text(g.event, found, chosen.letters[at - 1 : at], missing=writing.needs_missing(found))
    filled = writing.fill(g.event, found, letters, hooks=g.hooks)
    return filled[0] if filled else None


@bp.route("/<int:mailing_id>/edit", methods=["GET", "POST"])
@requires(permissions.WRITE)
def edit(mailing_id: int) -> ResponseReturnValue:
    found = domain.mailing(g.event, mailing_id)
    form = MailingForm(
        kind=found.kind,
        people=selection.of_people(found),
        current=shown(found),
        languages=g.event.languages,
    )
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.locked_mailing(g.event, mailing_id)
            changes = facts(found.filters, form.changes_to(shown(found)))
            domain.change(g.event, found, changes, by=g.actor, hooks=g.hooks)
            done(_("The draft is saved."))
            return redirect(url_for("mailing.show", mailing_id=mailing_id))
    return page_of_form(form, found, _("Edit the draft"))


@bp.route("/<int:mailing_id>/send", methods=["GET", "POST"])
@requires(permissions.WRITE)
def send(mailing_id: int) -> ResponseReturnValue:
    """Ask before anything leaves: how many, who, what."""
    found = domain.mailing(g.event, mailing_id)
    form = ConfirmForm()
    changed = None
    if form.validate_on_submit():
        seen = selection.read_keys(form.seen.data or "")
        with form.refusals():
            try:
                with transaction():
                    found = domain.locked_mailing(g.event, mailing_id)
                    other = bool(form.other_language.data)
                    domain.confirm(g.event, found, seen, other_language=other, by=g.actor, hooks=g.hooks)
                    done(_("Confirmed. The mails leave now."))
                    return redirect(url_for("mailing.show", mailing_id=mailing_id))
            except domain.SelectionChanged as refusal:
                changed = refusal
                raise
    found = domain.mailing(g.event, mailing_id)
    if found.state != MailingState.DRAFT:
        return redirect(url_for("mailing.show", mailing_id=mailing_id))
    chosen = selection.choose(g.event, found, hooks=g.hooks)
    form.seen.raw_data, form.seen.data = None, selection.written_keys(chosen.keys)
    return (
        render_template(
            "mailing/send.html",
            form=form,
            mailing=found,
            chosen=chosen,
            changed=changed,
            missing=domain.missing_halves(found, chosen),
            preview=preview(found, chosen, 1),
            words=words,
            narrowed=narrowed(found),
            listed=format_list,
        ),
        form.status,
    )


@bp.route("/<int:mailing_id>/<any(cancel, delete):act>", methods=["GET", "POST"])
@requires(permissions.WRITE)
def stop(mailing_id: int, act: str) -> ResponseReturnValue:
    """Hold back what has not left, or throw a draft away; both ask first."""
    form = Form()
    found = domain.mailing(g.event, mailing_id)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.locked_mailing(g.event, mailing_id)
            if act == "delete":
                domain.delete(found, by=g.actor)
                done(_("The draft is thrown away."))
                return redirect(url_for("mailing.index"))
            domain.cancel(g.event, found, by=g.actor)
            done(_("What had not left is held back."))
            return redirect(url_for("mailing.show", mailing_id=mailing_id))
    counts = outbox.counts_of_mailings([found.id]).get(found.id, {})
    return (
        render_template("mailing/stop.html", form=form, mailing=found, act=act, waiting=counts.get("queued", 0)),
        form.status,
    )
