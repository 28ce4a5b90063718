"""What agents corrected, from counts by hand: strata, bounds, gaps, and what must not be told."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pyarrow as pa
import pytest

from boussole.audits.counts.read import CORRECTED, cells_from_counts
from boussole.audits.measures import Measure
from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS, PUT_IN_RESULTS, correction_measures, gap_change
from boussole.audits.metrics.replies import Counting
from boussole.audits.standing import WindowStanding
from boussole.audits.systems.logs.human_actions import (
    FINAL_BY_PERSON,
    FINAL_BY_TEAM,
    FOLLOWED,
    MOVED,
    PUT_IN,
    RESULTS,
    SOMEBODY,
)
from tests.charter.builders import system

OUTCOME = {"column": "hired", "positive": [True], "observed_for": "selected", "absent": "missing"}
COLUMNS = {
    "outcome": OUTCOME | {"matures_after_days": 0},
    "human": {"decision": "kept", "agent": "agent", "team": "agency"},
}
SYSTEM = system(columns=COLUMNS, controls={"job": {"column": "job"}})
Results = dict[str, tuple[int, int, int]]
"""Of each stratum: not hired, hired, not known."""


def rows_of(put_in: Results, followed: Results, *, people: int = 500) -> list[dict]:
    """What became of people, spread over twenty teams as evenly as can be."""
    found: list[dict] = [{"part": SOMEBODY, "by": side, "bucket": 0, "n": people} for side in (PUT_IN, FOLLOWED)]
    for side, strata in ((PUT_IN, put_in), (FOLLOWED, followed)):
        for stratum, counts in strata.items():
            for outcome, n in zip((0, 1, None), counts, strict=True):
                share = {bucket: n // 20 + (bucket < n % 20) for bucket in range(20)}
                found += [
                    {"part": RESULTS, "by": side, "stratum": stratum, "bucket": bucket, "outcome": outcome, "n": each}
                    for bucket, each in share.items()
                    if each
                ]
    return found


def gap_rows(moves: dict[str, list[list[int]]], *, moved: int = 50) -> list[dict]:
    """Of each group how many of each team were proposed or not (rows) and selected in the end or not (columns)."""
    found = [
        {"part": part, "by": by, "value1": value, "bucket": bucket, "decision": before, "outcome": after, "n": n}
        for group, cells in moves.items()
        for before, row in enumerate(cells)
        for after, n in enumerate(row)
        for bucket in range(20)
        for part in (FINAL_BY_TEAM, FINAL_BY_PERSON)
        for by, value in (("", None), ("gender", group))
    ]
    return [*found, *({"part": MOVED, "by": "gender", "value1": group, "bucket": 0, "n": moved} for group in moves)]


def measured(rows: list[dict], standing: WindowStanding | None = None) -> dict[str, Measure]:
    read = pa.Table.from_pylist([{"by": "", "decision": 0, **row} for row in rows], CORRECTED)
    counting = Counting(cells=cells_from_counts)
    found = correction_measures(read, SYSTEM, standing=standing or WindowStanding(), counting=counting)
    return {each.metric: each for each in found}


def test_two_strata_by_hand() -> None:
    """Weights 100 · 200 ÷ 300 and 60 · 60 ÷ 120; differences 0.05 and 0.10."""
    found = measured(rows_of({"0": (70, 30, 0), "1": (36, 24, 0)}, {"0": (150, 50, 0), "1": (42, 18, 0)}))
    weights = [100 * 200 / 300, 30.0]
    told = found[PUT_IN_RESULTS]
    assert told.value == pytest.approx(np.average([0.05, 0.10], weights=weights))
    assert (told.n, told.params["strata"], told.params["unseen"]) == (420, 2, 0)
    assert told.params["bounds"] == pytest.approx([told.value, told.value])


def test_bounds_by_hand() -> None:
    """The worked example of the documents: ten more of whom nobody knows what became of them."""
    seen = measured(rows_of({"0": (70, 30, 0)}, {"0": (150, 50, 0)}))[PUT_IN_RESULTS]
    assert seen.value == pytest.approx(0.05)
    told = measured(rows_of({"0": (70, 30, 10)}, {"0": (150, 50, 0)}))[PUT_IN_RESULTS]
    assert told.value == pytest.approx(0.05)  # above 0 whatever became of them
    assert told.params["bounds"] == pytest.approx([30 / 110 - 0.25, 40 / 110 - 0.25])
    either = measured(rows_of({"0": (70, 30, 30)}, {"0": (150, 50, 0)}))[PUT_IN_RESULTS]
    assert (either.status, either.reason, either.value) == ("undefined", "outcomes_unseen", None)
    assert either.params["bounds"] == pytest.approx([30 / 130 - 0.25, 60 / 130 - 0.25])


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (rows_of({"0": (70, 30, 0)}, {"0": (150, 50, 0)}, people=10), "few_corrections"),
        (rows_of({"0": (70, 5, 0)}, {"0": (150, 50, 0)}), "small_numerator"),
        (rows_of({"0": (5, 70, 0)}, {"0": (150, 50, 0)}), "small_numerator"),
        (rows_of({"0": (70, 30, 0)}, {"1": (150, 50, 0)}), "no_common_stratum"),
        (rows_of({"0": (0, 0, 100)}, {"0": (0, 0, 200)}), "no_outcomes"),
        (rows_of({}, {"0": (150, 50, 0)}), "no_common_stratum"),
    ],
)
def test_what_cannot_be_told_says_why(rows: list[dict], reason: str) -> None:
    found = measured(rows)[PUT_IN_RESULTS]
    assert (found.value, found.reason) == (None, reason)
    assert {"values", "put_in", "test"}.isdisjoint(found.params)


def test_outcomes_that_come_early_are_not_read() -> None:
    early = WindowStanding(readable_from=dt.date(2026, 5, 15))
    found = measured(rows_of({"0": (70, 30, 0)}, {"0": (150, 50, 0)}), early)[PUT_IN_RESULTS]
    assert (found.reason, found.params["readable_from"]) == ("not_mature", "2026-05-15")


def test_a_gap_by_hand() -> None:
    """Of 20 women in each of 20 teams 8 are proposed and 6 selected; of 20 men 10, and 12."""
    found = measured(gap_rows({"F": [[12, 0], [2, 6]], "M": [[8, 2], [0, 10]]}))[GAP_BY_CORRECTIONS]
    assert (found.params["before"], found.params["after"]) == pytest.approx((0.8, 0.5))
    assert found.value == pytest.approx(math.log(0.5 / 0.8) / math.log(0.5))
    assert (found.n, found.group) == (800, ("F",))


def test_the_error_of_a_change_is_that_of_the_linearised_ratio() -> None:
    """Independent rows, by hand: Σ (after ÷ k − before ÷ k)² of both groups; teams that differ make it larger."""
    one, other = np.array([[12, 0], [2, 6]]), np.array([[8, 2], [0, 10]])
    found = gap_change([(np.stack([one] * 20), np.stack([other] * 20))])
    assert found is not None
    women = 20 * (2 * (1 / 160) ** 2 + 6 * (1 / 120 - 1 / 160) ** 2)
    men = 20 * (2 * (1 / 240) ** 2 + 10 * (1 / 240 - 1 / 200) ** 2)
    assert found.variances[0] == pytest.approx(women + men)  # teams are alike: there is no variance between them
    uneven = [np.array([[12 + 2 * s, 0], [2 - 2 * s, 6]]) for s in (1, -1)] * 10
    apart = gap_change([(np.stack(uneven), np.stack([other] * 20))])
    assert apart is not None
    assert apart.variances[0] > found.variances[0]
    assert gap_change([(np.stack([one]), np.stack([other]))]) is None  # one team


@pytest.mark.parametrize(
    ("moves", "moved", "told"),
    [
        ({"F": [[12, 0], [2, 6]], "M": [[8, 2], [0, 10]]}, 10, ("undefined", "few_corrections")),
        ({"F": [[10, 1], [1, 8]], "M": [[10, 1], [1, 8]]}, 50, ("undefined", "no_gap_left")),
        ({"F": [[100, 10], [10, 800]], "M": [[100, 10], [10, 800]]}, 50, ("ok", None)),
        ({"F": [[20, 0], [0, 0]], "M": [[10, 1], [1, 8]]}, 50, ("undefined", "few_selected")),
    ],
)
def test_gaps_that_cannot_be_shared_say_why(moves: dict, moved: int, told: tuple) -> None:
    found = measured(gap_rows(moves, moved=moved))[GAP_BY_CORRECTIONS]
    assert (found.status, found.reason) == told
    assert (found.value, found.params.get("gap")) == ((0.0, "unwatched") if told[0] == "ok" else (None, None))
