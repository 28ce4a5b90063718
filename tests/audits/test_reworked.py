"""What agents make of texts, worked out by hand: what is changed, what is read, which teams are told of."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pyarrow as pa
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.counts.corrections import read_logs
from boussole.audits.counts.read import SHARES
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading
from boussole.audits.metrics.reworked import HASTY_TEXTS, REWORKED_SHARE, reworked_measures
from boussole.audits.systems.logs.generations import CHANGED, HASTY, MONTHS, SMALL, SQUARES, UNTIMED, Generations, part
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import writing_system

SECTION = {
    "id": "id", "at": "at", "input": None, "output": "draft", "outcome": "outcome", "team": "team", "agent": "who",
    "shown_at": "shown", "sent_at": "sent", "edit_distance": "far", "texts": {"kept": False},
}  # fmt: skip
SEPTEMBER = Window(dt.date(2026, 9, 1), dt.date(2026, 9, 30))
TEN = "one two three four five six seven eight nine ten"
"""Two seconds at 300 words a minute."""
ROWS = [  # outcome, distance, seconds; then: told, changed, sent and timed, hasty
    ("kept", None, 2.0, (1, 0, 1, 0)),
    ("kept", None, 1.9, (1, 0, 1, 1)),
    (" Kept ", 0, 5.0, (1, 0, 1, 0)),
    ("kept", 3, 5.0, (1, 1, 1, 0)),  # something was changed, whatever it is called
    ("edited", None, 1.0, (1, 1, 1, 1)),
    ("edited", 0, 5.0, (1, 0, 1, 0)),
    ("rejected", None, 0.5, (1, 1, 0, 0)),  # what is not sent need not be read
    ("kept", None, None, (1, 0, 0, 0)),
    ("kept", None, -4.0, (1, 0, 0, 0)),  # sent before it was shown
    ("shelved", None, 1.0, (0, 0, 0, 0)),
    (None, None, 1.0, (0, 0, 0, 0)),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Each row by each of eleven agents of one team and of ten of another, and by somebody of no team."""
    home = tmp_path_factory.mktemp("reworked") / "w"
    Workspace.create(home)
    system = writing_system(SECTION)
    (home / "systems" / "writer.yaml").write_text(system.model_dump_json(exclude_unset=True), encoding="utf-8")
    who = [*(("A", f"a{n}") for n in range(11)), *(("B", f"b{n}") for n in range(10)), (None, "c")]
    rows = [(team, agent, *row[:3]) for team, agent in who for row in ROWS]
    log = pd.DataFrame(rows, columns=["team", "who", "outcome", "far", "took"])
    log["shown"] = pd.Timestamp("2026-09-03T10:00:00")
    log["sent"] = log["shown"] + pd.to_timedelta(log.pop("took"), unit="s")
    log["id"], log["at"], log["draft"] = [f"t{n}" for n in range(len(log))], log["shown"], TEN
    log["far"] = log["far"].astype("Int64")
    log.to_parquet(path := home.parent / "texts.parquet")
    made = Workspace(home)
    assert ingest(made, made.system("writer"), path, log="generations").quarantined == 0
    return made


@pytest.mark.parametrize("exact", [False, True])
def test_what_is_counted_is_what_a_human_counts(workspace: Workspace, exact: bool) -> None:
    system = workspace.system("writer")
    with reading(workspace) as connection:
        read = read_logs(connection, system, SEPTEMBER, exact=exact)["generations"]
    reworked, hasty = reworked_measures(pa.Table.from_pylist(read.to_pylist(), SHARES), system)
    told, changed, timed, fast = (11 * sum(row[3][i] for row in ROWS) for i in range(4))
    assert (reworked.n, reworked.value) == (told, changed / told)
    assert reworked.params["left_out"] == 11 * sum(row[3][0] for row in ROWS)  # ten agents, and one of no team
    assert (hasty.status, hasty.reason, hasty.params["untimed"]) == ("undefined", "no_text_time", 22)
    assert fast / timed == 2 / 6


def test_agents_are_keyed_hashes_and_no_row_of_the_cube_tells_one(workspace: Workspace) -> None:
    with reading(workspace) as connection:
        (agents,) = connection.execute("SELECT list(DISTINCT agent) FROM lake.writer.generations").fetchone()
    assert len(agents) == 22
    assert not {"a1", "b1", "c"} & {*agents}


def measured(
    teams: list[tuple[int, int]], *, fast: int = 0, untimed: int = 0, small: int = 0, squares: int | None = None
):
    """Measures of teams with (left, changed) texts, one bucket each, of which the first sent some too fast."""
    system = writing_system(SECTION)
    section, rows = system.generations, []

    def add(name: str, bucket: int, side: int, n: int) -> None:
        rows.append({"part": part(section, name), "window": "2026-09", "bucket": bucket, "decision": side, "n": n})

    for bucket, sides in enumerate(teams):
        for side, n in enumerate(sides):
            add(CHANGED, bucket, side, n)
        add(HASTY, bucket, 0, sum(sides) - fast * (bucket == 0))
        add(UNTIMED, bucket, 0, sum(sides))
    add(HASTY, 0, 1, fast)
    add(UNTIMED, 0, 1, untimed)
    add(SMALL, 0, 0, sum(map(sum, teams)))
    add(SMALL, 0, 1, small)
    n = sum(map(sum, teams))
    add(SQUARES, 0, 0, n if squares is None else squares)
    add(MONTHS, 0, 0, 1)
    return reworked_measures(pa.Table.from_pylist(rows, SHARES), system)


def test_of_few_changes_all_texts_of_an_agent_are_taken_to_be_alike() -> None:
    reworked, hasty = measured([(100, 1)] * 10, squares=10 * 101 * 10)  # 101 agents of ten texts
    size = 1010**2 / 10100
    level = 2 * norm.sf(student.ppf(0.975, size - 1))
    low, high = proportion_confint(10 / 1010 * size, size, alpha=level, method="wilson")
    assert (reworked.metric, reworked.value, reworked.n) == (REWORKED_SHARE, 10 / 1010, 1010)
    assert (reworked.interval.low, reworked.interval.high) == pytest.approx((low, high))
    assert (hasty.metric, hasty.value, hasty.interval.low) == (HASTY_TEXTS, 0.0, pytest.approx(0.0, abs=1e-12))


def test_small_teams_and_unknown_times_are_told_and_hide_what_they_must() -> None:
    none = measured([], small=40)
    assert [(each.status, each.reason) for each in none] == [("suppressed", "small_teams")] * 2
    assert measured([(500, 500)], untimed=10)[1].status == "ok"
    assert measured([(500, 500)], untimed=11)[1].reason == "no_text_time"
    assert measured([(500, 500)], small=7)[0].params["left_out"] == 7


def test_a_section_that_says_less_is_measured_less() -> None:
    assert not Generations(agent="a", team="t").reviewed
    assert Generations(agent="a", team="t", outcome="o").reviewed
    assert not Generations(agent="a", team="t", outcome="o", shown_at="x", sent_at="y", output=None).timed
    assert Generations(agent="a", team="t", outcome="o", shown_at="x", sent_at="y", output=None, words="w").timed
