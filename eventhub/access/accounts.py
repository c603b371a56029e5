"""Organisers' accounts by Flask-Security: passwords (argon2), sign-in, reset; its mails go through the outbox."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

import sqlalchemy as sa
from flask import Flask, g, redirect, request, url_for
from flask_security import MailUtil, Security, SQLAlchemyUserDatastore
from flask_security.utils import hash_password
from werkzeug.wrappers import Response

from eventhub import activity, outbox
from eventhub.access import account_forms, oidc
from eventhub.access.models import ADMINISTRATOR, EventMembership, EventRole, Passkey, SiteRole, User
from eventhub.access.permissions import OWN_ACCOUNT, SIGN_IN
from eventhub.activity import SYSTEM, Verb
from eventhub.db import db, session, transaction
from eventhub.i18n import LANGUAGES
from eventhub.i18n import lazy_gettext as _l

SECOND_FACTOR_RESET = Verb("access:second_factor_reset", _l("Second factor reset by an administrator"))

ENDPOINTS = {
    "security.login": SIGN_IN,
    "security.logout": SIGN_IN,
    "security.verify": SIGN_IN,
    "security.forgot_password": SIGN_IN,
    "security.reset_password": SIGN_IN,
    "security.change_password": OWN_ACCOUNT,
    "security.two_factor_setup": OWN_ACCOUNT,
    "security.two_factor_setup_validate": OWN_ACCOUNT,
    "security.two_factor_token_validation": SIGN_IN,
    "security.two_factor_rescue": SIGN_IN,
    "security.tf_select": SIGN_IN,
    "security.mf_recovery_codes": OWN_ACCOUNT,
    "security.mf_recovery": SIGN_IN,
}
# Flask-Security's views that change the account
WRITING = (
    "reset_password",
    "change_password",
    "two_factor_setup",
    "two_factor_setup_validate",
    "mf_recovery_codes",
    "mf_recovery",
)
# Its pages for what we do not offer, and ours that people mean: a code by mail, a choice of several second factors
INSTEAD = {"two_factor_rescue": "mf_recovery", "tf_select": "login"}


OUR_PAGES = re.compile(rf"/({'|'.join(LANGUAGES)})/")
# What Flask-Security wants to send, and our mail for it
MAILS = {
    "security/email/reset_instructions": "password_link",
    "security/email/reset_notice": "password_changed",
    "security/email/change_notice": "password_changed",
}


class OutboxMail(MailUtil):
    """Writes account mails into the outbox: no request waits for a mail server."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: str | tuple[str, str],
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        user, kind = kwargs["user"], MAILS[template]
        address, language = user.email, user.language
        # not Flask-Security's link: it would lie in the outbox's table, and name the Host that the request claims
        link = ("password", user.id) if kind == "password_link" else None
        if session().info.get("writing"):  # the new password and the mail about it: both or neither
            outbox.post(kind, address, language, by=SYSTEM, link=link)
            return
        with transaction():
            outbox.post(kind, address, language, by=SYSTEM, link=link)


