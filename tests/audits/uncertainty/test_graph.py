"""Corrections of families: Holm beside statsmodels; the graph of tests beside closed testing and the best there is."""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from boussole.audits.uncertainty.holm import holm, holm_levels
from boussole.charter.judging.statistics.correction import GraphTest, graphical, parts

ALPHA = 0.05
PARENTS = {0: (2, 3), 1: (3,), 2: (4,)}
"""0 is followed by 2 and 3, 1 by 3, 2 by 4."""


def family(weights, effects):
    return [
        GraphTest(weight=weight, effect=effect, children=PARENTS.get(at, ()))
        for at, (weight, effect) in enumerate(zip(weights, effects, strict=True))
    ]


few = st.lists(st.floats(0.2, 3), min_size=5, max_size=5)
effects = st.lists(st.none() | st.floats(0, 10), min_size=5, max_size=5)
chances = st.lists(st.floats(1e-9, 0.2), min_size=5, max_size=5)


@given(st.lists(st.tuples(st.floats(1e-12, 1), st.floats(0.1, 5)), min_size=1, max_size=9))
def test_without_children_and_effects_it_is_holm(drawn):
    p, weights = zip(*drawn, strict=True)
    found, levels = graphical(p, [GraphTest(weight=weight) for weight in weights], alpha=ALPHA)
    assert found == pytest.approx(holm(p, weights))
    apart = [abs(a - ALPHA) > 1e-9 for a in found]
    if all(apart):  # at the level itself, the last digit decides what is held to which step
        assert levels == pytest.approx(holm_levels(p, weights, alpha=ALPHA))


def without(g, out, i, j):
    """The arrow from i to j once a hypothesis is out."""
    round_ = g[i][out] * g[out][i]
    return (g[i][j] + g[i][out] * g[out][j]) / (1 - round_) if i != j and round_ < 1 else Fraction(0)


def closed(p, tests):
    """P-values adjusted by closed testing: each set of hypotheses by weighted Bonferroni with the graph's weights."""
    part = [Fraction(each) for each in parts(tests, alpha=ALPHA)]
    arrows = [[Fraction(0)] * len(p) for _ in p]
    for i, test in enumerate(tests):
        rest = Fraction(1, 2) if test.children else Fraction(1)
        others = sum(part) - part[i]
        for j in range(len(p)):
            arrows[i][j] = Fraction(0) if i == j else rest * part[j] / others
        for child in test.children:
            arrows[i][child] += Fraction(1, 2) / len(test.children)
    of_sets = {}
    for size in range(1, len(p) + 1):
        for kept in itertools.combinations(range(len(p)), size):
            w, g, left = list(part), [list(row) for row in arrows], list(range(len(p)))
            for out in (i for i in range(len(p)) if i not in kept):
                left.remove(out)
                w = [w[i] + w[out] * g[out][i] for i in range(len(p))]
                g = [[without(g, out, i, j) for j in range(len(p))] for i in range(len(p))]
            of_sets[kept] = min(1.0, *(p[i] / float(w[i]) for i in kept))
    return [max(found for kept, found in of_sets.items() if i in kept) for i in range(len(p))]


@pytest.mark.costly
@settings(max_examples=30, deadline=None)
@given(chances, few, effects)
def test_it_rejects_what_closed_testing_rejects(p, weights, looked_for):
    tests = family(weights, looked_for)
    assert graphical(p, tests, alpha=ALPHA)[0] == pytest.approx(closed(p, tests), rel=1e-9)


@given(chances, few, effects)
def test_it_rejects_exactly_what_is_at_or_below_its_level(p, weights, looked_for):
    found, levels = graphical(p, family(weights, looked_for), alpha=ALPHA)
    for adjusted, own, level in zip(found, p, levels, strict=True):
        if abs(adjusted - ALPHA) > 1e-9:
            assert (adjusted <= ALPHA) == (own <= level)


