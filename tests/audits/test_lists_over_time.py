"""Lists of windows that share days: no sum over few of them follows from the means that are told."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boussole.audits.counts.withheld import withheld_of
from boussole.audits.decisions import ingest
from boussole.audits.evidence import load
from boussole.audits.runs import measure_evidence, measure_window
from boussole.audits.standing import standing
from boussole.audits.suppression.additive import gives_away
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document.measures import measures_of
from tests.written import sample

LIMIT, REASON = 11, "protects_other_window"
MONTHS = [Window(dt.date(2026, i, 1), dt.date(2026, i, 28)) for i in range(1, 6)]
SPANS = [Window(MONTHS[i].start, MONTHS[j].end) for i in range(5) for j in range(i, 5)]


def follows(told: Sequence[Window], pieces_: Sequence[Window], chosen: Sequence[int]) -> bool:
    """Whether the sum over some pieces is a combination of the sums that are told: by rank, over the pieces."""
    rows = [[float(each.holds(piece)) for piece in pieces_] for each in told]
    aim = [float(i in chosen) for i in range(len(pieces_))]
    rank = np.linalg.matrix_rank
    return bool(rank(np.array([*rows, aim])) == rank(np.array(rows))) if rows else False


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([0, 1, 2, 5, 9, 30]), min_size=5, max_size=5),
    st.lists(st.sampled_from(SPANS), min_size=1, max_size=8, unique=True),
)
def test_no_sum_over_few_follows_from_the_sums_that_are_told(counts: list[int], order: list[Window]) -> None:
    told: list[Window] = []
    for window in order:
        if 0 < sum(n for n, month in zip(counts, MONTHS, strict=True) if window.holds(month)) < LIMIT:
            continue  # hidden by itself
        if not gives_away(window, told, MONTHS, counts, limit=LIMIT):
            told.append(window)
    for size in range(1, 6):
        for chosen in itertools.combinations(range(5), size):
            if 0 < sum(counts[i] for i in chosen) < LIMIT:
                assert not follows(told, MONTHS, chosen), (told, chosen)


def lists(months: Sequence[int]) -> pd.DataFrame:
    """So many lists in each month, of eight people each; women stand lower, in the first list of a month at the top."""
    random, rows = np.random.default_rng(0), []
    for month, count in enumerate(months, 1):
        for number in range(count):
            order = ["F"] * 4 + ["M"] * 4 if number == 0 else random.permutation(["M", "F"] * 4)
            rows += [
                {"month": month, "offer": f"{month}-{number}", "sex": sex, "rank": i} for i, sex in enumerate(order, 1)
            ]
    frame = pd.DataFrame(rows)
    return frame.assign(
        id=[f"r{i}" for i in range(len(rows))],
        ts=[pd.Timestamp(2026, month, 10) for month in frame["month"]],
        chosen=frame["rank"] < 3,
    )


def filled(folder: Path, frame: pd.DataFrame) -> tuple[Workspace, System]:
    columns = {"id": "id", "decided_at": "ts", "request": "offer", "rank": "rank"}
    of = sample(columns | {"decision": {"column": "chosen", "selected": [True]}}, {"sex": "M"}, kind="ranking")
    workspace = Workspace.create(folder)
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, of, folder / "rows.parquet")
    return workspace, of


def told(measures: Sequence[Any], name: str) -> Any:
    return next(measure for measure in measures if measure["id"] == name)


def attention(frame: pd.DataFrame) -> float:
    """The mean attention that the places of the women get, four in each list."""
    return float(np.mean(1 / np.log2(1 + frame.loc[frame["sex"] == "F", "rank"])))


@pytest.mark.slow
def test_a_quarter_does_not_give_the_few_lists_of_one_month_away(tmp_path: Path) -> None:
    frame = lists([40, 3, 40])
    workspace, of = filled(tmp_path / "a", frame)
    name, quarter = "exposure/sex=F", Window(MONTHS[0].start, MONTHS[2].end)
    one, two, three = (
        run_audit(workspace, of, start=each.start, end=each.end).written()["measures"] for each in MONTHS[:3]
    )
    assert told(two, name)["reason"] == "few_lists"
    alone = [m.document() for m in measure_window(workspace, of, start=quarter.start, end=quarter.end).measures]
    sums = [each["value"] * each["params"]["lists"] for each in (told(part, name) for part in (alone, one, three))]
    assert (sums[0] - sums[1] - sums[2]) / 3 == pytest.approx(attention(frame[frame["month"] == 2]), abs=1e-9)
    document = run_audit(workspace, of, start=quarter.start, end=quarter.end).written()
    for metric in ("exposure/sex=F", "exposure/sex=M", "ndkl/sex"):
        assert told(document["measures"], metric)["reason"] == REASON
    assert told(document["measures"], "exposure_ratio/sex=F")["status"] == "ok"
    read = load(workspace.evidence, document["evidence"]["cubes"].removeprefix("sha256:"))
    assert withheld_of(read.withheld).lists["ndkl"] == {(("sex",), ()): REASON}
    stands = standing(of, quarter, as_of=dt.date.fromisoformat(document["as_of"]))
    assert [m.written() for m in measures_of(measure_evidence(read, of, stands=stands)[0])] == document["measures"]


@pytest.mark.costly
def test_months_with_enough_lists_and_one_without_any_hide_nothing(tmp_path: Path) -> None:
    workspace, of = filled(tmp_path / "a", lists([40, 0, 40]))
    for window in (MONTHS[0], MONTHS[2], Window(MONTHS[0].start, MONTHS[2].end)):
        document = run_audit(workspace, of, start=window.start, end=window.end).written()
        assert {m["reason"] for m in document["measures"] if m["metric"] == "exposure"} == {None}
