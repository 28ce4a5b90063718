"""Where a gap opens, from the rows to the verdict: judged, sealed, computed again, and checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document import AuditDocument
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.report.systems import figures
from boussole.dashboard.views.system import question
from tests.end_to_end.chain import confirm
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
  stages: [contacted, replied, hired]
actors: {contacted: tool, replied: candidate, hired: employer}
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)
PEOPLE = 6000


def made(home: Path, *, women: tuple[float, float, float], system: str = SYSTEM, seed: int = 1) -> Workspace:
    """Men move on at each of three stages 6 times in 10; women as often as said."""
    workspace = Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(system, encoding="utf-8")
    workspace, random = Workspace(home), np.random.default_rng(seed)
    frame = pd.DataFrame({"ref": [f"d{i}" for i in range(PEOPLE)], "day": dt.date(2026, 3, 4)})
    frame["who"] = [f"p{i % (PEOPLE // 2)}" for i in range(PEOPLE)]
    frame["gender"] = np.where(np.arange(PEOPLE) % (PEOPLE // 2) % 2 == 0, "F", "M")
    still = np.ones(PEOPLE, dtype=bool)
    for name, chance in zip(("contacted", "replied", "hired"), women, strict=True):
        still = still & (random.random(PEOPLE) < np.where(frame["gender"] == "F", chance, 0.6))
        frame[name] = still
    path = home.parent / "decisions.parquet"
    frame.to_parquet(path)
    ingest(workspace, workspace.system("offers"), path)
    return workspace


def audit(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("offers"), start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31), **more)


def told(document: AuditDocument) -> tuple[str, str | None, str]:
    found = next(each for each in document.verdicts if each.template == "where_the_gap_opens")
    return found.verdict, found.reason, found.sentence["fr"]


TOOL, EMPLOYER, NONE = (0.4, 0.6, 0.6), (0.6, 0.6, 0.4), (0.6, 0.6, 0.6)


@pytest.mark.costly
@pytest.mark.parametrize(("women", "verdict"), [(TOOL, "watch"), (EMPLOYER, "kept")])
def test_the_verdict_follows_who_opens_the_gap(tmp_path: Path, women: tuple[float, float, float], verdict: str) -> None:
    document = audit(made(tmp_path / "w", women=women), dry_run=True)
    assert told(document)[0] == verdict
    assert document == audit(Workspace(tmp_path / "w"), dry_run=True, exact=True).changed(snapshot=document.snapshot)
    assert "se forment aux étapes où agissent l’outil ou le conseiller (entre" in told(document)[2]


@pytest.mark.costly
def test_without_a_gap_nothing_is_shared_out(tmp_path: Path) -> None:
    verdict, reason, _ = told(audit(made(tmp_path / "w", women=NONE), dry_run=True))
    assert (verdict, reason) == ("unknown", "gap_may_be_zero")
    better = audit(made(tmp_path / "better", women=(0.8, 0.6, 0.6)), dry_run=True)
    assert told(better)[0] == "kept"
    assert "aucun écart à surveiller" in told(better)[2]


@pytest.mark.costly
@pytest.mark.parametrize("lang", ["fr"])
def test_the_waterfall_has_a_table_that_fits_a_report(tmp_path: Path, lang: str) -> None:
    workspace, say = made(tmp_path / "w", women=TOOL), speaker(lang)
    document = audit(workspace, dry_run=True)
    (verdict,) = [each for each in document.verdicts if each.template == "where_the_gap_opens"]
    shown = question(document, verdict, load_charter(), workspace.system("offers"), say)
    assert shown.chart is not None
    assert shown.table is not None
    data = figures(shown.table)
    assert data is not None
    assert len(data["widths"]) == len(data["header"]) == 6
    assert [row["names"][1] for row in data["rows"]][-1] == say("To the end")
    assert data["rows"][-1]["verdict"] == verdict.comparisons[-1].verdict


def test_without_actors_it_is_not_examined(tmp_path: Path) -> None:
    text = SYSTEM.replace("replied: candidate, ", "")
    assert told(audit(made(tmp_path / "w", women=TOOL, system=text), dry_run=True))[:2] == ("not_examined", "no_actors")


@pytest.mark.costly
def test_it_is_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", women=TOOL)
    audit(workspace)
    confirm(workspace, tmp_path)
