"""What identifies a decision: a column, several together, or its row; and what is refused as an id."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pydantic import ValidationError

from boussole.audits.decisions import ingest, validate
from boussole.audits.decisions.correction import resubmit
from boussole.audits.decisions.quarantine import export
from boussole.audits.errors import SourceError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import exists, table
from boussole.audits.notebook import audit
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.written import system_text, written_workspace

COLUMNS = """
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
        tmp_path / "w", system_text("loans", COLUMNS.replace("ID", key).replace("PRIVATE", private))
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


def csv(frame: pd.DataFrame, folder: Path, name: str = "log.csv") -> Path:
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
    workspace, path = make("offer"), csv(offers(), tmp_path)
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
    workspace, path = make("offer"), csv(frame[["offer", "granted", "sex"]], tmp_path)
    if refused:
        with pytest.raises(SourceError, match="does not identify a decision"):
            bring(workspace, path)
        return
    report = bring(workspace, path)
    assert (report.accepted, report.quarantined) == (rows - repeated, repeated)
    assert report.rejections[0].sentence().startswith("column 'offer': the id appears earlier in the file (")


@pytest.mark.costly
def test_columns_together_identify_a_decision(make: Make, tmp_path: Path) -> None:
    workspace, path = make("[offer, person]", private="[person]"), csv(offers(), tmp_path)
    assert bring(workspace, path).accepted == 240
    assert bring(workspace, path).already
    found = stored(workspace)
    assert len(set(found)) == 240
    assert '["0","p1"]' not in found
    again = bring(workspace, csv(offers(61), tmp_path, "longer.csv"))
    assert again.accepted == 4  # what the log holds already does not count a second time
    told = pd.DataFrame({"offer": [0, 3, 99], "person": ["p1", "p2", "p0"], "repaid": [True, True, True]})
    report = bring(workspace, csv(told, tmp_path, "late.csv"), "outcomes")
    assert (report.updated, report.waiting) == (2, 1)
    assert sorted(stored(workspace, "outcome"), key=str).count(1) == 2


@pytest.mark.costly
def test_parts_of_an_id_are_not_run_together(make: Make, tmp_path: Path) -> None:
    keys = [("a", "b|c"), ("a|b", "c"), ('a","b', "c"), ("a", 'b","c')]
    frame = pd.DataFrame({"offer": [k[0] for k in keys], "person": [k[1] for k in keys], "granted": "yes", "sex": "F"})
    workspace = make("[offer, person]")
    assert bring(workspace, csv(frame, tmp_path)).accepted == 4
    assert len(set(stored(workspace))) == 4
    frame.loc[3, "person"] = None
    missing = validate(workspace, workspace.system("loans"), csv(frame, tmp_path))
    assert [r.sentence() for r in missing.rejections] == ["column 'person': the id is missing (row 4)"]


@pytest.mark.costly
def test_rows_known_by_their_number_are_not_corrected_by_another_file(make: Make, tmp_path: Path) -> None:
    workspace = make("{row_number: true}")
    bring(workspace, csv(offers(), tmp_path))
    with pytest.raises(SourceError, match="all of them would count twice"):
        bring(workspace, csv(offers(61), tmp_path))
    assert len(stored(workspace)) == 240
    with pytest.raises(SourceError, match="nothing that comes later can say which of them it speaks of"):
        bring(workspace, csv(pd.DataFrame({"repaid": [True]}), tmp_path, "late.csv"), "outcomes")


@pytest.mark.costly
def test_a_row_is_known_by_its_file_and_its_number(make: Make, tmp_path: Path) -> None:
    workspace, path = make("{row_number: true}"), csv(offers(5, each=40)[["granted", "sex"]], tmp_path)
    assert bring(workspace, path).accepted == 200
    assert bring(workspace, path).already
    other = path.rename(tmp_path / "renamed.csv")
    assert bring(workspace, other).already
    file = workspace.home / "systems" / f"{next(iter(workspace.systems))}.yaml"
    file.write_text(f"{file.read_text(encoding='utf-8')}timezone: UTC\n", encoding="utf-8")
    read_anew = bring(Workspace(workspace.home), other)  # in another time zone: the same rows
    assert (read_anew.already, read_anew.accepted, read_anew.known) == (False, 0, 200)
    assert len(set(stored(workspace))) == 200
    more = csv(offers(1, each=9), tmp_path, "april.csv")
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
    text = system_text("loans", COLUMNS.replace("ID", "{row_number: true}").replace("PRIVATE", "[]") + more + "\n")
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
    bring(workspace, csv(frame.assign(repaid=True), tmp_path))
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
