"""What is measured inside one process: SQL statements, the cost of two languages, the cost of idle plugins."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Flask

from eventhub import create_app, db
from eventhub.access import accounts
from eventhub.contributions import PluginInfo

REFERENCE = "climate-democracy-lab"
ANEW = "?anew=1"  # a page made for this request, not the one kept for strangers
PROGRAMME = f"/fr/e/{REFERENCE}/programme"


def site(folder: Path, now: str, database: str = "") -> Flask:
    config = {
        "DATA_DIR": folder,
        "TODAY": datetime.fromisoformat(now),
        "BASE_URL": "http://localhost",
        "QUEUE_URL": "memory",
    }
    return create_app({**config, "LOG_LEVEL": "ERROR"} | ({"DATABASE_URL": database} if database else {}))


def ratio(
    work: Callable[[], Any], baseline: Callable[[], Any], rounds: int = 15, times: int = 20
) -> tuple[float, float]:
    """Return the medians of both in milliseconds, measured in turn."""
    ours, base = [], []
    for _n in range(rounds):
        for runs, call in ((ours, work), (base, baseline)):
            began = time.perf_counter()
            for _m in range(times):
                call()
            runs.append(1000 * (time.perf_counter() - began) / times)
    return statistics.median(ours), statistics.median(base)


def idle_plugin(number: int) -> ModuleType:
    """Return a plugin that registers and implements nothing."""
    name = f"idle_{number}"
    package, hooks = ModuleType(f"plugins.{name}"), ModuleType(f"plugins.{name}.hooks")
    package.PLUGIN = PluginInfo(name, name, "Does nothing.", "1.0")  # type: ignore[attr-defined]
    sys.modules[package.__name__], sys.modules[hooks.__name__] = package, hooks
    return package


def inside(folder: Path, now: str, row: Any) -> list[Any]:
    app = site(folder, now)
    with app.app_context():
        link = accounts.one_time_link("organiser@example.org")
    organiser = app.test_client()
    assert organiser.post(link.removeprefix("http://localhost")).status_code == 302
    guest = app.test_client()
    rows = []
    for label, client, path, target in (
        ("public event page", guest, f"/en/e/{REFERENCE}/{ANEW}", 6),
        ("public programme", guest, f"/en/e/{REFERENCE}/programme{ANEW}", 6),
        ("overview", organiser, f"/en/manage/{REFERENCE}/", 10),
        ("organiser's programme", organiser, f"/en/manage/{REFERENCE}/programme/", 10),
        ("list of people", organiser, f"/en/manage/{REFERENCE}/delegations/people", 10),
        ("list of providers", organiser, f"/en/manage/{REFERENCE}/providers/", 10),
    ):
        assert client.get(path).status_code == 200, path
        count = db.statement_count(app, lambda client=client, path=path: client.get(path))  # type: ignore[misc]
        rows.append(row(f"{label}, SQL statements", count, "statements", target=f"<= {target}"))

    def page(of: Flask) -> Callable[[], Any]:
        client = of.test_client()
        assert client.get(PROGRAMME + ANEW).status_code == 200
        return lambda: client.get(PROGRAMME + ANEW)

    plain = site(folder, now)
    plain.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda s: s,
        ngettext=lambda s, p, n: s if n == 1 else p,
        newstyle=True,
        pgettext=lambda c, s: s,
        npgettext=lambda c, s, p, n: s if n == 1 else p,
    )
    ours, base = ratio(page(app), page(plain))
    rows.append(row("programme in French against untranslated", ours, "ms", base, ours / base, target="<= 1.10"))
    crowded = with_idle_plugins(folder, now)
    ours, base = ratio(page(crowded), page(app))
    rows.append(row("programme with ten idle plugins against none", ours, "ms", base, ours / base, target="<= 1.05"))
    return rows


def with_idle_plugins(folder: Path, now: str) -> Flask:
    """Return the site with the bundled plugins and ten idle ones."""
    from eventhub.hub import Hub

    idle = [idle_plugin(number) for number in range(10)]
    discover = Hub.discover

    def discover_more(self: Hub, *arguments: Any) -> None:
        discover(self, *arguments)
        for package in idle:
            self.add(package, "bench")

    Hub.discover = discover_more  # type: ignore[method-assign]
    try:
        return site(folder, now)
    finally:
        Hub.discover = discover  # type: ignore[method-assign]
