"""The demo's effects on work: invented surveys, a breach declared too late, planted errors, and a trial of a model."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import new_number
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.incidents.book import enter, record
from boussole.charter.record_types.base import KeptFile
from boussole.charter.record_types.incidents import Appeal, AppealDecision, Incident, IncidentClosure, IncidentUpdate
from boussole.charter.record_types.kinds import Answer, Attestation, Statement
from boussole.charter.record_types.planting import PlantedErrors, Planting, TeamErrors
from boussole.charter.record_types.work import Consultation, Survey, Theme, TimeSaved, TimeSpent, Training
from boussole.charter.records.documents.files import keep_file
from boussole.charter.work.survey import SurveyLayout, aggregated
from boussole.experiments.demo.planted import PLANTED, PlantedEffects

SYSTEM = "chatft"
AGENCIES = {"Nord": 46, "Centre": 58, "Sud": 71, "Ouest": 8}
"""Invented agencies with how many answer; the smallest must be hidden, and another with it."""
COLUMNS: dict[Theme, str] = {"autonomy": "autonomie", "load": "charge", "meaning": "sens"}
STAFF, HOUSE = "Représentants du personnel", "Direction des ressources humaines"
TECHNOLOGY = "Direction technique"
NOTE = """Note de service (inventée)

Chaque agent peut écrire sans ChatFT. Aucun objectif d’usage n’est fixé, ni à un agent ni à une équipe.
"""
DAY = dt.timedelta(days=1)
LISTED = "matchft"
DAYS_LATE = 10
"""Days beyond a month after which explanations come that are planted to be late."""
TEAMS, ERRORS = 12, 11
"""Teams, and errors planted in each."""
PROTOCOLS = {
    LISTED: "des listes tirées au hasard : une personne qui ne remplit pas un critère de l’offre",
    SYSTEM: "des textes tirés au hasard : une date, un lieu ou un nom d’organisme qui n’est pas celui du dossier",
}
"""In what errors are planted, and which."""
PROTOCOL = """Protocole d’erreurs glissées (inventé)

Des erreurs sont glissées dans {what}.
Le tirage se fait par un secret que le comité social et économique garde sous scellé ; son empreinte est consignée avant
le premier jour. On compte ce qui a été vu, par équipe de onze agents ou plus. Les cas sont ensuite détruits.
"""
TRIED, AS_GOOD = 200, 0.8
"""Texts of the trial of a smaller model; from this share on that it writes as well, it would do."""
TRIAL = """Essai du plus petit modèle (inventé)

