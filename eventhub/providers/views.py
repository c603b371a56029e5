"""Organisers' pages of providers and orders."""

from __future__ import annotations

from datetime import datetime, time

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from eventhub import activity, hookspecs, spreadsheets
from eventhub.access.permissions import requires
from eventhub.contributions import ProviderKind
from eventhub.db import locked, transaction
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.providers import domain, permissions, words
from eventhub.providers.forms import OrderForm, ProviderForm
from eventhub.providers.models import Order, OrderState, Provider
from eventhub.site.flash import done
from eventhub.web import panels
from eventhub.web.context import history_lines
from eventhub.web.forms import Form, labels_of
from eventhub.web.lists import Column, paginate, table, wanted_export
from eventhub.web.pages import Audience, pages

bp = pages("providers", __name__, Audience.ORGANISERS)

FACTS = (
    "name kinds contact_name email phone language state terms cutoff_n cutoff_unit cutoff_hour max_decrease "
    "max_increase in_percent minimum_invoiced".split()
)
ORDER_FACTS = "title kind needed_by choice_note engagement_number reserve invoice_reference invoice_due".split()

LABELS = labels_of(ProviderForm) | {"archived_at": _l("Archived"), "sort_key": _l("Sorted as")}
ORDER_LABELS = labels_of(OrderForm) | {"archived_at": _l("Archived"), "lines": _l("Lines"), "state": _l("State")}


def facts(found: Provider) -> dict[str, object]:
    return {name: getattr(found, name) for name in FACTS}


def order_facts(found: Order) -> dict[str, object]:
    return {name: getattr(found, name) for name in ORDER_FACTS}


def kinds_in_words(found: Provider) -> list[str]:
    known = g.hooks.hub.provider_kinds
    return [str(known[code].title) if code in known else code for code in found.kinds]


def kinds() -> list[ProviderKind]:
    return sorted(g.hooks.hub.provider_kinds.values(), key=lambda kind: kind.order)


def columns() -> list[Column[Provider]]:
    return [
        Column("name", _("Provider"), lambda row: row.name),
        Column("kinds", _("Supplies"), kinds_in_words),
        Column("contact", _("Contact"), lambda row: row.contact_name),
        Column("email", _("E-mail"), lambda row: row.email),
        Column("phone", _("Phone"), lambda row: row.phone),
        Column("state", _("State"), lambda row: str(words.STATES[row.state])),
        Column("net", _("Ordered, net"), lambda row: domain.spent(row.orders) / 100, numeric=True),
    ]


def order_columns() -> list[Column[Order]]:
    return [
        Column("number", _("Number"), lambda row: row.number, numeric=True),
        Column("provider", _("Provider"), lambda row: row.provider.name),
        Column("title", _("Title"), lambda row: row.title),
        Column("state", _("State"), lambda row: str(words.ORDER_STATES[row.state])),
        Column("engagement", _("Engagement number"), lambda row: row.engagement_number),
        Column("net", _("Net"), lambda row: row.net / 100, numeric=True),
        Column("vat", _("VAT"), lambda row: row.vat / 100, numeric=True),
        Column("gross", _("Gross"), lambda row: row.gross / 100, numeric=True),
    ]


