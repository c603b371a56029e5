"""What every test may use."""

from __future__ import annotations

from eventhub.testing import app, engine_url, world  # noqa: F401  (fixtures)
