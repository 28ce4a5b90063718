"""The counts that an audit document tells by itself: of each share that it shows, the value times its size.

They are made of the document alone. Nothing of a hidden group can be in them that the document does not tell.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from audits.metrics import errors, missing, selection, stages

Document = Mapping[str, Any]
SHARES = {
    selection.SELECTION_RATE.metric,
    stages.STEP_RATE.metric,
    stages.WHOLE_RATE.metric,
    *(rate.metric for rate in errors.RATES),
    *(rate.metric for rate in missing.RATES.values()),
    "scoring_rate",
    "unknown_share",
    "unknown_selection_rate",
}
"""Measures whose value is a number of cases over a number of rows, `n`."""


def cells_of(document: Document) -> Iterable[tuple[str, int, int]]:
    """The name of each share that is shown, its cases and its rows."""
    for measure in document["measures"]:
        if measure["status"] == "ok" and measure["metric"] in SHARES:
            yield measure["id"], round(measure["value"] * measure["n"]), measure["n"]


def cells_csv(document: Document) -> bytes:
    """The same as CSV, every value in double quotes.

    >>> shown = {"id": "selection_rate", "metric": "selection_rate", "status": "ok", "value": 0.25, "n": 8}
    >>> cells_csv({"measures": [shown, {**shown, "id": "selection_rate/sex=F", "status": "suppressed"}]})
    b'"measure","cases","rows"\\n"selection_rate","2","8"\\n'
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("measure", "cases", "rows"), *cells_of(document)])
    return buffer.getvalue().encode()
