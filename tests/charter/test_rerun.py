"""Stored audits computed again: the same, and each kind of tampering found and told."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.lake import reading, writing
from boussole.audits.retention.purge import purge
from boussole.audits.runs import code_hash
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.rerun import Rerun, chosen, rerun
from boussole.dashboard.cli.verifying import told
from tests import offers

TODAY = dt.date(2026, 12, 1)


@pytest.fixture
def workspace(audited_offers: Callable[..., Workspace], tmp_path: Path) -> Workspace:
    return audited_offers(tmp_path / "w", clustered=True)


def run(workspace: Workspace, *entries: int, today: dt.date = TODAY) -> list[Rerun]:
    return list(rerun(workspace, chosen(workspace, entries=entries or None), today=today))


def lines(found: Rerun) -> str:
    return "\n".join(told(found))


def sql(workspace: Workspace, statement: str, *values: object) -> None:
    with sqlite3.connect(workspace.governance) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute(statement, values)
    connection.close()


def change(workspace: Workspace, statement: str) -> None:
    """What somebody does who holds the keys of the lake, past Boussole."""
    with writing(workspace) as connection:
        connection.execute(statement)


def document(workspace: Workspace, entry: int) -> dict[str, object]:
    found: dict[str, object] = chosen(workspace, entries=[entry])[0].document().written()
    return found


@pytest.mark.slow
def test_all_is_the_same(workspace: Workspace) -> None:
    found = run(workspace)
    assert [(each.ok, each.problems, each.differences) for each in found] == [(True, (), ())] * 2
    assert all(each.measures > 100 and each.verdicts > 20 for each in found)
    assert all(each.recount and each.recount.then == () and each.recount.now == () for each in found)
    hidden = {measure["reason"] for measure in document(workspace, found[1].entry)["measures"]}  # type: ignore[index]
    assert "set_apart" in hidden


@pytest.mark.costly
def test_the_system_file_of_today_changes_nothing(workspace: Workspace) -> None:
    path = workspace.home / "systems" / "offers.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(", reference: M", ""), encoding="utf-8")
    assert all(each.ok for each in run(Workspace(workspace.home), 1))


def evidence_of(workspace: Workspace) -> Path:
    return workspace.evidence / f"{document(workspace, 1)['evidence']['cubes'][7:]}.parquet"  # type: ignore[index]


def _evidence(workspace: Workspace) -> None:
    path = evidence_of(workspace)
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def _declaration(workspace: Workspace) -> None:
    path = workspace.evidence / f"{document(workspace, 1)['evidence']['system'][7:]}.json"  # type: ignore[index]
    path.write_text(path.read_text().replace('"reference":"M"', '"reference":"F"'))


def _document(workspace: Workspace) -> None:
    stored = chosen(workspace, entries=[1])[0].text
    changed = json.loads(stored)
    changed["measures"][0]["value"] = 0.5
    sql(workspace, "UPDATE audits SET document = ? WHERE entry = 1", canonical_json(changed).decode())


def _verdict(workspace: Workspace) -> None:
    """Document, its hash and the ledger's entry rewritten together: only computing again shows it."""
    changed = json.loads(chosen(workspace, entries=[1])[0].text)
    verdict = next(each for each in changed["verdicts"] if each["verdict"] != "not_examined")
    verdict["verdict"] = "kept" if verdict["verdict"] != "kept" else "watch"
    text = canonical_json(changed).decode()
    changes = "UPDATE audits SET document = ?, document_sha256 = ? WHERE entry = 1"
    sql(workspace, changes, text, sha256_hex(text.encode()))
    with sqlite3.connect(workspace.governance) as connection:
        (payload,) = connection.execute("SELECT payload FROM entries WHERE position = 1").fetchone()
    connection.close()
    entry = {**json.loads(payload), "document": sha256_hex(text.encode())}
    sql(workspace, "UPDATE entries SET payload = ? WHERE position = 1", canonical_json(entry).decode())


@pytest.mark.costly
@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (_evidence, "the evidence file was changed"),
        (lambda workspace: evidence_of(workspace).unlink(), "the evidence file is missing"),
        (_declaration, "the declaration was changed"),
        (_document, "the stored document is not the one that was sealed"),
        (_document, "value is 0.5, computed again"),
        (_verdict, ": verdict is "),
        (
            lambda workspace: sql(workspace, "UPDATE charter_versions SET document = replace(document, '0.8', '0.7')"),
            "the stored text of the charter was changed (",
        ),
        (
            lambda workspace: sql(workspace, "UPDATE audits SET document = 'nothing' WHERE entry = 1"),
            "the stored document cannot be read",
        ),
    ],
)
def test_what_is_kept_was_changed(workspace: Workspace, tamper: Callable[[Workspace], None], says: str) -> None:
    tamper(workspace)
    found = run(workspace, 1)[0]
    assert not found.ok
    assert says in lines(found)


