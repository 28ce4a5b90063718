"""Stages of a funnel: at each who moves on, who got so far, through whom a gap opens, and what must not be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from audits.cubes.stages import stages_of
from audits.decisions import ingest
from audits.evidence import load
from audits.measures import Measure
from audits.runs import measure_evidence, measure_window
from audits.standing import standing
from audits.systems.model import System
from audits.workspace import Workspace
from tests import oracle
from tests.audits.funnels import LARGE, STAGES, counted, funnel, measures, people

STEP, WHOLE = "stage_selection_rate", "cumulative_selection_rate"


def test_every_stage_is_what_plain_counting_finds() -> None:
    frame = people(LARGE)
    found = measures(funnel(), frame)
    rows = [(row.sex, int(row.furthest)) for row in frame.itertuples()]
    for i, name in enumerate(STAGES):
        for sex in ("F", "M"):
            step, whole = (found[f"{metric}/sex={sex}|stage={name}"] for metric in (STEP, WHOLE))
            assert (step.value, step.n) == oracle.stage_rate(rows, sex, reached=i + 1, among=i)
            assert (whole.value, whole.n) == oracle.stage_rate(rows, sex, reached=i + 1, among=0)
        for metric, among in ((STEP, i), (WHOLE, 0)):
            ratio = found[f"{metric}_ratio/sex=F|stage={name}"]
            (women, _), (men, _) = (oracle.stage_rate(rows, sex, reached=i + 1, among=among) for sex in ("F", "M"))
            assert ratio.value == pytest.approx(women / men, rel=1e-12)
            assert ratio.interval is not None
            assert ratio.interval.low < ratio.value < ratio.interval.high


def test_the_parts_of_all_actors_make_the_whole_gap() -> None:
    found = measures(funnel(), people(LARGE))
    parts = [found[f"actor_selection_rate_ratio/sex=F|actor={actor}"] for actor in ("tool", "employer")]
    whole = found["cumulative_selection_rate_ratio/sex=F|stage=hired"]
    assert np.prod([part.value for part in parts]) == pytest.approx(whole.value, rel=1e-12)
    assert parts[0].params["stages"] == ["shortlisted", "contacted"]
    assert all(part.interval is not None and part.interval.method == "katz" for part in parts)


def test_who_reached_a_stage_reached_those_before_it() -> None:
    frame = people(LARGE)
    skipped = frame.assign(shortlisted=frame["shortlisted"] & ~frame["hired"], contacted=False, chosen=True)
    counted = [(row.sex, 3 if row.hired else int(row.shortlisted)) for row in skipped.itertuples()]
    found = measures(funnel(), skipped)
    for i, name in enumerate(STAGES):
        assert (found[f"{STEP}/sex=F|stage={name}"].value) == oracle.stage_rate(counted, "F", reached=i + 1, among=i)[0]


def test_repeated_people_widen_the_intervals() -> None:
    frame = people(LARGE, rows_each=5)
    plain, clustered = (
        measures(funnel(person=person), frame)[f"{STEP}_ratio/sex=F|stage=contacted"] for person in (False, True)
    )
    assert plain.value == clustered.value
    assert plain.interval is not None
    assert clustered.interval is not None
    assert clustered.interval.high - clustered.interval.low > plain.interval.high - plain.interval.low
    assert clustered.clusters is not None


def test_comparable_profiles_are_compared_at_each_stage() -> None:
    frame = people(LARGE)
    found = measures(funnel(controls=True), frame)
    like = found["adjusted_stage_selection_rate_ratio/sex=F|stage=contacted"]
    rows = [(row.job, row.sex, int(row.furthest)) for row in frame.itertuples() if row.furthest >= 1]
    pairs = [(job, sex, furthest >= 2) for job, sex, furthest in rows]
    assert like.value == pytest.approx(oracle.mantel_haenszel_ratio(pairs, "F", "M"), rel=1e-12)
    assert like.params["scale"] == "ratio"
    assert "standardised_selection_rate_ratio/sex=F|stage=contacted" not in found


def test_the_last_stage_waits_for_outcomes_to_mature() -> None:
    system, frame = funnel(outcome=True), people(LARGE)
    early, late = (measures(system, frame, as_of=dt.date(2026, month, 20)) for month in (1, 3))
    hired = f"{STEP}_ratio/sex=F|stage=hired"
    assert early[hired].reason == "not_mature"
    assert early[hired].params["readable_from"] == "2026-03-02"
    assert early[f"{STEP}_ratio/sex=F|stage=contacted"].status == "ok"
    assert late[hired].status == "ok"


def test_a_handful_who_came_so_far_is_hidden_with_what_would_give_it_away() -> None:
    few = {("F", "young"): (60, 50, 2, 0), ("F", "old"): (90, 30, 1, 2), ("M", "young"): (40, 50, 50, 60)}
    found = measures(funnel(), people(few | {("M", "old"): (50, 40, 30, 40)}))
    last = {key: m for key, m in found.items() if key.endswith("|stage=hired")}
    assert last[f"{STEP}/sex=F|stage=hired"].reason == "small_group"
    assert last[f"{STEP}/sex=M|stage=hired"].reason == "protects_small_group"
    assert last[f"{STEP}_ratio/sex=F|stage=hired"].status == "suppressed"
    assert last[f"{WHOLE}/sex=F|stage=hired"].status == "suppressed"
    assert last[f"{STEP}|stage=hired"].status == "ok"


def test_nobody_told_of_a_stage_that_a_handful_reached() -> None:
    few = {("F", "young"): (60, 50, 2, 1), ("M", "young"): (40, 50, 2, 1)}
    found = [m for m in measures(funnel(), people(few)).values() if m.given.get("stage") == "hired"]
    assert {(m.status, m.reason, m.value, m.n) for m in found} == {("suppressed", "small_group", None, None)}


def test_a_handful_is_not_given_away_by_the_decision_that_is_the_stage() -> None:
    few = {("F", "young"): (150, 2, 2, 1), ("M", "young"): (40, 50, 30, 40), ("M", "old"): (50, 40, 30, 40)}
    found = measures(funnel(decision="contacted"), people(few))
    assert found["selection_rate/sex=F"].status == "ok"
    assert found[f"{STEP}/sex=F|stage=contacted"].status == "suppressed"
    assert found[f"{STEP}/sex=F|stage=shortlisted"].status == "suppressed"


def document(measures: Sequence[Measure]) -> list[dict[str, Any]]:
    return [measure.document() for measure in measures]


def filled(folder: Path, system: System, parts: Sequence[pd.DataFrame]) -> Workspace:
    """A workspace with these rows; the key is fixed, because buckets hang on it."""
    workspace = Workspace.create(folder)
    for name in ("pseudonym", "bucket"):
        (workspace.keys / f"{name}.key").write_bytes(b"k" * 32)
    for i, part in enumerate(parts):
        file = folder / f"part{i}.parquet"
        part.to_parquet(file)
        ingest(workspace, system, file)
    return workspace


def test_any_order_batches_rows_and_evidence_give_the_same_stages(tmp_path: Path) -> None:
    system, frame = funnel(person=True, controls=True), people(LARGE, rows_each=3)
    shuffled = frame.sample(frac=1, random_state=7)
    workspace, other = (
        filled(tmp_path / name, system, parts)
        for name, parts in (("one", [frame]), ("two", [shuffled.iloc[::2], shuffled.iloc[1::2]]))
    )
    run = measure_window(workspace, system)
    whole = document(run.measures)
    assert document(measure_window(other, system).measures) == whole
    assert document(measure_window(workspace, system, exact=True).measures) == whole
    read = load(workspace.evidence, run.evidence)
    stands = standing(system, run.window, as_of=run.as_of, today=run.as_of)
    assert document(measure_evidence(read, system, stands=stands)[0]) == whole
    expected = {m.id: (m.value, m.n) for m in measure_evidence(counted(system, frame), system, stands=stands)[0]}
    assert {m.id: (m.value, m.n) for m in run.measures} == expected
    assert [stage.name for stage in stages_of(read, system)] == STAGES
