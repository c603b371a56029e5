"""Mail: a row in the transaction of the fact, sent by a job, in the recipient's language.

The Message-ID is made when the mail is written, so that a repeat after a crash is recognised as the same mail. A
personal link is made when the mail leaves: no table ever holds one.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from datetime import datetime
from email.utils import formataddr, make_msgid, parseaddr
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
from eventhub.db import Json, Model, insert_all, session, transaction
from eventhub.errors import Refused
from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import speaking

log = structlog.get_logger(__name__)
LINK_PLACE = "\u27e6link\u27e7"  # ⟦link⟧: where the personal link goes when the mail leaves
AT_ONCE = 100  # rows written by one statement, and in one transaction of a job


def link_place(number: int) -> str:
    """Return where the n-th personal link goes; most mails have one, number 0."""
    return LINK_PLACE if number == 0 else f"\u27e6link {number + 1}\u27e7"


class MailState(StrEnum):
    """``failed``: it did not arrive and may be tried again. ``bounced``: the address does not exist, or refuses."""

    QUEUED = "queued"
    SENT = "sent"
    BOUNCED = "bounced"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MailMessage(Model):
    """One mail to one recipient; ``answer`` is what a mail server said of it, ``code`` its status (RFC 3463)."""

    __tablename__ = "mail_message"
    __table_args__ = (
        sa.Index("ix_mail_message_event_id_id", "event_id", "id"),
        sa.Index("ix_mail_message_event_id_state", "event_id", "state"),
        sa.Index("ix_mail_message_mailing_id", "mailing_id"),
        sa.Index("ix_mail_message_subject", "subject_kind", "subject_id"),
    )

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
    mailing_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("mailing.id", ondelete="SET NULL"))
    sender: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    more_links: orm.Mapped[list[list[Any]] | None] = orm.mapped_column(Json)  # [purpose, subject id] after the first
    code: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="")
    answer: orm.Mapped[str] = orm.mapped_column(sa.String(300), default="")
    bounced_at: orm.Mapped[datetime | None]


class MailRefused(Refused):
    """The mail server will never take this mail: trying again would not help."""

    message = _l("The mail server refused this mail. Its answer is on the mail's page.")


class MailNotWaiting(Refused):
    message = _l("This mail is not waiting any more, so it cannot be held back. Reload the page to see its state.")


def one_line(text: str, length: int) -> str:
    """Return the text as a header or a column holds it: a name with a line break must not become a header."""
    return " ".join(text.split())[:length]


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
    message = draft(kind, recipient, language, subject, body, event=event, about=about, links=[link] if link else [])
    queue([message], by=by)
    return message


def draft(
    kind: str,
    recipient: str,
    language: str,
    subject: str,
    body: str,
    *,
    event: Any = None,
    about: Model | None = None,
    links: Sequence[tuple[str, int]] = (),
    mailing_id: int | None = None,
) -> MailMessage:
    """Return a mail that ``queue`` will write; ``links`` are what ``link_place(0)``, ``link_place(1)``… stand for."""
    return MailMessage(
        event_id=event.id if event else None,
        kind=kind,
        recipient=recipient,
        language=language,
        subject=one_line(subject, 300),
        body=body.strip() + "\n",
        reply_to=event.reply_to if event else "",
        sender=one_line(event.mail_sender or "", 200) if event else "",
        message_id=_new_id(),
        link_purpose=links[0][0] if links else "",
        link_subject_id=links[0][1] if links else None,
        more_links=[list(link) for link in links[1:]] or None,
        subject_kind=about.__tablename__ if about else "",
        subject_id=about.id if about else None,
        mailing_id=mailing_id,
        state=MailState.QUEUED,
        code="",
        answer="",
        created_at=clock.now(),
    )


def _new_id() -> str:
    return make_msgid(domain=_host())


def _host() -> str:
    return urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"


def queue(messages: Sequence[MailMessage], *, by: Actor) -> None:
    """Write the mails and the jobs that send them: as many statements for a hundred as for two."""
    if len(messages) > 1:
        _queue_many(messages, by)
        return
    for message in messages:
        session().add(message)
        session().flush()
        message.job_id = jobs.enqueue("site.mail", {"mail": message.id}, event_id=message.event_id, by=by).id


def _queue_many(messages: Sequence[MailMessage], by: Actor) -> None:
    insert_all(messages)
    own = [message.message_id for message in messages]
    ids = list(session().scalars(sa.select(MailMessage.id).where(MailMessage.message_id.in_(own))))
    work = jobs.enqueue_all("site.mail", [{"mail": key} for key in ids], event_id=messages[0].event_id, by=by)
    table = Model.metadata.tables[MailMessage.__tablename__]
    session().execute(
        sa.update(table).where(table.c.id == sa.bindparam("mail")).values(job_id=sa.bindparam("job")),
        [{"mail": key, "job": job_id} for key, job_id in zip(ids, work, strict=True)],
    )


def send(run: jobs.JobRun) -> None:
    """Hand the mail to the mail server once; a repeat after a crash carries the same Message-ID."""
    from eventhub.access.links import mint_url  # access writes mails itself

    message = session().get(MailMessage, run.payload["mail"])
    if message is None or message.state != MailState.QUEUED:
        return
    text = message.body
    if links := links_of(message):
        with transaction():
            for number, (purpose, subject_id) in enumerate(links):
                url = mint_url(purpose, subject_id, message.event_id, message.language)
                text = text.replace(link_place(number), url)
    session().rollback()  # nothing stays open while the mail server takes its time
    try:
        _deliver(message, text)
    except Exception as error:
        said = refusal_of(error)
        if said:
            _mark(run.payload["mail"], state=MailState.FAILED, answer=one_line(said, 300))
            raise MailRefused from error
        if run.attempt >= SEND.attempts:
            _mark(run.payload["mail"], state=MailState.FAILED)
        raise
    faults.hit("outbox.smtp_accepted")
    _mark(run.payload["mail"], state=MailState.SENT, sent_at=clock.now(), answer="", code="")
    faults.hit("outbox.marked")


def links_of(message: MailMessage) -> list[tuple[str, int]]:
    """Return (purpose, subject id) of the personal links that the mail carries, in the order of their places."""
    if not message.link_purpose or message.link_subject_id is None:
        return []
    return [
        (message.link_purpose, message.link_subject_id),
        *((str(p), int(key)) for p, key in message.more_links or ()),
    ]


def refusal_of(error: Exception) -> str:
    """Return what the mail server said when it refused the recipient or the text for good, or "".

    A refused sender, a refused password or a 4xx is the site's trouble or a passing one: the mail waits.
    """
    answers: list[tuple[int, bytes | str]] = []
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = list(error.recipients.values())
    elif isinstance(error, smtplib.SMTPDataError):
        answers = [(error.smtp_code, error.smtp_error)]
    if not answers or any(code < 500 for code, _said in answers):
        return ""
    code, said = answers[0]
    return f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"


def _mark(mail_id: int, **values: object) -> None:
    with transaction():
        session().execute(sa.update(MailMessage).where(MailMessage.id == mail_id).values(**values))


def send_again(message: MailMessage, *, by: Actor) -> None:
    """Queue the mail once more under a new Message-ID, for somebody who did not get it."""
    message.message_id = _new_id()
    message.state, message.sent_at, message.bounced_at = MailState.QUEUED, None, None
    message.code = message.answer = ""
    message.job_id = jobs.enqueue("site.mail", {"mail": message.id}, event_id=message.event_id, by=by).id


def hold_back(message: MailMessage) -> None:
    """Take a mail that still waits out of the queue; call it on a locked row."""
    if message.state != MailState.QUEUED:
        raise MailNotWaiting
    message.state = MailState.CANCELLED
    if message.job_id is not None:
        _cancel_jobs([message.job_id])


def hold_back_mailing(mailing_id: int) -> int:
    """Take what still waits of the mailing out of the queue; returns how many mails that were."""
    waiting = sa.select(MailMessage.job_id).where(
        MailMessage.mailing_id == mailing_id, MailMessage.state == MailState.QUEUED
    )
    work = [job_id for job_id in session().scalars(waiting) if job_id is not None]
    held = session().execute(
        sa.update(MailMessage)
        .where(MailMessage.mailing_id == mailing_id, MailMessage.state == MailState.QUEUED)
        .values(state=MailState.CANCELLED)
    )
    _cancel_jobs(work)
    return int(held.rowcount)  # type: ignore[attr-defined]


def _cancel_jobs(ids: list[int]) -> None:
    """Cancel jobs that nobody has started; one that runs finds the mail's new state, or is sending it already."""
    for start in range(0, len(ids), 500):
        session().execute(
            sa.update(jobs.Job)
            .where(jobs.Job.id.in_(ids[start : start + 500]), jobs.Job.state == jobs.JobState.QUEUED)
            .values(state=jobs.JobState.CANCELLED, finished_at=clock.system_now())
        )


