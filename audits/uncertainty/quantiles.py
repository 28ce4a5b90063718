"""Quantiles of distributions from the functions that SciPy's own call, without its costly checks."""

from __future__ import annotations

from scipy.special import ndtri, stdtrit


def normal_quantile(chance: float) -> float:
    """Return the quantile of the standard normal distribution at `chance` (0 to 1)."""
    return float(ndtri(chance))


def student_quantile(chance: float, df: float) -> float:
    """Return the quantile of Student's t with degrees of freedom above 0 (infinite: the normal one); else NaN."""
    return float(stdtrit(df, chance))
