"""Interface catalogues: extracted per component, completed, checked, compiled.

English messages are their own source, so the English catalogue is filled by itself; French is written by people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from eventhub.i18n import LANGUAGES

KEYWORDS = {
    "_": None,
    "_l": None,
    "_lp": ((1, "c"), 2),
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}, "**/templates/**.txt": {"silent": "false"}}
ROOT = Path(__file__).parents[1]


def sources() -> dict[str, Path]:
    """Return {component: folder} of what this repository translates: the core, and each bundled plugin."""
    plugins = sorted(path.parent for path in (ROOT / "plugins").glob("*/__init__.py"))
    return {"eventhub": ROOT / "eventhub", **{folder.name: folder for folder in plugins}}


def path_of(component: str, language: str, root: Path = ROOT / "translations") -> Path:
    return root / language / "LC_MESSAGES" / f"{component}.po"


def extract(component: str, folder: Path) -> Catalog:
    """Return the messages of a component's Python and templates."""
    catalogue = Catalog(project=component, charset="utf-8", fuzzy=False)
    for filename, line, message, comments, context in extract_from_dir(
        folder, METHODS, OPTIONS, KEYWORDS, strip_comment_tags=True
    ):
        place = f"{folder.name}/{filename}"
        catalogue.add(message, None, [(place, line)], auto_comments=comments, context=context)
    return catalogue


def stored(component: str, language: str, root: Path = ROOT / "translations") -> Catalog:
    path = path_of(component, language, root)
    if not path.exists():
        return Catalog(locale=language, project=component, charset="utf-8", fuzzy=False)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def updated(component: str, folder: Path, language: str, root: Path = ROOT / "translations") -> Catalog:
    """Return the catalogue with the messages of today; what is written stays, what is gone goes."""
    old, new = stored(component, language, root), extract(component, folder)
    result = Catalog(locale=language, project=component, charset="utf-8", fuzzy=False)
    # a fixed date: a catalogue that did not change must not differ
    result.creation_date = result.revision_date = datetime(2025, 1, 1, tzinfo=UTC)
    for message in new:
        if not message.id:
            continue
        known = old.get(message.id, message.context)
        text = known.string if known and not known.fuzzy else None
        if not text or (not isinstance(text, str) and not all(text)):
            text = text or ("" if isinstance(message.id, str) else ("",) * result.num_plurals)
            if language == "en":
                text = message.id
        # places without line numbers: a line moved elsewhere must not differ here
        files: list[Any] = [(place, None) for place in sorted({place for place, _line in message.locations})]
        result.add(message.id, text, files, context=message.context)
    return result


def update(names: Iterable[str] = ()) -> list[Path]:
    """Write the catalogues of the components (all, when none is named) in every language."""
    written = []
    for component, folder in sources().items():
        if names and component not in set(names):
            continue
        for language in LANGUAGES:
            path = path_of(component, language)
            path.parent.mkdir(parents=True, exist_ok=True)
            catalogue = updated(component, folder, language)
            with path.open("wb") as stream:
                write_po(stream, catalogue, width=110, sort_output=True, omit_header=False, ignore_obsolete=True)
            written.append(path)
    return written


def gaps(catalogue: Catalog) -> Iterator[str]:
    """Yield the messages without a translation, in any of their plural forms."""
    for message in catalogue:
        if not message.id:
            continue
        texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
        if message.fuzzy or not all(texts):
            yield str(message.id if isinstance(message.id, str) else message.id[0])


def check(root: Path = ROOT / "translations") -> list[str]:
    """Return what is wrong: untranslated, lost placeholders, catalogues behind their source, clashing msgids."""
    wrong = []
    said: dict[tuple[str, object, object], tuple[str, object]] = {}
    for component, folder in sources().items():
        for language in LANGUAGES:
            name = f"{language}/{component}"
            catalogue = updated(component, folder, language, root)
            wrong += [f"{name}: not translated: {text!r}" for text in gaps(catalogue)]
            known = {(message.id, message.context) for message in stored(component, language, root) if message.id}
            now = {(message.id, message.context) for message in catalogue if message.id}
            if known != now:
                wrong.append(f"{name}: {len(known ^ now)} messages differ from the source: run `make catalogues`")
            for message in catalogue:
                if not message.id:
                    continue
                wrong += [f"{name}: {error} in {message.id!r}" for error in map(str, message.check(catalogue))]
                key = (language, message.id, message.context)
                other = said.setdefault(key, (component, message.string))
                if other[1] != message.string and message.string:
                    clash = f"{message.id!r} says {message.string!r}, but {other[0]} says {other[1]!r}"
                    wrong.append(f"{name}: {clash}: use pgettext")
    return wrong


def compile_all(roots: Iterable[Path] = (ROOT / "translations",)) -> int:
    """Compile catalogues whose .po is newer than its .mo; returns how many."""
    count = 0
    for root in roots:
        for path in root.glob("*/LC_MESSAGES/*.po"):
            target = path.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime >= path.stat().st_mtime:
                continue
            with path.open("rb") as stream:
                catalogue = read_po(stream, locale=path.parents[1].name)
            draft = target.with_suffix(f".{datetime.now(UTC).timestamp()}.part")
            with draft.open("wb") as stream:
                write_mo(stream, catalogue)
            draft.rename(target)
            count += 1
    return count
