"""What the site itself brings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint

from eventhub import outbox
from eventhub.access import sessions
from eventhub.contributions import JobKind, Periodic, Permission
from eventhub.documents import Document
from eventhub.hookspecs import hookimpl
from eventhub.site import contributions, permissions, views


@hookimpl
def register_permissions() -> Iterable[Permission]:
    return permissions.PERMISSIONS


@hookimpl
def register_blueprints() -> Iterable[Blueprint]:
    return (views.bp, views.manage, views.health)


@hookimpl
def register_jobs() -> Iterable[JobKind | Periodic]:
    return (outbox.SEND, sessions.FORGET)


@hookimpl(trylast=True)
def render_document(document: Document, media_type: str, moment: datetime) -> bytes | None:
    return contributions.render(document, media_type, moment)
