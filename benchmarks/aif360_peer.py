"""Group rates, differences and ratios by AI Fairness 360."""

from __future__ import annotations

import itertools
import logging
import sys
from functools import partial

import pandas as pd

from benchmarks.timing import tell

logging.disable(logging.WARNING)  # of optional parts that are not installed
VALUES = {"gender": ["F", "M"], "age": ["<25", "25-49", "50+"]}
ATTRIBUTES = (("gender",), ("age",), ("gender", "age"))


def main() -> None:
    """The file is in memory, as the numbers that the library asks for, before the time starts."""
    frame = pd.read_parquet(sys.argv[1], columns=["selected", "outcome", *VALUES])
    for name, values in VALUES.items():
        frame[name] = frame[name].map({value: float(i) for i, value in enumerate(values)})
    tell("aif360", partial(rates, frame.astype(float)))


def rates(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Each group beside all others, from one data set of outcomes and its copy with the decisions."""
    from aif360.datasets import BinaryLabelDataset
    from aif360.metrics import ClassificationMetric

    happened = BinaryLabelDataset(
        df=frame[["outcome", *VALUES]], label_names=["outcome"], protected_attribute_names=list(VALUES)
    )
    decided = happened.copy()
    decided.labels = frame[["selected"]].to_numpy()
    found = {}
    for by in ATTRIBUTES:
        groups = [dict(zip(by, map(float, codes), strict=True)) for codes in _codes(by)]
        for group in groups:
            others = [other for other in groups if other != group]
            metric = ClassificationMetric(happened, decided, unprivileged_groups=[group], privileged_groups=others)
            metric.statistical_parity_difference()
            metric.disparate_impact()
            name = ",".join(f"{attribute}={VALUES[attribute][int(code)]}" for attribute, code in group.items())
            found[name] = {
                "selection_rate": metric.selection_rate(privileged=False),
                "true_positive_rate": metric.true_positive_rate(privileged=False),
                "false_positive_rate": metric.false_positive_rate(privileged=False),
            }
    return found


def _codes(by: tuple[str, ...]) -> list[tuple[int, ...]]:
    return list(itertools.product(*(range(len(VALUES[attribute])) for attribute in by)))


if __name__ == "__main__":
    main()
