"""Stages of a funnel: at each who moves on, who got so far, through whom a gap opens, and what must not be told."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boussole.audits.decisions import ingest
from boussole.audits.evidence import load
from boussole.audits.measures import Measure
from boussole.audits.runs import measure_evidence, measure_window, stages_of
from boussole.audits.standing import standing
from boussole.audits.suppression.rules import suppress, suppress_stages
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from tests import oracle
from tests.audits.funnels import LARGE, STAGES, counted, funnel, measures, people
from tests.audits.readers import least_and_most

STEP = "stage_selection_rate"


def test_every_stage_is_what_plain_counting_finds() -> None:
    frame = people(LARGE)
    found = measures(funnel(), frame)
    rows = [(row.sex, int(row.furthest)) for row in frame.itertuples()]
    for i, name in enumerate(STAGES):
        for sex in ("F", "M"):
            step = found[f"{STEP}/sex={sex}|stage={name}"]
            assert (step.value, step.n) == oracle.stage_rate(rows, sex, reached=i + 1, among=i)
        ratio = found[f"{STEP}_ratio/sex=F|stage={name}"]
        (women, _), (men, _) = (oracle.stage_rate(rows, sex, reached=i + 1, among=i) for sex in ("F", "M"))
        assert ratio.value == pytest.approx(women / men, rel=1e-12)
        assert ratio.interval is not None
        assert ratio.interval.low < ratio.value < ratio.interval.high


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


@pytest.mark.slow
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
    read = load(workspace.unsealed, run.evidence)
    stands = standing(system, run.window, as_of=run.as_of, today=run.as_of)
    assert document(measure_evidence(read, system, stands=stands)[0]) == whole
    expected = {m.id: (m.value, m.n) for m in measure_evidence(counted(system, frame), system, stands=stands)[0]}
    assert {m.id: (m.value, m.n) for m in run.measures} == expected
    assert [stage.name for stage in stages_of(read, system)] == STAGES


SEXES, AGES = ("F", "M", "X"), ("old", "young")
FURTHEST = len(STAGES) + 1


def reach(
    counts: np.ndarray, layers: Sequence[Mapping[Any, str]], target: tuple[Any, int], of: System
) -> tuple[float, float]:
    """Return the least and the most people of a group who can have moved on at a stage, by a linear program."""
    rows, values = [], []
    for stage, hidden in enumerate(layers):
        for by in [(), *of.attributes]:
            for group in itertools.product(*({"sex": SEXES, "age": AGES}[name] for name in by)):
                if (by, group) not in hidden:
                    for part in (slice(stage, stage + 1), slice(stage + 1, FURTHEST)):
                        row = picked(by, group, part)
                        rows.append(row.ravel())
                        values.append((row * counts).sum())
    key, at = target
    return least_and_most(picked(*key, slice(at + 1, FURTHEST)).ravel(), rows, values)


def picked(by: Sequence[str], group: Sequence[str], part: slice) -> np.ndarray:
    mask = np.zeros((len(SEXES), len(AGES), FURTHEST))
    named = dict(zip(by, group, strict=True))
    sex, age = named.get("sex"), named.get("age")
    mask[SEXES.index(sex) if sex else slice(None), AGES.index(age) if age else slice(None), part] = 1
    return mask


FUNNELS = st.lists(st.sampled_from([0, 1, 3, 9, 20, 60]), min_size=24, max_size=24)


def check_funnel(numbers: Sequence[int]) -> None:
    """At no stage more is told of a handful than the totals of everybody tell by themselves."""
    of, counts = funnel(), np.array(numbers).reshape(len(SEXES), len(AGES), FURTHEST)
    rows = {(sex, age): counts[i, j].tolist() for i, sex in enumerate(SEXES) for j, age in enumerate(AGES)}
    made = stages_of(counted(of, people(rows)), of)
    steps = [stage.step for stage in made]
    decisions = suppress(made[0].step, system=of).decisions
    layers = suppress_stages(steps, system=of, decisions=decisions)
    everything = {(t.by, g): "x" for tables in steps for t in tables if t.by for g in t.groups}
    for at, tables in enumerate(steps):
        if not tables[0].sizes().sum() >= 11:  # nothing of the stage is told
            return
        for table in tables[1:]:
            for group, n in zip(table.groups, table.sizes(), strict=True):
                if 0 < n < 11:
                    key = (table.by, group)
                    assert key in layers[at]
                    least, most = reach(counts, layers, (key, at), of)
                    lowest, highest = reach(counts, [*layers[:at], *[everything] * (len(layers) - at)], (key, at), of)
                    assert least <= lowest + 0.5, (key, at)
                    assert most >= min(highest, 11) - 0.5, (key, at)


@pytest.mark.costly
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FUNNELS)
def test_no_stage_tells_of_a_handful(numbers: list[int]) -> None:
    check_funnel(numbers)


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FUNNELS)
def test_no_stage_of_many_funnels_tells_of_a_handful(numbers: list[int]) -> None:
    check_funnel(numbers)
