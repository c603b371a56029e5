"""The organisers' registration desk: delegations, their pages, and the people."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import activity, hookspecs, spreadsheets
from eventhub.access import links
from eventhub.access.permissions import requires
from eventhub.db import locked, transaction
from eventhub.delegations import domain, permissions, registration, words
from eventhub.delegations.contributions import COMPLETE
from eventhub.delegations.forms import DelegationForm, ReasonForm
from eventhub.delegations.models import Delegation, Participant, TravelLeg
from eventhub.i18n import country_name, format_moment
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web.forms import Form, StackForm
from eventhub.web.lists import Column, paginate, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("delegations", __name__, Audience.ORGANISERS)

FACTS = (
    "name city country role quota contact_name contact_email contact_phone contact_language closes_at note".split()
)


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


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    show = request.args.get("show", "")
    query = domain.list_query(
        g.event,
        search=request.args.get("q", ""),
        state=request.args.get("state", ""),
        country=request.args.get("country", ""),
        archived=show == "archived",
    )
    if show == "incomplete":
        query = query.where(Delegation.state.not_in(COMPLETE | domain.ABSENT))
    if kind := wanted_export():
        rows = paginate(query, per_page=100_000).rows
        return spreadsheets.download(kind, _("Delegations"), *table(columns(), rows))
    return render_template("delegations/index.html", page=paginate(query), show=show, words=words)


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
        progress=progress_of(found),
        closes=domain.deadline(g.event, found),
        history=activity.history(found),
        words=words,
        absent=found.state in domain.ABSENT,
    )


def progress_of(found: Delegation) -> domain.Completeness:
    people = [seat.participant for seat in found.seats if seat.participant is not None]
    return domain.completeness(
        found, registration.plugin_sections(g.event, people, hooks=g.hooks, own=False)
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
            found = domain.locked_delegation(g.event, delegation_id)
            g.delegation = found
            step = registration.build(g.event, found, stage, hooks=g.hooks, by=g.actor)
            step.stack.own = own
            if step.stack.validate():
                step.save(g.actor)
                done(_("Saved."))
                return redirect(url_for("delegations.show", delegation_id=delegation_id))
    if step is None:
        g.delegation = domain.with_seats(g.event, delegation_id)
        step = registration.build(g.event, g.delegation, stage, hooks=g.hooks, by=g.actor)
        step.stack.own = own
    return (
        render_template("delegations/seats.html", step=step, delegation=g.delegation, titles=registration.stage_titles()),
        step.stack.status,
    )


@bp.post("/<int:delegation_id>/<any(invite, confirm, reopen, revoke):act>")
@requires(permissions.EDIT)
def move(delegation_id: int, act: str) -> ResponseReturnValue:
    form = Form()
    back = url_for("delegations.show", delegation_id=delegation_id)
    if form.validate():
        with form.refusals(), transaction():
            found = locked(Delegation, delegation_id, event_id=g.event.id)
            if act == "invite":
                domain.invite(g.event, found, by=g.actor)
                done(_("The invitation to %(email)s is on its way.", email=found.contact_email))
            elif act == "confirm":
                domain.confirm(g.event, found, by=g.actor)
                done(_("Confirmed; its head is told by mail."))
            elif act == "reopen":
                domain.reopen(g.event, found, by=g.actor)
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
    found = domain.delegation(g.event, delegation_id)
    url = ""
    if form.validate():
        with form.refusals(), transaction():
            url = links.mint_url("delegation", found.id, g.event.id, found.contact_language)
            activity.record(g.actor, domain.INVITED, found, {"link": [None, "shown"]})
    return render_template("delegations/link.html", form=form, delegation=found, url=url), form.status


@bp.route("/<int:delegation_id>/withdraw", methods=["GET", "POST"])
@requires(permissions.EDIT)
def withdraw(delegation_id: int) -> ResponseReturnValue:
    found = domain.with_seats(g.event, delegation_id)
    form = ReasonForm()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.locked_delegation(g.event, delegation_id)
            domain.withdraw(g.event, found, form.reason.data, by=g.actor)
            done(_("The delegation is withdrawn."))
            return redirect(url_for("delegations.show", delegation_id=delegation_id))
    return render_template("delegations/withdraw.html", form=form, delegation=found), form.status


@bp.post("/<int:delegation_id>/archive")
@requires(permissions.EDIT)
def archive(delegation_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with transaction():
            found = locked(Delegation, delegation_id, event_id=g.event.id)
            put_away = found.archived_at is None
            domain.set_archived(found, put_away, by=g.actor)
        undo = url_for("delegations.archive", delegation_id=delegation_id) if put_away else None
        done(_("The delegation is archived.") if put_away else _("The delegation is back."), undo=undo)
    return redirect(url_for("delegations.index"))


# --- people ---------------------------------------------------------------------------------------------------------


def people_columns() -> list[Column[Participant]]:
    def leg(person: Participant, direction: str) -> str:
        found: TravelLeg | None = next((leg for leg in person.legs if leg.direction == direction), None)
        return format_moment(found.at, g.event.zone) if found and found.at else ""

    return [
        Column("name", _("Name"), lambda row: row.name),
        Column("function", _("Function"), lambda row: row.function),
        Column("delegation", _("Delegation"), lambda row: row.delegation.name),
        Column("country", _("Country"), lambda row: country_name(row.delegation.country)),
        Column("email", _("E-mail"), lambda row: row.email),
        Column("phone", _("Phone"), lambda row: row.phone),
        Column("languages", _("Languages understood"), lambda row: row.languages),
        Column("arrival", _("Arrival"), lambda row: leg(row, "arrival")),
        Column("departure", _("Departure"), lambda row: leg(row, "departure")),
        Column("state", _("State"), lambda row: str(words.PARTICIPANT_STATES[row.state])),
    ]


@bp.get("/people")
@requires(permissions.READ)
def people() -> ResponseReturnValue:
    query = domain.people_query(
        g.event,
        search=request.args.get("q", ""),
        delegation_id=request.args.get("delegation", type=int),
        language=request.args.get("language", ""),
    )
    if kind := wanted_export():
        query = query.options(domain.with_travel())
        rows = paginate(query, per_page=100_000).rows
        return spreadsheets.download(kind, _("People"), *table(people_columns(), rows))
    return render_template("delegations/people.html", page=paginate(query), words=words)


@bp.get("/people/<int:participant_id>")
@requires(permissions.READ)
def person(participant_id: int) -> ResponseReturnValue:
    found = domain.participant(g.event, participant_id)
    return render_template(
        "delegations/person.html",
        person=found,
        agenda=g.hooks.collect(hookspecs.agenda_items, event=g.event, audience=found),
        panels=g.hooks.collect(hookspecs.participant_panels, event=g.event, participant=found),
        history=activity.history(found),
        words=words,
    )


@bp.post("/people/<int:participant_id>/link")
@requires(permissions.EDIT)
def person_link(participant_id: int) -> ResponseReturnValue:
    form = Form()
    found = domain.participant(g.event, participant_id)
    url = ""
    if form.validate():
        with form.refusals(), transaction():
            url = links.mint_url("participant", found.id, g.event.id, found.document_language or "en")
            activity.record(g.actor, domain.INVITED, found, {"link": [None, "shown"]})
    return render_template("delegations/link.html", form=form, delegation=found.delegation, url=url), form.status
