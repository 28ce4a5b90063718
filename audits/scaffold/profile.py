"""What the columns of a data file hold, read as an import would read them."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.contracts.columns import ColumnReader
from boussole.audits.decisions.files.values import FileReading
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import SourceError
from boussole.audits.identifiers import unaccented
from boussole.audits.lake.tables import one
from boussole.audits.systems.kinds import Value
from boussole.audits.systems.model import Files


def tokens(name: str) -> tuple[str, ...]:
    """Return the words of a column's name."""
    name = re.sub(r"\bn[°º]", "numero ", name, flags=re.IGNORECASE)
    spaced = re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])", " ", name)
    return tuple(word for word in re.split(r"[^a-z0-9]+", unaccented(spaced)) if word)


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ID = words(
    "id ids uuid guid key cle code ref reference numero num no nr identifiant identifier matricule index rownames hash"
)
ROW_NUMBER = words("rownames rowname index row ligne unnamed numero_ligne")
DECISION_ID = words("decision application demande dossier case candidature request row entity record event evenement")
DIRECT = words(
    "name nom noms prenom prenoms firstname lastname surname fullname fname lname firstn lastn email mail courriel "
    "phone tel telephone mobile portable address adresse street rue iban nir ssn dob birthdate naissance birth ip"
)
PERSON = words(
    "person personne people candidate candidat candidats user usager utilisateur beneficiaire beneficiary client "
    "customer applicant individu individual demandeur allocataire patient student etudiant employee salarie nir ssn "
    "borrower defendant seeker"
)
REQUEST = words("offer offre request requete query annonce ad vacancy poste job posting session besoin mission")
TEAM = words("team equipe agence agency unit unite bureau branch office site service guichet")
AGENT = words(
    "agent adviser advisor conseiller conseillere reviewer examinateur operator operateur caseworker judge juge"
)
HUMAN = AGENT | words("human humain humaine manual manuel")

DATE_BEST = words("decided decision decide ts timestamp horodatage screening screened")
DATE = words("date datetime jour day created cree creation at time heure moment sent when le")
DATE_OTHER = words(
    "birth naissance born ne dob in out end fin start debut offense arrest jail expires expiry updated modified maj "
    "outcome hired embauche reply reponse custody recorded until deadline echeance"
)

DECISION = words(
    "decision decided selected selection selectionne selectionnee retenu retenue contacted contacte contactee granted "
    "accorde accordee accepted accept accepte acceptee approved approve approuve admit admitted admis admise callback "
    "called rappel rappele rappelee invited invite shortlisted flag flagged signale signalee alerte alert control "
    "controle controlled prediction predicted pred recommended recommande recommandation recommendation proposed "
    "propose attribue attribution eligible refused refus refuse rejected rejet denied sanction sanctionne verdict "
    "choice choisi chosen offered awarded score_text risk_level niveau_risque y_pred yhat"
)
DECISION_WEAK = words("status statut result resultat score class classe label approval accord hired embauche recrute")
OUTCOME = words(
    "outcome label target cible truth verite actual reel reelle observed observe hired embauche embauchee recruited "
    "recrute recrutee recid reoffend default defaut repaid rembourse success succes realise y_true true ground gold "
    "real churned survived confirmed confirme averee avere abouti issue"
)
BEFORE = words("prev previous before past ancien ancienne precedent prior last")
HARM = words(
    "risk risque flag flagged fraud fraude control controle controlled alert alerte sanction sanctionne suspect recid "
    "refused refus refuse rejected rejet denied radiation score_text"
)
FAVOURABLE = words(
    "selection selected selectionne selectionnee retenu retenue contacted contacte contactee granted accorde accordee "
    "accepted accept accepte acceptee approved approve approuve approuvee admit admitted admis admise callback called "
    "rappel rappele rappelee invited invite invitee shortlisted recommended recommande recommandation recommendation "
    "proposed propose attribue attribution eligible offered awarded hired embauche embauchee recrute recruited "
    "favorable favourable approval accord"
)
HARM_OUTCOME = words("recid reoffend fraud fraude")
SCORE = words(
    "score proba prob probability probabilite likelihood vraisemblance rating points decile y_score logit note"
)
RANK = words("rank rang position classement place ranking")
WEIGHT = words("freq frequency frequence weight poids effectif effectifs count nombre n nb")
VERSION = words("version release")
MODEL = words("model modele algo algorithm algorithme")
USE = words("use usage usages declared_use usage_declare use_case")
NO_FEATURE = words(
    "id ids uuid zip postal cp insee code phone tel year annee threshold seuil index rownames version siret "
    "siren key num"
)

