"""A roster of 100,000 rows: read, tried and written by a process of its own, which says how much memory that took.

The floor beside it reads the same file with the same library and inserts the same cells with one bare executemany.
While the import runs, a page of the same event is asked for again and again.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bench.inside import site

ROWS = 100_000
PEOPLE = 20  # of a delegation
FIRST = ("Délégation", "Ville", "Pays", "Places", "Nom", "Prénom", "Fonction", "Courriel", "Téléphone", "Langues")
HEADINGS = (*FIRST, "Arrivée", "Départ")
SLUG = "roster-bench"


def make_file(path: Path, rows: int) -> None:
    """Write the roster as XLSX, its moments as Excel keeps them."""
    import xlsxwriter  # slow import

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    sheet, moment = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    arrival, departure = datetime(2025, 3, 25, 14), datetime(2025, 3, 27, 18)  # noqa: DTZ001  (Excel knows no zone)
    sheet.write_row(0, 0, HEADINGS)
    for number in range(rows):
        city = f"Ville {number // PEOPLE}"
        facts = [city, city, "Allemagne", PEOPLE, f"Nom{number}", f"Prénom{number % 50}", "Urbaniste"]
        sheet.write_row(number + 1, 0, [*facts, f"p{number}@exemple.eu", "+49 30 1234567", "français, anglais"])
        sheet.write_datetime(number + 1, 10, arrival, moment)
        sheet.write_datetime(number + 1, 11, departure, moment)
    book.close()


def peak() -> float:
    """Return the most memory that this process has held, in MB; 0 where the system does not tell."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def floor(path: Path, folder: Path) -> dict[str, float]:
    """Read the file with the library alone, and insert its cells as they are."""
    import python_calamine

    from eventhub.db import sqlite_module

    began = time.perf_counter()
    rows = python_calamine.load_workbook(path).get_sheet_by_index(0).iter_rows()
    connection = sqlite_module().connect(folder / "floor.db")
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute(f"CREATE TABLE roster ({', '.join(f'c{number}' for number in range(len(HEADINGS)))})")
    places = ", ".join("?" * len(HEADINGS))
    connection.executemany(f"INSERT INTO roster VALUES ({places})", ([str(cell) for cell in row] for row in rows))
    connection.commit()
    return {"seconds": time.perf_counter() - began, "peak": peak()}


def imported(path: Path, folder: Path) -> dict[str, float]:
    """Read, try and write the file as the page and its two jobs do."""
    import sqlalchemy as sa

    from eventhub import db, tabular
    from eventhub.activity import SYSTEM
    from eventhub.delegations.intake import staging, work
    from eventhub.events.models import Event

    app = site(folder, "2025-03-13T09:00:00+01:00")
    said: dict[str, float] = {}

    def step(name: str, call: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        result = call()
        said[name] = time.perf_counter() - began
        return result

    def send() -> int:
        draft = staging.drafted("bench", tabular.read(path.read_bytes()))
        with db.transaction() as session:
            return staging.stage(session.scalars(query).one(), draft, by=SYSTEM).id

    def confirm() -> None:
        event = db.session().scalars(query).one()
        hooks = app.extensions["hub"].for_event(event)
        assert work.confirm(event, import_id, by=SYSTEM, hooks=hooks)

    with app.test_request_context():
        query = sa.select(Event).where(Event.slug == SLUG)
        import_id = step("send", send)
        step("try", lambda: work.plan(db.session().scalars(query).one(), import_id))
        step("write", confirm)
    return {**said, "seconds": sum(said.values()), "peak": peak()}


def make_event(folder: Path, now: str) -> Any:
    """Write an empty event with an owner; returns a browser of theirs."""
    from eventhub import db
    from eventhub.access import accounts
    from eventhub.db import Model
    from eventhub.events import domain

    app = site(folder, now)
    with app.app_context():
        Model.metadata.create_all(db.db.engine)
        with db.transaction():
            owner = accounts.create_user("roster@example.org", "Owner")
            plugins = [found.name for found in app.extensions["hub"].plugins() if found.active]
            days = {"starts_on": date(2025, 3, 25), "ends_on": date(2025, 3, 27)}
            title = {"fr": "Liste", "en": "Roster"}
            domain.create(title=title, slug=SLUG, languages=["fr", "en"], by=owner, plugins=plugins, **days)
        link = accounts.one_time_link("roster@example.org")
    browser = app.test_client()
    assert browser.post(link.removeprefix("http://localhost")).status_code == 302
    return browser


def started(what: str, path: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "bench.roster", what, str(path), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def answer_of(process: subprocess.Popen[str]) -> dict[str, float]:
    text, _none = process.communicate(timeout=900)
    if process.returncode:
        raise SystemExit("bench.roster failed")
    found: dict[str, float] = json.loads(text)
    return found


def measure(row: Any, now: str, rows: int = ROWS) -> list[Any]:
    """Return the rows of the table: the import beside its floor, its memory, and the page meanwhile."""
    with tempfile.TemporaryDirectory(prefix="eventhub-roster-") as name:
        folder = Path(name)
        path = folder / "roster.xlsx"
        make_file(path, rows)
        browser = make_event(folder, now)
        base = answer_of(started("floor", path, folder))
        process = started("imported", path, folder)
        page, waits = f"/en/manage/{SLUG}/delegations/", []
        while process.poll() is None:
            began = time.perf_counter()
            assert browser.get(page).status_code == 200
            waits.append(1000 * (time.perf_counter() - began))
            time.sleep(0.2)
        ours = answer_of(process)
        again = answer_of(started("imported", path, folder))
    label = f"import of {rows:,} rows"
    p95 = statistics.quantiles(waits, n=20)[-1] if len(waits) > 1 else 0.0
    return [
        row(label, ours["seconds"], "s", base["seconds"], ours["seconds"] / base["seconds"], target="<= 60"),
        *(row(f"{label}, of which {step}", ours[step], "s") for step in ("send", "try", "write")),
        row(f"{label}, peak memory", ours["peak"], "MB", base["peak"], ours["peak"] / base["peak"], target="<= 300"),
        row(f"{label} once more", again["seconds"], "s", target="<= 60"),
        row(f"{label} once more, peak memory", again["peak"], "MB", target="<= 300"),
        row(f"{label}, list of delegations meanwhile, p95", p95, "ms"),
    ]


if __name__ == "__main__":
    work_of = {"floor": floor, "imported": imported}[sys.argv[1]]
    print(json.dumps(work_of(Path(sys.argv[2]), Path(sys.argv[3]))))
