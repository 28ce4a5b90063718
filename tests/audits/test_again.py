"""What comes again, corrected, rewritten or grown: rows known, that differ, set aside before, or discarded for good."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import stat
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

from boussole.audits import ledger
from boussole.audits.counts.left_out import left_out_of, read_left_out
from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.decisions.correction import resubmit
from boussole.audits.decisions.ingesting import RefusedSourceError
from boussole.audits.decisions.overview import exclude, include
from boussole.audits.decisions.quarantine import RowSelection, discard, discards, export, list_rows
from boussole.audits.errors import LakeError, SourceError
from boussole.audits.lake import reading
from boussole.audits.lake.connection import snapshot, state_of
from boussole.audits.privacy import text
from boussole.audits.systems import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import open_records
from boussole.charter.records.notes.discards import seal_discards
from boussole.dashboard.cli.main import app
from tests.audits.cubed import contents, rebuilt
from tests.audits.privacy.helpers import rows_of
from tests.written import system_text, written_workspace

COLUMNS = """
columns:
  id: ref
  decided_at: when
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
  score: {column: score, range: [0, 1]}
  outcome: {column: repaid, positive: [true], observed_for: all, absent: missing}
  stages: [read, met]
  human: {decision: adviser, seconds: seconds}
  person: who
generations: {model_version: model}
contacts: {person: who, at: sent, kind: kind, reply_at: replied}
groups:
  gender: {column: sex}
  age: {column: age, bands: [25, 50]}
