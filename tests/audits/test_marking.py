"""Marks on texts, worked out by hand: which texts are in scope, which marks count, what nobody can tell."""

from __future__ import annotations

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
from boussole.audits.metrics.marking import UNMARKED_SHARE, marking_measures
from boussole.audits.systems.logs.generations import Generations
from boussole.audits.systems.logs.texts import UNMARKED, UNTOLD_MARKS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import writing_system

MARKS = {"Mention-1": {"approved_on": "2026-01-05"}, "mention-2": {"approved_on": "2026-09-10", "document": "n° 4"}}
LOGGED = {"use": "task", "outcome": "outcome", "recipient": "to", "marked": "mark", "team": "team"}


def writer(**marking: object) -> System:
    held = {"marking": {"marks": MARKS, **marking}}
    return writing_system({**LOGGED, "input": None, "output": None, "texts": held})


ROWS = [  # outcome, recipient, mark, day; then: in scope, without an approved mark, nobody can tell
    ("kept", "employer", "mention-1", 2, (1, 0, 0)),
    ("edited", "Employer ", " MENTION-1 ", 2, (1, 0, 0)),
    ("kept", "employer", "mention-2", 9, (1, 1, 0)),  # approved the day after
    ("kept", "employer", "mention-2", 10, (1, 0, 0)),
    ("kept", "employer", "none", 2, (1, 1, 0)),
    ("kept", "employer", "mention-1x", 2, (1, 1, 0)),
    ("kept", "employer", None, 2, (1, 0, 1)),
    ("kept", "employer", "  ", 2, (1, 0, 1)),
    ("kept", "agent", "none", 2, (0, 0, 0)),
    ("kept", "agent", None, 2, (0, 0, 0)),
    ("kept", None, "mention-1", 2, (1, 0, 1)),  # perhaps to an employer
    ("rejected", "employer", None, 2, (0, 0, 0)),
    ("rejected", None, None, 2, (0, 0, 0)),
    ("shelved", "employer", "none", 2, (0, 0, 0)),
    (None, "employer", "none", 2, (1, 0, 1)),  # perhaps it went out
    (None, "agent", "none", 2, (0, 0, 0)),
]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A log with each of these rows twelve times."""
    home = tmp_path_factory.mktemp("marks") / "w"
    Workspace.create(home)
    system = writer(recipients=["employer"])
    (home / "systems" / "writer.yaml").write_text(system.model_dump_json(exclude_none=True), encoding="utf-8")
    rows = [row[:4] for row in ROWS for _ in range(12)]
    log = pd.DataFrame(rows, columns=["outcome", "to", "mark", "day"])
    log["at"] = [f"2026-09-{day:02}T09:00:00" for day in log.pop("day")]
    log["id"], log["team"], log["task"] = [f"t{n}" for n in range(len(log))], "E1", "mail"
    log.to_parquet(path := home.parent / "texts.parquet")
    made = Workspace(home)
    assert ingest(made, made.system("writer"), path, log="generations").quarantined == 0
    return made


@pytest.mark.parametrize("exact", [False, True])
def test_what_is_counted_is_what_a_human_counts(workspace: Workspace, exact: bool) -> None:
    system = workspace.system("writer")
    window = Window(pd.Timestamp("2026-09-01").date(), pd.Timestamp("2026-09-30").date())
    with reading(workspace) as connection:
        read = read_logs(connection, system, window, exact=exact)["generations"]
    (measure,) = [each for each in marking_measures(read, system) if each.metric == UNMARKED_SHARE]
    every, unmarked, untold = (12 * sum(row[4][i] for row in ROWS) for i in range(3))
    assert (measure.n, measure.params["cases"]) == (every - untold, unmarked)
    assert (measure.params["unlabelled"], measure.params["all"]) == (untold, every)


def measured(*counts: tuple[int, int], untold: tuple[int, int] | None = None, month: str = "2026-09"):
    """The measure of (marked, unmarked) texts by bucket; of how many nobody can tell, of how many."""
    system = writer()
    held = system.generations.texts
    told = untold or (sum(map(sum, counts)), 0)
    rows = [
        {"part": held.mark_part(UNMARKED), "window": month, "bucket": bucket, "decision": side, "n": n}
        for bucket, sides in enumerate(counts)
        for side, n in enumerate(sides)
    ]
    rows += [
        {"part": held.mark_part(UNTOLD_MARKS), "window": month, "bucket": 0, "decision": side, "n": n}
        for side, n in enumerate((told[0] - told[1], told[1]))
    ]
    (found,) = marking_measures(pa.Table.from_pylist(rows, SHARES), system)
    return found


def test_an_interval_takes_texts_of_one_team_to_come_from_one_template() -> None:
    found = measured((188, 12), (200, 0), (200, 0))
    level = 2 * norm.sf(student.ppf(0.975, 49))  # 600 texts, 12 cases of one team: worth 50, as their quantile is
    low, high = proportion_confint(12 / 600 * 50, 50, alpha=level, method="wilson")
    assert (found.value, found.interval.low, found.interval.high) == pytest.approx((12 / 600, low, high))


def test_few_texts_are_hidden_but_not_that_one_bears_no_mark() -> None:
    hidden = [measured((5, 0)), measured((4, 1))]
    assert [each.reason for each in hidden] == ["small_group", "small_group"]
    assert [each.params for each in hidden] == [{"some": False}, {"some": True}]
    none = measured((0, 0), untold=(40, 40))
    assert (none.status, none.reason, none.params["unlabelled"]) == ("undefined", "no_mark_told", 40)


def test_counts_held_to_other_marks_are_not_taken_for_these() -> None:
    system = writer(recipients=["employer"])
    rows = [{"part": writer().generations.texts.mark_part(UNTOLD_MARKS), "window": "2026-09", "bucket": 0, "n": 9}]
    assert marking_measures(pa.Table.from_pylist(rows, SHARES), system) == []


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"outcome": "o", "texts": {"marking": {"marks": MARKS}}}, "column `marked`, which is not declared"),
        ({"marked": "m", "texts": {"marking": {"marks": MARKS}}}, "column `outcome`, which is not declared"),
        ({"marked": "m", "outcome": "o", "texts": {"marking": {"marks": MARKS, "tasks": ["x"]}}}, "column `use`"),
        ({"texts": {"marking": {"marks": {}}}}, "at least 1 item"),
        ({"texts": {"marking": {"marks": {**MARKS, "MENTION-2 ": MARKS["mention-2"]}}}}, "names the same mark twice"),
    ],
)
def test_a_section_that_cannot_be_counted_says_why(section: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Generations.model_validate(section)
