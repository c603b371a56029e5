"""Flask-Security's forms in our words, and its messages in the languages of the interface.

Its own French is found only under fr_FR; and a sentence should say what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import wtforms
from flask import Response, after_this_request, render_template
from flask_security.babel import FsDomain
from flask_security.forms import (
    ChangePasswordForm,
    ForgotPasswordForm,
    LoginForm,
    ResetPasswordForm,
    TwoFactorRescueForm,
    TwoFactorSetupForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.recovery_codes import MfRecoveryCodesForm, MfRecoveryForm

from eventhub.i18n import lazy_gettext as _l
from eventhub.web.forms import field_errors

MESSAGES: dict[str, tuple[Any, str]] = {
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
        _l("This e-mail address and this password do not go together. Check both, or ask for a new password."),
        "error",
    ),
    "SECURITY_MSG_UNAUTHENTICATED": (_l("Sign in to see this page."), "info"),
    "SECURITY_MSG_LOGIN": (_l("Sign in to see this page."), "info"),
    "SECURITY_MSG_REAUTHENTICATION_REQUIRED": (_l("Type your password once more: this page asks for it."), "info"),
    "SECURITY_MSG_REFRESH": (_l("Type your password once more: this page asks for it."), "info"),
    "SECURITY_MSG_REAUTHENTICATION_SUCCESSFUL": (_l("Thank you, it is you."), "success"),
    "SECURITY_MSG_PASSWORD_RESET_REQUEST": (
        _l("If %(email)s has an account here, a mail with a link to choose a password is on its way."),
        "success",
    ),
    "SECURITY_MSG_PASSWORD_RESET_EXPIRED": (_l("That page had been open for too long. Ask for a new mail."), "error"),
    "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": (_l("That address no longer works. Ask for a new mail."), "error"),
    "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": (_l("Your new password is saved. Sign in with it."), "success"),
    "SECURITY_MSG_PASSWORD_CHANGE": (
        _l("Your new password is saved. Your other browsers are signed out."),
        "success",
    ),
    "SECURITY_MSG_PASSWORD_IS_THE_SAME": (_l("This is the password that you have now. Choose another one."), "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": (_l("The two passwords differ. Type the new one twice."), "error"),
    "SECURITY_MSG_PASSWORD_NOT_PROVIDED": (_l("Type a password."), "error"),
    "SECURITY_MSG_PASSWORD_INVALID_LENGTH": (
        _l("This password is too short: at least %(length)s characters. A few words together do well."),
        "error",
    ),
    "SECURITY_MSG_INVALID_PASSWORD": (_l("This is not your present password."), "error"),
    "SECURITY_MSG_EMAIL_NOT_PROVIDED": (_l("Type your e-mail address."), "error"),
    "SECURITY_MSG_INVALID_EMAIL_ADDRESS": (_l("This is not an e-mail address. Example: first.last@city.eu"), "error"),
    "SECURITY_MSG_DISABLED_ACCOUNT": (_l("This account is closed. Ask an administrator of the site."), "error"),
    "SECURITY_MSG_TWO_FACTOR_INVALID_TOKEN": (
        _l("This code is not right, or is too old. Type the six digits that the app shows now."),
        "error",
    ),
    "SECURITY_MSG_TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("Thank you, it is you."), "success"),
    "SECURITY_MSG_TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (
        _l("The second factor is on: signing in asks for a code from now on. Make recovery codes, for a lost phone."),
        "success",
    ),
    "SECURITY_MSG_TWO_FACTOR_PERMISSION_DENIED": (_l("Sign in again: too much time has passed."), "error"),
    "SECURITY_MSG_TWO_FACTOR_METHOD_NOT_AVAILABLE": (_l("Choose what to do with the second factor."), "error"),
    "SECURITY_MSG_TWO_FACTOR_DISABLED": (
        _l("The second factor is off: the password alone signs you in."),
        "success",
    ),
    "SECURITY_MSG_TWO_FACTOR_SETUP_EXPIRED": (_l("That page had been open for too long. Start again."), "error"),
    "SECURITY_MSG_API_ERROR": (_l("That page had been open for too long. Start again."), "error"),
    "SECURITY_MSG_INVALID_RECOVERY_CODE": (
        _l("This is not one of your recovery codes, or it is spent: each works once."),
        "error",
    ),
    "SECURITY_MSG_NO_RECOVERY_CODES_SETUP": (_l("You have no recovery codes yet. Make some."), "info"),
    "SECURITY_MSG_REQUIRED": (_l("Fill this in."), "error"),
    "SECURITY_MSG_INVALID_REDIRECT": (_l("The page to go to afterwards is not one of this site."), "error"),
}


class Words(FsDomain):
    """Fills the places of our messages, which translate themselves."""

    def gettext(self, string: Any, **values: object) -> str:
        return str(string) % values if values else str(string)


class Worded:
    """Our labels on a form of Flask-Security, and its errors as our summaries show them."""

    labels: ClassVar[Mapping[str, Any]] = {}
    hints: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in self.labels.items():
            self[name].label.text = str(text)  # type: ignore[index]  # the mixin stands before a form
            self[name].description = str(self.hints.get(name, ""))  # type: ignore[index]

    @property
    def error_rows(self) -> list[tuple[str, str, str]]:
        whole = dict.fromkeys(self.form_errors)  # type: ignore[attr-defined]
        return [("", "", str(message)) for message in whole] + field_errors(self)


class SignInForm(Worded, LoginForm):
    labels = {
        "email": _l("E-mail"),
        "password": _l("Password"),
        "remember": _l("Stay signed in on this computer"),
    }


class NewLinkForm(Worded, ForgotPasswordForm):
    labels = {"email": _l("E-mail")}


_CHOSEN = _l("At least 12 characters. A few words together do well.")


class NewPasswordForm(Worded, ResetPasswordForm):
    labels = {"password": _l("New password"), "password_confirm": _l("New password once more")}
    hints = {"password": _CHOSEN}


class OtherPasswordForm(Worded, ChangePasswordForm):
    labels = {
        "password": _l("Present password"),
        "new_password": _l("New password"),
        "new_password_confirm": _l("New password once more"),
    }
    hints = {"new_password": _CHOSEN}


class StillYouForm(Worded, VerifyForm):
    labels = {"password": _l("Password")}


class SecondFactorForm(Worded, TwoFactorSetupForm):
    """What to do with the second factor: "authenticator" sets it up, "disable" switches it off."""

    setup = wtforms.StringField()  # buttons of our page; Flask-Security's list of choices warns of WTForms 3.4


class LostPhoneForm(TwoFactorRescueForm):
    """What Flask-Security offers beside the code; our page has a link to the recovery codes instead."""

    help_setup = wtforms.RadioField(choices=[])


class CodeForm(Worded, TwoFactorVerifyCodeForm):
    labels = {"code": _l("Code")}
    hints = {"code": _l("The six digits that the app on your phone shows now.")}


class RecoveryCodesForm(Worded, MfRecoveryCodesForm):
    """A button that makes new recovery codes."""


class RecoveryForm(Worded, MfRecoveryForm):
    labels = {"code": _l("Recovery code")}


FORMS: dict[str, Any] = {
    "login_form": SignInForm,
    "forgot_password_form": NewLinkForm,
    "reset_password_form": NewPasswordForm,
    "change_password_form": OtherPasswordForm,
    "verify_form": StillYouForm,
    "two_factor_setup_form": SecondFactorForm,
    "two_factor_verify_code_form": CodeForm,
    "two_factor_rescue_form": LostPhoneForm,
    "mf_recovery_codes_form": RecoveryCodesForm,
    "mf_recovery_form": RecoveryForm,
}


def page(template: str, **values: Any) -> str:
    """Return a page of Flask-Security with its form under the name that our layouts know; 422 when it holds errors."""
    form = next((value for value in values.values() if isinstance(value, Worded)), None)
    if form is not None and form.error_rows:

        @after_this_request
        def unprocessable(response: Response) -> Response:
            response.status_code = 422
            return response

    return render_template(template, form=form, **values)
