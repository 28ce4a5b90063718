"""How far months are alike because people come back: read from the lake, and what it does to the search for moves."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.drift.recurring import NOBODY, Recurring, lags_of, read_recurring
from boussole.audits.drift.shifts import shifts
from boussole.audits.drift.splits import Series, Step, between, moments, scores
from boussole.audits.lake import reading
from boussole.audits.privacy import keys
from boussole.audits.privacy.pseudonyms import BUCKET_RING
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import system_text

COLUMNS = """
columns:
  id: ref
  decided_at: day
  decision: {column: chosen, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
  outcome: {column: hired, positive: [true], matures_after_days: 0, observed_for: all, absent: missing}
  PERSON
groups:
  sex: {column: sex}
windows: {audit: month}
privacy: {pseudonymise: [ref, who]}
"""
MONTHS, PEOPLE = 12, 600


def log(stay: float) -> pd.DataFrame:
    """Months of people who keep decision, score and outcome; of whom some are replaced each month."""
    rng, frames, who = np.random.default_rng(3), [], np.arange(PEOPLE)
    chosen, score, hired = rng.random(PEOPLE) < 0.3, rng.random(PEOPLE), rng.random(PEOPLE) < 0.5
    for at in range(MONTHS):
        day = pd.Timestamp(2025 + at // 12, at % 12 + 1, 10)
        frames.append(
            pd.DataFrame({"who": who, "chosen": chosen, "score": score, "hired": hired, "day": day, "sex": "F"})
        )
        new = rng.random(PEOPLE) > stay
        who = np.where(new, who.max() + 1 + np.arange(PEOPLE), who)
        chosen = np.where(new, rng.random(PEOPLE) < 0.3, chosen)
        score, hired = np.where(new, rng.random(PEOPLE), score), np.where(new, rng.random(PEOPLE) < 0.5, hired)
    frame = pd.concat(frames, ignore_index=True)
    return frame.assign(ref=[f"r{i}" for i in range(len(frame))], who=frame["who"].astype(str))


def loaded(folder: Path, frame: pd.DataFrame, *, person: bool, key: int = 1) -> tuple[Workspace, str]:
    workspace = Workspace.create(folder)
    keys.write(keys.path_of(workspace.keys, BUCKET_RING, 1), bytes([key]) * keys.LENGTH)
    text = system_text("offers", COLUMNS.replace("PERSON", "person: who" if person else ""))
    if not person:
        text = text.replace("[ref, who]", "[ref]")
    (workspace.home / "systems" / "offers.yaml").write_text(text, encoding="utf-8")
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, workspace.system("offers"), folder / "rows.parquet")
    return workspace, "offers"


@pytest.mark.costly
@pytest.mark.parametrize("stay", [0.8, 0.0])
def test_buckets_tell_how_many_stay(tmp_path: Path, stay: float) -> None:
    """The mean of three ways to put people into buckets: with one, the fourth lag of scores strays by 0.10 (one sd)."""
    found, frame = list[Recurring](), log(stay)
    for key in (1, 2, 3):
        workspace, name = loaded(tmp_path / str(key), frame, person=True, key=key)
        with reading(workspace) as connection:
            found.append(read_recurring(connection, workspace.system(name)))
    for metric in ("selection_rate_ratio", "mean_score", "accuracy"):
        assert all(len(each.of(metric)) >= 8 for each in found)
        assert all(list(each.of(metric)) == sorted(each.of(metric), reverse=True) for each in found)
        nearest, fourth = (float(np.mean([each.of(metric)[at] for each in found])) for at in (0, 3))
        assert nearest == pytest.approx(stay, abs=0.15)
        assert fourth == pytest.approx(stay**4, abs=0.2)
    for each in found:
        assert each.of("accuracy")[0] == max(
            each.of("selection_rate")[0], each.of("mean_score")[0], each.lags["outcomes"][0]
        )


@pytest.mark.costly
def test_where_rows_are_independent_nothing_is_alike(tmp_path: Path) -> None:
    workspace, name = loaded(tmp_path / "w", log(0.8), person=False)
    with reading(workspace) as connection:
        assert read_recurring(connection, workspace.system(name)) == NOBODY
    assert NOBODY.of("selection_rate") == NOBODY.of("accuracy") == ()


def test_too_few_months_say_nothing() -> None:
    assert lags_of((np.ones((3, 40)), np.ones((3, 40)))) == ()
    assert lags_of((np.zeros((0, 40)), np.zeros((0, 40)))) == ()


def steps(alike: float, rng: np.random.Generator) -> list[Step]:
    found, drawn = [], float(rng.standard_normal())
    for at in range(24):
        start = dt.date(2024 + at // 12, at % 12 + 1, 1)
        window = Window(start, start + dt.timedelta(days=27))
        found.append(Step(window=window, estimate=0.5 + 0.01 * drawn, se=0.01, size=1000))
        drawn = alike * drawn + np.sqrt(1 - alike**2) * float(rng.standard_normal())
    return found


@pytest.mark.costly
def test_the_gap_of_months_that_hold_the_same_people_varies_as_it_is_said_to() -> None:
    """Over many series: the scores of a split have the variance 1, and without the correlations twice that or more."""
    rng, lags = np.random.default_rng(4), tuple(0.8**lag for lag in range(1, 12))
    drawn = [steps(0.8, rng)[:12] for _ in range(1500)]
    right, blind = (
        np.array([scores(*moments(each, "value"), between(each, alike)) for each in drawn]) for alike in (lags, ())
    )
    assert right[:, 5].std() == pytest.approx(1.0, abs=0.08)
    assert right[:, 1].std() == pytest.approx(1.0, abs=0.1)
    assert blind[:, 5].std() > 1.4


@pytest.mark.costly
def test_series_of_people_who_come_back_are_left_in_peace_and_breaks_are_found() -> None:
    rng, lags = np.random.default_rng(5), tuple(0.8**lag for lag in range(1, 12))
    family = [Series(id=f"s{i}", scale="value", steps=steps(0.8, rng)) for i in range(200)]
    accused = [sum(bool(shifts([replace(each, alike=alike)])) for each in family) for alike in ((), lags)]
    assert accused[0] > 20
    assert accused[1] <= 10, "six by design"
    broken = [
        replace(step, estimate=step.estimate + (0.15 if at >= 18 else 0.0)) for at, step in enumerate(family[0].steps)
    ]
    (found,) = shifts([Series(id="broken", scale="value", steps=broken, alike=lags)])
    assert found.since.start == dt.date(2025, 7, 1)


def test_a_month_that_is_missing_keeps_its_distance() -> None:
    found = steps(0.0, np.random.default_rng(6))
    matrix = between([found[0], found[2], found[14]], (0.5, 0.25))
    assert matrix is not None
    assert matrix.tolist() == [[1.0, 0.25, 0.0], [0.25, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert between(found, ()) is between(found, (0.0,)) is None