POSITIVE = words(
    "true 1 yes y oui o accepted accepte acceptee accept admitted admis admise approved approve approuve granted "
    "accorde accordee selected selectionne retenu retenue hired embauche favorable favourable positive positif ok "
    "eligible pass passed contacted contacte high medium eleve haut moyen flagged signale repaid invited invite success"
)
NEGATIVE = words(
    "false 0 no n non rejected rejete rejetee reject refuse refusee refused denied declined unfavorable unfavourable "
    "defavorable negative negatif ko ineligible fail failed low faible bas none"
)

FAMILIES: dict[str, tuple[str, str, frozenset[str]]] = {
    "gender": ("Sexe", "Sex", words("sex sexe gender genre civilite")),
    "age": ("Âge", "Age", words("age ages tranche_age age_cat age_group agegroup classe_age")),
    "origin": ("Origine", "Origin", words("race ethnicity ethnic ethnie origin origine")),
    "nationality": ("Nationalité", "Nationality", words("nationality nationalite nation citizenship citoyennete")),
    "qpv": ("Quartier prioritaire", "Priority neighbourhood", words("qpv quartier zus priority_area zone_prioritaire")),
    "disability": ("Handicap", "Disability", words("rqth handicap disability disabled boeth boe")),
    "family": (
        "Situation familiale",
        "Family status",
        words("marital matrimoniale matrimonial familiale parent isole"),
    ),
    "religion": ("Religion", "Religion", words("religion")),
    "language": ("Langue", "Language", words("language langue mother_tongue")),
}
"""Sensitive features: id, title in French and English, and the words of their columns."""
SPECIAL = ("origin", "nationality", "disability", "religion")
"""Families that the law protects most: they should come from a keyed file of their own."""
_NO = words("no non n false 0 none aucun aucune sans")
REFERENCES: dict[str, tuple[str, frozenset[str]]] = {
    "gender": ("the word for men", words("m h male homme hommes man men masculin mr monsieur masc")),
    "nationality": ("the word for French", words("fr fra francais francaise francaises france french")),
    "disability": ("the word for no", _NO),
    "qpv": ("the word for no", _NO | words("hors_qpv")),
    "origin": ("the word that publications compare with", words("white caucasian blanc blanche")),
}
"""Of each family whose values say who others are compared with: what its words mean, and the words. One letter means
something only within its family, and only where no other value of the feature is known as well."""

CONTROLS: dict[str, tuple[str, str, frozenset[str]]] = {
    "occupation": ("Métier", "Occupation", words("rome occupation metier profession csp fap job_type")),
    "department": ("Département", "Department", words("dept department faculty filiere")),
    "education": ("Formation", "Education", words("education educ diplome diploma qualification formation etudes")),
    "sector": ("Secteur", "Sector", words("sector secteur industry industrie naf")),
    "contract": ("Contrat", "Contract", words("contract contrat cont")),
}
"""Legitimate factors that comparisons may condition on."""


def named(name_words: tuple[str, ...], vocabulary: frozenset[str]) -> bool:
    """Whether a name has a word, or two words in a row, of a vocabulary."""
    pairs = {f"{first}_{second}" for first, second in itertools.pairwise(name_words)}
    return bool((set(name_words) | pairs) & vocabulary)


FEW = 30
"""Columns with at most that many different values have them listed."""


