"""Bringing files in: good rows accepted exactly once, bad rows set aside with the reason, and what identifies a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from boussole.audits.decisions import ingest, validate
from boussole.audits.decisions.correction import resubmit
from boussole.audits.decisions.ingesting import RefusedSourceError
from boussole.audits.decisions.quarantine import export, list_rows
from boussole.audits.declaration import declaration
from boussole.audits.errors import BoussoleError, SourceError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import exists, table
from boussole.audits.notebook import audit
from boussole.audits.systems import System
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
    def write(*rows: str, header: str = HEADER) -> Path:
        path = tmp_path / "log.csv"
        path.write_text(header + "".join(rows), encoding="utf-8")
        return path

    return write


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


def held(workspace: Workspace, system: System, columns: str, of: str = "decisions") -> list[tuple[object, ...]]:
    with reading(workspace) as connection:
        return connection.execute(f"SELECT {columns} FROM {table(system, of)} ORDER BY row").fetchall()


@pytest.mark.costly
def test_bad_rows_are_set_aside_and_good_ones_accepted(workspace: Workspace, loans: System, csv: Csv) -> None:
    report = ingest(workspace, loans, csv(GOOD, *(row for row, *_ in BAD_ROWS.values()), GOOD.replace("a1", "z9")))
    assert (report.accepted, report.quarantined) == (2, len(BAD_ROWS))
    assert held(workspace, loans, "row") == [(1,), (len(BAD_ROWS) + 2,)]
    kept = held(workspace, loans, 'row, "column", reason', "quarantine")
    for (row, column, reason), number, (_, bad, because) in zip(kept, count(2), BAD_ROWS.values(), strict=False):
        assert (row, column, because in reason) == (number, bad, True), reason
    assert {(each.column, each.reason) for each in report.rejections} == {each[1:] for each in kept}


@pytest.mark.costly
def test_values_are_read_into_their_roles(workspace: Workspace, loans: System, csv: Csv) -> None:
    ingest(workspace, loans, csv(GOOD, "a2,2026-03-01T23:30:00Z,no,,,p1,nan,50,\n"))
    columns = "day, decided_at, decision, outcome, score, g_gender, g_age, f_income, weight"
    assert held(workspace, loans, columns) == [
        (dt.date(2026, 3, 1), dt.datetime(2026, 3, 1), 1, 1, 0.5, "F", "25-49", 1000.0, 1),  # noqa: DTZ001
        # 23:30 UTC is half past midnight of the next day in Paris
        (dt.date(2026, 3, 2), dt.datetime(2026, 3, 2, 0, 30), 0, None, None, None, "50+", None, 1),  # noqa: DTZ001
    ]


def test_a_column_whose_name_is_needed_for_row_numbers_is_named(workspace: Workspace, loans: System, csv: Csv) -> None:
    """It would be taken for the number of the row."""
    system = loans.model_copy(update={"features": [Feature(column="Row")]})
    with pytest.raises(SourceError, match="named 'Row', a name that Boussole needs"):
        ingest(workspace, system, csv(GOOD, header=HEADER.replace("income", "Row")))


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


def test_validate_writes_nothing(workspace: Workspace, loans: System, csv: Csv) -> None:
    report = validate(workspace, loans, csv(GOOD, BAD_ROWS["no date"][0]))
    assert (report.accepted, report.quarantined) == (1, 1)
    assert not workspace.catalogue.exists()


@pytest.mark.costly
def test_weights_must_be_whole_numbers(tmp_path: Path, csv: Csv) -> None:
    text = SYSTEM.replace("  person: who\n", "  weight: n\n").replace("[ref, who]", "[ref]")
    workspace = written_workspace(tmp_path / "weighted", text)
    system = workspace.system("loans")
    rows = (f"a{i},2026-03-01,yes,0.5,,{n},F,30,1\n" for i, n in enumerate(["3", "0", "2.5", "-1", "NaN", "x", ""]))
    report = ingest(workspace, system, csv(*rows, header=HEADER.replace("who", "n")))
    assert (report.accepted, report.quarantined) == (2, 5)
    assert {rejection.column for rejection in report.rejections} == {"n"}
    with reading(workspace) as connection:
        total = connection.execute(f"""SELECT sum(n) FROM {table(system, "daily")} WHERE "by" = ''""").fetchone()
    assert total == (3,)


RANGES = """
columns:
  id: ref
  decided_at: when
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
groups: {age: {column: age, bands: [25, 50], range: [16, 99]}}
features: [{column: income, range: [0, 1000000.5]}, distance]
"""


def ranged(workspace: Workspace, text: str = RANGES) -> System:
    (workspace.home / "systems" / "loans.yaml").write_text(system_text("loans", text), encoding="utf-8")
    return workspace.system("loans")


def test_numbers_outside_are_set_aside_and_those_on_the_edge_are_not(workspace: Workspace, csv: Csv) -> None:
    said = ["yes,16,0,-5", "yes,99,1000000.5,1e9", "no,-5,10,1", "no,1000000000,10,1", "no,99.5,10,1"]
    said += ["no,,-0.01,1", "no,nan,inf,1", "no,30,,1"]
    rows = [f"a{i},2026-05-01,{each}\n" for i, each in enumerate(said, 1)]
    system = ranged(workspace)
    report = ingest(workspace, system, csv(*rows, header="ref,when,granted,age,income,distance\n"))
    assert (report.accepted, report.quarantined) == (4, 4)
    assert [(item.column, item.reason, item.rows, item.first_row) for item in list_rows(workspace, system)] == [
        ("age", "outside the range [16, 99] that the system file gives", 3, 3),
        ("income", "outside the range [0, 1000000.5] that the system file gives", 1, 6),
    ]
    # what is not finite is missing, as it is without a range
    expected = [("a1", "<25", 0.0), ("a2", "50+", 1000000.5), ("a7", None, None), ("a8", "25-49", None)]
    assert held(workspace, system, "id, g_age, f_income") == expected


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("range: [16, 99]", "range: [99, 16]", "low < high"),
        ("range: [16, 99]", "range: [16, 16]", "low < high"),
        ("bands: [25, 50], ", "", "needs `bands`"),
        ("range: [0, 1000000.5]", "range: [0]", "range"),
    ],
)
def test_a_range_that_says_nothing_is_refused(workspace: Workspace, before: str, after: str, said: str) -> None:
    with pytest.raises(BoussoleError, match=said):
        ranged(workspace, RANGES.replace(before, after))


def test_a_declaration_keeps_the_ranges(workspace: Workspace, tmp_path: Path) -> None:
    bare = RANGES.replace(", range: [16, 99]", "").replace("{column: income, range: [0, 1000000.5]}", "income")
    kept = declaration(ranged(workspace, bare))
    assert (kept["features"], kept["groups"]["age"]["range"]) == (["income", "distance"], None)
    kept = declaration(ranged(Workspace.create(tmp_path / "other")))
    assert kept["features"] == [{"column": "income", "range": [0.0, 1000000.5]}, "distance"]
    assert System.model_validate(kept | {"provider": None}).groups["age"].range == (16.0, 99.0)


IDENTIFIED = """
columns:
  id: ID
  period: 2026-03-01
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
  outcome: {column: repaid, positive: [true], observed_for: all, absent: missing}
