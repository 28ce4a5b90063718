"""Every measure of cells, against an oracle in plain Python, on hard tables; what holds for any; the registry."""

from __future__ import annotations

import gzip
import math
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boussole.audits.measures import Measure
from boussole.audits.metric_registry import REGISTRY, MetricError
from boussole.audits.metrics import measure_cells
from tests import oracle
from tests.audits.metrics.measuring import make_system, measured, tables_of
from tests.golden.compare import VALUES

Rows = list[dict[str, Any]]
CELLS = [(d, y) for d in (0, 1) for y in (0, 1, None)]
SUPPRESSED = {"small_group", "protects_small_group", "small_numerator", "reference_suppressed"}

counts = st.one_of(st.just(0), st.integers(2, 40), st.integers(0, 10**12), st.just(10**12))
names = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8)
tables = st.dictionaries(names, st.lists(counts, min_size=6, max_size=6), min_size=1, max_size=6)


def rows_of(table: dict[str, list[int]]) -> Rows:
    """The cells of each group as rows; empty groups have no row."""
    return [
        {"g": name, "d": d, "y": y, "n": n}
        for name, cells in table.items()
        for (d, y), n in zip(CELLS, cells, strict=True)
        if n
    ]


HUNDRED = {f"group {i:03}": [2 + i, 3 + i, 20, 90 - i // 2, 2 + i, i] for i in range(100)}
HUNDRED["group 000"] = [2, 2, 0, 3, 2, 0]  # too few for intervals of maxima, which would take most of the time
ONE_CLASS = {"all positive": [0, 30, 0, 0, 60, 0], "all negative": [25, 0, 0, 50, 0, 0], "both": [20, 30, 5, 30, 20, 5]}
NOBODY_SELECTED = {"a": [20, 30, 5, 0, 0, 0], "b": [40, 20, 0, 0, 0, 0]}
NO_OUTCOME = {"a": [0, 0, 20, 0, 0, 30], "b": [0, 0, 40, 0, 0, 20]}
HUGE = {
    "é": [10**12, 3, 0, 10**12, 10**12, 7],
    "職": [10**12 - 1, 10**11, 0, 10**12, 10**9, 0],
    "\u202ex": [2, 2, 2, 2, 2, 2],
}


@settings(max_examples=12, deadline=None)
@example(table=HUNDRED, favourable=True)
@example(table=ONE_CLASS, favourable=False)
@example(table=NOBODY_SELECTED, favourable=True)
@example(table=NO_OUTCOME, favourable=True)
@example(table=HUGE, favourable=True)
@example(table={"alone": [0, 0, 0, 0, 1, 0]}, favourable=True)
@example(table={"a": [0] * 6, "b": [30, 20, 0, 20, 30, 0]}, favourable=True)
@given(table=tables, favourable=st.booleans())
def test_measures_are_those_of_the_oracle(table: dict[str, list[int]], favourable: bool) -> None:
    rows = rows_of(table)
    system = make_system({"g": None}, favourable=favourable, suppress_below=2)
    expected = _Expected(rows, measured(rows, system), favourable=favourable)
    for found in expected.found.values():
        if found.metric in NOT_HERE:
            continue
        if found.status == "suppressed":
            assert found.reason in SUPPRESSED
            assert _few(rows), found.id
            continue
        value = expected.value(found)
        if value is None:
            assert (found.status, found.reason) == ("undefined", expected.reason(found)), found.id
        else:
            assert found.value == pytest.approx(float(value), rel=1e-12, abs=1e-12), found.id


NOT_HERE = {
    "impact_ratio",
    "unknown_share",
    "unknown_selection_rate",
    "missing_outcome_share",
    "missing_outcome_share_difference",
    "missing_outcome_share_ratio",
}
"""By hand in test_measure_cells: no error measure rests on them."""
DECISIONS = {"selection_rate", "selection_rate_ratio", "demographic_parity_difference", "demographic_parity_ratio"}
DECISIONS |= {"differential_fairness", "selection_rate_difference"}


def _few(rows: Rows) -> bool:
    """Whether some group has a single decision, positive or negative outcome, which is under the limit of 2."""
    sums: dict[tuple[str, object], int] = {}
    for row in rows:
        for part in ("all", row["y"]):
            sums[row["g"], part] = sums.get((row["g"], part), 0) + row["n"]
    return 1 in {n for (_, part), n in sums.items() if part is not None}


class _Expected:
    """What the oracle says of each measure, over the groups that are not hidden."""

    def __init__(self, rows: Rows, found: dict[str, Measure], *, favourable: bool) -> None:
        self.found, self.rows, self.favourable = found, rows, favourable
        self.groups = {name: [row for row in rows if row["g"] == name] for name in {row["g"] for row in rows}}

    def shown(self, measure: Measure, but: str | None = None) -> list[Rows]:
        """The groups that enter a measure: those of which the rate behind it is not suppressed."""
        basis = "selection_rate" if measure.metric in DECISIONS else "accuracy"
        status = {m.group[0]: m.status for m in self.found.values() if m.metric == basis and m.group is not None}
        return [rows for name, rows in self.groups.items() if status[name] != "suppressed" and name != but]

    def value(self, measure: Measure) -> Fraction | float | None:
        name, group = measure.metric, None if measure.group is None else measure.group[0]
        own = self.rows if group is None else self.groups[group]
        if name in oracle.COMPARISONS:
            others = [row for rows in self.shown(measure, but=group) for row in rows]
            return oracle.comparison(name, own, others) if others else None
        if name == "differential_fairness":
            return oracle.epsilon(self.shown(measure))
        stem, _, aggregate = name.rpartition("_")
        if stem in oracle.PARITIES:
            return oracle.parity(stem, aggregate, self.shown(measure))
        return oracle.measure(name, own)

    def reason(self, measure: Measure) -> str:
        if measure.metric not in DECISIONS and all(row["y"] is None for row in self.rows):
            return "no_outcomes"
        if measure.group is None and measure.by:
            return "zero_denominator" if len(self.shown(measure)) > 1 else "no_other_group"
        alone = measure.metric in oracle.COMPARISONS and len(self.groups) == 1
        return "no_other_group" if alone else "zero_denominator"


row = st.fixed_dictionaries(
    {
        "g": st.sampled_from(["a", "b", "c", None]),
        "h": st.sampled_from(["x", "y"]),
        "d": st.integers(0, 1),
        "y": st.sampled_from([0, 1, None]),
        "n": st.integers(1, 30),
        "bucket": st.integers(0, 39),
    }
)


@pytest.mark.costly
@settings(max_examples=12, deadline=None)
@given(rows=st.lists(row, min_size=1, max_size=15), person=st.booleans(), favourable=st.booleans())
def test_every_measure_is_sound(rows: Rows, person: bool, favourable: bool) -> None:
    """No NaN, no value outside its range, intervals around values, nothing told about hidden groups."""
    options = {"person": person, "favourable": favourable}
    system = make_system({"g": None, "h": "x"}, intersections=[("g", "h")], **options)
    bounded = ("rate", "precision", "difference", "share")
    for measure in measured(rows, system).values():
        if measure.status == "suppressed":
            assert (measure.n, measure.clusters, measure.interval) == (None, None, None)
        if measure.value is None:
            assert measure.reason
            continue
        assert math.isfinite(measure.value)
        if measure.metric.endswith(bounded):
            assert -1 <= measure.value <= 1
        if (interval := measure.interval) is not None:
            assert math.isfinite(interval.low)
            assert math.isfinite(interval.high)
            assert interval.low < interval.high or measure.metric == "impact_ratio"
            if interval.method != "multinomial_bootstrap":
                assert interval.low - 1e-9 <= measure.value <= interval.high + 1e-9, measure.id


def test_no_value_makes_two_groups_bear_one_name() -> None:
    """A value that looks like two attributes, and one that looks like how the first is written."""
    system = make_system({"g": None, "h": None}, intersections=[("g", "h")], suppress_below=2)
    values = ["a", "a,h=b", "a,h%3Db", "="]
    rows = [{"g": g, "h": h, "d": d, "y": 1, "n": 20} for g in values for h in ("b", "c") for d in (0, 1)]
    found = measure_cells(tables_of(rows, system), system=system)
    assert len({measure.id for measure in found}) == len(found)


NOT_AUDITED = {
    *oracle.COMPARISONS,
    "missing_outcome_share_ratio",
    "missing_share",
    "calibration_shift",
    "calibration_tilt",
}
"""Comparisons that only notebooks make, and drift that is drawn and not sealed; the demo's audits hold all others."""


def test_unknown_names_are_met_with_the_nearest() -> None:
    with pytest.raises(MetricError, match="impact_ratio"):
        REGISTRY.metric("impact_ration")


def test_all_that_is_measured_is_registered_and_all_registered_is_measured() -> None:
    for metric in REGISTRY.all():
        assert all((metric.formula, metric.range, metric.undefined, metric.source)), metric.name
    with gzip.open(VALUES / "demo.documents.json.gz", "rt", encoding="utf-8") as file:
        audited = set(re.findall(r'"metric": "(\w+)"', file.read()))
    assert audited | NOT_AUDITED == {metric.name for metric in REGISTRY.all()}
