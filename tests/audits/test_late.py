"""What comes after a decision: in any order, before or after it, corrected later, and only touched months rebuilt."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.cubes import update
from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.errors import SourceError
from boussole.audits.lake import writing
from boussole.audits.log_names import LogName
from boussole.audits.privacy import keys
from boussole.audits.workspace import Workspace
from tests.audits.cubed import contents, rebuilt
from tests.audits.privacy.helpers import rows_of
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  outcome: {column: hired, positive: [true], observed_for: OBSERVED, absent: missing, recorded_at: noted}
  stages: [replied, hired]
  human: {decision: adviser, seconds: read, recorded_at: noted}
  person: who
contacts: {person: who, at: sent, kind: kind, reply_at: answered}
groups:
  gender: {column: gender}
privacy: {pseudonymise: [ref, who]}
""",
    kind="ranking",
)
DAYS = [dt.date(2026, month, 5) for month in (1, 1, 2, 2, 3, 3)]
DECISIONS = pd.DataFrame(
    {
        "ref": [f"d{i}" for i in range(6)],
        "day": DAYS,
        "contacted": [True, True, True, False, True, True],
        "gender": ["F", "M", "F", "M", "F", "M"],
        "who": [f"p{i % 3}" for i in range(6)],
    }
)
Row = tuple[object, ...]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make(tmp_path / "w")


def make(home: Path, observed: str = "all") -> Workspace:
    made = Workspace.create(home)
    keys.write(made.keys / "bucket.key", b"k" * 32)
    (made.home / "systems" / "offers.yaml").write_text(SYSTEM.replace("OBSERVED", observed), encoding="utf-8")
    return made


def bring(workspace: Workspace, frame: pd.DataFrame, log: LogName = "decisions", *, name: str = "f") -> IngestReport:
    path = workspace.home / f"{name}-{len(list(workspace.home.glob('*.parquet')))}.parquet"
    frame.to_parquet(path)
    return ingest(workspace, workspace.system("offers"), path, log=log)


def outcomes(**rows: tuple[bool | None, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "ref": list(rows),
            "hired": pd.Series([value for value, _ in rows.values()], dtype="boolean"),
            "noted": pd.to_datetime([noted for _, noted in rows.values()]),
        }
    )


def in_force(workspace: Workspace) -> list[Row]:
    """Outcome, stages and human decision of each decision, in the order of DECISIONS."""
    return rows_of(
        workspace, "SELECT outcome, stages, human, human_seconds FROM lake.offers.decisions ORDER BY day, g_gender"
    )


@pytest.mark.costly
def test_an_outcome_changes_its_decision_and_the_cubes_of_its_month_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(workspace, DECISIONS)
    seen, real = list[list[dt.date]](), update.rebuild_months
    monkeypatch.setattr(
        "boussole.audits.decisions.effective.rebuild_months",
        lambda lake, system, months, **more: (seen.append(list(months)), real(lake, system, months, **more)),
    )
    report = bring(workspace, outcomes(d2=(True, "2026-05-01"), d9=(True, "2026-05-01")), "outcomes")
    assert (report.accepted, report.updated, report.waiting) == (2, 1, 1)
    assert seen == [[dt.date(2026, 2, 1)]]
    # hired is both the outcome and the second stage of the funnel, hence bit 2
    assert [row[:2] for row in in_force(workspace)] == [(None, None)] * 2 + [(1, 2)] + [(None, None)] * 3
    assert contents(workspace) == rebuilt(workspace)
    positive = rows_of(
        workspace, """SELECT day, sum(n) FROM lake.offers.daily WHERE "by" = '' AND outcome = 1 GROUP BY day"""
    )
    assert positive == [(dt.date(2026, 2, 5), 1)]


@pytest.mark.slow
def test_every_order_of_arrival_ends_the_same(tmp_path: Path) -> None:
    """Decisions in two parts, an outcome, its correction, and a human action: 4 of the 120 orders."""
    parts: list[tuple[LogName, pd.DataFrame]] = [
        ("decisions", DECISIONS[:3]),
        ("decisions", DECISIONS[3:]),
        ("outcomes", outcomes(d0=(True, "2026-05-01"), d3=(True, "2026-05-01"), d4=(False, "2026-05-01"))),
        ("outcomes", outcomes(d0=(False, "2026-06-01"), d5=(True, "2026-06-01"))),
        (
            "human_actions",
            pd.DataFrame(
                {
                    "ref": ["d1", "d3"],
                    "adviser": [False, True],
                    "read": [12.5, 40.0],
                    "noted": pd.Timestamp("2026-05-01"),
                }
            ),
        ),
    ]
    expected = [(0, 0), (None, None), (None, None), (1, 2), (0, 0), (1, 2)]
    human = [(None, None), (0, 12.5), (None, None), (1, 40.0), (None, None), (None, None)]
    orders = list(itertools.permutations(range(5)))
    found = []
    for number, order in enumerate(orders[7::30]):
        workspace = make(tmp_path / str(number))
        for i in order:
            bring(workspace, parts[i][1], parts[i][0])
        assert in_force(workspace) == [(*e, *h) for e, h in zip(expected, human, strict=True)], order
        found.append(contents(workspace))
        assert found[-1] == rebuilt(workspace), order
    assert all(item == found[0] for item in found)


