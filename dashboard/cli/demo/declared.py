"""A breach of the demo that was declared eight hours late: what question 6.7 must see, though it was put right."""

from __future__ import annotations

import datetime as dt

from boussole.audits.workspace import Workspace
from boussole.charter.incidents.entering import enter
from boussole.charter.record_types.incidents import Incident, IncidentClosure, IncidentUpdate

SYSTEM, OWNER = "chatft", "Responsable produit ChatFT"
HOURS = 80
"""After it became known; 72 are allowed (GDPR, Art. 33)."""
DAY = dt.timedelta(days=1)


def declare_late(workspace: Workspace, *, today: dt.date) -> None:
    """Enters it, in days that count back from today."""
    known = dt.datetime.combine(today - 70 * DAY, dt.time(9))
    told = known + dt.timedelta(hours=HOURS)
    breach = Incident(
        role=OWNER,
        on=known.date(),
        system=SYSTEM,
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
