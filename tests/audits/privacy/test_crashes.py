"""A purge or rotation that is killed leaves the old lake or the new one, whole; at once with imports, none is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from boussole.audits.lake import writing
from boussole.audits.privacy import keys
from boussole.audits.privacy.removals import removals
from boussole.audits.retention.purge import purge
from boussole.audits.retention.rotation import rotate
from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import BEFORE, CANARY, HEADERS, found_in_clear, found_when_opened, load, rows_of
from tests.sparing import slow_case

# Kills itself, by the real signal, when the named function is reached (before) or has returned (after).
CHILD = """
import datetime, os, signal, sys
from pathlib import Path
from boussole.audits.lake import connection
from boussole.audits.retention.purge import purge
from boussole.audits.retention.rotation import rotate
from boussole.audits.workspace import Workspace

home, what, place, when = sys.argv[1:]
module, name = {"copy": (connection, "_copy"), "swap": (connection, "swap"), "sweep": (connection, "sweep")}[place]
real = getattr(module, name)
calls = []

def killed(*args, **named):
    calls.append(1)
    last = place != "sweep" or len(calls) == 3  # each opening of the lake sweeps too
    if when == "before" and last:
        os.kill(os.getpid(), signal.SIGKILL)
    real(*args, **named)
    if when == "after" and last:
        os.kill(os.getpid(), signal.SIGKILL)

setattr(module, name, killed)
purge(Workspace(Path(home)), before=datetime.date(2025, 11, 20)) if what == "purge" else rotate(Workspace(Path(home)))
"""
LATER = [slow_case("copy", "before"), slow_case("copy", "after"), slow_case("swap", "after")]
POINTS = [("swap", "before"), *LATER]
IDS = "SELECT id FROM lake.loans.decisions ORDER BY id"


def counts(workspace: Workspace) -> list[tuple[object, ...]]:
    tables = ("decisions", "outcomes", "human_actions", "contacts", "generations", "usage", "sealed", "daily", "cells")
    counted = ", ".join(f"(SELECT count(*) FROM lake.loans.{name})" for name in tables)
    return rows_of(workspace, f"SELECT {counted}")


def in_order(workspace: Workspace) -> None:
    """The next writer works, and nothing is left that no catalogue names."""
    with writing(workspace):
        pass
    names = sorted(path.name for path in workspace.lake.iterdir() if path.name != "tmp")
    assert names[0].startswith("data")
    assert names[1:] == ["writer.lock"]
    assert [path.name for path in workspace.keys.iterdir() if path.suffix != ".key"] == ["catalog.sqlite"]
    named = {str(row[0]) for row in rows_of(workspace, "SELECT path FROM __ducklake_metadata_lake.ducklake_data_file")}
    lying = {path.name for path in (workspace.home / "lake").rglob("*.parquet")}
    assert {Path(name).name for name in named} <= lying


def kill(workspace: Workspace, what: str, place: str, when: str) -> bool:
    """Kills it at this point; whether it was done by then."""
    ended = subprocess.run([sys.executable, "-c", CHILD, str(workspace.home), what, place, when], check=False)
    assert ended.returncode == -signal.SIGKILL
    return (place, when) == ("swap", "after")


@pytest.mark.attack("the lake", "a purge is killed")
@pytest.mark.parametrize(("place", "when"), POINTS)
def test_a_purge_killed_at_this_point(workspace: Workspace, tmp_path: Path, place: str, when: str) -> None:
    before = counts(workspace)
    done = kill(workspace, "purge", place, when)
    assert (counts(workspace) != before) == done
    in_order(workspace)
    assert (counts(workspace) != before) == done
    found = purge(workspace, before=BEFORE)
    assert (found == []) == done
    assert len(removals(workspace)) == 1
    assert found_in_clear(workspace, [CANARY]) == set()
    assert found_when_opened(workspace, [b"inCANARY", b"98765.4375"]) == set()


@pytest.mark.slow
@pytest.mark.attack("the keys", "a rotation is killed")
@pytest.mark.parametrize(("place", "when"), POINTS)
def test_a_rotation_killed_at_this_point(workspace: Workspace, tmp_path: Path, place: str, when: str) -> None:
    before = rows_of(workspace, IDS)
    done = kill(workspace, "rotate", place, when)
    assert (rows_of(workspace, IDS) != before) == done
    in_order(workspace)
    # A row of the same person still meets the others: the chain is the one that the lake was filled with.
    load(workspace, tmp_path, "contacts", "again", "P1,2026-10-02,mail")
    (people,) = rows_of(workspace, "SELECT count(DISTINCT person) FROM lake.loans.contacts WHERE day > '2026-01-01'")
    assert people == (1,)
    assert rotate(workspace).keys == (3 if done else 2)
    assert len(keys.ring(workspace.keys, "text")) == 1
    assert found_when_opened(workspace, [b"inCANARY"])  # sealed texts are readable under the keys that are left


@pytest.mark.slow
def test_imports_and_rotations_take_turns(workspace: Workspace, tmp_path: Path) -> None:
    """The same person before, between and after rotations of another process is one person."""
    for number in range(4):
        rows = f"{HEADERS['decisions']}\nt{number},2026-10-01,yes,0.5,SAME,o,t,F,n,{1000 + number}\n"
        (tmp_path / f"t{number}.csv").write_text(rows, encoding="utf-8")
    boussole = [str(Path(sys.executable).parent / "boussole"), "--workspace", str(workspace.home)]
    imports = [[*boussole, "import", str(tmp_path / f"t{number}.csv"), "--system", "loans"] for number in range(4)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for command in imports]
    running += [subprocess.Popen([*boussole, "keys", "rotate"], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=500)[1] for process in running]
    assert [process.returncode for process in running] == [0] * 6, said
    found = "count(*), count(DISTINCT person), count(DISTINCT bucket), count(DISTINCT id)"
    one = rows_of(workspace, f"SELECT {found} FROM lake.loans.decisions WHERE f_income BETWEEN 1000 AND 1003")
    assert one == [(4, 1, 1, 4)]
