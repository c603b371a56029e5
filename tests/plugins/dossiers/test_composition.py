"""What a dossier says, language by language, from facts alone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from eventhub.api import (
    AgendaItem,
    Block,
    Callout,
    Document,
    DossierSection,
    Heading,
    LocalizedText,
    Missing,
    Paragraph,
    State,
    Table,
    Text,
    from_json,
    to_json,
)
from eventhub.testing import World
from plugins.dossiers import sections
from plugins.dossiers.composition import Composition, fingerprint
from plugins.dossiers.models import Kind

PARIS = ZoneInfo("Europe/Paris")
BOTH = LocalizedText.of(fr="Titre", en="Title")

pytestmark = pytest.mark.usefixtures("world")  # words and dates need catalogues


def composed(*parts: DossierSection, title: LocalizedText = BOTH) -> Composition:
    return Composition(Kind.PROGRAMME, title, "Grenoble", date(2025, 3, 25), date(2025, 3, 27), "Host", parts, 7)


def said(section: DossierSection, language: str) -> tuple[Block, ...]:
    return composed(section).document(language).blocks[1:]


def agenda(*items: AgendaItem) -> DossierSection:
    return sections.agenda(items, PARIS, own=False)


def item(title: LocalizedText, hour: int, note: LocalizedText | None = None) -> AgendaItem:
    starts = datetime(2025, 3, 25, hour, tzinfo=UTC)
    return AgendaItem(starts, starts.replace(hour=hour + 1), title, "Room", note or LocalizedText())


def test_a_document_names_the_event_its_days_and_who_publishes_it() -> None:
    document = composed().document("en", "Edition 1")
    assert document == Document(
        title="Programme dossier",
        language="en",
        blocks=(),
        event_line="Title · Grenoble, 25–27 Mar 2025",
        edition_line="Edition 1",
        author="Host",
        toc=True,
    )


def test_an_event_whose_title_is_missing_is_not_given_another_languages_title() -> None:
    document = composed(title=LocalizedText.of(fr="Titre")).document("en")
    assert document.event_line == "Grenoble, 25–27 Mar 2025"
    assert document.blocks == (Missing("The title of the event is not translated into English yet."),)


def test_headings_of_a_section_stand_under_its_title() -> None:
    section = sections.free("x", BOTH, LocalizedText.of(en="# One\n\n#### Deep\n\ntext"), 10)
    assert composed(section).document("en").blocks == (
        Heading(1, "Title"),
        Heading(2, "One"),
        Heading(4, "Deep"),
        Paragraph("text"),
    )


def test_a_section_whose_title_is_missing_says_so() -> None:
    section = sections.free("x", LocalizedText.of(fr="Titre"), LocalizedText.of(en="text"), 10)
    assert composed(section).document("en").blocks == (
        Heading(1, "Section without a title"),
        Missing("The title of this section is not translated into English yet."),
        Paragraph("text"),
    )


def test_a_stale_text_is_shown_with_a_warning() -> None:
    stale = LocalizedText.of(en="old", fr="ancien").written("fr", "nouveau")
    assert stale.state("en") is State.STALE
    warning, text = said(sections.free("x", BOTH, stale, 10), "en")
    assert isinstance(warning, Callout)
    assert warning.title == "Translation not up to date"
    assert text == Paragraph("old")


def test_the_agenda_is_in_order_of_time_with_the_hours_of_the_place() -> None:
    late, early = item(LocalizedText.of(fr="Tard", en="Late"), 15), item(LocalizedText.of(fr="Tôt", en="Early"), 8)
    heading, table = said(agenda(late, early), "fr")
    assert heading == Heading(2, "mardi 25 mars 2025")
    assert isinstance(table, Table)
    assert [plain(row) for row in table.rows] == ["9 h 00 – 10 h 00 | Tôt Room", "16 h 00 – 17 h 00 | Tard Room"]


def plain(row: tuple[Text, ...]) -> str:
    """Return the words of a row with ordinary spaces."""
    cells = [cell if isinstance(cell, str) else "".join(run.text for run in cell) for cell in row]
    return " | ".join(" ".join(cell.split()) for cell in cells)


def test_an_untranslated_item_is_a_gap_and_never_another_language() -> None:
    whole = item(LocalizedText.of(fr="Plénière", en="Plenary"), 8)
    french = item(LocalizedText.of(fr="Buffet"), 12)
    half = item(LocalizedText.of(fr="Atelier", en="Workshop"), 14, LocalizedText.of(fr="Apportez un crayon"))
    _heading, table, gap = said(agenda(whole, french, half), "en")
    assert gap == Missing("2 items of this day are not translated into English yet.")
    assert "Buffet" not in str(table)
    assert "crayon" not in str(table)
    assert "Title not translated yet" in str(table)
    assert len(said(agenda(whole, french, half), "fr")) == 2


def test_an_empty_agenda_says_so() -> None:
    assert said(agenda(), "en") == (Paragraph("Nothing is planned yet."),)


def test_venues_say_how_to_come_in_each_language() -> None:
    place = sections.Place("Hall", "1 Street", LocalizedText.of(fr="Tram A"), True, (("Big room", 80), ("Nook", 0)))
    english = said(sections.practical([place]), "en")
    assert english == (
        Heading(2, "Hall"),
        Paragraph("1 Street"),
        Missing("Not available in English yet: how to get to Hall."),
        Paragraph("You can come in and reach the rooms without a step."),
        Table(
            ("Room", "Seats"),
            (("Big room", "80"), ("Nook", "–")),
            caption="Rooms of Hall",
            alignments=("start", "end"),
            row_headers=True,
        ),
    )
    assert Paragraph("Tram A") in said(sections.practical([place]), "fr")


def test_countries_and_roles_are_said_in_the_language() -> None:
    section = sections.delegations([sections.Company("Prague", "Praha", "CZ", "challenge_owner", 5)])
    [count, table] = said(section, "en")
    assert count == Paragraph("5 people are expected.")
    assert isinstance(table, Table)
    assert table.rows == (("Prague", "Praha, Czechia", "Challenge owner", "5"),)


def test_a_document_comes_back_from_its_data_and_keeps_its_fingerprint() -> None:
    document = composed(sections.funding(LocalizedText.of(en="With the support of a funder."))).document(
        "en", "Edition 1"
    )
    assert from_json(to_json(document)) == document
    assert fingerprint(document) == fingerprint(
        composed(*composed().sections, sections.funding(LocalizedText.of(en="With the support of a funder."))).document(
            "en", "Edition 2"
        )
    )


def test_a_language_that_the_interface_does_not_speak_keeps_its_own_texts(world: World) -> None:
    section = sections.free("x", LocalizedText.of(de="Titel"), LocalizedText.of(de="Guten Tag"), 10)
    document = composed(section, title=LocalizedText.of(de="Treffen")).document("de")
    assert (document.language, document.blocks) == ("de", (Heading(1, "Titel"), Paragraph("Guten Tag")))
