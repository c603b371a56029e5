"""The same person twice: who looks like it, both records side by side, and what stays of each."""

from __future__ import annotations

from flask import g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from eventhub.access.permissions import requires
from eventhub.db import transaction
from eventhub.delegations import domain, merging, permissions, words
from eventhub.delegations.models import Direction, Participant
from eventhub.i18n import format_list, language_name
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.pages import Audience, pages

bp = pages("delegations_duplicates", __name__, Audience.ORGANISERS, path="delegations/duplicates")


class MergeForm(Form):
    """Which record stays, and whose value of each field."""

    keep = RadioField(_l("Record to keep"), coerce=int)
    name = RadioField(_l("Name"), coerce=int)
    function = RadioField(_l("Function"), coerce=int)
    email = RadioField(_l("E-mail"), coerce=int)
    phone = RadioField(_l("Phone"), coerce=int)
    languages = RadioField(_l("Languages understood"), coerce=int)
    document_language = RadioField(_l("Language of documents"), coerce=int)
    arrival = RadioField(_l("Arrival"), coerce=int)
    departure = RadioField(_l("Departure"), coerce=int)

    def choose_between(self, first: Participant, second: Participant) -> None:
        """Offer what both say; a field that only the other one fills is taken from there."""
        for field in self:
            if not isinstance(field, RadioField):
                continue
            said = [value_of(one, field.name) for one in (first, second)]
            field.choices = [(one.id, text) for one, text in zip((first, second), said, strict=True)]
            if not self.is_submitted():
                field.data = second.id if said[1] and not said[0] else first.id


def value_of(person: Participant, name: str) -> str:
    """Return what the record says of a field, in words."""
    if name == "keep":
        return person.delegation.name
    if name == "languages":
        return format_list(language_name(code) for code in person.languages)
    if name == "document_language":
        return language_name(person.document_language) if person.document_language else ""
    if name in set(Direction):
        return words.leg_in_words(person, name, g.event.zone)
    return str(getattr(person, name))


@bp.get("/")
@requires(permissions.EDIT)
def index() -> ResponseReturnValue:
    return render_template("delegations/duplicates.html", found=merging.candidates(g.event), words=words)


@bp.route("/<int:first_id>/<int:second_id>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def show(first_id: int, second_id: int) -> ResponseReturnValue:
    """Show both side by side and merge them as chosen."""
    first, second = domain.participant(g.event, first_id), domain.participant(g.event, second_id)
    form = MergeForm()
    form.choose_between(first, second)
    if form.validate_on_submit():
        taken = {name: form[name].data for name in merging.CHOICES}
        dropped_id = second_id if form.keep.data == first_id else first_id
        with form.refusals(), transaction():
            kept = merging.merge(g.event, form.keep.data, dropped_id, taken, by=g.actor, hooks=g.hooks)
            done(_("The two records of %(name)s are one now.", name=kept.name))
            return redirect(url_for("delegations.person", participant_id=kept.id))
        first, second = domain.participant(g.event, first_id), domain.participant(g.event, second_id)
    return (
        render_template("delegations/merge.html", form=form, first=first, second=second, words=words),
        form.status,
    )
