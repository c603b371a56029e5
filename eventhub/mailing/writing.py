"""The mails themselves: a mailing's text filled in for each letter, in its language, as rows of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from eventhub import activity, clock, hookspecs, outbox
from eventhub.activity import Actor
from eventhub.contributions import MailPlaceholder, MailRecipient
from eventhub.db import session
from eventhub.delegations import domain as delegations
from eventhub.delegations.completeness import Missing
from eventhub.delegations.models import Delegation
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.hub import Hooks
from eventhub.i18n import format_days, format_list, format_moment, format_times, isolated, language, ngettext, speaking
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.mailing import gaps, placeholders, selection
from eventhub.mailing.models import Mailing, MailingKind
from eventhub.mailing.selection import Letter
from eventhub.outbox import MailMessage

LINK, MISSING = "link", "missing"


def in_braces(name: str) -> str:
    return "{" + name + "}"


class UnknownPlaceholder(Refused):
    message = _l("%(unknown)s means nothing here. These can be written in braces: %(known)s.")

    @classmethod
    def of(cls, unknown: Iterable[str], ready: Iterable[str], field: str | None = None) -> UnknownPlaceholder:
        names = format_list(in_braces(name) for name in sorted(unknown))
        return cls(unknown=names, known=", ".join(map(in_braces, ready)), field=field)


@dataclass(frozen=True)
class Written:
    """A letter as its reader gets it; ``empty`` names the placeholders that have nothing to say for them."""

    letter: Letter
    language: str
    subject: str
    body: str
    links: tuple[tuple[str, int], ...] = ()
    empty: tuple[str, ...] = ()


# --- placeholders ---------------------------------------------------------------------------------------------------


def _no_text(member: MailRecipient) -> str:
    return ""


def core_placeholders(
    event: Event, mailing: Mailing | None, missing: Mapping[selection.Key, Sequence[Missing]]
) -> Iterable[MailPlaceholder]:
    """Return the core's own placeholders; they speak the present language when they are asked."""
    item = selection.item_of(event, mailing) if mailing else None

    def deadline(member: MailRecipient) -> str:
        closes = delegations.deadline(event, member.delegation)
        return format_moment(closes, event.zone) if closes else ""

    def name(member: MailRecipient) -> str:
        return (
            member.participant.name if member.participant else member.delegation.contact_name or member.delegation.name
        )

    def seats(member: MailRecipient) -> str:
        return ngettext("%(num)s seat", "%(num)s seats", member.delegation.quota)

    def owed(member: MailRecipient) -> str:
        found = missing.get(selection.key_of(member), ())
        lines = [f"- {one.what}" for one in found[: gaps.MOST]]
        if len(found) > gaps.MOST:
            lines.append(ngettext("and %(num)s more thing", "and %(num)s more things", len(found) - gaps.MOST))
        return "\n".join(lines)

    def same(text: Callable[[], str]) -> Callable[[MailRecipient], str]:
        return lambda member: text()

    yield MailPlaceholder("name", _l("Name of the reader"), name, 1)
    yield MailPlaceholder("delegation", _l("Their delegation"), lambda member: member.delegation.name, 2)
    yield MailPlaceholder("link", _l("Their personal link, made when the mail leaves"), _no_text, 3)
    yield MailPlaceholder("missing", _l("What they still owe, a line each"), owed, 4)
    yield MailPlaceholder("deadline", _l("Until when they can register"), deadline, 5)
    yield MailPlaceholder("seats", _l("How many seats their delegation has"), seats, 6)
    yield MailPlaceholder(
        "reference", _l("Reference of their delegation"), lambda member: member.delegation.reference, 7
    )
    yield MailPlaceholder("event", _l("Title of the event"), same(lambda: event.title.label(language())), 8)
    yield MailPlaceholder("dates", _l("Its days"), same(lambda: format_days(event.starts_on, event.ends_on)), 9)
    yield MailPlaceholder("place", _l("Its place"), same(lambda: event.city), 10)
    yield MailPlaceholder("host", _l("Who invites"), same(lambda: event.host or event.title.label(language())), 11)
    if mailing is None or item is not None:
        yield MailPlaceholder(
            "item", _l("Title of the programme item"), same(lambda: item.title.label(language()) if item else ""), 12
        )
        yield MailPlaceholder(
            "hours",
            _l("Its hours"),
            same(lambda: format_times(item.starts_at, item.ends_at, event.zone) if item else ""),
            13,
        )


def known(
    event: Event,
    mailing: Mailing | None = None,
    recipients: Sequence[MailRecipient] = (),
    *,
    hooks: Hooks,
    missing: Mapping[selection.Key, Sequence[Missing]] | None = None,
) -> dict[str, MailPlaceholder]:
    """Return {name: placeholder} of the core and of the plugins; the core's own win a name that is taken."""
    own = {one.name: one for one in core_placeholders(event, mailing, missing or {})}
    theirs = hooks.collect(hookspecs.mail_placeholders, event=event, recipients=list(recipients))
    return own | {one.name: one for one in reversed(theirs) if one.name not in own}


