"""Texts, from counts by hand: what is found in them, what readers miss, which bear a mark, and what agents change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
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
from boussole.audits.metrics.reworked import HASTY_TEXTS, REWORKED_SHARE, reworked_measures
from boussole.audits.metrics.texts import READER_ACCURACY, WORDING, personal_reader, text_measures
from boussole.audits.systems.logs.generations import CHANGED, HASTY, MONTHS, SMALL, SQUARES, UNTIMED, Generations, part
from boussole.audits.systems.logs.texts import UNMARKED, UNTOLD_MARKS
from boussole.audits.systems.model import System
from boussole.audits.texts.reading import Remembered
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.document.measures import MeasureDocument, measures_of
from boussole.charter.judging.stated import logged
from tests.audits.privacy.helpers import rows_of
from tests.written import writing_system

SEPTEMBER = Window(dt.date(2026, 9, 1), dt.date(2026, 9, 30))
MARKS = {"Mention-1": {"approved_on": "2026-01-05"}, "mention-2": {"approved_on": "2026-09-10", "document": "n° 4"}}
HELD = {"adverts": ["advert"], "outside": ["employer"], "personal": ["NIR", "IBAN"], "kept": False}
WRITER = writing_system({"use": "task", "outcome": "outcome", "recipient": "to", "texts": HELD})
PARTS = {"3.7": ("adverts", "drafts", "unread_adverts"), "6.4": ("outside", "personal", "unread")}


def shares(rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    """Counts of September, by part, bucket and decision."""
    names = ("window", "part", "bucket", "decision", "n")
    return pa.Table.from_pylist([dict(zip(names, ("2026-09", *row), strict=True)) for row in rows], SHARES)


def interval(share: float, size: float) -> tuple[float, float]:
    """That of Wilson, of texts that are worth so many."""
    level = 2 * norm.sf(student.ppf(0.975, size - 1))
    return proportion_confint(share * size, size, alpha=level, method="wilson")


def brought(home: Path, system: System, log: pd.DataFrame) -> Workspace:
    Workspace.create(home)
    (home / "systems" / "writer.yaml").write_text(system.model_dump_json(exclude_unset=True), encoding="utf-8")
    log.to_parquet(path := home.parent / "texts.parquet")
    made = Workspace(home)
    assert ingest(made, made.system("writer"), path, log="generations").quarantined == 0
    return made


def measured(number: str, *parts: tuple[int, int], teams: int = 30) -> MeasureDocument:
    """The measure of (texts, cases) that went out, of all of them, and of those not read; cases by team."""
    held = WRITER.generations.texts
    rows = []
    for name, (n, cases) in zip(PARTS[number], parts, strict=True):
        for bucket in range(30):
            some = cases // teams + (bucket < cases % teams) if bucket < teams else 0
            other = n // 30 + (bucket < n % 30) - some
            rows += [(held.part(name), bucket, 0, other), (held.part(name), bucket, 1, some)]
    every = measures_of(text_measures(shares(rows), WRITER))
    metric = {"3.7": "unlawful_adverts_share", "6.4": "personal_data_outside_share"}[number]
    return next(each for each in every if each.metric == metric)


TABLE = [  # went out, all, unread; then the answer
    ("3.7", (5000, 0), (5000, 0), (5000, 0), ("kept", "logged_none")),
    ("3.7", (3000, 0), (3000, 0), (3000, 0), ("unknown", "logged_wide")),
    ("3.7", (5000, 3), (5000, 3), (5000, 0), ("watch", "logged_case")),
    ("3.7", (5000, 1), (5000, 0), (5000, 0), ("watch", "logged_case")),  # the agent wrote it
    ("3.7", (5000, 0), (5000, 3), (5000, 0), ("unknown", "logged_wide")),
    ("3.7", (5000, 0), (5000, 6), (5000, 0), ("watch", "logged_rate")),  # 6 ÷ 5,000 ÷ .87 is 1.4 in 1,000
    ("3.7", (5000, 0), (5000, 0), (5060, 60), ("unknown", "logged_unread")),
    ("3.7", (5000, 0), (5000, 0), (5040, 40), ("kept", "logged_none")),
    ("3.7", (10, 0), (5000, 0), (5000, 0), ("unknown", "small_group")),
    ("3.7", (10, 2), (5000, 2), (5000, 0), ("watch", "logged_hidden")),
    ("3.7", (0, 0), (5000, 0), (5000, 0), ("unknown", "no_text_read")),
    ("3.7", (0, 0), (5000, 9), (5000, 0), ("watch", "logged_rate")),
    ("6.4", (5000, 0), (5000, 0), (5000, 0), ("kept", "logged_none")),
    ("6.4", (5000, 2), (5000, 2), (5000, 0), ("watch", "logged_case")),
    ("6.4", (5000, 0), (5000, 2), (5000, 0), ("watch", "logged_rate")),  # at most 1.6 in 1,000
    ("6.4", (9000, 0), (9000, 2), (9000, 0), ("kept", "logged_none")),
    ("6.4", (2000, 0), (2000, 0), (2000, 0), ("unknown", "logged_wide")),
    ("6.4", (5000, 0), (5000, 0), (5060, 60), ("unknown", "logged_unread")),
]


@pytest.mark.parametrize(("number", "out", "every", "unread", "expected"), TABLE)
def test_answers_follow_what_was_found_and_what_is_missed(
    number: str, out: tuple[int, int], every: tuple[int, int], unread: tuple[int, int], expected: tuple[str, str]
) -> None:
    measure = measured(number, out, every, unread)
    found = logged(measure, None, refuted=0, watch=0.001)
    assert (found.verdict, found.reason) == expected


def test_what_readers_miss_is_in_the_bounds() -> None:
    found = logged(measured("3.7", (5002, 0), (5002, 2), (5002, 0)), None, refuted=0, watch=0.001).logged
    recall_at_least = proportion_confint(222, 255, method="wilson")[0]
    p, n, z = 2 / 5002, 5002, student.ppf(0.975, 5001)  # two drafts of two teams: as good as independent
    high = (p + z**2 / 2 / n + z * np.sqrt(p * (1 - p) / n + z**2 / 4 / n**2)) / (1 + z**2 / n)
    assert found.detected.most == pytest.approx(high / recall_at_least)
    assert found.detected.share == pytest.approx(2 / 5002 / (222 / 255))
    assert found.bound == pytest.approx(3 / 5002 / recall_at_least)


def test_drafts_of_one_team_count_as_one_template() -> None:
    alone, apart = (measured("3.7", (5000, 0), (5000, 4), (5000, 0), teams=teams).params.detected for teams in (1, 4))
    assert (alone.flagged, alone.share) == (apart.flagged, apart.share)
    assert alone.most > 1.3 * apart.most


def test_refuted_cases_keep_nothing() -> None:
    found = logged(measured("3.7", (5000, 2), (5000, 2), (5000, 0)), None, refuted=2, watch=0.001)
    assert (found.verdict, found.reason) == ("unknown", "logged_refuted")


def test_what_readers_do_is_what_the_docs_tell() -> None:
    root = Path(__file__).parents[2]
    wording = (root / "docs" / "texts.md").read_text(encoding="utf-8")
    assert f"| all | {WORDING.annotated} | {WORDING.found} | 0.87" in wording
    personal = (root / "docs" / "personal.md").read_text(encoding="utf-8")
    for kind, each in READER_ACCURACY.items():
        assert f"| {kind} | {each.annotated} | {each.found} |" in personal
        assert f"| {each.reported} | {each.right} |" in personal
    assert personal_reader(["NIR", "IBAN", "NIR"]).annotated == 50


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"texts": {"adverts": ["x"], "personal": ["PASSPORT"]}}, "PASSPORT"),
        ({"texts": {"adverts": ["x"]}}, "the column `use`"),
        ({"texts": {"outside": ["x"]}}, "the column `recipient`"),
        ({"texts": {"personal": ["NIR"]}, "output": None}, "looks at no column"),
        ({"outcome": "o", "texts": {"marking": {"marks": MARKS}}}, "column `marked`, which is not declared"),
        ({"marked": "m", "texts": {"marking": {"marks": MARKS}}}, "column `outcome`, which is not declared"),
        ({"marked": "m", "outcome": "o", "texts": {"marking": {"marks": MARKS, "tasks": ["x"]}}}, "column `use`"),
        ({"texts": {"marking": {"marks": {}}}}, "at least 1 item"),
        ({"texts": {"marking": {"marks": {**MARKS, "MENTION-2 ": MARKS["mention-2"]}}}}, "names the same mark twice"),
    ],
)
def test_a_file_that_cannot_be_held_is_refused(section: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        writing_system(section)


def test_each_different_text_is_read_once_and_no_word_is_remembered() -> None:
    asked = []
    remembered = Remembered(lambda texts: asked.extend(texts) or [text[:1] for text in texts])
    assert remembered(["ab", None, "ab", "b\x00\u202e"]) == ["a", None, "a", "b"]
    assert remembered(["ab"]) == ["a"]
    assert asked == ["ab", "b\x00\u202e"]
    assert not any(b"ab" in key for key in remembered._held)


LOGGED = {"use": "task", "outcome": "outcome", "recipient": "to", "marked": "mark", "team": "team"}


def writer(**marking: object) -> System:
    held = {"marking": {"marks": MARKS, **marking}}
    return writing_system({**LOGGED, "input": None, "output": None, "texts": held})


MARKED_ROWS = [  # outcome, recipient, mark, day; then: in scope, without an approved mark, nobody can tell
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
def marked(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A log with each of these rows twelve times."""
    rows = [row[:4] for row in MARKED_ROWS for _ in range(12)]
    log = pd.DataFrame(rows, columns=["outcome", "to", "mark", "day"])
    log["at"] = [f"2026-09-{day:02}T09:00:00" for day in log.pop("day")]
    log["id"], log["team"], log["task"] = [f"t{n}" for n in range(len(log))], "E1", "mail"
    return brought(tmp_path_factory.mktemp("marks") / "w", writer(recipients=["employer"]), log)


