"""A dossier as one file of HTML that needs nothing else: it can be mailed, kept, printed, read without a network."""

from __future__ import annotations

from markupsafe import Markup

from eventhub.api import Document, render_html

# No address in it: the file may be read for years, wherever it lies
STYLE = Markup("""
:root { color-scheme: light dark; --ink: #1c2733; --soft: #52606d; --line: #dedad1; --accent: #0b5f5a }
:root { --warn: #8a4b00; --sunken: #f5f3ee }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebf0; --soft: #a9b4c2; --line: #303a48; --accent: #6fd0c4; --warn: #f5b961; --sunken: #1b212b }
}
body { font: 1.0625rem/1.55 "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; color: var(--ink) }
body { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; overflow-wrap: break-word }
h1, h2, h3, h4, h5 { line-height: 1.25; margin: 1.6em 0 .6em }
h1 { font-size: 2rem; margin-top: .3em }
h2 { color: var(--accent) }
a { color: var(--accent) }
.document-event { font-weight: 600; color: var(--accent) }
.document-subtitle, .document-edition { color: var(--soft) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
th, td { text-align: start; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid var(--line) }
thead th { background: var(--sunken) }
caption { text-align: start; font-weight: 600; padding: .4rem 0 }
th.num, td.num { text-align: end }
th.center, td.center { text-align: center }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .3rem 1rem }
dt { font-weight: 600 }
dd { margin: 0 }
.missing { border: 1px dashed var(--warn); border-radius: .3rem; padding: .5rem .75rem }
.missing strong { color: var(--warn) }
.callout { border-inline-start: .25rem solid var(--accent); background: var(--sunken); padding: .5rem .9rem }
.callout.warn { border-color: var(--warn) }
blockquote { border-inline-start: .2rem solid var(--line); margin-inline: 0; padding-inline-start: 1rem }
@media (max-width: 36rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .5rem } }
@media print { thead { display: table-header-group } tr { break-inside: avoid } }
""")

PAGE = Markup(
    '<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
    "<style>{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
)


def standalone(document: Document) -> bytes:
    """Return the document as a whole page, in UTF-8."""
    title = " · ".join(filter(None, (document.title, document.event_line)))
    page = PAGE.format(language=document.language, title=title, style=STYLE, body=render_html(document))
    return page.encode()
