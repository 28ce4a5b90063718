"""The columns of a register in a spreadsheet: their names in both languages, what they hold, and where it goes."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

Form = Literal["text", "date", "euros", "choice", "id"]
Words = tuple[str, str]
"""French, English."""

STATUSES: dict[str, Words] = {
    "design": ("à l’étude", "in design"),
    "pilot": ("en essai", "on trial"),
    "production": ("en service", "in service"),
    "retired": ("abandonné", "abandoned"),
}
RISKS: dict[str, Words] = {
    "prohibited": ("interdit", "prohibited"),
    "high": ("élevé", "high"),
    "limited": ("limité", "limited"),
    "minimal": ("minimal", "minimal"),
}
PLACES: dict[str, Words] = {
    "own-datacentre": ("centre de données propre", "own data centre"),
    "dedicated-cloud": ("nuage dédié", "dedicated cloud"),
    "external": ("externe", "external"),
}
SYNONYMS: dict[str, str] = {
    "etude": "design", "projet": "design", "design": "design", "study": "design", "planned": "design",
    "essai": "pilot", "pilote": "pilot", "pilot": "pilot", "trial": "pilot", "experimentation": "pilot",
    "test": "pilot", "en experimentation": "pilot", "en test": "pilot",
    "production": "production", "en production": "production", "in production": "production",
    "deploye": "production", "deployed": "production", "service": "production", "live": "production",
    "abandonnee": "retired", "arrete": "retired", "retire": "retired", "retired": "retired", "stopped": "retired",
    "inacceptable": "prohibited", "unacceptable": "prohibited", "prohibe": "prohibited",
    "haut": "high", "haut risque": "high", "high risk": "high", "eleve": "high", "risque eleve": "high",
    "limited risk": "limited", "risque limite": "limited", "limitee": "limited",
    "faible": "minimal", "low": "minimal", "minime": "minimal", "risque minimal": "minimal",
    "interne": "own-datacentre", "internal": "own-datacentre", "on premises": "own-datacentre",
    "cloud dedie": "dedicated-cloud", "cloud": "external", "exterieur": "external",
}  # fmt: skip
"""Other words that registers use, without accents, and what they mean."""


@dataclass(frozen=True, kw_only=True)
class RegisterColumn:
    """One column. `path` is where its values go in a system file; `lang` is the language of its texts.

    `also` are other names it goes by; `hint` says in one sentence, in both languages, what to write there.
    """

    path: tuple[str, ...]
    names: Words
    hint: Words
    form: Form = "text"
    choices: dict[str, Words] | None = None
    needed: bool = False
    lang: bool = False
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Where its values go, as an error says it: `dates.trial`."""
        return ".".join(self.path)


def _assessment(key: str, fr: str, en: str, also: tuple[str, ...]) -> tuple[RegisterColumn, ...]:
    return (
        RegisterColumn(
            path=(key, "done_on"),
            names=(f"{fr} : date", f"{en}: date"),
            hint=("Jour où elle a été achevée.", "Day on which it was finished."),
            form="date",
            also=(*(f"date {name}" for name in also), *also),
        ),
        RegisterColumn(
            path=(key, "document"),
            names=(f"{fr} : document", f"{en}: document"),
            hint=("Son numéro ou son titre, pour la retrouver.", "Its number or title, to find it again."),
            also=tuple(f"{name} {word}" for name in also for word in ("reference", "numero", "document")),
        ),
        RegisterColumn(
            path=(key, "not_required"),
            names=(f"{fr} : pourquoi pas requise", f"{en}: why not required"),
            hint=("À la place de la date : la raison.", "Instead of the date: the reason."),
            also=tuple(f"{name} {word}" for name in also for word in ("non requise", "not required")),
        ),
    )


