"""The parent's side of the Typst process: started at the first document, kept warm, replaced when it fails."""

from __future__ import annotations

import atexit
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Final

from .child import PREFIX
from .errors import CompileFailed, TimedOut, TooLarge
from .glyphs import FONT_FOLDERS, PACKAGE

TEMPLATES = PACKAGE / "templates"
MEGABYTE: Final = 1 << 20
FILE_NAME = re.compile(r"[a-z0-9-]+\.(png|jpg|svg)")
# What a process may need to start at all; nothing else of the site's environment goes to the child
_PASSED_ON = ("LD_LIBRARY_PATH", "PYTHONHOME", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` of clock for one document, and bytes: JSON in, memory of the child, PDF out.

    1 GB of memory takes 4 MB of text, over a thousand pages; 30 s take as much on a busy machine (measured).
    """

    seconds: float = 30.0
    memory: int = 1024 * MEGABYTE
    input: int = 20 * MEGABYTE
    output: int = 100 * MEGABYTE


class _Died(Exception):
    """The child is gone in the middle of a job."""


class _Child:
    """One Typst process with an empty root directory: the templates and the figures of the present job, no links."""

    def __init__(self, limits: Limits) -> None:
        spec = importlib.util.find_spec("typst")  # finds, does not import
        if spec is None or spec.origin is None:
            raise ImportError("typst is not installed")
        self.served = 0
        self.expired = False
        self.folder = Path(tempfile.mkdtemp(prefix="eventhub-documents-"))
        self.root, packages = self.folder / "root", self.folder / "packages"
        self.root.mkdir()
        packages.mkdir(mode=0o500)
        for template in TEMPLATES.glob("*.typ"):
            shutil.copyfile(template, self.root / template.name)
        settings = {
            "typst": str(Path(spec.origin).parent.parent),
            "root": str(self.root),
            "packages": str(packages),
            "fonts": [str(folder) for folder in FONT_FOLDERS],
            "memory": limits.memory,
            "output": limits.output,
        }
        nowhere = "http://127.0.0.1:9"  # the discard port: a template that asks for a package must not get it
        self.complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # closed with the child
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-X", "utf8", str(PACKAGE / "child.py"), json.dumps(settings)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.complaints,
            bufsize=0,
            cwd=self.root,
            start_new_session=True,  # a Ctrl-C in the terminal is for the site
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ}
            | {"HOME": str(packages), "ALL_PROXY": nowhere, "HTTPS_PROXY": nowhere, "HTTP_PROXY": nowhere}
            # Without these the reserve of threads grows with the cores of the machine
            | {"RAYON_NUM_THREADS": "2", "MALLOC_ARENA_MAX": "2", "RUST_BACKTRACE": "0"},
        )

    def ask(self, job: dict[str, Any], seconds: float) -> tuple[dict[str, Any], bytes]:
        """Send a job; return the answer and its PDF. Raises _Died when the child ended or was stopped for its time."""
        self.expired = False  # the timer may have rung between the last answer and its cancelling
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            self._write(json.dumps(job).encode("ascii"))
            answer: dict[str, Any] = json.loads(self._read(int.from_bytes(self._read(PREFIX), "big")))
            pdf = self._read(answer.get("pdf", 0))
        except OSError as error:
            raise _Died from error
        finally:
            timer.cancel()
        self.served += 1
        return answer, pdf

    def _expire(self) -> None:
        self.expired = True
        self.process.kill()

    def _write(self, body: bytes) -> None:
        assert self.process.stdin is not None
        rest = memoryview(len(body).to_bytes(PREFIX, "big") + body)
        while rest:
            rest = rest[self.process.stdin.write(rest) :]

    def _read(self, size: int) -> bytes:
        assert self.process.stdout is not None
        parts: list[bytes] = []
        while size:
            part = self.process.stdout.read(size)
            if not part:
                raise _Died
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def ran_out_of_memory(self) -> bool:
        """Tell from the last words of a dead child whether an allocation failed."""
        self.complaints.seek(max(0, self.complaints.seek(0, os.SEEK_END) - 8192))
        words = self.complaints.read()
        return any(sign in words for sign in (b"memory allocation of", b"MemoryError", b"MemError", b"Cannot allocate"))

    def close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout, self.complaints):
            if pipe is not None:
                pipe.close()

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        self.close_pipes()
        shutil.rmtree(self.folder, ignore_errors=True)


class Compiler:
    """Turns a template and data into a PDF, one at a time; any number of threads may ask.

    Nothing starts before the first document, so it may be made before a fork; a forked process starts its own child.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._child: _Child | None = None
        self._lock = threading.Lock()
        _compilers.add(self)

    def compile(
        self,
        template: str,
        data: Mapping[str, Any],
        *,
        timestamp: datetime,
        files: Mapping[str, bytes] | None = None,
        source: str | None = None,
    ) -> bytes:
        """Compile a template of this package, or Typst ``source``, with ``data`` as JSON in ``sys.inputs.data``.

        ``files``: images that the data names. ``timestamp`` has a time zone; equal arguments give equal bytes.
        Raises TimedOut, TooLarge or CompileFailed. ``source`` is code: never text that a user wrote.
        """
        if timestamp.tzinfo is None:
            raise ValueError("the timestamp of a document has a time zone")
        text = json.dumps(data, ensure_ascii=False)
        files = files or {}
        for name in files:
            if not FILE_NAME.fullmatch(name):
                raise ValueError(f"not the name of an image in the root: {name!r}")
        if len(text.encode()) + sum(map(len, files.values())) > self.limits.input:
            raise TooLarge("input", self.limits.input)
        job = {
            "template": template,
            "data": text,
            "timestamp": int(timestamp.timestamp()),
            "seconds": self.limits.seconds,
        } | ({} if source is None else {"source": source})
        with self._lock:
            return self._compile(job, files)

    def close(self) -> None:
        """End the child; the next document starts another."""
        with self._lock:
            self._stop()

    def _compile(self, job: dict[str, Any], files: Mapping[str, bytes]) -> bytes:
        while True:
            child = self._child = self._child or _Child(self.limits)
            try:
                with _present(files, child.root):
                    answer, pdf = child.ask(job, self.limits.seconds)
            except _Died:
                warm = child.served > 0
                failure = self._autopsy(child)
                if warm and not isinstance(failure, TimedOut):
                    continue  # it may have died of what it kept from earlier documents: once more with a new one
                raise failure from None
            except BaseException:
                self._stop()  # interrupted halfway: its next answer would be another document's
                raise
            if answer["last"]:
                self._stop()
            match answer.get("error"):
                case None:
                    return pdf
                case "compile":
                    raise CompileFailed(answer["message"], tuple(answer["hints"]), tuple(answer["trace"]))
                case "output":
                    raise TooLarge("output", self.limits.output)
                case _:
                    raise TooLarge("memory", self.limits.memory)

    def _autopsy(self, child: _Child) -> TimedOut | TooLarge | CompileFailed:
        """Say what the child died of, and clear it away."""
        code = child.process.wait()
        try:
            if child.expired:
                return TimedOut(self.limits.seconds)
            if child.ran_out_of_memory():
                return TooLarge("memory", self.limits.memory)
            return CompileFailed(f"the compiler ended with code {code}")
        finally:
            self._stop()

    def _stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None

    def _forget(self) -> None:
        """In a forked process: the child is the parent's, and so may the lock be."""
        self._lock = threading.Lock()
        if self._child is not None:
            self._child.close_pipes()  # or the child would not notice when the parent is gone
            self._child = None


@contextmanager
def _present(files: Mapping[str, bytes], root: Path) -> Iterator[None]:
    """Keep the files of a job in the root for as long as it runs."""
    try:
        for name, content in files.items():
            (root / name).write_bytes(content)
        yield
    finally:
        for name in files:
            (root / name).unlink(missing_ok=True)


def file_name(content: bytes, suffix: str) -> str:
    """Return a name that is the content's own, so that Typst's memory of an earlier document's file cannot matter."""
    return f"{hashlib.sha256(content).hexdigest()}.{suffix}"


_compilers: weakref.WeakSet[Compiler] = weakref.WeakSet()


def _forget_all() -> None:
    for compiler in _compilers:
        compiler._forget()


@atexit.register
def _close_all() -> None:
    for compiler in _compilers:
        compiler._stop()  # without the lock: a document that is still under way is lost with the process anyway


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
