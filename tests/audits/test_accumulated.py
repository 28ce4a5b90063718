"""Windows put together: by hand, where people come back, where shares of groups move, and what does not enter."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boussole.audits.accumulated import put_together
from boussole.audits.measures import Measure
from boussole.audits.parts import Pairs, Share
from boussole.audits.uncertainty.looks import correlations_of
from boussole.audits.uncertainty.tests import p_beyond

BUCKETS = 40
NAME = "selection_rate_ratio/sex=F"


def days(count: int) -> list[dt.date]:
    return [dt.date(2026, 1 + month, 1) for month in range(count)]


def compared(
    k: tuple[Any, Any], n: tuple[Any, Any], *, scale: str = "ratio", clustered: bool = False, against: str = "sex=M"
) -> Measure:
    """A comparison of one window, as far as it is put together."""
    one, other = (np.atleast_1d(np.array(each)) for each in k), (np.atleast_1d(np.array(each)) for each in n)
    (k1, k0), (n1, n0) = ([each[:, None] for each in part] for part in (one, other))
    metric = "selection_rate_ratio" if scale == "ratio" else "precision_difference"
    return Measure(
        metric=metric,
        by=("sex",),
        group=("F",),
        value=0.5,
        n=int(n1.sum() + n0.sum()),
        params={"scale": scale, "bad_side": "below", "against": against, "decisions": int(n1.sum() + n0.sum())},
        parts=Pairs(k1=k1, n1=n1, k0=k0, n0=n0, clustered=clustered),
    )


def together(measures: list[Measure], *, span: int = 12) -> dict[str, Measure]:
    told = [(day, {each.id: each}) for day, each in zip(days(len(measures)), measures, strict=True)]
    return {each.id: each for each in put_together(told, span=span)}


def test_windows_together_leave_out_the_groups_that_one_of_them_hides() -> None:
    windows = [compared((20, 120), (100, 300), against="rest"), compared((50, 60), (100, 100), against="rest")]
    hiding = replace(windows[0], params={**windows[0].params, "groups_left_out": 1})
    assert together([hiding, windows[1]])[NAME].params["groups_left_out"] == 1
    assert "groups_left_out" not in together(windows)[NAME].params


def test_two_months_by_hand() -> None:
    """Weights n1 n0 / (n1 + n0): 75 and 50; rates .2 and .5 against .4 and .6."""
    found = together([compared((20, 120), (100, 300)), compared((50, 60), (100, 100))])[NAME]
    own, other = (75 * 0.2 + 50 * 0.5) / 125, (75 * 0.4 + 50 * 0.6) / 125
    assert found.params["values"] == pytest.approx([own, other])
    assert found.value == pytest.approx(own / other)
    assert found.params["counts"] == {"k": [70, 180], "n": [200, 400]}
    assert (found.n, found.params["decisions"], found.params["windows"]) == (600, 600, 2)
    assert found.params["since"] == "2026-01-01"
    assert found.params["correlations"] == [pytest.approx(np.sqrt(400 / 600), abs=1e-6)]


def test_shares_are_added_up() -> None:
    share = Measure(metric="selection_rate", by=("sex",), group=("F",), value=0.2, n=100)
    months = [
        replace(share, parts=Share(k=np.array([k]), n=np.array([n]), clustered=False))
        for k, n in ((20, 100), (50, 100))
    ]
    found = together(months)["selection_rate/sex=F"]
    assert (found.value, found.n, found.params["windows"]) == (0.35, 200, 2)
    assert "correlations" not in found.params


def test_a_month_in_which_few_are_selected_and_many_women_decided_about_is_no_gap() -> None:
    """Both months are at parity; over everybody, women would be selected at 60 for 100 (Simpson's paradox)."""
    found = together([compared((90, 10), (900, 100)), compared((50, 450), (100, 900))])[NAME]
    assert found.value == pytest.approx(1.0)
    assert found.interval is not None
    assert found.interval.low < 1 < found.interval.high


def test_one_window_alone_is_left_to_itself_and_a_window_that_hides_does_not_enter() -> None:
    shown, hidden = compared((20, 40), (100, 100)), Measure(
        metric="selection_rate_ratio", by=("sex",), group=("F",), status="suppressed", reason="small_group",
        params={"scale": "ratio", "bad_side": "below", "against": "sex=M"},
    )  # fmt: skip
    assert together([shown]) == {}
    assert together([hidden, shown]) == {}
    found = together([shown, hidden, shown])[NAME]
    assert (found.params["windows"], found.params["counts"]["n"]) == (2, [200, 200])
    later = together([shown, shown, hidden])[NAME]  # this window hides: what was told before still answers
    assert (later.status, later.params["windows"]) == ("ok", 2)
    expired = replace(hidden, status="undefined", reason="expired")
    assert together([shown, shown, expired]) == {}
    assert together([compared((20, 40), (100, 100), against="rest"), shown]) == {}  # of another reference


def test_only_the_last_windows_enter_and_those_before_tell_how_often_was_looked() -> None:
    months = [compared((20 + 2 * i, 40), (100, 100)) for i in range(6)]
    told = [(day, {NAME: each}) for day, each in zip(days(6), months, strict=True)]
    (found,) = put_together(told[3:], span=3, before=[{NAME: 200}, {NAME: 200}, {}])
    assert (found.params["windows"], found.params["since"]) == (3, "2026-04-01")
    assert found.params["counts"]["k"] == [26 + 28 + 30, 120]
    assert found.params["correlations"] == pytest.approx(
        correlations_of([200, 200, 0, 200, 200, 200], span=3), abs=1e-6
    )


@pytest.mark.parametrize(("span", "correlations"), [(12, None), (3, [0.5**0.5, 1.0, 0.5**0.5, 0.0, 0.5**0.5])])
def test_a_group_that_comes_back_after_months_without_it(span: int, correlations: list[float] | None) -> None:
    """Nothing of it within the span: no look, and the first one after that has nothing in common with those before."""
    shown, nobody = compared((20, 40), (100, 100)), compared((0, 40), (0, 100))
    nobody = replace(nobody, status="undefined", value=None, parts=None, reason="few")
    found = together([shown, shown, nobody, nobody, nobody, shown, shown], span=span)[NAME]
    sizes = [200, 200, 0, 0, 0, 200, 200]
    assert found.params["correlations"] == pytest.approx(correlations or correlations_of(sizes, span=12), abs=1e-6)


def months_of(rng: np.random.Generator, *, churn: float, truth: float, count: int = 12) -> list[Measure]:
    """Months of two groups in which people come back, each with a propensity of their own and three decisions."""
    found, people = [], 150
    own = [(rng.integers(0, BUCKETS, people), rng.beta(0.3 * 3, 0.7 * 3, people)) for _ in range(2)]
    for _ in range(count):
        parts = []
        for at, (bucket, chance) in enumerate(own):
            new = rng.random(people) < churn
            bucket[new], chance[new] = rng.integers(0, BUCKETS, new.sum()), rng.beta(0.9, 2.1, new.sum())
            cases = rng.binomial(3, np.minimum(chance * (truth if at == 0 else 1.0), 1))
            parts.append(tuple(np.bincount(bucket, w, BUCKETS).astype(int) for w in (cases, np.full(people, 3))))
        (k1, n1), (k0, n0) = parts
        found.append(compared((k1, k0), (n1, n0), clustered=True))
    return found


@pytest.mark.costly
@pytest.mark.parametrize("churn", [1.0, 0.2])
def test_intervals_hold_where_people_come_back(churn: float) -> None:
    """400 years each: at 95 %, a share of 0.92 to 0.98; the test at 5 % errs in 3 to 8 of 100."""
    rng, truth, held, wrong = np.random.default_rng(4), 0.8, 0, 0
    for _ in range(400):
        found = together(months_of(rng, churn=churn, truth=truth))[NAME]
        assert found.interval is not None
        held += found.interval.low <= truth <= found.interval.high
        wrong += p_beyond(found.params["test"], threshold=truth, bad_side="below") < 0.05
    assert 0.925 <= held / 400 <= 0.98
    assert wrong / 400 <= 0.075


def test_what_comparable_profiles_make_of_it_and_what_is_missing_are_told_of_all_months_too() -> None:
    """Within either profile women are selected as often; over everybody half as often. Two months alike."""
    raw = compared((100, 200), (1000, 1000))
    strata = [[10, 90], [100, 900]], [[180, 20], [1800, 200]]  # women and men: selected, of how many, by profile
    (k1, n1), (k0, n0) = (np.array(each) for each in strata)
    adjusted = replace(
        raw,
        metric="adjusted_selection_rate_ratio",
        parts=Pairs(k1=k1[None], n1=n1[None], k0=k0[None], n0=n0[None], clustered=False),
    )
    day = dt.date(2026, 1, 1)
    months = [(day, {each.id: each for each in (raw, adjusted)}) for day in (day, dt.date(2026, 2, 1))]
    found = {each.id: each for each in put_together(months, span=12)}
    assert found[NAME].value == pytest.approx(0.5)
    assert found[f"adjusted_{NAME}"].value == pytest.approx(1.0)
    assert {each.params["picture"] for each in found.values()} == {"explained"}
    gaps = [
        replace(each, params={**each.params, "missing_outcomes": n, "bounds": bounds})
        for each, n, bounds in (
            (compared((30, 40), (100, 100), scale="difference"), 5, [-0.2, 0.0]),
            (compared((90, 120), (300, 300), scale="difference"), 7, [-0.12, -0.04]),
        )
    ]
    (gap,) = together(gaps).values()
    assert gap.value == pytest.approx(-0.1)
    assert gap.params["missing_outcomes"] == 12
    assert gap.params["bounds"] == pytest.approx([(50 * -0.2 + 150 * -0.12) / 200, (150 * -0.04) / 200])
