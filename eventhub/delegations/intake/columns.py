"""What a column holds, told from its heading in French or English; accents, case and marks do not matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eventhub.i18n import lazy_gettext as _l
from eventhub.i18n import lazy_pgettext as _lp
from eventhub.i18n import sort_key


@dataclass(frozen=True)
class Field:
    """Something that a column can hold, and the headings under which people write it."""

    code: str
    title: Any
    headings: str  # separated by |
    example: str = ""


FIELDS: tuple[Field, ...] = (
    Field(
        "delegation",
        _l("Delegation"),
        "delegation|organisation|organization|organisme|organisation name|structure|collectivite|company|entreprise|"
        "institution|nom de la delegation|name of the delegation|delegation name|team|equipe",
        "Ville d’Exemple",
    ),
    Field("reference", _l("Reference"), "reference|ref|reference de la delegation|delegation reference"),
    Field("city", _l("City"), "city|ville|commune|town", "Exemple"),
    Field("country", _l("Country"), "country|pays|country code|code pays", "FR"),
    Field("role", _l("Role"), "role|role de la delegation|delegation role"),
    Field("seats", _l("Seats"), "seats|places|quota|nombre de places|number of seats|nb de places|nb places", "4"),
    Field(
        "head",
        _l("Head of delegation"),
        "head of delegation|head|chef de delegation|cheffe de delegation|chef fe de delegation|head of the delegation|"
        "responsable|responsable de delegation|responsable de la delegation|chef de file|head of delegation yes no",
        "x",
    ),
    Field("person_id", _l("Person number"), "person number|numero de personne|n de personne"),
    Field(
        "name",
        _l("Name"),
        "name|full name|nom complet|nom et prenom|nom prenom|prenom nom|prenom et nom|participant|participante|"
        "participant e|personne|person|name as on the badge|nom sur le badge|nom du badge",
        "Camille Exemple",
    ),
    Field("first_name", _l("First name"), "first name|firstname|prenom|prenoms|given name|forename"),
    Field("last_name", _l("Last name"), "last name|lastname|nom|nom de famille|nom d usage|surname|family name"),
    Field("function", _l("Function"), "function|fonction|job title|job|poste|titre|position|title|metier", "Urbaniste"),
    Field(
        "email",
        _l("E-mail"),
        "e mail|email|mail|courriel|adresse e mail|adresse email|adresse mail|adresse mel|mel|e mail address|"
        "email address|adresse electronique|adresse courriel",
        "camille@exemple.eu",
    ),
    Field(
        "phone",
        _l("Phone"),
        "phone|telephone|tel|mobile|portable|gsm|phone number|numero de telephone|telephone portable|mobile phone|"
        "telephone mobile|n de telephone",
        "+33 4 76 59 59 59",
    ),
    Field(
        "languages",
        _l("Languages understood"),
        "languages understood|languages|language|langues|langue|langues comprises|langues parlees|spoken languages|"
        "languages spoken|langue s",
        "fr, en",
    ),
    Field(
        "document_language",
        _l("Language of documents"),
        "language of documents|document language|langue des documents|documents|langue des mails",
        "fr",
    ),
    Field(
        "arrival",
        _lp("travel", "Arrival"),
        "arrival|arrivee|arrives on|arrives|date d arrivee|arrival date|jour d arrivee|date et heure d arrivee|"
        "arrival date and time",
        "2025-03-25 13:30",
    ),
    Field("arrival_time", _l("Time of arrival"), "time of arrival|arrival time|heure d arrivee|heure arrivee"),
    Field(
        "departure",
        _lp("travel", "Departure"),
        "departure|depart|leaves on|leaves|date de depart|departure date|jour de depart|date et heure de depart|"
        "departure date and time",
        "2025-03-27 17:00",
    ),
    Field("departure_time", _l("Time of departure"), "time of departure|departure time|heure de depart|heure depart"),
)
BY_CODE = {field.code: field for field in FIELDS}
DELEGATION_FIELDS = ("delegation", "reference", "city", "country", "role", "seats", "head")
# Read under these headings, and never taken over: needs are declared by people themselves, with their consent
HEALTH = re.compile(
    r"allerg|intoleran|\bregime|\bdiet|alimenta|\bfood|\bmeal pref|handicap|disab|\bsante\b|health|medic|"
    r"accessib|mobilite reduite|\bpmr\b|wheelchair|fauteuil|vegetari|vegan|\bhalal\b|cas?her|kosher|religio|gluten"
)
NOT_A_HEADING = re.compile(r"[^a-z0-9]+")


def plain(heading: str) -> str:
    """Return the heading as it is compared: "Chef·fe de délégation *" is "chef fe de delegation"."""
    return NOT_A_HEADING.sub(" ", sort_key(heading)).strip()


HEADINGS = {name: field.code for field in FIELDS for name in (field.code.replace("_", " "), *field.headings.split("|"))}


@dataclass(frozen=True)
class Column:
    """One column of the file: its heading, the code of the field it fills ("" for none), whether it is about health."""

    heading: str
    field: str = ""
    health: bool = False
    repeated: bool = False  # another column was recognised as this field before


def recognised(heading: str) -> str:
    return HEADINGS.get(plain(heading), "")


def is_health(heading: str) -> bool:
    return HEALTH.search(plain(heading)) is not None


def heading_row(rows: Sequence[Sequence[str]]) -> int:
    """Return the index of the row of headings among the first rows: titles and notes often stand above it."""
    counts = [sum(1 for cell in row if recognised(cell)) for row in rows]
    return counts.index(max(counts)) if any(counts) else 0


def columns_of(headings: Iterable[str], width: int) -> list[Column]:
    """Return what each column seems to hold; the first of two that claim one field has it."""
    names = list(headings)
    names += [""] * (width - len(names))
    plain_names = {plain(name) for name in names}
    taken: set[str] = set()
    found = []
    for name in names:
        if is_health(name):
            found.append(Column(name, health=True))
            continue
        code = recognised(name)
        # "Nom" beside "Prénom" is the family name, alone it is the whole name; so is "Name" beside "First name"
        if plain(name) == "nom" and not plain_names & {"prenom", "prenoms"}:
            code = "name"
        if plain(name) == "name" and plain_names & {"first name", "firstname"}:
            code = "last_name"
        repeated = code in taken
        found.append(Column(name, "" if repeated else code, repeated=repeated))
        taken.add(code)
    return found


def missing(codes: Iterable[str]) -> str:
    """Return the code of what a file cannot do without and this one has no column for, or ""."""
    there = set(codes)
    if not there & {"delegation", "reference", "person_id"}:
        return "delegation"
    if there & {"first_name", "last_name"} and not {"first_name", "last_name"} <= there and "name" not in there:
        return "first_name" if "last_name" in there else "last_name"
    return ""


def names_people(codes: Iterable[str]) -> bool:
    """Tell whether the rows are people; otherwise they are delegations."""
    return bool(set(codes) & {"name", "first_name", "last_name", "person_id"})
