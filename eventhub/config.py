"""Every setting of the site, read from ``EVENTHUB_*`` variables only; ``eventhub config`` lists them."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet


class ConfigurationError(RuntimeError):
    """A setting cannot be read; names the variable and says what it may hold."""


@dataclass(frozen=True)
class Setting:
    """One ``EVENTHUB_<NAME>`` variable: its meaning, its default as text, and how its text becomes a value."""

    name: str
    meaning: str
    default: str = ""
    parse: Callable[[str], Any] = str
    secret: bool = False


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError("write 1 or 0")


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(","))))


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Europe/Paris"))).astimezone(UTC)


SETTINGS: tuple[Setting, ...] = (
    Setting("DATA_DIR", "folder of the database, the queue, mails and keys, unless set otherwise", "instance"),
    Setting("DATABASE_URL", "SQLAlchemy address of the database (sqlite:///… or postgresql+psycopg://…)"),
    Setting("QUEUE_URL", "job queue: sqlite:FILE, postgresql://…, redis://…, or memory (no consumer)"),
    Setting("SECRET_KEY", "signs forms and one-time codes; made and kept in DATA_DIR when not set", secret=True),
    Setting("ENCRYPTION_KEY", "wraps the key of each event (Fernet); made and kept in DATA_DIR", secret=True),
    Setting("BASE_URL", "address that links in mails start with; empty: http://HOST:PORT"),
    Setting("TRUSTED_HOSTS", "Host headers answered, comma-separated; empty: the host of BASE_URL only", "", _names),
    Setting("PROXIES", "number of trusted proxies in front", "0", int),
    Setting("HOST", "address that `eventhub serve` listens on", "127.0.0.1"),
    Setting("PORT", "port that `eventhub serve` listens on", "8000", int),
    Setting("LANGUAGE", "interface language for a first visit when the browser names none", "fr"),
    Setting("MAIL", "how mail leaves: folder, smtp or console", "folder"),
    Setting("MAIL_FOLDER", "folder of .eml files when MAIL is folder; empty: DATA_DIR/mail"),
    Setting("MAIL_FROM", "sender of every mail", "EventHub <eventhub@example.org>"),
    Setting("SMTP_URL", "smtp://user:password@host:port, or smtps:// for TLS", "smtp://127.0.0.1:25", secret=True),
    Setting("BOUNCE_IMAP_URL", "mailbox of mails that came back: imaps://user:password@host/INBOX", secret=True),
    Setting("BOUNCE_FOLDER", "folder of .eml files of mails that came back, instead of a mailbox or beside it"),
    Setting(
        "BOUNCE_SECRET", "signs what a mail server hands on to /bounces/; empty: nothing is taken there", secret=True
    ),
    Setting("PLUGINS_DIR", "folder of bundled plugins; empty: plugins/ beside the package"),
    Setting("DISABLED_PLUGINS", "plugins that are not loaded, comma-separated", "", _names),
    Setting("STRICT", "a broken plugin stops the start instead of being listed", "0", _flag),
    Setting("TODAY", "pins the clock: a date and time (ISO 8601), for demonstrations", "", _moment),
    Setting("FAULT", "failpoints for crash tests; never in production"),
    Setting("LOG", "log format: text or json", "text"),
    Setting("LOG_LEVEL", "lowest level that is logged", "INFO"),
    Setting("OIDC_METADATA_URL", "identity provider (ProConnect…): address of its openid-configuration; empty: none"),
    Setting("OIDC_TITLE", "what the button to sign in there says", "ProConnect"),
    Setting("OIDC_CLIENT_ID", "name under which the provider knows this site"),
    Setting("OIDC_CLIENT_SECRET", "secret shared with the provider", secret=True),
    Setting("OIDC_SCOPES", "what is asked of it", "openid email given_name usual_name"),
    Setting("LOGIN_LIMIT", "sign-in attempts from one address", "20 per minute"),
    Setting("API_LIMIT", "requests of the API with one token", "600 per minute"),
    Setting("REGISTER_LIMIT", "organisations that register by themselves from one address", "20 per minute"),
)


def _kept(folder: Path, name: str, make: Callable[[], str]) -> str:
    """Return the secret kept in the folder, made on first use; safe when several processes start at once."""
    path = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{name}.{secrets.token_hex(4)}"
    if not path.exists():
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)  # unlike a rename, fails when another process was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()


def read(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return Flask's configuration: variables, then ``overrides`` by setting name (already parsed), then what follows.

    Raises ConfigurationError that names the variable.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environ.get(f"EVENTHUB_{setting.name}", setting.default)
        try:
            values[setting.name] = setting.parse(text)
        except (ValueError, TypeError) as error:
            raise ConfigurationError(f"EVENTHUB_{setting.name}={text!r}: {error}") from error
    values.update(overrides or {})
    _complete(values)
    return values


def _complete(values: dict[str, Any]) -> None:
    if values["MAIL"] not in {"folder", "smtp", "console"}:
        raise ConfigurationError(f"EVENTHUB_MAIL={values['MAIL']!r}: write folder, smtp or console")
    values["BASE_URL"] = values["BASE_URL"] or f"http://{values['HOST']}:{values['PORT']}"
    folder = Path(values["DATA_DIR"]).absolute()
    values["DATA_DIR"] = folder
    values["DATABASE_URL"] = values["DATABASE_URL"] or f"sqlite:///{folder / 'eventhub.db'}"
    values["QUEUE_URL"] = values["QUEUE_URL"] or f"sqlite:{folder / 'queue.db'}"
    values["MAIL_FOLDER"] = Path(values["MAIL_FOLDER"] or folder / "mail")
    values["PLUGINS_DIR"] = Path(values["PLUGINS_DIR"] or Path(__file__).parents[1] / "plugins")
    values["SECRET_KEY"] = values["SECRET_KEY"] or _kept(folder, "secret_key", lambda: secrets.token_urlsafe(48))
    values["ENCRYPTION_KEY"] = values["ENCRYPTION_KEY"] or _kept(
        folder, "encryption_key", lambda: Fernet.generate_key().decode()
    )