@pytest.mark.slow
def test_the_newest_word_counts_and_without_dates_the_last_to_arrive(tmp_path: Path) -> None:
    home = tmp_path / "w"
    workspace = make(home)
    text = (home / "systems" / "offers.yaml").read_text().replace(", recorded_at: noted}", "}")
    (home / "systems" / "offers.yaml").write_text(text)
    bring(workspace, DECISIONS)
    for d0, d1 in ((True, True), (False, True), (True, True), (None, False)):  # the third is the first again
        frame = pd.DataFrame({"ref": ["d0", "d1"], "hired": pd.Series([d0, d1], dtype="boolean")})
        bring(workspace, frame, "outcomes")
    # an empty cell says nothing: the last word on d0 stays "hired"
    assert [row[0] for row in in_force(workspace)][:2] == [1, 0]


@pytest.mark.slow
def test_what_the_decision_log_said_counts_until_somebody_says_otherwise(workspace: Workspace) -> None:
    bring(workspace, DECISIONS.assign(hired=[True, None, None, None, False, None], replied=[True, None] * 3))
    assert [row[:2] for row in in_force(workspace)] == [(1, 3), (None, 0), (None, 1), (None, 0), (0, 1), (None, 0)]
    bring(workspace, outcomes(d0=(False, "2026-05-01")), "outcomes")
    # the stage `replied` of the decision log stays, the stage `hired` is taken back with the outcome
    assert in_force(workspace)[0][:2] == (0, 1)


@pytest.mark.costly
def test_outcomes_of_people_who_were_not_selected_are_not_seen_where_declared_so(tmp_path: Path) -> None:
    workspace = make(tmp_path / "w", observed="selected")
    bring(workspace, DECISIONS)
    bring(workspace, outcomes(d2=(True, "2026-05-01"), d3=(True, "2026-05-01")), "outcomes")
    assert [row[0] for row in in_force(workspace)] == [None, None, 1, None, None, None]


@pytest.mark.costly
def test_saying_it_again_changes_nothing_and_a_row_that_says_nothing_is_set_aside(workspace: Workspace) -> None:
    bring(workspace, DECISIONS)
    first = outcomes(d0=(True, "2026-05-01"))
    bring(workspace, first, "outcomes")
    more = outcomes(d1=(True, "2026-05-01"), d2=(None, "2026-05-01"))
    report = bring(workspace, pd.concat([first, more]), "outcomes")
    assert (report.accepted, report.known, report.updated) == (1, 1, 1)
    assert [item.reason for item in report.rejections] == ["the row says nothing: no outcome and no stage"]


def test_a_log_that_is_not_declared_or_says_nothing_is_refused(workspace: Workspace) -> None:
    with pytest.raises(SourceError, match=r"declares no log `generations`.*Give it `generations`"):
        bring(workspace, DECISIONS, "generations")
    frame = pd.DataFrame({"ref": ["d0"], "noted": [pd.Timestamp("2026-05-01")]})
    with pytest.raises(SourceError, match="none of these columns is there: hired, replied"):
        bring(workspace, frame, "outcomes")


@pytest.mark.slow
def test_a_month_whose_rows_were_purged_stays_as_it_is(workspace: Workspace) -> None:
    bring(workspace, DECISIONS)
    before = contents(workspace)
    with writing(workspace) as connection:
        connection.execute("DELETE FROM lake.offers.decisions WHERE day < DATE '2026-02-01'")
        connection.execute("INSERT INTO lake.offers.sealed VALUES (DATE '2026-01-01', 2, now()::TIMESTAMP)")
    report = bring(workspace, outcomes(d0=(True, "2026-05-01")), "outcomes")
    assert (report.updated, report.waiting) == (0, 1)
    assert contents(workspace) == before == rebuilt(workspace)


@pytest.mark.costly
def test_a_random_history_ends_as_pandas_says(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    workspace = make(tmp_path / "w")
    said = pd.DataFrame(
        {
            "ref": [f"d{i}" for i in random.integers(0, 6, 60)],
            "hired": random.random(60) < 0.5,
            "noted": pd.Timestamp("2026-04-01") + pd.to_timedelta(random.permutation(60), unit="h"),
        }
    )
    for part in np.array_split(np.arange(60), 4):
        if random.random() < 0.5 and not list(workspace.home.glob("d-*.parquet")):
            bring(workspace, DECISIONS, name="d")
        bring(workspace, said.iloc[part], "outcomes")
    if not list(workspace.home.glob("d-*.parquet")):
        bring(workspace, DECISIONS, name="d")
    newest = said.sort_values("noted").groupby("ref").hired.last()
    assert [row[0] for row in in_force(workspace)] == [int(newest[ref]) for ref in DECISIONS.ref]
    assert contents(workspace) == rebuilt(workspace)
