"""Search that ignores accents and case, on both engines, over columns that have no key of their own stored."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from eventhub.i18n import sort_key


class folded(GenericFunction[str]):  # noqa: N801  (called like a function of SQL, which it is)
    """``i18n.sort_key`` of a text, in SQL: on SQLite that very function, on PostgreSQL letter by letter."""

    type = sa.Text()
    inherit_cache = True
    name = "folded"


def _letters() -> tuple[str, str]:
    """Return accented letters of the scripts of Europe, and the plain letter of each."""
    blocks = (range(0xC0, 0x250), range(0x386, 0x460), range(0x1E00, 0x1F00))
    pairs = [(chr(code), sort_key(chr(code))) for block in blocks for code in block]
    told = [(accented, plain) for accented, plain in pairs if len(plain) == 1 and accented != plain]
    return "".join(accented for accented, _plain in told), "".join(plain for _accented, plain in told)


ACCENTED, PLAIN = _letters()


@compiles(folded, "postgresql")
def _on_postgresql(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    # neither the extension unaccent nor a collation can be counted on; lower() may know ASCII only
    (text,) = element.clauses
    sql = f"translate(lower({compiler.process(text, **kw)}), '{ACCENTED}', '{PLAIN}')"
    for letter in "ßæÆœŒþÞ":
        sql = f"replace({sql}, '{letter}', '{sort_key(letter)}')"
    return sql


def words_of(text: str) -> list[str]:
    """Return what is looked for: each word must stand somewhere, in whatever order; ten at most."""
    return sort_key(text).split()[:10]
