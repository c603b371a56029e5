"""Serving: one process with its jobs by waitress, several by granian."""

from __future__ import annotations

import os

from eventhub import config, create_app, db, jobs, lean, migrations


def serve(*, host: str | None, port: int | None, workers: int) -> None:
    """Serve until stopped."""
    settings = config.read()
    host, port = host or settings["HOST"], port or settings["PORT"]
    # links start with the address that is served, in each worker too, unless another is set
    os.environ |= {"EVENTHUB_HOST": host, "EVENTHUB_PORT": str(port)}
    if workers > 1:
        _granian(host, port, workers)
    else:
        _waitress(host, port)


def _waitress(host: str, port: int) -> None:
    import waitress

    app = create_app()
    with app.app_context():
        missing = migrations.behind(app)
        db.db.engine.dispose()
    if missing:
        raise SystemExit(f"The database lacks migrations of {', '.join(missing)}: run `eventhub upgrade` first.")
    stop = jobs.start_embedded(app)
    print(f"EventHub is at {app.config['BASE_URL']}/  (Ctrl-C stops it)", flush=True)
    try:
        waitress.serve(app, host=host, port=port, threads=8, ident=None, clear_untrusted_proxy_headers=False)
    finally:
        stop()


def _granian(host: str, port: int, workers: int) -> None:
    """Serve with several processes; each makes its app after the fork, so no connection or thread is shared."""
    from granian import Granian  # slow import
    from granian.constants import Interfaces

    Granian(
        "eventhub.server:make_app",
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.WSGI,
        factory=True,
        blocking_threads=4,
        backpressure=64,
    ).serve()


def make_app() -> object:
    """Return the application for a server that calls a factory, in each of its workers."""
    lean.share_memory_among_threads()
    return create_app()
