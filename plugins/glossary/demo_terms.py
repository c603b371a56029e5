"""The sixty terms of the reference event’s lexicon; the six without English are the seeded gaps.

Definitions are written for this demonstration; they engage nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from .models import TermState

PARTICIPATION, CLIMATE, TERRITORY = "participation", "climat", "territoire"


@dataclass(frozen=True)
class Seed:
    """A term as the seed writes it; without English where ``en`` and ``meaning`` are empty."""

    domain: str
    fr: str
    definition: str
    en: str = ""
    meaning: str = ""
    state: TermState = TermState.VALIDATED

    @property
    def is_acronym(self) -> bool:
        return self.state is TermState.DO_NOT_TRANSLATE


KEPT = TermState.DO_NOT_TRANSLATE

TERMS = (
    Seed(
        PARTICIPATION,
        "budget participatif",
        "Part du budget dont les habitantes et les habitants proposent puis choisissent eux-mêmes l’usage.",
        "participatory budget",
        "A share of the budget whose use residents propose and then choose themselves.",
    ),
    Seed(
        PARTICIPATION,
        "convention citoyenne",
        "Groupe de personnes tirées au sort qui s’informe, débat et remet des propositions sur une question précise.",
        "citizens’ convention",
        "A group of people drawn by lot who learn about one precise question, discuss it and hand in proposals.",
    ),
    Seed(
        PARTICIPATION,
        "assemblée citoyenne",
        "Assemblée d’habitantes et d’habitants qui se réunit dans la durée pour conseiller les élus.",
        "citizens’ assembly",
        "An assembly of residents that meets over time to advise elected members.",
    ),
    Seed(
        PARTICIPATION,
        "tirage au sort",
        "Choix au hasard de personnes à inviter, souvent corrigé pour que chaque âge et chaque quartier soit présent.",
        "civic lottery",
        "Choosing at random whom to invite, often balanced so that every age and neighbourhood is present.",
    ),
    Seed(
        PARTICIPATION,
        "conseil de développement",
        "Assemblée de bénévoles, associations et habitants, qui donne son avis aux élus d’une intercommunalité.",
        "development council",
        "An assembly of volunteers, associations and residents that advises the elected members of a joint authority.",
    ),
    Seed(
        PARTICIPATION,
        "C2D",
        "Nom court du conseil de développement de la Métropole.",
        "",
        "Short name of the development council of the metropolitan authority.",
        KEPT,
    ),
    Seed(
        PARTICIPATION,
        "concertation",
        "Discussion organisée avec le public avant une décision, tant que le projet peut encore changer.",
        "public consultation",
        "A discussion with the public before a decision, while the project can still change.",
    ),
    Seed(
        PARTICIPATION,
        "coconstruction",
        "Élaboration d’un projet par ceux qui décident et ceux qui vivront avec, du début à la fin.",
        "co-creation",
        "Making a project together, those who decide and those who will live with it, from beginning to end.",
    ),
    Seed(
        PARTICIPATION,
        "enquête publique",
        "Procédure légale qui recueille l’avis du public sur un projet avant son autorisation.",
        "public inquiry",
        "A legal procedure that collects the views of the public on a project before it is authorised.",
    ),
    Seed(
        PARTICIPATION,
        "débat public",
        "Série de réunions ouvertes à toutes et à tous sur l’utilité d’un grand projet.",
        "public debate",
        "A series of meetings open to everybody on whether a large project is needed.",
    ),
    Seed(
        PARTICIPATION,
        "pétition citoyenne",
        "Demande signée par un nombre fixé de personnes, que les élus doivent examiner.",
        "citizens’ petition",
        "A request signed by a set number of people, which elected members must examine.",
    ),
    Seed(
        PARTICIPATION,
        "droit d’interpellation",
        "Droit d’obtenir des élus une réponse publique à une question posée par des habitants.",
    ),
    Seed(
        PARTICIPATION,
        "jury citoyen",
        "Petit groupe de personnes tirées au sort qui rend un avis après quelques jours de travail.",
        "citizens’ jury",
        "A small group of people drawn by lot who give their opinion after a few days of work.",
    ),
    Seed(
        PARTICIPATION,
        "panel citoyen",
        "Groupe de personnes consultées plusieurs fois, dont la composition ressemble à celle de la population.",
        "citizens’ panel",
        "A group of people consulted several times, made up like the population as a whole.",
    ),
    Seed(
        PARTICIPATION,
        "facilitatrice, facilitateur",
        "Personne qui anime un atelier et veille à ce que chacune et chacun puisse parler.",
        "facilitator",
        "The person who runs a workshop and sees to it that everybody can speak.",
    ),
    Seed(
        PARTICIPATION,
        "mandat",
        "Question posée à une assemblée, avec ce que les décideurs s’engagent à faire de sa réponse.",
        "remit",
        "The question put to an assembly, with what the decision makers promise to do with its answer.",
    ),
    Seed(
        PARTICIPATION,
        "échantillon représentatif",
        "Groupe qui ressemble à la population par l’âge, le genre, le métier ou le lieu de vie.",
        "representative sample",
        "A group that resembles the population by age, gender, occupation or place of living.",
    ),
    Seed(
        PARTICIPATION,
        "délibération",
        "Échange d’arguments avant de décider ; aussi, la décision écrite et votée d’un conseil.",
        "deliberation",
        "An exchange of arguments before deciding; in French also the written decision that a council votes.",
    ),
    Seed(
        PARTICIPATION,
        "restitution",
        "Moment où un groupe présente ce qu’il a produit à celles et ceux qui vont s’en servir.",
        "report-back session",
        "The moment when a group presents what it has made to those who will use it.",
    ),
    Seed(
        PARTICIPATION,
        "indemnisation",
        "Somme versée aux personnes tirées au sort pour le temps qu’elles donnent.",
        "participation allowance",
        "Money paid to people drawn by lot for the time that they give.",
    ),
    Seed(
        PARTICIPATION,
        "aller-vers",
        "Manière de travailler qui consiste à rencontrer les personnes là où elles vivent, sans attendre leur venue.",
    ),
    Seed(
        PARTICIPATION,
        "redevabilité",
        "Obligation de dire au public ce qui a été fait de ses propositions, et pourquoi.",
        "accountability",
        "The duty to tell the public what became of its proposals, and why.",
    ),
    Seed(
        PARTICIPATION,
        "référendum local",
        "Vote par lequel les électeurs décident eux-mêmes d’un projet de leur commune ou de leur région.",
        "local referendum",
        "A vote in which the electors decide themselves on a project of their municipality or region.",
    ),
    Seed(
        PARTICIPATION,
        "votation citoyenne",
        "Vote organisé par une collectivité, ouvert à tous ses habitants, dont elle s’engage à suivre le résultat.",
    ),
    Seed(
        PARTICIPATION,
        "plateforme de participation",
        "Site où l’on dépose, commente et soutient des propositions.",
        "participation platform",
        "A website where people post, discuss and support proposals.",
        TermState.PROPOSED,
    ),
    Seed(
        CLIMATE,
        "PCAEM",
        "Plan climat-air-énergie métropolitain : la feuille de route de la Métropole pour le climat et l’air.",
        "",
        "The metropolitan plan for climate, air and energy: the road map of the metropolitan authority.",
        KEPT,
    ),
    Seed(
        CLIMATE,
        "neutralité carbone",
        "Équilibre entre les gaz à effet de serre émis et ceux que les forêts, les sols et les océans absorbent.",
        "carbon neutrality",
        "A balance between the greenhouse gases emitted and those that forests, soils and oceans absorb.",
    ),
    Seed(
        CLIMATE,
        "empreinte carbone",
        "Quantité de gaz à effet de serre liée à ce que l’on consomme, importations comprises.",
        "carbon footprint",
        "The greenhouse gases caused by what people consume, imports included.",
    ),
    Seed(
        CLIMATE,
        "gaz à effet de serre",
        "Gaz qui retient la chaleur de la Terre, comme le dioxyde de carbone ou le méthane.",
        "greenhouse gas",
        "A gas that keeps the heat of the Earth, such as carbon dioxide or methane.",
    ),
    Seed(
        CLIMATE,
        "adaptation",
        "Ce que l’on change pour vivre avec un climat plus chaud : ombre, eau, horaires, bâtiments.",
        "adaptation",
        "What is changed in order to live with a warmer climate: shade, water, hours, buildings.",
    ),
    Seed(
        CLIMATE,
        "atténuation",
        "Ce que l’on fait pour émettre moins de gaz à effet de serre.",
        "mitigation",
        "What is done to emit fewer greenhouse gases.",
    ),
    Seed(
        CLIMATE,
        "îlot de chaleur urbain",
        "Quartier plus chaud que la campagne voisine, surtout la nuit, parce que la ville garde la chaleur.",
        "urban heat island",
        "A neighbourhood hotter than the country around it, above all at night, because the city keeps the heat.",
    ),
    Seed(
        CLIMATE,
        "précarité énergétique",
        "Difficulté à se chauffer, se rafraîchir ou s’éclairer chez soi faute de moyens.",
        "energy poverty",
        "Being unable to afford to heat, cool or light one’s home.",
    ),
    Seed(
        CLIMATE,
        "sobriété",
        "Choix de répondre aux besoins en consommant moins d’énergie et de matière.",
        "sufficiency",
        "Choosing to meet needs with less energy and fewer materials.",
    ),
    Seed(
        CLIMATE,
        "rénovation énergétique",
        "Travaux qui réduisent ce qu’un bâtiment consomme : isolation, fenêtres, chauffage, ventilation.",
        "energy retrofit",
        "Works that reduce what a building consumes: insulation, windows, heating, ventilation.",
    ),
    Seed(
        CLIMATE,
        "passoire thermique",
        "Logement si mal isolé qu’il coûte très cher à chauffer.",
    ),
    Seed(
        CLIMATE,
        "réseau de chaleur",
        "Canalisations qui apportent à un quartier l’eau chaude produite en un seul lieu.",
        "district heating",
        "Pipes that bring a neighbourhood hot water made in one place.",
    ),
    Seed(
        CLIMATE,
        "zone à faibles émissions",
        "Secteur où les véhicules les plus polluants ne circulent plus.",
        "low-emission zone",
        "An area in which the most polluting vehicles may no longer drive.",
    ),
    Seed(
        CLIMATE,
        "mobilité active",
        "Marche, vélo et tout ce qui avance grâce au corps.",
        "active travel",
        "Walking, cycling and all else that the body moves.",
    ),
    Seed(
        CLIMATE,
        "renaturation",
        "Retour de la terre, de l’eau et des plantes là où il y avait du bitume ou du béton.",
        "renaturing",
        "Bringing soil, water and plants back to where there was asphalt or concrete.",
    ),
    Seed(
        CLIMATE,
        "désimperméabilisation",
        "Ouverture des sols pour que la pluie y entre au lieu de ruisseler.",
        "unsealing of soils",
        "Opening the ground so that rain goes into it instead of running off.",
    ),
    Seed(
        CLIMATE,
        "zéro artificialisation nette",
        "Objectif de ne plus construire sur de nouvelles terres sans en rendre autant à la nature.",
        "no net land take",
        "The aim of building on no new land without giving as much back to nature.",
    ),
    Seed(
        CLIMATE,
        "transition juste",
        "Changement vers une société sobre en carbone dont l’effort et les bénéfices sont partagés.",
        "just transition",
        "A change to a low-carbon society whose effort and benefits are shared.",
    ),
    Seed(
        CLIMATE,
        "puits de carbone",
        "Forêt, sol ou océan qui absorbe plus de carbone qu’il n’en rejette.",
        "carbon sink",
        "A forest, soil or ocean that absorbs more carbon than it gives off.",
    ),
    Seed(
        CLIMATE,
        "plan de prévention des risques",
        "Document qui dit où et comment construire pour ne pas être surpris par une crue ou un éboulement.",
        "risk prevention plan",
        "A document that says where and how to build so as not to be surprised by a flood or a rockfall.",
    ),
    Seed(
        CLIMATE,
        "résilience",
        "Capacité d’une ville à traverser une crise et à en sortir mieux préparée.",
        "resilience",
        "The ability of a city to go through a crisis and come out of it better prepared.",
    ),
    Seed(
        CLIMATE,
        "énergie citoyenne",
        "Production d’énergie que des habitants financent et décident ensemble.",
        "community energy",
        "Energy production that residents finance and decide on together.",
        TermState.PROPOSED,
    ),
    Seed(
        TERRITORY,
        "PETR",
        "Pôle d’équilibre territorial et rural : alliance de communes rurales autour d’un projet commun.",
        "",
        "An alliance of rural municipalities around one project, recognised by French law.",
        KEPT,
    ),
    Seed(
        TERRITORY,
        "SCoT",
        "Schéma de cohérence territoriale : plan à vingt ans de l’habitat, des transports et des espaces naturels.",
        "",
        "A plan over twenty years for housing, transport and natural areas of a whole region of life.",
        KEPT,
    ),
    Seed(
        TERRITORY,
        "métropole",
        "Collectivité qui réunit une grande ville et les communes voisines.",
        "metropolitan authority",
        "The authority that a large city and its neighbouring municipalities form together.",
    ),
    Seed(
        TERRITORY,
        "intercommunalité",
        "Groupe de communes qui gèrent ensemble l’eau, les déchets, les transports ou l’habitat.",
        "joint authority of municipalities",
        "A group of municipalities that run water, waste, transport or housing together.",
    ),
    Seed(
        TERRITORY,
        "commune",
        "Plus petite collectivité française, avec son conseil et sa ou son maire.",
        "municipality",
        "The smallest French authority, with a council and a mayor of its own.",
    ),
    Seed(
        TERRITORY,
        "territoire intelligent",
        "Mot à éviter : dites ce qui est mesuré, par qui et pour quoi faire.",
        "smart territory",
        "A word to avoid: say what is measured, by whom and what for.",
        TermState.FORBIDDEN,
    ),
    Seed(
        TERRITORY,
        "élue, élu",
        "Personne choisie par les électeurs pour siéger dans un conseil.",
        "elected member",
        "A person whom the electors chose to sit on a council.",
    ),
    Seed(
        TERRITORY,
        "conseil métropolitain",
        "Assemblée des élus des communes qui vote les décisions de la Métropole.",
        "metropolitan council",
        "The assembly of elected members of the municipalities that votes the decisions of the metropolitan authority.",
    ),
    Seed(
        TERRITORY,
        "quartier prioritaire",
        "Quartier où l’État et les collectivités concentrent des moyens parce que les revenus y sont bas.",
        "priority neighbourhood",
        "A neighbourhood where the State and local authorities concentrate means because incomes there are low.",
    ),
    Seed(
        TERRITORY,
        "bailleur social",
        "Organisme qui loue des logements à loyer modéré.",
        "social landlord",
        "A body that rents out homes at moderate rents.",
    ),
    Seed(
        TERRITORY,
        "contrat de ville",
        "Accord entre l’État et les collectivités pour les quartiers prioritaires.",
    ),
    Seed(
        TERRITORY,
        "aménageur",
        "Organisme qui prépare les terrains et les rues d’un nouveau quartier.",
        "development company",
        "The body that prepares the land and the streets of a new neighbourhood.",
    ),
    Seed(
        TERRITORY,
        "maîtrise d’ouvrage",
        "Celui ou celle qui commande et paie des travaux, et en fixe le but.",
    ),
)
