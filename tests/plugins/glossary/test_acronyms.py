"""What the detector takes for an acronym, what for its definition, and what it complains of."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.glossary.acronyms import DEFAULT_IGNORED, Definition, Finding, Place, Problem, Text, find_problems, uses_in

PCAEM_FR = "Plan climat-air-énergie métropolitain"


def acronyms(text: str, language: str = "fr") -> list[str]:
    return [use.acronym for use in uses_in([Text("text", language, text)])]


def expansion(text: str) -> str | None:
    """What the text says that its last acronym means."""
    return list(uses_in([Text("text", "fr", text)]))[-1].expansion


def problems(*texts: str, known: frozenset[str] = frozenset(), language: str = "fr") -> list[tuple[str, str]]:
    numbered = [Text(f"text {number}", language, text) for number, text in enumerate(texts, start=1)]
    return [(finding.acronym, finding.problem.value) for finding in find_problems(numbered, known)]


# What is an acronym


@pytest.mark.parametrize(
    "name", ["C2D", "PCAEM", "PETR", "SCoT", "ZAC", "EPCI", "PLUi", "ZFEm", "R&D", "COP28", "SRADDET"]
)
@pytest.mark.parametrize(
    "sentence", ["Le {} se réunit.", "{}", "Un avis ({}), puis un autre.", "Voir : {} ; {}, {}/{}."]
)
def test_acronyms_are_recognised(name: str, sentence: str) -> None:
    assert acronyms(sentence.format(*[name] * 4)) == [name] * sentence.count("{}")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("l'EPCI", ["EPCI"]),
        ("l’EPCI", ["EPCI"]),
        ("L’EPCI vote.", ["EPCI"]),
        ("L'EPCI et l’ARS votent.", ["EPCI", "ARS"]),
        ("d’un SCoT", ["SCoT"]),
        ("d'EPCI", ["EPCI"]),
        ("the EPCI's budget", ["EPCI"]),
        ("deux ZACs et trois SCoTs", ["ZAC", "SCoT"]),
        ("le SCoT-AEC", ["SCoT", "AEC"]),
        ("**PCAEM** et _PETR_", ["PCAEM", "PETR"]),
        ("« ZAC »", ["ZAC"]),
        ("C2D, PCAEM, PETR, SCoT", ["C2D", "PCAEM", "PETR", "SCoT"]),
        ("l'AMI ADEME", ["AMI", "ADEME"]),
        ("the UN", ["UN"]),
        ("la CCI, le CDI et la CM", ["CCI", "CDI", "CM"]),  # Roman numerals too, if one counts that far
        ("E\u0301PCI", ["ÉPCI"]),  # an accent typed apart
    ],
)
def test_acronyms_stand_in_french_and_english_sentences(text: str, expected: list[str]) -> None:
    assert acronyms(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Grenoble accueille Bordeaux Métropole.",
        "le XXIe siècle, Louis XIV, tome II, le XIXᵉ, chapitre VI, MMXX, MMXXV, XLe congrès",
        "the XXIst century and the IVth session",
        "BIENVENUE À GRENOBLE",
        "MERCI DE VOUS INSCRIRE AVANT LE 13 MARS 2025",
        "Attention : MERCI À TOUS de vous inscrire.",
        "PROGRAMME DU MARDI\nL'accueil se fait à midi.",
        "L’ASSEMBLÉE DES MAIRES",
        "OPENING PLENARY\nWelcome.",
        "PROGRAMME",
        "ATTENTION : IMPORTANT !",
        "38000 GRENOBLE CEDEX 9",
        "PLAN VILLE VERTE",
        "À NOTER",
        "DeMo, Nets4Dem, GrandAlpe, YouTube, McDonald, iPhone, eBay",
        "salle A, visite B, vitamine D, la 5G, en 3D, le 2ND tour, 14H30, 200MW",
        "https://example.org/PCAEM/ZAC.html www.example.org/ZAC zac@EPCI.example.org",
        "Merci. MERCI ! Le mot « merci ».",
        "",
        "— … ! 12 34",
    ],
)
def test_other_words_are_not_acronyms(text: str) -> None:
    assert acronyms(text) == []


def test_an_acronym_has_at_most_eight_letters() -> None:
    assert acronyms("ABCDEFGH et ABCDEFGHI") == ["ABCDEFGH"]


def test_two_acronyms_side_by_side_do_not_shout() -> None:
    assert acronyms("le PETR ARS, la ZAC B et l’AMI ADEME") == ["PETR", "ARS", "ZAC", "AMI", "ADEME"]


def test_a_shouted_title_still_shows_acronyms_that_figures_or_small_letters_tell() -> None:
    assert acronyms("LE SCoT ET LE C2D DE LA MÉTROPOLE") == ["SCoT", "C2D"]


def test_a_word_in_capitals_that_another_text_writes_small_is_a_word() -> None:
    title, sentence = Text("title", "fr", "REPAS"), Text("menu", "fr", "Le repas est servi à midi.")

    assert list(uses_in([title, sentence])) == []
    assert [use.acronym for use in uses_in([title])] == ["REPAS"]


def test_a_short_acronym_is_not_lost_because_a_word_is_spelled_alike() -> None:
    assert acronyms("Un AMI est publié. Venez avec un ami.") == ["AMI"]


@pytest.mark.parametrize("word", sorted(DEFAULT_IGNORED))
def test_codes_and_units_are_passed_over(word: str) -> None:
    assert problems(f"Le {word} et les {word}s.") == []


def test_the_list_of_what_to_pass_over_is_the_callers() -> None:
    texts = [Text("text", "fr", "Le PDF de l’UE sur les ZACs")]

    assert [finding.acronym for finding in find_problems(texts, ignored={"zac"})] == ["PDF", "UE"]


# What is a definition


@pytest.mark.parametrize(
    "text, meaning",
    [
        (f"Le {PCAEM_FR} (PCAEM) est voté.", PCAEM_FR),
        (f"Le PCAEM ({PCAEM_FR}) est voté.", PCAEM_FR),
        ("le pôle d’équilibre territorial et rural (PETR)", "pôle d’équilibre territorial et rural"),
        ("un schéma de cohérence territoriale (SCoT)", "schéma de cohérence territoriale"),
        ("une zone d'aménagement concerté (ZAC)", "zone d'aménagement concerté"),
        ("des zones d'aménagement concerté (ZACs)", "zones d'aménagement concerté"),
        (
            "un établissement public de coopération intercommunale (ci-après « EPCI »)",
            "établissement public de coopération intercommunale",
        ),
        ("le conseil de développement (C2D)", "conseil de développement"),
        ("le conseil de développement durable (C2D)", "conseil de développement durable"),
        ("le C2D (conseil de développement), créé en 2001", "conseil de développement"),
        ("le Fonds européen de développement régional (FEDER)", "Fonds européen de développement régional"),
        (
            "l'Agence de l'environnement et de la maîtrise de l'énergie (ADEME)",
            "Agence de l'environnement et de la maîtrise de l'énergie",
        ),
        (
            "le SRADDET (schéma régional d'aménagement, de développement durable et d'égalité des territoires)",
            "schéma régional d'aménagement, de développement durable et d'égalité des territoires",
        ),
        (
            "le PCAEM (le plan climat-air-énergie métropolitain, adopté en 2020)",
            "le plan climat-air-énergie métropolitain",
        ),
        ("une zone urbaine mixte agricole commerciale (ZAC)", "zone urbaine mixte agricole commerciale"),
        ("les transports en commun (TEC)", "transports en commun"),
        ("un appel à projets (AAP)", "appel à projets"),
        (
            "la gestion des milieux aquatiques et la prévention des inondations (GEMAPI)",
            "gestion des milieux aquatiques et la prévention des inondations",
        ),
        # translations: the letters are all there but one, in another order
        ("the metropolitan climate, air and energy plan (PCAEM)", "metropolitan climate, air and energy plan"),
        ("the territorial and rural balance pole (PETR)", "territorial and rural balance pole"),
        ("the PCAEM (the metropolitan climate plan)", "the metropolitan climate plan"),
        ("the European Union (EU)", "European Union"),
    ],
)
def test_an_expansion_beside_the_acronym_defines_it(text: str, meaning: str) -> None:
    assert expansion(text) == meaning


@pytest.mark.parametrize(
    "text",
    [
        "Marie Dupont (ADEME) ouvre la séance.",
        "Bordeaux Métropole (EPCI)",
        "les acteurs de la zone (ZAC)",  # of three letters none may lack
        "une zone urbaine mixte verte agricole commerciale (ZAC)",  # too many words: chance plays
        "le PCAEM (plan climat)",
        "la ZAC (zone concertée)",
        "le dossier complet (ZAC)",
        "EPCI (voir page 3)",
        "PETR (Ariège)",
        "la ZAC (14 h 30, salle B)",
        "le SCoT (adopté en 2018)",
        "Plan climat. Air, énergie, métropole. (PCAEM)",  # not one sentence
        "Plan climat-air-énergie métropolitain : PCAEM",
        "Plan climat-air-énergie métropolitain (PCAEM 2020)",
        "plan (PL)",
        "le PETR (",
    ],
)
def test_other_brackets_define_nothing(text: str) -> None:
    assert expansion(text) is None


# What is wrong


@pytest.mark.parametrize(
    "texts, known, expected",
    [
        (["Le C2D, le PCAEM, le PETR et le SCoT."], [], ["C2D", "PCAEM", "PETR", "SCoT"]),
        (["Le C2D, le PCAEM, le PETR et le SCoT."], ["PCAEM", "SCOT"], ["C2D", "PETR"]),
        (["Deux ZACs.", "Une ZAC."], [], ["ZAC"]),
        (["Deux ZACs."], ["ZAC"], []),
        ([f"Le {PCAEM_FR} (PCAEM).", "Le PCAEM est voté."], [], []),
    ],
)
def test_acronyms_that_neither_the_lexicon_nor_a_text_defines(
    texts: list[str], known: list[str], expected: list[str]
) -> None:
    assert problems(*texts, known=frozenset(known)) == [(acronym, "undefined") for acronym in expected]


@pytest.mark.parametrize(
    "texts, known, expected",
    [
        (["Le PCAEM est voté.", f"Le {PCAEM_FR} (PCAEM)."], [], ["defined_after_use"]),
        ([f"Le PCAEM est voté : c’est le {PCAEM_FR} (PCAEM)."], [], ["defined_after_use"]),
        (["Le PCAEM est voté.", f"Le {PCAEM_FR} (PCAEM)."], ["PCAEM"], []),
        ([f"Le {PCAEM_FR} (PCAEM).", "Le PCAEM (plan climat-air-énergie de la Métropole)."], [], ["defined_twice"]),
        (
            [f"Le {PCAEM_FR} (PCAEM).", "Le PCAEM (plan communal d’aide et d’entraide mutuelle)."],
            ["PCAEM"],
            ["defined_twice"],
        ),
        (
            [f"Le {PCAEM_FR} (PCAEM).", "PCAEM (Plan Climat Air Énergie métropolitain)"],
            [],
            [],
        ),  # the same in other letters
        (["la zone d’aménagement concerté (ZAC)", "les zones d'aménagement concertées (ZACs)"], [], []),
        (
            ["La ZAC.", "la zone d’aménagement concerté (ZAC)", "la zone d’activité commerciale (ZAC)"],
            [],
            ["defined_twice", "defined_after_use"],
        ),
    ],
)
def test_definitions_that_differ_or_come_too_late(texts: list[str], known: list[str], expected: list[str]) -> None:
    assert [problem for _, problem in problems(*texts, known=frozenset(known))] == expected


def test_each_language_stands_on_its_own() -> None:
    texts = [
        Text("welcome", "fr", f"Le {PCAEM_FR} (PCAEM)."),
        Text("welcome", "en", "The PCAEM, and later the metropolitan climate, air and energy plan (PCAEM)."),
        Text("closing", "en", "The PETR."),
    ]

    assert [(f.language, f.acronym, f.problem) for f in find_problems(texts)] == [
        ("en", "PCAEM", Problem.DEFINED_AFTER_USE),
        ("en", "PETR", Problem.UNDEFINED),
    ]


def test_a_finding_says_where_and_what() -> None:
    texts = [
        Text("opening", "fr", "La ZAC."),
        Text("visit", "fr", "Une zone d’aménagement concerté (ZAC) ; la ZAC (zone d’activité commerciale)."),
    ]
    places = (Place("opening", 3), Place("visit", 33), Place("visit", 43))
    planning = Definition("zone d’aménagement concerté", places[1])
    shopping = Definition("zone d’activité commerciale", places[2])

    assert find_problems(texts) == (
        Finding(Problem.DEFINED_TWICE, "ZAC", "fr", places, (planning, shopping)),
        Finding(Problem.DEFINED_AFTER_USE, "ZAC", "fr", places, (planning,)),
    )
    assert [texts[1].text[place.start :][:3] for place in places[1:]] == ["ZAC", "ZAC"]


def test_no_text_has_no_problem() -> None:
    assert find_problems([]) == ()


@given(st.lists(st.text(st.sampled_from("ABCaàÉe2 .,;()'’-\n«»"), max_size=60), max_size=4))
def test_places_point_at_the_acronym_whatever_is_typed(texts: list[str]) -> None:
    numbered = [Text(str(number), "fr", text) for number, text in enumerate(texts)]

    for finding in find_problems(numbered):
        assert finding.acronym not in DEFAULT_IGNORED
        for place in finding.places:
            found = texts[int(place.key)][place.start :]
            assert found.upper().startswith(finding.acronym.upper())


@given(st.text(), st.text())
def test_no_text_is_too_strange_to_be_read(before: str, behind: str) -> None:
    (use,) = [
        use for use in uses_in([Text("text", "fr", f"{before}\n({before} (QZQZ) {behind}")]) if use.acronym == "QZQZ"
    ]

    assert use.expansion is None or use.expansion in before


def test_a_text_written_to_keep_the_detector_busy_does_not() -> None:
    hostile = ("a " * 40 + "(" + "AAAAAABC" + ")") * 200 + "((" * 5000 + "A" * 50_000 + "@" * 5000
    begun = time.perf_counter()

    assert problems(hostile) == [("AAAAAABC", "undefined")]
    assert time.perf_counter() - begun < 5
