"""A person's own data: see them, take them away in one archive, say yes or no again, erase them."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue

from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import agenda, domain
from eventhub.events import calendar
from eventhub.i18n import gettext as _
from eventhub.privacy import own, permissions, person, retention, words
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.pages import Audience, pages

bp = pages("privacy_me", __name__, Audience.PUBLIC, path="data")


@bp.get("/<int:participant_id>/")
@requires(permissions.OWN_DATA)
def show(participant_id: int) -> ResponseReturnValue:
    found = domain.participant(g.event, participant_id)
    chosen = retention.rules(g.event.id)
    return render_template(
        "privacy/me.html",
        form=Form(),
        person=found,
        expected=domain.is_expected(found),
        groups=own.grouped(g.hooks.hub, own.held(g.event, g.hooks.hub, participant_id)),
        consents=own.consents(g.event, participant_id),
        due_on=lambda holding: retention.due_on(g.event, holding, chosen),
        words=words,
    )


@bp.post("/<int:participant_id>/consents")
@requires(permissions.OWN_DATA)
def answer(participant_id: int) -> ResponseReturnValue:
    """Take the person's yes or no to one purpose."""
    form = Form()
    purpose = request.form.get("purpose", "")
    if form.validate():
        with form.refusals(), transaction():
            found = domain.participant(g.event, participant_id)
            if request.form.get("answer") == "give":
                own.give(g.event, found, purpose, by=g.actor)
                done(_("Thank you. Your consent is recorded."))
            else:
                own.withdraw(g.event, found, purpose, by=g.actor)
                done(_("Your consent is withdrawn, and what it allowed us to keep is erased."))
    return redirect(url_for(".show", participant_id=participant_id))


@bp.get("/<int:participant_id>/archive.zip")
@requires(permissions.OWN_DATA)
def archive(participant_id: int) -> ResponseReturnValue:
    """Everything that is held about this person: for machines, to read, and their files."""
    with transaction():
        found = domain.participant(g.event, participant_id)
        if found.erased_at is not None:
            abort(404)
        held = own.held(g.event, g.hooks.hub, participant_id)
        page = render_template(
            "privacy/archive.html",
            person=found,
            groups=own.grouped(g.hooks.hub, held),
            consents=own.consents(g.event, participant_id),
        )
        feed = calendar.feed(g.event, found.name, agenda.of(g.event, found, hooks=g.hooks))
        body = own.download(g.event, g.hooks.hub, found, page, held, feed, by=g.actor)
    response = Response(body, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{g.event.slug}-{participant_id}.zip"'
    return response


@bp.route("/<int:participant_id>/erase", methods=["GET", "POST"])
@requires(permissions.OWN_DATA)
def erase(participant_id: int) -> ResponseReturnValue:
    """Say what is lost and what stays; then erase, and say so on a page that needs no link any more."""
    found = domain.participant(g.event, participant_id)
    form = Form()
    if form.validate_on_submit():
        delegation, erased = found.delegation.name, False
        with form.refusals(), transaction():
            domain.locked_delegation(g.event, found.delegation_id)
            person.erase(g.hooks.hub, domain.participant(g.event, participant_id), by=g.actor)
            erased = True
        if erased:
            _forget_the_link()
            return render_template("privacy/me_erased.html", delegation=delegation)
    held: list[Any] = [] if found.erased_at else own.held(g.event, g.hooks.hub, participant_id)
    return render_template("privacy/me_erase.html", form=form, person=found, held=held), form.status


def _forget_the_link() -> None:
    """Take the link out of this very browser's session: it opens nothing any more."""
    if g.link is not None:
        browser["links"] = [key for key in browser.get("links", []) if key != g.link.id]
    browser.pop("_flashes", None)
