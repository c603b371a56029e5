"""What hooks return: small frozen dataclasses that say one thing each, and check themselves where they can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

from eventhub.i18n import lazy_gettext as _l
from eventhub.localized import LocalizedText

if TYPE_CHECKING:
    import sqlalchemy as sa
    import wtforms

    from eventhub.activity import Actor
    from eventhub.delegations.models import Delegation, Participant
    from eventhub.demo import Demo
    from eventhub.documents import Block
    from eventhub.jobs import JobRun
    from eventhub.rest.parts import Part

API = 1


@dataclass(frozen=True)
class PluginInfo:
    """How a component presents itself: ``PLUGIN`` in its ``__init__.py``.

    ``name`` prefixes its tables, URLs, templates, permissions and catalogue. ``title`` and ``summary`` are lazy
    strings. ``requires`` names plugins that must be there. ``core`` is the host's own.
    """

    name: str
    title: Any
    summary: Any
    version: str
    api: int = API
    requires: tuple[str, ...] = ()
    core: bool = False

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name != self.name.lower():
            raise ValueError(f"{self.name!r} is not a plugin name: write it like field_visits")


@dataclass(frozen=True)
class Permission:
    """What a route asks for, as "<component>:<action>".

    ``roles`` are roles on the event (an owner has every permission); ``links`` maps the purpose of a guest's link to
    the URL argument that must be the link's own subject; ``everyone`` needs no identity; ``signed_in`` any account;
    ``administrator`` an account with that role on the site. A ``sensitive`` permission (health data) is not implied by
    being an administrator.
    """

    name: str
    title: Any
    roles: frozenset[str] = frozenset()
    links: Mapping[str, str] = field(default_factory=dict)
    everyone: bool = False
    signed_in: bool = False
    administrator: bool = False
    sensitive: bool = False

    def __post_init__(self) -> None:
        if self.name.count(":") != 1:
            raise ValueError(f"{self.name!r} is not a permission: write it like visits:allocate")

    @property
    def component(self) -> str:
        return self.name.partition(":")[0]

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True)
class ApiPart:
    """A component's part of the REST API: a blueprint made with ``part(...)``, and what its description calls it."""

    blueprint: Part
    title: Any
    order: int = 50

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """Return what its addresses ask for."""
        return tuple(self.blueprint.asks.values())


class Area(StrEnum):
    """Where a menu entry or page belongs."""

    EVENT = "event"
    PLUGINS = "plugins"
    SETTINGS = "settings"


@dataclass(frozen=True)
class MenuItem:
    """An entry of an event's side navigation; shown to those who have the permission of its page."""

    label: Any
    endpoint: str
    permission: Permission
    area: Area = Area.PLUGINS
    order: int = 50


@dataclass(frozen=True)
class Card:
    """A figure on the event's dashboard: a label, a value, perhaps what it is out of (``share`` from 0 to 1)."""

    label: str
    value: str
    of: str | None = None
    note: str | None = None
    share: float | None = None
    url: str | None = None
    order: int = 50


class Severity(IntEnum):
    """How much it hurts; the truth page sorts by it, worst first."""

    BREAKS_RULE = 0
    AT_RISK = 1
    TO_COMPLETE = 2


@dataclass(frozen=True)
class Check:
    """Something that does not fit: found by ``rule`` on ``subject`` (together they identify it, for a waiver).

    ``url`` is the page where it is mended, ``action`` the words of that link.
    """

    rule: str
    subject: str
    severity: Severity
    title: str
    why: str
    url: str
    action: str
    component: str = ""
    order: int = 50


@dataclass(frozen=True)
class Deadline:
    """A moment by which something must be done; ``note`` says in words how it is counted."""

    at: datetime
    title: str
    note: str = ""
    url: str | None = None
    done: bool = False
    component: str = ""
    order: int = 50


@dataclass(frozen=True)
class AgendaItem:
    """One line of somebody's agenda; times are aware, texts LocalizedText so that one item serves every language."""

    starts_at: datetime
    ends_at: datetime
    title: LocalizedText
    place: str = ""
    note: LocalizedText = field(default_factory=LocalizedText)
    kind: str = ""
    item_id: int | None = None
    order: int = 50


