"""Group rates with intervals by `audits.compare`, of the frame and the groups that `fairlearn_peer` has."""

from __future__ import annotations

import sys

import pandas as pd

from benchmarks.timing import tell
from boussole import audits

METRICS = ["selection_rate", "true_positive_rate", "false_positive_rate"]


def main() -> None:
    """The file is in memory, the decisions and outcomes are whole numbers, before the time starts."""
    frame = pd.read_parquet(sys.argv[1], columns=["selected", "outcome", "gender", "age"])
    frame[["selected", "outcome"]] = frame[["selected", "outcome"]].astype(int)
    tell("boussole-charter", lambda: rates(frame))


def rates(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Every rate of every group and crossing, in one call."""
    measured = audits.compare(
        frame, decision="selected", outcome="outcome", by=["gender", "age", ["gender", "age"]], metrics=METRICS
    )
    found: dict[str, dict[str, float]] = {}
    for each in measured.measures:
        if each.group is not None and each.value is not None:
            found.setdefault(each.id.partition("/")[2], {})[each.metric] = each.value
    return found


if __name__ == "__main__":
    main()
