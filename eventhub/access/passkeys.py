"""Passkeys: a phone, a computer or a stick proves who signs in; made and checked by py_webauthn.

Not Flask-Security's views: they load that library, 7 MB, into every worker at start. A passkey asks its owner for a
finger, a face or a PIN (user verification), so it stands for the password and for the second factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app

from eventhub import activity, clock
from eventhub.access.models import Passkey, User
from eventhub.activity import Verb
from eventhub.db import get, session
from eventhub.errors import Refused
from eventhub.i18n import lazy_gettext as _l

ADDED = Verb("access:passkey_added", _l("Passkey added"))
REMOVED = Verb("access:passkey_removed", _l("Passkey removed"))
MOST = 20


class PasskeyRefused(Refused):
    message = _l("This passkey could not be checked. Try again, or sign in with your password.")


class TooManyPasskeys(Refused):
    message = _l("You have %(number)s passkeys already. Remove one that you no longer use.")


def site() -> tuple[str, str]:
    """Return what a passkey is bound to: the host, and the origin that browsers name."""
    address = urlsplit(current_app.config["BASE_URL"])
    host = address.hostname or "localhost"
    return host, f"{address.scheme}://{address.netloc}"


def possible() -> bool:
    """Tell whether browsers make passkeys for this site: it needs a name, not an address of digits."""
    host = site()[0]
    return ":" not in host and not host.replace(".", "").isdigit()


def of(user: User) -> list[Passkey]:
    return list(session().scalars(sa.select(Passkey).where(Passkey.user_id == user.id).order_by(Passkey.id)))


def registration_options(user: User) -> tuple[str, bytes]:
    """Return what the browser makes a passkey from, as JSON, and the challenge to keep meanwhile."""
    import webauthn  # slow import
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers import structs as words

    options = webauthn.generate_registration_options(
        rp_id=site()[0],
        rp_name="EventHub",
        user_id=user.fs_uniquifier.encode(),
        user_name=user.email,
        user_display_name=user.display_name,
        authenticator_selection=words.AuthenticatorSelectionCriteria(
            resident_key=words.ResidentKeyRequirement.REQUIRED,
            user_verification=words.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            words.PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id)) for key in of(user)
        ],
    )
    return webauthn.options_to_json(options), options.challenge


def register(user: User, name: str, answer: Any, challenge: bytes) -> Passkey:
    """Keep the passkey that the browser made for this challenge."""
    import webauthn  # slow import
    from webauthn.helpers import bytes_to_base64url

    if len(of(user)) >= MOST:
        raise TooManyPasskeys(number=MOST)
    host, origin = site()
    with _refusing():
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    key = Passkey(
        user_id=user.id,
        name=name,
        credential_id=bytes_to_base64url(made.credential_id),
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        created_at=clock.now(),
    )
    session().add(key)
    activity.record(user.actor, ADDED, key)
    return key


def authentication_options() -> tuple[str, bytes]:
    """Return what a browser signs in with, as JSON, and the challenge to keep meanwhile; it names no account."""
    import webauthn  # slow import
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=site()[0], user_verification=UserVerificationRequirement.REQUIRED
    )
    return webauthn.options_to_json(options), options.challenge


def authenticate(answer: Any, challenge: bytes) -> User:
    """Return whose passkey signed the challenge; PasskeyRefused for anything else."""
    import webauthn  # slow import

    host, origin = site()
    credential_id = answer.get("id") if isinstance(answer, dict) else None
    key = session().scalar(
        sa.select(Passkey).where(Passkey.credential_id == str(credential_id)).with_for_update(of=Passkey)
    )
    if key is None or not key.user.active:
        raise PasskeyRefused
    with _refusing():
        seen = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    key.sign_count, key.used_at = seen.new_sign_count, clock.now()
    return key.user


def remove(user: User, passkey_id: int) -> None:
    key = get(Passkey, passkey_id, user_id=user.id)
    activity.record(user.actor, REMOVED, key, {"name": [key.name, None]})
    session().delete(key)


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what py_webauthn says of a wrong answer into a refusal."""
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        yield
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:  # the latter for answers of another shape
        raise PasskeyRefused from error
