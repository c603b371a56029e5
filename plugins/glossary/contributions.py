"""What the lexicon tells the pages of an event: gaps, unexplained acronyms, its texts, and its part of a dossier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app, url_for

from eventhub.api import (
    Block,
    Card,
    Check,
    DossierSection,
    Event,
    Hooks,
    LocalizedEntry,
    LocalizedText,
    Missing,
    Paragraph,
    Run,
    Severity,
    State,
    Table,
    Text,
    _,
    _l,
    format_list,
    hookspecs,
    language,
    language_name,
    ngettext,
    sort_key,
)

from . import detector, domain
from .detector import ForbiddenUse, Reported
from .models import Term, TermState

ORDER = 80  # after the texts that use the terms
SHOWN = 8  # names in the explanation of a check


def hooks_of(event: Event) -> Hooks:
    hooks: Hooks = current_app.extensions["hub"].for_event(event)
    return hooks


def reported(event: Event) -> list[Reported]:
    """Return the findings on all texts of the event, of every component."""
    entries = hooks_of(event).collect(hookspecs.localized_texts, event=event)
    ignored = [row.acronym for row in domain.ignored(event)]
    return detector.report(entries, domain.terms(event), ignored, event.languages)


def forbidden(event: Event, languages: Iterable[str]) -> list[ForbiddenUse]:
    """Return where texts of the event use words that its lexicon forbids."""
    entries = hooks_of(event).collect(hookspecs.localized_texts, event=event)
    return detector.forbidden_uses(entries, domain.terms(event), languages)


def check_words(event: Event, language: str) -> None:
    """Hold back a publication in a language whose texts use a forbidden word."""
    uses = forbidden(event, [language])
    if uses:
        raise domain.ForbiddenWord(text=uses[0].entry.label, word=uses[0].word)


def cards(event: Event) -> Iterable[Card]:
    found = [term for term in domain.terms(event) if term.state != TermState.FORBIDDEN]
    if not found:
        return
    whole = sum(not any(domain.incomplete([term], code) for code in event.languages) for term in found)
    yield Card(
        _("Terms in every language"),
        str(whole),
        _("of %(total)s", total=len(found)),
        share=whole / len(found),
        url=url_for("glossary.index"),
        order=ORDER,
    )


def checks(event: Event) -> Iterable[Check]:
    found = domain.terms(event)
    for code in event.languages:
        gaps = domain.incomplete(found, code)
        if gaps:
            yield Check(
                "glossary.untranslated",
                code,
                Severity.TO_COMPLETE,
                ngettext(
                    "%(num)d term of the lexicon lacks its half in %(language)s",
                    "%(num)d terms of the lexicon lack their half in %(language)s",
                    len(gaps),
                    language=language_name(code),
                ),
                _some(term.term.label(language()) for term in gaps),
                url_for("glossary.index", missing=code),
                _("Translate them"),
                "glossary",
            )
    uses = forbidden(event, event.languages)
    if uses:
        yield Check(
            "glossary.forbidden",
            "all",
            Severity.AT_RISK,
            ngettext(
                "%(num)d text uses a word that the lexicon forbids",
                "%(num)d texts use a word that the lexicon forbids",
                len({use.entry.key for use in uses}),
            ),
            _some(_("“%(word)s” in “%(text)s”", word=use.word, text=use.entry.label) for use in uses),
            uses[0].entry.url or url_for("glossary.index", state=TermState.FORBIDDEN.value),
            _("Change the text"),
            "glossary",
        )
    unknown = detector.undefined(reported(event))
    if unknown:
        yield Check(
            "glossary.acronyms",
            "all",
            Severity.TO_COMPLETE,
            ngettext(
                "%(num)d acronym is used and never explained",
                "%(num)d acronyms are used and never explained",
                len(unknown),
            ),
            _some(unknown),
            url_for("glossary.acronyms"),
            _("Explain them"),
            "glossary",
        )


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    if len(listed) <= SHOWN:
        return format_list(listed)
    return _("%(names)s and others", names=", ".join(listed[:SHOWN]))


def texts(event: Event) -> Iterable[LocalizedEntry]:
    """Return the terms and definitions; those that the lexicon prints hold back an edition in a language they lack."""
    for term in domain.terms(event):
        url = url_for("glossary.edit", event=event.slug, term_id=term.id)
        name = term.term.label(language())
        yield LocalizedEntry(
            f"glossary.term.{term.id}.term", name, term.term, url, required=term.printed and not term.stays, order=ORDER
        )
        yield LocalizedEntry(
            f"glossary.term.{term.id}.definition",
            _("%(term)s: definition", term=name),
            term.definition,
            url,
            required=term.printed and _definition_lags(term, event.languages),
            order=ORDER,
        )


def _definition_lags(term: Term, languages: Iterable[str]) -> bool:
    """Tell whether a definition is behind its term; a term that is not translated at all is one gap, not two."""
    return any(
        term.stays or term.term.state(code) not in {State.MISSING, State.STALE}
        for code in term.definition.gaps(languages)
    )


# --- the lexicon of a dossier ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A term as a dossier prints it."""

    term: LocalizedText
    definition: LocalizedText
    stays: bool

    def name(self, code: str) -> Run | None:
        """Return the term in the language, or as it is in every language; None where it is not translated."""
        own = self.term.text(code)
        if own or not self.stays:
            return Run(own, bold=True) if own else None
        source, half = next(iter(self.term))
        return Run(half.text, bold=True, language=source)


