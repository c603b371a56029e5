"""What an event tells everybody about personal data."""

from __future__ import annotations

from flask import g, render_template
from flask.typing import ResponseReturnValue

from eventhub.access.permissions import requires
from eventhub.events.views_public import only_public
from eventhub.privacy import notices, permissions, retention, words
from eventhub.privacy.person import holdings
from eventhub.web.pages import Audience, pages

bp = pages("privacy_public", __name__, Audience.PUBLIC, path="privacy")


@bp.get("/")
@requires(permissions.READ_NOTICE)
def show() -> ResponseReturnValue:
    """Show the notice: each purpose in the wording of today, what is kept and for how long, and everybody's rights."""
    only_public()
    known = notices.purposes(g.event, g.hooks)
    chosen = retention.rules(g.event.id)
    held = [one for one in holdings(g.hooks.hub) if g.hooks.enabled(one.name.partition(".")[0])]
    return render_template(
        "privacy/notice_public.html",
        parts=notices.of(g.event, known.values()).values(),
        holdings=[(one, chosen.get(one.name, one.retention_days)) for one in held],
        words=words,
    )
