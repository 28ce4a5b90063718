"""The demo's planted errors: a protocol that the works council knows, and what advisers noticed. Too little, so that
question 2.4 must be watched; all of it is invented."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from pathlib import Path

import numpy as np

from boussole.audits.workspace import Workspace
from boussole.charter.incidents.entering import enter
from boussole.charter.record_types.planting import PlantedErrors, Planting, TeamErrors
from boussole.charter.records.documents.files import keep_file
from boussole.experiments.demo.planted import PLANTED, PlantedEffects

SYSTEM, HOUSE = "matchft", "Direction des ressources humaines"
TEAMS, ERRORS = 12, 11
"""Teams, and errors planted in each."""
PROTOCOL = """Protocole d’erreurs glissées (inventé)

Des erreurs sont glissées dans des listes tirées au hasard : une personne qui ne remplit pas un critère de l’offre.
Le tirage se fait par un secret que le comité social et économique garde sous scellé ; son empreinte est consignée avant
le premier jour. On compte ce qui a été vu, par équipe de onze agents ou plus. Les listes sont ensuite détruites.
"""
DAY = dt.timedelta(days=1)


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
            system=SYSTEM,
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
            system=SYSTEM,
            secret=secret,
            teams=[TeamErrors(agents=14, planted=ERRORS, noticed=int(each)) for each in noticed],
            forgotten_on=today - 62 * DAY,
        ),
    )
