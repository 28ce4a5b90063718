"""Three lines in a notebook give the figures of the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from boussole import audits
from boussole.audits.errors import BoussoleError, SourceError, SystemFileError
from boussole.charter.document.measures import measures_of
from tests.written import system_text, written_workspace

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
    assert [measure.written() for measure in measures_of(found.run.measures)] == document["measures"]
    assert found.run.decisions == document["decisions"] == 4526


@pytest.mark.slow
def test_every_kind_of_data_gives_the_same(frame: pd.DataFrame, file: Path, tmp_path: Path) -> None:
    parquet = tmp_path / "calls.parquet"
    frame.to_parquet(parquet)
    workspace = written_workspace(tmp_path / "w", SYSTEM)
    from boussole.audits.decisions import ingest

    ingest(workspace, workspace.system("calls"), parquet)
    frame.to_json(lines := tmp_path / "calls.jsonl", orient="records", lines=True, date_format="iso")
    kinds = [frame, pl.from_pandas(frame), pa.Table.from_pandas(frame), duckdb.sql("FROM frame"), str(parquet), lines]
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


DAYS = [
    dt.date(2026, 3, 1),
    "2026-03-01",
    dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC),
    pd.Timestamp("2026-03-01"),
    np.datetime64("2026-03-01"),
]


@pytest.mark.costly
def test_days_are_given_as_dates_as_moments_or_as_text(frame: pd.DataFrame, file: Path) -> None:
    frame.loc[:99, "day"] = dt.date(2026, 2, 28)
    found = [audits.audit(file, frame, start=day, as_of=day) for day in DAYS]
    assert [each.run.decisions for each in found] == [300] * len(DAYS)
    assert {each.run.window.start for each in found} == {dt.date(2026, 3, 1)}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"start": "01/03/2026"}, r"`start` is '01/03/2026', which is no day\. Write it as 2026-09-30, or give a date\."),
    ({"end": "2026-02-30"}, r"`end` is '2026-02-30', which is no day"),
    ({"as_of": 20260301}, r"`as_of` is 20260301, which is no day"),
    ({"exact": "perhaps"}, r"`exact` cannot be 'perhaps': it should be a valid boolean"),
    ({"strat": "2026-03-01"}, r"there is no argument `strat`\. Did you mean 'start'\?"),
]


@pytest.mark.parametrize(("given", "told"), WRONG, ids=lambda each: str(each)[:30])
def test_an_argument_that_cannot_be_is_refused_in_one_paragraph(given: dict[str, Any], told: str) -> None:
    with pytest.raises(BoussoleError, match=told):
        audits.audit("calls.yaml", None, **given)


def test_a_system_that_is_not_there_is_named(frame: pd.DataFrame, tmp_path: Path) -> None:
    with pytest.raises(BoussoleError, match="`system` cannot be None: it should be an instance of System; "):
        audits.audit(None, frame)  # type: ignore[arg-type]
    with pytest.raises(SystemFileError, match=r"nowhere\.yaml: there is no such system file\. Check the path\."):
        audits.audit("nowhere.yaml", frame)
    workspace = written_workspace(tmp_path / "w", SYSTEM)
    with pytest.raises(BoussoleError, match=r"there is no system 'cals' in this workspace\. Did you mean 'calls'"):
        audits.audit("cals", workspace)