COLUMNS: tuple[RegisterColumn, ...] = (
    RegisterColumn(
        path=("title",),
        names=("Nom", "Name"),
        hint=("Le nom de l’usage, tel qu’on le lit partout.", "The name of the use, as everybody reads it."),
        needed=True,
        lang=True,
        also=("titre", "title", "nom de l'usage", "cas d'usage", "usage", "use", "use case", "systeme", "system"),
    ),
    RegisterColumn(
        path=("id",),
        names=("Identifiant", "Id"),
        hint=(
            "Facultatif : a-z, 0-9 et _ ; sinon il vient du nom. À donner pour renommer.",
            "Optional: a-z, 0-9 and _; else it comes from the name. Give it to rename.",
        ),
        form="id",
        also=("identifier", "code"),
    ),
    RegisterColumn(
        path=("purpose",),
        names=("Finalité", "Purpose"),
        hint=("À quoi il sert, en une phrase.", "What it is for, in one sentence."),
        needed=True,
        lang=True,
        also=("objet", "objectif", "description", "but"),
    ),
    RegisterColumn(
        path=("owner",),
        names=("Responsable", "Owner"),
        hint=("Le rôle qui en répond, pas une personne.", "The role that answers for it, not a person."),
        needed=True,
        also=("direction responsable", "proprietaire", "direction", "answerable"),
    ),
    RegisterColumn(
        path=("status",),
        names=("Statut", "Status"),
        hint=("Où il en est.", "Where it stands."),
        form="choice",
        choices=STATUSES,
        needed=True,
        also=("etat", "stade", "phase", "stage"),
    ),
    RegisterColumn(
        path=("risk",),
        names=("Risque", "Risk"),
        hint=("La classe du règlement européen sur l’IA.", "The class under the EU AI Act."),
        form="choice",
        choices=RISKS,
        needed=True,
        also=("classe de risque", "niveau de risque", "risk class", "classe", "risk level"),
    ),
    RegisterColumn(
        path=("risk_reason",),
        names=("Motif du risque", "Reason of the risk"),
        hint=("Pourquoi cette classe : article, annexe.", "Why that class: article, annex."),
        also=("raison du risque", "risk reason", "justification du risque"),
    ),
    RegisterColumn(
        path=("contact",),
        names=("Contact", "Contact"),
        hint=("Le rôle qui répond aux questions.", "The role that answers questions."),
        also=("role de contact", "contact role"),
    ),
    RegisterColumn(
        path=("provider",),
        names=("Fournisseur", "Provider"),
        hint=("Qui fait le modèle.", "Who makes the model."),
        also=("editeur", "vendor", "supplier"),
    ),
    RegisterColumn(
        path=("hosting",),
        names=("Hébergement", "Hosting"),
        hint=("Où le modèle tourne.", "Where the model runs."),
        form="choice",
        choices=PLACES,
    ),
    RegisterColumn(
        path=("people_affected",),
        names=("Personnes concernées", "People affected"),
        hint=("Qui il touche, et combien.", "Whom it touches, and how many."),
        lang=True,
        also=("public concerne", "public"),
    ),
    RegisterColumn(
        path=("dates", "trial"),
        names=("Premier essai", "First trial"),
        hint=("Premier jour sur des cas réels.", "First day on real cases."),
        form="date",
        also=("date du premier essai", "debut de l'essai", "date d'essai", "date of first trial", "pilot start"),
    ),
    RegisterColumn(
        path=("dates", "service"),
        names=("Mise en service", "In service since"),
        hint=("Premier jour en service.", "First day in service."),
        form="date",
        also=("date de mise en service", "date de mise en production", "mise en production", "in service", "go live"),
    ),
    RegisterColumn(
        path=("dates", "ended"),
        names=("Fin", "Ended"),
        hint=("Dernier jour, s’il est abandonné.", "Last day, if it is abandoned."),
        form="date",
        also=("date de fin", "date d'abandon", "abandon", "end date", "abandoned", "retired"),
    ),
    *_assessment(
        "impact_assessment",
        "Analyse d’impact",
        "Impact assessment",
        ("aipd", "dpia", "analyse d'impact", "impact assessment", "analyse d'impact protection donnees"),
    ),
    *_assessment(
        "fria",
        "Droits fondamentaux",
        "Fundamental rights",
        ("fria", "analyse d'impact droits fondamentaux", "fundamental rights impact assessment"),
    ),
    RegisterColumn(
        path=("dates", "ethics_review"),
        names=("Examen éthique", "Ethics review"),
        hint=("Jour où le comité éthique l’a examiné.", "Day on which the ethics committee looked at it."),
        form="date",
        also=("date de l'examen ethique", "comite ethique", "revue ethique", "date of ethics review"),
    ),
    RegisterColumn(
        path=("dates", "works_council"),
        names=("Consultation du CSE", "Works council"),
        hint=("Jour où le comité social et économique a été consulté.", "Day on which it was consulted."),
        form="date",
        also=("cse", "date cse", "date de consultation du cse", "consultation works council", "works council date"),
    ),
    RegisterColumn(
        path=("dates", "next_review"),
        names=("Prochaine revue", "Next review"),
        hint=("Jour où quelqu’un le réexamine.", "Day on which somebody looks at it again."),
        form="date",
        also=("date de la prochaine revue", "revue", "review"),
    ),
    RegisterColumn(
        path=("costs", "build"),
        names=("Coût de construction (€)", "Cost to build (€)"),
        hint=("En euros.", "In euros."),
        form="euros",
        also=("cout de construction", "cout initial", "investissement", "build cost", "cost to build"),
    ),
    RegisterColumn(
        path=("costs", "yearly"),
        names=("Coût annuel (€)", "Cost a year (€)"),
        hint=("En euros par an.", "In euros a year."),
        form="euros",
        also=("cout annuel", "cout par an", "yearly cost", "annual cost", "cost a year"),
    ),
    RegisterColumn(
        path=("gains",),
        names=("Gains", "Gains"),
        hint=("Ce qu’il apporte : heures par an…", "What it brings: hours a year…"),
        lang=True,
        also=("benefices", "benefits"),
    ),
)


