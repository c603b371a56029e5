"""Which addresses a webhook may go to: public ones, resolved at the moment of sending, and then pinned.

A name that pointed to a public machine when it was registered may point into our own network when it is used.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from eventhub.errors import Refused
from eventhub.i18n import lazy_gettext as _l

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")  # of the IETF; Python 3.11 takes most of it for public
NAT64 = ipaddress.ip_network("64:ff9b::/96")
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class NotAnAddress(Refused):
    message = _l("Write a whole address that starts with https://, without a name or password in it.")
    field = "url"


class NotPublic(Refused):
    message = _l("This address leads into a private network, where nothing is sent. Give one that is public.")
    field = "url"


class Unknown(Refused):
    message = _l("No machine has this name at the moment. Check its spelling.")
    field = "url"


@dataclass(frozen=True)
class Target:
    """Where a request goes: the name that TLS checks, the address that was found for it, and what to ask there."""

    secure: bool
    host: str
    port: int
    address: str
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def is_local_site(base_url: str) -> bool:
    """Tell whether this site runs on the reader's own machine: a webhook may then go to that machine, over http too."""
    return (urlsplit(base_url).hostname or "") in LOCAL_NAMES


def embedded(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for (mapped, 6to4, Teredo, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1] or address


def may_go_to(text: str, *, local: bool) -> bool:
    """Tell whether the address is one of the public internet, or of this machine on a site that runs there."""
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = embedded(address)
    if local and address.is_loopback:
        return True
    special = inner.is_multicast or inner.is_reserved or (inner.version == 4 and inner in PROTOCOLS)
    return inner.is_global and not special


def parse(url: str, *, local: bool) -> tuple[bool, str, int, str]:
    """Return (secure, host, port, path with query) of an address that may be written down, or refuse."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:  # a port that is none, a bracket that never closes
        raise NotAnAddress from error
    plain = parts.scheme == "http" and local and host in LOCAL_NAMES
    strange = not url.isascii() or not url.isprintable() or any(sign in url for sign in "\\ \t") or port == 0
    if not host or parts.username is not None or strange or not (parts.scheme == "https" or plain):
        raise NotAnAddress
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return not plain, host, port or (80 if plain else 443), path


def check(url: str, *, local: bool) -> None:
    """Refuse what can never be sent to; what a name points to is looked at when something is sent."""
    _secure, host, _port, _path = parse(url, local=local)
    try:
        public = may_go_to(host, local=local)
    except ValueError:  # a name
        public = local or host not in LOCAL_NAMES
    if not public:
        raise NotPublic


def target(url: str, *, local: bool) -> Target:
    """Resolve the address now; refuse it if any of the addresses behind its name is not public."""
    secure, host, port, path = parse(url, local=local)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unknown from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(may_go_to(address, local=local) for address in addresses):
        raise NotPublic
    return Target(secure, host, port, addresses[0], path)
