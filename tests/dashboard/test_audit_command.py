"""`boussole audit`: which part of a log it looks at, what it leaves out, and that nothing is sealed when it fails."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import unread_of
from boussole.charter.auditing.rerun import rerun
from boussole.charter.records import stored_audits
from boussole.experiments.sync import sync
from tests.audits.readings import read_last
from tests.audits.test_left_out import MONTHLY, bring, made, rows

Run = Callable[..., Any]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """March, May and June of a log, whose April is empty: 100, 120 and 60 decisions."""
    workspace = made(tmp_path_factory.mktemp("template") / "w")
    bring(workspace, [*rows(3, 100), *rows(5, 120), *rows(6, 59), *rows(6, 1, start=900, day=30)])
    return workspace


@pytest.fixture
def workspace(template: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(template.home, tmp_path / "w")
    return Workspace(tmp_path / "w")


def entries(workspace: Workspace) -> int:
    return len(stored_audits(workspace))


@pytest.mark.costly
def test_the_first_audit_says_which_part_it_looked_at(workspace: Workspace, command: Run) -> None:
    done = command("--workspace", workspace.home, "audit")
    assert done.returncode == 0, done.stderr
    assert "loans 2026-06-01/2026-06-30: 60 decisions" in done.stdout
    told = done.stdout.splitlines()[1]
    assert "window 2026-06: this first audit looks at one period alone, 60 of 280 decisions" in told
    assert "220 in other periods: `boussole audit --all-periods` audits each" in told
    assert "dans d’autres périodes\u202f: 220" in done.stdout  # in the workspace's language, as the verdicts are


def test_answers_are_in_the_language_of_the_terminal_unless_the_settings_name_one(
    workspace: Workspace, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = {"en": "At equal numbers", "fr": "À nombre égal"}
    for terminal, settings, lang in (("en_GB", "", "en"), ("fr_FR", "", "fr"), ("en_GB", 'language = "fr"\n', "fr")):
        (workspace.home / "boussole.toml").write_text(settings, encoding="utf-8")
        monkeypatch.setenv("LC_ALL", f"{terminal}.UTF-8")
        done = command("--workspace", workspace.home, "audit", "--system", "loans", "--dry-run")
        assert [name for name, words in answers.items() if words in done.stdout] == [lang], done.stdout


@pytest.mark.slow
def test_all_periods_are_audited_in_order_the_empty_one_is_named_and_nothing_is_sealed_twice(
    workspace: Workspace, command: Run
) -> None:
    done = command("--workspace", workspace.home, "audit", "--all-periods")
    assert done.returncode == 0, done.stderr
    assert [(each.start, each.end) for each in stored_audits(workspace)] == [
        ("2026-03-01", "2026-03-31"),
        ("2026-05-01", "2026-05-31"),
        ("2026-06-01", "2026-06-30"),
    ]
    assert "loans 2026-04: no decision in this period" in done.stdout
    assert all(each.ok for each in rerun(workspace, stored_audits(workspace)))
    again = command("--workspace", workspace.home, "audit", "--all-periods")
    assert again.stdout.count("audited before, unchanged: not sealed again") == 3
    assert entries(workspace) == 3
    bring(workspace, rows(4, 40))
    third = command("--workspace", workspace.home, "audit", "--all-periods", "--json", "-")
    assert [each["window"]["start"] for each in json.loads(third.stdout)] == [
        f"2026-{month}-01" for month in ("03", "04", "05", "06")
    ]
    # March stays. What May and June say of all months since March has April in it now: they are sealed anew.
    assert Counter(each.start[5:7] for each in stored_audits(workspace)) == {"03": 1, "04": 1, "05": 2, "06": 2}


def test_a_system_whose_texts_are_held_to_nothing_is_not_audited(workspace: Workspace, command: Run) -> None:
    (workspace.home / "systems" / "writer.yaml").write_text(
        "{id: writer, kind: generation, title: {fr: Plume, en: Quill}, purpose: {fr: Écrit., en: Writes.}, owner: A, "
        "status: pilot, risk: limited, risk_reason: x, generations: {id: id, at: at, input: null, output: null}}\n",
        encoding="utf-8",
    )
    done = command("--workspace", workspace.home, "audit", "--system", "writer", "--fail-on", "unknown")
    assert (done.returncode, "holds texts to nothing" in done.stderr) == (2, True), done.stderr


def test_a_system_without_decisions_keeps_nobody_from_the_others(workspace: Workspace, command: Run) -> None:
    text = (workspace.home / "systems" / "loans.yaml").read_text(encoding="utf-8")
    (workspace.home / "systems" / "cars.yaml").write_text(text.replace("id: loans", "id: cars"), encoding="utf-8")
    done = command("--workspace", workspace.home, "audit")
    assert done.returncode == 0, done.stderr
    assert "the system 'cars' has no decisions yet" in done.stdout
    assert entries(workspace) == 1
    alone = command("--workspace", workspace.home, "audit", "--system", "cars")
    assert alone.returncode == 2


OCTOBER = ("--from", "2025-10-01", "--to", "2025-10-31")


@pytest.fixture
def quiet_end(tmp_path: Path, command: Run) -> Workspace:
    """A log from 1 September to 29 October 2025, imported today: in October few women are granted anything."""
    workspace = made(tmp_path / "w")
    days = [dt.date(2025, 9, 1) + dt.timedelta(days=at) for at in range(59)]
    lines = [f"{day}-{i},{day},{granted(day, i)},{'FM'[i % 2]}\n" for day in days for i in range(20)]
    (tmp_path / "log.csv").write_text("ref,day,granted,sex\n" + "".join(lines), encoding="utf-8")
    assert command("--workspace", workspace.home, "import", tmp_path / "log.csv", "--system", "loans").returncode == 0
    return workspace


def granted(day: dt.date, row: int) -> str:
    """Half of everybody; in October, one of ten women."""
    few = row % 2 == 0 and day.month == 10
    return "yes" if (row == 0 if few else row // 2 % 2 == 0) else "no"


@pytest.mark.costly
def test_a_month_that_is_over_is_audited_though_nothing_was_decided_on_its_last_days(
    quiet_end: Workspace, command: Run
) -> None:
    done = command("--workspace", quiet_end.home, "audit", "--fail-on", "broken")
    assert done.returncode == 1
    assert "loans 2025-10-01/2025-10-31: 580 decisions" in done.stdout
    assert "broken   equite/selection_rate_ratio_sex" in done.stdout


@pytest.mark.costly
@pytest.mark.parametrize("every", [(), ("--all-periods",)], ids=["last", "each"])
def test_a_month_that_was_imported_before_its_end_is_left_out_and_no_gate_passes(
    quiet_end: Workspace, command: Run, tmp_path: Path, every: tuple[str, ...]
) -> None:
    read_last(quiet_end, dt.date(2025, 10, 30))
    done = command("--workspace", quiet_end.home, "audit", *every, "--fail-on", "broken")
    assert "loans 2025-09-01/2025-09-30: 600 decisions" in done.stdout
    assert (
        "the period 2025-10 is left out. It ended on 2025-10-31, and its log was last read on 2025-10-30" in done.stdout
    )
    assert done.returncode == 1
    assert "--fail-on: it is not known whether the newest period is complete: that is no pass." in done.stderr
    for step in ("import what is newer (the same file again, if nothing is)", " ".join(OCTOBER)):
        assert step in done.stdout
    assert command("--workspace", quiet_end.home, "audit", *every).returncode == 0  # no gate was asked for
    asked = command("--workspace", quiet_end.home, "audit", *OCTOBER, "--fail-on", "broken", "--dry-run")
    assert "is left out" not in asked.stdout
    again = command("--workspace", quiet_end.home, "import", tmp_path / "log.csv", "--system", "loans")
    assert again.returncode == 0, again.stderr
    after = command("--workspace", quiet_end.home, "audit", *every, "--fail-on", "broken", "--dry-run")
    assert "loans 2025-10-01/2025-10-31: 580 decisions" in after.stdout
    assert "is left out" not in after.stdout


def test_a_month_that_goes_on_is_left_out_of_a_gate_that_passes(workspace: Workspace, command: Run) -> None:
    today = dt.datetime.now(dt.UTC).date()
    before = today.replace(day=1) - dt.timedelta(days=1)
    bring(workspace, [f"{day}-{i},{day},yes,{'FM'[i % 2]}\n" for day in (before, today) for i in range(40)])
    done = command("--workspace", workspace.home, "audit", "--fail-on", "broken")
    assert done.returncode == 0, done.stderr
    assert f"/{before}: 40 decisions" in done.stdout
    assert "is left out" not in done.stdout


def test_a_month_is_complete_once_a_sync_read_all_its_sources_after_it(tmp_path: Path) -> None:
    """Also where the sync found nothing new; not by an import beside it, nor by a sync of which a source failed."""
    body = MONTHLY + "sources:\n  - duckdb: {path: log.duckdb, table: log}\n"
    workspace = made(tmp_path / "w", body)
    system = workspace.system("loans")
    with duckdb.connect(str(workspace.home / "log.duckdb")) as source:
        source.execute(
            "CREATE TABLE log AS SELECT i AS ref, DATE '2025-10-29' AS day, 'yes' AS granted, 'F' AS sex "
            "FROM range(50) r(i)"
        )
    september = [f"s{i},2025-09-03,yes,{'FM'[i % 2]}\n" for i in range(50)]
    assert not sync(workspace)[0].failures
    read_last(workspace, dt.date(2025, 10, 30))
    bring(workspace, september)
    assert unread_of(workspace, system) is not None
    (workspace.home / "log.duckdb").rename(workspace.home / "elsewhere.duckdb")
    assert sync(workspace)[0].failures
    assert unread_of(workspace, system) is not None
    (workspace.home / "elsewhere.duckdb").rename(workspace.home / "log.duckdb")
    assert not sync(workspace)[0].ingested
    assert unread_of(workspace, system) is None


@pytest.mark.costly
def test_a_rate_that_moved_between_periods_is_said_without_being_asked_for(tmp_path: Path, command: Run) -> None:
    """14 of 100 in January and February, 39 of 100 in March and April, by an audit of April alone."""
    workspace = made(tmp_path / "w")
    bring(
        workspace,
        [
            f"{month}-{i},2025-{month:02}-{i % 28 + 1:02},{'yes' if i % 100 < share else 'no'},{'FM'[i // 100 % 2]}\n"
            for month, share in ((1, 14), (2, 14), (3, 39), (4, 39))
            for i in range(400)
        ],
    )
    done = command("--workspace", workspace.home, "audit")
    assert done.returncode == 0, done.stderr
    assert "loans 2025-04-01/2025-04-30: 400 decisions" in done.stdout
    assert "14 pour 100 avant, 39 pour 100 depuis mars 2025" in done.stdout
    each = command("--workspace", workspace.home, "audit", "--all-periods")
    assert each.stdout.count("depuis mars 2025") == 1  # once for the system, after all its periods


OUTPUTS = {"no folder": "nowhere/audit.json", "a folder": "."}


@pytest.mark.parametrize(("name", "more"), [("no folder", ()), ("a folder", ("--all-periods",))])
def test_nothing_is_sealed_where_the_document_cannot_be_written(
    workspace: Workspace, command: Run, tmp_path: Path, name: str, more: tuple[str, ...]
) -> None:
    done = command("--workspace", workspace.home, "audit", "--json", tmp_path / OUTPUTS[name], *more)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert str(tmp_path) in done.stderr
    assert entries(workspace) == 0


@pytest.mark.costly
def test_a_failure_in_one_period_seals_none(
    workspace: Workspace, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last of three periods cannot be measured: the two before it are not sealed either."""
    from boussole.charter.auditing import audit as auditing

    real, calls = auditing.run_audit, []

    def failing(*given: Any, **more: Any) -> Any:
        calls.append(more["start"])
        if len(calls) == 3:
            raise OSError(28, "No space left on device", "evidence")
        return real(*given, **more)

    monkeypatch.setattr(auditing, "run_audit", failing)
    done = command("--workspace", workspace.home, "audit", "--all-periods")
    assert len(calls) == 3
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    assert entries(workspace) == 0