@pytest.mark.costly
def test_a_cube_in_the_lake_was_changed(workspace: Workspace) -> None:
    change(workspace, """UPDATE lake.offers.daily SET n = n + 1 WHERE "by" = 'gender' AND value1 = 'F'""")
    found = run(workspace, 1)[0]
    assert found.differences == ()  # the evidence is another file
    assert found.recount is not None
    assert found.recount.stale == ("counts",)
    assert not found.ok
    assert "Counts in the lake do not say what its decisions say: counts." in lines(found)


@pytest.mark.slow
def test_a_decision_was_deleted(workspace: Workspace) -> None:
    of_february = "SELECT min(id) FROM lake.offers.decisions WHERE day >= DATE '2026-02-01'"
    change(workspace, f"DELETE FROM lake.offers.decisions WHERE id = ({of_february})")
    found = [each for each in run(workspace) if not each.ok]
    assert [each.entry for each in found] == [2]
    assert found[0].recount is not None
    assert (found[0].recount.then, found[0].recount.unexplained) == ((), True)
    assert "The decisions were changed, and nothing that is noted can be why" in lines(found[0])


@pytest.mark.slow
def test_a_decision_was_turned_while_outcomes_came(workspace: Workspace) -> None:
    """Late outcomes explain other outcomes, not other decisions."""
    rows = offers.frame()
    late = rows[rows["hired"].isna()].iloc[:20]
    offers.bring(workspace, pd.DataFrame({"ref": late["ref"], "hired": [True] * 20}), "outcomes")
    honest = run(workspace, 1)[0]
    assert honest.ok
    assert honest.recount is not None
    assert honest.recount.since == ("1 file(s) of outcomes",)
    assert "since then came 1 file(s) of outcomes" in lines(honest)
    change(workspace, "UPDATE lake.offers.decisions SET decision = 1 - decision WHERE day < DATE '2026-01-03'")
    assert not run(workspace, 1)[0].ok


@pytest.mark.costly
def test_decisions_that_came_later_are_told_and_no_difference(workspace: Workspace) -> None:
    more = offers.frame(seed=8)[:30]
    offers.bring(workspace, more.assign(ref=[f"late{i}" for i in range(30)]))
    found = run(workspace, 1)[0]
    assert found.ok
    assert "1 file(s) of decisions" in lines(found)


@pytest.mark.slow
def test_after_a_purge_the_evidence_is_left(workspace: Workspace) -> None:
    purge(workspace, before=dt.date(2026, 2, 1), system_id="offers", today=TODAY)
    found = run(workspace)
    assert all(each.ok and not each.differences for each in found)
    assert found[0].recount is not None
    assert "those of 2026-01 were purged. This audit left out the rows of small groups" in lines(found[0])
    assert found[0].recount.refused


@pytest.mark.costly
def test_without_a_lake_the_evidence_is_left(workspace: Workspace) -> None:
    shutil.rmtree(workspace.lake)
    workspace.catalogue.unlink()
    found = run(workspace, 1)
    assert all(each.ok for each in found)
    assert "only the evidence is left" in lines(found[0])


@pytest.mark.costly
def test_a_legal_basis_that_ended_since_is_not_read_again(workspace: Workspace) -> None:
    found = run(workspace, 1, today=dt.date(2027, 7, 1))[0]
    assert found.ok
    assert found.recount is not None
    assert found.recount.ended == ("basis",)
    assert "The legal basis has ended of: basis" in lines(found)


@pytest.mark.costly
def test_another_code_is_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boussole.charter.auditing.rerun.code_hash", lambda: "0" * 64)
    assert code_hash() != "0" * 64
    found = run(workspace, 1)[0]
    assert found.code_changed
    assert "The code has changed since this audit" in lines(found)


def test_reading_an_earlier_state_changes_nothing(workspace: Workspace) -> None:
    change(workspace, "DELETE FROM lake.offers.decisions")
    with reading(workspace, at=document(workspace, 1)["snapshot"]) as connection:  # type: ignore[arg-type]
        assert connection.execute("SELECT count(*) FROM lake.offers.decisions").fetchone() == (1600,)
    with reading(workspace) as connection:
        assert connection.execute("SELECT count(*) FROM lake.offers.decisions").fetchone() == (0,)
