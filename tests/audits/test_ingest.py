"""Bringing files in: good rows accepted, bad rows set aside with row, column and reason, exactly once."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from boussole.audits.decisions import ingest, validate
from boussole.audits.decisions.ingesting import RefusedSourceError
from boussole.audits.errors import SourceError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import table
from boussole.audits.privacy import keys
from boussole.audits.systems import System, load_system
from boussole.audits.systems.parts import Feature
from boussole.audits.workspace import Workspace
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "loans",
    """
timezone: Europe/Paris
columns:
  id: ref
  decided_at: when
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
  score: {column: score, range: [0, 1]}
  outcome: {column: repaid, positive: [true], observed_for: all, absent: missing}
  person: who
groups:
  gender: {column: sex, reference: M}
  age: {column: age, bands: [25, 50]}
features: [income]
windows: {audit: all}
privacy: {pseudonymise: [ref, who]}
""",
)
HEADER = "ref,when,granted,score,repaid,who,sex,age,income\n"
GOOD = "a1,2026-03-01,yes,0.5,true,p1,F,30,1000\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", SYSTEM)


@pytest.fixture
def loans(workspace: Workspace) -> System:
    return workspace.system("loans")


Csv = Callable[..., Path]


@pytest.fixture
def csv(tmp_path: Path) -> Csv:
    def write(*rows: str, header: str = HEADER, name: str = "log.csv") -> Path:
        path = tmp_path / name
        path.write_text(header + "".join(rows), encoding="utf-8")
        return path

    return write


def rows(workspace: Workspace, system: System, sql: str) -> list[tuple[object, ...]]:
    with reading(workspace) as connection:
        return connection.execute(sql.format(decisions=table(system, "decisions"))).fetchall()


BAD_ROWS = {
    "unknown decision": ("a2,2026-03-01,maybe,0.5,,p2,F,30,1\n", "granted", "neither a `selected`"),
    "missing decision": ("a2,2026-03-01,,0.5,,p2,F,30,1\n", "granted", "the decision is missing"),
    "duplicate id": (GOOD.replace("2026-03-01", "2026-03-02"), "ref", "appears earlier in the file"),
    "missing id": (",2026-03-01,yes,0.5,,p2,F,30,1\n", "ref", "the id is missing"),
    "no date": ("a2,tomorrow,yes,0.5,,p2,F,30,1\n", "when", "not a date"),
    "date in the future": ("a2,2199-01-01,yes,0.5,,p2,F,30,1\n", "when", "in the future"),
    "date before 1990": ("a2,0026-03-01,yes,0.5,,p2,F,30,1\n", "when", "before 1990"),
    "score out of range": ("a2,2026-03-01,yes,1.5,,p2,F,30,1\n", "score", "outside [0, 1]"),
    "NaN score": ("a2,2026-03-01,yes,NaN,,p2,F,30,1\n", "score", "NaN"),
    "text for a number": ("a2,2026-03-01,yes,high,,p2,F,30,1\n", "score", "not a number"),
    "formula": ("a2,2026-03-01,yes,0.5,,p2,=HYPERLINK(1),30,1\n", "sex", "formula"),
    "too few columns": ("a2,2026-03-01,yes\n", "score", "cannot be read"),
    "age is text": ("a2,2026-03-01,yes,0.5,,p2,F,old,1\n", "age", "not a number"),
}


@pytest.mark.costly
@pytest.mark.parametrize("name", BAD_ROWS)
def test_bad_rows_are_set_aside_and_good_ones_accepted(
    workspace: Workspace, loans: System, csv: Csv, name: str
) -> None:
    row, column, reason = BAD_ROWS[name]
    last = "z9,2026-03-03,no,0.1,false,p9,M,60,5\n"
    report = ingest(workspace, loans, csv(GOOD, row, last))
    assert (report.accepted, report.quarantined) == (2, 1)
    (rejection,) = report.rejections
    assert (rejection.column, rejection.first_row, rejection.rows) == (column, 2, 1)
    assert reason in rejection.reason
    with reading(workspace) as connection:
        kept = connection.execute(f'SELECT row, "column", reason FROM {table(loans, "quarantine")}').fetchall()
        numbers = connection.execute(f"SELECT row FROM {table(loans, 'decisions')} ORDER BY row").fetchall()
    assert kept == [(2, rejection.column, rejection.reason)]
    assert numbers == [(1,), (3,)]


@pytest.mark.costly
def test_strict_refuses_the_whole_file_and_writes_nothing(workspace: Workspace, loans: System, csv: Csv) -> None:
    path = csv(GOOD, BAD_ROWS["unknown decision"][0])
    with pytest.raises(RefusedSourceError, match=r"refused because of --strict: column 'granted'.*row 2"):
        ingest(workspace, loans, path, strict=True)
    assert ingest(workspace, loans, path).accepted == 1


def test_a_file_without_a_good_row_is_refused(workspace: Workspace, loans: System, csv: Csv) -> None:
    with pytest.raises(RefusedSourceError, match="no row could be accepted"):
        ingest(workspace, loans, csv(BAD_ROWS["no date"][0]))


BAD_FILES: dict[str, tuple[str, bytes, str]] = {
    "0-byte Parquet": ("log.parquet", b"", r"empty \(0 bytes\)"),
    "not Parquet": ("log.parquet", b"hello, this is not Parquet at all", "cannot be read as parquet"),
    "unknown kind": ("log.docx", b"PK", "not a kind of file"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_are_refused_with_the_next_step(
    workspace: Workspace, loans: System, tmp_path: Path, name: str
) -> None:
    file, content, message = BAD_FILES[name]
    (tmp_path / file).write_bytes(content)
    with pytest.raises(SourceError, match=message) as caught:
        ingest(workspace, loans, tmp_path / file)
    assert caught.value.where
    assert caught.value.next_step


@pytest.mark.costly
def test_values_are_read_into_their_roles(workspace: Workspace, loans: System, csv: Csv) -> None:
    ingest(workspace, loans, csv(GOOD, "a2,2026-03-01T23:30:00Z,no,,,p1,nan,50,\n"))
    found = rows(
        workspace,
        loans,
        "SELECT day, decided_at, decision, outcome, score, g_gender, g_age, f_income, weight "
        "FROM {decisions} ORDER BY row",
    )
    assert found == [
        (dt.date(2026, 3, 1), dt.datetime(2026, 3, 1), 1, 1, 0.5, "F", "25-49", 1000.0, 1),  # noqa: DTZ001
        # 23:30 UTC is half past midnight of the next day in Paris
        (dt.date(2026, 3, 2), dt.datetime(2026, 3, 2, 0, 30), 0, None, None, None, "50+", None, 1),  # noqa: DTZ001
    ]


@pytest.mark.costly
def test_no_identifier_is_readable_in_the_lake(workspace: Workspace, loans: System, csv: Csv) -> None:
    """Nor any value in Parquet; the catalogue holds the lowest and highest value of each column in clear."""
    ingest(
        workspace, loans, csv(GOOD.replace(",F,", ",Zanzibar,"), GOOD.replace("a1", "Ref-77").replace("p1", "Ada-L"))
    )
    files = [path for path in (workspace.home / "lake").rglob("*") if path.is_file()]
    assert any(path.suffix == ".parquet" for path in files)
    for path in files:
        content = path.read_bytes()
        assert b"Ada-L" not in content, path
        assert b"Ref-77" not in content, path
        assert path.suffix != ".parquet" or b"Zanzibar" not in content, path


@pytest.mark.slow
def test_parquet_json_lines_and_duckdb_give_the_same_rows(workspace: Workspace, loans: System, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "ref": ["a", "b"],
            "when": pd.to_datetime(["2026-03-01 10:00", "2026-03-02 11:00"]),
            "granted": ["yes", "no"],
            "score": [0.25, float("nan")],
            "repaid": [True, None],
            "who": ["p", "q"],
            "sex": ["F", None],
            "age": [24, 51],
            "income": [1.5, float("nan")],
        }
    )
    frame["score"] = [0.25, None]
    frame.to_parquet(tmp_path / "log.parquet")
    frame.assign(when=frame["when"].dt.strftime("%Y-%m-%dT%H:%M:%S")).to_json(
        tmp_path / "log.jsonl", orient="records", lines=True
    )
    with duckdb.connect(str(tmp_path / "log.duckdb")) as connection:
        connection.execute("CREATE TABLE log AS FROM frame")
    keys.ensure(workspace.keys, "pseudonym")
    keys.ensure(workspace.keys, "bucket")
    tables = []
    for i, source in enumerate(("log.parquet", "log.jsonl", f"duckdb:{tmp_path}/log.duckdb?table=log")):
        home = Workspace.create(tmp_path / f"w{i}")
        shutil.copy(workspace.home / "systems" / "loans.yaml", home.home / "systems")
        shutil.copytree(tmp_path / "w" / "keys", home.home / "keys", dirs_exist_ok=True)
        report = ingest(home, loans, source if source.startswith("duckdb:") else tmp_path / source)
        assert (report.accepted, report.quarantined) == (2, 0), report
        tables.append(rows(home, loans, "SELECT * EXCLUDE (batch) FROM {decisions} ORDER BY row"))
    assert tables[0] == tables[1] == tables[2]


@pytest.mark.slow
def test_a_duckdb_table_is_imported_once_by_content(
    workspace: Workspace, loans: System, csv: Csv, tmp_path: Path
) -> None:
    path = csv(GOOD)
    for name in ("one", "two"):
        with duckdb.connect(str(tmp_path / f"{name}.duckdb")) as connection:
            connection.execute("CREATE TABLE log AS FROM read_csv(?, all_varchar = true)", [str(path)])
    reports = [ingest(workspace, loans, f"duckdb:{tmp_path}/{name}.duckdb?table=log") for name in ("one", "two")]
    assert [report.already for report in reports] == [False, True]
    with pytest.raises(SourceError, match=r"no table 'logs'. Did you mean 'log'"):
        ingest(workspace, loans, f"duckdb:{tmp_path}/one.duckdb?table=logs")


def test_validate_writes_nothing(workspace: Workspace, loans: System, csv: Csv) -> None:
    report = validate(workspace, loans, csv(GOOD, BAD_ROWS["no date"][0]))
    assert (report.accepted, report.quarantined) == (1, 1)
    assert not workspace.catalogue.exists()


@pytest.mark.costly
def test_weights_must_be_whole_numbers(workspace: Workspace, tmp_path: Path) -> None:
    text = SYSTEM.replace("  person: who\n", "  weight: n\n").replace("[ref, who]", "[ref]")
    (workspace.home / "systems" / "loans.yaml").write_text(text, encoding="utf-8")
    system = load_system(workspace.home / "systems" / "loans.yaml")
    path = tmp_path / "log.csv"
    row = "{},2026-03-01,yes,0.5,,F,30,1,{}\n"
    path.write_text(
        "ref,when,granted,score,repaid,sex,age,income,n\n"
        + "".join(row.format(f"a{i}", n) for i, n in enumerate(["3", "0", "2.5", "-1", "NaN", "x", ""])),
        encoding="utf-8",
    )
    report = ingest(workspace, system, path)
    assert (report.accepted, report.quarantined) == (2, 5)
    assert {rejection.column for rejection in report.rejections} == {"n"}
    with reading(workspace) as connection:
        total = connection.execute(f"""SELECT sum(n) FROM {table(system, "daily")} WHERE "by" = ''""").fetchone()
    assert total == (3,)


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl", "duckdb"])
def test_a_column_whose_name_is_needed_for_row_numbers_is_named(
    workspace: Workspace, loans: System, tmp_path: Path, kind: str
) -> None:
    """It would be taken for the number of the row, or for the fault that a row has."""
    system = loans.model_copy(update={"features": [Feature(column="Row")]})
    path = tmp_path / f"log.{kind}"
    frame = pd.DataFrame([GOOD.strip().split(",")], columns=HEADER.strip().replace("income", "Row").split(","))
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        with duckdb.connect(str(path)) as database:
            database.execute("CREATE TABLE log AS FROM frame")
    with pytest.raises(SourceError, match="named 'Row', a name that Boussole needs"):
        ingest(workspace, system, f"duckdb:{path}?table=log" if kind == "duckdb" else path)
