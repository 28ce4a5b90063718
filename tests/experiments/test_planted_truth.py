"""The whole chain on the demo: the audit finds what was planted, month by month, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from audits.runs import complete_windows
from charter.audit import run_audit
from experiments.demo import FACTS, build
from experiments.sync import sync


@pytest.mark.slow
def test_the_audit_finds_what_was_planted_and_nothing_else(tmp_path: Path) -> None:
    workspace = build(tmp_path / "demo")
    (report,) = sync(workspace)
    assert (len(report.ingested), report.failures) == (15, ())
    assert sync(workspace)[0].known == 15
    system = workspace.system("matchft")
    found = {}
    for window in complete_windows(workspace, system):
        document = run_audit(workspace, system, start=window.start, end=window.end)
        found[f"{window.start:%Y-%m}"] = {
            verdict["indicator"]: verdict["verdict"]
            for verdict in document["verdicts"]
            if verdict["verdict"] != "not_examined" and verdict["reason"] != "selective_labels"
        }
    expected = json.loads((workspace.home / FACTS).read_text(encoding="utf-8"))["expected_verdicts"]
    assert found == expected
