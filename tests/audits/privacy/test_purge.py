"""After a purge, no file holds a byte of what went; counts, evidence and everything younger stay as they were."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boussole.audits import ledger
from boussole.audits.cubes.update import rebuild as count_anew
from boussole.audits.decisions import ingest
from boussole.audits.decisions.overview import exclude, include
from boussole.audits.drift import stored
from boussole.audits.errors import BoussoleError, LakeError, PrivacyError
from boussole.audits.lake import reading, writing
from boussole.audits.lake.connection import snapshot
from boussole.audits.retention.purge import PurgeResult, purge
from boussole.audits.runs import measure_window
from boussole.audits.systems import System
from boussole.audits.systems.logs.texts import HeldTexts
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import reading as records
from boussole.charter.records.notes.noted import seal_removals
from boussole.dashboard.cli.main import app
from tests.audits.privacy.helpers import (
    AMOUNT,
    BEFORE,
    BYTES,
    CANARY,
    HEADERS,
    NEEDLES,
    age,
    cubes,
    fill,
    found_in_clear,
    found_when_opened,
    load,
    rows_of,
    system_text,
)
from tests.sparing import slow_case
from tests.written import written_workspace

pytestmark = pytest.mark.costly


def pseudonym_of(workspace: Workspace, text: str) -> bytes:
    key = (workspace.keys / "pseudonym.key").read_bytes()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32].encode()


@pytest.mark.slow
@pytest.mark.parametrize("private", [(), ("ref", "who")])
def test_no_file_holds_a_byte_of_what_went(tmp_path: Path, private: tuple[str, ...]) -> None:
    workspace = written_workspace(tmp_path / "w", system_text(private))
    fill(workspace, tmp_path)
    age(workspace, "old")
    pseudonyms = [pseudonym_of(workspace, text) for text in ("CANARY0", "CANARY9", "PCANARY0", "PCANARY9")]
    # The search finds: the catalogue holds lowest and highest values in clear, opened tables hold the rest.
    assert ("catalog.sqlite", CANARY) in found_in_clear(workspace, BYTES)
    needles = [*NEEDLES, *(pseudonyms if private else [])]
    assert {needle for _, needle in found_when_opened(workspace, needles)} == {*needles}
    days = Window(dt.date(2025, 10, 1), dt.date(2025, 10, 31)), Window(dt.date(2025, 9, 1), dt.date(2025, 9, 30))
    drift = stored.place_of(workspace, "loans", *days)
    stored.write(drift, html=f"a sample of rows: {AMOUNT}", document=f'{{"largest": {AMOUNT}}}')
    assert {oct(path.stat().st_mode & 0o777) for path in (drift.html, drift.json)} == {"0o600"}
    measure_window(workspace, workspace.system("loans"), start=dt.date(2025, 10, 1), end=dt.date(2025, 10, 31))
    purge(workspace, before=BEFORE)
    assert not drift.html.parent.exists()
    seal_removals(workspace)
    assert found_in_clear(workspace, [*BYTES, *pseudonyms]) == set()
    assert found_when_opened(workspace, [*NEEDLES, *pseudonyms]) == set()


def test_what_goes_and_what_stays(workspace: Workspace, loans: System) -> None:
    age(workspace, "old")
    held = "SELECT * EXCLUDE (batch) FROM lake.loans.decisions"
    kept = rows_of(workspace, f"{held} WHERE day >= '2025-11-01' ORDER BY ALL")
    before = cubes(workspace)
    profiles = rows_of(workspace, "SELECT month, sum(n) FROM lake.loans.strata GROUP BY month ORDER BY month")
    assert profiles[0][0] == dt.date(2025, 10, 1)
    measure_window(workspace, loans, start=dt.date(2025, 10, 1), end=dt.date(2025, 10, 31))
    evidence = {path.name: path.read_bytes() for path in workspace.unsealed.iterdir()}
    (found,) = purge(workspace, before=BEFORE)
    assert found == PurgeResult(
        system="loans",
        before=dt.date(2025, 11, 1),  # whole months only: the first of November stays
        rows={"decisions": 30, "outcomes": 2}
        | dict.fromkeys(("human_actions", "contacts", "generations", "usage", "quarantine"), 1),
        months=(dt.date(2025, 10, 1),),
        sources=("contacts.csv", "human.csv", "old.csv", "outcomes.csv", "texts.csv", "uses.csv"),
    )
    assert rows_of(workspace, f"{held} ORDER BY ALL") == kept
    after = cubes(workspace)
    gone: dict[str, list[tuple[object, ...]]] = {"strata": [], "scores": [], "histograms": []}
    assert after | gone == before | gone
    # Of counts by value the sums go: where a bin holds one decision, its sum is its value.
    october = dt.date(2025, 11, 1)
    bare = [(*row[:-1], None) if row[0] < october else row for row in before["histograms"]]  # type: ignore[operator]
    assert sorted(map(str, after["histograms"])) == sorted(map(str, bare))
    # Counts by profile and by score go with their rows: they would quote rare values.
    for name in ("strata", "scores"):
        held = f"SELECT month, sum(n) FROM lake.loans.{name} GROUP BY ALL ORDER BY ALL"
        assert {month for month, _ in rows_of(workspace, held)} == {month for month, _ in profiles[1:]}
    assert {path.name: path.read_bytes() for path in workspace.unsealed.iterdir()} == evidence
    assert rows_of(workspace, "SELECT month, decisions FROM lake.loans.sealed") == [(dt.date(2025, 10, 1), 30)]
    ids = [pseudonym_of(workspace, text).decode() for text in ("n1", "n2", "wait")]
    assert sorted(rows_of(workspace, "SELECT id FROM lake.loans.outcomes")) == sorted((item,) for item in ids)
    assert purge(workspace, before=BEFORE) == []


def test_sealed_months_are_neither_rebuilt_nor_filled_again(
    workspace: Workspace, loans: System, tmp_path: Path
) -> None:
    purge(workspace, before=BEFORE)
    before = cubes(workspace)
    with writing(workspace) as connection:
        count_anew(connection, loans)
    assert cubes(workspace) == before
    late, young = (f"x{n},202{n}-10-03,yes,0.5,P,o,t,F,n,1" for n in (5, 6))
    load(workspace, tmp_path, "decisions", "again", late, young)
    (reason,) = rows_of(workspace, "SELECT reason FROM lake.loans.quarantine ORDER BY batch DESC, row LIMIT 1")
    assert reason == ("its month is sealed: its rows were purged",)
    assert ingest(workspace, loans, tmp_path / "old.csv").already


def test_retention_comes_from_the_system_file(workspace: Workspace) -> None:
    path = workspace.home / "systems" / "loans.yaml"
    said = path.read_text(encoding="utf-8")
    path.write_text(said.replace(", retain_days: 365", ""), encoding="utf-8")
    with pytest.raises(PrivacyError, match="no system says how long"):
        purge(workspace)
    path.write_text(said, encoding="utf-8")
    workspace = Workspace(workspace.home)
    # 365 days before 2026-10-31 is 2025-10-31: October 2025 has not ended by then. A day later it has.
    (found,) = purge(workspace, today=dt.date(2026, 10, 31))
    assert found.rows == {"outcomes": 1}  # written in September, and its decision never came
    (found,) = purge(workspace, today=dt.date(2026, 11, 1))
    assert (found.before, found.rows["decisions"]) == (dt.date(2025, 11, 1), 30)


def test_the_ledger_holds_counts_and_dates_once(workspace: Workspace) -> None:
    (found,) = purge(workspace, before=BEFORE)
    assert [seal_removals(workspace), seal_removals(workspace)] == [1, 0]
    with records(workspace) as connection:
        assert connection is not None
        (entry,) = ledger.entries(connection)
    payload = dict(entry.payload)
    assert (entry.kind, len(str(payload.pop("id")))) == ("purge", 16)
    months = {"first_month": "2025-10-01", "last_month": "2025-10-01", "months": 1, "groups": 0}
    rows = {log: n for log, n in found.rows.items() if log != "quarantine"}
    assert payload == {"system": "loans", "before": "2025-11-01", **months, **rows}


def test_the_lake_goes_on_after_a_purge_wherever_it_lies(workspace: Workspace, tmp_path: Path) -> None:
    with reading(workspace) as connection:
        before = snapshot(connection)
    purge(workspace, before=BEFORE)
    moved = Workspace(workspace.home.rename(tmp_path / "moved"))
    with reading(moved) as connection:
        after = snapshot(connection)
    load(moved, tmp_path, "contacts", "more", "P9,2026-10-02,mail")
    with reading(moved) as connection:
        assert before < after < snapshot(connection)
    assert rows_of(moved, "SELECT count(*) FROM lake.loans.decisions") == [(41,)]
    assert not workspace.home.exists()


def test_a_reader_across_a_purge_is_told_so(workspace: Workspace) -> None:
    told = pytest.raises(LakeError, match=r"rewritten by a purge.*Run the command again")
    with told, reading(workspace) as connection:
        connection.execute("SELECT count(*) FROM lake.loans.decisions").fetchall()
        purge(workspace, before=BEFORE)
        connection.execute("SELECT max(id) FROM lake.loans.decisions").fetchall()


def test_counting_rows_of_a_sealed_month_is_refused(workspace: Workspace, loans: System) -> None:
    purge(workspace, before=BEFORE)
    october, young = dt.date(2025, 10, 1), dt.date(2026, 10, 1)
    with pytest.raises(BoussoleError, match="the rows of 2025-10 were purged"):
        measure_window(workspace, loans, start=october, end=dt.date(2025, 12, 31), exact=True)
    counted = measure_window(workspace, loans, start=october, end=dt.date(2025, 10, 31))
    assert counted.decisions == 30
    assert measure_window(workspace, loans, start=young, end=dt.date(2026, 10, 31), exact=True).decisions == 40


def test_copies_that_a_killed_process_left_are_removed(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for name, days in (("boussole-old", 2), ("boussole-new", 0), ("other-old", 2)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "log.csv").write_bytes(CANARY)
        then = time.time() - days * 24 * 3600
        os.utime(tmp_path / name, (then, then))
    purge(workspace, before=BEFORE)
    assert sorted(path.name for path in tmp_path.glob("*-*")) == ["boussole-new", "other-old"]


def test_the_command_says_what_went_and_where_it_may_still_be(workspace: Workspace) -> None:
    call = ["--workspace", str(workspace.home), "purge", "--before", "2025-11-20"]
    would = CliRunner().invoke(app, [*call, "--dry-run"]).stderr
    said = CliRunner().invoke(app, call).stderr
    assert would == said.replace("gone for good", "would go")
    assert said.splitlines() == [
        "loans, before 2025-11-01: 30 decisions, 2 outcomes, 1 human_actions, 1 contacts, 1 generations, 1 usage "
        "gone for good.",
        "  Months sealed, their counts stay: 2025-10.",
        "  These sources may still hold the rows; Boussole does not touch them:",
        *(f"    {name}.csv" for name in ("contacts", "human", "old", "outcomes", "texts", "uses")),
    ]
    assert CliRunner().invoke(app, call).stderr == "Nothing is old enough to go.\n"
    assert seal_removals(workspace) == 0


def test_rows_of_excluded_runs_age_too(workspace: Workspace, loans: System, tmp_path: Path) -> None:
    path = tmp_path / "run.csv"
    path.write_text(f"{HEADERS['decisions']}\nEXCLUDED1,2025-09-03,yes,0.5,P1,o,EXCLUDEDteam,F,n,1\n", encoding="utf-8")
    ingest(workspace, loans, path, origin="mlflow:R1/boussole/decisions/run.csv")
    exclude(workspace, loans, "mlflow:R1", reason="deleted")
    assert found_when_opened(workspace, [b"EXCLUDEDteam"])
    (found,) = purge(workspace, before=BEFORE)
    assert found.rows["decisions"] == 31
    assert found.months == (dt.date(2025, 9, 1), dt.date(2025, 10, 1))
    assert found_when_opened(workspace, [b"EXCLUDED"]) == set()
    include(workspace, loans, "mlflow:R1", reason="restored")
    assert rows_of(workspace, "SELECT count(*) FROM lake.loans.decisions") == [(41,)]


@pytest.mark.slow
def test_a_full_disk_leaves_the_lake_as_it_was(workspace: Workspace) -> None:
    """No file may grow beyond 20,000 bytes once the copying begins."""
    inode = workspace.catalogue.stat().st_ino
    code = (
        "import resource, signal, sys; from boussole.audits.lake import connection; "
        "from boussole.dashboard.cli.main import main; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); copy = connection._copy; "
        "fill = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); "
        "connection._copy = lambda *args: (fill(), copy(*args)); "
        "sys.argv = ['boussole', '--workspace', sys.argv[1], 'purge', '--before', '2025-11-20']; main()"
    )
    command = [sys.executable, "-c", code, str(workspace.home)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.startswith("boussole: ")
    assert workspace.catalogue.stat().st_ino == inode
    assert len(purge(workspace, before=BEFORE)) == 1


@pytest.mark.parametrize("growing", [True, slow_case(False)])
def test_what_was_purged_does_not_come_back(workspace: Workspace, loans: System, tmp_path: Path, growing: bool) -> None:
    """A source that still holds the old rows is read again, with one young row more in each log."""
    purge(workspace, before=BEFORE)
    fresh = {
        "decisions": ("old", "n200,2026-10-03,yes,0.5,P1,o,t,F,n,1"),
        "outcomes": ("outcomes", "n200,true,2026-10-30"),
        "contacts": ("contacts", "P2,2026-10-02,mail"),
        "generations": ("texts", "g2,2026-10-02,hello,world"),
        "usage": ("uses", "u3,2026-10-02,letter,t1,50+"),
    }
    for log, (name, row) in fresh.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(f"{path.read_text(encoding='utf-8')}{row}\n", encoding="utf-8")
        report = ingest(workspace, loans, path, log=log, growing=growing)
        assert report.accepted == (2 if log == "outcomes" else 1), log  # CANARY1's outcome is young by its own date
    gone = [b"98765.4375", *(word + b"CANARY" for word in (b"t", b"in", b"g", b"task", b"wait"))]
    assert found_when_opened(workspace, gone) == set()
    days = "SELECT min(day) FROM lake.loans.{}"
    for log in ("decisions", "contacts", "generations", "usage"):
        assert rows_of(workspace, days.format(log))[0][0] >= dt.date(2025, 11, 1)  # type: ignore[operator]


TEXT = b"Cher Monsieur Zibeline"


def texts_of(workspace: Workspace) -> list[tuple[object, ...]]:
    held = "SELECT id, input IS NOT NULL, output IS NOT NULL FROM lake.loans.generations ORDER BY day, id"
    return rows_of(workspace, held)


def keeping_texts(workspace: Workspace, days: int) -> Workspace:
    """The same workspace, that keeps texts for so many days, and their rows for long."""
    path = workspace.home / "systems" / "loans.yaml"
    said = path.read_text(encoding="utf-8").replace("retain_days: 365", "retain_days: 9999")
    path.write_text(said.replace("output: output}", f"output: output, texts: {{retain_days: {days}}}}}"), "utf-8")
    return Workspace(workspace.home)


def test_texts_leave_before_their_rows_and_no_file_holds_a_byte_of_them(tmp_path: Path) -> None:
    workspace = written_workspace(tmp_path / "w", system_text())
    old, young = f"old,2025-10-03T09:00:00,ask,{TEXT.decode()}", "young,2025-12-03T09:00:00,ask,Bonjour"
    load(workspace, tmp_path, "generations", "texts", old, young, f"bad,no moment,ask,{TEXT.decode()}")
    with writing(workspace) as connection:
        connection.execute("""UPDATE lake.main.ingested SET "at" = TIMESTAMP '2025-10-04'""")
    assert {needle for _, needle in found_when_opened(workspace, [TEXT])} == {TEXT}
    asked = keeping_texts(workspace, 30)
    today = dt.date(2025, 12, 1)
    days = Window(dt.date(2025, 10, 1), dt.date(2025, 10, 31)), Window(dt.date(2025, 9, 1), dt.date(2025, 9, 30))
    page = stored.place_of(asked, "loans", *days)
    stored.write(page, html="a sample of rows", document="{}")
    (tried,) = purge(asked, today=today, dry_run=True)
    assert (tried.rows, tried.texts, tried.texts_before) == ({}, 2, dt.date(2025, 11, 1))
    assert tried.sources == ("texts.csv",)
    assert texts_of(asked) == [("old", True, True), ("young", True, True)]
    assert purge(asked, today=today) == [tried]
    assert texts_of(asked) == [("old", False, False), ("young", True, True)]
    assert page.html.exists()  # no row has left
    assert seal_removals(asked) == 1
    assert found_when_opened(asked, [TEXT]) == set() == found_in_clear(asked, [TEXT])
    waiting = rows_of(asked, "SELECT content, mark IS NOT NULL FROM lake.loans.quarantine")
    assert waiting == [(None, True)]  # a correction still finds it
    assert purge(asked, today=today) == []
    with pytest.raises(ValueError, match="take one of them out"):
        HeldTexts(kept=False, retain_days=3)


@pytest.mark.parametrize("growing", [False, True])
def test_a_text_that_is_too_old_is_not_stored_and_its_row_is_the_same(
    workspace: Workspace, tmp_path: Path, growing: bool
) -> None:
    asked = keeping_texts(workspace, 30)
    held = texts_of(asked)
    path = tmp_path / "again.csv"
    path.write_text("id,at,input,output\nx1,2025-10-05T09:00:00,ask,Bonjour\n", encoding="utf-8")
    ingest(asked, asked.system("loans"), path, log="generations")
    assert set(texts_of(asked)) == {*held, ("x1", False, False)}
    path.write_text(path.read_text("utf-8").replace("Bonjour", "Bonsoir") + "x2,2025-10-05T09:00:00,a,b\n", "utf-8")
    done = ingest(asked, asked.system("loans"), path, log="generations", growing=growing)
    assert (done.quarantined, set(texts_of(asked))) == (0, {*held, ("x1", False, False), ("x2", False, False)})


def test_the_old_text_of_a_row_that_was_set_aside_today_leaves_too(tmp_path: Path) -> None:
    """By its own day, where it says one: a text is not kept for longer because its row was bad."""
    workspace = written_workspace(tmp_path / "w", system_text())
    old, young = (f",2025-{month}-03T09:00:00,ask,{TEXT.decode()}" for month in ("10", "12"))
    load(workspace, tmp_path, "generations", "texts", old, young, "good,2025-12-03T09:00:00,ask,Bonjour")
    asked = keeping_texts(workspace, 30)
    (gone,) = purge(asked, today=dt.date(2025, 12, 5))
    assert (gone.rows, gone.texts) == ({}, 1)
    held = "SELECT row, content IS NOT NULL FROM lake.loans.quarantine ORDER BY row"
    assert rows_of(asked, held) == [(1, False), (2, True)]
