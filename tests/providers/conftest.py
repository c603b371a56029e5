"""The core alone: what the pages of providers do and cost must not depend on which extensions are there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from eventhub.db import db
from eventhub.testing import make_app


@pytest.fixture
def app(engine_url: str, tmp_path: Path) -> Iterator[Flask]:
    made = make_app(engine_url, tmp_path, PLUGINS_DIR=tmp_path / "no-plugins")
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