def test_half_of_what_is_found_goes_to_its_children():
    """By hand: all alike have a third. The first is found: half of its third to its child, half to the two alike."""
    tests = [GraphTest(children=(2,)), GraphTest(), GraphTest()]
    assert graphical([0.001, 0.9, 0.9], tests, alpha=0.05)[1] == pytest.approx(
        [0.05 / 3, 0.05 * (1 / 3 + 1 / 12), 0.05 * (1 / 3 + 1 / 4)]
    )


def test_the_second_half_goes_where_it_finds_most():
    """Beside a numerical search over all ways to share it."""
    looked_for, weights = np.array([0.6, 2.0, 3.5, 6.0]), np.array([1.0, 1.0, 2.0, 1.0]) / 5
    found = parts([GraphTest(w, e) for w, e in zip(weights, looked_for, strict=True)], alpha=ALPHA)
    assert found.sum() == pytest.approx(1)
    best = 2 * found - weights

    def missed(logits):
        share = np.exp(logits) / np.exp(logits).sum()
        return -float(weights @ norm.cdf(looked_for - norm.isf(ALPHA / 2 * share)))

    searched = minimize(
        missed, np.zeros(4), method="Nelder-Mead", options={"maxiter": 20_000, "xatol": 1e-10, "fatol": 1e-14}
    )
    assert missed(np.log(best)) == pytest.approx(searched.fun, abs=1e-6)
    assert (best[0] < 0.01, best[3] < best[2]) == (True, True)


@pytest.mark.parametrize(("effect", "equal", "found"), [(2, 35, 54), (2.5, 54, 73), (3, 73, 87)])
def test_what_cannot_be_answered_costs_little(effect, equal, found):
    """Five questions of twelve hopeless comparisons each, and one that can be answered: as printed in the docs."""
    tests = [GraphTest(weight=1 / 6, effect=effect), *(GraphTest(weight=1 / 72, effect=0.2) for _ in range(60))]
    share = parts(tests, alpha=ALPHA)[0]
    assert [round(100 * norm.cdf(effect - norm.isf(ALPHA * part))) for part in (1 / 6, share)] == [equal, found]


@pytest.mark.costly
@pytest.mark.parametrize("alike", [0.0, 0.6])
@pytest.mark.parametrize("false", [(), (0,), (0, 2)])
def test_false_alarms_stay_under_the_level_whatever_is_true(alike, false):
    """4,000 families each; those at the level itself err as often as they may."""
    rng = np.random.default_rng(3)
    tests = family([1, 2, 1, 1, 1], [1.0, 3.0, 2.0, None, 5.0])
    shared = rng.standard_normal((4000, 1))
    z = np.sqrt(alike) * shared + np.sqrt(1 - alike) * rng.standard_normal((4000, 5))
    z[:, list(false)] += 4
    true = [i for i in range(5) if i not in false]
    wrong = np.mean([min(np.array(graphical(row, tests, alpha=ALPHA)[0])[true]) <= ALPHA for row in norm.sf(z)])
    assert wrong <= ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / 4000)


def test_weights_are_above_nothing():
    with pytest.raises(ValueError, match="above 0"):
        graphical([0.1], [GraphTest(weight=0)], alpha=ALPHA)
    assert graphical([], [], alpha=ALPHA) == ([], [])


@pytest.fixture(autouse=True, scope="module")
def _no_collection() -> Iterator[None]:
    """statsmodels collects garbage at each call, which takes a second in a process that has loaded much."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gc, "collect", lambda *_: 0)
        yield


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_agrees_with_statsmodels(p_values: list[float]) -> None:
    assert holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.05, 1)), min_size=1, max_size=6))
def test_weighted_correction_is_the_closure_of_weighted_bonferroni(drawn: list[tuple[float, float]]) -> None:
    """A comparison is found where every set of comparisons that holds it has one with p under its part of α."""
    p_values, weights = ([pair[i] for pair in drawn] for i in (0, 1))
    places = range(len(drawn))
    sets = [held for size in places for held in itertools.combinations(places, size + 1)]
    of_sets = [min(1.0, *(p_values[j] * sum(weights[k] for k in held) / weights[j] for j in held)) for held in sets]
    expected = [max(found for held, found in zip(sets, of_sets, strict=True) if i in held) for i in places]
    assert holm(p_values, weights) == pytest.approx(expected)