# --- filling --------------------------------------------------------------------------------------------------------


def spoken(mailing: Mailing, letter: Letter) -> str | None:
    """Return the language of the letter: its reader's; another only where the organiser chose so; None when missing."""
    ready = [code for code, _half in mailing.subject if mailing.body.text(code)]
    if letter.language in ready:
        return letter.language
    return ready[0] if ready and mailing.other_language else None


def fill(event: Event, mailing: Mailing, letters: Sequence[Letter], *, hooks: Hooks) -> list[Written]:
    """Return the letters with their text, in order of language; one whose half is missing is left out."""
    by_language: dict[str, list[Letter]] = {}
    for letter in letters:
        code = spoken(mailing, letter)
        if code is not None:
            by_language.setdefault(code, []).append(letter)
    written: list[Written] = []
    for code, group in by_language.items():
        with speaking(code):
            written += _in_one_language(event, mailing, code, group, hooks)
    return written


def needs_missing(mailing: Mailing) -> bool:
    return MISSING in placeholders.used(half.text for text in (mailing.subject, mailing.body) for _code, half in text)


def _in_one_language(
    event: Event, mailing: Mailing, code: str, letters: Sequence[Letter], hooks: Hooks
) -> Iterable[Written]:
    members = [member for letter in letters for member in letter.members]
    missing = gaps.of(event, members, hooks=hooks) if needs_missing(mailing) else {}
    ready = known(event, mailing, members, hooks=hooks, missing=missing)
    subject, body = mailing.subject.text(code) or "", mailing.body.text(code) or ""
    wanted = placeholders.used((subject, body))
    if unknown := wanted - ready.keys():
        raise UnknownPlaceholder.of(unknown, ready)  # its plugin was disabled, or failed: no mail goes out with a hole
    for letter in letters:
        values = {name: together(letter, ready[name]) for name in wanted}
        empty = tuple(sorted(name for name in wanted - {LINK} if not values[name]))
        links = tuple(selection.key_of(member) for member in letter.members) if LINK in wanted else ()
        if links:
            values[LINK] = link_lines(letter)
        yield Written(
            letter,
            code,
            outbox.one_line(placeholders.filled(subject, values), 300),
            placeholders.filled(body, values),
            links,
            empty,
        )


def together(letter: Letter, placeholder: MailPlaceholder) -> str:
    """Return the placeholder's text for everybody who shares the letter: once when it is the same for all."""
    texts = [placeholders.harmless(placeholder.text(member)) for member in letter.members]
    different = list(dict.fromkeys(text for text in texts if text))
    if len(different) < 2:
        return different[0] if different else ""
    if any("\n" in text or text.startswith("- ") for text in different):
        pairs = zip(letter.names, texts, strict=True)
        return "\n\n".join(_("%(what)s:", what=isolated(name)) + f"\n{text}" for name, text in pairs if text)
    return format_list(different)


def link_lines(letter: Letter) -> str:
    """Return the place of the personal link; several, each with its name, where delegations share an address."""
    if len(letter.members) == 1:
        return outbox.link_place(0)
    names = (placeholders.harmless(name) for name in letter.names)
    return "\n".join(f"{isolated(name)}: {outbox.link_place(number)}" for number, name in enumerate(names))


# --- into the outbox ------------------------------------------------------------------------------------------------


def write(event: Event, mailing: Mailing, letters: Sequence[Letter], *, hooks: Hooks, by: Actor) -> int:
    """Write the mails of at most a hundred letters into the outbox; an address that has its mail already gets no other.

    Safe to run again after a crash. Statements are as many for a hundred as for one, once per language.
    """
    addresses = [letter.address for letter in letters]
    done = sa.select(MailMessage.recipient).where(
        MailMessage.mailing_id == mailing.id, MailMessage.recipient.in_(addresses)
    )
    there = set(session().scalars(done))
    waiting = [letter for letter in letters if letter.address not in there]
    written = fill(event, mailing, waiting, hooks=hooks)
    mails = [
        outbox.draft(
            mailing.kind,
            one.letter.address,
            one.language,
            one.subject,
            one.body,
            event=event,
            about=one.letter.members[0].participant or one.letter.members[0].delegation,
            links=one.links,
            mailing_id=mailing.id,
        )
        for one in written
    ]
    outbox.queue(mails, by=by)
    if mailing.kind == MailingKind.INVITATION:
        _mark_invited([member.delegation for one in written for member in one.letter.members], by)
    return len(mails)


def _mark_invited(invited: Sequence[Delegation], by: Actor) -> None:
    for delegation in invited:
        delegation.invited_at = clock.now()
    session().flush()
    activity.record_all(by, [(delegations.INVITED, delegation, None) for delegation in invited])
