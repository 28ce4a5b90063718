"""What is measured of logs by themselves: one function for each log that is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa

from boussole.audits.log_names import LogName
from boussole.audits.measures import Measure
from boussole.audits.metrics.accounts import account_measures
from boussole.audits.metrics.calls import call_measures
from boussole.audits.metrics.cases import use_measures
from boussole.audits.metrics.components import component_measures
from boussole.audits.metrics.footprint import footprint_measures
from boussole.audits.metrics.freedom import contact_measures
from boussole.audits.metrics.human import review_measures
from boussole.audits.metrics.marking import marking_measures
from boussole.audits.metrics.reworked import reworked_measures
from boussole.audits.metrics.search_controls import control_measures
from boussole.audits.metrics.texts import text_measures
from boussole.audits.systems.model import System


def _of_generations(read: pa.Table, system: System) -> list[Measure]:
    return [
        *call_measures(read, system),
        *footprint_measures(read, system),
        *component_measures(read, system),
        *text_measures(read, system),
        *marking_measures(read, system),
        *reworked_measures(read, system),
    ]


MEASURED: Mapping[LogName, Callable[[pa.Table, System], list[Measure]]] = {
    "human_actions": review_measures,
    "contacts": contact_measures,
    "usage": use_measures,
    "generations": _of_generations,
    "accounts": account_measures,
    "search_controls": control_measures,
}


def log_measures(logs: Mapping[str, pa.Table], system: System) -> list[Measure]:
    """The measures of a window from the counts of its logs (`SHARES`), in the order of `MEASURED`."""
    return [measure for log, measures in MEASURED.items() if log in logs for measure in measures(logs[log], system)]
