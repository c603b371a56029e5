"""The named profiles: what each source asks of a team of interpreters, as data, since the sources disagree.

Rules called ``house.…`` hold whatever the profile: they are facts of the trade rather than one association's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from eventhub.api import Severity

from .rules import (
    DAY,
    HOUR,
    IN_BOOTH,
    NO_LIMIT,
    Cancellation,
    DayLength,
    Lunch,
    Mode,
    OneContract,
    OnSite,
    Profile,
    RelayAvoided,
    RelayBooth,
    RelayGivers,
    Rule,
    Scope,
    SessionCount,
    SessionLength,
    SessionPause,
    TeamSize,
    WhisperListeners,
)

HOUSE = "EventHub"
AIIC_CANADA = "AIIC Canada, Professional Practice Conditions for Conference Interpreters in Canada (page 1625)"
AIIC_ART6 = "AIIC, Professional Standards, article 6"
APIC = "APIC"
AICE = "AICE"

TWO_PLACES = Rule(
    "house.two_places",
    HOUSE,
    {
        "fr": "Personne n’est à deux endroits à la fois\u00a0: deux engagements se recouvrent pendant {minutes}.",
        "en": "Nobody is in two places at once: two commitments overlap by {minutes}.",
    },
)
PAIR_NOT_HELD = Rule(
    "house.pair_not_held",
    HOUSE,
    {
        "fr": "Chaque combinaison demandée est assurée par l’équipe\u00a0; ici, personne n’a {source} → {target}.",
        "en": "Each pair of languages asked for is held by the team; here nobody has {source} → {target}.",
    },
)
NO_PAIR = Rule(
    "house.no_pair",
    HOUSE,
    {
        "fr": "Chaque interprète d’une équipe en assure une combinaison\u00a0; ici, une personne n’en assure aucune.",
        "en": "Each interpreter of a team holds one of its pairs of languages; here somebody holds none.",
    },
)
_HOUSE = (
    TeamSize(
        "house.somebody",
        HOUSE,
        {
            "fr": "Toute interprétation demande au moins un interprète.",
            "en": "Any interpretation takes at least one interpreter.",
        },
        count=1,
    ),
    Lunch(
        "house.lunch",
        HOUSE,
        {
            "fr": "Qui travaille avant et après le déjeuner dispose d’au moins 1\u00a0h entre 11\u00a0h\u00a030 et "
            "14\u00a0h\u00a030\u00a0; la plus longue pause est ici de {minutes}.",
            "en": "Who works before and after lunch has at least 1 hour between 11:30 and 14:30; the longest break "
            "here is {minutes}.",
        },
        opens=time(11, 30),
        closes=time(14, 30),
        least=HOUR,
    ),
    OneContract(
        "house.one_contract",
        HOUSE,
        {
            "fr": "Un interprète travaille sous un seul contrat par jour\u00a0; contrats de ce jour\u00a0: "
            "{contracts}.",
            "en": "An interpreter works under one contract a day; contracts on this day: {contracts}.",
        },
    ),
)

_CANADA_MODES = IN_BOOTH | {Mode.WHISPERED}  # the source's heading: "for simultaneous or whispered interpretation"
_TWO_LANGUAGES = range(2, 3)
_THREE_LANGUAGES = range(3, 4)
_FOUR_AND_MORE = range(4, 100)

_CANADA = (
    *(
        TeamSize(
            f"aiic_canada.two_languages_{name}",
            AIIC_CANADA,
            {
                "fr": "Deux langues dans les deux sens en une seule cabine, {limit_minutes} au plus\u00a0; nombre "
                "minimal d’interprètes\u00a0: {needed}.",
                "en": "Two languages both ways in one booth, {limit_minutes} at most; minimum number of interpreters: "
                "{needed}.",
            },
            count=count,
            modes=_CANADA_MODES,
            languages=_TWO_LANGUAGES,
            minutes=range(over + 1, up_to + 1),
        )
        for name, over, up_to, count in (
            ("40_min", 0, 40, 1),
            ("4_h", 40, 4 * HOUR, 2),
            ("6_h", 4 * HOUR, 6 * HOUR, 3),
            ("8_h", 6 * HOUR, 8 * HOUR, 4),
        )
    ),
    TeamSize(
        "aiic_canada.two_languages_over_8_h",
        AIIC_CANADA,
        {
            "fr": "Deux langues dans les deux sens en une seule cabine\u00a0: jamais plus de 8\u00a0h, quelle que soit "
            "l’équipe.",
            "en": "Two languages both ways in one booth: never above 8 hours, whatever the team.",
        },
        count=0,
        allowed=False,
        modes=_CANADA_MODES,
        languages=_TWO_LANGUAGES,
        minutes=range(8 * HOUR + 1, NO_LIMIT),
    ),
    TeamSize(
        "aiic_canada.three_languages",
        AIIC_CANADA,
        {
            "fr": "Trois langues de travail\u00a0: au moins 6 interprètes, quelle que soit la durée.",
            "en": "Three working languages: at least 6 interpreters, whatever the duration.",
        },
        count=6,
        modes=_CANADA_MODES,
        languages=_THREE_LANGUAGES,
        scope=Scope.MEETING,
    ),
    TeamSize(
        "aiic_canada.four_languages",
        AIIC_CANADA,
        {
            "fr": "Quatre langues de travail ou plus\u00a0: au moins 2 interprètes par cabine, ici {needed}.",
            "en": "Four or more working languages: at least 2 interpreters per booth, here {needed}.",
        },
        count=2,
        modes=_CANADA_MODES,
        languages=_FOUR_AND_MORE,
    ),
    TeamSize(
        "aiic_canada.four_languages_strained",
        AIIC_CANADA,
        {
            "fr": "Quatre langues de travail ou plus\u00a0: au moins 3 interprètes dans une cabine très chargée ou qui "
            "travaille dans les deux sens, ici {needed}.",
            "en": "Four or more working languages: at least 3 interpreters in a booth with a heavy workload or working "
            "both ways, here {needed}.",
        },
        count=3,
        modes=_CANADA_MODES,
        languages=_FOUR_AND_MORE,
        strained=True,
    ),
    TeamSize(
        "aiic_canada.consecutive_two_languages",
        AIIC_CANADA,
        {
            "fr": "Consécutive, journée normale de 6\u00a0h, deux langues\u00a0: au moins 2 interprètes.",
            "en": "Consecutive, a normal six-hour day, two languages: at least 2 interpreters.",
        },
        count=2,
        modes=frozenset({Mode.CONSECUTIVE}),
        languages=_TWO_LANGUAGES,
    ),
    TeamSize(
        "aiic_canada.consecutive_three_languages",
        AIIC_CANADA,
        {
            "fr": "Consécutive, journée normale de 6\u00a0h, trois langues\u00a0: au moins 3 interprètes.",
            "en": "Consecutive, a normal six-hour day, three languages: at least 3 interpreters.",
        },
        count=3,
        modes=frozenset({Mode.CONSECUTIVE}),
        languages=_THREE_LANGUAGES,
        scope=Scope.MEETING,
    ),
    DayLength(
        "aiic_canada.consecutive_day",
        AIIC_CANADA,
        {
            "fr": "Une journée normale de consécutive compte 6\u00a0h\u00a0; celle-ci en compte {minutes}.",
            "en": "A normal day of consecutive has 6 hours; this one has {minutes}.",
        },
        severity=Severity.AT_RISK,  # six hours are the normal day: the source forbids no longer one
        minutes=range(6 * HOUR + 1, NO_LIMIT),
        modes=frozenset({Mode.CONSECUTIVE}),
    ),
)

_ART6 = (
    TeamSize(
        "aiic_art6.two_per_booth",
        AIIC_ART6,
        {
            "fr": "Au moins 2 interprètes par langue et par cabine, ici {needed}.",
            "en": "At least 2 interpreters per language and per booth, here {needed}.",
        },
        count=2,
        modes=IN_BOOTH,
    ),
    TeamSize(
        "aiic_art6.whispering",
        AIIC_ART6,
        {"fr": "La chuchotée demande au moins 2 interprètes.", "en": "Whispering takes at least 2 interpreters."},
        count=2,
        modes=frozenset({Mode.WHISPERED}),
    ),
    WhisperListeners(
        "aiic_art6.whisper_listeners",
        AIIC_ART6,
        {
            "fr": "La chuchotée sert 2 personnes au plus\u00a0; nombre de personnes qui écoutent\u00a0: {listeners}.",
            "en": "Whispering serves at most 2 listeners; number of listeners: {listeners}.",
        },
        most=2,
    ),
    RelayAvoided(
        "aiic_art6.relay_avoided",
        AIIC_ART6,
        {
            "fr": "L’équipe est composée de façon à éviter le relais systématique\u00a0; ici, {source} → {target} ne "
            "passe que par un relais.",
            "en": "A team is put together so as to avoid the systematic use of relay; here {source} → {target} goes "
            "by relay only.",
        },
        severity=Severity.AT_RISK,
    ),
    RelayGivers(
        "aiic_art6.relay_givers",
        AIIC_ART6,
        {
            "fr": "Là où le relais est inévitable, au moins 2 interprètes peuvent le donner\u00a0; pour {source} → "
            "{target}, leur nombre est de {givers}.",
            "en": "Where relay cannot be avoided, at least 2 interpreters can give it; for {source} → {target} their "
            "number is {givers}.",
        },
        count=2,
    ),
    RelayBooth(
        "aiic_art6.two_way_relay_booth",
        AIIC_ART6,
        {
            "fr": "Une cabine qui travaille dans les deux sens et donne le relais compte au moins 3 interprètes\u00a0; "
            "celle-ci en compte {assigned}.",
            "en": "A booth that works both ways and gives relay has at least 3 interpreters; this one has {assigned}.",
        },
        count=3,
    ),
)

_APIC = (
    TeamSize(
        "apic.alone_under_1_h",
        APIC,
        {"fr": "On ne travaille seul que moins de 1\u00a0h.", "en": "One works alone for less than 1 hour only."},
        count=2,
        minutes=range(HOUR, NO_LIMIT),
    ),
    SessionLength(
        "apic.session",
        APIC,
        {
            "fr": "Une séance dure 4\u00a0h au plus\u00a0; celle-ci dure {minutes}.",
            "en": "A session lasts at most 4 hours; this one lasts {minutes}.",
        },
        most=4 * HOUR,
    ),
    SessionPause(
        "apic.pause",
        APIC,
        {
            "fr": "Deux séances d’une journée sont séparées d’au moins 1\u00a0h\u00a030\u00a0; celles-ci le sont de "
            "{minutes}.",
            "en": "Two sessions of a day are at least 1 hour 30 minutes apart; these are {minutes} apart.",
        },
        least=90,
    ),
    SessionCount(
        "apic.two_sessions",
        APIC,
        {
            "fr": "Une journée compte 2 séances au plus\u00a0; celle-ci en compte {sessions}.",
            "en": "A day has at most 2 sessions; this one has {sessions}.",
        },
        most=2,
    ),
    DayLength(
        "apic.day_7_h",
        APIC,
        {
            "fr": "Une journée compte 7\u00a0h, une de plus à titre exceptionnel\u00a0; celle-ci en compte {minutes}.",
            "en": "A day has 7 hours, one more exceptionally; this one has {minutes}.",
        },
        severity=Severity.AT_RISK,
        minutes=range(7 * HOUR + 1, 8 * HOUR + 1),
    ),
    DayLength(
        "apic.day_8_h",
        APIC,
        {
            "fr": "Au-delà de 8\u00a0h par jour, il faut une seconde équipe\u00a0; cette journée compte {minutes}.",
            "en": "Above 8 hours a day a second team is needed; this day has {minutes}.",
        },
        minutes=range(8 * HOUR + 1, NO_LIMIT),
    ),
    Cancellation(
        "apic.cancelled_under_48_h",
        APIC,
        {
            "fr": "Annulation moins de 48\u00a0h avant\u00a0: 100\u00a0% dus.",
            "en": "Cancelled less than 48 hours before: 100% owed.",
        },
        notice=range(2 * DAY),
        percent=100,
    ),
    Cancellation(
        "apic.cancelled_2_to_7_days",
        APIC,
        {"fr": "Annulation 2 à 7 jours avant\u00a0: 50\u00a0% dus.", "en": "Cancelled 2 to 7 days before: 50% owed."},
        notice=range(2 * DAY, 7 * DAY + 1),
        percent=50,
    ),
)

_AICE = (
    TeamSize(
        "aice.alone_up_to_60_min",
        AICE,
        {
            "fr": "On travaille seul 60\u00a0min au plus\u00a0; à 2, une demi-journée (4\u00a0h) ou une journée "
            "(7\u00a0h).",
            "en": "One works alone for at most 60 minutes; two work for a half day (4 hours) or a day (7 hours).",
        },
        count=2,
        minutes=range(HOUR + 1, NO_LIMIT),
    ),
    DayLength(
        "aice.day_7_h",
        AICE,
        {
            "fr": "Une journée à 2 interprètes compte 7\u00a0h au plus\u00a0; celle-ci en compte {minutes}.",
            "en": "A day with 2 interpreters has at most 7 hours; this one has {minutes}.",
        },
        severity=Severity.AT_RISK,  # what a team of two covers: the source forbids a larger team no longer day
        minutes=range(7 * HOUR + 1, NO_LIMIT),
    ),
    OnSite(
        "aice.on_site",
        AICE,
        {
            "fr": "On est sur place 30\u00a0min avant\u00a0; l’engagement précédent, dans un autre lieu, finit "
            "{minutes} avant.",
            "en": "One is on site 30 minutes before; the commitment before, at another place, ends {minutes} before.",
        },
        least=30,
    ),
)

PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            "strictest",
            {"fr": "La plus stricte de toutes", "en": "The strictest of all"},
            # Of several team sizes the largest counts, and one broken limit is enough: all together are the strictest.
            (*_CANADA, *_ART6, *_APIC, *_AICE, *_HOUSE),
        ),
        Profile("aiic_canada", {"fr": "AIIC Canada", "en": "AIIC Canada"}, (*_CANADA, *_HOUSE)),
        Profile("aiic_art6", {"fr": "AIIC, article 6", "en": "AIIC, article 6"}, (*_ART6, *_HOUSE)),
        Profile("apic", {"fr": "APIC", "en": "APIC"}, (*_APIC, *_HOUSE)),
        Profile("aice", {"fr": "AICE", "en": "AICE"}, (*_AICE, *_HOUSE)),
    )
}
DEFAULT_PROFILE = "strictest"
