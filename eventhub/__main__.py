"""``python -m eventhub``."""

from __future__ import annotations

from eventhub.cli import main

main()
