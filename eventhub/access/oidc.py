"""Signing in at an identity provider by OpenID Connect, such as ProConnect; needs the extra ``eventhub[oidc]``.

Only people who have an account here get in: the provider says who somebody is, an owner of an event says what they may.
ProConnect answers userinfo as a signed JWT; others answer JSON; both are read.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask, current_app

from eventhub import activity
from eventhub.access.models import User
from eventhub.activity import Verb
from eventhub.config import ConfigurationError
from eventhub.db import session
from eventhub.errors import Refused
from eventhub.i18n import lazy_gettext as _l

LINKED = Verb("access:oidc_linked", _l("Account linked to the identity provider"))


class NotKnownHere(Refused):
    message = _l(
        "%(email)s has no account here. Ask the owner of your event to give a role to this address, then sign in again."
    )


class ProviderFailed(Refused):
    message = _l("%(title)s did not confirm who you are. Try again, or sign in with your password.")


def configured() -> bool:
    return bool(current_app.config["OIDC_METADATA_URL"])


def title() -> str:
    return str(current_app.config["OIDC_TITLE"])


def check(app: Flask) -> None:
    """Stop the start when a provider is set but the library is not there."""
    if app.config["OIDC_METADATA_URL"]:
        from importlib.util import find_spec

        if find_spec("authlib") is None or find_spec("joserfc") is None:
            raise ConfigurationError("EVENTHUB_OIDC_METADATA_URL needs the extra: pip install eventhub[oidc]")


def client() -> Any:
    """Return the provider's client, made on first use."""
    kept = current_app.extensions
    if "eventhub_oidc" not in kept:
        from authlib.integrations.flask_client import OAuth  # slow import

        settings = current_app.config
        kept["eventhub_oidc"] = OAuth(current_app).register(
            "eventhub",
            client_id=settings["OIDC_CLIENT_ID"],
            client_secret=settings["OIDC_CLIENT_SECRET"],
            server_metadata_url=settings["OIDC_METADATA_URL"],
            client_kwargs={
                "scope": settings["OIDC_SCOPES"],
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_post",
                "timeout": 10,
                "leeway": 0,  # tokens that live a minute would count as expired with Authlib's default of one
            },
        )
    return kept["eventhub_oidc"]


def claims_of_answer() -> tuple[dict[str, Any], str]:
    """Return what the provider says of whoever comes back from it, and the ID token; ProviderFailed otherwise."""
    from authlib.integrations.base_client import OAuthError  # slow import
    from joserfc.errors import JoseError
    from requests import RequestException

    try:
        token = client().authorize_access_token()
        claims = dict(token["userinfo"])
        claims |= _userinfo(token, claims)
    except (OAuthError, JoseError, RequestException, ValueError, KeyError) as error:
        raise ProviderFailed(title=title()) from error
    return claims, str(token.get("id_token", ""))


def _userinfo(token: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
    from joserfc import jwt  # slow import
    from joserfc.jwk import KeySet

    metadata = client().load_server_metadata()
    answer = client().get(metadata["userinfo_endpoint"], token=token)
    answer.raise_for_status()
    if not answer.headers.get("Content-Type", "").startswith("application/jwt"):
        said = dict(answer.json())
    else:
        keys = KeySet.import_key_set(client().fetch_jwk_set())
        said = jwt.decode(answer.text, keys, algorithms=["RS256", "ES256"]).claims
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": metadata["issuer"]},
            aud={"essential": True, "value": current_app.config["OIDC_CLIENT_ID"]},
        ).validate(said)
    if said.get("sub") != claims.get("sub"):
        raise ValueError("userinfo speaks of somebody else")
    return said


def account_of(claims: dict[str, Any]) -> User:
    """Return the account of whoever the provider named: linked before, or with this address; NotKnownHere otherwise."""
    subject, email = str(claims["sub"]), str(claims.get("email", "")).strip().lower()
    user = session().scalar(sa.select(User).where(User.oidc_subject == subject))
    if user is None and email and claims.get("email_verified") is not False:
        user = session().scalar(sa.select(User).where(User.email == email, User.oidc_subject.is_(None)))
        if user is not None:
            user.oidc_subject = subject
            activity.record(user.actor, LINKED, user)
    if user is None or not user.active:
        raise NotKnownHere(email=email or title())
    if not user.name:
        user.name = " ".join(filter(None, (claims.get("given_name"), claims.get("usual_name")))).strip()[:200]
    return user


def sign_out_address(id_token: str, back: str) -> str:
    """Return where somebody signs out of the provider too; "" when it offers no such address."""
    end = client().load_server_metadata().get("end_session_endpoint", "")
    return f"{end}?{urlencode({'id_token_hint': id_token, 'post_logout_redirect_uri': back})}" if end else ""
