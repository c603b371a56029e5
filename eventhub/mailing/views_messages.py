"""The mails of an event one by one: what became of each, its text, sending it again, holding it back."""

from __future__ import annotations

from datetime import datetime

from flask import abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import mailfolder, outbox, spreadsheets
from eventhub.access.gate import may
from eventhub.access.permissions import requires
from eventhub.db import get, locked, transaction
from eventhub.i18n import gettext as _
from eventhub.i18n import language_name
from eventhub.mailing import domain, permissions, words
from eventhub.outbox import MailMessage, MailState
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.lists import Column, paginate, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("mailing_messages", __name__, Audience.ORGANISERS, path="mail/messages")


def columns() -> list[Column[MailMessage]]:
    def local(moment: datetime | None) -> datetime | None:
        return moment.astimezone(g.event.zone) if moment else None

    return [
        Column("subject", _("Subject"), lambda message: message.subject),
        Column("recipient", _("To"), lambda message: message.recipient),
        Column("language", _("Language"), lambda message: language_name(message.language)),
        Column("created_at", _("Written"), lambda message: local(message.created_at)),
        Column("sent_at", _("Sent"), lambda message: local(message.sent_at)),
        Column("state", _("State"), lambda message: str(words.MAIL_STATES[message.state])),
        Column("answer", _("Answer of the mail server"), lambda message: message.answer),
    ]


def reads_all() -> bool:
    """Tell whether the person may read mails that extensions and the site wrote, not only those of mailings."""
    return may(permissions.EVERY_MAIL)


def one(mail_id: int) -> MailMessage:
    """Return the mail, if this person may see it."""
    message = get(MailMessage, mail_id, event_id=g.event.id)
    if message.mailing_id is None and not reads_all():
        abort(404)
    return message


@bp.get("/")
@requires(permissions.WRITE)
def index() -> ResponseReturnValue:
    state, search = request.args.get("state", ""), request.args.get("q", "").strip()
    mailing = request.args.get("mailing", type=int)
    query = outbox.mails_of(
        g.event.id,
        state=state if state in set(MailState) else None,
        search=search,
        mailing_id=mailing if mailing is not None and 0 < mailing < 2**31 else None,
        mailings=not reads_all(),
    )
    if kind := wanted_export():
        return spreadsheets.download(kind, _("Mail"), *table(columns(), paginate(query, per_page=10_000).rows))
    return render_template(
        "mailing/messages.html",
        page=paginate(query),
        state=state,
        search=search,
        mailing=domain.mailing(g.event, mailing) if mailing and mailing < 2**31 else None,
        counts=outbox.counts(g.event.id, mailings=not reads_all()),
        states=words.MAIL_STATES,
        tones=words.MAIL_TONES,
    )


@bp.get("/<int:mail_id>")
@requires(permissions.WRITE)
def show(mail_id: int) -> ResponseReturnValue:
    message = one(mail_id)
    # only a site that keeps its mails in a folder, a demonstration, shows personal links to organisers
    kept = mailfolder.kept(current_app.config["MAIL_FOLDER"], 1000) if current_app.config["MAIL"] == "folder" else []
    return render_template(
        "mailing/message.html",
        message=message,
        text=words.readable(message.body, len(outbox.links_of(message))),
        sent=next((mail for mail in kept if mail.message_id == message.message_id), None),
        states=words.MAIL_STATES,
        tones=words.MAIL_TONES,
    )


@bp.post("/<int:mail_id>/<any(again, cancel):act>")
@requires(permissions.WRITE)
def move(mail_id: int, act: str) -> ResponseReturnValue:
    """Send one mail again, or hold it back while it waits."""
    one(mail_id)
    form = Form()
    back = url_for("mailing_messages.show", mail_id=mail_id)
    if form.validate():
        with form.refusals(), transaction():
            message = locked(MailMessage, mail_id, event_id=g.event.id)
            if act == "again":
                domain.send_again(g.event, message, by=g.actor)
                done(_("The mail is queued again."))
            else:
                domain.hold_back(g.event, message, by=g.actor)
                done(_("The mail is held back."))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422
