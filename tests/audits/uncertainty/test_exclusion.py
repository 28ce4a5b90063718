"""Total exclusion: a group of which nobody is selected, or everybody, has no variance between buckets of people."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boussole.audits.parts import Ints
from boussole.audits.uncertainty.estimates import Interval, compare_rates, rate_interval
from boussole.audits.uncertainty.score import difference_interval
from boussole.audits.uncertainty.tests import p_beyond, tails
from tests.audits.there import there
from tests.audits.uncertainty.simulated import BUCKETS, Counts, people

LEVELS = {"ratio": 0.8, "difference": -0.1}
PAGE = (Path(__file__).parents[2] / "data" / "uncertainty.md").read_text(encoding="utf-8").replace("  ", " ")
LOGS = 1000
STRICT = 0.05 / 12 / 12
"""The level of a question among twelve, looked at every month."""


def once(rng: np.random.Generator, count: int, rate: float) -> Counts:
    """People who are decided about once."""
    n = np.bincount(rng.integers(0, BUCKETS, count), minlength=BUCKETS)
    return rng.binomial(n, rate), n


def compared(group: Counts, other: Counts, scale: str) -> tuple[Interval | None, dict[str, Any]]:
    return compare_rates((group[0], other[0]), (group[1], other[1]), scale=scale, clustered=True)  # type: ignore[arg-type]


def p_of(group: Counts, other: Counts, *, scale: str = "ratio", bad_side: str = "below", level: float = 0.0) -> float:
    return p_beyond(compared(group, other, scale)[1], threshold=level or LEVELS[scale], bad_side=bad_side)


@pytest.mark.parametrize("scale", ["ratio", "difference"])
def test_nobody_of_ten_thousand_is_the_surest_of_all(scale: str) -> None:
    """The case that strangers reported: 0 of 10,000 people against 5 in 100, or a fifth, of another group."""
    rng = np.random.default_rng(1)
    nobody, others = once(rng, 10_000, 0.0), once(rng, 10_000, 0.05 if scale == "ratio" else 0.2)
    two = (np.where(np.arange(BUCKETS) < 2, 1, 0), nobody[1])
    assert p_of(nobody, others, scale=scale) <= p_of(two, others, scale=scale) < 1e-12
    if scale == "ratio":
        interval = there(compared(nobody, others, scale)[0])
        assert 0 == interval.low < interval.high < 0.02


def test_everybody_warned_is_found_as_surely() -> None:
    """Where being selected is a harm: all of a group, against three in ten of another."""
    rng = np.random.default_rng(2)
    everybody, others = once(rng, 400, 1.0), once(rng, 2000, 0.3)
    assert p_of(everybody, others, bad_side="above", level=1.25) < 1e-9
    assert p_of(everybody, others, scale="difference", bad_side="above", level=0.1) < 1e-9
    assert there(compared(everybody, others, "difference")[0]).high <= 1


@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_all_outcomes_of_one_kind_in_both_groups_are_alike(rate: float) -> None:
    rng = np.random.default_rng(4)
    one, other = once(rng, 3000, rate), once(rng, 3000, rate)
    found, test = compared(one, other, "difference")
    assert -0.1 < there(found).low < 0 < there(found).high < 0.1
    assert tails(test, threshold=-0.1, bad_side="below")[1] < STRICT


def test_one_person_proves_nothing_however_many_decisions() -> None:
    rng = np.random.default_rng(5)
    alone = (np.zeros(BUCKETS, dtype=np.int64), np.where(np.arange(BUCKETS) == 7, 5000, 0))
    assert p_of(alone, once(rng, 10_000, 0.3)) > 0.2
    assert rate_interval(*alone, clustered=True).high > 0.7


def test_few_people_with_many_decisions_count_as_few_where_the_others_agree_with_themselves() -> None:
    """Six people of fifty decisions each, none selected, against people who are selected always or never."""
    rng = np.random.default_rng(6)
    others = people(rng, count=600, rate=0.3, rows=50, correlation=0.95)
    six = (np.zeros(BUCKETS, dtype=np.int64), np.bincount(rng.integers(0, BUCKETS, 6), minlength=BUCKETS) * 50)
    assert p_of(six, others) > 0.01


@pytest.mark.costly
@pytest.mark.parametrize(
    ("count", "others", "rows", "rate", "correlation"),
    [
        (60, 1000, 1, 0.05, 0.5),
        (60, 1000, 5, 0.02, 0.5),
        (60, 1000, 5, 0.05, 0.99),
        (20, 400, 5, 0.1, 0.99),
        (40, 40, 10, 0.05, 0.99),
    ],
)
def test_nobody_by_chance_is_not_exclusion(count: int, others: int, rows: int, rate: float, correlation: float) -> None:
    """Exactly at the level, where chance alone leaves nobody in up to one log of five; the table of the page."""
    rng, p, nobody = np.random.default_rng(7), [], 0
    while len(p) < LOGS:
        one = people(rng, count=count, rate=0.8 * rate, rows=rows, correlation=correlation)
        other = people(rng, count=others, rate=rate, rows=rows, correlation=correlation)
        if other[0].sum():
            nobody += not one[0].sum()
            p.append(p_of(one, other))
    at_5, at_1 = (sum(each < level for each in p) / LOGS for level in (0.05, 0.01))
    assert at_5 <= 0.05
    assert at_1 <= 0.01
    alike = f"{correlation:g}" if rows > 1 else ""
    told = f"| {nobody / LOGS:.0%} | {count:,} | {others:,} | {rate:.0%} | {rows} | {alike} | {at_5:.1%} | {at_1:.1%} |"
    assert re.sub(r"(\d)%", r"\1 %", told).replace("  ", " ") in PAGE


@pytest.mark.costly
@given(st.data())
@settings(max_examples=300, deadline=None)
def test_fewer_selected_never_gives_a_milder_answer(data: st.DataObject) -> None:
    """Independent rows: over all counts, on both scales and at any level of a charter."""
    n1, n0 = data.draw(st.integers(2, 3000)), data.draw(st.integers(2, 3000))
    more, k0 = data.draw(st.integers(1, n1)), data.draw(st.integers(1, n0))
    fewer = data.draw(st.integers(0, more - 1))
    scale = data.draw(st.sampled_from(["ratio", "difference"]))
    level = data.draw(st.floats(0.5, 0.99) if scale == "ratio" else st.floats(-0.3, -0.01))
    p = []
    for k1 in (fewer, more):
        _, test = compare_rates(
            (np.array([k1]), np.array([k0])), (np.array([n1]), np.array([n0])), scale=scale, clustered=False
        )
        p.append((p_beyond(test, threshold=level, bad_side="below"), tails(test, threshold=level, bad_side="below")[1]))
    assert p[0][0] <= p[1][0] + 1e-12
    assert p[0][1] >= p[1][1] - 1e-12


@pytest.mark.costly
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_nobody_selected_is_never_the_milder_answer(data: st.DataObject) -> None:
    """People decided about once or oftener, alike in both groups: what any number selected shows, none shows too."""
    seed = data.draw(st.integers(0, 2**32 - 1))
    rng, rows = np.random.default_rng(seed), data.draw(st.sampled_from([1, 2, 10]))
    sizes = [data.draw(st.sampled_from([30, 100, 400, 2000])) for _ in range(2)]
    rate, share = data.draw(st.sampled_from([0.02, 0.1, 0.3, 0.6])), data.draw(st.sampled_from([0.02, 0.3, 0.8, 1.0]))
    correlation = data.draw(st.sampled_from([0.01, 0.2, 0.6]))
    one = people(rng, count=sizes[0], rate=rate * share, rows=rows, correlation=correlation)
    other = people(rng, count=sizes[1], rate=rate, rows=rows, correlation=correlation)
    assume(other[0].sum() >= BUCKETS)
    nobody: tuple[Ints, Ints] = (np.zeros_like(one[0]), one[1])
    for scale in LEVELS:
        some = p_of(one, other, scale=scale)
        if some > 0.05:  # shows nothing
            continue
        assert p_of(nobody, other, scale=scale) <= max(1.02 * some, STRICT / 30)


def test_the_interval_of_a_difference_ends_where_differences_end() -> None:
    lowest, highest, none = (
        difference_interval(k, (50, 50), quantile=1.96, level=0.95, method="score") for k in ((0, 50), (50, 0), (0, 0))
    )
    assert (lowest.low, highest.high, none.low) == (-1, 1, pytest.approx(-none.high))
