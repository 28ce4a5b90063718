"""Whether two windows hold enough decisions for the normal approximation behind the test of a distance."""

from __future__ import annotations

import math

from boussole.audits.uncertainty.tests import MOST_TIMES
from boussole.charter.document import StoredTest
from boussole.charter.document.base import given

KIND = "noncentral_chi2"
FEWEST = 10
"""Decisions (people, where they come back) for each class, on average: of fewer, chance is no bell curve."""


def too_few(test: StoredTest) -> bool:
    """Whether a distance was counted from too few decisions for its classes, in one of the two windows.

    >>> few = StoredTest(kind="noncentral_chi2", df=9, scale=0.02, scale_reference=0.001)
    >>> too_few(few), too_few(few.changed(scale=0.01)), too_few(StoredTest(kind="score_ratio"))
    (True, False, False)
    """
    return test.kind == KIND and max(_windows(test)) > _most(test)


def window_needed(test: StoredTest, *, level: float, past: bool, n: int) -> int | None:
    """How many decisions the current window, of `n` now, needs for a distance to be judged.

    Where chance alone lifts it beyond a `level` (`past`), so many that it no longer does. None: more than `MOST_TIMES`
    × n, or the reference window is too small.

    >>> few = StoredTest(kind="noncentral_chi2", statistic=0.2, df=9, scale=0.021, scale_reference=0.001)
    >>> window_needed(few, level=0.1, past=False, n=50), window_needed(few, level=0.1, past=True, n=50)
    (50, 63)
    """
    fixed, own = _windows(test)
    limits = [_most(test)]
    freedom = given(test.df)
    truth = max(given(test.statistic) - freedom * given(test.scale), 0.0)
    if past and truth < level:
        limits.append((level - truth) / freedom - fixed)
    if fixed > _most(test) or min(limits) * (1 + MOST_TIMES) <= own:
        return None
    return max(0, math.ceil((own / min(limits) - 1) * n))


def _windows(test: StoredTest) -> tuple[float, float]:
    """The design effect ÷ decisions of the reference window, and of the current one."""
    fixed = given(test.scale_reference)
    return fixed, given(test.scale) - fixed


def _most(test: StoredTest) -> float:
    return 1 / (FEWEST * (given(test.df) + 1))
