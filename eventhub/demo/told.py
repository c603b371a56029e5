"""Loads the reference event: the core's chapter, then each plugin's, each in a transaction of its own."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask import Flask, g

from eventhub import clock, hookspecs
from eventhub.access import accounts
from eventhub.access.models import EventRole, User
from eventhub.contributions import Chapter
from eventhub.db import session, transaction
from eventhub.demo import Demo, chapters, others, reference, told_at
from eventhub.errors import Refused
from eventhub.events.models import Event
from eventhub.hub import Hub


def load(app: Flask, *, if_empty: bool = False, people: int = 0) -> None:
    """Load the reference event, or with ``people`` a plain one of that size, and print where to go and a way in.

    Belongs inside an app and a request context. With ``if_empty``, a site that has an event gets nothing but a fresh
    link for the demonstration's organiser, where there is one.
    """
    if if_empty and session().scalar(sa.select(Event.id).limit(1)) is not None:
        _greet(app, None)
        return
    try:
        event = tell_many(app, people) if people else tell(app).event
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    _greet(app, event)


def tell(app: Flask) -> Demo:
    """Write the reference event with all its chapters, and the small events beside it; returns the ids.

    The clock stands at the demonstration's moment meanwhile, whatever the site's clock says.
    """
    hub: Hub = app.extensions["hub"]
    g.language = "fr"
    with told_at(reference.NOW):
        with transaction():
            owner = _owner()
            event = chapters.create(owner, [component.name for component in hub.plugins() if component.active])
        demo = Demo(event, owner, hub.for_event(event))
        stand_in(demo)
        for chapter in [Chapter(chapters.tell), *demo.hooks.collect(hookspecs.demo_chapters)]:
            with transaction():
                chapter.tell(demo)
        with transaction():
            others.tell(owner, hub)
    return demo


def tell_many(app: Flask, people: int) -> Event:
    """Write the plain event for measurements."""
    g.language = "fr"
    with told_at(reference.NOW), transaction():
        return others.many(_owner(), app.extensions["hub"], people)


def stand_in(demo: Demo) -> None:
    """Let the present request be one of the owner on the event, so that addresses can be built."""
    g.event, g.event_slug, g.hooks = demo.event, demo.event.slug, demo.hooks
    g.user, g.actor = demo.owner, demo.owner.actor
    g.roles, g.links = frozenset({EventRole.OWNER}), []


def _owner() -> User:
    email, name = reference.OWNER
    known = session().scalar(sa.select(User).where(User.email == email))
    return known or accounts.create_user(email, name, administrator=True)


def _greet(app: Flask, event: Event | None) -> None:
    """Print the address of the site and a link that signs the demonstration's organiser in once."""
    email, _name = reference.OWNER
    known = session().scalar(sa.select(User.id).where(User.email == email)) is not None
    click.echo(f"EventHub: {app.config['BASE_URL'].rstrip('/')}/")
    if known:
        click.echo(f"Sign in once as {email}: {accounts.one_time_link(email)}")
    else:
        click.echo("Sign in once: eventhub organiser-link ADDRESS prints a link")
    if event is not None and clock.today(event.zone) > event.ends_on:
        click.echo(f"This event is past by the site's clock: set EVENTHUB_TODAY={reference.NOW.isoformat()}")