class MealAt(StrEnum):
    """How somebody who attends an item eats there."""

    NONE = "none"
    SERVED = "served"
    PACKED = "packed"


@dataclass(frozen=True, slots=True)
class Attendance:
    """Somebody is expected at a programme item, from when to when; derived each time, never stored.

    Thousands of them are made at a time: people times items.
    """

    participant_id: int
    item_id: int
    starts_at: datetime
    ends_at: datetime
    meal: MealAt = MealAt.NONE
    order: int = 50


@dataclass(frozen=True)
class FormSection:
    """A part of a guest's form that belongs to a component.

    The form is made by the host with a prefix of its own, checked with all the others so that every error shows at
    once, and ``save`` is called with it inside the host's transaction. ``stage`` is the step it shows in. A section
    that is ``complete`` is folded in long steps, unless it is ``unfolded``: something optional in it is still open.
    ``finish`` is called once all sections of the form are saved, for what is written together.
    """

    name: str
    title: str
    form: Callable[..., wtforms.Form]
    save: Callable[[Any], None]
    stage: str
    subject_id: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""
    template: str | None = None
    complete: bool = True
    missing: tuple[str, ...] = ()
    order: int = 50
    unfolded: bool = False
    finish: Callable[[], None] | None = None


@dataclass(frozen=True)
class PeopleColumn:
    """A column that a component adds to the list of people and to its exports; with ``choices``, to its filters.

    ``key`` ("field_visits.visit") stands in addresses and saved filters, so it never changes. ``values(ids)`` returns
    {participant id: text} in the present language, without those who have none; ids come some hundreds at a time, and
    the number of queries must not grow with them. ``choices`` are (code, label); ``having(code)`` returns the query of
    the ids of the participants for whom that choice holds. Never health data: a list is taken away as a file.
    """

    key: str
    label: Any
    values: Callable[[Sequence[int]], Mapping[int, str]]
    choices: Sequence[tuple[str, str]] = ()
    having: Callable[[str], sa.Select[int]] | None = None
    order: int = 50

    def __post_init__(self) -> None:
        if "." not in self.key:
            raise ValueError(f"{self.key!r} is not the key of a column: write it like field_visits.visit")
        if bool(self.choices) != (self.having is not None):
            raise ValueError(f"{self.key}: choices need having, and the other way round")


@dataclass(frozen=True)
class Panel:
    """A part of a record's page that belongs to a component: a template and what it needs."""

    title: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50


@dataclass(frozen=True)
class Fact:
    """A label and its value, in a panel or a summary."""

    label: str
    value: str


@dataclass(frozen=True)
class ProviderKind:
    """A kind of provider, such as caterer or interpreter."""

    code: str
    title: Any
    order: int = 50


@dataclass(frozen=True)
class JobKind:
    """Work done outside requests. ``run`` opens its own transactions and reports its progress.

    ``back_off`` gives the seconds to wait before attempt n; after ``attempts`` the job has failed.
    """

    name: str
    title: Any
    run: Callable[[JobRun], None]
    attempts: int = 3
    back_off: Callable[[int], float] = lambda attempt: float(min(2**attempt, 60))
    lease: float = 120.0


@dataclass(frozen=True)
class Periodic:
    """Work that the worker does every so many minutes, such as a freeze at a cut-off; safe to run twice."""

    name: str
    run: Callable[[], None]
    minutes: int = 1


PARTICIPANTS = _l("Participants")
ORGANISERS = _l("The organisers of the event")


@dataclass(frozen=True)
class OwnFile:
    """A file of a person's archive."""

    name: str
    content: bytes


@dataclass(frozen=True)
class WholeEvent:
    """How data are counted and erased that are found by the event, not by the person: ``held`` counts in one statement.

    ``erase(event_id)`` runs in the caller's transaction and returns how many records it emptied.
    """

    held: Callable[[int], sa.Select[Any]]
    erase: Callable[[int], int]


