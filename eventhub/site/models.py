"""Pages of the site that administrators write."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from eventhub.db import Model
from eventhub.localized import LocalizedText


class SitePage(Model):
    """The legal notice, the privacy notice and the accessibility statement, in Markdown, in both languages."""

    __tablename__ = "site_page"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(40), unique=True)
    text: orm.Mapped[LocalizedText]
    changed_at: orm.Mapped[datetime]
