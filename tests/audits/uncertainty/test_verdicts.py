"""What the tests and Holm's correction conclude together, as `charter.testing` uses them: false alarms, and power."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from tests.audits.uncertainty.systems import ALPHA, Population, any_population, beyond, concluded

SEEDS = 1000
BASE = 0.3
PAGE = (Path(__file__).parents[3] / "docs" / "uncertainty.md").read_text(encoding="utf-8")
POWER = [
    [int(cell) for cell in row] for row in re.findall(r"^\| " + r"(\d+) \| " * 6 + r"(\d+) \|$", PAGE, re.MULTILINE)
]


@pytest.mark.slow
def test_systems_without_bias_are_rarely_accused() -> None:
    """Two questions at the charter's levels: the ratio of selection rates is watched under .95, the difference of true
    positive rates under 0. And one question whose level is the truth, the hardest for false alarms, on either side."""
    alarms = {"system": 0, "below 1": 0, "above 1": 0}
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        population = any_population(rng)
        selected, found = (
            population.draw(rng, [float(rng.uniform(0.05, 0.95))] * len(population.sizes)) for _ in range(2)
        )
        ratios, differences = population.tests(selected, "ratio"), population.tests(found, "difference")
        alarms["system"] += concluded(ratios, 0.95, "below") or concluded(differences, 0.0, "below")
        alarms["below 1"] += concluded(ratios, 1.0, "below")
        alarms["above 1"] += concluded(ratios, 1.0, "above")
    highest = {name: binomtest(times, SEEDS).proportion_ci(method="wilson").high for name, times in alarms.items()}
    assert max(highest.values()) < 0.065, alarms


@pytest.mark.slow
def test_the_table_of_power_is_as_printed() -> None:
    """In per cent; 400 draws, so that 3 standard errors are at most 7.5."""
    assert len(POWER) == 16
    for rows, people, groups, *printed in POWER:
        found = power(Population(sizes=[people] * groups, rows=rows, correlation=0.3, with_the_rest=True))
        assert found == pytest.approx(printed, abs=7.5), (rows, people, groups)


def power(population: Population, runs: int = 400) -> list[float]:
    """How often, in per cent, the first group is found under .95 and under .8, at half the rate and at four fifths."""
    shares = []
    for ratio in (0.5, 0.8):
        rng = np.random.default_rng(5)
        rates = [BASE * ratio] + [BASE] * (len(population.sizes) - 1)
        families = [population.tests(population.draw(rng, rates), "ratio") for _ in range(runs)]
        for threshold in (0.95, 0.8):
            shares.append(100 * float(np.mean([beyond(tests, threshold, "below")[0] <= ALPHA for tests in families])))
    return shares
