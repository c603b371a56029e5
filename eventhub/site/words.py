"""Origins of plugins as the interface says them."""

from __future__ import annotations

from typing import Any

from eventhub.i18n import lazy_pgettext as _lp

ORIGINS: dict[str, Any] = {
    "folder": _lp("origin of a plugin", "Plugins folder"),
    "given": _lp("origin of a plugin", "Given at the start"),
}