def forget_all(chosen: sa.ColumnElement[bool]) -> int:
    """Blank the mails of this condition; returns how many there were.

    That a mail was sent stays counted; one that still waits does not leave.
    """
    done = session().execute(
        sa.update(MailMessage)
        .where(chosen)
        .values(recipient="", subject="—", body="", answer="", state=_erased_state())
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def _erased_state() -> sa.ColumnElement[str]:
    return sa.case((MailMessage.state == MailState.QUEUED, MailState.CANCELLED.value), else_=MailMessage.state)


def mails_of(
    event_id: int, *, state: str | None = None, search: str = "", mailing_id: int | None = None, mailings: bool = False
) -> sa.Select[MailMessage]:
    """Return the query of the event's mails, newest first; ``mailings``: only those that organisers wrote."""
    query = sa.select(MailMessage).where(MailMessage.event_id == event_id).order_by(MailMessage.id.desc())
    if state is not None:
        query = query.where(MailMessage.state == state)
    if mailing_id is not None:
        query = query.where(MailMessage.mailing_id == mailing_id)
    if mailings:
        query = query.where(MailMessage.mailing_id.is_not(None))
    if search:
        query = query.where(
            sa.or_(
                MailMessage.recipient.icontains(search, autoescape=True),
                MailMessage.subject.icontains(search, autoescape=True),
            )
        )
    return query


def counts(event_id: int, *, mailings: bool = False) -> dict[str, int]:
    """Return {state: number of mails} of the event; ``mailings``: only those that organisers wrote."""
    query = (
        sa.select(MailMessage.state, sa.func.count().label("number"))
        .where(MailMessage.event_id == event_id)
        .group_by(MailMessage.state)
    )
    if mailings:
        query = query.where(MailMessage.mailing_id.is_not(None))
    return {row.state: row.number for row in session().execute(query)}


def counts_of_mailings(ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return {mailing: {state: number of mails}}."""
    query = (
        sa.select(MailMessage.mailing_id, MailMessage.state, sa.func.count().label("number"))
        .where(MailMessage.mailing_id.in_(ids))
        .group_by(MailMessage.mailing_id, MailMessage.state)
    )
    found: dict[int, dict[str, int]] = {}
    for row in session().execute(query) if ids else ():
        found.setdefault(row.mailing_id, {})[row.state] = row.number
    return found


def sender_of(message: MailMessage) -> str:
    """Return the sender: the site's address, under the event's own name where it has one."""
    site = str(current_app.config["MAIL_FROM"])
    return formataddr((message.sender, parseaddr(site)[1])) if message.sender else site


def _deliver(message: MailMessage, text: str) -> None:
    from flask_mailman import EmailMessage  # slow import

    mail = EmailMessage(
        subject=message.subject,
        body=text,
        from_email=sender_of(message),
        to=[message.recipient],
        reply_to=[message.reply_to] if parseaddr(message.reply_to)[1] else None,
        headers={
            "Message-ID": message.message_id,
            "Content-Language": message.language,
            "Auto-Submitted": "auto-generated",
            **({"List-Id": f"<event-{message.event_id}.{_host()}>"} if message.event_id else {}),
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
