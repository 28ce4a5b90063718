"""What the tests and Holm's correction conclude together about one question: false alarms, and power."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from tests.audits.uncertainty.systems import ALPHA, Population, any_population, beyond, concluded

SEEDS = 1000
BASE = 0.3
PAGE = (Path(__file__).parents[2] / "data" / "uncertainty.md").read_text(encoding="utf-8")
POWER = [
    [int(cell) for cell in row] for row in re.findall(r"^\| " + r"(\d+) \| " * 7 + r"(\d+) \|$", PAGE, re.MULTILINE)
]


@pytest.mark.slow
def test_a_question_whose_level_is_the_truth_rarely_accuses() -> None:
    """The hardest for false alarms: a ratio of 1 held to the level 1, on either side."""
    alarms = {"below": 0, "above": 0}
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        population = any_population(rng)
        drawn = population.draw(rng, [float(rng.uniform(0.05, 0.95))] * len(population.sizes))
        for side in alarms:
            alarms[side] += concluded(population.tests(drawn, "ratio"), 1.0, side)
    highest = {name: binomtest(times, SEEDS).proportion_ci(method="wilson").high for name, times in alarms.items()}
    assert max(highest.values()) < 0.065, alarms


@pytest.mark.slow
def test_the_table_of_power_is_as_printed() -> None:
    """In per cent; 400 draws, so that 3 standard errors are at most 7.5."""
    assert len(POWER) == 28
    for questions, rows, people, groups, *printed in POWER:
        population = Population(sizes=[people] * groups, rows=rows, correlation=0.3, with_the_rest=True)
        assert power(population, questions) == pytest.approx(printed, abs=7.5), (questions, rows, people, groups)


def power(population: Population, questions: int, runs: int = 400) -> list[float]:
    """How often, in per cent, the first group is found under .95 and under .8, at half the rate and at four fifths."""
    shares = []
    for ratio in (0.5, 0.8):
        rng = np.random.default_rng(5)
        rates = [BASE * ratio] + [BASE] * (len(population.sizes) - 1)
        families = [population.tests(population.draw(rng, rates), "ratio") for _ in range(runs)]
        for threshold in (0.95, 0.8):
            found = [beyond(tests, threshold, "below")[0] * questions <= ALPHA for tests in families]
            shares.append(100 * float(np.mean(found)))
    return shares
