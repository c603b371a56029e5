"""``eventhub new-plugin NAME``: a small plugin that passes the conformance suite, to start from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Template

from eventhub import catalogues
from eventhub.errors import Refused
from eventhub.i18n import LANGUAGES
from eventhub.i18n import lazy_gettext as _l

TEMPLATES = Path(__file__).parent / "scaffolding"


class BadName(Refused):
    message = _l("“%(name)s” cannot be a plugin's name: write it in lower case with underscores, like site_badges.")


class FolderTaken(Refused):
    message = _l("%(folder)s is already there; nothing was written.")


def write(name: str, folder: Path | None = None) -> Iterator[Path]:
    """Write the plugin's files and yield their paths; BadName or FolderTaken before anything is written."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise BadName(name=name)
    target = (folder or catalogues.ROOT / "plugins") / name
    if target.exists():
        raise FolderTaken(folder=target)
    words = {
        "name": name,
        "dashed": name.replace("_", "-"),
        "title": name.replace("_", " ").capitalize(),
        "class_name": "".join(part.capitalize() for part in name.split("_")),
    }
    for source in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        place = str(source.relative_to(TEMPLATES)).replace("_name_", name).removesuffix(".txt")
        path = target / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(source.read_text(encoding="utf-8")).substitute(words), encoding="utf-8")
        yield path
    for language in LANGUAGES:
        yield target / "translations" / language / "LC_MESSAGES" / f"{name}.po"