groups:
  gender: {column: sex, reference: M}
windows: {audit: all}
privacy: {pseudonymise: PRIVATE}
"""

Make = Callable[..., Workspace]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Makes a workspace with the system `loans`, of which the id is given as it stands in its file."""
    return lambda key, *, private="[]": written_workspace(
        tmp_path / "w", system_text("loans", IDENTIFIED.replace("ID", key).replace("PRIVATE", private))
    )


def offers(number: int = 60, *, each: int = 4) -> pd.DataFrame:
    """Applications to offers: no column of theirs is unique, offer and person together are."""
    rows = [(offer, person) for offer in range(number) for person in range(each)]
    return pd.DataFrame(
        {
            "offer": [offer for offer, _ in rows],
            "person": [f"p{person}" for _, person in rows],
            "granted": [("yes", "no")[(offer + person) % 2] for offer, person in rows],
            "sex": [("F", "M")[person % 2] for _, person in rows],
        }
    )


def saved(frame: pd.DataFrame, folder: Path, name: str = "log.csv") -> Path:
    path = folder / name
    frame.to_csv(path, index=False)
    return path


def bring(workspace: Workspace, source: Path, log: Any = "decisions") -> Any:
    return ingest(workspace, workspace.system("loans"), source, log=log)


def stored(workspace: Workspace, columns: str = "id") -> list[Any]:
    with reading(workspace) as connection:
        sql = f"SELECT {columns} FROM {table(workspace.system('loans'), 'decisions')} ORDER BY ALL"
        return [row[0] if len(row) == 1 else row for row in connection.execute(sql).fetchall()]