@pytest.mark.parametrize("exact", [False, True])
def test_marks_are_what_a_human_counts(marked: Workspace, exact: bool) -> None:
    system = marked.system("writer")
    with reading(marked) as connection:
        read = read_logs(connection, system, SEPTEMBER, exact=exact)["generations"]
    (measure,) = [each for each in marking_measures(read, system) if each.metric == UNMARKED_SHARE]
    every, unmarked, untold = (12 * sum(row[4][i] for row in MARKED_ROWS) for i in range(3))
    assert (measure.n, measure.params["cases"]) == (every - untold, unmarked)
    assert (measure.params["unlabelled"], measure.params["all"]) == (untold, every)


def unmarked(*counts: tuple[int, int], untold: tuple[int, int] | None = None):
    """The measure of (marked, unmarked) texts by bucket; of how many nobody can tell, of how many."""
    system = writer()
    held = system.generations.texts
    told = untold or (sum(map(sum, counts)), 0)
    rows = [(held.mark_part(UNMARKED), at, side, n) for at, sides in enumerate(counts) for side, n in enumerate(sides)]
    rows += [(held.mark_part(UNTOLD_MARKS), 0, side, n) for side, n in enumerate((told[0] - told[1], told[1]))]
    (found,) = marking_measures(shares(rows), system)
    return found


