"""The same document on a page of the site, and Markdown on its way into it."""

from __future__ import annotations

import hashlib
import json

import pytest

from eventhub.documents import (
    BulletList,
    Callout,
    Document,
    Figure,
    Heading,
    ListItem,
    Missing,
    Paragraph,
    Run,
    Table,
    blocks_from_markdown,
    render_html,
)
from eventhub.documents.glyphs import FALLBACKS, SOURCE_SANS
from tests.documents.dossiers import BARS, make_document, make_dossier

N, T = "\u00a0", "\u202f"


def lines_of(document: Document, level: int = 1) -> list[str]:
    return render_html(document, level=level).split("\n")[1:-1]


def test_a_dossier_reads_as_a_page() -> None:
    picture = (
        "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHdpZHRoPSIzMDAiIGhlaWdodD0iNDAiPjxyZWN0IHdpZHRoPSIyMDAi"
    )
    page = render_html(make_dossier())
    before, _, after = page.partition(f'<img src="data:image/svg+xml;base64,{picture}')
    assert before.split("\n") == [
        '<article class="document" lang="fr">',
        (
            '<header><p class="document-event">Climate Democracy Lab · Grenoble, 25–27 mars 2025</p>'
            "<h1>Dossier des participantes et des participants</h1>"
            '<p class="document-subtitle">Votre programme, vos visites, vos repas</p></header>'
        ),
        (
            '<nav class="document-contents" aria-labelledby="section-contents"><h2 id="section-contents">Sommaire</h2>'
            f'<ol><li><a href="#section-1">Bienvenue à Grenoble{T}!</a>'
            '<ol><li><a href="#section-2">Mardi 25 mars</a></li></ol></li>'
            '<li><a href="#section-3">Visites</a></li></ol></nav>'
        ),
        f'<h2 id="section-1">Bienvenue à Grenoble{T}!</h2>',
        (
            '<p>Écrivez à <a href="mailto:accueil@example.org">accueil@example.org</a> avec '
            '<strong>vos questions</strong> sur les <span lang="en"><em>field visits</em></span></p>'
        ),
        '<h3 id="section-2">Mardi 25 mars</h3>',
        f"<dl><dt>12{N}h{N}00</dt><dd>Buffet d’accueil</dd><dt>14{N}h{N}00</dt><dd>Plénière d’ouverture</dd></dl>",
        (
            '<section class="scroll" tabindex="0" aria-labelledby="section-table-1"><table>'
            '<caption id="section-table-1">Les visites du mercredi</caption>'
            '<thead><tr><th scope="col">Visite</th><th scope="col">Langue</th>'
            '<th scope="col" class="num">Places</th></tr></thead>'
        ),
        '<tbody><tr><th scope="row">Vizille</th><td>FR</td><td class="num">15</td></tr>',
        '<tr><th scope="row">Chronovélo</th><td>FR, EN</td><td class="num">12</td></tr></tbody></table></section>',
        '<h2 id="section-3">Visites</h2>',
        "<figure>",
    ]
    assert after.split("\n", 1)[0].endswith(
        f'alt="Vizille{N}: 12 inscrits pour 15 places"><figcaption>Remplissage</figcaption></figure>'
    )
    assert after.split("\n")[1:] == [
        "<ul><li>Vizille<ul><li>en car</li></ul></li><li>Chronovélo</li></ul>",
        "<ol><li>Premier vœu</li><li>Deuxième vœu</li></ol>",
        '<div class="callout warn" role="note"><p><strong>À savoir</strong></p><p>Prenez votre panier-repas.</p></div>',
        '<p class="missing"><strong>Manquant</strong> Le portrait de la délégation de Reykjavík.</p>',
        '<p class="document-edition">Deuxième édition, 18 mars 2025</p>',
        "</article>",
    ]


