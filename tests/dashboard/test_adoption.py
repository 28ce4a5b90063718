"""Who uses a system, of who may: counted by hand, within intervals of another library, and of nobody by themselves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from starlette.applications import Starlette
from starlette.testclient import TestClient
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.decisions import ingest
from boussole.audits.decisions.adoption import Depth, MonthlyAdoption, joined_classes
from boussole.audits.decisions.overview import overview
from boussole.audits.retention.purge import purge
from boussole.audits.retention.rotation import rotate
from boussole.audits.workspace import Workspace
from boussole.dashboard.app.server import routes
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.system.view import used_by
from tests.audits.privacy.helpers import found_when_opened
from tests.written import system_text

DECLARED = """
usage: {id: id, at: at, agent: agent}
accounts:
  {account: login, at: exported, second_factor: mfa, role: role, agent: who, team: team, region: region, age_band: age}
"""
SCRIPT = "<script>alert(1)</script>"
GROUPS = [  # region, role, age, agents, of whom active in September
    ("Nord", "conseil", "25-49", 60, 48),
    ("Nord", "conseil", "50+", 40, 14),
    ("Sud", SCRIPT, "25-49", 60, 47),
    ("Sud", "conseil", "50+", 40, 15),
    ("Île", "direction", "50+", 3, 1),
]


def agents() -> pd.DataFrame:
    rows = [(region, role, age, place < active) for region, role, age, n, active in GROUPS for place in range(n)]
    found = pd.DataFrame(rows, columns=["region", "role", "age", "active"])
    return found.assign(who=[f"agent{n:03}" for n in range(len(found))])


def export(day: str, *, team: bool = False) -> pd.DataFrame:
    found = agents().drop(columns="active").assign(exported=day, mfa="yes")
    found["login"] = "login-" + found["who"]
    found["team"] = [f"T{n // 20}" for n in range(len(found))] if team else None
    return found


def uses(month: int, who: pd.Series, *, more: int = 0) -> pd.DataFrame:
    """One use by each agent, on the second; by the first thirty of them one on twelve further days."""
    days = [(agent, 2) for agent in who] + [(agent, day) for agent in who[:30] for day in range(3, 15)]
    days += [(f"stranger{n}", 9) for n in range(more)]
    at = [f"2026-{month:02}-{day:02}T10:00:00" for _, day in days]
    return pd.DataFrame({"id": [f"{month}-{n}" for n in range(len(days))], "at": at, "agent": [a for a, _ in days]})


def bring(workspace: Workspace, rows: pd.DataFrame, log: str, name: str) -> None:
    rows.to_parquet(path := workspace.home.parent / f"{name}.parquet")
    assert ingest(workspace, workspace.system("writer"), path, log=log).quarantined == 0  # type: ignore[arg-type]


def made(home: Path) -> Workspace:
    Workspace.create(home)
    text = system_text("writer", DECLARED, kind="generation")
    (home / "systems" / "writer.yaml").write_text(text, encoding="utf-8")
    return Workspace(home)


def told(workspace: Workspace) -> MonthlyAdoption | None:
    return overview(workspace).systems["writer"].adoption


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """An export at the end of August and of September; in August half of those of September were active."""
    found = made(tmp_path_factory.mktemp("adoption") / "w")
    active = agents().query("active")["who"].reset_index(drop=True)
    bring(found, pd.concat([export("2026-08-31"), export("2026-09-30")]), "accounts", "accounts")
    used = [uses(8, active[::2].reset_index(drop=True)), uses(9, active, more=12)]
    bring(found, pd.concat(used), "usage", "uses")
    return found


@pytest.fixture(scope="module")
def adopted(used: Workspace) -> MonthlyAdoption:
    read = told(used)
    assert read is not None
    return read


def test_who_uses_it_is_counted_by_hand_and_few_are_told_with_others(adopted: MonthlyAdoption) -> None:
    found = adopted
    assert found.whole is not None
    assert (found.first.isoformat(), found.last.isoformat()) == ("2026-09-01", "2026-09-14")  # the log goes no further
    assert (found.whole.active, found.whole.entitled) == (125, 203)
    counts = {by: [(each.name, each.active, each.entitled) for each in groups] for by, groups in found.groups.items()}
    assert counts == {
        "region": [("Sud", 62, 100), (None, 63, 103)],  # the island is told with the North
        "role": [("conseil", 77, 140), (None, 48, 63)],
        "age_band": [("25-49", 95, 120), ("50+", 30, 83)],
    }
    assert found.depth == (Depth(first=1, last=1, agents=95), Depth(first=2, last=None, agents=30))
    assert found.uses == pytest.approx((125 + 30 * 12) / 125)
    assert found.outside == 12
    assert [(month.isoformat(), round(share, 4)) for month, share in found.before] == [
        ("2026-08-01", round(63 / 203, 4))
    ]


def test_the_api_says_why_nothing_is_told(tmp_path: Path) -> None:
    def asked(workspace: Workspace) -> dict[str, object]:
        return TestClient(Starlette(routes=routes(workspace.home))).get("/api/systems/writer/adoption").json()

    bare, few = made(tmp_path / "bare"), made(tmp_path / "few")
    bring(few, export("2026-09-30"), "accounts", "accounts")
    bring(few, uses(9, agents()["who"][:5]), "usage", "uses")
    said = asked(bare), asked(few)
    assert [(each["untold"], each["whole"], each["groups"]) for each in said] == [
        ("no_logs", None, {}),
        ("few", None, {}),
    ]
    assert (said[0]["exported"], said[1]["exported"]) == (None, "2026-09-30")


def test_intervals_are_those_of_another_library(adopted: MonthlyAdoption) -> None:
    """Each agent by themselves, as no team is known: Clopper and Pearson's, of as many agents but for Student's t."""
    young, old = adopted.groups["age_band"]
    for each in (young, old):
        n = each.entitled * (1 - 1 / each.entitled) * (norm.ppf(0.975) / student.ppf(0.975, each.entitled - 1)) ** 2
        low, high = proportion_confint(each.share * n, n, method="beta")
        assert (each.low, each.high) == pytest.approx((low, high), abs=1e-3)
    assert (young.differs, old.differs) == ("above", "below")
    assert old.apart is not None
    assert old.apart[0] == pytest.approx(30 / 83 - 95 / 120)
    # By Bonferroni over six groups, Newcombe's formula from the two exact ends.
    ends = [proportion_confint(k, n, alpha=0.05 / 6, method="beta") for k, n in ((95, 120), (30, 83))]
    (_, high1), (low2, _) = ends
    p1, p2 = 95 / 120, 30 / 83
    low = p2 - p1 - ((p2 - low2) ** 2 + (high1 - p1) ** 2) ** 0.5
    assert old.apart[1] == pytest.approx(low, abs=0.01)
    assert [each.differs for each in adopted.groups["region"]] == [None, None]


@pytest.mark.costly
def test_agents_of_a_team_go_together(tmp_path: Path) -> None:
    """In teams that use it all or not at all, the share of 200 agents is known as well as that of ten teams."""
    found = made(tmp_path / "w")
    bring(found, export("2026-09-30", team=True), "accounts", "september")
    bring(found, uses(9, agents()["who"][:100]), "usage", "uses")
    whole = getattr(told(found), "whole", None)
    assert whole is not None
    assert whole.high - whole.low > 0.55  # of 203 agents who do as they please: 0.14


@pytest.mark.costly
def test_nobody_knows_where_uses_name_no_agent_and_few_are_not_told(tmp_path: Path) -> None:
    found = made(tmp_path / "w")
    assert overview(found).systems == {}
    bring(found, export("2026-09-30"), "accounts", "september")
    assert told(found) is None  # no log of uses
    bring(found, uses(9, agents()["who"][:10]), "usage", "uses")
    few = told(found)
    assert few is not None
    assert (few.untold, few.whole) == ("few", None)
    assert "fewer than 11 agents" in str(used_by(few, speaker("en")))
    nameless = uses(9, agents()["who"][:50]).assign(agent=None)
    bring(found, nameless.assign(id="n" + nameless["id"]), "usage", "nameless")
    unknown = told(found)
    assert unknown is not None
    assert unknown.untold == "unnamed"
    assert "name no agent" in str(used_by(unknown, speaker("en")))


@pytest.mark.costly
def test_agents_are_found_again_under_new_keys_and_nowhere_in_clear(tmp_path: Path) -> None:
    found = made(tmp_path / "w")
    bring(found, pd.concat([export("2026-08-31"), export("2026-09-30")]), "accounts", "accounts")
    bring(found, pd.concat([uses(month, agents()["who"][:100]) for month in (8, 9)]), "usage", "uses")
    before = told(found)
    assert before is not None
    rotate(found)
    assert told(Workspace(found.home)) == before
    assert not found_when_opened(found, [b"agent001", b"login-agent"])
    purge(found, system_id="writer", before=dt.date(2026, 9, 1))
    after = told(Workspace(found.home))
    assert after is not None
    assert (after.whole, after.before) == (before.whole, ())


def test_classes_of_few_are_told_with_those_beside_them() -> None:
    def classes(*agents: int) -> list[tuple[int, int | None, int]]:
        starts = [(1, 1), (2, 3), (4, 11), (12, None)]
        found = [Depth(first=a, last=b, agents=n) for (a, b), n in zip(starts, agents, strict=True)]
        return [(each.first, each.last, each.agents) for each in joined_classes(found, 11)]

    assert classes(11, 11, 11, 11) == [(1, 1, 11), (2, 3, 11), (4, 11, 11), (12, None, 11)]
    assert classes(30, 10, 20, 0) == [(1, 1, 30), (2, None, 30)]
    assert classes(3, 4, 5, 0) == [(1, None, 12)]