SIBLINGS = {
    "drift": ("drift", "--system", "loans", "--window", "2026-06-01/2026-06-30", "--against", "previous", "--html"),
    "drift as data": ("drift", "--system", "loans", "--against", "previous", "--no-report", "--json"),
    "report": ("report", "--out"),
    "compare": ("compare", "--system", "loans", "v1", "v2", "--json"),
    "checkpoint": ("ledger", "checkpoint"),
    "proof": ("ledger", "prove", "0"),
    "pack": ("export", "pack"),
    "oscal": ("export", "oscal"),
    "register": ("export", "json"),
    "tables": ("export", "csv"),
    "rows set aside": ("quarantine", "export", "--system", "loans", "--reason", "to mend them"),
}


@pytest.mark.parametrize("name", SIBLINGS)
def test_every_command_that_writes_says_first_that_it_cannot(
    workspace: Workspace, command: Run, tmp_path: Path, name: str
) -> None:
    """The place lies below a file: nothing can be written there, whoever asks."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    before = sorted(path for path in workspace.home.rglob("*") if "lake" not in path.parts)
    done = command("--workspace", workspace.home, *SIBLINGS[name], tmp_path / "file" / "out")
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert str(tmp_path / "file") in done.stderr
    assert sorted(path for path in workspace.home.rglob("*") if "lake" not in path.parts) == before


@pytest.mark.costly
def test_what_was_set_aside_is_told_beside_the_verdicts_and_passes_no_gate(tmp_path: Path, command: Run) -> None:
    workspace = made(tmp_path / "w", MONTHLY)
    bring(workspace, [*rows(3, 310), *rows(3, 2170, start=1000, granted="maybe"), *rows(4, 90, day=30)])
    gate = ("--from", "2026-03-01", "--to", "2026-03-31", "--dry-run", "--fail-on", "broken")
    (workspace.home / "boussole.toml").write_text('language = "en"\n', encoding="utf-8")
    done = command("--workspace", workspace.home, "audit", *gate)
    assert "310 of 2,480 decisions counted; 2,170 set aside; 90 in other periods" in done.stdout
    assert (done.returncode, "a question was not judged: that is no pass" in done.stderr) == (1, True)