def in_one_transaction(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view of Flask-Security write as ours do; it changes the account first and commits after its answer."""

    @wraps(view)
    def wrapped(**arguments: Any) -> Any:
        if request.method != "POST":
            return view(**arguments)
        with transaction():
            return view(**arguments)

    return wrapped


def to_our_pages(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let a view that sends people on to ``next`` send them to our own pages only."""

    @wraps(view)
    def wrapped(**arguments: Any) -> Any:
        answer = view(**arguments)
        if isinstance(answer, Response) and answer.location and not OUR_PAGES.match(answer.location):
            answer.location = url_for("events.home")
        return answer

    return wrapped


def sending_to(endpoint: str) -> Callable[..., Any]:
    """Return a view that sends people on to the page that they mean."""
    return lambda **arguments: redirect(url_for(endpoint))


def _derived(app: Flask, purpose: str) -> str:
    """Return a key for one purpose, made of the site's secret."""
    made = hashlib.blake2b(app.config["SECRET_KEY"].encode(), digest_size=32, person=purpose.encode()).digest()
    return base64.urlsafe_b64encode(made).decode()


def init_app(app: Flask) -> None:
    """Set Flask-Security up under /<lang>/account and give each of its routes a permission."""
    oidc.check(app)
    app.config.update(
        SECURITY_URL_PREFIX="/<language:lang>/account",
        SECURITY_PASSWORD_HASH="argon2",
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_PASSWORD_SALT=app.config["SECRET_KEY"],
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_RECOVERABLE=True,
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=True,
        SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL=True,
        SECURITY_RESET_PASSWORD_WITHIN=timedelta(hours=1),  # its token is made when our own link is opened
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_AUTO_LOGIN_AFTER_RESET=False,
        SECURITY_POST_LOGIN_VIEW="events.home",
        SECURITY_POST_LOGOUT_VIEW="site.front",
        SECURITY_POST_CHANGE_VIEW="events.home",
        SECURITY_POST_RESET_VIEW="security.login",
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False},
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_TWO_FACTOR_SETUP_URL="/second-factor",
        SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL="/code",
        SECURITY_TWO_FACTOR_RESCUE_URL="/code/help",
        SECURITY_TWO_FACTOR_SELECT_URL="/code/choose",
        SECURITY_TWO_FACTOR_POST_SETUP_VIEW="access_account.show",
        SECURITY_TOTP_SECRETS={"1": _derived(app, "totp")},
        SECURITY_TOTP_ISSUER="EventHub",
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_N=8,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS=[_derived(app, "recovery").encode()],
        SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL="/recovery-codes",
        SECURITY_MULTI_FACTOR_RECOVERY_URL="/recovery",
        SECURITY_EMAIL_PLAINTEXT=False,  # the outbox renders our own mails, in the account's language
        SECURITY_EMAIL_HTML=False,
        **account_forms.MESSAGES,
    )
    datastore = SQLAlchemyUserDatastore(db, User, SiteRole)
    security = Security(
        app,
        datastore,
        mail_util_cls=OutboxMail,
        register_blueprint=True,
        render_template=account_forms.page,
        **account_forms.FORMS,
    )
    security.i18n_domain = account_forms.Words(app)  # type: ignore[no-untyped-call]
    for name in WRITING:
        app.view_functions[f"security.{name}"] = in_one_transaction(app.view_functions[f"security.{name}"])
    for name, other in INSTEAD.items():
        app.view_functions[f"security.{name}"] = sending_to(f"security.{other}")
    for endpoint in ("security.login", "security.verify", "security.two_factor_token_validation"):
        app.view_functions[endpoint] = to_our_pages(app.view_functions[endpoint])
    for endpoint, permission in ENDPOINTS.items():
        view: Any = app.view_functions[endpoint]
        view.permission = permission


def create_user(email: str, name: str, *, password: str | None = None, administrator: bool = False) -> User:
    """Write an account into the present transaction; without a password, its owner asks for one by mail."""
    user = User(
        email=email.strip().lower(),
        name=name,
        password=hash_password(password) if password else None,
        active=True,
        fs_uniquifier=secrets.token_hex(32),
        language=g.get("language", "fr"),
    )
    if administrator:
        role = session().scalar(sa.select(SiteRole).where(SiteRole.name == ADMINISTRATOR))
        user.roles.append(role or SiteRole(name=ADMINISTRATOR, description="Administrator"))
    session().add(user)
    session().flush()
    return user


def give_role(user: User, event_id: int, role: EventRole) -> EventMembership:
    membership = EventMembership(event_id=event_id, user_id=user.id, role=role.value)
    session().add(membership)
    session().flush()
    return membership


def reset_second_factor(email: str) -> bool:
    """Switch the second factor off and forget passkeys, for somebody who lost their phone; False for nobody."""
    with transaction():
        user = session().scalar(sa.select(User).where(User.email == email.strip().lower()))
        if user is None:
            return False
        user.tf_primary_method = user.tf_totp_secret = None
        user.mf_recovery_codes = []
        session().execute(sa.delete(Passkey).where(Passkey.user_id == user.id))
        activity.record(SYSTEM, SECOND_FACTOR_RESET, user)
        return True


def one_time_link(email: str, *, administrator: bool = False) -> str:
    """Return a link that signs the organiser in once, in a transaction of its own; makes the account if need be."""
    from eventhub.access import links

    with transaction():
        user = session().scalar(sa.select(User).where(User.email == email.strip().lower()))
        if user is None:
            user = create_user(email, "", administrator=administrator)
        return links.mint_url("login", user.id, None, user.language)
