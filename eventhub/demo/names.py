"""Fictional people: names put together from lists per country, the same ones each time, none of a known official."""

from __future__ import annotations

import re
from dataclasses import dataclass

from eventhub.i18n import sort_key


@dataclass(frozen=True)
class Pool:
    """Given names, women's and men's in turn, and family names, as "women's/men's" where the two differ.

    Names are written as the people of the country write them: order, particles, apostrophes, letters.
    """

    given: tuple[str, ...]
    family: tuple[str, ...]

    def name(self, n: int) -> str:
        """Return the n-th name, counted from 0; the lengths have no common divisor, so the pairs come late again."""
        woman, _, man = self.family[n % len(self.family)].partition("/")
        return f"{self.given[n % len(self.given)]} {man if n % 2 and man else woman}"


def _pool(given: str, family: str) -> Pool:
    return Pool(tuple(given.split(", ")), tuple(family.split(", ")))


POOLS = {
    "CZ": _pool(
        "Žofie, Řehoř, Běla, Šimon, Květa, Ondřej, Eliška, Čeněk, Vlasta, Jáchym, Markéta, Kryštof",
        "Skřivánková/Skřivánek, Dvořáčková/Dvořáček, Jeřábková/Jeřábek, Třešňáková/Třešňák, Hůlková/Hůlka, "
        "Křížová/Kříž, Mlčochová/Mlčoch, Ptáčníková/Ptáčník, Růžičková/Růžička, Šťastná/Šťastný, Vlčková/Vlček, "
        "Zajíčková/Zajíček, Žáčková/Žáček",
    ),
    "FR": _pool(
        "Maïlys, Loïc, Anaïs, Théo, Hélène, Gaël, Yasmina, Karim, Françoise, Benoît, Zoé, François, Noémie, Rémi, "
        "Fatoumata, Mamadou, Thaïs, Côme, Aliénor, Raphaël, Solène, Jérôme, Océane, Amaël",
        "Castaing, Dubosc, L’Hostis, Garrigue, Bélivier, Cœurdevey, Fauré, Belkhiri, d’Aubignac, Peyrègne, Sarrazin, "
        "Nguyễn, Marécaux, Traoré-Blanc, Lavorel, Vidalenc, Château, Lefébure, Ouvrard, Grângier, Zaïdi, Ménétrier, "
        "Rouquié, Tissandié, Perrégaux",
    ),
    "NL": _pool(
        "Fenna, IJsbrand, Maartje, Joost, Sjoukje, Wessel, Noëlle, Daniël, Annemiek, Sietse, Zoë, Ruben",
        "van ’t Hoogerhuys, IJzerman, van der Wielen, Brouwershaven, Oudeland, Hoefnagels, ten Kate-Vos, Smeekes, "
        "Zuidgeest, Tjeenk, Overmaas, Vroegindeweij, de Graaff",
    ),
    "IS": _pool(
        "Þóra, Örn, Ásdís, Ægir, Æsa, Ísleifur, Guðbjörg, Snæbjörn, Hrafnhildur, Úlfur, Ýrr, Þorgrímur",
        "Hjaltadóttir/Hjaltason, Sæmundardóttir/Sæmundarson, Ketilsdóttir/Ketilsson, Þórðardóttir/Þórðarson, "
        "Ögmundardóttir/Ögmundarson, Sturludóttir/Sturluson, Brynjarsdóttir/Brynjarsson, Áskelsdóttir/Áskelsson, "
        "Eiríksdóttir/Eiríksson, Kolbeinsdóttir/Kolbeinsson, Gísladóttir/Gíslason, Ísaksdóttir/Ísaksson, "
        "Vésteinsdóttir/Vésteinsson",
    ),
    "ES": _pool(
        "Núria, Marcel·lí, Laia, Òscar, Montserrat, Jordi, Gal·la, Èric, Aïna, Adrià, Mercè, Llàtzer",
        "Puigdellívol, Rovirosa, Güell i Serra, Ginestà, Farràs, Muñoz Vilaró, Escofet, Peralada, Brugués, "
        "Castellvell, Òdena, Tarragó, Vallès",
    ),
    "BE-GENT": _pool(
        "Annelies, Joris, Griet, Wouter, Hilde, Pieterjan, Veerle, Lieven, Reinhilde, Zjef, Maïté, Bram",
        "Van den Broecke, De Smedt, Vandermeulen, D’Hoossche, Steenhaut, Claeyssens, Van Quickelberghe, Ceuppens, "
        "Baeyens-Roels, Lootens, Praet, Verhaeghe, Wijndaele",
    ),
    "BE-BRUXELLES": _pool(
        "Naïma, Siméon, Maëlle, Idriss, Amélie, Gauthier, Aïcha, Thibaut, Liesbeth, Anselme, Éloïse, Baptiste",
        "Vanderlinden-Diallo, Goossens, Bakkali, Delvaux-Petit, Öztürk, Wautelet, Mbuyi, Hendrickx, Lambrecht, "
        "Verstraeten, Nachtergaele, Ruelle, Zouaoui",
    ),
    "IT": _pool(
        "Ginevra, Niccolò, Letizia, Ruggero, Nicoletta, Mosè, Maria Sole, Elìa, Chiara, Goffredo, Zaira, Tancredi",
        "Ferrerò, Bevilacqua, Dall’Orto, Quaglino, Pautasso, Vercellone, Cavagnolo, Nicolò-Sanna, Tessiore, Roggerò, "
        "Giacchè, Bruna, De Marchis",
    ),
    "FI": _pool(
        "Päivi, Väinö, Säde, Yrjö, Ilta, Ahti, Kyllikki, Tapio, Tuulikki, Jörgen, Åsa, Eetu",
        "Äijälä, Hyttönen, Mäkipää, Öhman, Lähdesmäki, Pöysti, Särkijärvi, Kärppä, Ylönen, Vänskä, Töyrylä, "
        "Huhtamäki, Jäntti",
    ),
    "PT": _pool(
        "Conceição, João, Inês, Simão, Lúcia, Estêvão, Graça, Tomé, Mécia, Gonçalo, Íris, Luís",
        "Valadão, Brandão de Sá, Quintão, Guimarães-Leal, Falcão, Sobreiro, Avelãs, Penaguião, Troncoso, Magriço, "
        "Cortês, Abraão, Côrte-Nova",
    ),
    "PL": _pool(
        "Żaneta, Łukasz, Małgorzata, Wojciech, Świętosława, Błażej, Grażyna, Zdzisław, Zuzanna, Michał, Bożena, "
        "Świętopełk",
        "Wójtowicz-Łoś, Gałązka, Świerczek, Źrebiec, Mączka, Żółkoś, Krzyżak, Ćwiek, Pająk, Słonina, "
        "Jeżewska/Jeżewski, Łężna/Łężny, Bździuch",
    ),
    # For those who come from everywhere: given and family name stay together, since the alphabets differ
    "EU": _pool(
        "Ελένη, Милен, Siobhán, Jurģis, Öykü, Matúš, Aušrinė, Tõnu",
        "Δημητριάδου, Ковачев, Ní Dhuibhir, Ozolkājs, Gündoğdu, Ľupták, Žvirblytė, Jõgeväli",
    ),
}
ONE_COUNTRY = tuple(name for name in POOLS if name != "EU")

# Letters that do not come apart into a plain one and an accent; an apostrophe joins
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ß": "ss", "·": "", "’": ""}
)


def name(pool: str, n: int) -> str:
    """Return the n-th name of the pool, counted from 0."""
    return POOLS[pool].name(n)


def address(full_name: str, otherwise: str) -> str:
    """Return an address at example.org made of the name; of ``otherwise`` for a name in another alphabet."""
    plain = sort_key(full_name).translate(_PLAIN)
    own = re.sub(r"[^a-z]+", ".", plain).strip(".") if plain.isascii() else otherwise
    return f"{own}@example.org"
