"""The organisers' registration desk: delegations, their pages, and the people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

import sqlalchemy as sa
from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import activity, hookspecs, spreadsheets
from eventhub.access import links
from eventhub.access.gate import may
from eventhub.access.permissions import requires
from eventhub.db import locked, transaction
from eventhub.delegations import (
    agenda,
    columns,
    domain,
    handing_on,
    history,
    lists,
    matching,
    permissions,
    registration,
    saved,
    travel,
    words,
)
from eventhub.delegations import stages as of_stages
from eventhub.delegations.bulk import ACTS
from eventhub.delegations.forms import DelegationForm, ReasonForm
from eventhub.delegations.matching import DELEGATION_ORDERS, PEOPLE_ORDERS, STAGE_GAPS, UNKNOWN
from eventhub.delegations.models import Delegation, FareState, Participant
from eventhub.delegations.seats import Saved
from eventhub.i18n import capital, country_name, format_day, format_list, language_choices, language_name, sort_key
from eventhub.i18n import gettext as _
from eventhub.site.flash import done
from eventhub.web import panels
from eventhub.web.forms import Form, StackForm
from eventhub.web.lists import Chosen, batches, chosen, kept_arguments, paginate, total_of, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("delegations", __name__, Audience.ORGANISERS)

T = TypeVar("T")
DELEGATIONS_A_PAGE = 25  # their rows say what is missing, in words
FACTS = "name city country role quota contact_name contact_email contact_phone contact_language closes_at note".split()


def facts(found: Delegation) -> dict[str, object]:
    return {name: getattr(found, name) for name in FACTS}


def export_kind() -> str | None:
    """Return which file of the list is wanted, if any; a role that may read need not be one that may take it away."""
    kind = wanted_export()
    if kind and not may(permissions.EXPORT):
        abort(404)
    return kind


def export(kind: str, what: str, title: str, query: sa.Select[T], picked: Chosen[T]) -> ResponseReturnValue:
    """Send the rows of the list with the columns that it shows, and write into the journal that they were taken."""
    rows = total_of(query)
    keys = [column.key for column in picked.columns]
    with transaction():
        lists.note_export(g.event, what, kept_arguments(), keys, rows, by=g.actor)
    headings = [str(column.label) for column in picked.columns]
    return spreadsheets.download(kind, title, headings, picked.cells(batches(query)))


def is_filtered() -> bool:
    return bool(kept_arguments("page", "sort", "column", "show", "format"))


def asked() -> dict[str, list[str]]:
    """Return the filters, columns and order of the address, for a form that keeps them; {} when there are none."""
    return dict(kept_arguments("page", "format")) if kept_arguments("page", "format", "show") else {}


def stages() -> list[tuple[str, str]]:
    """Return the steps whose gaps the lists can find."""
    titles = of_stages.titles()
    return [(stage, titles[stage]) for stage in STAGE_GAPS]


def by_name(countries: Iterable[str]) -> list[tuple[str, str]]:
    return sorted(((code, country_name(code)) for code in countries), key=lambda pair: sort_key(pair[1]))


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    query = lists.delegations_matching(g.event, request.args)
    picked = chosen(columns.of_delegations(g.event))
    if kind := export_kind():
        return export(kind, "delegations", _("Delegations"), query, picked)
    page = paginate(query, per_page=DELEGATIONS_A_PAGE)
    picked.prepare(page.rows)
    used = lists.in_use(g.event)
    return render_template(
        "delegations/index.html",
        page=page,
        picked=picked,
        heads=picked.heads(DELEGATION_ORDERS, "name"),
        filtered=is_filtered(),
        show=request.args.get("show", ""),
        words=words,
        acts=ACTS,
        asked=asked(),
        listed=dict(kept_arguments("page", "format", "column")),
        saved=saved.of(g.event, "delegations", by=g.actor),
        stages=stages(),
        countries=by_name(used.countries),
        totals=(used.named, used.seats),
        spoken=[(code, capital(language_name(code))) for code in g.event.languages],
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


@bp.get("/people")
@requires(permissions.READ)
def people() -> ResponseReturnValue:
    query = lists.lines_of(lists.people_matching(g.event, request.args, hooks=g.hooks))
    added = matching.columns_of_plugins(g.event, g.hooks)
    picked = chosen(columns.of_people(g.event, added))
    if kind := export_kind():
        return export(kind, "people", _("People"), query, picked)
    page = paginate(query)
    picked.prepare(page.rows)
    used = lists.in_use(g.event)
    return render_template(
        "delegations/people.html",
        page=page,
        picked=picked,
        heads=picked.heads(PEOPLE_ORDERS, "name"),
        filtered=is_filtered(),
        added=added,
        words=words,
        asked=asked(),
        saved=saved.of(g.event, "people", by=g.actor),
        stages=stages(),
        days=arrival_days(),
        countries=by_name(used.countries),
        delegations=used.names,
        language_options=language_choices(),
    )


def arrival_days() -> list[tuple[str, str]]:
    """Return the days on which people arrive: from two days before the event to its end, or not known."""
    first = g.event.starts_on - timedelta(days=2)
    days = [first + timedelta(days=n) for n in range((g.event.ends_on - first).days + 1)][:31]
    return [*((day.isoformat(), capital(format_day(day, "EEE d MMM"))) for day in days), (UNKNOWN, _("Not known yet"))]


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