@pytest.mark.costly
def test_an_id_that_does_not_identify_refuses_the_file_whole(make: Make, tmp_path: Path) -> None:
    workspace, path = make("offer"), saved(offers(), tmp_path)
    said = r"`id: offer` has only 60 different values in 240 rows: it does not identify a decision\. Name .*row_number"
    for attempt in (bring, lambda w, p: validate(w, w.system("loans"), p)):
        with pytest.raises(SourceError, match=said):
            attempt(workspace, path)
    with pytest.raises(SourceError, match=said):  # also alone, as a dry run or a notebook does it
        audit(workspace.system("loans"), path)
    with reading(workspace) as connection:  # nothing of it was written
        assert not exists(connection, workspace.system("loans"))


@pytest.mark.parametrize(
    ("rows", "repeated", "refused"),
    [(40, 3, False), (40, 4, True), (800, 8, False), (800, 9, True)],
)
def test_a_few_repeated_ids_are_set_aside_and_more_than_one_row_in_a_hundred_are_not(
    rows: int, repeated: int, refused: bool, make: Make, tmp_path: Path
) -> None:
    frame = offers(rows, each=1)
    frame.loc[frame.index[-repeated:], "offer"] = 0
    frame["granted"] = ["yes"] + ["no"] * (rows - 1)  # each says something else than the first of its id
    workspace, path = make("offer"), saved(frame[["offer", "granted", "sex"]], tmp_path)
    if refused:
        with pytest.raises(SourceError, match="does not identify a decision"):
            bring(workspace, path)
        return
    report = bring(workspace, path)
    assert (report.accepted, report.quarantined) == (rows - repeated, repeated)
    assert report.rejections[0].sentence().startswith("column 'offer': the id appears earlier in the file (")


@pytest.mark.costly
def test_columns_together_identify_a_decision(make: Make, tmp_path: Path) -> None:
    workspace, path = make("[offer, person]", private="[person]"), saved(offers(), tmp_path)
    assert bring(workspace, path).accepted == 240
    assert bring(workspace, path).already
    found = stored(workspace)
    assert len(set(found)) == 240
    assert '["0","p1"]' not in found
    again = bring(workspace, saved(offers(61), tmp_path, "longer.csv"))
    assert again.accepted == 4  # what the log holds already does not count a second time
    told = pd.DataFrame({"offer": [0, 3, 99], "person": ["p1", "p2", "p0"], "repaid": [True, True, True]})
    report = bring(workspace, saved(told, tmp_path, "late.csv"), "outcomes")
    assert (report.updated, report.waiting) == (2, 1)
    assert sorted(stored(workspace, "outcome"), key=str).count(1) == 2


@pytest.mark.costly
def test_parts_of_an_id_are_not_run_together(make: Make, tmp_path: Path) -> None:
    keys = [("a", "b|c"), ("a|b", "c"), ('a","b', "c"), ("a", 'b","c')]
    frame = pd.DataFrame({"offer": [k[0] for k in keys], "person": [k[1] for k in keys], "granted": "yes", "sex": "F"})
    workspace = make("[offer, person]")
    assert bring(workspace, saved(frame, tmp_path)).accepted == 4
    assert len(set(stored(workspace))) == 4
    frame.loc[3, "person"] = None
    missing = validate(workspace, workspace.system("loans"), saved(frame, tmp_path))
    assert [r.sentence() for r in missing.rejections] == ["column 'person': the id is missing (row 4)"]


@pytest.mark.costly
def test_rows_known_by_their_number_are_not_corrected_by_another_file(make: Make, tmp_path: Path) -> None:
    workspace = make("{row_number: true}")
    bring(workspace, saved(offers(), tmp_path))
    with pytest.raises(SourceError, match="all of them would count twice"):
        bring(workspace, saved(offers(61), tmp_path))
    assert len(stored(workspace)) == 240
    with pytest.raises(SourceError, match="nothing that comes later can say which of them it speaks of"):
        bring(workspace, saved(pd.DataFrame({"repaid": [True]}), tmp_path, "late.csv"), "outcomes")


