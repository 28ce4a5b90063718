"""Which windows decide a comparison: recent ones beside all that count together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from benchmarks.split import MONTHS, bounds, told
from boussole.charter.document import MeasureInShort, VerdictDocument
from boussole.charter.judging.families import asked_of
from boussole.charter.judging.statistics.testing import LATELY, JudgedFigures, heard, spans
from boussole.charter.judging.verdicts import judge
from tests.charter.builders import CHARTER, START, comparison, system

SPLIT = {1: LATELY, 3: LATELY, 6: LATELY, 12: 1 - 3 * LATELY}
SYSTEM, ASKED = system(), "selection_rate_ratio_gender"
QUESTIONS = asked_of(CHARTER, SYSTEM)
CORRELATIONS = [0.7, 0.8, 0.85, 0.87, 0.9, 0.9, 0.9]


def figure(estimate: float, error: float, *, recent: int | None = None, since: str | None = "2026-01-01") -> Any:
    """The comparison of women over some windows, of which `since` tells the first day; None: of the window alone."""
    made = comparison({"gender": "F"}, estimate=estimate, error=error)
    told = {} if since is None else {"since": since, "windows": recent or 8, "correlations": CORRELATIONS}
    told |= {} if recent is None else {"recent": recent}
    return {**made, "params": {**made["params"], **told}}


def windows(month: float, three: float, six: float, every: float, *, error: float = 0.04) -> list[Any]:
    """Figures of the month, of the last three and six, and of eight; the first by an error of `error` × √8."""
    several = {3: "2026-05-01", 6: "2026-02-01"}
    lately = [figure(at, error * (8 / n) ** 0.5, recent=n, since=several[n]) for at, n in ((three, 3), (six, 6))]
    return [figure(month, error * 8**0.5, since=None), *lately, figure(every, error)]


def asked(found: list[Any]) -> VerdictDocument:
    """The verdict about women."""
    own, *several = [MeasureInShort.of(each) for each in found]
    (verdict,) = judge(
        CHARTER,
        SYSTEM,
        [own],
        window_start=START,
        together=several,
        only=lambda question: question.id == ASKED,
    )
    return verdict


def chosen(found: list[Any]) -> JudgedFigures:
    """The figures that the comparison is judged by."""
    own, *several = [MeasureInShort.of(each) for each in found]
    questions = QUESTIONS.answered([own], several)
    judged = heard(questions, several, alpha=CHARTER.alpha, looks=12)
    (question,) = (each for each in judged if each.id == ASKED)
    alike = question.comparisons[0]
    return question.heard[0] if question.heard else JudgedFigures(together=alike, watch=alike, breach=alike)


def drawn(cases: int) -> list[list[Any]]:
    """Months whose ratio changed at some time, or did not."""
    rng, found = np.random.default_rng(30), []
    for _ in range(cases):
        months = rng.choice([1.0, rng.uniform(0.7, 1.1)], p=[0.6, 0.4]) + rng.normal(0, 0.08, 8)
        months[-int(rng.integers(1, 8)) :] -= rng.choice([0.0, 0.1, 0.3])
        found.append(windows(months[-1], months[-3:].mean(), months[-6:].mean(), months.mean(), error=0.03))
    return found


def test_a_quarter_and_half_of_a_year_are_heard_and_their_parts_are_one_level() -> None:
    assert (spans(12), spans(52), spans(4), spans(1)) == ((3, 6), (13, 26), (2,), ())
    found = chosen(windows(0.5, 0.98, 0.99, 1.0))
    assert (found.watch.params.since, found.watch.params.weight) == (None, pytest.approx(LATELY))
    assert found.together.params.weight == pytest.approx(1 - 3 * LATELY)
    young = [each for each in windows(1.0, 1.0, 1.0, 1.0) if each["params"].get("recent") is None]
    assert chosen(young).together.params.weight == pytest.approx(1 - LATELY)  # less than a quarter: all are recent


def test_three_months_break_what_all_together_would_only_have_watched() -> None:
    found = windows(0.74, 0.64, 0.76, 0.84, error=0.015)
    now = asked(found)
    (lately,) = now.comparisons
    assert (str(now.verdict), lately.recent) == ("broken", 3)
    steady = asked(windows(0.84, 0.84, 0.84, 0.84, error=0.015))
    assert (str(steady.verdict), steady.comparisons[0].recent) == ("watch", None)
    assert lately.interval is not None
    assert lately.interval.high is not None
    assert lately.interval.high < lately.levels.breach
    assert "those since 1 May 2026" in now.sentence["en"]


def test_nothing_is_kept_while_recent_months_speak_against_it() -> None:
    kept = vetoed = 0
    for found in drawn(80):
        now = str(asked(found).verdict)
        kept += now == "kept"
        speaking = [
            m for m in found[:-1] if (0.95 - m["params"]["test"]["estimate"]) / m["params"]["test"]["se"] > 1.645
        ]
        assert not (speaking and now == "kept")
        vetoed += bool(speaking)
    assert kept > 5
    assert vetoed > 0


def test_where_recent_months_speak_softly_the_answer_is_that_we_cannot_tell() -> None:
    """All together lie at parity, the last three at 0.83 with an error of 0.065: by themselves clearly below 0.95."""
    now = asked(windows(0.9, 0.83, 0.95, 1.0))
    assert (str(now.verdict), now.comparisons[0].recent) == ("unknown", 3)


def test_the_split_errs_in_fewer_years_than_it_may() -> None:
    """Exactly at the level in all months, and the whole level for one comparison: the hardest case."""
    found = told(SPLIT, 1000, before=0.8, after=0.8, months=(12, 12), share=1.0, runs=4000)
    assert np.mean(found <= MONTHS) < 0.05
    assert set(bounds(SPLIT, 1.0, 2)) == {1, 2}  # two months: those alone, and all
