"""Three lines in a notebook give the figures of the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from boussole import audits
from boussole.audits.errors import BoussoleError, SourceError
from boussole.audits.workspace import Workspace
from tests.written import system_text

SYSTEM = system_text(
    "calls",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: called, selected: [true], not_selected: [false]}
groups: {sex: {column: sex, reference: M}}
controls: {job: {column: job}}
windows: {audit: all}
""",
)
HERE = Path(__file__).parent.parent / "systems"
Audited = Callable[[str, str], Any]


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(400)],
            "day": dt.date(2026, 3, 1),
            "called": [i % 3 == 0 for i in range(400)],
            "sex": ["F" if i % 2 else "M" for i in range(400)],
            "job": ["cook" if i % 5 else "clerk" for i in range(400)],
        }
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "calls.yaml"
    path.write_text(SYSTEM, encoding="utf-8")
    return path


@pytest.mark.costly
def test_a_frame_measures_as_the_command_line_does(published: Path, audited: Audited) -> None:
    document = audited("admissions", "ucb_admissions/datasets_UCBAdmissions.csv")
    found = audits.audit(
        HERE / "admissions.yaml", pd.read_csv(published / "ucb_admissions" / "datasets_UCBAdmissions.csv")
    )
    assert [measure.document() for measure in found.run.measures] == document["measures"]
    assert found.run.decisions == document["decisions"] == 4526


@pytest.mark.slow
def test_every_kind_of_data_gives_the_same(frame: pd.DataFrame, file: Path, tmp_path: Path) -> None:
    parquet = tmp_path / "calls.parquet"
    frame.to_parquet(parquet)
    workspace = Workspace.create(tmp_path / "w")
    (workspace.home / "systems" / "calls.yaml").write_text(SYSTEM, encoding="utf-8")
    from boussole.audits.decisions import ingest

    ingest(workspace, workspace.system("calls"), parquet)
    kinds = [frame, pl.from_pandas(frame), pa.Table.from_pandas(frame), duckdb.sql("FROM frame"), parquet, str(parquet)]
    first, *others = [audits.audit(file, data) for data in kinds]
    others += [audits.audit("calls", data) for data in (workspace, workspace.home, str(workspace.home))]
    assert all(found.run.measures == first.run.measures for found in others)
    assert {"selection_rate_ratio/sex=F", "adjusted_selection_rate_ratio/sex=F"} <= set(first.frame().index)


@pytest.mark.costly
def test_the_frame_of_measures_says_what_has_no_value(frame: pd.DataFrame, file: Path) -> None:
    frame.loc[frame["sex"] == "F", "job"] = "driver"
    found = audits.audit(file, frame)
    row = found.frame().loc["adjusted_selection_rate_ratio/sex=F"]
    assert (row["status"], row["reason"]) == ("undefined", "no_common_stratum")
    assert pd.isna(row["value"])
    assert found.measure("selection_rate/sex=F").n == 200
    with pytest.raises(BoussoleError, match=r"Did you mean .selection_rate/sex="):
        found.measure("selection_rate/sexe=F")


@pytest.mark.costly
def test_bad_rows_are_reported_and_bad_data_refused(frame: pd.DataFrame, file: Path) -> None:
    frame["called"] = frame["called"].astype(object)
    frame.loc[0, "called"] = "perhaps"
    frame["called"] = frame["called"].astype(str).str.lower()
    found = audits.audit(file, frame)
    assert found.reports[0].quarantined == 1
    assert "1 rows were set aside" in found._repr_html_()
    with pytest.raises(SourceError, match="is not a table"):
        audits.audit(file, object())


@pytest.mark.costly
def test_nothing_is_left_behind(frame: pd.DataFrame, file: Path, tmp_path: Path, monkeypatch: Any) -> None:
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(private))
    audits.audit(file, frame)
    assert list(private.iterdir()) == []


def test_the_package_knows_nothing_else() -> None:
    with pytest.raises(AttributeError, match="no attribute 'report'"):
        _ = audits.report