@pytest.mark.costly
def test_a_row_is_known_by_its_file_and_its_number(make: Make, tmp_path: Path) -> None:
    workspace, path = make("{row_number: true}"), saved(offers(5, each=40)[["granted", "sex"]], tmp_path)
    assert bring(workspace, path).accepted == 200
    assert bring(workspace, path).already
    other = path.rename(tmp_path / "renamed.csv")
    assert bring(workspace, other).already
    file = workspace.home / "systems" / f"{next(iter(workspace.systems))}.yaml"
    file.write_text(f"{file.read_text(encoding='utf-8')}timezone: UTC\n", encoding="utf-8")
    read_anew = bring(Workspace(workspace.home), other)  # in another time zone: the same rows
    assert (read_anew.already, read_anew.accepted, read_anew.known) == (False, 0, 200)
    assert len(set(stored(workspace))) == 200
    more = saved(offers(1, each=9), tmp_path, "april.csv")
    assert bring(workspace, more).accepted == 9


@pytest.mark.parametrize("key", [[], ["a"], ["a", "a"], ["a", ""], {"row_number": False}, 5, "", {"rows": True}])
def test_what_is_no_id_is_told_in_one_sentence(key: Any) -> None:
    from boussole.audits.systems.parts import Columns

    with pytest.raises(ValidationError) as caught:
        Columns.model_validate({"id": key, "period": "2026-01-01", "decision": {"column": "d", "selected": [1]}})
    (fault,) = caught.value.errors()
    assert "an id is one column, a list of 2 to 5 different columns" in fault["msg"]


def test_a_row_number_is_refused_where_it_cannot_do() -> None:
    import yaml

    more = "sources: [{duckdb: {path: log.duckdb, table: t}}]"
    text = system_text("loans", IDENTIFIED.replace("ID", "{row_number: true}").replace("PRIVATE", "[]") + more + "\n")
    with pytest.raises(ValidationError, match="a table is read again and again"):
        System.model_validate(yaml.safe_load(text))


@pytest.mark.costly
@pytest.mark.parametrize(
    ("change", "told"),
    [(lambda line: [line, line], "stand in the file twice"), (lambda line: ["99" + line[1:]], "were never set aside")],
)
def test_a_correction_of_rows_without_an_id_counts_each_once(
    make: Make, tmp_path: Path, change: Callable[[str], list[str]], told: str
) -> None:
    workspace = make("{row_number: true}")
    frame = offers(4)
    frame.loc[0, "granted"] = "perhaps"
    bring(workspace, saved(frame.assign(repaid=True), tmp_path))
    out = tmp_path / "out.csv"
    export(workspace, workspace.system("loans"), out)
    head, line = out.read_text(encoding="utf-8").replace("perhaps", "yes").splitlines()
    out.write_text("\n".join([head, *change(line)]) + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match=told):
        resubmit(workspace, workspace.system("loans"), out)
    out.write_text(f"{head}\n{line}\n", encoding="utf-8")
    assert resubmit(workspace, workspace.system("loans"), out).accepted == 1


@pytest.mark.costly
@pytest.mark.attack(
    "spreadsheets", "a row set aside holds cells that a spreadsheet would run; it is exported, then corrected"
)
def test_no_exported_cell_is_run_and_ids_that_look_like_formulas_come_back_as_they_were(
    make: Make, tmp_path: Path
) -> None:
    workspace = make("ID")
    ids = ["-A1", "'-A2", "+33", "＝1", "@x", "plain"]
    rows = pd.DataFrame({"ID": ids, "granted": ["?"] * 6, "sex": ["F", "M"] * 3, "repaid": [True] * 6})
    rows.to_csv(tmp_path / "log.csv", index=False)
    more = rows.assign(ID=[f"n{n}" for n in range(6)], granted="yes")
    pd.concat([rows, *[more.assign(ID=more["ID"] + str(k)) for k in range(100)]]).to_csv(
        tmp_path / "log.csv", index=False
    )
    system = workspace.system("loans")
    assert ingest(workspace, system, tmp_path / "log.csv").quarantined == 6
    out = tmp_path / "aside.csv"
    assert export(workspace, system, out) == 6
    written = pd.read_csv(out, dtype=str)
    assert list(written["ID"]) == ["'-A1", "''-A2", "'+33", "'＝1", "'@x", "plain"]
    written.assign(granted="no").to_csv(out, index=False)
    assert resubmit(workspace, system, out).accepted == 6
    with reading(workspace) as connection:
        held = connection.execute(f"SELECT id FROM {table(system, 'decisions')} WHERE id NOT LIKE 'n%'").fetchall()
    assert sorted(each for (each,) in held) == sorted(ids)