@dataclass(frozen=True)
class Profile:
    """One column: how many cells are filled and different, how many are numbers, whole numbers, dates, e-mails."""

    name: str
    filled: int
    distinct: int
    numbers: int
    whole: int
    low: float | None
    high: float | None
    dates: int
    first: dt.datetime | None
    last: dt.datetime | None
    emails: int
    formulas: int
    values: Mapping[str, int]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of its name."""
        return tokens(self.name)

    @property
    def numeric(self) -> bool:
        return 0 < self.filled == self.numbers

    @property
    def dated(self) -> bool:
        return 0 < self.filled == self.dates

    @property
    def fractional(self) -> bool:
        """Whether it holds a number that is not whole."""
        return self.whole < self.numbers

    @property
    def two_valued(self) -> bool:
        return self.distinct == 2

    @property
    def flag(self) -> bool:
        """True where it says only yes or no: true and false, 1 and 0."""
        return self.two_valued and all(
            isinstance(typed(value), bool) or typed(value) in (0, 1) for value in self.values
        )


@dataclass(frozen=True)
class SourceProfile:
    """The columns of a source, the relation of its rows (`whole`), and how a file was read (`reading`)."""

    source: str
    rows: int
    columns: Mapping[str, Profile]
    connection: duckdb.DuckDBPyConnection
    whole: str
    read: ColumnReader
    reading: FileReading | None = None

    def count(self, condition: str) -> int:
        """Count the rows that meet an SQL condition over the columns."""
        return one(self.connection, f"SELECT count(*) FROM {self.whole} WHERE {condition}")

    def unique(self, column: Profile) -> bool:
        """Whether each row has a value of its own there."""
        return column.filled == column.distinct == self.rows

    def unique_together(self, columns: Sequence[Profile]) -> bool:
        """Whether each row has values of its own in these columns, and none is empty."""
        if any(column.filled < self.rows for column in columns):
            return False
        texts = ", ".join(self.read.text(column.name) for column in columns)
        return one(self.connection, f"SELECT count(*) FROM (SELECT DISTINCT {texts} FROM {self.whole})") == self.rows


def profile(
    connection: duckdb.DuckDBPyConnection, source: str | Path, *, zone: str, files: Files | None = None
) -> SourceProfile:
    """Profile every column of a source. Raises SourceError when the source cannot be read or holds no row."""
    opened = open_source(connection, source, Needs((), every=True), files)
    read, whole = ColumnReader(opened.types), opened.relation
    rows = one(connection, f"SELECT count(*) FROM {whole}")
    if rows == 0:
        raise SourceError("the file holds no row.", where=str(source), next_step="Give one with some decisions in it.")
    columns = {name: _column(connection, whole, read, name, zone=zone) for name in opened.columns}
    return SourceProfile(str(source), rows, columns, connection, whole, read, opened.reading)


def _column(connection: duckdb.DuckDBPyConnection, whole: str, read: ColumnReader, name: str, *, zone: str) -> Profile:
    text, number, moment = read.text(name), read.number(name), read.moment(name, zone)
    row: tuple[Any, ...] | None = connection.execute(
        f"SELECT count(*), count(DISTINCT {text}), count({number}), count(*) FILTER ({number} = floor({number})), "
        f"min({number}), max({number}), count({moment}), min({moment}), max({moment}), "
        f"count(*) FILTER (regexp_matches({text}, '^[^@ ]+@[^@ ]+[.][^@ ]+$')), "
        f"count(*) FILTER ({_formula(read, name)}) FROM {whole} WHERE NOT {read.absent(name)}"
    ).fetchone()
    assert row is not None  # noqa: S101 (a count is always there)
    values: dict[str, int] = {}
    if row[1] <= FEW:
        query = f"SELECT {text}, count(*) FROM {whole} WHERE NOT {read.absent(name)} GROUP BY 1 ORDER BY 2 DESC, 1"
        values = {str(value): int(n) for value, n in connection.execute(query).fetchall()}
    filled, distinct, numbers, whole_numbers, low, high, dates, first, last, emails, formulas = row
    return Profile(
        name=name,
        filled=filled,
        distinct=distinct,
        numbers=numbers,
        whole=whole_numbers,
        low=low,
        high=high,
        dates=dates,
        first=first,
        last=last,
        emails=emails,
        formulas=formulas,
        values=values,
    )


def _formula(read: ColumnReader, name: str) -> str:
    return read.formula(name) if read.is_text(name) else "false"


def typed(text: str) -> Value:
    """Return a value as a system file writes it: true and false, numbers, else text."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number) or "_" in text:
        return text
    return int(number) if number.is_integer() else number
