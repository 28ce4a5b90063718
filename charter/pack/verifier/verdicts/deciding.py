"""The second rule of verdicts: intervals from the tests themselves, figures beyond the watch level, windows too small.

Ends are found by halving the tests; that of a distance is held to its test, since each look at that takes long.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ..chances import noncentral, quantile, root
from ..scores import fieller, share_end
from .testing import MOST, statistic, watched

FEWEST = 10
"""Decisions for each class of a distance, on average, in either window."""
DISTANCE = "noncentral_chi2"
Ends = dict[str, "float | None"]


def interval(measure: dict, levels: dict, verdict: str, at: dict[str, float | None], said: dict) -> Ends:
    """What a comparison must tell of the interval that decided it. `at`: the level of each test, by its verdict."""
    below, test = measure["params"]["bad_side"] == "below", measure["params"]["test"]
    error = at["broken"] if verdict == "broken" else at["watch"]
    bad = _end(test, float(error or 0), low=not below, said=said.get("high" if below else "low"))
    good = _end(test, float(at["kept"] or 0), low=below, said=said.get("low" if below else "high"))
    breach = levels["levels.breach"]
    if verdict != "broken" and breach is not None and bad is not None:
        bad = max(bad, breach) if below else min(bad, breach)
    low, high = (good, bad) if below else (bad, good)
    errors = (at["kept"], error) if below else (error, at["kept"])
    return dict(
        zip(("interval.low", "interval.high", "interval.error_low", "interval.error_high"), (low, high, *errors))
    )


def _end(test: dict, chance: float, *, low: bool, said: float | None) -> float | None:
    """The lowest (or highest) truth that the test does not reject; None where it rejects none."""
    if test["kind"] == DISTANCE:
        return _of_distance(test, chance, low=low, said=said)
    if test.get("only_beyond") == ("below" if low else "above"):
        return 0.0 if low else None
    if test["kind"] == "gap_share":
        return _of_gap(test, quantile(1 - (chance if low else chance / 2), test), low=low)
    return _standardised(test, chance, low=low)


def _standardised(test: dict, chance: float, *, low: bool) -> float | None:
    z = quantile(1 - chance, test) * (1 if low else -1)
    if test["kind"] == "score_share":
        return 0.0 if low and test.get("at_most") else share_end(float(test["estimate"]), float(test["size"]), z)
    if test["kind"] in ("wald", "jackknife"):
        return _around(test, z)
    if test["kind"] == "score_ratio":
        found = _where(lambda x: statistic(test, math.exp(x)) - z, -60.0, 60.0)
        return (0.0 if low else None) if found is None else math.exp(found)
    found = _where(lambda d: statistic(test, d) - z, -1 + 1e-9, 1 - 1e-9)
    return (-1.0 if low else 1.0) if found is None else found


def _around(test: dict, z: float) -> float | None:
    estimate, error = float(test["estimate"]), z * float(test["se"])
    if test.get("transform") != "log":
        return estimate - error
    return None if -error > 700 else estimate * math.exp(-error)


def _of_gap(test: dict, z: float, *, low: bool) -> float | None:
    if not low and watched(test) <= -z:
        return 0.0
    ends = None if low and watched(test) < z else fieller(test, z)
    return None if ends is None else ends[0 if low else 1]


def _of_distance(test: dict, chance: float, *, low: bool, said: float | None) -> float | None:
    def left(truth: float) -> float:
        tail = noncentral(test["statistic"] / test["scale"], test["df"], truth / test["scale"], below=not low)
        return (tail - chance) * (1 if low else -1)

    if left(0.0) >= 0:
        return 0.0
    if said is not None and 0 < said < 100 and left(said * (1 - 1e-7)) < 0 < left(said * (1 + 1e-7)):
        return said
    return _where(left, 0.0, 100.0)


def _where(function: Callable[[float], float], first: float, last: float) -> float | None:
    return root(function, first, last) if function(first) * function(last) < 0 else None


def beyond_watch(measure: dict, levels: dict) -> bool:
    """Whether the figure lies beyond the watch level: it is never kept."""
    value, watch = measure["value"], levels["levels.watch"]
    return bool(value < watch if measure["params"]["bad_side"] == "below" else value > watch)


def too_few(test: dict) -> bool:
    """Whether one of the windows of a distance is too small for its classes."""
    if test["kind"] != DISTANCE:
        return False
    return bool(max(_windows(test)) > 1 / (FEWEST * (test["df"] + 1)))


def settled_by(found: list[int | None], measure: dict, levels: dict, size: int) -> int | None:
    """How many more decisions settle it, window included."""
    test = measure["params"]["test"]
    if test["kind"] == DISTANCE:
        window = _of_window(test, levels["levels.watch"], size, past=beyond_watch(measure, levels))
        found = [None if each is None or window is None else max(each, window) for each in found]
    return min((each for each in found if each), default=None)


def _windows(test: dict) -> tuple[float, float]:
    return test["scale_reference"], test["scale"] - test["scale_reference"]


def _of_window(test: dict, level: float, size: int, *, past: bool) -> int | None:
    """How many more the current window needs: enough for each class, and that chance lifts nothing over a level."""
    fixed, own = _windows(test)
    most = 1 / (FEWEST * (test["df"] + 1))
    if fixed > most:
        return None
    truth = max(test["statistic"] - test["df"] * test["scale"], 0.0)
    room = min(most, (level - truth) / test["df"] - fixed) if past and truth < level else most
    if room * (1 + MOST) <= own:
        return None
    return max(0, math.ceil(float(own / room - 1) * size))
