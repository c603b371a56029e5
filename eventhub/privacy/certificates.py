"""Certificates of erasure: what a run of retention erased, numbered, chained to the one before and signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from eventhub import activity, clock
from eventhub.activity import Actor, Verb
from eventhub.db import get, session
from eventhub.documents import Block, DefinitionList, Document, Paragraph, Table
from eventhub.encryption import destroy_key, has_key
from eventhub.events.models import Event
from eventhub.hub import Hub
from eventhub.i18n import LANGUAGES, format_day, format_moment, format_number, language, speaking
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.privacy import words
from eventhub.privacy.models import Certificate, Erasure
from eventhub.privacy.retention import sensitive_is_gone

CERTIFIED = Verb("privacy:certified", _l("Certificate of erasure made"))
KEY_DESTROYED = Verb("privacy:key_destroyed", _l("Key of the sensitive data destroyed"))


def is_owed(event: Event, hub: Hub) -> bool:
    """Tell whether something waits for a certificate: erased in a run that did not end, or the key to be destroyed."""
    waiting = sa.select(Erasure.id).where(Erasure.event_id == event.id, Erasure.certificate_id.is_(None)).limit(1)
    return session().scalar(waiting) is not None or (has_key(event.id) and sensitive_is_gone(event, hub))


def certify(event: Event, hub: Hub, *, by: Actor, key: str) -> Certificate | None:
    """Take all that retention erased since the last certificate into a new one, in the caller's transaction.

    Once nothing sensitive is left and its time is over, the event's key is destroyed with it. Returns None where there
    is nothing to certify. ``key`` signs.
    """
    rows = list(
        session().scalars(
            sa.select(Erasure)
            .where(Erasure.event_id == event.id, Erasure.certificate_id.is_(None))
            .order_by(Erasure.id)
            .with_for_update()
        )
    )
    destroyed = has_key(event.id) and sensitive_is_gone(event, hub)
    if destroyed:
        destroy_key(event.id)
        activity.record(by, KEY_DESTROYED, event)
    if not rows and not destroyed:
        return None
    before = session().scalar(
        sa.select(Certificate).where(Certificate.event_id == event.id).order_by(Certificate.number.desc()).limit(1)
    )
    made = Certificate(
        event_id=event.id,
        number=before.number + 1 if before else 1,
        made_at=clock.now().replace(microsecond=0),
        lines=_lines(rows, hub),
        key_destroyed=destroyed,
        previous=before.digest if before else "",
    )
    made.digest = digest(made)
    made.signature = _signature(made.digest, key)
    session().add(made)
    session().flush()
    for row in rows:
        row.certificate_id = made.id
    activity.record(by, CERTIFIED, made)
    return made


def _lines(rows: Sequence[Erasure], hub: Hub) -> list[dict[str, Any]]:
    """Return one line per kind and rule: titles as they are today, in every language, for a plugin may go."""
    lines: dict[tuple[str, int], dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(
            (row.kind, row.days),
            {
                "kind": row.kind,
                "title": _titles(hub, row.kind),
                "days": row.days,
                "due_on": row.due_on.isoformat(),
                "erased": 0,
            },
        )
        line["erased"] += row.erased
    return list(lines.values())


def _titles(hub: Hub, kind: str) -> dict[str, str]:
    titles = {}
    for code in LANGUAGES:
        with speaking(code):
            titles[code] = str(hub.personal_data[kind].title) if kind in hub.personal_data else kind
    return titles


def title(line: dict[str, Any]) -> str:
    """Return the title of a line in the present language."""
    return str(line["title"].get(language()) or line["kind"])


def due_day(line: dict[str, Any]) -> date:
    return date.fromisoformat(line["due_on"])


# --- proof ----------------------------------------------------------------------------------------------------------


def digest(certificate: Certificate) -> str:
    """Return the SHA-256 of what the certificate says and of the digest before it."""
    content = {
        "event": certificate.event_id,
        "number": certificate.number,
        "made_at": certificate.made_at.isoformat(),
        "lines": certificate.lines,
        "key_destroyed": certificate.key_destroyed,
        "previous": certificate.previous,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _signature(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def is_genuine(certificate: Certificate, before: Certificate | None, key: str) -> bool:
    """Tell whether the content, the chain and the signature agree."""
    return (
        certificate.digest == digest(certificate)
        and certificate.previous == (before.digest if before else "")
        and hmac.compare_digest(certificate.signature, _signature(certificate.digest, key))
    )


def of(event: Event) -> list[Certificate]:
    """Return the certificates of the event, newest first."""
    query = sa.select(Certificate).where(Certificate.event_id == event.id).order_by(Certificate.number.desc())
    return list(session().scalars(query))


def certificate(event: Event, certificate_id: int) -> Certificate:
    return get(Certificate, certificate_id, event_id=event.id)


def before(found: Certificate) -> Certificate | None:
    """Return the certificate that this one is chained to."""
    query = sa.select(Certificate).where(Certificate.event_id == found.event_id, Certificate.number == found.number - 1)
    return session().scalar(query)


# --- the document ---------------------------------------------------------------------------------------------------


def document(event: Event, found: Certificate, *, genuine: bool) -> Document:
    """Return the certificate as a document in the present language."""
    blocks: list[Block] = [
        Paragraph(
            _(
                "EventHub erased the personal data below on %(moment)s, when their time was over. "
                "This certificate names no person.",
                moment=format_moment(found.made_at, event.zone),
            )
        )
    ]
    if found.lines:
        blocks.append(
            Table(
                (_("Data"), _("Kept after the event"), _("Due on"), _("Records erased")),
                tuple(
                    (
                        title(line),
                        words.days(line["days"]),
                        format_day(due_day(line), "long"),
                        format_number(line["erased"]),
                    )
                    for line in found.lines
                ),
                alignments=("start", "start", "start", "end"),
                row_headers=True,
            )
        )
    if found.key_destroyed:
        blocks.append(Paragraph(_key_sentence()))
    blocks.append(
        DefinitionList(
            (
                (_("Digest (SHA-256)"), found.digest),
                (_("Digest of the certificate before"), found.previous or _("none: this is the first")),
                (_("Signature of the site (HMAC-SHA-256)"), found.signature),
                (_("Checked when this document was made"), _("genuine") if genuine else _("NOT genuine")),
            )
        )
    )
    return Document(
        _("Certificate of erasure no. %(number)s", number=found.number),
        language(),
        tuple(blocks),
        subtitle=event.title.label(language()),
        author=event.host,
    )


def _key_sentence() -> str:
    return _(
        "The key that sealed the sensitive data of this event was destroyed: what was sealed with it can no longer "
        "be read, wherever a copy of it may lie without that key."
    )
