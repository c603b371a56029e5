"""A participant's own page about meals: what is stored, consent, and taking it back at any time."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub.api import Audience, Form, _, delegations, done, notices, pages, requires, transaction
from plugins.catering import dietary, permissions, words

me = pages("catering_me", __name__, Audience.PUBLIC, path="meals")


@me.route("/<int:participant_id>/", methods=["GET", "POST"])
@requires(permissions.OWN)
def show(participant_id: int) -> ResponseReturnValue:
    """Show the person what is stored; also once registration has closed: consent may be withdrawn at any time."""
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            person = delegations.participant(g.event, participant_id)
            if request.form.get("answer") == "confirm":
                dietary.confirm(person, by=g.actor)
                done(_("Thank you. Your answer is confirmed."))
            else:
                dietary.withdraw(person, by=g.actor)
                done(_("Your answer about meals is destroyed."))
            return redirect(url_for("catering_me.show", participant_id=participant_id))
    person = delegations.participant(g.event, participant_id)
    return (
        render_template(
            "catering/own.html",
            form=form,
            person=person,
            expected=delegations.is_expected(person),
            declared=dietary.of_person(person),
            consent=notices.words_of(g.event.id, dietary.PURPOSE, dietary.WORDINGS),
            words=words,
        ),
        form.status,
    )
