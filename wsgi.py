"""For WSGI servers: ``wsgi:app``."""

from eventhub import create_app

app = create_app()
