"""Which links a document may carry."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
LONGEST = 2000  # characters; mail programs and PDF readers give up soon after


def safe_href(href: str) -> str:
    """Return the address in ASCII, or nothing when it is not one that a reader may follow."""
    address = quote(href.strip(), safe="%/:=&?~#+!$,;'@()*[]")
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return ""
    return address if scheme in SCHEMES and len(address) <= LONGEST else ""
