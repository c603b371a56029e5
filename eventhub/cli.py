"""The ``eventhub`` command."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from flask import Flask


def _app() -> Flask:
    from eventhub import create_app  # the command's help must not wait for it

    return create_app()


@click.group()
def main() -> None:
    """EventHub, the logistics desk of a public-sector event."""


@main.command()
@click.option("--host", default=None, help="Address to listen on.")
@click.option("--port", default=None, type=int, help="Port to listen on.")
@click.option(
    "--workers", default=1, show_default=True, help="Processes; more than one leaves jobs to `eventhub worker`."
)
def serve(host: str | None, port: int | None, workers: int) -> None:
    """Serve the site; with one worker, its jobs as well."""
    from eventhub import server

    server.serve(host=host, port=port, workers=workers)


@main.command()
@click.option("--workers", default=2, show_default=True, help="Threads that do jobs.")
def worker(workers: int) -> None:
    """Do the jobs of a site that is served by several processes."""
    from eventhub import jobs

    jobs.consumer(_app(), workers=workers, embedded=False).run()


@main.command()
def upgrade() -> None:
    """Bring the database to the newest version, core first, then each plugin."""
    from eventhub import catalogues, migrations

    catalogues.compile_all()
    app = _app()
    for name in migrations.upgrade(app):
        click.echo(f"{name}: up to date")


@main.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when there are events already.")
@click.option(
    "--people",
    type=click.IntRange(0, 100_000),
    default=0,
    help="Instead: a plain event with so many people, for measurements.",
)
def demo(if_empty: bool, people: int) -> None:
    """Load the reference event with its seeded faults, and small events beside it; prints a link to sign in once."""
    from eventhub import migrations
    from eventhub.demo import told

    app = _app()
    with app.app_context(), app.test_request_context():
        if missing := migrations.behind(app):
            raise click.ClickException(
                f"The database lacks migrations of {', '.join(missing)}: run `eventhub upgrade` first."
            )
        told.load(app, if_empty=if_empty, people=people)


@main.command(name="organiser-link")
@click.argument("email")
@click.option("--administrator", is_flag=True, help="Make the account an administrator of the site.")
def organiser_link(email: str, administrator: bool) -> None:
    """Print a link that signs this organiser in once; makes the account when there is none."""
    from eventhub.access import accounts

    app = _app()
    with app.app_context():
        click.echo(accounts.one_time_link(email, administrator=administrator))


@main.command(name="reset-second-factor")
@click.argument("email")
def reset_second_factor(email: str) -> None:
    """Switch an account's second factor and passkeys off, for an organiser who lost their phone."""
    from eventhub.access import accounts

    app = _app()
    with app.app_context():
        if not accounts.reset_second_factor(email):
            raise click.ClickException(f"{email} has no account.")
    click.echo(f"{email} signs in with the password alone.")


@main.command()
@click.option("--json", "as_json", is_flag=True)
def plugins(as_json: bool) -> None:
    """List the plugins, active or not, and why not."""
    lines = [
        {
            "name": component.name,
            "version": component.info.version if component.info else None,
            "origin": component.origin,
            "state": "active" if component.active else "disabled",
            "reason": component.reason,
        }
        for component in _app().extensions["hub"].plugins()
    ]
    if as_json:
        click.echo(json.dumps(lines, indent=2))
        return
    for line in lines:
        note = f"  {line['reason']}" if line["reason"] else ""
        click.echo(f"{line['name']:<20} {line['version'] or '?':<10} {line['origin']:<16} {line['state']}{note}")


@main.command()
@click.option("--markdown", is_flag=True, help="Print docs/hooks.md.")
@click.option("--check", "checked", is_flag=True, help="Fail when docs/hooks.md is not what would be printed.")
def hooks(markdown: bool, checked: bool) -> None:
    """Document the hooks from their specifications."""
    from eventhub import hookdocs

    text = hookdocs.markdown(_app().extensions["hub"])
    if checked:
        path = Path(__file__).parents[1] / "docs" / "hooks.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            raise click.ClickException(
                "docs/hooks.md is not up to date: run `eventhub hooks --markdown > docs/hooks.md`"
            )
        click.echo("docs/hooks.md is up to date")
    else:
        click.echo(text, nl=False)


@main.command(name="catalogues")
@click.argument("act", type=click.Choice(["update", "check", "compile"]))
@click.argument("components", nargs=-1)
def catalogues_command(act: str, components: tuple[str, ...]) -> None:
    """Extract, check or compile the interface's catalogues."""
    from eventhub import catalogues

    if act == "update":
        for path in catalogues.update(components):
            click.echo(str(path))
    elif act == "compile":
        click.echo(f"{catalogues.compile_all()} compiled")
    else:
        wrong = catalogues.check()
        for line in wrong:
            click.echo(line, err=True)
        if wrong:
            sys.exit(1)
        click.echo("every string is translated")


@main.command(name="new-migration")
@click.argument("ledger")
@click.argument("message")
@click.option("--noun", default=None, help="For the core: the noun whose folder gets it.")
def new_migration(ledger: str, message: str, noun: str | None) -> None:
    """Write a migration from the difference between the models and the database (for developers)."""
    from eventhub import migrations

    click.echo(migrations.write(_app(), ledger, message, noun=noun))


@main.command(name="new-plugin")
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), default=None, help="Where; plugins/ unless given.")
def new_plugin(name: str, folder: Path | None) -> None:
    """Write a plugin that passes the conformance suite, to start from."""
    from eventhub import scaffold

    for path in scaffold.write(name, folder):
        click.echo(str(path))


@main.command()
def config() -> None:
    """List every setting with its meaning, default and present source."""
    from eventhub.config import SETTINGS

    for setting in SETTINGS:
        name = f"EVENTHUB_{setting.name}"
        source = "environment" if name in os.environ else "default"
        value = os.environ.get(name, setting.default)
        shown = "(secret)" if setting.secret and value else value or "(empty)"
        click.echo(f"{name}\n    {setting.meaning}\n    {shown}  [{source}]")
