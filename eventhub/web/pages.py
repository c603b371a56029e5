"""Blueprints in the three areas of the site, so that a component's addresses follow from its name."""

from __future__ import annotations

from enum import StrEnum

from flask import Blueprint


class Audience(StrEnum):
    """Who the pages are for; decides where they stand."""

    ORGANISERS = "/<language:lang>/manage/<event>"
    PUBLIC = "/<language:lang>/e/<event>"
    SITE = "/<language:lang>"


def pages(name: str, import_name: str, audience: Audience, *, path: str | None = None) -> Blueprint:
    """Return a blueprint called ``name``, its pages under ``path`` (the name with dashes, unless given).

    A component's blueprints are called like it, or ``<component>_<something>``. Templates lie in ``templates/``
    beside the module, in a folder named after the component.
    """
    place = name.replace("_", "-") if path is None else path
    return Blueprint(
        name,
        import_name,
        url_prefix=f"{audience.value}/{place}".rstrip("/"),
        template_folder="templates",
    )