def sections(event: Event) -> Iterable[DossierSection]:
    """Return the lexicon of a dossier: the reader's language, and the others beside it."""
    lines = tuple(
        Line(term.term, term.definition, term.stays) for term in domain.terms(event) if term.printed and term.term
    )
    if lines:
        languages = tuple(event.languages)
        yield DossierSection(
            "glossary.lexicon", _l("Lexicon"), lambda code: lexicon(lines, languages, code), order=ORDER
        )


def lexicon(lines: Sequence[Line], languages: Sequence[str], code: str) -> Sequence[Block]:
    """Return the lexicon for readers of a language, in its alphabet's order; what it lacks comes last, and is said."""
    others = [other for other in languages if other != code]
    known = [line for line in lines if line.name(code) and line.definition.text(code)]
    lacking = [line for line in lines if not (line.name(code) and line.definition.text(code))]
    rows = [
        (_own_cell(line, code), *(_other_cell(line, other) for other in others))
        for line in [*_sorted(known, code), *_sorted(lacking, code)]
    ]
    head = tuple(_capital(language_name(each)) for each in (code, *others))
    blocks: list[Block] = [
        Paragraph(_("Words of this event that may be new to you, in plain language.")),
        Table(head, tuple(rows), row_headers=False),
    ]
    if lacking:
        blocks.append(
            Missing(
                ngettext(
                    "%(num)d term or its definition is not translated into %(language)s yet.",
                    "%(num)d terms or their definitions are not translated into %(language)s yet.",
                    len(lacking),
                    language=language_name(code),
                )
            )
        )
    return blocks


def _sorted(lines: Iterable[Line], code: str) -> list[Line]:
    return sorted(lines, key=lambda line: sort_key(line.term.label(code)).lstrip("["))


def _own_cell(line: Line, code: str) -> Text:
    name = line.name(code) or Run(_("Not translated yet"), italic=True)
    definition = line.definition.text(code)
    if definition is None:
        return (
            (name,) if not line.name(code) else (name, Run("\n"), Run(_("Definition not translated yet"), italic=True))
        )
    return (name, Run("\n" + definition))


def _other_cell(line: Line, code: str) -> Text:
    name = line.name(code)
    return (Run(name.text, language=name.language or code),) if name else "–"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
