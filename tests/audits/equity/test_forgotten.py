"""People on no list: by hand, by numpy on people, and how often its test errs where lists make people alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from boussole.audits.counts.forgotten import forgotten_of, six_months
from boussole.audits.counts.read import FORGOTTEN
from boussole.audits.measures import Measure
from boussole.audits.metrics.forgotten import NEVER, NEVER_RATIO, design_effect, forgotten_measures, months_between
from boussole.audits.standing import WindowStanding
from boussole.audits.uncertainty.tests import end_of, tails
from boussole.audits.windows import Window
from tests.audits.funnels import funnel

SYSTEM = funnel(person=True)


def counted(
    times: dict[str, Sequence[int]], *, first: str = "2026-01-01", last: str = "2026-06-30", lists: int = 40
) -> pa.Table:
    """Return the rows that `read_forgotten` gives of people by sex and list, each list in a bucket."""
    rows: dict[tuple[str, str | None, str, str | None, int | None, int | None, int | None], int] = {}
    for sex, often in times.items():
        for i, n in enumerate(often):
            for by, value in (("", None), ("sex", sex)):
                keys = [
                    (by, value, "people", None, None, i % 40, int(n == 0)),
                    (by, value, "times", None, n, None, None),
                ]
                on = {(i * 7 + j * 11) % lists for j in range(n)}
                keys += [(by, value, "listed", None, None, each, 0) for each in on]
                keys += [(by, value, "once", None, None, each, 0) for each in on if len(on) == 1]
                for key in keys:
                    rows[key] = rows.get(key, 0) + 1
    rows |= {("", None, part, day, None, None, None): 0 for part, day in (("since", first), ("until", last))}
    columns = ("by", "value1", "part", "window", "bin", "bucket", "decision")
    made = [dict(zip(columns, key, strict=True)) | {"value2": None, "value3": None, "n": n} for key, n in rows.items()]
    return pa.Table.from_pylist(made, FORGOTTEN)


def measures(times: dict[str, Sequence[int]], **more) -> dict[str, Measure]:
    found = forgotten_measures(
        forgotten_of(counted(times, **more), SYSTEM), SYSTEM, standing=WindowStanding(), hidden={}
    )
    return {measure.id: measure for measure in found}


TIMES = {"F": [0] * 60 + [1] * 40 + [3] * 100, "M": [0] * 45 + [1] * 55 + [3] * 100}


def test_by_hand() -> None:
    found = measures(TIMES)
    assert found[f"{NEVER}/sex=F"].value == 60 / 200
    assert found[NEVER].value == 105 / 400
    ratio = found[f"{NEVER_RATIO}/sex=F"]
    assert ratio.value == pytest.approx(60 / 45)
    assert (ratio.params["bad_side"], ratio.params["scale"], ratio.n) == ("above", "ratio", 400)
    effect = ratio.params["design_effect"]
    assert ratio.params["test"]["k"] == [60 / effect, 45 / effect]
    assert ratio.interval is not None
    assert ratio.interval.low < 60 / 45 < ratio.interval.high


def test_few_people_are_hidden_and_so_is_who_would_give_them_away() -> None:
    found = measures({"F": [0, 0, 1, 2, 0], "M": TIMES["M"]})
    for name in (NEVER, NEVER_RATIO):
        each = found[f"{name}/sex=F"]
        assert (each.status, each.value, each.n) == ("suppressed", None, None)
    assert found[f"{NEVER}/sex=M"].status == "suppressed"  # everybody less the men are the women
    assert found[NEVER].status == "ok"


def test_short_spans_are_never_kept_and_shorter_ones_never_judged() -> None:
    short = measures(TIMES, first="2026-05-01")[f"{NEVER_RATIO}/sex=F"]
    assert (short.status, short.reason) == ("undefined", "short_span")
    even = {"F": [0] * 900 + [2] * 3000, "M": [0] * 900 + [2] * 3000}
    three, six = (
        measures(even, first=day)[f"{NEVER_RATIO}/sex=F"].params["test"] for day in ("2026-04-01", "2026-01-01")
    )
    assert tails(six, threshold=1.25, bad_side="above")[1] < 0.01
    beyond, kept = tails(three, threshold=1.25, bad_side="above")
    assert kept == 1.0
    assert beyond == tails(six, threshold=1.25, bad_side="above")[0]
    assert end_of(three, chance=0.05, end="high") is None
    assert end_of(three, chance=0.05, end="low") == end_of(six, chance=0.05, end="low")


def test_where_nearly_everybody_is_forgotten_no_ratio_can_show_it() -> None:
    found = measures({"F": [0] * 190 + [1] * 10, "M": [0] * 170 + [1] * 30})[f"{NEVER_RATIO}/sex=F"]
    assert (found.status, found.reason) == ("undefined", "mostly_forgotten")
    none = measures({"F": [0] * 20 + [1] * 180, "M": [1] * 200})[f"{NEVER_RATIO}/sex=F"]
    assert (none.status, none.reason) == ("undefined", "zero_denominator")


def test_spans() -> None:
    half = Window(dt.date(2026, 4, 1), dt.date(2026, 9, 30))
    assert six_months(Window(dt.date(2026, 8, 1), dt.date(2026, 8, 30))).start == dt.date(2026, 2, 28)
    assert six_months(Window(dt.date(2026, 9, 1), half.end)) == half
    assert months_between(half.start, half.end) == 6


def lists(rng: np.random.Generator, *, people: int, offers: int, pool: int, seats: int, trades: int) -> np.ndarray:
    """Who is listed, as pairs with offers, where each trade has its own number of offers: both sexes alike."""
    trade = np.arange(people) // 2 % trades
    chosen = []
    for offer in range(offers):
        here = np.flatnonzero(trade == rng.integers(trades))
        drawn = rng.choice(here, min(pool, len(here)), replace=False)
        chosen += [(who, offer) for who in drawn[:seats]]
    return np.array(chosen)


def errors(seeds: int, **market) -> tuple[float, float]:
    """How often women are said to be forgotten oftener, or less often, at 5 %, where both sexes are drawn alike."""
    above = below = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        pairs = lists(rng, **market)
        people = market["people"]
        women = np.arange(people) % 2 == 0
        times = np.bincount(pairs[:, 0], minlength=people)
        on = np.zeros((people, 40), bool)
        on[pairs[:, 0], (rng.permutation(market["offers"]) % 40)[pairs[:, 1]]] = True
        listed, once = (np.array([who[side].sum(0) for side in (women, ~women)], float)
                        for who in (on, on & (on.sum(1) == 1)[:, None]))  # fmt: skip
        k, n = (tuple(int((each & side).sum()) for side in (women, ~women)) for each in (times == 0, times >= 0))
        found = said(once, listed, k, n)
        above, below = above + found[0], below + found[1]
    return above / seeds, below / seeds


def said(once: np.ndarray, listed: np.ndarray, k: tuple[int, int], n: tuple[int, int]) -> tuple[bool, bool]:
    """Whether the first group is said to be forgotten oftener, or less often, at 5 %."""
    found = design_effect((once[0], once[1]), (listed[0], listed[1]), k, n)
    if found is None:
        return False, False
    effect, df = found
    test = {"kind": "score_ratio", "k": [x / effect for x in k], "n": [x / effect for x in n], "df": df}
    above, below = tails(test, threshold=1.0, bad_side="above")
    return above <= 0.05, below <= 0.05


def of_mixed_lists(seeds: int, offers: int, sides: tuple[int, int], size: int, *, alike: float = 0.0) -> list[float]:
    """The same where each list is of other people, of whom a share that varies between lists are of the first side."""
    p, found = sides[0] / sum(sides), np.zeros(2)
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        share = rng.beta(p * (1 / alike - 1), (1 - p) * (1 / alike - 1), offers) if alike else np.full(offers, p)
        women, once, bucket = rng.binomial(size, share), np.zeros((2, 40)), rng.permutation(offers) % 40
        np.add.at(once[0], bucket, women)
        np.add.at(once[1], bucket, size - women)
        found += said(once, once, (sides[0] - int(once[0].sum()), sides[1] - int(once[1].sum())), sides)
    return (found / seeds).tolist()


MIXED = [(100, 2000, 20), (100, 2000, 32), (40, 1000, 40)]
"""Lists, people of each sex, and of a list: 5 in 10, 2 in 10 and 2 in 10 are on none."""


def test_it_errs_no_oftener_than_it_may() -> None:
    found = errors(60, people=600, offers=120, pool=10, seats=4, trades=5)
    assert max(found) <= 0.12


@pytest.mark.parametrize(("offers", "people", "size"), MIXED)
def test_it_errs_no_oftener_than_it_may_of_mixed_lists(offers: int, people: int, size: int) -> None:
    """At 5 %, and what 300 runs can differ by: 12 to 22 in 100 with the variance of another test."""
    assert max(of_mixed_lists(300, offers, (people, people), size)) <= 0.09


def test_of_people_on_one_list_nobody_can_tell() -> None:
    """One list is one draw, however many stand on it; and so are nine."""
    people = {"F": [0] * 2700 + [1] * 300, "M": [0] * 2100 + [1] * 900}
    for lists in (1, 9):
        found = measures(people, lists=lists)[f"{NEVER_RATIO}/sex=F"]
        assert (found.status, found.reason, found.value) == ("undefined", "few_lists_tell", None)
    told = measures(people, lists=20)[f"{NEVER_RATIO}/sex=F"]
    assert told.status == "ok"
    assert told.params["test"]["df"] == pytest.approx(19)


def test_one_long_list_among_short_ones_is_one_list() -> None:
    once = np.concatenate([[300.0], np.ones(30)])
    listed = once + 5.0
    for lists in (once, listed, np.full(31, 200.0)):
        assert design_effect((once, once), (lists, lists), (2670, 2670), (3000, 3000)) is None


def test_a_small_group_on_two_lists_alone_tells_nothing() -> None:
    """However many the lists of those it is compared with: all its ways onto a list hang on two."""
    once = np.repeat([10.0, 0.0], [2, 38]), np.full(40, 50.0)
    assert design_effect(once, once, (10, 1000), (30, 3000)) is None
    spread = np.repeat([1.0, 0.0], 20), np.full(40, 50.0)
    assert design_effect(spread, spread, (10, 1000), (30, 3000)) is not None


def test_the_same_ones_forgotten_where_all_others_are_on_many_lists() -> None:
    """Nobody is on one list only: no list alone decides who is forgotten, and people vary as people."""
    found = measures({"F": [0] * 200 + [8] * 800, "M": [0] * 40 + [8] * 960})[f"{NEVER_RATIO}/sex=F"]
    assert (found.value, found.params["design_effect"]) == (5.0, 1.0)
    assert tails(found.params["test"], threshold=1.25, bad_side="above")[0] < 1e-6
    same = measures({"F": [0] * 200 + [2] * 800, "M": [0] * 40 + [2] * 960}, lists=2)[f"{NEVER_RATIO}/sex=F"]
    assert (same.status, same.reason) == ("undefined", "few_lists_tell")  # all of them on the same two


def test_whole_groups_forgotten_or_never() -> None:
    """Everybody, nobody, and nobody on any list at all: a figure that holds or a reason, never an error."""
    men = TIMES["M"]
    all_of_them = measures({"F": [0] * 200, "M": men})[f"{NEVER_RATIO}/sex=F"]
    assert all_of_them.value == pytest.approx(200 / 45)
    assert tails(all_of_them.params["test"], threshold=1.25, bad_side="above")[0] < 0.01
    none = measures({"F": [1] * 300, "M": men})[f"{NEVER_RATIO}/sex=F"]
    assert (none.value, none.interval and none.interval.low) == (0.0, 0.0)
    nobody = measures({"F": [0] * 200, "M": [0] * 200})
    assert nobody[f"{NEVER_RATIO}/sex=F"].reason == "mostly_forgotten"
    alone = measures({"F": [0] * 60 + [1] * 140})
    assert f"{NEVER_RATIO}/sex=F" not in alone or alone[f"{NEVER_RATIO}/sex=F"].value is None


@pytest.mark.slow
@pytest.mark.parametrize("alike", [0.0, 0.1])
@pytest.mark.parametrize(("offers", "few", "many", "size"), [(100, 300, 3000, 15), (40, 200, 4000, 40)])
def test_of_a_small_group_it_errs_hardly_oftener(offers: int, few: int, many: int, size: int, alike: float) -> None:
    """9 in 100 where a few lists hold a small group together, and never the other way: as docs/measures.md says."""
    found = of_mixed_lists(1500, offers, (few, many), size, alike=alike)
    assert found[0] <= 0.1
    assert found[1] <= 0.06


def test_lists_that_hold_one_sex_each_widen_it() -> None:
    """Every list of one sex alone: who is forgotten hangs on how many offers a trade has."""
    rng = np.random.default_rng(3)
    k, n = (100, 100), (500, 500)
    one_each = np.repeat([20.0, 0.0], 20), np.repeat([0.0, 20.0], 20)
    lists = rng.poisson(5, 40).astype(float), rng.poisson(5, 40).astype(float)
    mixed, apart = design_effect(lists, lists, k, n), design_effect(one_each, one_each, k, n)
    assert mixed is not None
    assert apart is not None
    assert mixed[0] < 4.5
    assert apart == (pytest.approx(40 / 39 * 40 * 0.2**2 / (2 * (1 / 100 - 1 / 500)), rel=1e-9), pytest.approx(39))