@dataclass(frozen=True)
class PersonalData:
    """Personal data that a component holds: what, why, on which ground, for how long (days after the event).

    ``export(participant_ids)`` returns rows {participant id: {label: value}}; ``erase(participant_ids)`` removes or
    blanks them inside the caller's transaction and leaves counts right. ``holders(event_id)`` selects the ids of those
    of whom something is held, for the page and the job of retention; without it, everybody's export is asked for.
    ``whole_event`` replaces it where retention finds the data without the person. ``files(participant_id)`` are files
    of the person's archive. ``sealed``: not sensitive, and yet sealed with the event's key, wholly or in part: the key
    lives as long as any of it may be kept. ``people`` and ``recipients`` say whose data they are and who receives them.
    """

    name: str
    title: Any
    purpose: Any
    legal_basis: Any
    retention_days: int
    export: Callable[[Iterable[int]], Mapping[int, Mapping[str, Any]]]
    erase: Callable[[Iterable[int]], None]
    sensitive: bool = False
    sealed: bool = False
    holders: Callable[[int], sa.Select[Any]] | None = None
    whole_event: WholeEvent | None = None
    files: Callable[[int], Iterable[OwnFile]] | None = None
    people: Any = PARTICIPANTS
    recipients: Any = ORGANISERS


@dataclass(frozen=True)
class Purpose:
    """A use of personal data that people are told of, or asked about when ``asks``: one part of the event's notice.

    ``wordings`` are those that the component brings, {version: text}, the newest last; an organiser may publish others
    for an event. ``withdrawn(participant)`` removes what a consent allowed and ``confirmed(participant)`` follows one
    that is given on the person's own page, each inside the caller's transaction.
    """

    name: str
    title: Any
    wordings: Mapping[str, LocalizedText]
    asks: bool = False
    withdrawn: Callable[[Participant, Actor], None] | None = None
    confirmed: Callable[[Participant, Actor], None] | None = None
    order: int = 50


@dataclass(frozen=True)
class LocalizedEntry:
    """A text of the event, where it stands and where it is edited; feeds the gate and the acronym detector.

    ``key`` is stable ("events.item.12.title"); ``required`` texts hold back an edition in a language they lack.
    """

    key: str
    label: str
    text: LocalizedText
    url: str | None = None
    required: bool = True
    order: int = 50


@dataclass(frozen=True)
class DossierSection:
    """A section of a dossier: made once from the data as they are, then said in each language.

    ``title`` is a LocalizedText or a lazy string of the interface. ``blocks(language)`` returns what stands under it,
    from what was read when the section was made: no queries, so that every language says the same. While it runs the
    interface speaks that language, so ``_()`` and the formats of dates need no care. A text that the language lacks
    becomes a Missing block, never another language. Headings among the blocks count from 1, under the section's title.
    """

    key: str
    title: Any
    blocks: Callable[[str], Sequence[Block]]
    order: int = 50


@dataclass(frozen=True)
class PublicLink:
    """A link that the public page of an event offers."""

    label: Any
    url: str
    order: int = 50


@dataclass(frozen=True)
class MailRecipient:
    """Whom a mail of a mailing is for: a person, or, when ``participant`` is None, the head of the delegation."""

    delegation: Delegation
    participant: Participant | None = None


@dataclass(frozen=True)
class MailPlaceholder:
    """What stands for ``{name}`` in the text of a mailing.

    ``text`` is called while the interface speaks the recipient's language, without queries: read what it needs, for
    all recipients, before. An empty text is allowed; the preview says so.
    """

    name: str
    title: Any
    text: Callable[[MailRecipient], str]
    order: int = 50

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z_]{0,39}", self.name):
            raise ValueError(f"{self.name!r} is not a placeholder: write it like visit or meeting_point")


@dataclass(frozen=True)
class Chapter:
    """A component's part of the reference event: ``tell`` writes it through domain functions, in one transaction."""

    tell: Callable[[Demo], None]
    order: int = 50
