"""Two versions side by side: the right months, the planted size, groups hidden in both, refusals by name."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import norm

from boussole.audits.decisions import ingest
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json
from boussole.audits.suppression import apart
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.mover import Estimate, gap
from boussole.audits.uncertainty.score import newcombe
from boussole.audits.uncertainty.wilson import wilson
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.comparing.months import sequential, version_changes
from boussole.charter.document.differences.comparing import ChangeOfMeasure, VersionComparison
from boussole.charter.schemas import comparison_schema
from tests.written import declaring, sample

COLUMNS = {
    "id": "id",
    "decided_at": "ts",
    "decision": {"column": "chosen", "selected": [True]},
    "score": {"column": "score", "range": [0, 1]},
    "model_version": "version",
}
RATES = {"1.0": {"F": 0.5, "M": 0.5, "X": 0.5}, "2.0": {"F": 0.3, "M": 0.5, "X": 0.5}}
DAYS = {1: "2026-01-31", 2: "2026-02-28", 3: "2026-03-31", 4: "2026-04-30"}


def log(*, few: int = 300) -> pd.DataFrame:
    """Version 2.0 begins on 10 February and selects fewer women; of X there are `few` in April."""
    random = np.random.default_rng(6)
    frame = pd.DataFrame(
        [
            {"sex": sex, "ts": pd.Timestamp(2026, month, 1 + i % 28)}
            for month in DAYS
            for sex, size in (("F", 600), ("M", 700), ("X", few if month == 3 else 300))
            for i in range(size)
        ]
    )
    frame["version"] = np.where(frame["ts"] < "2026-02-10", "1.0", "2.0")
    rate = np.array([RATES[version][sex] for version, sex in zip(frame["version"], frame["sex"], strict=True)])
    frame["chosen"] = random.random(len(frame)) < rate
    frame["score"] = random.random(len(frame)).round(6)
    return frame.assign(id=[f"d{i}" for i in range(len(frame))])


def filled(folder: Path, frame: pd.DataFrame, *, audited: tuple[int, ...] = (1, 2, 3)) -> tuple[Workspace, System]:
    system, workspace = declaring(sample(COLUMNS, {"sex": "M"}), sex=["F", "M", "X"]), Workspace.create(folder)
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, system, folder / "rows.parquet")
    for month in audited:
        last = pd.Timestamp(DAYS[month]).date()
        run_audit(workspace, system, start=last.replace(day=1), end=last)
    return workspace, system


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Workspace, System]:
    frame = log()
    return frame, *filled(tmp_path_factory.mktemp("changed") / "home", frame)


def row(document: VersionComparison, name: str) -> ChangeOfMeasure:
    return next(each for each in document.rows if each.measure == name)


@pytest.mark.costly
def test_the_planted_change_is_found_in_its_months_with_its_size(changed: Any) -> None:
    frame, workspace, system = changed
    document = sequential(workspace, system, "1.0", "2.0", alpha=0.05)
    assert document.changed_on == dt.date(2026, 2, 10)
    sides = document.production, document.candidate
    assert [each.window.end for each in sides] == [dt.date(2026, 1, 31), dt.date(2026, 3, 31)]
    assert [each.written() for each in document.mixed] == [{"start": "2026-02-01", "end": "2026-02-28"}]
    women = row(document, "selection_rate/sex=F")
    rates = [frame[(frame["sex"] == "F") & (frame["ts"].dt.month == month)]["chosen"].mean() for month in (1, 3)]
    assert [side.value for side in (women.production, women.candidate)] == pytest.approx(rates)
    assert women.change == pytest.approx(rates[1] - rates[0])
    assert women.interval.low < -0.2 < women.interval.high
    assert {each.measure for each in document.differing} >= {"selection_rate/sex=F", "selection_rate_ratio/sex=F"}
    assert not row(document, "selection_rate/sex=M").differs
    ratio = row(document, "selection_rate_ratio/sex=F")
    assert ratio.change == pytest.approx(ratio.candidate.value / ratio.production.value)


@pytest.mark.costly
def test_the_document_has_the_form_that_is_published(changed: Any) -> None:
    _, workspace, system = changed
    document = sequential(workspace, system, "1.0", "2.0", alpha=0.05)
    stored = canonical_json(document.written())
    jsonschema.validate(json.loads(stored), comparison_schema())
    assert (document.schema_, document.kind) == ("boussole.comparison/1", "sequential")
    assert VersionComparison.read(stored) == document


def test_distances_are_those_between_both_months(changed: Any) -> None:
    frame, workspace, system = changed
    document = sequential(workspace, system, "1.0", "2.0", alpha=0.05)
    told = {measure.id: measure for measure in document.drift}
    moved = told["jensen_shannon/role=decision"]
    rates = [frame[frame["ts"].dt.month == month]["chosen"].mean() for month in (1, 3)]
    assert moved.value == pytest.approx(jensenshannon(*[(rate, 1 - rate) for rate in rates], base=2))
    assert told["psi/feature=score"].n == 1600
    assert all(measure.by in (("feature",), ("role",)) for measure in document.drift)  # of everybody alone


@pytest.mark.costly
def test_a_group_that_one_month_set_apart_is_told_of_neither(tmp_path: Path) -> None:
    workspace, system = filled(tmp_path / "a", log(few=5), audited=(1, 3))
    document = sequential(workspace, system, "1.0", "2.0", alpha=0.05)
    told = {each.group["sex"]: each.reason for each in document.rows if each.metric == "selection_rate" and each.by}
    assert told == {"F": None, "M": None, "X": "set_apart"}
    assert row(document, "selection_rate/sex=X").production is None


@pytest.mark.slow
def test_a_group_that_one_month_hides_is_told_of_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "ONE_IN", 10**9)  # as if more of them were than can be set apart
    workspace, system = filled(tmp_path / "a", log(few=5), audited=(1, 3))
    document = sequential(workspace, system, "1.0", "2.0", alpha=0.05)
    hidden = [each for each in document.rows if each.by and each.reason in ("small_group", "protects_small_group")]
    groups = {each.group["sex"] for each in hidden}
    assert len(groups) == 2  # with another, which subtraction would need
    assert "X" in groups
    for each in document.rows:
        if each.by and (each.group["sex"] in groups or each.against):
            told = [
                getattr(each, name) for name in ("production", "candidate", "change", "interval", "p", "p_adjusted")
            ]
            assert (each.group["sex"] not in groups and "M" not in groups) or told == [None] * 6


@pytest.mark.parametrize(
    ("versions", "told"),
    [
        (("2.0", "1.0"), "did not begin before"),
        (("1.0", "3.0"), "no decisions of the version '3.0'"),
        (("1.0", "1.0"), "did not begin before"),
    ],
)
def test_versions_that_cannot_be_compared(changed: Any, versions: tuple[str, str], told: str) -> None:
    _, workspace, system = changed
    with pytest.raises(BoussoleError, match=told):
        sequential(workspace, system, *versions, alpha=0.05)


@pytest.mark.slow
def test_a_month_without_an_audit_is_named_with_its_command(tmp_path: Path) -> None:
    workspace, system = filled(tmp_path / "a", log(), audited=(1,))
    (change,) = version_changes(
        workspace, system, ["1.0", "2.0"], alpha=0.05, as_of=pd.Timestamp("2026-06-01").date(), documents={}
    )
    assert change.document is None
    assert change.missing == "no audit of 'sample' is about 2026-01-01 to 2026-01-31."
    assert "boussole audit --system sample --from 2026-01-01 --to 2026-01-31" in change.todo


@pytest.mark.costly
def test_a_version_without_a_month_of_its_own(tmp_path: Path) -> None:
    frame = log()
    frame["version"] = np.where(frame["ts"].dt.day < 15, "1.0", "2.0")
    workspace, system = filled(tmp_path / "a", frame, audited=())
    with pytest.raises(BoussoleError, match="no whole month"):
        sequential(workspace, system, "1.0", "2.0", alpha=0.05)


def test_of_two_shares_the_interval_is_newcombe() -> None:
    for (k1, n1), (k2, n2) in (((40, 100), (70, 130)), ((0, 50), (3, 60)), ((11, 11), (300, 400))):
        sides = []
        for k, n in ((k1, n1), (k2, n2)):
            ends = wilson(k, n)
            sides.append(Estimate(value=k / n, low=ends.low, high=ends.high))
        found = gap(*sides)
        assert found is not None
        wanted = newcombe((k2, k1), (n2, n1))
        assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))


@pytest.mark.costly
def test_shares_that_are_alike_seldom_differ() -> None:
    random = np.random.default_rng(9)
    alarms = 0
    for _ in range(2000):
        k, n = random.binomial(200, 0.3, 2), 200
        one, two = (Estimate(value=each / n, low=wilson(each, n).low, high=wilson(each, n).high) for each in k)
        found = gap(one, two)
        alarms += found is not None and found.p < 0.05
    assert alarms / 2000 < 0.05 + 3 * norm.ppf(0.975) * (0.05 * 0.95 / 2000) ** 0.5


def test_a_ratio_of_nothing_has_no_gap() -> None:
    assert gap(Estimate(value=0.5, low=0.0, high=0.7), Estimate(value=0.5, low=0.3, high=0.7), ratio=True) is None
    assert gap(Estimate(value=0.5, low=0.5, high=0.5), Estimate(value=0.5, low=0.5, high=0.5)) is None
