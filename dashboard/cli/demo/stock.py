"""The demo's stock of uses and models: one model of MLflow belongs to no use, which question 1.5 must see."""

from __future__ import annotations

import datetime as dt

from boussole.audits.workspace import Workspace
from boussole.charter.incidents.entering import enter
from boussole.charter.record_types.uses import Stocktaking
from boussole.dashboard.cli.records.stock import stock_of

STEWARD = "Référent éthique de l’IA"


def take_stock(workspace: Workspace, *, today: dt.date) -> None:
    """Enters the stock of a day."""
    enter(workspace, Stocktaking(role=STEWARD, **stock_of(workspace, today=today)))
