"""Tables that are read again and again, rows set aside and corrected, and sources that change their shape."""

from __future__ import annotations

import csv
import stat
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.decisions.correction import resubmit
from boussole.audits.decisions.quarantine import export, list_rows
from boussole.audits.errors import SourceError
from boussole.audits.privacy import text
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import rows_of
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  outcome: {column: hired, positive: [true], observed_for: all, absent: missing}
  person: who
generations: {model_version: model, tokens_out: tokens, feedback: verdict}
groups:
  gender: {column: gender}
controls: {job: {column: job}}
privacy: {pseudonymise: [ref, who]}
""",
    kind="ranking",
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", SYSTEM)


@pytest.fixture
def offers(workspace: Workspace) -> System:
    return workspace.system("offers")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "house.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "CREATE TABLE t (ref VARCHAR, day DATE, contacted BOOLEAN, hired BOOLEAN, gender VARCHAR, who VARCHAR, "
            "job VARCHAR); INSERT INTO t VALUES ('d0', '2026-01-05', true, NULL, 'F', 'p0', 'baker'), "
            "('d1', '2026-01-06', false, NULL, 'M', 'p1', 'baker')"
        )
    return path


def change(database: Path, sql: str) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(sql)


def pull(workspace: Workspace, offers: System, database: Path) -> IngestReport:
    return ingest(workspace, offers, f"duckdb:{database}?table=t", growing=True)


@pytest.mark.slow
def test_an_outcome_filled_in_later_is_taken_over_and_one_taken_back_too(
    workspace: Workspace, offers: System, database: Path
) -> None:
    pull(workspace, offers, database)
    for value, expected in (("true", 1), ("false", 0), ("NULL", None)):
        change(database, f"UPDATE t SET hired = {value} WHERE ref = 'd0'")
        report = pull(workspace, offers, database)
        assert (report.accepted, report.known, report.updated) == (0, 2, 1)
        assert rows_of(workspace, "SELECT outcome FROM lake.offers.decisions WHERE decision = 1") == [(expected,)]
        counted = rows_of(
            workspace, """SELECT outcome, sum(n) FROM lake.offers.cells WHERE "by" = '' GROUP BY 1 ORDER BY 1"""
        )
        assert counted == ([(expected, 1), (None, 1)] if expected is not None else [(None, 2)])
    assert pull(workspace, offers, database).already


@pytest.mark.slow
def test_a_decision_that_was_rewritten_is_set_aside_once(workspace: Workspace, offers: System, database: Path) -> None:
    pull(workspace, offers, database)
    change(database, "UPDATE t SET contacted = true WHERE ref = 'd1'")
    report = pull(workspace, offers, database)
    assert [(r.column, r.reason) for r in report.rejections] == [
        ("contacted", "differs from what is already in the log, which stays as it was")
    ]
    change(database, "INSERT INTO t VALUES ('d2', '2026-01-07', true, NULL, 'F', 'p2', 'baker')")
    report = pull(workspace, offers, database)
    assert (report.accepted, report.known, report.quarantined) == (1, 2, 0)
    change(database, "UPDATE t SET hired = true WHERE ref = 'd1'")  # what it says later is not taken over either
    assert pull(workspace, offers, database).updated == 0
    change(database, "UPDATE t SET hired = false WHERE ref = 'd2'")
    assert pull(workspace, offers, database).updated == 1
    assert rows_of(workspace, "SELECT outcome FROM lake.offers.decisions ORDER BY day") == [(None,), (None,), (0,)]
    assert rows_of(workspace, "SELECT sum(decision) FROM lake.offers.decisions") == [(2,)]


HEADER = "ref,day,contacted,hired,gender,who,job\n"
BAD = (
    HEADER.replace("job\n", "job,note\n")
    + "c0,2026-02-01,true,,F,q0,baker,x\nc1,2026-02-30,true,,F,q1,baker,x\nc2,2026-02-02,perhaps,,M,Ada L,baker,x\n"
)


@pytest.mark.costly
def test_rows_set_aside_are_listed_exported_corrected_and_brought_in(
    workspace: Workspace, offers: System, tmp_path: Path
) -> None:
    (tmp_path / "bad.csv").write_text(BAD)
    ingest(workspace, offers, tmp_path / "bad.csv")
    listed = [(item.rows, item.column, item.origin, item.first_row) for item in list_rows(workspace, offers)]
    assert listed == [(1, "day", "bad.csv", 2), (1, "contacted", "bad.csv", 3)]
    out = tmp_path / "out.csv"
    out.touch(mode=0o644)
    assert export(workspace, offers, out) == 2
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [(row["_row"], row["ref"], row["who"], row["contacted"]) for row in rows] == [
        ("2", "c1", "q1", "true"),
        ("3", "c2", "Ada L", "perhaps"),
    ]
    rows[0]["day"] = "2026-02-28"
    write(out, rows)
    report = resubmit(workspace, offers, out)
    assert (report.accepted, report.quarantined, report.changes) == (1, 1, ())
    assert [(item.column, item.origin) for item in list_rows(workspace, offers)] == [
        ("contacted", "quarantine:out.csv")
    ]
    export(workspace, offers, out)
    write(out, [row | {"contacted": "false"} for row in csv.DictReader(out.open(encoding="utf-8"))])
    assert resubmit(workspace, offers, out).accepted == 1
    assert list_rows(workspace, offers) == []
    assert rows_of(workspace, """SELECT sum(n) FROM lake.offers.daily WHERE "by" = ''""") == [(3,)]
    with pytest.raises(SourceError, match="nothing of the log `decisions`"):
        export(workspace, offers, out)


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_what_was_set_aside_is_not_readable_in_the_lake(workspace: Workspace, offers: System, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(BAD)
    ingest(workspace, offers, tmp_path / "bad.csv")
    for path in (workspace.home / "lake").rglob("*"):
        assert not path.is_file() or b"Ada L" not in path.read_bytes(), path
    ((sealed,),) = rows_of(workspace, "SELECT content FROM lake.offers.quarantine WHERE row = 3")
    assert isinstance(sealed, bytes)
    assert b"Ada L" not in sealed
    (clear,) = text.unseal(workspace, [sealed])
    assert '"who":"Ada L"' in (clear or "")


@pytest.mark.slow
def test_a_source_that_changes_its_shape_is_told(workspace: Workspace, offers: System, tmp_path: Path) -> None:
    def bring(name: str, **more: object) -> list[tuple[str, str, str]]:
        frame = pd.DataFrame(
            {
                "ref": [f"{name}{i}" for i in range(3)],
                "day": pd.Timestamp("2026-01-05"),
                "contacted": True,
                "gender": ["F", "M", "F"],
                "who": "p",
                "job": "baker",
                "extra": 1,
            }
        ).assign(**more)
        kept = frame[[column for column in frame if not (isinstance(more.get(column), str) and more[column] == "-")]]
        kept.to_parquet(tmp_path / f"{name}.parquet")
        changes = ingest(workspace, offers, tmp_path / f"{name}.parquet").changes
        return [(change.kind, change.column, change.detail) for change in changes]

    assert bring("a") == [("absent_column", "hired", "")]
    assert bring("b") == []
    assert bring("c", extra=1.5) == []  # a whole number that becomes a fraction is no change
    assert bring("d", extra="x") == [("changed_type", "extra", "number -> text")]
    assert bring("e", extra="-") == [("lost_column", "extra", "")]
    assert bring("f", extra="-", more=1) == [("new_column", "more", "")]
    # What three rows say could be a name: it is counted, and not told.
    assert ("rare_value", "gender", "1") in bring("g", gender=["F", "X", "M"])
    assert ("rare_value", "job", "1") in bring("h", job=["cook", "baker", "baker"])
    kept = rows_of(workspace, 'SELECT kind, "column" FROM lake.main.schema_changes ORDER BY batch, kind')
    assert ("changed_type", "extra") in kept