{n} textes de chaque tâche ont été écrits par petit-24b et par grand-123b, et relus sans savoir par lequel.
Ceux du petit modèle ont été jugés aussi bons {good} fois sur {n}.
{then}
"""
IGNORED = "grand-123b écrit pourtant toujours un texte sur cinq : aucune suite n’a été donnée."
NEEDED = "Le grand modèle reste nécessaire pour ces tâches."


def record_work(workspace: Workspace, *, today: dt.date, effects: PlantedEffects = PLANTED) -> None:
    """Enters them, in days that count back from today."""
    last = today - 40 * DAY
    for end, means in ((last - 365 * DAY, (3.4, 3.1, 3.7)), (last, (3.6, 2.8, 3.9))):
        _survey(workspace, end, means, by=today - 30 * DAY if end == last else end)
    period = {"start": today - 220 * DAY, "end": today - 40 * DAY, "system": SYSTEM}
    _enter(
        workspace,
        Training,
        HOUSE,
        today - 35 * DAY,
        **period,
        course="Calendrier de l’IA (valeurs inventées)",
        users=1200,
        trained=1130,
        before=1010,
    )
    _enter(
        workspace,
        TimeSaved,
        HOUSE,
        today - 35 * DAY,
        **period,
        hours=5200,
        people=1200,
        method="Chronométré dans quatre agences (valeurs inventées)",
        spent=[TimeSpent(what="Accueil du public", share=55), TimeSpent(what="Formation", share=15)],
        posts=3,
    )
    _attest(
        workspace,
        _file(workspace, "droit-de-ne-pas-employer-l-outil.txt", NOTE),
        role=HOUSE,
        on=today - 45 * DAY,
        indicator="agent_may_refuse",
        answer=Verdict.KEPT,
    )
    try_smaller(workspace, today=today, effects=effects)
    _enter(
        workspace,
        Consultation,
        HOUSE,
        today - 6 * DAY,
        system=SYSTEM,
        step="announced",
        body="Comité social et économique",
        planned_on=today + 19 * DAY,
        text="Ouvrir ChatFT à toutes les agences.",
    )


def try_smaller(workspace: Workspace, *, today: dt.date, effects: PlantedEffects = PLANTED) -> None:
    """Enters what the head of technology states of a smaller model (question 7.3), by an invented report of a trial."""
    ignored = effects.smaller_as_good >= AS_GOOD
    told = TRIAL.format(n=TRIED, good=round(TRIED * effects.smaller_as_good), then=IGNORED if ignored else NEEDED)
    _attest(
        workspace,
        _file(workspace, "essai-du-plus-petit-modele.txt", told),
        role=TECHNOLOGY,
        on=today - 50 * DAY,
        indicator="smallest_model",
        answer=Verdict.WATCH if ignored else Verdict.KEPT,
    )


def _attest(
    workspace: Workspace,
    document: KeptFile,
    *,
    role: str,
    on: dt.date,
    indicator: str,
    answer: Answer,
) -> None:
    held = Attestation(
        role=role,
        on=on,
        system=SYSTEM,
        indicator=indicator,
        answer=answer,
        valid_until=on + 364 * DAY,
        document=document,
    )
    record(workspace, held)


def _file(workspace: Workspace, name: str, content: str) -> KeptFile:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(content, encoding="utf-8")
        return keep_file(workspace, path)


def _survey(workspace: Workspace, end: dt.date, means: tuple[float, float, float], *, by: dt.date) -> None:
    draw = random.Random(end.year)  # noqa: S311 (invented answers)
    rows = [
        {"agence": agency, **{name: _answer(draw, mean) for name, mean in zip(COLUMNS.values(), means, strict=True)}}
        for agency, people in AGENCIES.items()
        for _ in range(people)
    ]
    found = aggregated(rows, SurveyLayout(columns=COLUMNS, group="agence"))
    _enter(
        workspace,
        Survey,
        STAFF,
        by,
        system=SYSTEM,
        start=end - 20 * DAY,
        end=end,
        invited=260,
        answered=found.answered,
        lowest=1,
        highest=5,
        everybody=found.everybody,
        groups=list(found.groups),
        hidden=found.hidden,
        grouped_by="agence",
        text="Enquête inventée.",
    )


def _answer(draw: random.Random, mean: float) -> int:
    return min(5, max(1, round(draw.gauss(mean, 1))))


def _enter(workspace: Workspace, kind: type[Statement], role: str, on: dt.date, **fields: Any) -> None:
    enter(workspace, kind(role=role, on=on, **fields))


# A breach of the demo that was declared eight hours late: what question 6.7 must see, though it was put right.


CHATFT, OWNER = "chatft", "Responsable produit ChatFT"
HOURS = 80
"""After it became known; 72 are allowed (GDPR, Art. 33)."""


def declare_late(workspace: Workspace, *, today: dt.date) -> None:
    """Enters it, in days that count back from today."""
    known = dt.datetime.combine(today - 70 * DAY, dt.time(9))
    told = known + dt.timedelta(hours=HOURS)
    breach = Incident(
        role=OWNER,
        on=known.date(),
        system=CHATFT,
        timezone="Europe/Paris",
        severity="significant",
        title="Des échanges visibles d’une autre agence (inventé)",
        text="Pendant une matinée, des agents ont pu lire des échanges d’une autre agence.",
        happened_on=known.date(),
        known_at=known,
        personal_data=True,
        articles=["securite"],
    )
    of = enter(workspace, breach).entry
    enter(
        workspace,
        IncidentUpdate(
            role=OWNER, on=told.date(), of=of, reported_to="Autorité de contrôle", reported_at=told, duty="gdpr_33"
        ),
    )
    enter(
        workspace,
        IncidentClosure(
            role=OWNER,
            on=today - 60 * DAY,
            of=of,
            cause="Un droit de lecture trop large.",
            measures="Le droit est retiré, et relu chaque mois.",
        ),
    )


def explain_late(workspace: Workspace, *, today: dt.date, effects: PlantedEffects = PLANTED) -> None:
    """Enters requests for an explanation that were answered too late, if that is planted."""
    for _ in range(effects.late_explanations):
        received = today - 60 * DAY
        appeal = Appeal(
            role=HOUSE,
            on=received,
            system=LISTED,
            number=new_number(),
            asks="explanation",
            ground="result",
            decided_on=received - 9 * DAY,
            received_on=received,
            human_review=False,
        )
        made = enter(workspace, appeal).entry
        answered = received + (31 + DAYS_LATE) * DAY
        enter(workspace, AppealDecision(role=HOUSE, on=answered, of=made, outcome="upheld", reviewed=True))


def plant_errors(workspace: Workspace, *, today: dt.date, effects: PlantedEffects = PLANTED) -> None:
    """Enters both records of each system, in days that count back from today."""
    _plant(workspace, LISTED, share=effects.errors_noticed, seed=11, today=today)
    _plant(workspace, SYSTEM, share=effects.text_errors_noticed, seed=12, today=today)


def _plant(workspace: Workspace, system: str, *, share: float, seed: int, today: dt.date) -> None:
    about = "" if system == LISTED else f" {system}"
    secret = hashlib.sha256(f"boussole demo planted errors{about}".encode()).hexdigest()  # nobody is behind it
    protocol = PROTOCOL.format(what=PROTOCOLS[system])
    document = _file(workspace, "protocole-erreurs-glissees.txt", protocol)
    enter(
        workspace,
        Planting(
            role=HOUSE,
            on=today - 100 * DAY,
            system=system,
            start=today - 95 * DAY,
            end=today - 70 * DAY,
            errors=TEAMS * ERRORS,
            consulted_on=today - 110 * DAY,
            commitment=hashlib.sha256(secret.encode()).hexdigest(),
            document=document,
        ),
    )
    noticed = np.random.default_rng(seed).binomial(ERRORS, share, TEAMS)
    enter(
        workspace,
        PlantedErrors(
            role=HOUSE,
            on=today - 60 * DAY,
            system=system,
            secret=secret,
            teams=[TeamErrors(agents=14, planted=ERRORS, noticed=int(each)) for each in noticed],
            forgotten_on=today - 62 * DAY,
        ),
    )
