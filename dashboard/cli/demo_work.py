"""The demo's effects on work: two invented surveys and what is to come, a breach declared too late, and planted errors.

These have a protocol that the works council knows, and what advisers noticed: too little, so that question 2.4 must be
watched. All of it is invented.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from boussole.audits.workspace import Workspace
from boussole.charter.incidents.entering import enter, record
from boussole.charter.record_types.incidents import Incident, IncidentClosure, IncidentUpdate
from boussole.charter.record_types.kinds import Attestation, Statement
from boussole.charter.record_types.planting import PlantedErrors, Planting, TeamErrors
from boussole.charter.record_types.work import Consultation, Spent, Survey, Theme, TimeSaved, Training
from boussole.charter.records.documents.files import keep_file
from boussole.charter.work.survey import SurveyLayout, aggregated
from boussole.experiments.demo.planted import PLANTED, PlantedEffects

SYSTEM = "chatft"
AGENCIES = {"Nord": 46, "Centre": 58, "Sud": 71, "Ouest": 8}
"""Invented agencies with how many answer; the smallest must be hidden, and another with it."""
COLUMNS: dict[Theme, str] = {"autonomy": "autonomie", "load": "charge", "meaning": "sens"}
STAFF, HOUSE = "Représentants du personnel", "Direction des ressources humaines"
NOTE = """Note de service (inventée)

Chaque agent peut écrire sans ChatFT. Aucun objectif d’usage n’est fixé, ni à un agent ni à une équipe.
"""
DAY = dt.timedelta(days=1)
LISTED = "matchft"
TEAMS, ERRORS = 12, 11
"""Teams, and errors planted in each."""
PROTOCOL = """Protocole d’erreurs glissées (inventé)

Des erreurs sont glissées dans des listes tirées au hasard : une personne qui ne remplit pas un critère de l’offre.
Le tirage se fait par un secret que le comité social et économique garde sous scellé ; son empreinte est consignée avant
le premier jour. On compte ce qui a été vu, par équipe de onze agents ou plus. Les listes sont ensuite détruites.
"""


def record_work(workspace: Workspace, *, today: dt.date) -> None:
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
        spent=[Spent(what="Accueil du public", share=55), Spent(what="Formation", share=15)],
        posts=3,
    )
    _attest(workspace, on=today - 45 * DAY)
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


def _attest(workspace: Workspace, *, on: dt.date) -> None:
    """That an agent may do without it (question 4.7), by an invented note."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "droit-de-ne-pas-employer-l-outil.txt"
        path.write_text(NOTE, encoding="utf-8")
        document = keep_file(workspace, path)
    held = Attestation(
        role=HOUSE,
        on=on,
        system=SYSTEM,
        indicator="agent_may_refuse",
        answer="kept",
        valid_until=on + 364 * DAY,
        document=document,
    )
    record(workspace, held)


def _survey(workspace: Workspace, end: dt.date, means: tuple[float, float, float], *, by: dt.date) -> None:
    """Answers are drawn, always the same for a year, and only their means are kept."""
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


def plant_errors(workspace: Workspace, *, today: dt.date, effects: PlantedEffects = PLANTED) -> None:
    """Enters both records, in days that count back from today."""
    secret = hashlib.sha256(b"boussole demo planted errors").hexdigest()  # nobody is behind invented data
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "protocole-erreurs-glissees.txt"
        path.write_text(PROTOCOL, encoding="utf-8")
        document = keep_file(workspace, path)
    enter(
        workspace,
        Planting(
            role=HOUSE,
            on=today - 100 * DAY,
            system=LISTED,
            start=today - 95 * DAY,
            end=today - 70 * DAY,
            errors=TEAMS * ERRORS,
            consulted_on=today - 110 * DAY,
            commitment=hashlib.sha256(secret.encode()).hexdigest(),
            document=document,
        ),
    )
    noticed = np.random.default_rng(11).binomial(ERRORS, effects.errors_noticed, TEAMS)
    enter(
        workspace,
        PlantedErrors(
            role=HOUSE,
            on=today - 60 * DAY,
            system=LISTED,
            secret=secret,
            teams=[TeamErrors(agents=14, planted=ERRORS, noticed=int(each)) for each in noticed],
            forgotten_on=today - 62 * DAY,
        ),
    )
