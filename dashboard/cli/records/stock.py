"""Taking stock: what the register and the registry of models hold at this moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from boussole.audits.workspace import Workspace
from boussole.charter.judging.coverage import GRAVE, coverage
from boussole.charter.registry.register import register_of


def stock_of(workspace: Workspace, *, today: dt.date) -> dict[str, Any]:
    """The fields of a `Stocktaking` that follow from what there is.

    Raises SourceError where there is no registry of models, or it cannot be read.
    """
    from boussole.experiments.unregistered import stock_of_models  # MLflow takes seconds

    found = stock_of_models(workspace)
    charter, _, uses = register_of(workspace, today=today)
    seen = coverage(charter, uses)
    return {
        "on": today,
        "uses": seen.live,
        "examined": len(seen.whole) + len(seen.part),
        "grave": sum(use.live and use.system.risk in GRAVE and use.examined == "none" for use in uses),
        "models": found.models,
        "unregistered": list(found.strays),
    }
