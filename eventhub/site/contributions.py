"""What the site makes of documents: PDF and HTML."""

from __future__ import annotations

from datetime import datetime

from eventhub.documents import Document, render_html, render_pdf


def render(document: Document, media_type: str, moment: datetime) -> bytes | None:
    """Return the document as PDF or as an HTML fragment; another type is for a plugin to answer."""
    if media_type == "application/pdf":
        return render_pdf(document, timestamp=moment).pdf
    return render_html(document).encode() if media_type == "text/html" else None
