"""Markdown that organisers write, as safe HTML: no raw HTML in, a short list of tags out."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from markupsafe import Markup

TAGS = {
    "p",
    "br",
    "strong",
    "em",
    "ul",
    "ol",
    "li",
    "h2",
    "h3",
    "h4",
    "a",
    "blockquote",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "hr",
    "code",
}


@lru_cache(maxsize=1)
def _parser() -> Any:
    from markdown_it import MarkdownIt  # slow import

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def render(text: str | None) -> Markup:
    """Return the text as HTML; what is not on the list of tags is escaped or dropped."""
    import nh3  # slow import

    html = _parser().render(text or "")
    return Markup(nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto"}))  # noqa: S704  (cleaned by nh3 above)