def test_nothing_typed_becomes_markup() -> None:
    evil = '<img src=x onerror="alert(1)">\'&{{7*7}}\x00'
    safe = "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;&#39;&amp;{{7*7}}"
    document = Document(
        title=evil,
        language="en",
        subtitle=evil,
        event_line=evil,
        edition_line=evil,
        toc=True,
        blocks=(
            Heading(1, evil),
            Paragraph((Run(evil, bold=True, href='https://example.org/"onmouseover="x'),)),
            BulletList((ListItem(evil, BulletList.of(evil)),)),
            Table((evil,), ((evil,),), caption=evil),
            Callout((Paragraph(evil),), title=evil),
            Figure(BARS, "image/svg+xml", evil, evil),
            Missing(evil),
        ),
    )
    page = render_html(document)
    assert page.count("<img ") == 1
    assert page.count(safe) == 17
    assert "onmouseover" in page
    assert 'href="https://example.org/%22onmouseover=%22x"' in page
    assert "\x00" not in page


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", " javascript:x", "//h", "x"]
)
def test_a_link_that_leads_nowhere_good_is_text(href: str) -> None:
    assert lines_of(make_document(Paragraph((Run("ici", href=href),))))[1] == "<p>ici</p>"


def test_headings_start_where_the_page_wants_them() -> None:
    document = make_document(Heading(1, "A"), Heading(4, "B"), Heading(3, "C"), Heading(4, "D"))
    assert lines_of(document, level=3) == [
        "<header><h3>Dossier</h3></header>",
        '<h4 id="section-1">A</h4>',
        '<h5 id="section-2">B</h5>',
        '<h6 id="section-3">C</h6>',
        '<h6 id="section-4">D</h6>',
    ]


def test_a_language_that_the_engine_has_no_words_for_says_whose_words_it_borrows() -> None:
    (_, gap) = lines_of(make_document(Missing("Testua"), language="eu"))
    assert gap == '<p class="missing"><strong lang="en">Missing</strong> Testua</p>'


def test_a_language_from_right_to_left_says_so() -> None:
    assert render_html(make_document(language="ar")).startswith('<article class="document" lang="ar" dir="rtl">')
    (_, line) = lines_of(make_document(Paragraph((Run("avec "), Run("שלום", language="he")))))
    assert line == '<p>avec <span lang="he" dir="rtl">שלום</span></p>'


def test_markdown_becomes_blocks() -> None:
    text = """\
# Visites

Un *car* et des **vélos**,\\
le [plan](https://example.org/plan) <b>là</b>

3. trois

   suite
   - dessous
4. quatre

| Visite | Places |
|--------|-------:|
| Vizille | *15* |

> Le climat change

---

    code # one
"""
    assert blocks_from_markdown(text) == (
        Heading(1, "Visites"),
        Paragraph(
            (
                Run("Un "),
                Run("car", italic=True),
                Run(" et des "),
                Run("vélos", bold=True),
                Run(",\nle "),
                Run("plan", href="https://example.org/plan"),
                Run(" <b>là</b>"),
            )
        ),
        BulletList(
            (ListItem("trois\nsuite", BulletList.of("dessous")), ListItem("quatre")),
            numbered=True,
            start=3,
        ),
        Table(("Visite", "Places"), (("Vizille", (Run("15", italic=True),)),), alignments=("start", "end")),
        Callout((Paragraph("Le climat change"),), tone="quote"),
        Paragraph("code # one"),
    )


def test_no_word_of_markdown_is_lost_in_a_list() -> None:
    text = (
        "- # un\n  > deux\n  > - trois\n  >   - quatre\n\n  | cinq | six |\n  |---|---|\n  | sept | ![huit](x.png) |\n"
    )
    (block,) = blocks_from_markdown(text)
    assert block == BulletList(
        (
            ListItem(
                (
                    Run("un", bold=True),
                    *(Run("\n"), Run("deux"), Run("\n"), Run("– "), Run("trois"), Run("\n"), Run("– "), Run("quatre")),
                    *(Run("\n"), Run("cinq · six"), Run("\n"), Run("sept · huit")),
                )
            ),
        )
    )


def test_fonts_are_those_that_the_manifest_names() -> None:
    for manifest, name, folder in (
        (SOURCE_SANS.parent / "MANIFEST.json", SOURCE_SANS.name, SOURCE_SANS),
        (FALLBACKS / "MANIFEST.json", "noto-sans", FALLBACKS),
    ):
        entry = json.loads(manifest.read_text())[name]
        found = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.iterdir()
            if path.name != "MANIFEST.json"
        }
        assert found == entry["files"]
        assert entry["licence"] == "OFL-1.1"
        assert "SIL OPEN FONT LICENSE" in (folder / entry["licence_file"]).read_text()
