"""A small load generator on loopback: so many clients, each with one kept-alive connection, for so many seconds."""

from __future__ import annotations

import multiprocessing
import socket
import time
from dataclasses import dataclass
from multiprocessing.queues import Queue


@dataclass(frozen=True)
class Load:
    """What came out: requests per second, and the 50th and 95th percentile of the answer time in milliseconds."""

    rate: float
    p50: float
    p95: float
    failures: int


def request_bytes(path: str, port: int, cookie: str = "") -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Accept-Language: en", "Connection: keep-alive"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _answer(connection: socket.socket) -> int:
    """Read one whole answer and return its status."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return 0
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        while not body.endswith(b"0\r\n\r\n"):
            body += connection.recv(65536)
    else:
        length = int(lower.partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(65536)
    return int(head.split(b" ", 2)[1])


def _client(port: int, request: bytes, seconds: float, results: Queue[tuple[list[float], int]]) -> None:
    times: list[float] = []
    failures = 0
    end = time.perf_counter() + seconds
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while (began := time.perf_counter()) < end:
        connection.sendall(request)
        status = _answer(connection)
        times.append(time.perf_counter() - began)
        if status != 200:
            failures += 1
            if status == 0:
                connection = socket.create_connection(("127.0.0.1", port))
    results.put((times, failures))


def run(port: int, path: str, *, cookie: str = "", clients: int = 4, seconds: float = 4.0) -> Load:
    """Ask for one page again and again; the clients are processes, so that they are not what is measured."""
    results: Queue[tuple[list[float], int]] = multiprocessing.Queue()
    request = request_bytes(path, port, cookie)
    workers = [multiprocessing.Process(target=_client, args=(port, request, seconds, results)) for _n in range(clients)]
    for worker in workers:
        worker.start()
    answers = [results.get(timeout=seconds + 60) for _worker in workers]
    for worker in workers:
        worker.join()
    times = sorted(value for given, _failures in answers for value in given)
    return Load(
        len(times) / seconds,
        1000 * times[len(times) // 2],
        1000 * times[int(len(times) * 0.95)],
        sum(failures for _times, failures in answers),
    )
