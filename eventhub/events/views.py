"""Organisers' pages: their events, the overview, settings, state, copy, plugins."""

from __future__ import annotations

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import activity, spreadsheets
from eventhub.access.permissions import requires
from eventhub.db import locked, transaction
from eventhub.events import domain, permissions, programme, truth, words
from eventhub.events.forms import CopyForm, NewEventForm, SettingsForm, WaiverForm
from eventhub.events.models import Event, EventState
from eventhub.i18n import gettext as _
from eventhub.i18n import language
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.lists import Column, paginate, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("events", __name__, Audience.SITE, path="manage")
manage = pages("events_manage", __name__, Audience.ORGANISERS, path="")

FACTS = tuple(
    "title summary slug starts_on ends_on time_zone country subdivision city host co_organisers languages "
    "funding_sentence registration_closes_at grace_minutes planning_rate budget_net reply_to mail_sender".split()
)


def facts(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in FACTS}


def columns() -> list[Column[Event]]:
    return [
        Column("title", _("Event"), lambda event: event.title.label(language())),
        Column("starts_on", _("First day"), lambda event: event.starts_on),
        Column("ends_on", _("Last day"), lambda event: event.ends_on),
        Column("city", _("City"), lambda event: event.city),
        Column("state", _("State"), lambda event: str(words.EVENT_STATES[event.state])),
    ]


@bp.get("/")
@requires(permissions.LIST)
def home() -> ResponseReturnValue:
    archived, search = request.args.get("show") == "archived", request.args.get("q", "").strip()
    query = domain.events_of(g.user, archived=archived, search=search)
    if kind := wanted_export():
        return spreadsheets.download(kind, _("Events"), *table(columns(), paginate(query, per_page=10_000).rows))
    page = paginate(query)
    owned = domain.owned(g.user, page.rows)
    return render_template("events/home.html", page=page, archived=archived, search=search, owned=owned, words=words)


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.CREATE)
def create() -> ResponseReturnValue:
    form = NewEventForm(data={"languages": ["fr", "en"], "source_language": language()})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            event = domain.create(
                title=form.title.data,
                slug=form.slug.data or "",
                starts_on=form.starts_on.data,
                ends_on=form.ends_on.data,
                languages=form.ordered_languages(),
                city=form.city.data,
                by=g.user,
                plugins=[c.name for c in g.hooks.hub.plugins() if c.active],
            )
            done(_("The event is created, as a draft that only you see."))
            return redirect(url_for("events_manage.overview", event=event.slug))
    return render_template("events/new.html", form=form), form.status


@manage.get("/")
@requires(permissions.READ)
def overview() -> ResponseReturnValue:
    items = programme.items(g.event)
    return render_template(
        "events/overview.html",
        truth=truth.of(g.event, g.hooks),
        severities=truth.SEVERITIES,
        tones=truth.TONES,
        days=programme.grid(g.event, items, lambda item: url_for("events_programme.item", item_id=item.id)),
        words=words,
    )


@manage.route("/settings", methods=["GET", "POST"])
@requires(permissions.SETTINGS)
def settings() -> ResponseReturnValue:
    form = SettingsForm(current=facts(g.event), languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            event = locked(Event, g.event.id)
            domain.change(event, form.changes_to(facts(event)), by=g.actor, hooks=g.hooks)
            done(_("The settings are saved."))
            return redirect(url_for("events_manage.settings", event=event.slug))
    return (
        render_template(
            "events/settings.html",
            form=form,
            words=words,
            next_states=domain.NEXT_STATES[g.event.state],
            entries=activity.history(g.event, limit=30),
            labels={field.short_name: field.label.text for field in form},
        ),
        form.status,
    )


@manage.post("/state/<state>")
@requires(permissions.SETTINGS)
def change_state(state: str) -> ResponseReturnValue:
    form = Form()
    if form.validate() and state in set(EventState):
        with form.refusals(), transaction():
            domain.change_state(locked(Event, g.event.id), EventState(state), by=g.actor, hooks=g.hooks)
            done(_("The state of the event is changed."))
            return redirect(url_for("events_manage.settings"))
    return render_template("site/refused.html", form=form, back=url_for("events_manage.settings")), 422


@manage.route("/copy", methods=["GET", "POST"])
@requires(permissions.SETTINGS)
def copy() -> ResponseReturnValue:
    form = CopyForm(languages=g.event.languages)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            source = locked(Event, g.event.id)
            target = domain.copy(
                source,
                title=form.title.data,
                slug=form.slug.data or "",
                starts_on=form.starts_on.data,
                by=g.user,
                hooks=g.hooks,
            )
            done(_("The copy is ready: settings, venues, programme and catalogues, without anybody's data."))
            return redirect(url_for("events_manage.overview", event=target.slug))
    return render_template("events/copy.html", form=form), form.status


@manage.route("/archive", methods=["GET", "POST"])
@requires(permissions.SETTINGS)
def archive() -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            event = locked(Event, g.event.id)
            if event.archived_at is None:
                domain.archive(event, by=g.actor)
                done(
                    _("The event is archived. Nothing is lost."),
                    undo=url_for("events_manage.archive", event=event.slug),
                )
                return redirect(url_for("events.home"))
            domain.restore(event, by=g.actor)
            done(_("The event is back."))
            return redirect(url_for("events_manage.settings", event=event.slug))
    return render_template("events/archive.html", form=form), form.status


@manage.route("/plugins", methods=["GET", "POST"])
@requires(permissions.SETTINGS)
def plugins() -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        wanted = set(request.form.getlist("plugins"))
        with form.refusals(), transaction():
            event = locked(Event, g.event.id)
            for component in g.hooks.hub.plugins():
                if component.active:
                    domain.switch_plugin(event, component.name, component.name in wanted, by=g.actor)
            done(_("Saved. Data of plugins that were switched off stay where they are."))
            return redirect(url_for("events_manage.plugins"))
    inventory = g.hooks.hub.plugins()
    return render_template("events/plugins.html", form=form, inventory=inventory, enabled=g.hooks.names), form.status


@manage.route("/waive/<rule>/<subject>", methods=["GET", "POST"])
@requires(permissions.WAIVE)
def waive(rule: str, subject: str) -> ResponseReturnValue:
    check = next(
        (check for check in truth.of(g.event, g.hooks).checks if (check.rule, check.subject) == (rule, subject)), None
    )
    if check is None:
        done(_("This check no longer finds anything."))
        return redirect(url_for("events_manage.overview"))
    form = WaiverForm()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            truth.waive(g.event, rule, subject, form.reason.data, by=g.actor)
            done(_("Waived. It stays listed under the checks, with your reason."))
            return redirect(url_for("events_manage.overview"))
    return (
        render_template("events/waive.html", form=form, check=check, severities=truth.SEVERITIES, tones=truth.TONES),
        form.status,
    )


@manage.post("/waivers/<int:waiver_id>/take-back")
@requires(permissions.WAIVE)
def take_back_waiver(waiver_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with transaction():
            truth.take_back(g.event, waiver_id, by=g.actor)
        done(_("The check counts again."))
    return redirect(url_for("events_manage.overview"))
