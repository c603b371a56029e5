"""The lexicon of the reference event."""

from __future__ import annotations

from eventhub.api import Demo, spaced

from . import domain
from .demo_terms import TERMS


def tell(demo: Demo) -> None:
    """Write the sixty terms; six have no English, which the truth page must find."""
    for seed in TERMS:
        facts = {
            "term": {"fr": spaced(seed.fr, "fr"), "en": seed.en},
            "definition": {"fr": spaced(seed.definition, "fr"), "en": seed.meaning},
            "domain": seed.domain,
            "state": seed.state.value,
            "is_acronym": seed.is_acronym,
        }
        domain.add(demo.event, facts, by=demo.by)
