"""Group rates by Fairlearn's MetricFrame, and with a second argument intervals from so many bootstrap samples."""

from __future__ import annotations

import sys
from functools import partial

import pandas as pd
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate

from benchmarks.timing import tell

METRICS = {
    "selection_rate": selection_rate,
    "true_positive_rate": true_positive_rate,
    "false_positive_rate": false_positive_rate,
}


def main() -> None:
    """The file is in memory, the decisions and outcomes are whole numbers, before the time starts."""
    frame = pd.read_parquet(sys.argv[1], columns=["selected", "outcome", "gender", "age"])
    frame[["selected", "outcome"]] = frame[["selected", "outcome"]].astype(int)
    samples = int(sys.argv[2]) if len(sys.argv) > 2 else None
    tell("fairlearn", partial(rates, frame, samples))


def rates(frame: pd.DataFrame, samples: int | None) -> dict[str, dict[str, float]]:
    """One MetricFrame for each attribute and one for their intersection."""
    drawn = {"n_boot": samples, "ci_quantiles": [0.025, 0.975], "random_state": 1} if samples else {}
    found = {}
    for by in (["gender"], ["age"], ["gender", "age"]):
        measured = MetricFrame(
            metrics=METRICS,
            y_true=frame["outcome"],
            y_pred=frame["selected"],
            sensitive_features=frame[by],
            **drawn,
        )
        measured.difference()
        measured.ratio()
        if samples:
            assert len(measured.by_group_ci) == 2
        for group, row in measured.by_group.iterrows():
            values = group if isinstance(group, tuple) else (group,)
            found[",".join(f"{name}={value}" for name, value in zip(by, values, strict=True))] = row.to_dict()
    return found


if __name__ == "__main__":
    main()
