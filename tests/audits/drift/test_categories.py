"""Features that hold categories: counted by name and day, rare values never alone, too many of them together."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole.audits.cubes.edges import MOST_BINS, values_of
from boussole.audits.cubes.update import rebuild
from boussole.audits.cubes.values import OTHERS, UNKNOWN
from boussole.audits.decisions import ingest
from boussole.audits.drift.pairs import exact_pair
from boussole.audits.drift.series import CONTROL, drift_series
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading, writing
from boussole.audits.lake.tables import table
from boussole.audits.measures import Measure
from boussole.audits.retention.purge import purge
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.drift.test_controls import JOBS, TODAY, log
from tests.written import sample

MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def declared(*features: object, **more: object) -> System:
    return sample(
        {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}},
        {"sex": "M"},
        features=list(features),
        windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
        **more,
    )


def category(name: str) -> dict[str, str]:
    return {"column": name, "kind": "category"}


def filled(folder: Path, system: System, *frames: pd.DataFrame) -> Workspace:
    workspace = Workspace.create(folder)
    for i, frame in enumerate(frames):
        frame.to_parquet(folder / f"rows{i}.parquet")
        ingest(workspace, system, folder / f"rows{i}.parquet")
    return workspace


def of(measures: list[Measure], metric: str, by: str = "feature") -> Measure:
    return next(m for m in measures if m.metric == metric and m.by == (by,) and (m.group or ("",))[0].startswith("job"))


@pytest.mark.slow
def test_a_feature_and_a_control_of_the_same_column_have_the_same_figures(tmp_path: Path) -> None:
    system = declared(category("job"), controls={"job": {"column": "job"}})
    workspace = filled(tmp_path / "home", system, log())
    pair = exact_pair(workspace, system, window=MARCH, as_of=TODAY)
    for metric in ("psi", "jensen_shannon"):
        feature, control = (of(pair.measures, metric, by) for by in ("feature", CONTROL))
        assert (feature.value, feature.params, feature.n) == (control.value, control.params, control.n)
        assert feature.value is not None
    assert of(pair.measures, "psi").params["new"] == ["pilot"]
    missing = of(pair.measures, "missing_share").value
    assert missing == pytest.approx(JOBS[3][None] / sum(JOBS[3].values()))


@pytest.mark.costly
def test_by_week_and_by_day_too(tmp_path: Path) -> None:
    system = declared(category("job"))
    workspace = filled(tmp_path / "home", system, log())
    series = drift_series(workspace, system, step="week", as_of=TODAY)
    found = [each for point in series.points for each in point.measures if each.group == ("job",)]
    assert any(each.metric == "psi" and each.value is not None for each in found)
    assert series.columns == ["job"]


@pytest.mark.slow
def test_true_and_false_of_a_data_frame_are_categories(tmp_path: Path) -> None:
    frame = log().assign(job=lambda each: each["month"].map({1: True, 2: True, 3: False}).astype(bool))
    system = declared(category("job"))
    pair = exact_pair(filled(tmp_path / "home", system, frame), system, window=MARCH, as_of=TODAY)
    assert sorted(of(pair.measures, "psi").params["categories"]) == ["false", "true"]
    assert of(pair.measures, "jensen_shannon").value == 1


@pytest.mark.costly
def test_a_rare_value_is_named_by_no_figure(tmp_path: Path) -> None:
    system = declared(category("job"))
    workspace = filled(tmp_path / "home", system, log())
    for point in drift_series(workspace, system, as_of=TODAY).points[1:]:
        for measure in point.measures:
            assert not {"miner", "diver", "farmer"} & set(measure.params.get("categories", ()))


@pytest.mark.costly
def test_beyond_the_budget_values_count_together_and_a_rebuild_gives_the_same(tmp_path: Path) -> None:
    """Names are given to the most frequent of the first file, then to what later files bring, while there is room."""
    first = log().assign(job=lambda each: [f"v{i % (MOST_BINS - 1)}" for i in range(len(each))])
    later = log().assign(job=lambda each: [f"w{i % 30}" for i in range(len(each))], id=lambda each: "x" + each["id"])
    system = declared(category("job"))
    workspace = filled(tmp_path / "home", system, first, later)
    cube = f"SELECT * FROM {table(system, 'histograms')} WHERE feature = 'job' ORDER BY ALL"
    with reading(workspace) as connection:
        named = values_of(connection, system)["job"]
        before = connection.execute(cube).fetchall()
        widest = connection.execute(f"SELECT max(n) FROM (SELECT count(*) AS n FROM ({cube}) GROUP BY day)").fetchone()
    assert len(named) == MOST_BINS
    assert len([name for name in named if name.startswith("w")]) == 1
    assert widest is not None
    assert widest[0] <= MOST_BINS + 2
    pair = exact_pair(workspace, system, window=MARCH, as_of=TODAY)
    assert OTHERS in of(pair.measures, "psi").params["categories"]
    with writing(workspace) as connection:
        rebuild(connection, system)
        assert connection.execute(cube).fetchall() == before


@pytest.mark.costly
def test_a_column_that_comes_later_lacks_its_values_before(tmp_path: Path) -> None:
    frame = log().assign(job=lambda each: each["job"].where(each["month"] == 3))
    system = declared(category("job"))
    pair = exact_pair(filled(tmp_path / "home", system, frame), system, window=MARCH, as_of=TODAY)
    found = of(pair.measures, "psi")
    assert (found.value, found.reason) == (None, "no_values")
    assert found.params["categories"][0] in (UNKNOWN, "cook")


@pytest.mark.costly
def test_a_purge_leaves_no_rare_value_and_no_sum(tmp_path: Path) -> None:
    """January: its values that few had count together from then on, and whoever asks is told the same as before."""
    frame = log().assign(pay=lambda each: np.arange(len(each)) * 1.5)
    system = declared(category("job"), "pay")
    workspace = filled(tmp_path / "home", system, frame)
    before = of(exact_pair(workspace, system, window=MARCH, as_of=TODAY).measures, "psi")
    (workspace.home / "systems").mkdir(exist_ok=True)
    text = yaml.safe_dump(system.model_dump(mode="json", by_alias=True, exclude_none=True))
    (workspace.home / "systems" / f"{system.id}.yaml").write_text(text, encoding="utf-8")
    again = Workspace.find(workspace.home)
    purge(again, before=dt.date(2026, 2, 1))
    with reading(again) as connection:
        cube = table(system, "histograms")
        named = connection.execute(
            f"SELECT DISTINCT value1 FROM {cube} WHERE value1 IS NOT NULL AND month(day) = 1 ORDER BY 1"
        ).fetchall()
        sums = connection.execute(f"SELECT month(day), count(total) FROM {cube} GROUP BY ALL ORDER BY 1").fetchall()
    assert named == [("clerk",), ("cook",), ("nurse",)]
    assert sums[0] == (1, 0)
    assert all(count for _, count in sums[1:])
    after = of(exact_pair(again, system, window=MARCH, as_of=TODAY).measures, "psi")
    assert (after.value, after.params["categories"]) == (before.value, before.params["categories"])


@pytest.mark.costly
def test_the_kind_of_a_column_cannot_change_once_it_is_counted(tmp_path: Path) -> None:
    frame = log().assign(job=np.arange(len(log())) % 7)
    workspace = filled(tmp_path / "home", declared("job"), frame)
    again = frame.assign(id=lambda each: "x" + each["id"])
    again.to_parquet(tmp_path / "again.parquet")
    with pytest.raises(BoussoleError, match="'job' is kept as a number"):
        ingest(workspace, declared(category("job")), tmp_path / "again.parquet")


def test_words_in_a_column_of_numbers_say_what_to_declare(tmp_path: Path) -> None:
    with pytest.raises(BoussoleError, match="column 'job': not a number; words need `kind: category`"):
        filled(tmp_path / "home", declared("job"), log().dropna(subset="job"))


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match=r"number.*category"):
        declared({"column": "job", "kind": "words"})
