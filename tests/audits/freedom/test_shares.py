"""Shares of messages: the figures worked out by hand, what is hidden, and tests at any level."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import yaml
from scipy.stats import t

from boussole.audits.counts.read import SHARES
from boussole.audits.measures import Measure
from boussole.audits.metrics.footprint import log_measures
from boussole.audits.metrics.freedom import AFTER_STOP, OUTSIDE_HOURS, TOO_OFTEN
from boussole.audits.systems.logs.contacts import HOURS, OFTEN, STOPPED, TIMED
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.score import wilson
from boussole.audits.uncertainty.tests import end_of, statistic, tails
from tests.written import system_text

TEXT = """
columns: {id: ref, decided_at: day, decision: {column: contacted, selected: [true]}, person: who}
contacts: {person: who, at: sent, kind: kind}
"""
SYSTEM = System.model_validate(yaml.safe_load(system_text("offers", TEXT, kind="ranking")))


def rows(**parts: list[tuple[int, int, int]]) -> pa.Table:
    """Bucket, cases, others, of each part."""
    found = [
        {"part": part, "bucket": bucket, "decision": decision, "n": n}
        for part, buckets in parts.items()
        for bucket, cases, others in buckets
        for decision, n in ((1, cases), (0, others))
        if n or part == STOPPED  # counted of each month, be it 0
    ]
    return pa.Table.from_pylist(found, SHARES)


def measured(read: pa.Table) -> dict[str, Measure]:
    return {measure.metric: measure for measure in log_measures({"contacts": read}, SYSTEM)}


def test_shares_worked_out_by_hand() -> None:
    """Forty people of 1,000 messages each, in a bucket of their own; in 20 buckets 10 are outside, in 20 others 30."""
    hours = [(b, 10 if b < 20 else 30, 990 if b < 20 else 970) for b in range(40)]
    found = measured(rows(hours=hours, often=[(b, 0, 100) for b in range(40)]))
    share = found[OUTSIDE_HOURS]
    assert (share.value, share.n, share.clusters) == (0.02, 40_000, 40)
    # Leaving out a bucket moves the share by 10 ÷ 39,000 up or down, so that its variance is 39 × (10 ÷ 39,000)².
    variance = 39 * (10 / 39_000) ** 2
    size = 0.02 * 0.98 / variance
    test = share.params["test"]
    assert test["size"] == pytest.approx(size)
    assert size == pytest.approx(7644)  # instead of 40,000
    assert test["df"] == 39
    # Score test of 0.02 against 0.01: 0.01 ÷ √(0.01 × 0.99 ÷ 7,644).
    beyond, good = tails(test, threshold=0.01, bad_side="above")
    assert beyond == pytest.approx(1 - t.cdf(0.01 / np.sqrt(0.01 * 0.99 / size), 39), rel=1e-6)
    assert good == pytest.approx(1 - beyond)
    assert share.interval is not None
    assert tails(test, threshold=share.interval.low, bad_side="above")[0] == pytest.approx(0.025)
    assert tails(test, threshold=share.interval.high, bad_side="above")[1] == pytest.approx(0.025)
    assert end_of(test, chance=0.025, end="low") == pytest.approx(share.interval.low)
    assert end_of(test, chance=0.025, end="high") == pytest.approx(share.interval.high)
    often = found[TOO_OFTEN]
    assert (often.value, often.n) == (0.0, 4000)
    assert often.interval is not None
    assert 0 < often.interval.high < 0.002


@pytest.mark.parametrize(("people", "status", "reason"), [(10, "suppressed", "small_group"), (11, "ok", None)])
def test_of_few_people_nothing_is_told(people: int, status: str, reason: str | None) -> None:
    measures = measured(rows(hours=[(0, 0, 500)], often=[(b, 0, 1) for b in range(people)]))
    found = [measures[name] for name in (OUTSIDE_HOURS, TOO_OFTEN)]
    assert {(each.status, each.reason) for each in found} == {(status, reason)}
    assert all((each.n is None) == (status == "suppressed") for each in found)


def test_few_cases_are_told_as_the_fewest_that_may_be() -> None:
    people = [(b, 0, 50) for b in range(40)]
    for cases in (1, 10, 11):
        found = measured(rows(hours=[(b, cases if b == 3 else 0, 100) for b in range(40)], often=people))
        assert found[OUTSIDE_HOURS].value == 11 / (4000 + cases)
        assert ("at_most" in found[OUTSIDE_HOURS].params) == (cases < 11)
    few = measured(rows(hours=[(b, 1 if b == 3 else 0, 10) for b in range(40)], often=people))[OUTSIDE_HOURS]
    assert (few.status, few.reason, few.value) == ("suppressed", "small_numerator", None)


def test_of_days_without_hours_nothing_is_said() -> None:
    people = [(b, 0, 50) for b in range(40)]
    for untimed, reason in ((10, None), (11, "no_times")):
        hours = [(b, 0, 25) for b in range(40)]
        read = rows(**{HOURS: hours, TIMED: [(0, untimed, 1000 - untimed)], OFTEN: people})
        assert measured(read)[OUTSIDE_HOURS].reason == reason


def test_few_cases_accuse_nobody_whatever_the_level() -> None:
    """Three cases of 1,203 messages are told as 11 at most: beyond a level of 5 in 1,000, where they may not be."""
    hours = [(b, 3 if b == 3 else 0, 30) for b in range(40)]
    share = measured(rows(hours=hours, often=[(b, 0, 50) for b in range(40)]))[OUTSIDE_HOURS]
    assert share.value == 11 / 1203
    assert share.interval is not None
    assert share.interval.low == 0 < share.value < share.interval.high
    test = share.params["test"]
    assert tails(test, threshold=0.0001, bad_side="above") == (0.5, 0.5)
    assert tails(test, threshold=0.05, bad_side="above")[1] < 0.001  # what they clear, the truth clears
    assert end_of(test, chance=0.025, end="low") == 0
    assert statistic(test, 0.0001) == 0


def test_people_of_several_months_are_not_told_where_each_month_has_few() -> None:
    """Four people, the same in three months, are not twelve; and what a quarter tells less two months must be told."""

    def in_months(**each: list[tuple[int, int, int]]) -> Measure:
        months = [rows(**{OFTEN: [(b, 0, 9) for b in range(40)], STOPPED: sides}) for sides in each.values()]
        named = [
            table.set_column(table.column_names.index("window"), "window", pa.array([month] * table.num_rows))
            for month, table in zip(each, months, strict=True)
        ]
        read = pa.concat_tables(named)
        return measured(read)[AFTER_STOP]

    few = in_months(january=[(3, 1, 3)], february=[(3, 0, 4)], march=[(3, 0, 4)])
    assert (few.status, few.reason, few.params) == ("suppressed", "small_group", {"some": True})
    one = in_months(january=[(3, 0, 4)], february=[(3, 0, 50)], march=[(3, 0, 60)])
    assert (one.status, one.n) == ("suppressed", None)
    many = in_months(january=[(3, 0, 40)], february=[(3, 0, 50)], march=[(3, 0, 60)])
    assert (many.n, many.params) == (150, {"cases": 0, "hours": 24, "people": 60})
    assert many.interval is not None
    assert many.interval.high == pytest.approx(wilson(0, 60).high)  # as many people as there are for sure


def test_cases_of_few_people_a_month_are_told_as_the_fewest_that_may_be_each_month() -> None:
    """Four people who got too many messages in each of three months are no twelve people."""
    month = [(b, 1 if b < 4 else 0, 100) for b in range(40)]
    read = rows(**{HOURS: [(0, 0, 9)], OFTEN: [*month, *month, *month]})
    where = pa.array(["", *(f"2026-0{i // 44 + 1}" for i in range(132))])
    share = measured(read.set_column(read.column_names.index("window"), "window", where))[TOO_OFTEN]
    assert share.value == 33 / (3 * 4004)
    assert share.params["at_most"]
