"""The form of a legal page."""

from __future__ import annotations

from eventhub.i18n import lazy_gettext as _l
from eventhub.web.fields import LocalizedField
from eventhub.web.forms import Form


class PageForm(Form):
    """The wording of a legal page in both languages."""

    text = LocalizedField(
        _l("Text"),
        multiline=True,
        maximum=40_000,
        description=_l("Markdown: ## for a heading, ** for strong words, - for a list."),
    )
