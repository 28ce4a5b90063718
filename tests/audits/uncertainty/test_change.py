"""The change of a comparison between two versions, against enumeration by hand, other libraries and simulation."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from boussole.audits.uncertainty.change import ComparisonChange, Units

PART = {"group": 0, "reference": 1}


def units(*rows: tuple[str, int | None, int | None], times: int = 1) -> Units:
    """Units of one case each, as (part, decision of production, decision of the candidate); None: not judged."""
    made = [unit([row]) for row in rows for _ in range(times)]
    return gathered(made, [None not in row[1:] for row in rows for _ in range(times)])


def unit(cases: list[tuple[str, int | None, int | None]]) -> np.ndarray:
    """One unit of several cases."""
    found = np.zeros((2, 2, 2), dtype=np.int64)
    for part, *decisions in cases:
        for version, decision in enumerate(decisions):
            if decision is not None:
                found[version, PART[part]] += (decision, 1)
    return found


def gathered(made: list[np.ndarray], both: list[bool]) -> Units:
    return Units.alike(np.array(made), np.ones(len(made), dtype=np.int64), np.array(both))


def one_by_one(given: Units) -> np.ndarray:
    """The units, each by itself."""
    return np.repeat(given.counts, given.times, axis=0)


def pairs(part: str, *, kept: int = 0, lost: int = 0, won: int = 0, never: int = 0) -> list[tuple[str, int, int]]:
    return [(part, 1, 1)] * kept + [(part, 1, 0)] * lost + [(part, 0, 1)] * won + [(part, 0, 0)] * never


def of(given: Units, *, scale: str = "difference", bad_side: str = "below") -> ComparisonChange:
    return ComparisonChange(units=given, scale=scale, bad_side=bad_side)


def studentised(made: np.ndarray, scale: str) -> float:
    """U over its linearised standard error, written down a second time."""
    p = made[..., 0].sum(axis=0) / made[..., 1].sum(axis=0)
    n = made[..., 1].sum(axis=0)
    (pg, pa), (cg, ca) = p
    if scale == "ratio":
        u, slopes = cg * pa - pg * ca, np.array([[-ca, cg], [pa, -pg]])
    else:
        u, slopes = cg - ca - pg + pa, np.array([[-1.0, 1.0], [1.0, -1.0]])
    pull = (slopes / n * (made[..., 0] - p * made[..., 1])).sum(axis=(1, 2))
    variance = len(made) / (len(made) - 1) * sum(z * z for z in pull)
    if variance <= 1e-20:
        return 0.0 if abs(u) < 1e-12 else math.copysign(math.inf, u)
    return u / math.sqrt(variance)


@pytest.mark.parametrize(("lost", "won"), [(5, 0), (6, 2), (9, 1), (3, 3), (1, 6)])
@pytest.mark.parametrize("scale", ["difference", "ratio"])
def test_changes_in_one_part_alone_are_mcnemars_exact_test(lost, won, scale):
    rows = pairs("group", kept=20, lost=lost, won=won, never=40) + pairs("reference", kept=25, never=45)
    exact = binomtest(won, won + lost, 0.5, alternative="less").pvalue
    change = of(units(*rows), scale=scale)
    assert (change._exchanged[0], change.p_worse() >= exact - 1e-12) == (pytest.approx(exact, rel=1e-9), True)


@pytest.mark.parametrize("scale", ["difference", "ratio"])
def test_cases_judged_by_one_version_only_exchange_labels_within_their_part(scale):
    alone = [("group", 1, None)] * 3 + [("group", 0, None)] * 1 + [("group", None, 1)] * 1 + [("group", None, 0)] * 3
    alone += [("reference", 1, None), ("reference", 0, None), ("reference", None, 1), ("reference", None, 0)]
    contents = np.array([unit([row]) for row in alone])
    seen, found = studentised(contents, scale), []
    ways = itertools.combinations(range(8), 4), itertools.combinations(range(8, 12), 2)
    for group, reference in itertools.product(*ways):
        made = np.zeros_like(contents)
        for i, one in enumerate(contents.sum(axis=1)):
            made[i, int(i in group or i in reference)] = one
        n = made[..., 1].sum(axis=0)
        found.append(bool(n.min() == 0 or studentised(made, scale) <= seen + 1e-9))
    assert of(units(*alone), scale=scale)._exchanged[0] == pytest.approx(np.mean(found), rel=1e-9)


@pytest.mark.parametrize("scale", ["difference", "ratio"])
def test_paired_units_exchange_by_coin_as_a_whole(scale):
    people = [
        [("group", 1, 0), ("group", 1, 0)], [("group", 1, 1), ("group", 0, 0)], [("group", 1, 0)], [("group", 1, 1)],
        [("reference", 1, 1), ("reference", 0, 1)], [("reference", 0, 0)], [("reference", 1, 1), ("reference", 1, 0)],
        [("group", 0, 1), ("reference", 1, 0)],
    ]  # fmt: skip
    given = gathered([unit(cases) for cases in people], [True] * len(people))
    apart = one_by_one(given)
    seen = studentised(apart, scale)
    found = 0
    for coins in itertools.product((False, True), repeat=len(people)):
        made = np.array([one[::-1] if coin else one for one, coin in zip(apart, coins, strict=True)])
        found += studentised(made, scale) <= seen + 1e-9
    assert of(given, scale=scale)._exchanged[0] == pytest.approx(found / 2 ** len(people), rel=1e-9)


def test_drawn_exchanges_agree_with_all_of_them(monkeypatch):
    rows = pairs("group", kept=30, lost=9, won=5, never=50) + pairs("reference", kept=40, lost=6, won=7, never=60)
    every = of(units(*rows)).p_worse()
    monkeypatch.setattr("boussole.audits.uncertainty.swaps.MOST", 1)
    assert of(units(*rows))._exchanged[0] == pytest.approx(every, abs=0.02)


def test_where_drawn_exchanges_end_students_t_goes_on_if_enough_cases_changed():
    lost, won = 200, 5  # 206 · 6 · 11 · 13 exchanges: they are drawn, and none of 9,999 is as bad
    rows = pairs("group", kept=300, lost=lost, won=won, never=300)
    rows += pairs("reference", kept=300, lost=10, won=12, never=300)
    change = of(units(*rows), scale="difference")
    assert change._exchanged == (1 / 10_000, True)
    assert binomtest(won, won + lost, 0.5, alternative="less").pvalue < change.p_worse() < 1e-20
    assert not change.p_worse_at_most


def test_where_few_weigh_most_the_least_that_draws_can_tell_is_called_that():
    heavy = [[("group", 1, 0)] * n for n in range(1, 9) for _ in range(5)]
    moved = [[("reference", 1, 0)], [("reference", 0, 1)]] * 20
    people = [*heavy, *moved, *[[("reference", 1, 1)] * 3] * 60, *[[("group", 0, 0)] * 3] * 60]
    change = of(gathered([unit(cases) for cases in people], [True] * len(people)))
    assert (change.p_worse(), change.p_worse_at_most) == (1 / 10_000, True)


@pytest.mark.parametrize(("scale", "alike"), [("difference", 0.0), ("ratio", 1.0)])
def test_a_candidate_that_decides_the_same_is_never_worse_and_a_group_that_loses_everything_is(scale, alike):
    """Without any variance left: every woman was selected, none is now."""
    same = of(units(*pairs("group", kept=30, never=70), *pairs("reference", kept=35, never=65)), scale=scale)
    assert (same.p_worse(), same.value()) == (1.0, pytest.approx(alike, abs=1e-12))
    others = pairs("reference", kept=20)
    assert of(units(*pairs("group", lost=20), *others), scale=scale).p_worse() == pytest.approx(0.5**20)
    assert of(units(*pairs("group", won=20), *others), scale=scale).p_worse() == 1.0


def test_a_small_group_in_which_nothing_changed_is_no_proof():
    """The candidate selects a tenth more people: of 30 in the group one was expected, by chance it is none."""
    rows = pairs("group", kept=5, never=25) + pairs("reference", kept=68, won=17, never=85)
    change = of(units(*rows), scale="ratio")
    assert change._exchanged[0] < 1e-4
    assert change.p_worse() > 0.2


@pytest.mark.parametrize("n", [40, 58, 60, 62, 100, 148, 150, 152, 400])
@pytest.mark.parametrize("margin", [-0.02, -0.05])
def test_without_a_changed_case_it_proves_no_more_than_the_exact_test_of_none_in_n(n, margin):
    rows = pairs("group", kept=n // 2, never=n // 2) + pairs("reference", kept=5 * n, never=5 * n)
    if of(units(*rows)).p_within(margin) <= 0.05:
        assert binom.pmf(0, n, -margin) <= 0.05


def test_enough_cases_without_a_change_are_within_the_margin():
    rows = pairs("group", kept=100, never=100) + pairs("reference", kept=1000, never=1000)
    assert of(units(*rows)).p_within(-0.05) < 0.05


def test_bad_above_is_bad_below_turned_round():
    rows = pairs("group", kept=30, lost=8, won=2, never=60) + pairs("reference", kept=40, lost=1, won=2, never=57)
    turned = [(part, 1 - before, 1 - after) for part, before, after in rows]
    below, above = of(units(*rows)), of(units(*turned), bad_side="above")
    assert above.p_worse() == pytest.approx(below.p_worse())
    assert above.p_within(0.05) == pytest.approx(below.p_within(-0.05))
    assert above.smallest(alpha=0.05) == pytest.approx(-below.smallest(alpha=0.05))


@pytest.mark.parametrize(("scale", "bad_side"), [("ratio", "below"), ("ratio", "above"), ("difference", "below")])
def test_the_bound_is_where_the_margin_is_just_not_excluded(scale, bad_side):
    rows = pairs("group", kept=30, lost=8, won=6, never=60) + pairs("reference", kept=40, lost=1, won=2, never=57)
    change = of(units(*rows), scale=scale, bad_side=bad_side)
    assert change.p_within(change.bound(0.05)) == pytest.approx(0.05, abs=1e-6)


def test_more_cases_show_smaller_regressions_and_a_handful_shows_none():
    rows = pairs("group", kept=4, lost=1, won=1, never=4) + pairs("reference", kept=4, never=6)
    shown = [of(units(*rows, times=times), scale="ratio").smallest(alpha=0.05) for times in (1, 10, 40)]
    assert shown[0] is None
    assert 0 < shown[1] < shown[2] < 1


# --- simulations -------------------------------------------------------------------------------------------------

ROUNDS = 300
SIZES = [(50, 50), (30, 170), (150, 150)]


def decided(generator: np.random.Generator, n: int, before: float, after: float, alike: float) -> np.ndarray:
    """Decisions of two versions on n cases with these rates; `alike` is the share of cases with one common draw."""
    draw = generator.random(n)
    again = np.where(generator.random(n) < alike, draw, generator.random(n))
    return np.stack([draw < before, again < after], axis=1).astype(np.int64)


def sample(generator, sizes, rates, *, paired, alike=0.95) -> Units:
    """A test set; rates are (production, candidate) of the group, then of the reference."""
    made = []
    for (part, n), versions in itertools.product(enumerate(sizes), [(0, 1)] if paired else [(0,), (1,)]):
        cases = decided(generator, n, *rates[part], alike)
        one = np.zeros((n, 2, 2, 2), dtype=np.int64)
        for v in versions:
            one[:, v, part, 0], one[:, v, part, 1] = cases[:, v], 1
        made.append(one)
    whole = np.concatenate(made)
    return Units.alike(whole, np.ones(len(whole), dtype=np.int64), np.full(len(whole), paired))


def simulated(sizes, rates, *, paired, scale, statistic) -> np.ndarray:
    """The p-values of test sets on which the comparison is defined."""
    generator = np.random.default_rng(7)
    made = [sample(generator, sizes, rates, paired=paired) for _ in range(ROUNDS)]
    kept = [given for given in made if (given.counts[..., 0] * given.times[:, None, None]).sum(axis=0).min() > 0]
    return np.array([statistic(of(given, scale=scale)) for given in kept])


def at_most(share: float, alpha: float) -> bool:
    """Whether a simulated share is at most alpha, three standard errors of the simulation allowed for."""
    return share <= alpha + 3 * math.sqrt(alpha * (1 - alpha) / ROUNDS)


@pytest.mark.slow
@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize(
    ("scale", "rates", "margin"),
    [
        ("ratio", ((0.3, 0.3), (0.3, 0.3)), None),
        ("ratio", ((0.15, 0.15), (0.4, 0.4)), None),
        ("ratio", ((0.3, 0.45), (0.3, 0.45)), None),  # selects more people of every group
        ("ratio", ((0.15, 0.1875), (0.4, 0.5)), None),
        ("difference", ((0.3, 0.3), (0.3, 0.3)), None),
        ("difference", ((0.15, 0.25), (0.4, 0.5)), None),
        ("ratio", ((0.3, 0.27), (0.3, 0.3)), 0.9),  # as large as the margin: seldom called within it
        ("difference", ((0.3, 0.25), (0.3, 0.3)), -0.05),
    ],
)
def test_no_more_false_alarms_than_announced(sizes, paired, scale, rates, margin):
    def p(change):
        return change.p_worse() if margin is None else change.p_within(margin)

    found = simulated(sizes, rates, paired=paired, scale=scale, statistic=p)
    for alpha in (0.05, 0.02) if margin is None else (0.05,):
        assert at_most(float(np.mean(found <= alpha)), alpha)


@pytest.mark.slow
@pytest.mark.parametrize(("sizes", "alike"), [((100, 100), 1.0), ((60, 240), 0.9), ((250, 250), 0.9)])
@pytest.mark.parametrize("scale", ["ratio", "difference"])
@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_the_smallest_regression_that_is_announced_would_have_been_shown(sizes, alike, scale, alpha):
    generator = np.random.default_rng(11)
    same = ((0.5, 0.5), (0.5, 0.5))

    def drawn(rates):
        return of(sample(generator, sizes, rates, paired=True, alike=alike), scale=scale)

    announced = [drawn(same).smallest(alpha=alpha) for _ in range(50)]
    middle = float(np.median([size for size in announced if size is not None]))
    after = 0.5 * middle if scale == "ratio" else 0.5 + middle
    shown = [drawn(((0.5, after), (0.5, 0.5))).p_worse() <= alpha for _ in range(ROUNDS)]
    assert np.mean(shown) >= 0.8 - 3 * math.sqrt(0.8 * 0.2 / ROUNDS)
