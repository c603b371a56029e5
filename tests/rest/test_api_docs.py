"""The requests that docs/api.md shows are sent to the reference event, in their order."""

from __future__ import annotations

import re
from pathlib import Path

from eventhub.demo.fixtures import ToldWorld
from tests.rest.conftest import make_program

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
BLOCK = re.compile(r"^```http status=(\d+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_requests_of_the_page_are_answered_as_it_says(demo: ToldWorld) -> None:
    program = make_program(demo)
    kept = {"ETag": "", "Location": ""}
    told, answered = [], []
    for status, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        for name, value in kept.items():
            block = block.replace(f"{{{name}}}", value)
        head, _, body = block.replace("eh_…", program.secret).partition("\n\n")
        first, *lines = head.splitlines()
        method, path = first.split(" ", 1)
        headers = dict(line.split(": ", 1) for line in lines)
        answer = program.client.open(path, method=method, headers=headers, data=body.encode() or None)
        kept |= {name: answer.headers[name] for name in kept if name in answer.headers}
        told.append((first, int(status)))
        answered.append((first, answer.status_code))
    assert answered == told
    assert len(told) >= 5