Meaning = tuple[RegisterColumn, str]
"""A column, and the language of its texts."""

LANGUAGE = {"fr": "fr", "francais": "fr", "french": "fr", "en": "en", "anglais": "en", "english": "en"}
EMPTY_WORDS = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "the", "of", "a", "au", "aux", "eur", "euros"})


def plain(text: str) -> str:
    """A text without accents, case and punctuation.

    >>> plain("  Coût d’exploitation (€) ")
    'cout d exploitation'
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[a-z0-9]+", bare.lower()))


def meaning(header: str) -> Meaning | None:
    """The column that a header means, or None.

    >>> [(column.key, lang) for column, lang in [meaning("FINALITE"), meaning("Purpose (French)")]]
    [('purpose', 'fr'), ('purpose', 'fr')]
    """
    words = plain(header).split()
    said = LANGUAGE.get(words[-1]) if len(words) > 1 else None
    found = _meanings_by_signature().get(_signature(words[:-1] if said else words))
    if found is None:
        return None
    column, lang = found
    return column, said or lang


def likely(header: str) -> str | None:
    """The known name that a header is probably a slip of."""
    names = {plain(name): name for column in COLUMNS for name in column.names}
    close = difflib.get_close_matches(plain(header), names, n=1, cutoff=0.8)
    return names[close[0]] if close else None


def read_headers(cells: Sequence[str]) -> Mapping[int, Meaning]:
    """The columns that a row of headers names, by their place.

    A name that is the same in both languages is in that of most others.
    """
    found = {place: known for place, cell in enumerate(cells) if cell and (known := meaning(cell))}
    clear = [_language_of_name(cells[place], column) for place, (column, _) in found.items()]
    most = "en" if clear.count("en") > clear.count("fr") else "fr"
    return {place: (column, most if _either(cells[place], column) else lang) for place, (column, lang) in found.items()}


def _either(header: str, column: RegisterColumn) -> bool:
    return {plain(header)} == {plain(name) for name in column.names}


def _language_of_name(header: str, column: RegisterColumn) -> str | None:
    """The language of a header that is a column's own name in one language only."""
    names = [plain(name) for name in column.names]
    return None if _either(header, column) or plain(header) not in names else ("fr", "en")[names.index(plain(header))]


@cache
def _meanings_by_signature() -> Mapping[str, Meaning]:
    """Every name by its words."""
    found: dict[str, Meaning] = {}
    for column in COLUMNS:
        for lang, name in (("fr", column.names[0]), ("en", column.names[1])):
            found.setdefault(_signature(plain(name).split()), (column, lang))
    for column in COLUMNS:
        for name in column.also:
            found.setdefault(_signature(plain(name).split()), (column, _language_of(name)))
    return found


ENGLISH = frozenset({"title", "use", "case", "system", "benefits"})


def _language_of(name: str) -> str:
    return "en" if set(plain(name).split()) & ENGLISH else "fr"


def _signature(words: Sequence[str]) -> str:
    """The words in no order, without those that say nothing."""
    return " ".join(sorted(word for word in words if word not in EMPTY_WORDS))
