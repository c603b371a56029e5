"""Follows every link of a site as one person would, one page per kind of page."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

LINK = re.compile(r'<a\b[^>]*?\bhref="([^"#]+)')


@dataclass
class Walk:
    """What was found: {endpoint: (address, status, page)}, and the links that lead nowhere."""

    pages: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def html(self) -> dict[str, str]:
        """Return {endpoint: address} of the pages that are HTML."""
        return {name: address for name, (address, _status, page) in self.pages.items() if "<html" in page}


def endpoint_of(app: Flask, address: str) -> str | None:
    parts = urlsplit(address)
    try:
        endpoint, _values = app.url_map.bind("localhost").match(parts.path, "GET", query_args=parts.query)
    except HTTPException:
        return None
    # a filter or an export is a page of its own kind
    variant = "+".join(sorted(name for name in ("format", "show") if f"{name}=" in parts.query))
    return f"{endpoint}?{variant}" if variant else str(endpoint)


def walk(app: Flask, client: FlaskClient, starts: Iterable[str], *, language: str = "en") -> Walk:
    """Visit one page of each kind that can be reached in this language; other languages and hosts are left alone."""
    found = Walk()
    queue = deque((start, "start") for start in starts)
    seen: set[str] = set()
    while queue:
        address, source = queue.popleft()
        endpoint = endpoint_of(app, address)
        if endpoint is None:
            found.broken.append(f"{source}: {address} is no address of the site")
            continue
        if endpoint in seen or endpoint == "static":
            continue
        seen.add(endpoint)
        answer = client.get(address)
        if answer.status_code in {301, 302, 303, 308}:
            queue.append((urljoin(address, answer.headers["Location"]), address))
            continue
        text = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        found.pages[endpoint] = (address, answer.status_code, text)
        if answer.status_code != 200:
            found.broken.append(f"{source}: {address} answers {answer.status_code}")
        for link in LINK.findall(text):
            target = urljoin(address, unescape(link))
            parts = urlsplit(target)
            if parts.scheme in {"", "http"} and (not parts.netloc or parts.hostname == "localhost"):
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                first = path.lstrip("/").partition("/")[0]
                if first in {"fr", "en"} and first != language:
                    continue
                queue.append((path, address))
    return found
