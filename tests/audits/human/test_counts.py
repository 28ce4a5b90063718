"""What is counted of reviews, held to the same counted with pandas, and shares worked out by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import t

from boussole.audits.counts.corrections import read_logs
from boussole.audits.counts.read import SHARES
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading
from boussole.audits.measures import Measure
from boussole.audits.metrics.human import HASTY_SHARE, OVERRIDE_RATE, review_measures
from boussole.audits.metrics.shares import PART_OF_MONTH
from boussole.audits.systems.logs.human_actions import CHANGED, EARLY, HASTY, MONTHS, SMALL, SQUARES, UNTIMED
from boussole.audits.uncertainty.tests import tails
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.freedom.test_shares import SYSTEM, rows
from tests.written import system_text, written_workspace

TEXT = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: at
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
  request: offer
  human: {decision: kept, seconds: took, agent: agent, team: agency, words: shown}
groups: {gender: {column: gender, reference: M}}
""",
    kind="selection",
)
YEAR = Window(dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, pd.DataFrame]:
    """Proposals of two months, one for each person, reviewed by twelve agents of A, eleven of B, ten of C."""
    rng, rows = np.random.default_rng(11), list[dict[str, Any]]()
    workspace = written_workspace(tmp_path_factory.mktemp("reviews") / "w", TEXT)
    for offer in range(400):
        team, people = [("A", 12), ("B", 11), ("C", 10)][offer % 3]
        at = pd.Timestamp(2026, 2 + offer // 200, 1 + offer % 27, 9)
        agent = f"{team}{offer // 3 % people}"
        for place in range(int(rng.integers(1, 4))):
            took = None if rng.random() < 0.01 else float(rng.integers(5, 60))
            row = {"ref": f"{offer}.{place}", "at": at, "offer": offer, "agency": team}
            row["who"] = f"p{len(rows)}"
            row |= {"gender": rng.choice(["F", "M"]), "contacted": rng.random() < 0.5, "agent": agent, "took": took}
            rows.append(row | {"shown": int(rng.integers(50, 150)), "changed": rng.random() < 0.1})
    frame = pd.DataFrame(rows)
    frame["kept"] = frame["contacted"] ^ frame["changed"]
    for log, columns in (
        ("decisions", ["ref", "at", "offer", "who", "gender", "contacted"]),
        ("human_actions", ["ref", "kept", "took", "agent", "agency", "shown"]),
    ):
        frame[columns].to_parquet(path := workspace.home.parent / f"{log}.parquet")
        ingest(workspace, workspace.system("offers"), path, log=log)
    return workspace, frame


def counted(workspace: Workspace, window: Window, *, exact: bool = False) -> pd.DataFrame:
    with reading(workspace) as connection:
        found = read_logs(connection, workspace.system("offers"), window, exact=exact)
    return found["human_actions"].to_pandas()


def sides(rows: pd.DataFrame, part: str) -> tuple[int, int]:
    """Cases and all of a part, of everybody."""
    own = rows[(rows["part"] == part) & rows["by"].isna()]
    return int(own.loc[own["decision"] == 1, "n"].sum()), int(own["n"].sum())


def test_counts_are_those_of_pandas(logged: tuple[Workspace, pd.DataFrame]) -> None:
    workspace, frame = logged
    found = counted(workspace, YEAR)
    large = frame[frame["agency"] != "C"]
    lists = large.groupby("offer").agg(
        changed=("changed", "any"),
        timed=("took", lambda x: x.notna().all()),
        took=("took", "sum"),
        shown=("shown", "sum"),
    )
    timed = lists[lists["timed"]]
    assert sides(found, CHANGED) == (lists["changed"].sum(), len(lists))
    assert sides(found, HASTY) == ((timed["took"] < timed["shown"] / 300 * 60).sum(), len(timed))
    assert sides(found, UNTIMED) == (len(lists) - len(timed), len(lists))
    assert sides(found, SMALL) == (frame.loc[frame["agency"] == "C", "offer"].nunique(), frame["offer"].nunique())
    small = found[found["part"].isin([SMALL, EARLY])]
    assert set(small["bucket"]) == {0}  # a bucket of its own would tell of a small team, or of somebody
    months = large.assign(month=large["at"].dt.month).groupby(["month", "agent"])["offer"].nunique()
    assert sides(found, SQUARES) == (0, (months**2).sum())
    assert sides(found, MONTHS) == (0, 2)


def test_the_cube_says_what_the_rows_say_and_of_part_of_a_month_nothing_is_told(
    logged: tuple[Workspace, pd.DataFrame],
) -> None:
    workspace, _ = logged
    pd.testing.assert_frame_equal(counted(workspace, YEAR), counted(workspace, YEAR, exact=True))
    for part in (Window(dt.date(2026, 2, 1), dt.date(2026, 2, 14)), Window(dt.date(2026, 2, 2), dt.date(2026, 2, 28))):
        read = counted(workspace, part)
        assert read[["part", "n"]].to_numpy().tolist() == [[PART_OF_MONTH, 1]]
        found = review_measures(pa.Table.from_pandas(read, SHARES), SYSTEM)
        assert {(each.status, each.reason) for each in found} == {("undefined", PART_OF_MONTH)}


def measured(read: pa.Table) -> dict[str, Measure]:
    return {measure.metric: measure for measure in review_measures(read, SYSTEM)}


def test_of_few_lists_changed_those_of_an_agent_are_alike() -> None:
    """Of each of 40 teams, 40 agents with two lists each, none changed: worth 1,600 of the 3,200 lists."""
    found = measured(rows(changed=[(b, 0, 80) for b in range(40)], squares=[(0, 0, 6400)], months=[(0, 0, 1)]))
    several = measured(rows(changed=[(0, 0, 3000)], squares=[(0, 0, 6000)], months=[(0, 0, 3)]))
    assert several[OVERRIDE_RATE].params["test"]["size"] == 500  # of 500 agents, as if each had given one answer
    rate = found[OVERRIDE_RATE]
    assert (rate.value, rate.n, rate.params["test"]["size"]) == (0, 3200, 1600)
    beyond, _ = tails(rate.params["test"], threshold=0.01, bad_side="below")
    assert beyond == pytest.approx(t.cdf(-0.01 / np.sqrt(0.01 * 0.99 / 1600), 1599))
    assert rate.interval is not None
    assert rate.interval.high == pytest.approx(t.ppf(0.975, 1599) ** 2 / (1600 + t.ppf(0.975, 1599) ** 2))


def test_of_small_teams_nothing_is_told_and_without_times_nothing_of_reading() -> None:
    small = measured(rows(small=[(0, 50, 0)], months=[(0, 0, 1)]))
    assert {(each.status, each.reason, each.n) for each in small.values()} == {("suppressed", "small_teams", None)}
    for untimed, reason in ((10, None), (11, "no_reading_time")):
        read = rows(
            changed=[(b, 3, 22) for b in range(40)],
            hasty=[(b, 5, 20) for b in range(40)],
            untimed=[(0, untimed, 1000 - untimed)],
            squares=[(0, 0, 4000)],
            months=[(0, 0, 1)],
        )
        assert measured(read)[HASTY_SHARE].reason == reason
        assert measured(read)[OVERRIDE_RATE].status == "ok"
