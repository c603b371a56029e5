"""For WSGI servers: ``wsgi:app``."""

from __future__ import annotations

from eventhub import create_app

app = create_app()
