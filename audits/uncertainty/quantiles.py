"""Quantiles of the distributions that intervals are drawn by, straight from the functions that SciPy's own call.

An audit asks for thousands, one at a time; what SciPy checks of each set of parameters takes ten times as long.
"""

from __future__ import annotations

from scipy.special import ndtri, stdtrit


def normal_quantile(chance: float) -> float:
    """Which value of a standard normal distribution a share of `chance` (0 to 1) lies below.

    >>> round(normal_quantile(0.975), 6)
    1.959964
    """
    return float(ndtri(chance))


def student_quantile(chance: float, df: float) -> float:
    """The same of Student's t distribution, with degrees of freedom above 0 (infinite: the normal one); else NaN.

    >>> round(student_quantile(0.975, 10), 6), round(student_quantile(0.975, float("inf")), 6)
    (2.228139, 1.959964)
    """
    return float(stdtrit(df, chance))
