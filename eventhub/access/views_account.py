"""One's own account: name and language, second factor, passkeys; and signing in by passkey or identity provider."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, abort, current_app, g, jsonify, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_security.utils import login_user, logout_user

from eventhub.access import oidc, passkeys
from eventhub.access.forms import AccountForm
from eventhub.access.models import Passkey
from eventhub.access.permissions import OWN_ACCOUNT, SIGN_IN, requires
from eventhub.activity import Verb, edited
from eventhub.db import get, transaction
from eventhub.errors import Refused
from eventhub.i18n import gettext as _
from eventhub.i18n import lazy_gettext as _l
from eventhub.site.flash import done
from eventhub.web.forms import Form
from eventhub.web.pages import Audience, pages

bp = pages("access_account", __name__, Audience.SITE, path="account")
CHANGED = Verb("access:account_changed", _l("Account changed"))


@bp.route("/", methods=["GET", "POST"])
@requires(OWN_ACCOUNT)
def show() -> ResponseReturnValue:
    form = AccountForm(data={"name": g.user.name, "language": g.user.language})
    if form.validate_on_submit():
        with form.refusals(), transaction():
            g.user.name, g.user.language = form.name.data or "", form.language.data
            edited(g.actor, CHANGED, g.user)
            done(_("Your account is saved."))
            return redirect(url_for("access_account.show"))
    keys = passkeys.of(g.user)
    return render_template("access/account.html", form=form, passkeys=keys), form.status


# --- passkeys -------------------------------------------------------------------------------------------------------


def _ask(options: tuple[str, bytes]) -> Response:
    """Send the browser what it needs, and keep the challenge on the server: it answers one request."""
    text, challenge = options
    browser["passkey_challenge"] = base64.b64encode(challenge).decode()
    return Response(text, content_type="application/json")


def _challenge() -> bytes:
    kept = browser.pop("passkey_challenge", None)
    if kept is None:
        raise passkeys.PasskeyRefused
    return base64.b64decode(kept)


def _answer() -> Any:
    return request.get_json(silent=True)


@bp.post("/passkeys/options")
@requires(OWN_ACCOUNT)
def passkey_options() -> ResponseReturnValue:
    return _ask(passkeys.registration_options(g.user))


@bp.post("/passkeys")
@requires(OWN_ACCOUNT)
def add_passkey() -> ResponseReturnValue:
    answer = _answer()
    name = str(answer.get("name") or "") if isinstance(answer, dict) else ""
    try:
        with transaction():
            passkeys.register(g.user, name.strip()[:100] or _("Passkey"), answer.get("made"), _challenge())
    except (Refused, AttributeError) as refusal:
        return jsonify(message=str(refusal) if isinstance(refusal, Refused) else _("This is not a passkey.")), 422
    done(_("The passkey is added: it signs you in without a password."))
    return jsonify(to=url_for("access_account.show"))


@bp.route("/passkeys/<int:passkey_id>/remove", methods=["GET", "POST"])
@requires(OWN_ACCOUNT)
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    key, form = get(Passkey, passkey_id, user_id=g.user.id), Form()
    if form.validate_on_submit():
        with form.refusals(), transaction():
            passkeys.remove(g.user, passkey_id)
            done(_("The passkey is removed."))
            return redirect(url_for("access_account.show"))
    return render_template("access/remove_passkey.html", form=form, passkey=key), form.status


@bp.post("/passkey/options")
@requires(SIGN_IN)
def sign_in_options() -> ResponseReturnValue:
    return _ask(passkeys.authentication_options())


@bp.post("/passkey")
@requires(SIGN_IN)
def sign_in() -> ResponseReturnValue:
    try:
        with transaction():
            user = passkeys.authenticate(_answer(), _challenge())
    except Refused as refusal:
        return jsonify(message=str(refusal)), 422
    login_user(user, authn_via=["webauthn"])
    return jsonify(to=url_for("events.home"))


# --- identity provider ----------------------------------------------------------------------------------------------


def _provider() -> Any:
    if not oidc.configured():
        abort(404)
    return oidc.client()


def _back(endpoint: str) -> str:
    """Return our address for the provider, in one language: it is registered there once."""
    return f"{current_app.config['BASE_URL'].rstrip('/')}{url_for(endpoint, lang='fr')}"


@bp.get("/elsewhere")
@requires(SIGN_IN)
def elsewhere() -> ResponseReturnValue:
    client = _provider()
    browser["oidc_language"] = g.language
    try:
        answer: ResponseReturnValue = client.authorize_redirect(_back("access_account.come_back"))
    except OSError:  # what requests raises when the provider cannot be reached
        return _not_in(oidc.ProviderFailed(title=oidc.title()), 502)
    return answer


@bp.get("/elsewhere/back")
@requires(SIGN_IN)
def come_back() -> ResponseReturnValue:
    _provider()
    g.language = browser.pop("oidc_language", g.language)
    try:
        claims, id_token = oidc.claims_of_answer()
        with transaction():
            user = oidc.account_of(claims)
    except Refused as refusal:
        return _not_in(refusal, 403)
    login_user(user, authn_via=["oidc"])
    browser["oidc_id_token"] = id_token
    return redirect(url_for("events.home"))


def _not_in(refusal: Refused, status: int) -> ResponseReturnValue:
    return render_template("access/closed_door.html", message=str(refusal), organiser=True), status


@bp.post("/sign-out")
@requires(SIGN_IN)
def sign_out() -> ResponseReturnValue:
    """Sign out here; who came from an identity provider is shown the way to sign out there."""
    id_token = browser.get("oidc_id_token")
    logout_user()
    if not id_token or not oidc.configured():
        return redirect(url_for("site.front"))
    there = oidc.sign_out_address(id_token, _back("site.front"))
    return render_template("access/signed_out.html", there=there, title=oidc.title())
