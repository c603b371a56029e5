"""``make bench``: prints a table and writes bench/latest.json.

Its rows hold name, value, unit, floor, ratio, engine and clients.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import burst, load, registration, roster
from bench.inside import ANEW, inside

HERE = Path(__file__).parent
NOW = "2025-03-13T09:00:00+01:00"
PUBLIC = ("/en/e/climate-democracy-lab/", "/en/e/climate-democracy-lab/programme")
CLIENTS = 4


@dataclass
class Row:
    """One figure, and what it is measured against in the same run."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    engine: str = "sqlite"
    clients: int = 1
    target: str = ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, port: int, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EVENTHUB_")}
    return kept | {
        "EVENTHUB_DATA_DIR": str(folder),
        "EVENTHUB_TODAY": NOW,
        "EVENTHUB_BASE_URL": f"http://127.0.0.1:{port}",
        "EVENTHUB_LOG_LEVEL": "ERROR",
        **more,
    }


def eventhub(folder: Path, *arguments: str, **more: str) -> str:
    command = [sys.executable, "-m", "eventhub", *arguments]
    answer = subprocess.run(command, env=environment(folder, 8000, **more), capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{answer.stderr[-2000:]}")
    return answer.stdout


@contextlib.contextmanager
def serving(
    folder: Path, port: int, *command: str, page: str = PUBLIC[0], **more: str
) -> Iterator[tuple[subprocess.Popen[bytes], float]]:
    """Start a server and wait for its first page; yields it with the seconds that took."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment(folder, port, **more), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while True:
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}{page}", timeout=10),
            ):
                break
            if process.poll() is not None or time.perf_counter() - began > 60:
                raise SystemExit(f"{command} did not come up")
            time.sleep(0.02)
        yield process, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(timeout=20)


def serve_command(port: int, workers: int = 2) -> tuple[str, ...]:
    return (sys.executable, "-m", "eventhub", "serve", "--workers", str(workers), "--port", str(port))


def floor_command(port: int, workers: int = 2) -> tuple[str, ...]:
    script = (
        "from granian import Granian; from granian.constants import Interfaces; "
        f"Granian('bench.floor:make_app', address='127.0.0.1', port={port}, workers={workers}, "
        "interface=Interfaces.WSGI, factory=True, blocking_threads=4, backpressure=64).serve()"
    )
    return (sys.executable, "-c", script)


def memory_of_workers(process: subprocess.Popen[bytes]) -> list[float]:
    """Return the resident memory of each child process, in MB."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    pids = children.read_text().split() if children.exists() else []
    sizes = []
    for pid in pids:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                sizes.append(int(line.split()[1]) / 1024)
    return [size for size in sizes if size > 40]  # the resource tracker is no worker


def signed_in(folder: Path, port: int) -> str:
    """Return the cookie of an organiser, by a real one-time link."""
    link = eventhub(folder, "organiser-link", "organiser@example.org").split()[-1]
    path = "/" + link.split("/", 3)[3]
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", path)
    answer = connection.getresponse()
    cookie = answer.getheader("Set-Cookie") or ""
    assert answer.status == 302, f"signing in answers {answer.status}"
    return cookie.partition(";")[0]


def measure() -> list[Row]:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="eventhub-bench-") as name:
        folder = Path(name)
        eventhub(folder, "upgrade")
        eventhub(folder, "demo")
        eventhub(folder, "demo", "--people", "5000")
        rows += inside(folder, NOW, Row)
        rows += over_http(folder)
    return rows + burst.rows(sys.modules[__name__], NOW, Row) + roster.measure(Row, NOW)


def over_http(folder: Path) -> list[Row]:
    rows: list[Row] = []
    port, floor_port = free_port(), free_port()
    colds = []
    for _n in range(3):
        with serving(folder, port, *serve_command(port)) as (_process, seconds):
            colds.append(seconds)
    rows.append(Row("cold start to first page", statistics.median(colds), "s", target="<= 2"))
    slug, invited = registration.invite(folder, NOW, sum(registration.FLOWS.values()))
    more = {"EVENTHUB_BENCH_PAGES": " ".join(PUBLIC)}
    with (
        serving(folder, port, *serve_command(port)) as (process, _seconds),
        serving(folder, floor_port, *floor_command(floor_port), **more),
    ):
        for path in PUBLIC:
            rows += against_floor(path, port, floor_port)
            rows += against_floor(path, port, floor_port, query=ANEW)
        cookie = signed_in(folder, port)
        rows += lists(port, cookie)
        rows += registration.rows(port, floor_port, slug, invited, Row)
        sizes = memory_of_workers(process)
        rows.append(Row("memory per worker after load", max(sizes), "MB", target="<= 130"))
    return rows


def against_floor(path: str, port: int, floor_port: int, rounds: int = 3, query: str = "") -> list[Row]:
    """Measure the page and its floor in turn, so that a slow minute hits both; the medians are compared.

    With ANEW the page is made for each request; without, strangers get the one kept until the event changes.
    """
    ours, floors = [], []
    for _n in range(rounds):
        ours.append(load.run(port, path + query, clients=CLIENTS, seconds=3))
        floors.append(load.run(floor_port, path, clients=CLIENTS, seconds=3))
    label = "public programme" if path.endswith("programme") else "public event page"
    label, target = (f"{label}, made anew", "") if query else (label, ">= 0.50 of the floor")
    failures = sum(run.failures for run in [*ours, *floors])
    if failures:
        raise SystemExit(f"{path}: {failures} answers were not 200")
    rate, floor = (statistics.median(run.rate for run in runs) for runs in (ours, floors))
    rows = [Row(f"{label}, requests", rate, "per s", floor, rate / floor, clients=CLIENTS, target=target)]
    for name in ("p50", "p95"):
        value, base = (statistics.median(getattr(run, name) for run in runs) for runs in (ours, floors))
        rows.append(Row(f"{label}, {name}", value, "ms", base, value / base, clients=CLIENTS))
    return rows


def lists(port: int, cookie: str) -> list[Row]:
    """Measure list pages on the event of 5,000 against the reference event's, in turn."""
    rows = []
    for label, path in (("people", "delegations/people"), ("delegations", "delegations/"), ("overview", "")):
        big, small = [], []
        for _n in range(3):
            small.append(
                load.run(port, f"/en/manage/climate-democracy-lab/{path}", cookie=cookie, clients=1, seconds=2)
            )
            big.append(load.run(port, f"/en/manage/assembly-5000/{path}", cookie=cookie, clients=1, seconds=2))
        failures = sum(run.failures for run in [*big, *small])
        if failures:
            raise SystemExit(f"{path}: {failures} answers were not 200")
        value, base = (statistics.median(run.p50 for run in runs) for runs in (big, small))
        rows.append(Row(f"list of {label} at 5,000 people, p50", value, "ms", base, value / base, target="<= 1.3"))
    return rows


def show(rows: list[Row]) -> None:
    print(f"{'name':<48}{'value':>10} {'unit':<10}{'floor':>10}{'ratio':>8}  target")
    for row in rows:
        floor = f"{row.floor:.2f}" if row.floor is not None else ""
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        print(f"{row.name:<48}{row.value:>10.2f} {row.unit:<10}{floor:>10}{ratio:>8}  {row.target}")


def main() -> None:
    rows = measure()
    show(rows)
    (HERE / "latest.json").write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
