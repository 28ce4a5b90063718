"""Group rates and disparities by Aequitas."""

from __future__ import annotations

import sys
from functools import partial

import pandas as pd
from aequitas.bias import Bias
from aequitas.group import Group

from benchmarks.timing import tell

NAMES = {"pprev": "selection_rate", "tpr": "true_positive_rate", "fpr": "false_positive_rate"}
REFERENCES = {"gender": "M", "age": "25-49", "both": "gender=M,age=25-49"}


def main() -> None:
    """The file is in memory, and both attributes are one column for their intersection, before the time starts."""
    frame = pd.read_parquet(sys.argv[1], columns=["selected", "outcome", "gender", "age"])
    frame = frame.rename(columns={"selected": "score", "outcome": "label_value"})
    frame[["score", "label_value"]] = frame[["score", "label_value"]].astype(int)
    frame["both"] = "gender=" + frame["gender"] + ",age=" + frame["age"]
    tell("aequitas", partial(rates, frame))


def rates(frame: pd.DataFrame) -> dict[str, dict[str, float]]:
    """One table of groups, and their ratios to the reference."""
    groups, _ = Group().get_crosstabs(frame, attr_cols=list(REFERENCES))
    Bias().get_disparity_predefined_groups(groups, frame, ref_groups_dict=REFERENCES)
    return {
        row["attribute_value"]
        if row["attribute_name"] == "both"
        else f"{row['attribute_name']}={row['attribute_value']}": {ours: row[theirs] for theirs, ours in NAMES.items()}
        for row in groups.to_dict("records")
    }


if __name__ == "__main__":
    main()
