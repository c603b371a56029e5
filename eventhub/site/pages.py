"""The three legal pages: their first wording, and their changes."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from eventhub import activity, clock
from eventhub.activity import Actor, Verb
from eventhub.db import session
from eventhub.i18n import lazy_gettext as _l
from eventhub.localized import LocalizedText
from eventhub.site.models import SitePage

CHANGED = Verb("site:page_changed", _l("Legal page changed"))

TITLES = {
    "legal-notice": _l("Legal notice"),
    "privacy": _l("Personal data"),
    "accessibility": _l("Accessibility statement"),
}

# What a new site says until an administrator writes its own; the law asks for names only the publisher knows
FIRST_WORDING: dict[str, LocalizedText] = {
    "legal-notice": LocalizedText.of(
        fr=(
            "## Éditeur\n\nCe site est édité par l’organisateur des évènements qu’il présente. "
            "L’administrateur du site complète ici le nom de la personne publique, son adresse, son directeur de la "
            "publication et son hébergeur.\n\n## Contenus\n\nLes textes des évènements engagent leurs organisateurs."
        ),
        en=(
            "## Publisher\n\nThis site is published by the organiser of the events that it shows. "
            "The site's administrator completes here the name of the public body, its address, its publication "
            "director and its host.\n\n## Contents\n\nThe texts of an event are the responsibility of its organisers."
        ),
    ),
    "privacy": LocalizedText.of(
        fr=(
            "## Ce que nous conservons\n\nLes noms, fonctions, coordonnées, langues et voyages des participants, pour "
            "les accueillir ; leurs besoins d’accessibilité et alimentaires, seulement avec leur accord, chiffrés, et "
            "effacés après l’évènement.\n\n## Vos droits\n\nVotre lien personnel vous permet de voir, corriger, "
            "exporter et effacer vos données. Ce site ne dépose aucun traceur : il n’y a donc pas de bandeau."
        ),
        en=(
            "## What we keep\n\nNames, functions, contacts, languages and travel of participants, to welcome them; "
            "their access and dietary needs, only if they agree, encrypted, and erased after the event."
            "\n\n## Your rights\n\nYour personal link lets you see, correct, export and erase your data. "
            "This site sets no tracker, so there is no banner."
        ),
    ),
    "accessibility": LocalizedText.of(
        fr=(
            "## État de conformité\n\nCe site est **partiellement conforme** au RGAA 4.1 : il est contrôlé par des "
            "outils automatiques et au clavier, mais aucun audit complet n’a encore été fait.\n\n## Nous écrire\n\n"
            "Si une page ou un document vous résiste, écrivez à l’organisateur : il vous donnera l’information "
            "autrement. Sans réponse, vous pouvez saisir le Défenseur des droits."
        ),
        en=(
            "## Conformity\n\nThis site **partially conforms** to RGAA 4.1: it is checked by automatic tools and with "
            "the keyboard, but no full audit has been made yet.\n\n## Write to us\n\nIf a page or a document resists "
            "you, write to the organiser, who will give you the information in another way. "
            "Without an answer, you may turn to the French Defender of Rights."
        ),
    ),
}


def text_of(name: str) -> LocalizedText:
    """Return the page's wording: the administrator's, or the first one. KeyError for another name."""
    stored = session().scalar(sa.select(SitePage).where(SitePage.name == name))
    return stored.text if stored else FIRST_WORDING[name]


def change(name: str, texts: Mapping[str, str], *, by: Actor) -> SitePage:
    page = session().scalar(sa.select(SitePage).where(SitePage.name == name).with_for_update())
    if page is None:
        page = SitePage(name=name, text=FIRST_WORDING[name], changed_at=clock.now())
        session().add(page)
    page.text, page.changed_at = page.text.rewritten(texts), clock.now()
    activity.record(by, CHANGED, page)
    return page
