"""The process that imports Typst: reads jobs on its standard input, writes PDFs on its standard output.

Run by path, alone (``python -I -S child.py SETTINGS``): it imports nothing of EventHub, sees no environment of the
site, and dies of its limits without taking the site along. A message is eight bytes of length and JSON; a PDF follows
the answer that announces it.
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any, BinaryIO

PREFIX = 8  # bytes of length, big-endian


def receive(stream: BinaryIO) -> Any:
    """Return the next message, or None where the sender is gone."""
    length = int.from_bytes(stream.read(PREFIX), "big")
    return json.loads(stream.read(length)) if length else None


def send(stream: BinaryIO, message: Any, attachment: bytes = b"") -> None:
    body = json.dumps(message).encode("ascii")
    stream.write(len(body).to_bytes(PREFIX, "big") + body + attachment)
    stream.flush()


def limit_memory(size: int) -> None:
    """Cap what this process may allocate, and keep personal data out of core dumps."""
    if sys.platform != "win32":
        import resource

        # RLIMIT_DATA counts what is written; RLIMIT_AS would count the 84 MB of Typst and every thread's reserve too
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def data_in_use() -> int:
    """Return the bytes that count against the limit, 0 where the system does not tell."""
    try:
        with Path("/proc/self/status").open(encoding="ascii") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmData:"))
    except (OSError, StopIteration):
        return 0


def stop_after(seconds: float) -> None:
    """Let the system end this process: the parent does it sooner, unless it was killed meanwhile. 0 calls it off."""
    if sys.platform != "win32":
        import signal

        signal.alarm(math.ceil(seconds))


def serve(settings: Any, jobs: BinaryIO, answers: BinaryIO) -> None:
    """Compile job after job until the sender is gone or the memory half spent."""
    import typst  # after the limits

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=settings["fonts"])
    while (job := receive(jobs)) is not None:
        stop_after(job["seconds"] + 5)
        answer: dict[str, Any]
        try:
            pdf = typst.compile(
                job["source"].encode() if "source" in job else str(Path(settings["root"], job["template"])),
                root=settings["root"],
                font_paths=fonts,
                sys_inputs={"data": job["data"]},
                pdf_standards=["ua-1", "a-2a"],
                package_path=settings["packages"],
                package_cache_path=settings["packages"],
                timestamp=job["timestamp"],
            )
        except typst.TypstError as error:
            answer = {"error": "compile", "message": error.message, "hints": error.hints, "trace": error.trace}
            pdf = b""
        except MemoryError:
            answer, pdf = {"error": "memory"}, b""
        else:
            answer = {"pdf": len(pdf)}
            if len(pdf) > settings["output"]:
                answer, pdf = {"error": "output"}, b""
        stop_after(0)
        # Typst keeps what it laid out for the next document; half the limit is what any document may count on
        last = data_in_use() > settings["memory"] // 2
        send(answers, answer | {"last": last}, pdf)
        if last:
            return


def main() -> None:
    settings = json.loads(sys.argv[1])
    sys.path.append(settings["typst"])
    limit_memory(settings["memory"])
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not land between two answers
    serve(settings, jobs, answers)


if __name__ == "__main__":
    main()
