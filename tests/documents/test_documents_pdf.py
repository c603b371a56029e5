"""What a reader, a screen reader and an archive find in a PDF."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from eventhub.documents import (
    BulletList,
    Callout,
    CompileFailed,
    Compiler,
    DefinitionList,
    Document,
    Figure,
    Heading,
    PageBreak,
    Paragraph,
    ReplacedGlyph,
    Run,
    Table,
    TooLarge,
    from_json,
    render_pdf,
    render_template,
    to_json,
)
from eventhub.documents.glyphs import glyph_set
from eventhub.documents.model import media_type_of
from eventhub.documents.pdf import breakable, column_widths
from tests.documents.dossiers import (
    EDITION,
    elements_of,
    make_document,
    make_dossier,
    make_png,
    needs_poppler,
    opened,
    pages_of,
    tags_of,
    text_of,
)

HOSTILE = [
    '#panic("x")',
    '#read("/etc/passwd")',
    '#import "@preview/cetz:0.3.0": *',
    "*b* _i_ $x$ `r` = h @label <label> \\ ~ -- ---",
    "<script>alert(1)</script>",
    "{{ 7*7 }} {% raw %} %(name)s",
    "]]] ))) }}} /* // */",
]


def test_a_dossier_says_that_it_is_accessible_and_archivable() -> None:
    with opened(render_pdf(make_dossier(), timestamp=EDITION).pdf) as file, file.open_metadata() as metadata:
        assert file.check_pdf_syntax() == []
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["dc:title"] == "Dossier des participantes et des participants"
        assert str(file.Root.Lang) == "fr"
        assert file.Root.MarkInfo.Marked is True
        assert file.Root.ViewerPreferences.DisplayDocTitle is True
        assert str(file.docinfo["/Author"]) == "Grenoble-Alpes Métropole"
        assert str(file.docinfo["/CreationDate"]) == "D:20250318090000Z"


def test_a_screen_reader_meets_one_title_and_every_kind_of_block() -> None:
    with opened(render_pdf(make_dossier(), timestamp=EDITION).pdf) as file:
        tags = tags_of(file)
        assert [tag for tag in tags if tag.startswith("H")] == ["H1", "H2", "H2", "H3", "H2"]
        assert {"TOC", "Table", "Caption", "THead", "L", "Lbl", "LBody", "Figure", "Link", "Strong", "Em"} <= set(tags)
        assert [tags.count(tag) for tag in ("TH", "TD", "TR")] == [3, 6, 3]
        assert str(elements_of(file, "Figure")[0].Alt) == "Vizille\u00a0: 12 inscrits pour 15 places"
        assert file.pages[0].Contents.read_bytes().count(b"/Lang(en)") == 1  # the field visits


def test_bookmarks_are_the_headings_without_the_title() -> None:
    with opened(render_pdf(make_dossier(), timestamp=EDITION).pdf) as file, file.open_outline() as outline:
        assert [(mark.title, [below.title for below in mark.children]) for mark in outline.root] == [
            ("Bienvenue à Grenoble\u202f!", ["Mardi 25 mars"]),
            ("Visites", []),
        ]


@needs_poppler
def test_the_pages_say_all_that_the_document_says() -> None:
    text = text_of(render_pdf(make_dossier(), timestamp=EDITION).pdf)
    for words in (
        "Climate Democracy Lab · Grenoble, 25–27 mars 2025 Dossier des participantes",
        "Votre programme, vos visites, vos repas Sommaire Bienvenue à Grenoble",
        "Écrivez à accueil@example.org avec vos questions sur les field visits",
        "12 h 00 Buffet d’accueil 14 h 00 Plénière d’ouverture",
        "Les visites du mercredi Visite Langue Places Vizille FR 15 Chronovélo FR, EN 12",
        "Deuxième édition, 18 mars 2025 1 / 2",
        "2 / 2",
        "• Vizille – en car • Chronovélo 1. Premier vœu 2. Deuxième vœu",
        "À savoir Prenez votre panier-repas.",
        "Manquant Le portrait de la délégation de Reykjavík.",
    ):
        assert words in text


@needs_poppler
@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_markup_stays_text(text: str) -> None:
    document = Document(
        title=text,
        language="en",
        subtitle=text,
        event_line=text,
        edition_line=text,
        author=text,
        toc=True,
        blocks=(
            Heading(1, text),
            Paragraph((Run(text, bold=True, href="https://example.org/"), Run(text))),
            BulletList.of(text),
            DefinitionList(((text, text),)),
            Table((text,), ((text,),), caption=text),
            Callout((Paragraph(text),), title=text),
        ),
    )
    pages = text_of(render_pdf(document, timestamp=EDITION).pdf)
    assert pages.replace(" ", "").count("".join(text.split())) == 16


def test_a_link_goes_only_where_a_reader_may_go() -> None:
    hrefs = (
        "https://example.org/é?a=b",
        "mailto:a@example.org",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "/x",
        "//x",
    )
    runs = tuple(Run(f"lien {number} ", href=href) for number, href in enumerate(hrefs))
    with opened(render_pdf(make_document(Paragraph(runs)), timestamp=EDITION).pdf) as file:
        targets = [str(note.A.URI) for page in file.pages for note in page.Annots]
        assert targets == ["https://example.org/%C3%A9?a=b", "mailto:a@example.org"]


@needs_poppler
def test_what_no_font_has_is_shown_as_a_box_and_reported() -> None:
    document = make_document(
        Paragraph("Tōkyō 北京 😀 北 fin\x00\x01\x7f\u202e\ufeff\ud800"),
        Table(("Nom 😀",), (("Zoë",),)),
        title="Noms 😀",
    )
    rendered = render_pdf(document, timestamp=EDITION)
    assert rendered.replaced_glyphs == (
        ReplacedGlyph("京", 1),
        ReplacedGlyph("北", 2),
        ReplacedGlyph("😀", 3),
    )
    assert rendered.replaced_glyphs[2].name == "U+1F600 GRINNING FACE"
    assert "Noms □ Tōkyō □□ □ □ fin Nom □ Zoë" in text_of(rendered.pdf)


@needs_poppler
@pytest.mark.parametrize(
    "name",
    ["Łukasz Wiśniewski", "Guðrún Þórðardóttir", "Ελένη Παπαδοπούλου", "Георги Иванов", "Արամ", "გიორგი", "Nguyễn"],
)
def test_names_keep_their_letters(name: str) -> None:
    rendered = render_pdf(make_document(Paragraph(name), Paragraph((Run(name, bold=True),))), timestamp=EDITION)
    assert rendered.replaced_glyphs == ()
    assert text_of(rendered.pdf).count(name) == 2


@pytest.mark.parametrize("name", ["דוד כהן", "محمد العلوي", "שָׁלוֹם", "مُحَمَّد"])
def test_names_from_right_to_left_print_without_a_box(name: str) -> None:
    rendered = render_pdf(make_document(Paragraph(f"Avec {name}, à 9 h")), timestamp=EDITION)
    assert rendered.replaced_glyphs == ()


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.text(st.characters(exclude_categories=()), max_size=40)
        | st.text(st.sampled_from([chr(point) for font in glyph_set().fonts for point in sorted(font)]), max_size=40),
        max_size=40,
    )
)
@example(["a\u064e", "\u064e", "\u05d0\u0301", "ḗ", "\u0301", "\ufb4f", "\ue000", "\U0010ffff", "\u25cc\u0300"])
def test_any_text_makes_a_document(texts: list[str]) -> None:
    document = make_document(*map(Paragraph, texts), BulletList.of(*texts), title="Tout " + " ".join(texts))
    assert render_pdf(document, timestamp=EDITION).pdf.startswith(b"%PDF-1.7")


@needs_poppler
@pytest.mark.parametrize(
    "text", ["lorem ipsum dolor " * 17_000, "x" * 300_000], ids=["words of one paragraph", "one endless word"]
)
def test_three_hundred_thousand_characters_stay_on_their_pages(text: str) -> None:
    pdf = render_pdf(make_document(Paragraph(text)), timestamp=EDITION).pdf
    letters = text_of(pdf).replace(" ", "")
    assert letters.count(text[0]) >= text.count(text[0])
    with opened(pdf) as file:
        assert len(file.pages) > 40


@needs_poppler
def test_an_address_is_copied_out_whole_from_a_narrow_cell() -> None:
    address = "jana.novakova@prague-innovation-institute.example.org"
    head = ("Nom", "Courriel", "Fonction", "Langues", "Visite", "Repas")
    row = ("Jana", address, "Cheffe de délégation au climat", "Tchèque et anglais couramment", "Vizille", "Végétarien")
    assert address in text_of(render_pdf(make_document(Table(head, (row,))), timestamp=EDITION).pdf).replace(" ", "")


def test_long_words_break_after_signs_and_words_of_letters_are_left_to_hyphenation() -> None:
    split = breakable("jana.novakova@prague-innovation-institute.example.org").split("\u200b")
    assert split == ["jana.novakova@", "prague-innovation-", "institute.", "example.", "org"]
    assert breakable("Donaudampfschifffahrtsgesellschaftskapitän") == "Donaudampfschifffahrtsgesellschaftskapitän"
    assert breakable("x" * 61).split("\u200b") == ["x" * 12] * 5 + ["x"]


def test_columns_of_long_text_share_the_width_and_short_ones_take_theirs() -> None:
    long = Table(("N°", "Une tête plus longue que son texte", "Texte"), (("1", "oui", "mot " * 20),))
    assert column_widths(long) == [0, 0, 60]
    assert column_widths(Table(("Ville", "Places"), (("Gand", "4"),), alignments=("start", "end"))) == [1, 0]
    assert column_widths(Table(("Places",), (), alignments=("end",))) == [0]


def test_headings_never_skip_a_level_and_a_page_long_one_is_a_paragraph() -> None:
    blocks = (Heading(3, "A"), Heading(1, " "), Heading(4, "B"), Heading(1, "C"), Heading(1, "x" * 40_000))
    with opened(render_pdf(make_document(*blocks), timestamp=EDITION).pdf) as file:
        assert [str(element.T) for tag in ("H1", "H2", "H3") for element in elements_of(file, tag)] == [
            "Dossier",
            "A",
            "C",
            "B",
        ]


def test_equal_documents_give_equal_bytes_in_any_process() -> None:
    here, there = Compiler(), Compiler()
    first = render_pdf(make_dossier(), timestamp=EDITION, compiler=here)
    render_pdf(make_document(Paragraph("entre les deux")), timestamp=EDITION, compiler=here)
    assert render_pdf(make_dossier(), timestamp=EDITION, compiler=here) == first
    assert render_pdf(make_dossier(), timestamp=EDITION, compiler=there) == first
    later = EDITION.replace(hour=10)
    assert render_pdf(make_dossier(), timestamp=later, compiler=here) != first
    here.close()
    there.close()


def test_an_edition_kept_as_data_gives_the_same_bytes() -> None:
    kept = json.dumps(to_json(make_dossier()))
    again = from_json(json.loads(kept))
    assert again == make_dossier()
    assert render_pdf(again, timestamp=EDITION) == render_pdf(make_dossier(), timestamp=EDITION)


@pytest.mark.parametrize("data", [{"kind": "os"}, {"kind": "Run"}, {"kind": "Run", "text": "a", "onclick": "b"}, {}])
def test_foreign_data_is_no_document(data: dict[str, str]) -> None:
    with pytest.raises((KeyError, TypeError)):
        from_json(data)


def test_a_timestamp_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        render_pdf(make_dossier(), timestamp=datetime(2025, 3, 18))  # noqa: DTZ001  # that is the point


def test_a_document_that_makes_no_sense_is_refused_where_it_is_made() -> None:
    with pytest.raises(ValueError, match="row 2 has 1 cells for 2 columns"):
        Table(("a", "b"), (("1", "2"), ("3",)))
    with pytest.raises(ValueError, match="has a head"):
        Table((), ())
    with pytest.raises(ValueError, match="1 alignments for 2 columns"):
        Table(("a", "b"), (), alignments=("end",))
    with pytest.raises(ValueError, match="level is 1 to 4"):
        Heading(5, "a")
    with pytest.raises(ValueError, match="text that replaces it"):
        Figure(b"<svg>", "image/svg+xml", " ")
    with pytest.raises(ValueError, match="not image/png"):
        Figure(b"<svg>", "image/png", "a")
    with pytest.raises(ValueError, match="language tag"):
        dataclasses.replace(make_dossier(), language='fr"')
    with pytest.raises(ValueError, match="has a title"):
        dataclasses.replace(make_dossier(), title=" ")


@needs_poppler
def test_a_component_brings_its_own_template_and_its_data_is_guarded_too() -> None:
    source = """
        #import "/base.typ": *
        #let it = json(bytes(sys.inputs.data))
        #set document(title: it.title)
        #set text(font: face, fallback: false, lang: it.lang)
        #for dish in it.dishes { par(words(dish)) }
    """
    data = {"title": "Étiquettes", "lang": "fr", "dishes": ["#panic()", "Gratin 🥔"]}
    rendered = render_template(source, data, timestamp=EDITION)
    assert rendered.replaced_glyphs == (ReplacedGlyph("🥔", 1),)
    assert text_of(rendered.pdf) == "#panic() Gratin □"


@needs_poppler
def test_a_caption_stays_with_its_table_wherever_the_page_ends() -> None:
    table = Table(("Ville",), (("Gand",), ("Turin",)), caption="Qui vient")
    for lines in range(20, 50):
        pdf = render_pdf(make_document(Paragraph("x\n" * lines), Heading(1, "Villes"), table), timestamp=EDITION).pdf
        pages = [set(words) for words in pages_of(pdf)]
        assert any({"Villes", "vient", "Ville", "Gand"} <= words for words in pages), lines


@needs_poppler
def test_a_long_title_stands_whole_on_the_first_page_and_short_above_the_others() -> None:
    title = "mot " * 59 + "fin"
    first, second = pages_of(render_pdf(make_document(PageBreak(), Paragraph("x"), title=title), timestamp=EDITION).pdf)
    assert (first.count("mot"), "fin" in first) == (59, True)
    assert (second.count("mot"), "fin" in second) == (22, False)


def test_an_image_keeps_its_size_but_for_what_the_page_has_room_for() -> None:
    figures = [Figure(make_png(*size), "image/png", f"{size}") for size in ((200, 100), (2000, 100), (300, 3000))]
    with opened(render_pdf(make_document(*figures), timestamp=EDITION).pdf) as file:
        boxes = [[float(side) for side in element.A[0].BBox] for element in elements_of(file, "Figure")]
        sizes = [(round(right - left), round(top - bottom)) for left, bottom, right, top in boxes]
        assert sizes == [(200, 100), (459, 23), (40, 397)]
        assert [str(element.Alt) for element in elements_of(file, "Figure")] == [figure.alt for figure in figures]


@pytest.mark.parametrize(
    "image",
    [
        b"\x89PNG\r\n\x1a\n and no more",
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="/etc/passwd" width="9"/></svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>',
    ],
    ids=["a broken image", "an image that reads a file", "an image of no size"],
)
def test_an_image_that_is_none_is_refused(image: bytes) -> None:
    media_type = media_type_of(image)
    assert media_type is not None
    with pytest.raises(CompileFailed):
        render_pdf(make_document(Figure(image, media_type, "Une image")), timestamp=EDITION)


def test_an_image_larger_than_the_memory_is_refused() -> None:
    with pytest.raises(TooLarge) as stopped:
        render_pdf(make_document(Figure(make_png(16_000, 16_000), "image/png", "Un mur")), timestamp=EDITION)
    assert stopped.value.what == "memory"
