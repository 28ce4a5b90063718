"""The counts that an audit document tells by itself: of each share that it shows, the value times its size."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from boussole.audits.metrics import errors, missing, replies, selection, stages
from boussole.charter.document import MeasureDocument

SHARES = {
    selection.SELECTION_RATE.metric,
    stages.STEP_RATE.metric,
    *(rate.metric for rate in errors.RATES),
    *(rate.metric for rate in missing.RATES.values()),
    "scoring_rate",
    replies.LATE_SHARE.metric,
    "unknown_share",
    "unknown_selection_rate",
}
"""Measures whose value is a number of cases over a number of rows, `n`."""


def cells_of(measures: Sequence[MeasureDocument]) -> Iterable[tuple[str, int, int]]:
    """The name of each share that is shown, its cases and its rows."""
    for measure in measures:
        if measure.value is not None and measure.n is not None and measure.metric in SHARES:
            yield measure.id, round(measure.value * measure.n), measure.n


def cells_csv(measures: Sequence[MeasureDocument]) -> bytes:
    """The counts that an audit document tells, as CSV with every value in double quotes.

    >>> from boussole.audits.measures import Measure
    >>> from boussole.charter.document.measures import measures_of
    >>> shown = Measure(metric="selection_rate", value=0.25, n=8)
    >>> hidden = Measure(metric="selection_rate", by=("sex",), group=("F",), status="suppressed", reason="small_group")
    >>> cells_csv(measures_of([shown, hidden]))
    b'"measure","cases","rows"\\n"selection_rate","2","8"\\n'
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("measure", "cases", "rows"), *cells_of(measures)])
    return buffer.getvalue().encode()
