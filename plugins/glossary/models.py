"""The terms of an event's lexicon, and the acronyms that organisers decided not to explain."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.api import LocalizedText, Model


class TermState(StrEnum):
    """Where a term stands; ``do_not_translate`` stays as it is in every language, ``forbidden`` is a word to avoid."""

    PROPOSED = "proposed"
    VALIDATED = "validated"
    FORBIDDEN = "forbidden"
    DO_NOT_TRANSLATE = "do_not_translate"


PRINTED = frozenset({TermState.VALIDATED, TermState.DO_NOT_TRANSLATE})


class Term(Model):
    """A term with its plain definition, in each language.

    ``written_in`` lists the languages in which it is complete, with a space on either side (" fr en "), for the filter
    of the list; ``search_key`` holds the term in every language without accents or case.
    """

    __tablename__ = "glossary_term"
    __table_args__ = (sa.Index("ix_glossary_term_event_id_sort_key", "event_id", "sort_key"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    term: orm.Mapped[LocalizedText]
    definition: orm.Mapped[LocalizedText]
    domain: orm.Mapped[str] = orm.mapped_column(sa.String(80), default="")
    state: orm.Mapped[str] = orm.mapped_column(sa.String(20), default=TermState.PROPOSED)
    is_acronym: orm.Mapped[bool] = orm.mapped_column(default=False)
    sort_key: orm.Mapped[str] = orm.mapped_column(sa.String(250), default="")
    search_key: orm.Mapped[str] = orm.mapped_column(sa.Text, default="")
    written_in: orm.Mapped[str] = orm.mapped_column(sa.String(200), default=" ")
    archived_at: orm.Mapped[datetime | None]

    @property
    def stays(self) -> bool:
        """Tell whether the term is the same in every language, so that only its definition is translated."""
        return self.state == TermState.DO_NOT_TRANSLATE

    @property
    def printed(self) -> bool:
        """Tell whether the lexicon of a dossier shows it."""
        return self.state in PRINTED


class IgnoredAcronym(Model):
    """Something in capitals that needs no explanation, such as the name of a firm."""

    __tablename__ = "glossary_ignored"
    __table_args__ = (sa.UniqueConstraint("event_id", "acronym"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    acronym: orm.Mapped[str] = orm.mapped_column(sa.String(40))