def test_an_interval_takes_texts_of_one_team_to_come_from_one_template() -> None:
    found = unmarked((188, 12), (200, 0), (200, 0))
    low, high = interval(12 / 600, 50)  # 600 texts, 12 cases of one team: worth 50, as their quantile is
    assert (found.value, found.interval.low, found.interval.high) == pytest.approx((12 / 600, low, high))


def test_few_texts_are_hidden_but_not_that_one_bears_no_mark() -> None:
    hidden = [unmarked((5, 0)), unmarked((4, 1))]
    assert [each.reason for each in hidden] == ["small_group", "small_group"]
    assert [each.params for each in hidden] == [{"some": False}, {"some": True}]
    none = unmarked((0, 0), untold=(40, 40))
    assert (none.status, none.reason, none.params["unlabelled"]) == ("undefined", "no_mark_told", 40)


def test_counts_held_to_other_marks_are_not_taken_for_these() -> None:
    system = writer(recipients=["employer"])
    rows = [(writer().generations.texts.mark_part(UNTOLD_MARKS), 0, 0, 9)]
    assert marking_measures(shares(rows), system) == []


SECTION = {
    "id": "id", "at": "at", "input": None, "output": "draft", "outcome": "outcome", "team": "team", "agent": "who",
    "shown_at": "shown", "sent_at": "sent", "edit_distance": "far", "texts": {"kept": False},
}  # fmt: skip
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
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Each row by each of eleven agents of one team and of ten of another, and by somebody of no team."""
    who = [*(("A", f"a{n}") for n in range(11)), *(("B", f"b{n}") for n in range(10)), (None, "c")]
    rows = [(team, agent, *row[:3]) for team, agent in who for row in ROWS]
    log = pd.DataFrame(rows, columns=["team", "who", "outcome", "far", "took"])
    log["shown"] = pd.Timestamp("2026-09-03T10:00:00")
    log["sent"] = log["shown"] + pd.to_timedelta(log.pop("took"), unit="s")
    log["id"], log["at"], log["draft"] = [f"t{n}" for n in range(len(log))], log["shown"], TEN
    log["far"] = log["far"].astype("Int64")
    return brought(tmp_path_factory.mktemp("reworked") / "w", writing_system(SECTION), log)


@pytest.mark.parametrize("exact", [False, True])
def test_changes_are_what_a_human_counts(reviewed: Workspace, exact: bool) -> None:
    system = reviewed.system("writer")
    with reading(reviewed) as connection:
        read = read_logs(connection, system, SEPTEMBER, exact=exact)["generations"]
    reworked, hasty = reworked_measures(pa.Table.from_pylist(read.to_pylist(), SHARES), system)
    told, changed, timed, fast = (11 * sum(row[3][i] for row in ROWS) for i in range(4))
    assert (reworked.n, reworked.value) == (told, changed / told)
    assert reworked.params["left_out"] == 11 * sum(row[3][0] for row in ROWS)  # ten agents, and one of no team
    assert (hasty.status, hasty.reason, hasty.params["untimed"]) == ("undefined", "no_text_time", 22)
    assert fast / timed == 2 / 6
    agents = {agent for (agent,) in rows_of(reviewed, "SELECT DISTINCT agent FROM lake.writer.generations")}
    assert len(agents) == 22
    assert not {"a1", "b1", "c"} & agents  # keyed hashes


def reworked_of(
    teams: list[tuple[int, int]], *, fast: int = 0, untimed: int = 0, small: int = 0, squares: int | None = None
):
    """Measures of teams with (left, changed) texts, one bucket each, of which the first sent some too fast."""
    system = writing_system(SECTION)
    n, rows = sum(map(sum, teams)), [(HASTY, 0, 1, fast), (UNTIMED, 0, 1, untimed), (SMALL, 0, 1, small)]
    rows += [(CHANGED, at, side, count) for at, sides in enumerate(teams) for side, count in enumerate(sides)]
    rows += [(HASTY, at, 0, sum(sides) - fast * (at == 0)) for at, sides in enumerate(teams)]
    rows += [(UNTIMED, at, 0, sum(sides)) for at, sides in enumerate(teams)]
    rows += [(SMALL, 0, 0, n), (SQUARES, 0, 0, n if squares is None else squares), (MONTHS, 0, 0, 1)]
    return reworked_measures(shares((part(system.generations, name), *row) for name, *row in rows), system)


def test_of_few_changes_all_texts_of_an_agent_are_taken_to_be_alike() -> None:
    reworked, hasty = reworked_of([(100, 1)] * 10, squares=10 * 101 * 10)  # 101 agents of ten texts
    low, high = interval(10 / 1010, 1010**2 / 10100)
    assert (reworked.metric, reworked.value, reworked.n) == (REWORKED_SHARE, 10 / 1010, 1010)
    assert (reworked.interval.low, reworked.interval.high) == pytest.approx((low, high))
    assert (hasty.metric, hasty.value, hasty.interval.low) == (HASTY_TEXTS, 0.0, pytest.approx(0.0, abs=1e-12))


def test_small_teams_and_unknown_times_are_told_and_hide_what_they_must() -> None:
    none = reworked_of([], small=40)
    assert [(each.status, each.reason) for each in none] == [("suppressed", "small_teams")] * 2
    assert reworked_of([(500, 500)], untimed=10)[1].status == "ok"
    assert reworked_of([(500, 500)], untimed=11)[1].reason == "no_text_time"
    assert reworked_of([(500, 500)], small=7)[0].params["left_out"] == 7


def test_a_section_that_says_less_is_measured_less() -> None:
    assert not Generations(agent="a", team="t").reviewed
    assert Generations(agent="a", team="t", outcome="o").reviewed
    assert not Generations(agent="a", team="t", outcome="o", shown_at="x", sent_at="y", output=None).timed
    assert Generations(agent="a", team="t", outcome="o", shown_at="x", sent_at="y", output=None, words="w").timed
