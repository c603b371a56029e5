"""Mail: a row in the transaction of the fact, sent by a job, in the recipient's language.

The Message-ID is made when the mail is written, so that a repeat after a crash is recognised as the same mail. A
personal link is made when the mail leaves: no table ever holds one.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import make_msgid, parseaddr
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog
from flask import current_app, render_template
from sqlalchemy import orm

from eventhub import clock, faults, jobs
from eventhub.activity import Actor
from eventhub.contributions import JobKind
from eventhub.db import Model, session, transaction
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import speaking

log = structlog.get_logger(__name__)
LINK_PLACE = "\u27e6link\u27e7"  # ⟦link⟧: where the personal link goes when the mail leaves


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class MailMessage(Model):
    """One mail to one recipient."""

    __tablename__ = "mail_message"
    __table_args__ = (sa.Index("ix_mail_message_event_id_id", "event_id", "id"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    kind: orm.Mapped[str] = orm.mapped_column(sa.String(60))
    recipient: orm.Mapped[str] = orm.mapped_column(sa.String(320))
    language: orm.Mapped[str] = orm.mapped_column(sa.String(12))
    subject: orm.Mapped[str] = orm.mapped_column(sa.String(300))
    body: orm.Mapped[str] = orm.mapped_column(sa.Text)
    reply_to: orm.Mapped[str] = orm.mapped_column(sa.String(320), default="")
    message_id: orm.Mapped[str] = orm.mapped_column(sa.String(200), unique=True)
    link_purpose: orm.Mapped[str] = orm.mapped_column(sa.String(20), default="")
    link_subject_id: orm.Mapped[int | None]
    subject_kind: orm.Mapped[str] = orm.mapped_column(sa.String(60), default="")
    subject_id: orm.Mapped[int | None]
    state: orm.Mapped[str] = orm.mapped_column(sa.String(12), default=MailState.QUEUED)
    created_at: orm.Mapped[datetime]
    sent_at: orm.Mapped[datetime | None]
    job_id: orm.Mapped[int | None]


def post(
    kind: str,
    recipient: str,
    language: str,
    *,
    by: Actor,
    event: Any = None,
    about: Model | None = None,
    link: tuple[str, int] | None = None,
    **values: object,
) -> MailMessage:
    """Write a mail into the present transaction, from ``mail/<kind>.txt`` (first line: the subject).

    ``link`` is (purpose, subject id) of the personal link that ``{{ link }}`` stands for.
    """
    with speaking(language):
        text = render_template(f"mail/{kind}.txt", event=event, link=LINK_PLACE, **values)
    subject, _, body = text.strip().partition("\n")
    message = MailMessage(
        event_id=event.id if event else None,
        kind=kind,
        recipient=recipient,
        language=language,
        # a name with a line break must not become a header
        subject=" ".join(subject.split())[:300],
        body=body.strip() + "\n",
        reply_to=event.reply_to if event else "",
        message_id=make_msgid(domain=urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"),
        link_purpose=link[0] if link else "",
        link_subject_id=link[1] if link else None,
        subject_kind=about.__tablename__ if about else "",
        subject_id=about.id if about else None,
        state=MailState.QUEUED,
        created_at=clock.now(),
    )
    session().add(message)
    session().flush()
    message.job_id = jobs.enqueue("site.mail", {"mail": message.id}, event_id=message.event_id, by=by).id
    return message


def send(run: jobs.JobRun) -> None:
    """Hand the mail to the mail server once; a repeat after a crash carries the same Message-ID."""
    from eventhub.access.links import mint_url  # access writes mails itself

    message = session().get(MailMessage, run.payload["mail"])
    if message is None or message.state == MailState.SENT:
        return
    text = message.body
    if message.link_purpose and message.link_subject_id is not None:
        with transaction():
            url = mint_url(message.link_purpose, message.link_subject_id, message.event_id, message.language)
        text = text.replace(LINK_PLACE, url)
    session().rollback()  # nothing stays open while the mail server takes its time
    try:
        _deliver(message, text)
    except Exception:
        if run.attempt >= SEND.attempts:
            _mark(run.payload["mail"], state=MailState.FAILED)
        raise
    faults.hit("outbox.smtp_accepted")
    _mark(run.payload["mail"], state=MailState.SENT, sent_at=clock.now())
    faults.hit("outbox.marked")


def _mark(mail_id: int, **values: object) -> None:
    with transaction():
        session().execute(sa.update(MailMessage).where(MailMessage.id == mail_id).values(**values))


def send_again(message: MailMessage, *, by: Actor) -> None:
    """Queue the mail once more under a new Message-ID, for somebody who did not get it."""
    message.message_id = make_msgid(domain=urlsplit(current_app.config["BASE_URL"]).hostname or "localhost")
    message.state, message.sent_at = MailState.QUEUED, None
    message.job_id = jobs.enqueue("site.mail", {"mail": message.id}, event_id=message.event_id, by=by).id


def mails_of(event_id: int, *, state: str | None = None, search: str = "") -> sa.Select[MailMessage]:
    """Return the query of the event's mails, newest first."""
    query = sa.select(MailMessage).where(MailMessage.event_id == event_id).order_by(MailMessage.id.desc())
    if state is not None:
        query = query.where(MailMessage.state == state)
    if search:
        query = query.where(
            sa.or_(
                MailMessage.recipient.icontains(search, autoescape=True),
                MailMessage.subject.icontains(search, autoescape=True),
            )
        )
    return query


