"""The parent's side of the process that reads XLSX and ODS: bytes in, rows out, with limits on time and memory.

A workbook is somebody else's archive of XML: one cell far out makes a reader reserve billions, and what breaks the
reader must not break the site. So it is read by a process of its own, which also gives its memory back at the end.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from eventhub.tabular.errors import Broken, Empty, Protected, TooLarge

SECONDS = 60.0
MEMORY = 700 * 1024 * 1024  # bytes of data; 100,000 rows of 13 cells take 130 MB
_PASSED_ON = ("LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT")


def rows(data: bytes, kind: str, most: int) -> Iterator[tuple[int, list[str]]]:
    """Yield (number, cells) of the first sheet that shows something."""
    with tempfile.NamedTemporaryFile(suffix=f".{kind}") as source, tempfile.TemporaryFile() as complaints:
        source.write(data)
        source.flush()
        process = _start(source.name, complaints.fileno(), most)
        timer = threading.Timer(SECONDS, process.kill)
        timer.daemon = True
        timer.start()
        said = ""
        try:
            assert process.stdout is not None
            for line in process.stdout:
                value = json.loads(line)
                if isinstance(value, str):
                    said = value
                    break
                yield value[0], value[1]
        except ValueError as error:
            raise Broken from error  # a line cut by the end of the process
        finally:
            timer.cancel()
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
    _judge(said, most)


def _judge(said: str, most: int) -> None:
    """Raise what the last word of the process means; it says nothing when it ran out of time or memory."""
    if said == "done":
        return
    if said == "protected":
        raise Protected
    if said == "empty":
        raise Empty
    if said == "broken":
        raise Broken
    raise TooLarge(rows=most, columns=200)


def _start(path: str, complaints: int, most: int) -> subprocess.Popen[bytes]:
    spec = importlib.util.find_spec("python_calamine")  # finds, does not import
    if spec is None or spec.origin is None:
        raise ImportError("python-calamine is not installed")
    settings = {"path": path, "library": str(Path(spec.origin).parent.parent), "memory": MEMORY, "rows": most}
    settings["seconds"] = int(SECONDS)
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-X", "utf8", str(Path(__file__).with_name("child.py")), json.dumps(settings)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=complaints,
        start_new_session=True,  # a Ctrl-C in the terminal is for the site
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        | {"MALLOC_ARENA_MAX": "2", "RUST_BACKTRACE": "0"},
    )
