"""The row of the table `summaries` for an audit document, made from the document only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from boussole.charter.text.left_out import BESIDE

Document = dict[str, Any]
OF_VERDICT = ("article", "indicator", "template", "by", "verdict", "reason")
OF_MEASURE = ("id", "metric", "by", "group", "given", "status", "reason", "value")
OF_LEFT_OUT = (
    "rows", "counted", "set_aside", "discarded", "excluded", "other_periods", "set_apart", "share", "limit", "limited",
    *BESIDE.values(), "ends",
)  # fmt: skip
JUDGED_BY = ("test", "scale", "bad_side", "against", "correlations")
"""Parameters of a comparison that judging reads; those that a question may choose by are single values."""


def summary_row(entry: int, document: Mapping[str, Any]) -> Document:
    """The row of the table `summaries` for a document, from its JSON as it is stored: `verify` makes it again."""
    told = document.get("accumulated") or {}  # these say since when, and recent ones over how many windows
    measures = [*document["measures"], *told.get("measures", []), *told.get("recent", [])]
    judged = [measure for measure in measures if "scale" in measure.get("params", {})]
    left_out = document["left_out"]
    said = {
        "as_of": document["as_of"],
        "statements": document["evidence"]["statements"],
        "decisions": document["decisions"],
        "articles": document["articles"],
        "verdicts": [{key: each.get(key) for key in OF_VERDICT} for each in document["verdicts"]],
        "left_out": {key: left_out[key] for key in OF_LEFT_OUT if key in left_out},
    }
    if versions := document.get("versions"):  # a log may name none
        said["versions"] = versions
    return {"entry": entry, "verdicts": _json(said), "measures": _json([_short(measure) for measure in judged])}


def _short(measure: Mapping[str, Any]) -> Document:
    params = measure["params"]
    kept = {key: value for key, value in params.items() if key in JUDGED_BY or isinstance(value, str | int | float)}
    return {**{key: measure[key] for key in OF_MEASURE}, "params": kept}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