features: [age, income]
controls: {job: {column: job}}
privacy: {pseudonymise: [ref, who]}
"""
HEADER = "ref,when,granted,score,who,sex,age,income,job"
DIFFERS = "differs from what is already in the log, which stays as it was"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", system_text("loans", COLUMNS))


@pytest.fixture
def loans(workspace: Workspace) -> System:
    return workspace.system("loans")


Bring = Callable[..., tuple[int, int, int, int, int]]


@pytest.fixture
def bring(workspace: Workspace, tmp_path: Path) -> Bring:
    """Imports rows as a file: accepted, set aside, known, of these set aside still, cleared."""

    def run(
        rows: Sequence[str], name: str = "may.csv", header: str = HEADER, **more: Any
    ) -> tuple[int, int, int, int, int]:
        (tmp_path / name).write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return counts(ingest(workspace, workspace.system("loans"), tmp_path / name, **more))

    return run


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.accepted, report.quarantined, report.known, report.again, report.cleared


def good(number: int, **changed: object) -> str:
    cells = {
        "ref": f"a{number}",
        "when": f"2026-05-{number:02d}",
        "granted": "yes",
        "score": 0.5,
        "who": f"p{number}",
        "sex": "F",
        "age": 30,
        "income": 1000,
        "job": "baker",
    }
    return ",".join(str(value) for value in (cells | changed).values())


def aside(workspace: Workspace, system: System) -> list[tuple[str, str, str, int]]:
    return [(item.column, item.reason, item.origin, item.rows) for item in list_rows(workspace, system)]


DIFFERENCES = (
    ({"granted": "no"}, "granted"),
    ({"sex": ""}, "sex"),
    ({"income": 1001}, "income"),
    ({"when": "2026-05-30"}, "when"),
    ({"score": 0.6}, "score"),
    ({"who": "p99"}, "who"),
    ({"sex": "M"}, "sex"),
    ({"age": 60}, "age"),
    ({"job": "cook"}, "job"),
    ({"granted": "no", "sex": "M", "age": 60}, "age, granted, sex"),
)


@pytest.mark.costly
def test_a_row_that_says_something_else_is_set_aside_with_its_columns(
    workspace: Workspace, loans: System, bring: Bring
) -> None:
    many = len(DIFFERENCES)
    first = [good(number) for number in range(1, many + 2)]
    changed = [good(number, **cells) for number, (cells, _) in enumerate(DIFFERENCES, start=1)]
    bring(first)
    assert bring([*changed, first[-1], good(many + 2)]) == (1, many, 1, 0, 0)
    found = Counter[str]()
    for column, reason, origin, rows in aside(workspace, loans):
        assert (reason, origin) == (DIFFERS, "may.csv")
        found[column] += rows
    assert found == Counter(column for _, column in DIFFERENCES)
    assert rows_of(workspace, "SELECT count(*), sum(decision) FROM lake.loans.decisions") == [(many + 2, many + 2)]
    again = [*changed, first[-1], good(many + 2), good(many + 3)]
    assert bring(again) == (1, 0, many + 2, many, 0)  # and not set aside twice
    last = [*first, *(good(many + more) for more in (2, 3, 4))]
    assert bring(last) == (1, 0, many + 3, 0, many)  # nobody says so any more
    assert aside(workspace, loans) == []
    assert contents(workspace) == rebuilt(workspace)


@pytest.mark.slow
def test_a_column_that_was_not_read_then_is_no_difference(workspace: Workspace, bring: Bring) -> None:
    bring([good(1), good(2)])
    path = workspace.home / "systems" / "loans.yaml"
    path.write_text(path.read_text().replace("features: [age", "features: [rent, age"))
    assert bring([f"{good(n)},{n}" for n in (1, 2, 3)], header=f"{HEADER},rent") == (1, 0, 2, 0, 0)


@pytest.mark.costly
def test_a_corrected_row_clears_the_one_that_was_set_aside(workspace: Workspace, loans: System, bring: Bring) -> None:
    bad = [good(1), good(2, when="soon"), good(3, granted="perhaps")]
    assert bring(bad) == (1, 2, 0, 0, 0)
    with pytest.raises(RefusedSourceError, match="--strict"):  # though its bad rows are set aside already
        bring([*bad, good(3)], "strict.csv", strict=True)
    assert bring([*bad, good(4)]) == (1, 0, 3, 2, 0)
    assert len(aside(workspace, loans)) == 2
    assert bring([good(1), good(2), *bad[2:], good(4)]) == (1, 0, 3, 1, 1)
    assert aside(workspace, loans) == [("granted", "neither a `selected` nor a `not_selected` value", "may.csv", 1)]
    assert bring([good(3)], "rest.csv") == (1, 0, 0, 0, 1)  # under another name, its row alone
    assert (aside(workspace, loans), left_out(workspace, loans)) == ([], LeftOut())
    assert bring([*bad, good(5)]) == (1, 0, 3, 0, 0)  # the old file does not bring back what was corrected


@pytest.mark.slow
def test_a_row_that_is_still_bad_takes_the_place_of_what_it_was(
    workspace: Workspace, loans: System, bring: Bring
) -> None:
    assert bring([good(1), good(2, when="soon")]) == (1, 1, 0, 0, 0)
    assert bring([good(1), good(2, when="later")]) == (0, 1, 1, 0, 1)
    assert aside(workspace, loans) == [("when", "not a date (write 2026-09-30 or 2026-09-30T14:05:00)", "may.csv", 1)]
    assert bring([good(1), good(2, granted="perhaps")]) == (0, 1, 1, 0, 1)
    assert [column for column, *_ in aside(workspace, loans)] == ["granted"]


@pytest.mark.slow
def test_a_row_without_an_id_is_cleared_by_the_same_place_of_a_later_version(
    workspace: Workspace, loans: System, bring: Bring
) -> None:
    bring([good(1), good(2, ref=""), good(3)])
    assert bring([good(n, ref=f"x{n}") for n in (1, 2, 3)]) == (3, 0, 0, 0, 0)  # another file of that name
    assert len(aside(workspace, loans)) == 1
    assert bring([good(1), good(2), good(3)]) == (1, 0, 2, 0, 1)
    assert aside(workspace, loans) == []


@pytest.mark.slow
def test_rows_that_shared_an_id_are_set_aside_again_if_they_come_again(
    workspace: Workspace, loans: System, bring: Bring
) -> None:
    january = [good(1), good(1, sex="M"), good(1, sex="X"), good(2)]
    assert bring(january) == (2, 2, 0, 0, 0)
    assert bring([*january, good(3)]) == (1, 0, 4, 2, 0)  # their like is there, which clears nothing
    assert bring([good(1), good(2), good(3), good(4)], "clean.csv") == (1, 0, 3, 0, 2)
    assert bring([*january, good(5)]) == (1, 2, 2, 0, 0)
    assert left_out(workspace, loans) == LeftOut(set_aside=2)
    alike = [good(9)] * 3  # equal rows are counted by their number
    assert bring(alike, "alike.csv") == (1, 2, 0, 0, 0)
    assert bring([*alike, good(9), good(10)], "alike.csv") == (1, 1, 3, 2, 0)
    assert left_out(workspace, loans) == LeftOut(set_aside=5)


@pytest.mark.slow
def test_discarded_rows_stay_discarded_and_a_correction_still_counts(
    workspace: Workspace, loans: System, bring: Bring
) -> None:
    bad = [good(1), good(2, when="soon")]
    bring(bad)
    discard(workspace, loans, RowSelection(), reason="a test", role="steward")
    assert bring([*bad, good(3)]) == (1, 0, 2, 0, 0)
    assert left_out(workspace, loans) == LeftOut(discarded=1)
    assert bring([good(1), good(2), good(3)]) == (1, 0, 2, 0, 1)
    assert left_out(workspace, loans) == LeftOut()


@pytest.mark.costly
def test_a_file_stays_red_until_its_rows_are_corrected_or_discarded(
    workspace: Workspace, loans: System, bring: Bring, tmp_path: Path
) -> None:
    rows = [*(good(number) for number in range(1, 21)), *(good(1, ref=f"b{n}", when="soon") for n in range(60))]
    for name, content in (("june.csv", rows), ("copy.csv", rows), ("more.csv", [*rows, good(21)])):
        (tmp_path / name).write_text("\n".join([HEADER, *content]) + "\n", encoding="utf-8")

    def run(*command: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["--workspace", str(workspace.home), *command, "--system", "loans"])
        return done.exit_code, done.stderr

    def again(name: str) -> tuple[int, str]:
        return run("import", str(tmp_path / name))

    assert again("june.csv")[0] == 2
    code, told = again("june.csv")
    assert code == 2
    assert "june.csv: already imported, nothing changed; 60 of its rows wait in the quarantine still." in told
    assert "Next: `boussole quarantine export FILE --system loans" in told
    assert "60 of its rows wait" in again("copy.csv")[1]
    assert [again("more.csv")[0] for _ in range(2)] == [2, 2]  # whose bad rows all stand in june.csv, too

    corrected = [good(1, ref=f"b{n}", when="2026-05-30") for n in range(40)]
    bring([*corrected, *(good(1, ref=f"b{n}", when="later") for n in range(40, 60))], "mended.csv")
    # An id alone clears nothing in a file of another name: the rows of june.csv that are bad there wait still.
    assert "; 20 of its rows wait" in again("june.csv")[1]
    export = tmp_path / "export.csv"
    assert run("quarantine", "export", str(export), "--reason", "a test")[0] == 0
    export.write_text(export.read_text(encoding="utf-8").replace("soon", "tomorrow"), encoding="utf-8")
    export.write_text(export.read_text(encoding="utf-8").replace(",later,", ",2026-05-30,"), encoding="utf-8")
    assert run("quarantine", "resubmit", str(export))[0] == 2
    assert "; 20 of its rows wait" in again("june.csv")[1]  # set aside anew, with what they now hold
    discard(workspace, loans, RowSelection(), reason="a test", role="steward")
    code, told = again("june.csv")
    assert code == 0
    assert "june.csv: already imported, nothing changed.\n" in told


LATE = f"{HEADER},repaid,read,met,adviser,seconds"


@pytest.mark.slow
def test_what_came_since_is_taken_over_and_an_empty_cell_takes_nothing_back(
    workspace: Workspace, loans: System, bring: Bring
) -> None:
    before, now = "SELECT outcome, stages, human, human_seconds FROM lake.loans.decisions", LATE
    bring([f"{good(1)},,true,,,"], header=now)
    assert rows_of(workspace, before) == [(None, 1, None, None)]
    assert bring([f"{good(1)},true,,true,no,30"], header=now) == (0, 0, 1, 0, 0)
    assert rows_of(workspace, before) == [(1, 3, 0, 30.0)]
    assert bring([f"{good(1)},,,false,,"], "older.csv", header=now) == (0, 0, 1, 0, 0)
    assert rows_of(workspace, before) == [(1, 1, 0, 30.0)]
    assert bring([good(1), good(2)]) == (1, 0, 1, 0, 0)  # a file without these columns says nothing of them
    assert rows_of(workspace, f"{before} WHERE day = DATE '2026-05-01'") == [(1, 1, 0, 30.0)]
    assert contents(workspace) == rebuilt(workspace)


@pytest.mark.slow
def test_rows_that_another_file_holds_too_stay_when_their_run_is_deleted(
    workspace: Workspace, loans: System, bring: Bring
) -> None:
    def days() -> list[tuple[object, ...]]:
        return rows_of(workspace, "SELECT day(day) FROM lake.loans.decisions ORDER BY day")

    assert bring([good(1), good(2), good(4)], origin="mlflow:one/part") == (3, 0, 0, 0, 0)
    assert bring([good(2), good(3), good(4, sex="M")], origin="mlflow:two/part") == (1, 1, 1, 0, 0)
    exclude(workspace, loans, "mlflow:one", reason="deleted")
    assert days() == [(2,), (3,)]  # the fourth was set aside: somebody has to look at it
    assert left_out(workspace, loans) == LeftOut(set_aside=1)
    include(workspace, loans, "mlflow:one", reason="restored")
    assert days() == [(1,), (2,), (3,), (4,)]
    exclude(workspace, loans, "mlflow:two", reason="deleted")
    assert days() == [(1,), (2,), (4,)]
    assert left_out(workspace, loans) == LeftOut()  # what its run brought is out with it
    assert contents(workspace) == rebuilt(workspace)


JANUARY = Window(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
FEBRUARY = Window(dt.date(2026, 2, 1), dt.date(2026, 2, 28))
YEAR = Window(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
EVERYTHING = {"reason": "test rows of the provider", "role": "steward"}


@pytest.fixture
def filled(loans: System, bring: Bring) -> System:
    """Two files: January has a bad decision, a bad date and a date in the future; February a bad decision."""
    january = ("2026-01-05,yes", "2026-01-06,perhaps", "soon,no", "2199-01-01,no", "2026-01-20,no")
    for name, said in (("january", january), ("february", ("2026-02-05,yes", "2026-02-06,perhaps"))):
        rows = [each.split(",") for each in said]
        bring([good(1, ref=f"{name}{i}", when=when, granted=yes) for i, (when, yes) in enumerate(rows)], f"{name}.csv")
    return loans


class LeftOut(NamedTuple):
    set_aside: int = 0
    discarded: int = 0


def counted(connection: duckdb.DuckDBPyConnection, system: System, window: Window = YEAR) -> LeftOut:
    found = left_out_of(read_left_out(connection, system, window), counted=0)
    assert found is not None
    return LeftOut(found.set_aside, found.discarded)


def left_out(workspace: Workspace, system: System, window: Window = YEAR) -> LeftOut:
    with reading(workspace) as connection:
        return counted(connection, system, window)


@pytest.mark.costly
def test_discarded_rows_wait_no_longer_and_stay_told(workspace: Workspace, filled: System, tmp_path: Path) -> None:
    with reading(workspace) as connection:
        before = snapshot(connection)
    made = discard(workspace, filled, RowSelection(column="granted", origin="january.csv"), **EVERYTHING)
    assert (made.rows, made.chosen, made.role) == (1, "column 'granted', file 'january.csv'", "steward")
    assert left_out(workspace, filled, JANUARY) == LeftOut(set_aside=2, discarded=1)
    assert left_out(workspace, filled, FEBRUARY) == LeftOut(set_aside=1)
    assert [(item.column, item.origin) for item in list_rows(workspace, filled)] == [
        ("when", "january.csv"),
        ("when", "january.csv"),
        ("granted", "february.csv"),
    ]
    assert export(workspace, filled, tmp_path / "out.csv") == 3
    assert discards(workspace) == [made]
    with reading(workspace) as connection:
        state = state_of(connection, before)
    with reading(workspace, at=state) as connection:  # an audit that is counted again sees what there was
        assert counted(connection, filled) == LeftOut(set_aside=4)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("chosen", "rows"),
    [
        (RowSelection(because="neither a `selected` nor a `not_selected` value"), 2),
        (RowSelection(origin="january.csv", rows=[2, 3]), 2),
        (RowSelection(column="when", origin="january.csv", rows=[4]), 1),
    ],
)
def test_rows_are_chosen_by_column_reason_source_and_number(
    workspace: Workspace, filled: System, chosen: RowSelection, rows: int
) -> None:
    assert discard(workspace, filled, chosen, **EVERYTHING).rows == rows
    assert left_out(workspace, filled) == LeftOut(set_aside=4 - rows, discarded=rows)


@pytest.mark.costly
def test_what_is_not_there_or_not_explained_is_not_discarded(workspace: Workspace, filled: System) -> None:
    with pytest.raises(SourceError, match="a reason and a role"):
        discard(workspace, filled, RowSelection(), reason=" ", role="steward")
    with pytest.raises(SourceError, match="column 'sex'"):
        discard(workspace, filled, RowSelection(column="sex"), **EVERYTHING)
    assert (left_out(workspace, filled), discards(workspace)) == (LeftOut(set_aside=4), [])


@pytest.mark.costly
def test_the_command_seals_what_was_discarded(workspace: Workspace, filled: System) -> None:
    place = ["--workspace", str(workspace.home), "quarantine", "discard", "--system", "loans"]
    said = ["--reason", "rows of a test", "--role", "steward"]
    run = CliRunner().invoke
    for wrong in ([], ["--row", "2"], ["--all", "--column", "when"]):
        done = run(app, [*place, *said, *wrong])
        assert (done.exit_code != 0, discards(workspace)) == (True, [])
    done = run(app, [*place, *said, "--file", "january.csv", "--row", "3", "--row", "4"])
    assert (done.exit_code, "2 row(s) discarded" in done.stderr) == (0, True), (done.stderr, done.exception)
    with open_records(workspace).connect() as connection:
        (payload,) = [dict(entry.payload) for entry in ledger.entries(connection) if entry.kind == "discard"]
    (made,) = discards(workspace)
    assert (made.chosen, made.reason, made.role) == ("file 'january.csv', row 3, 4", "rows of a test", "steward")
    note = (
        f'{{"at":"{made.at.isoformat()}","chosen":"file \'january.csv\', row 3, 4","log":"decisions",'
        '"reason":"rows of a test","role":"steward","rows":2,"system":"loans"}'
    )
    assert payload == {
        "system": "loans",
        "log": "decisions",
        "rows": 2,
        "at": made.at.isoformat(),
        "note": hashlib.sha256(note.encode()).hexdigest(),
    }
    assert seal_discards(workspace) == 0


@pytest.mark.costly
def test_a_lake_that_cannot_be_read_is_not_one_without_discards(
    workspace: Workspace, filled: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Workspace) -> None:
        raise LakeError("damaged")

    monkeypatch.setattr("boussole.audits.decisions.quarantine.reading", broken)
    with pytest.raises(LakeError):
        discards(workspace)


OFFERS = system_text(
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
def house(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "house", OFFERS)


@pytest.fixture
def offers(house: Workspace) -> System:
    return house.system("offers")


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


def pull(house: Workspace, offers: System, database: Path) -> IngestReport:
    return ingest(house, offers, f"duckdb:{database}?table=t", growing=True)


@pytest.mark.slow
def test_an_outcome_filled_in_later_is_taken_over_and_one_taken_back_too(
    house: Workspace, offers: System, database: Path
) -> None:
    pull(house, offers, database)
    for value, expected in (("true", 1), ("false", 0), ("NULL", None)):
        change(database, f"UPDATE t SET hired = {value} WHERE ref = 'd0'")
        report = pull(house, offers, database)
        assert (report.accepted, report.known, report.updated) == (0, 2, 1)
        assert rows_of(house, "SELECT outcome FROM lake.offers.decisions WHERE decision = 1") == [(expected,)]
        counted = rows_of(
            workspace, """SELECT outcome, sum(n) FROM lake.offers.cells WHERE "by" = '' GROUP BY 1 ORDER BY 1"""
        )
        assert counted == ([(expected, 1), (None, 1)] if expected is not None else [(None, 2)])
    assert pull(house, offers, database).already


@pytest.mark.slow
def test_a_decision_that_was_rewritten_is_set_aside_once(house: Workspace, offers: System, database: Path) -> None:
    pull(house, offers, database)
    change(database, "UPDATE t SET contacted = true WHERE ref = 'd1'")
    report = pull(house, offers, database)
    assert [(r.column, r.reason) for r in report.rejections] == [
        ("contacted", "differs from what is already in the log, which stays as it was")
    ]
    change(database, "INSERT INTO t VALUES ('d2', '2026-01-07', true, NULL, 'F', 'p2', 'baker')")
    report = pull(house, offers, database)
    assert (report.accepted, report.known, report.quarantined) == (1, 2, 0)
    change(database, "UPDATE t SET hired = true WHERE ref = 'd1'")  # what it says later is not taken over either
    assert pull(house, offers, database).updated == 0
    change(database, "UPDATE t SET hired = false WHERE ref = 'd2'")
    assert pull(house, offers, database).updated == 1
    assert rows_of(house, "SELECT outcome FROM lake.offers.decisions ORDER BY day") == [(None,), (None,), (0,)]
    assert rows_of(house, "SELECT sum(decision) FROM lake.offers.decisions") == [(2,)]


BAD = (
    "ref,day,contacted,hired,gender,who,job,note\n"
    + "c0,2026-02-01,true,,F,q0,baker,x\nc1,2026-02-30,true,,F,q1,baker,x\nc2,2026-02-02,perhaps,,M,Ada L,baker,x\n"
)


@pytest.mark.costly
def test_rows_set_aside_are_listed_exported_corrected_and_brought_in(
    house: Workspace, offers: System, tmp_path: Path
) -> None:
    (tmp_path / "bad.csv").write_text(BAD)
    ingest(house, offers, tmp_path / "bad.csv")
    listed = [(item.rows, item.column, item.origin, item.first_row) for item in list_rows(house, offers)]
    assert listed == [(1, "day", "bad.csv", 2), (1, "contacted", "bad.csv", 3)]
    out = tmp_path / "out.csv"
    out.touch(mode=0o644)
    assert export(house, offers, out) == 2
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert [(row["_row"], row["ref"], row["who"], row["contacted"]) for row in rows] == [
        ("2", "c1", "q1", "true"),
        ("3", "c2", "Ada L", "perhaps"),
    ]
    rows[0]["day"] = "2026-02-28"
    write(out, rows)
    report = resubmit(house, offers, out)
    assert (report.accepted, report.quarantined, report.changes) == (1, 1, ())
    assert [(item.column, item.origin) for item in list_rows(house, offers)] == [("contacted", "quarantine:out.csv")]
    export(house, offers, out)
    write(out, [row | {"contacted": "false"} for row in csv.DictReader(out.open(encoding="utf-8"))])
    assert resubmit(house, offers, out).accepted == 1
    assert list_rows(house, offers) == []
    assert rows_of(house, """SELECT sum(n) FROM lake.offers.daily WHERE "by" = ''""") == [(3,)]
    with pytest.raises(SourceError, match="nothing of the log `decisions`"):
        export(house, offers, out)


def write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_what_was_set_aside_is_not_readable_in_the_lake(house: Workspace, offers: System, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(BAD)
    ingest(house, offers, tmp_path / "bad.csv")
    for path in (house.home / "lake").rglob("*"):
        assert not path.is_file() or b"Ada L" not in path.read_bytes(), path
    ((sealed,),) = rows_of(house, "SELECT content FROM lake.offers.quarantine WHERE row = 3")
    assert isinstance(sealed, bytes)
    assert b"Ada L" not in sealed
    (clear,) = text.unseal(house, [sealed])
    assert '"who":"Ada L"' in (clear or "")


@pytest.mark.slow
def test_a_source_that_changes_its_shape_is_told(house: Workspace, offers: System, tmp_path: Path) -> None:
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
        changes = ingest(house, offers, tmp_path / f"{name}.parquet").changes
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
    kept = rows_of(house, 'SELECT kind, "column" FROM lake.main.schema_changes ORDER BY batch, kind')
    assert ("changed_type", "extra") in kept
