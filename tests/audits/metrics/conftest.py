"""Systems and tables of counts, made from plain rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pytest

from audits.measures import NO_OUTCOME, Cells, Group, Measure
from audits.metrics import measure_cells
from audits.systems.model import System

Row = Mapping[str, Any]


@pytest.fixture(scope="session")
def make_system() -> Callable[..., System]:
    """A selection system with the given groups; keywords: favourable, observed_for, person, intersections…"""

    def make(
        groups: Mapping[str, str | None],
        *,
        favourable: bool = True,
        observed_for: str | None = "all",
        person: bool = False,
        intersections: Iterable[tuple[str, ...]] = (),
        suppress_below: int = 11,
    ) -> System:
        columns: dict[str, Any] = {
            "id": "id",
            "period": "2025-01-01",
            "decision": {"column": "selected", "selected": [1]},
            "favourable": favourable,
        }
        if observed_for:
            columns["outcome"] = {"column": "y", "positive": [1], "observed_for": observed_for, "absent": "missing"}
        if person:
            columns["person"] = "person"
        return System.model_validate(
            {
                "id": "sample",
                "kind": "selection",
                "title": {"en": "Sample"},
                "purpose": {"en": "Tests"},
                "owner": "tester",
                "status": "pilot",
                "risk": "high",
                "columns": columns,
                "groups": {name: {"column": name, "reference": reference} for name, reference in groups.items()},
                "intersections": [list(names) for names in intersections],
                "privacy": {"suppress_below": suppress_below},
            }
        )

    return make


@pytest.fixture(scope="session")
def tables_of() -> Callable[[Iterable[Row], System], list[Cells]]:
    """Tables of everybody, each group, each intersection. A row: its groups, d, y (None), n, and bucket."""

    def make(rows: Iterable[Row], system: System) -> list[Cells]:
        rows = list(rows)
        return [table(rows, by, system) for by in [(), *system.attributes]]

    def table(rows: list[Row], by: tuple[str, ...], system: System) -> Cells:
        keys: list[Group] = [tuple(row[name] for name in by) for row in rows]
        groups = list(dict.fromkeys(keys)) or ([()] if not by else [])
        counts = np.zeros((len(groups), 40, 2, 3), dtype=np.int64)
        for row, key in zip(rows, keys, strict=True):
            outcome = NO_OUTCOME if row.get("y") is None else row["y"]
            counts[groups.index(key), row.get("bucket", 0), row["d"], outcome] += row.get("n", 1)
        return Cells(by=by, groups=tuple(groups), counts=counts, clustered=system.cluster is not None)

    return make


@pytest.fixture(scope="session")
def measured(tables_of: Callable[..., list[Cells]]) -> Callable[[Iterable[Row], System], dict[str, Measure]]:
    """Measures of rows, by id."""

    def measure(rows: Iterable[Row], system: System) -> dict[str, Measure]:
        found = measure_cells(tables_of(rows, system), system=system)
        assert len({m.id for m in found}) == len(found)
        return {m.id: m for m in found}

    return measure