def counts(event_id: int) -> dict[str, int]:
    """Return {state: number of mails} of the event."""
    query = (
        sa.select(MailMessage.state, sa.func.count().label("number"))
        .where(MailMessage.event_id == event_id)
        .group_by(MailMessage.state)
    )
    return {row.state: row.number for row in session().execute(query)}


def _deliver(message: MailMessage, text: str) -> None:
    from flask_mailman import EmailMessage  # slow import

    mail = EmailMessage(
        subject=message.subject,
        body=text,
        from_email=current_app.config["MAIL_FROM"],
        to=[message.recipient],
        reply_to=[message.reply_to] if parseaddr(message.reply_to)[1] else None,
        headers={
            "Message-ID": message.message_id,
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
        },
    )
    connection = current_app.extensions["mailman"].get_connection()
    try:
        connection.send_messages([mail])
    finally:
        connection.close()  # a refusal in the middle of a mail leaves it open otherwise


def init_app(app: Any) -> None:
    """Choose how mail leaves: an SMTP server, a folder of .eml files, or the console."""
    way = app.config["MAIL"]
    address = urlsplit(app.config["SMTP_URL"])
    app.config.update(
        MAIL_BACKEND={"smtp": "smtp", "folder": "file", "console": "console"}[way],
        MAIL_FILE_PATH=str(app.config["MAIL_FOLDER"]),
        MAIL_SERVER=address.hostname or "127.0.0.1",
        MAIL_PORT=address.port or (465 if address.scheme == "smtps" else 25),
        MAIL_USERNAME=address.username,
        MAIL_PASSWORD=address.password,
        MAIL_USE_SSL=address.scheme == "smtps",
        MAIL_TIMEOUT=20,
        MAIL_DEFAULT_SENDER=app.config["MAIL_FROM"],
    )
    from flask_mailman import Mail  # slow import, needed by Flask-Security as well

    if way == "folder":
        app.config["MAIL_BACKEND"] = "eventhub.mailfolder"
    Mail(app)


def _patience(attempt: int) -> float:
    """Wait longer each time, at most a quarter of an hour: an outage of a day loses nothing."""
    return float(min(15 * 2 ** min(attempt, 10), 900))


SEND = JobKind("site.mail", _l("Send a mail"), send, attempts=500, back_off=_patience)
