"""Accounts, roles per event, personal links of guests, and browser sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import orm
from sqlalchemy.ext.mutable import MutableList

from eventhub.activity import Actor
from eventhub.db import Json, Model


class EventRole(StrEnum):
    """What somebody does on one event."""

    OWNER = "owner"
    PROGRAMME = "programme"
    LOGISTICS = "logistics"
    CATERING = "catering"
    WELCOME = "welcome"
    READER = "reader"


ADMINISTRATOR = "administrator"

site_role_of_user = sa.Table(
    "account_site_role",
    Model.metadata,
    sa.Column("account_id", sa.ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("site_role_id", sa.ForeignKey("site_role.id", ondelete="CASCADE"), primary_key=True),
)


class SiteRole(Model, RoleMixin):
    """A role on the whole site; there is one, administrator."""

    __tablename__ = "site_role"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(80), unique=True)
    description: orm.Mapped[str] = orm.mapped_column(sa.String(255), default="")


class User(Model, UserMixin):
    """An organiser's account."""

    __tablename__ = "account"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    email: orm.Mapped[str] = orm.mapped_column(sa.String(255), unique=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(200), default="")
    password: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    active: orm.Mapped[bool] = orm.mapped_column(default=True)
    fs_uniquifier: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    language: orm.Mapped[str] = orm.mapped_column(sa.String(12), default="fr")
    # named by Flask-Security: the second factor's kind and secret (encrypted), and the codes for a lost phone
    tf_primary_method: orm.Mapped[str | None] = orm.mapped_column(sa.String(20))
    tf_totp_secret: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    mf_recovery_codes: orm.Mapped[list[str]] = orm.mapped_column(
        # Flask-Security takes a spent code out of the list in place. A copy: else every Json column would be a list.
        MutableList.as_mutable(Json.copy()),
        default=list,
        server_default="[]",
    )
    # who this is at the identity provider (the "sub" of OpenID Connect), once they signed in there
    oidc_subject: orm.Mapped[str | None] = orm.mapped_column(sa.String(255), unique=True)
    roles: orm.Mapped[list[SiteRole]] = orm.relationship(  # type: ignore[assignment]  # lists of their RoleMixin
        secondary=site_role_of_user, lazy="joined"
    )

    @property
    def is_administrator(self) -> bool:
        return any(role.name == ADMINISTRATOR for role in self.roles)

    @property
    def has_second_factor(self) -> bool:
        return bool(self.tf_primary_method and self.tf_totp_secret)

    @property
    def actor(self) -> Actor:
        return Actor("user", self.id)

    @property
    def display_name(self) -> str:
        return self.name or self.email


class Passkey(Model):
    """A key that a phone, a computer or a stick keeps for its owner; here stands its public half."""

    __tablename__ = "passkey"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    user_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(100))
    credential_id: orm.Mapped[str] = orm.mapped_column(sa.String(1400), unique=True)  # base64url of at most 1,023 bytes
    public_key: orm.Mapped[bytes]
    sign_count: orm.Mapped[int] = orm.mapped_column(default=0)
    created_at: orm.Mapped[datetime]
    used_at: orm.Mapped[datetime | None]
    user: orm.Mapped[User] = orm.relationship()


class EventMembership(Model):
    """One role of one account on one event."""

    __tablename__ = "event_membership"
    __table_args__ = (sa.UniqueConstraint("event_id", "user_id", "role"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    user_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("account.id", ondelete="CASCADE"), index=True)
    role: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    user: orm.Mapped[User] = orm.relationship()


class GuestLink(Model):
    """A personal link: one purpose, one subject; only the hash of its token is kept."""

    __tablename__ = "guest_link"
    __table_args__ = (sa.Index("ix_guest_link_subject", "purpose", "subject_id"),)

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    event_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("event.id", ondelete="CASCADE"))
    purpose: orm.Mapped[str] = orm.mapped_column(sa.String(20))
    subject_id: orm.Mapped[int]
    token_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    created_at: orm.Mapped[datetime]
    expires_at: orm.Mapped[datetime]
    revoked_at: orm.Mapped[datetime | None]
    spent_at: orm.Mapped[datetime | None]
    last_used_at: orm.Mapped[datetime | None]

    @property
    def actor(self) -> Actor:
        return Actor("guest", self.id)


class WebSession(Model):
    """A browser's session, kept on the server: signing out ends it everywhere."""

    __tablename__ = "web_session"

    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    sid_hash: orm.Mapped[str] = orm.mapped_column(sa.String(64), unique=True)
    data: orm.Mapped[bytes]
    expires_at: orm.Mapped[datetime] = orm.mapped_column(index=True)
