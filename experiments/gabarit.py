"""Reading the fairness files that runs of France Travail's open template (gabarit) log.

`algo_metrics_by_groups.json` holds Fairlearn metrics by group, and a line `overall`; `data_distribution_score.json`
the distance of each group's target from everybody's (Kolmogorov-Smirnov), `data_biased_groups.json` those lines of it
that the template calls biased. Each is a table by line number, as pandas writes it with `orient="index"`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boussole.audits.errors import SourceError

FILES = {
    "algo_metrics_by_groups.json": "algorithm",
    "data_distribution_score.json": "data",
    "data_biased_groups.json": "biased",
}
OVERALL = "overall"
COUNT = "count"
DATA = {"Distance": "distance", "Proportion": "proportion", "P-Value": "p_value"}
_PART = re.compile(r"\(([^()]*)\) (.*?)(?=, \([^()]*\) |$)")


@dataclass(frozen=True)
class TemplateValue:
    """One value of a file: the group ({} is everybody), the metric as the template names it, how many people."""

    groups: Mapping[str, str]
    metric: str
    value: float | None
    count: int | None


def read(path: Path) -> list[TemplateValue]:
    """The values of one file, in its order. Raises SourceError for a file that is not in the template's format."""
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        lines = [line for row in table.values() for line in _lines(path.name, row)]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise SourceError(
            "the file is not in the format of the template gabarit.",
            where=path.name,
            next_step="Log it again with the template's fairness report, or remove it from the run.",
        ) from error
    return lines


def _lines(name: str, row: Mapping[str, Any]) -> Iterator[TemplateValue]:
    return _of_algorithm(row) if FILES[name] == "algorithm" else _of_data(row)


def _of_algorithm(row: Mapping[str, Any]) -> Iterator[TemplateValue]:
    """Columns of groups come first, then the metrics, of which `count` is the first."""
    columns = list(row)
    first = columns.index(COUNT)
    values = {column: _name(row[column]) for column in columns[:first]}
    groups = {} if set(values.values()) == {OVERALL} else values
    for metric in columns[first + 1 :]:
        yield TemplateValue(groups, metric, _number(row[metric]), _whole(row[COUNT]))


def _of_data(row: Mapping[str, Any]) -> Iterator[TemplateValue]:
    """The group is one text, such as `(sex) Female, (age) 20-30`; older versions of the template leave out columns."""
    text = str(row["Group"])
    groups = dict(_PART.findall(text)) or {"group": text}
    for column, metric in DATA.items():
        yield TemplateValue(groups, metric, _number(row[column]), _whole(row["Counts"]))


def _number(value: Any) -> float | None:
    """A number; NaN, which the template writes for empty groups, is none. Numbers of NumPy come as text."""
    found = float("nan" if value is None else value)
    return found if math.isfinite(found) else None


def _whole(value: Any) -> int | None:
    found = _number(value)
    return None if found is None else round(found)


def _name(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
