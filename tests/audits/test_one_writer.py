"""Two processes that write at the same time: nothing is doubled, nothing is lost, readers do not wait."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from boussole.audits.lake import reading, writing
from boussole.audits.workspace import Workspace
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "calls",
    """
columns:
  id: id
  decided_at: ts
  decision: {column: called, selected: [true], not_selected: [false]}
""",
)


@pytest.mark.slow
def test_the_same_and_other_files_from_three_processes(tmp_path: Path) -> None:
    workspace = written_workspace(tmp_path / "w", SYSTEM)
    for name, start in (("a", 0), ("b", 1000)):
        rows = "".join(f"{i},2026-03-0{1 + i % 5},{i % 2 == 0}\n" for i in range(start, start + 1000))
        (tmp_path / f"{name}.csv").write_text(f"id,ts,called\n{rows}")
    command = [str(Path(sys.executable).parent / "boussole"), "--workspace", str(workspace.home), "import"]
    running = [
        subprocess.Popen(
            [*command, str(tmp_path / f"{name}.csv"), "--system", "calls"], stderr=subprocess.PIPE, text=True
        )
        for name in ("a", "a", "b")
    ]
    said = [process.communicate(timeout=300)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
    assert sum("already imported" in text for text in said) == 1
    with reading(workspace) as connection:
        rows_ = connection.execute("SELECT count(*), count(DISTINCT id) FROM lake.calls.decisions").fetchone()
        counted = connection.execute("""SELECT sum(n) FROM lake.calls.daily WHERE "by" = ''""").fetchone()
        turns = connection.execute("SELECT n FROM lake.main.turn").fetchone()
    assert (rows_, counted, turns) == ((2000, 2000), (2000,), (3,))


def test_a_reader_sees_the_last_commit_while_somebody_writes(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    with writing(workspace):
        pass
    with writing(workspace) as writer:
        writer.execute("UPDATE lake.main.turn SET n = 99")
        with reading(workspace) as reader:
            assert reader.execute("SELECT n FROM lake.main.turn").fetchone() == (1,)
    with reading(workspace) as reader:
        assert reader.execute("SELECT n FROM lake.main.turn").fetchone() == (99,)
