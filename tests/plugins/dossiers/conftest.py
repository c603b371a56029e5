"""A site with dossiers, the lexicon, and a small plugin whose answers each test chooses."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import plugins.dossiers
import plugins.glossary
from eventhub.api import AgendaItem, DossierSection, PluginInfo, hookimpl, jobs, session
from eventhub.testing import World, csrf_of, make_app
from plugins.dossiers import domain, gathering, own_texts
from plugins.dossiers.models import Edition, Kind


@dataclass
class Probe:
    """What the small plugin answers; a test replaces these functions."""

    sections: Callable[[Any], Iterable[DossierSection]] = lambda audience: ()
    agenda: Callable[[Any], Iterable[AgendaItem]] = lambda audience: ()
    veto: Callable[[Any, str], None] = lambda subject, language: None
    asked: list[Any] = field(default_factory=list)


@pytest.fixture
def probe() -> Probe:
    return Probe()


@pytest.fixture
def app(engine_url: str, tmp_path: Path, probe: Probe) -> Iterator[Flask]:
    package, hooks = ModuleType("plugins.probe"), ModuleType("plugins.probe.hooks")
    package.PLUGIN = PluginInfo("probe", "Probe", "A plugin of a test.", "1.0")  # type: ignore[attr-defined]

    @hookimpl(optionalhook=True)
    def dossier_sections(audience: Any) -> Iterable[DossierSection]:
        probe.asked.append(audience)
        return probe.sections(audience)

    @hookimpl
    def agenda_items(audience: Any) -> Iterable[AgendaItem]:
        return probe.agenda(audience)

    @hookimpl
    def before_publication(subject: Any, language: str) -> None:
        probe.veto(subject, language)

    for function in (dossier_sections, agenda_items, before_publication):
        setattr(hooks, function.__name__, function)
    sys.modules |= {package.__name__: package, hooks.__name__: hooks}
    yield make_app(engine_url, tmp_path, plugins=[plugins.dossiers, plugins.glossary, package])
    del sys.modules[package.__name__], sys.modules[hooks.__name__]


def do_jobs() -> None:
    """Do what is due, as a worker that sees what requests have written."""
    session().rollback()
    jobs.run_due()
    session().rollback()


Write = Callable[..., int]


@pytest.fixture
def write(world: World) -> Write:
    """Write a free section and return its id."""

    def made(fr: str = "Bonjour", en: str = "Hello", kinds: Iterable[str] = tuple(Kind), **facts: Any) -> int:
        values = {
            "title": {"fr": "Mot d’accueil", "en": "A word of welcome"},
            "text": {"fr": fr, "en": en},
            "kinds": list(kinds),
            "place": "before",
        }
        with world.writing():
            new = own_texts.add_section(world.event, values | facts, by=world.by)
        return new.id

    return made


Publish = Callable[..., list[Edition]]


@pytest.fixture
def publish(world: World) -> Publish:
    """Ask for an edition, do the job, and return the editions of this number."""

    def published(*languages: str, reason: str = "") -> list[Edition]:
        codes = languages or ("fr", "en")
        with world.writing():
            found = domain.gates(world.event, Kind.PROGRAMME, gathering.texts(world.event))
            job = domain.ask_for_edition(world.event, codes, reason, found, by=world.by, hooks=world.hooks, speaks="en")
            job_id = job.id
        do_jobs()
        assert session().get_one(jobs.Job, job_id).error == ""
        return domain.of_job(job_id)

    return published


Send = Callable[..., Any]


@pytest.fixture
def send() -> Send:
    """Post a form with the token of the page it stands on."""

    def sent(client: FlaskClient, page: str, action: str | None = None, **data: Any) -> Any:
        token = csrf_of(client.get(page).text)
        return client.post(action or page, data={"csrf_token": token, **data})

    return sent