@bp.get("/")
@requires(permissions.READ)
def index() -> ResponseReturnValue:
    query = domain.list_query(
        g.event,
        search=request.args.get("q", ""),
        kind=request.args.get("kind", ""),
        state=request.args.get("state", ""),
        archived=request.args.get("show") == "archived",
    )
    if kind := wanted_export():
        return spreadsheets.download(kind, _("Providers"), *table(columns(), paginate(query, per_page=100_000).rows))
    return render_template(
        "providers/index.html",
        page=paginate(query),
        words=words,
        spent=domain.spent,
        kinds_in_words=kinds_in_words,
        kinds=kinds(),
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create() -> ResponseReturnValue:
    form = ProviderForm(data={"state": "active", "language": "fr"})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.add(g.event, {name: form[name].data for name in FACTS}, by=g.actor)
            done(_("The provider is saved."))
            return redirect(url_for("providers.show", provider_id=found.id))
    return render_template("providers/form.html", form=form, provider=None), form.status


@bp.get("/<int:provider_id>")
@requires(permissions.READ)
def show(provider_id: int) -> ResponseReturnValue:
    found = domain.with_orders(g.event, provider_id)
    rule = domain.policy(found)
    said = {"state": words.STATES, "cutoff_unit": words.UNITS, "kinds": {kind.code: kind.title for kind in kinds()}}
    noon = datetime.combine(g.event.starts_on, time(12), g.event.zone)
    return render_template(
        "providers/show.html",
        provider=found,
        orders=[order for order in found.orders if order.archived_at is None],
        policy=rule,
        noon=noon,
        final=domain.cutoff(g.event, rule, noon) if rule else None,
        kinds=kinds_in_words(found),
        panels=panels.render(g.hooks.collect(hookspecs.provider_panels, event=g.event, provider=found)),
        history=history_lines(activity.history(found), LABELS, said),
        words=words,
    )


@bp.route("/<int:provider_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit(provider_id: int) -> ResponseReturnValue:
    found = domain.provider(g.event, provider_id)
    form = ProviderForm(current=facts(found))
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = locked(Provider, provider_id, event_id=g.event.id)
            domain.change(g.event, found, form.changes_to(facts(found)), by=g.actor, hooks=g.hooks)
            done(_("The provider is saved."))
            return redirect(url_for("providers.show", provider_id=provider_id))
    return render_template("providers/form.html", form=form, provider=found), form.status


@bp.post("/<int:provider_id>/archive")
@requires(permissions.EDIT)
def archive(provider_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            found = locked(Provider, provider_id, event_id=g.event.id)
            put_away = found.archived_at is None
            domain.set_archived(g.event, found, put_away, by=g.actor, hooks=g.hooks)
            undo = url_for("providers.archive", provider_id=provider_id) if put_away else None
            done(_("The provider is archived.") if put_away else _("The provider is back."), undo=undo)
            return redirect(url_for("providers.index"))
    back = url_for("providers.show", provider_id=provider_id)
    return render_template("site/refused.html", form=form, back=back), 422


# --- orders ---------------------------------------------------------------------------------------------------------


@bp.get("/orders")
@requires(permissions.READ)
def orders() -> ResponseReturnValue:
    query = domain.orders_query(
        g.event,
        search=request.args.get("q", ""),
        state=request.args.get("state", ""),
        kind=request.args.get("kind", ""),
        archived=request.args.get("show") == "archived",
    )
    if kind := wanted_export():
        return spreadsheets.download(kind, _("Orders"), *table(order_columns(), paginate(query, per_page=100_000).rows))
    return render_template(
        "providers/orders.html", page=paginate(query), words=words, kinds=kinds(), ordered=domain.ordered_net(g.event)
    )


@bp.route("/<int:provider_id>/orders/new", methods=["GET", "POST"])
@requires(permissions.EDIT)
def create_order(provider_id: int) -> ResponseReturnValue:
    found = domain.provider(g.event, provider_id)
    form = OrderForm(data={"kind": found.kinds[0] if found.kinds else ""})
    if wants_more_lines(form):
        return render_template("providers/order_form.html", form=form, words=words, provider=found, order=None)
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = locked(Provider, provider_id, event_id=g.event.id)
            given = {name: form[name].data for name in ORDER_FACTS}
            order = domain.add_order(g.event, found, given, form.given_lines(), by=g.actor)
            done(_("The quote is noted as asked for."))
            return redirect(url_for("providers.order", order_id=order.id))
    return render_template("providers/order_form.html", form=form, words=words, provider=found, order=None), form.status


def wants_more_lines(form: OrderForm) -> bool:
    """Add empty lines where a button asks for them; nothing is saved or checked then."""
    wanted = request.method == "POST" and "more" in request.form
    if wanted:
        form.add_empty_lines()
    return wanted


@bp.get("/orders/<int:order_id>")
@requires(permissions.READ)
def order(order_id: int) -> ResponseReturnValue:
    found = domain.order(g.event, order_id)
    return render_template(
        "providers/order.html",
        order=found,
        steps=domain.next_steps(found),
        kinds={kind.code: kind.title for kind in kinds()},
        history=history_lines(activity.history(found), ORDER_LABELS, {"state": words.ORDER_STATES}),
        words=words,
    )


@bp.route("/orders/<int:order_id>/edit", methods=["GET", "POST"])
@requires(permissions.EDIT)
def edit_order(order_id: int) -> ResponseReturnValue:
    found = domain.order(g.event, order_id)
    form = OrderForm(current=order_facts(found))
    if not form.is_submitted():
        form.show_lines(domain.lines_of(found))
    if wants_more_lines(form):
        return render_template(
            "providers/order_form.html", form=form, words=words, provider=found.provider, order=found
        )
    if form.validate_on_submit():
        with form.refusals(), transaction():
            found = domain.order_for_change(g.event, order_id)
            lines = form.changed_lines(domain.lines_of(found))
            domain.change_order(g.event, found, form.changes_to(order_facts(found)), lines, by=g.actor)
            done(_("The purchase order is saved."))
            return redirect(url_for("providers.order", order_id=order_id))
    return render_template(
        "providers/order_form.html", form=form, words=words, provider=found.provider, order=found
    ), form.status


@bp.post("/orders/<int:order_id>/state/<state>")
@requires(permissions.EDIT)
def move_order(order_id: int, state: str) -> ResponseReturnValue:
    form = Form()
    back = url_for("providers.order", order_id=order_id)
    if form.validate() and state in set(OrderState):
        with form.refusals(), transaction():
            found = domain.order_for_change(g.event, order_id)
            domain.move_order(g.event, found, OrderState(state), by=g.actor, hooks=g.hooks)
            done(_("The state of the order is changed."))
            return redirect(back)
    return render_template("site/refused.html", form=form, back=back), 422


@bp.post("/orders/<int:order_id>/archive")
@requires(permissions.EDIT)
def archive_order(order_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate():
        with form.refusals(), transaction():
            found = domain.order_for_change(g.event, order_id)
            put_away = found.archived_at is None
            domain.set_archived(g.event, found, put_away, by=g.actor, hooks=g.hooks)
            undo = url_for("providers.archive_order", order_id=order_id) if put_away else None
            done(_("The order is archived.") if put_away else _("The order is back."), undo=undo)
            return redirect(url_for("providers.orders"))
    back = url_for("providers.order", order_id=order_id)
    return render_template("site/refused.html", form=form, back=back), 422
