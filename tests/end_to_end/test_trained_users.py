"""Agents who use a system and were not trained: by hand, from their log to the verdict, and checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.counts.corrections import read_logs
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading
from boussole.audits.metrics.cases import UNTRAINED_SHARE, use_measures
from boussole.audits.retention.rotation import rotate
from boussole.audits.systems.logs.usage import SMALL, UNTRAINED
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.small_print import review_words
from tests.audits.privacy.helpers import found_in_clear, found_when_opened, rows_of
from tests.end_to_end.confirming import confirm
from tests.written import system_text

USAGE = "usage: {id: use, at: at, agent: login, team: team, trained_on: trained}"
SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
USAGE
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)
MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def declared(home: Path, usage: str = USAGE) -> Workspace:
    Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("USAGE", usage), encoding="utf-8")
    return Workspace(home)


def bring(workspace: Workspace, rows: list[tuple], name: str = "uses") -> None:
    """Each use: agent, team, when, trained on."""
    path = workspace.home.parent / f"{name}.csv"
    frame = pd.DataFrame(rows, columns=["login", "team", "at", "trained"])
    frame.assign(use=[f"{name} {i}" for i in range(len(frame))]).to_csv(path, index=False)
    assert ingest(workspace, workspace.system("offers"), path, log="usage").quarantined == 0


# Of one team of eleven agents in March: uses of each (day, trained on), and whether the agent counts as not trained.
AGENTS: list[tuple[list[tuple[str, str | None]], bool]] = [
    ([("03-04", "2026-03-03")], False),
    ([("03-04", "2026-03-04")], False),  # by that day
    ([("03-04", "2026-03-05")], True),
    ([("03-04", None)], True),
    ([("03-04", None), ("03-09", "2026-03-08")], True),  # trained later, which later rows tell
    ([("03-04", "2025-01-01"), ("03-09", None)], False),
    ([("03-20", "2026-03-10"), ("03-12", "2026-03-10")], False),
    ([("03-20", "2026-03-10"), ("03-08", "2026-03-10")], True),
    ([("03-04", "2024-06-01")] * 9, False),  # counts once
    ([("02-04", None), ("03-04", "2026-03-01")], False),  # not in February, and then
    ([("03-31", "2026-04-01")], True),
]


@pytest.mark.costly
def test_agents_are_counted_by_hand_and_stand_nowhere_in_clear(tmp_path: Path) -> None:
    workspace = declared(tmp_path / "w")
    large = [(f"agent {i}", "A", f"2026-{on} 11:00", t) for i, (days, _) in enumerate(AGENTS) for on, t in days]
    moved = [("agent 0", "B", "2026-03-20 11:00", None)]  # of the team of the first use
    small = [(f"CANARY-{i}", "B", "2026-03-04 11:00", None) for i in range(10)]  # nine others would be enough
    nobody = [(None, "A", "2026-03-04 11:00", None)] * 3
    bring(workspace, [*large, *moved, *small, *nobody])
    system = workspace.system("offers")
    for turned in (False, True):
        with reading(workspace) as connection:
            read = {exact: read_logs(connection, system, MARCH, exact=exact)["usage"] for exact in (False, True)}
        assert read[False].equals(read[True])
        rows = read[False].to_pylist()
        cases = [each["n"] for each in rows if each["part"] == UNTRAINED and each["decision"]]
        every = [each["n"] for each in rows if each["part"] == UNTRAINED]
        left = {each["decision"]: each["n"] for each in rows if each["part"] == SMALL}
        assert (sum(cases), sum(every), left) == (sum(case for _, case in AGENTS), 11, {0: 11, 1: 10})
        if not turned:
            rotate(workspace)
    assert found_when_opened(workspace, [b"CANARY-7"]) == found_in_clear(workspace, [b"CANARY-7"]) == set()
    assert len(rows_of(workspace, "SELECT DISTINCT agent FROM lake.offers.usage WHERE agent IS NOT NULL")) == 21
    with reading(workspace) as connection:
        (found,) = use_measures(read_logs(connection, system, MARCH)["usage"], system)
        february = Window(dt.date(2026, 2, 1), dt.date(2026, 2, 28))
        (few,) = use_measures(read_logs(connection, system, february)["usage"], system)
        (part,) = use_measures(read_logs(connection, system, Window(MARCH.start, dt.date(2026, 3, 9)))["usage"], system)
    assert (found.metric, found.value, found.n) == (UNTRAINED_SHARE, 5 / 11, 11)
    assert (few.status, few.reason, few.params) == (
        "suppressed",
        "small_teams",
        {"bad_side": "above", "scale": "share"},
    )
    assert (part.status, part.reason) == ("undefined", "part_of_month")


def made(home: Path, *, untrained: int, teams: int = 30, usage: str = USAGE) -> Workspace:
    """Teams of twenty agents; so many of each were not trained."""
    workspace = declared(home, usage)
    people = pd.DataFrame({"ref": [f"p{i}" for i in range(60)], "day": dt.date(2026, 3, 4), "contacted": True})
    path = home.parent / "decisions.parquet"
    people.assign(who=people["ref"], gender=["F", "M"] * 30).to_parquet(path)
    ingest(workspace, workspace.system("offers"), path, log="decisions")
    trained = [None if i < untrained else "2026-01-09" for i in range(20)]
    rows = [(f"{t} {i}", f"T{t}", "2026-03-31 11:00", on) for t in range(teams) for i, on in enumerate(trained)]
    if usage:
        bring(workspace, [*rows, ("alone", "T", "2026-03-30 11:00", None)])
    return workspace


def audit(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("offers"), start=MARCH.start, end=MARCH.end, **more)


@pytest.mark.costly
@pytest.mark.parametrize(("untrained", "verdict"), [(3, ("watch", "beyond_watch"))])
def test_verdicts_follow_who_was_trained(tmp_path: Path, untrained: int, verdict: tuple[str, str]) -> None:
    teams = 30 if untrained else 80
    workspace = made(tmp_path / "w", untrained=untrained, teams=teams)
    document = audit(workspace)
    (found,) = [each for each in document.verdicts if each.indicator == "users_trained"]
    assert (found.verdict, found.reason) == verdict
    (measure,) = [each for each in document.measures if each.metric == UNTRAINED_SHARE]
    assert (measure.value, measure.n, measure.params.get("left_out")) == (untrained / 20, 20 * teams, 1)
    assert measure.interval is not None
    if untrained:  # teams are alike: as if agents were independent of one another
        low, high = proportion_confint(90, 600, method="wilson")
        assert (measure.interval.low, measure.interval.high) == (
            pytest.approx(low, abs=3e-3),
            pytest.approx(high, abs=3e-3),
        )
        assert "Sur 100 agents qui l’ont employé dans un mois, 15 n’étaient pas formés" in found.sentence["fr"]
    assert f"{20 * teams:,} agents counted" in review_words(document, found, speaker("en"))
    confirm(workspace, tmp_path)


def test_without_agents_in_the_log_records_alone_answer(tmp_path: Path) -> None:
    document = audit(made(tmp_path / "w", untrained=3, usage=USAGE.replace("agent: login, ", "")), dry_run=True)
    assert not [each for each in document.verdicts if each.indicator == "users_trained"]
    assert [each for each in document.verdicts if each.number == "2.5"]
