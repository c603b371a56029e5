"""What every test may use."""

from __future__ import annotations

from eventhub.demo.fixtures import demo, reference  # noqa: F401  (fixtures)
from eventhub.testing import app, engine_url, world  # noqa: F401  (fixtures)
