"""The organisers' registration desk: delegations, their pages, and the people."""

from __future__ import annotations

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import activity, hookspecs, spreadsheets
from eventhub.access import links
from eventhub.access.gate import may
from eventhub.access.permissions import requires
from eventhub.db import locked, transaction
from eventhub.delegations import agenda, domain, handing_on, history, lists, permissions, registration, travel, words
from eventhub.delegations.forms import DelegationForm, ReasonForm
from eventhub.delegations.models import Delegation, Direction, FareState, Participant
from eventhub.delegations.seats import Saved
from eventhub.i18n import country_name, format_list, language_choices, language_name, sort_key
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web import panels
from eventhub.web.forms import Form, StackForm
from eventhub.web.lists import Column, paginate, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("delegations", __name__, Audience.ORGANISERS)

FACTS = "name city country role quota contact_name contact_email contact_phone contact_language closes_at note".split()


def facts(found: Delegation) -> dict[str, object]:
    return {name: getattr(found, name) for name in FACTS}


def columns() -> list[Column[Delegation]]:
    return [
        Column("reference", _("Reference"), lambda row: row.reference),
        Column("name", _("Delegation"), lambda row: row.name),
        Column("city", _("City"), lambda row: row.city),
        Column("country", _("Country"), lambda row: country_name(row.country)),
        Column("role", _("Role"), lambda row: str(words.ROLES[row.role])),
        Column("named", _("People named"), lambda row: row.seats_named, numeric=True),
        Column("quota", _("Seats"), lambda row: row.quota, numeric=True),
        Column("state", _("State"), lambda row: str(words.STATES[row.state])),
        Column("contact_name", _("Head of delegation"), lambda row: row.contact_name),
        Column("contact_email", _("E-mail"), lambda row: row.contact_email),
        Column("contact_phone", _("Phone"), lambda row: row.contact_phone),
    ]


