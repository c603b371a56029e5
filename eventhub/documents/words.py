"""The few words that the engine itself writes into a document.

Not gettext: a document may be in a language that the interface does not speak (an edition in German while the site
has French and English), and a word of another language would then pass for a translation.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """``contents`` heads the table of contents, ``missing`` marks a gap; ``language`` is theirs."""

    language: str
    contents: str
    missing: str


_WORDS = {
    "bg": ("Съдържание", "Липсва"),
    "ca": ("Índex", "Falta"),
    "cs": ("Obsah", "Chybí"),
    "da": ("Indhold", "Mangler"),
    "de": ("Inhalt", "Fehlt"),
    "el": ("Περιεχόμενα", "Λείπει"),
    "en": ("Contents", "Missing"),
    "es": ("Índice", "Falta"),
    "et": ("Sisukord", "Puudub"),
    "fi": ("Sisällys", "Puuttuu"),
    "fr": ("Sommaire", "Manquant"),
    "hr": ("Sadržaj", "Nedostaje"),
    "hu": ("Tartalom", "Hiányzik"),
    "is": ("Efnisyfirlit", "Vantar"),
    "it": ("Indice", "Manca"),
    "lt": ("Turinys", "Trūksta"),
    "lv": ("Saturs", "Trūkst"),
    "nb": ("Innhold", "Mangler"),
    "nl": ("Inhoud", "Ontbreekt"),
    "pl": ("Spis treści", "Brak"),
    "pt": ("Índice", "Em falta"),
    "ro": ("Cuprins", "Lipsește"),
    "sk": ("Obsah", "Chýba"),
    "sl": ("Kazalo", "Manjka"),
    "sv": ("Innehåll", "Saknas"),
}


def words_in(language: str) -> Words:
    """Return the words of a language; for one that is not listed the English ones, which say that they are English."""
    code = language.partition("-")[0]
    code = code if code in _WORDS else "en"
    return Words(code, *_WORDS[code])