def export_kind() -> str | None:
    """Return which file of the list is wanted, if any; a role that may read need not be one that may take it away."""
    kind = wanted_export()
    if kind and not may(permissions.EXPORT):
        abort(404)
    return kind


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    show = request.args.get("show", "")
    query = lists.delegations_matching(g.event, request.args)
    if kind := export_kind():
        rows = paginate(query, per_page=100_000).rows
        return spreadsheets.download(kind, _("Delegations"), *table(columns(), rows))
    countries = [(code, country_name(code)) for code in lists.countries(g.event)]
    return render_template(
        "delegations/index.html",
        page=paginate(query),
        show=show,
        words=words,
        countries=sorted(countries, key=lambda pair: sort_key(pair[1])),
        totals=lists.totals(g.event),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    form = DelegationForm(data={"quota": 4, "role": "participant", "contact_language": "en"})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.add(g.event, {name: form[name].data for name in FACTS}, by=g.actor)
            done(_("The delegation is added. Its invitation is not sent yet: do that from its page."))
            return redirect(url_for("delegations.show", delegation_id=found.id))
    return render_template("delegations/form.html", form=form, delegation=None), form.status


@bp.get("/<int:delegation_id>")
@requires(permissions.READ)
def show(delegation_id: int) -> ResponseReturnValue:
    found = domain.with_seats(g.event, delegation_id)
    return render_template(
        "delegations/show.html",
        delegation=found,
        progress=registration.standing(g.event, found, hooks=g.hooks).progress,
        closes=domain.deadline(g.event, found),
        panels=panels.render(g.hooks.collect(hookspecs.delegation_panels, event=g.event, delegation=found)),
        history=history.lines(*lists.history(found)),
        words=words,
        possible=domain.possible(found),
    )


@bp.route("/<int:delegation_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(delegation_id: int) -> ResponseReturnValue:
    found = domain.delegation(g.event, delegation_id)
    form = DelegationForm(current=facts(found))
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            domain.change(g.event, found, form.changes_to(facts(found)), by=g.actor, hooks=g.hooks)
            done(_("The delegation is saved."))
            return redirect(url_for("delegations.show", delegation_id=delegation_id))
    return render_template("delegations/form.html", form=form, delegation=found), form.status


@bp.route("/<int:delegation_id>/<any(people, travel):stage>", methods=["GET", "POST"])
@requires(permissions.EDIT)
def seats(delegation_id: int, stage: str) -> ResponseReturnValue:
    """The same step that guests fill in, without its deadline."""
    own = StackForm()
    step = None
    if own.is_submitted():
        with own.refusals(), transaction():
            g.delegation = domain.locked_delegation(g.event, delegation_id)
            step = registration.build(g.event, g.delegation, stage, hooks=g.hooks, by=g.actor)
            step.stack.own = own
            domain.check_coming(g.delegation)
            if step.validate():
                saved = step.save()
                handing_on.tell_of_substitutions(g.event, g.delegation, saved.substituted, by=g.actor)
                tell_of(saved)
                done(_("Saved."))
                return redirect(url_for("delegations.show", delegation_id=delegation_id))
    g.delegation = domain.with_seats(g.event, delegation_id)
    if step is None:
        step = registration.build(g.event, g.delegation, stage, hooks=g.hooks, by=g.actor)
        step.stack.own = own
    return (
        render_template("delegations/seats.html", step=step, stack=step.stack, delegation=g.delegation),
        step.stack.status,
    )


def tell_of(saved: Saved) -> None:
    """Say what naming people led to that its author may not expect."""
    for left, came in saved.substituted:
        done(_("%(came)s takes the seat of %(left)s. Travel, needs and choices start empty.", came=came, left=left))
    for name, number in saved.moved:
        done(_("The seat had been given away meanwhile: %(name)s has seat %(number)s.", name=name, number=number))


@bp.post("/<int:delegation_id>/<any(invite, confirm, reopen, revoke):act>")
@requires(permissions.EDIT)
def move(delegation_id: int, act: str) -> ResponseReturnValue:
    form = Form()
    back = url_for("delegations.show", delegation_id=delegation_id)
    if form.validate():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            if act == "invite":
                domain.invite(g.event, found, by=g.actor)
                done(_("The invitation to %(email)s is on its way.", email=found.contact_email))
            elif act == "confirm":
                domain.confirm(g.event, found, by=g.actor, hooks=g.hooks)
                done(_("Confirmed; its head is told by mail.") if found.contact_email else _("Confirmed."))
            elif act == "reopen":
                domain.reopen(g.event, found, by=g.actor, hooks=g.hooks)
                done(_("The delegation can register again."))
            else:
                domain.revoke_links(found, by=g.actor)
                done(_("All its links are withdrawn. Send the invitation again to give a new one."))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/<int:delegation_id>/link")
@requires(permissions.EDIT)
def link(delegation_id: int) -> ResponseReturnValue:
    """Make a link and show it once, for those whom no mail reaches."""
    form = Form()
    back = url_for("delegations.show", delegation_id=delegation_id)
    found = domain.delegation(g.event, delegation_id)
    url = ""
    if form.validate():
        with form.refusals(), transaction():
            url = links.mint_url("delegation", found.id, g.event.id, found.contact_language)
            activity.record(g.actor, domain.LINK_SHOWN, found)
    if not url:
        return render_template("site/refused.html", form=form, back=back), 422
    return render_template("delegations/link.html", name=found.name, url=url, back=back)


@bp.route("/<int:delegation_id>/withdraw", methods=["GET", "POST"])
@requires(permissions.EDIT)
def withdraw(delegation_id: int) -> ResponseReturnValue:
    form = ReasonForm()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            domain.withdraw(g.event, found, form.reason.data, by=g.actor, hooks=g.hooks)
            done(_("The delegation is withdrawn."))
            return redirect(url_for("delegations.show", delegation_id=delegation_id))
    found = domain.with_seats(g.event, delegation_id)
    people = registration.people_of(found)
    return render_template("delegations/withdraw.html", form=form, delegation=found, people=people), form.status


@bp.post("/<int:delegation_id>/archive")
@requires(permissions.EDIT)
def archive(delegation_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            put_away = found.archived_at is None
            domain.set_archived(g.event, found, put_away, by=g.actor, hooks=g.hooks)
            undo = url_for("delegations.archive", delegation_id=delegation_id) if put_away else None
            done(_("The delegation is archived.") if put_away else _("The delegation is back."), undo=undo)
            return redirect(url_for("delegations.index"))
    back = url_for("delegations.show", delegation_id=delegation_id)
    return render_template("site/refused.html", form=form, back=back), 422


# --- people ---------------------------------------------------------------------------------------------------------


def people_columns() -> list[Column[Participant]]:
    def leg(person: Participant, direction: Direction) -> object:
        found = person.leg(direction)
        return found.at.astimezone(g.event.zone) if found and found.at else ""

    return [
        Column("name", _("Name"), lambda row: row.name),
        Column("function", _("Function"), lambda row: row.function),
        Column("delegation", _("Delegation"), lambda row: row.delegation.name),
        Column("country", _("Country"), lambda row: country_name(row.delegation.country)),
        Column("email", _("E-mail"), lambda row: row.email),
        Column("phone", _("Phone"), lambda row: row.phone),
        Column("languages", _("Languages understood"), lambda row: [language_name(code) for code in row.languages]),
        Column("arrival", _("Arrival"), lambda row: leg(row, Direction.ARRIVAL)),
        Column("departure", _("Departure"), lambda row: leg(row, Direction.DEPARTURE)),
        Column("state", _("State"), lambda row: str(words.PARTICIPANT_STATES[row.state])),
    ]


@bp.get("/people")
@requires(permissions.READ)
def people() -> ResponseReturnValue:
    query = lists.people_matching(g.event, request.args, hooks=g.hooks).options(domain.with_travel())
    if kind := export_kind():
        rows = paginate(query, per_page=100_000).rows
        return spreadsheets.download(kind, _("People"), *table(people_columns(), rows))
    return render_template(
        "delegations/people.html",
        page=paginate(query),
        words=words,
        delegations=lists.names(g.event),
        language_options=language_choices(),
    )


@bp.get("/people/<int:participant_id>")
@requires(permissions.READ)
def person(participant_id: int) -> ResponseReturnValue:
    found = domain.participant(g.event, participant_id)
    return render_template(
        "delegations/person.html",
        person=found,
        agenda=agenda.by_day(g.event, agenda.of(g.event, found, hooks=g.hooks)),
        panels=panels.render(g.hooks.collect(hookspecs.participant_panels, event=g.event, participant=found)),
        understood=format_list(language_name(code) for code in found.languages),
        history=history.lines(activity.history(found)),
        substitutions=lists.substitutions_of(found),
        fare_acts=[
            (state.value, words.FARE_ACTS[state]) for state in travel.NEXT_FARE_STATES.get(found.fare_state, ())
        ],
        words=words,
        expected=domain.is_expected(found),
    )


@bp.post("/people/<int:participant_id>/fare/<any(claimed, granted, refused, paid):state>")
@requires(permissions.EDIT)
def fare(participant_id: int, state: str) -> ResponseReturnValue:
    """Decide on what somebody asks back of their journey."""
    form = Form()
    back = url_for("delegations.person", participant_id=participant_id)
    if form.validate():
        with form.refusals(), transaction():
            found = locked(Participant, participant_id, event_id=g.event.id)
            travel.decide_fare(g.event, found, FareState(state), by=g.actor, hooks=g.hooks)
            done(_("Saved."))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/people/<int:participant_id>/link")
@requires(permissions.EDIT)
def person_link(participant_id: int) -> ResponseReturnValue:
    form = Form()
    back = url_for("delegations.person", participant_id=participant_id)
    found = domain.participant(g.event, participant_id)
    url = ""
    if form.validate() and domain.is_expected(found):
        with form.refusals(), transaction():
            spoken = found.document_language or found.delegation.contact_language
            url = links.mint_url("participant", found.id, g.event.id, spoken)
            activity.record(g.actor, domain.LINK_SHOWN, found)
    if not url:
        return render_template("site/refused.html", form=form, back=back), 422
    return render_template("delegations/link.html", name=found.name, url=url, back=back)
