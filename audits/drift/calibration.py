"""The simulation behind the table of `shifts`; `python -m audits.drift.calibration` draws the table anew."""

from __future__ import annotations

import numpy as np

from boussole.audits.parts import Floats

MONTHS = 12
"""Windows that each look reaches back over, and looks in a year."""
CHANCES = (0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001)
YEARS, PIECE, SEED = 4_000_000, 100_000, 20_261_127


def year_maxima(rng: np.random.Generator, years: int) -> Floats:
    """Simulate the largest gap of means over the splits of twelve monthly looks of steady years, in standard errors."""
    drawn = rng.standard_normal((years, 2 * MONTHS - 1))
    sums = np.concatenate([np.zeros((years, 1)), np.cumsum(drawn, axis=1)], axis=1)
    found = np.zeros(years)
    for look in range(MONTHS):
        first, last = sums[:, look], sums[:, look + MONTHS]
        for before in range(1, MONTHS):
            middle, after = sums[:, look + before], MONTHS - before
            gap = (last - middle) / after - (middle - first) / before
            np.maximum(found, np.abs(gap) / np.sqrt(1 / before + 1 / after), out=found)
    return found


def main() -> None:
    """Prints the quantiles of the simulation."""
    rng = np.random.default_rng(SEED)
    drawn = np.concatenate([year_maxima(rng, PIECE) for _ in range(YEARS // PIECE)])
    for chance, level in zip(CHANCES, np.quantile(drawn, [1 - chance for chance in CHANCES]), strict=True):
        print(f"    ({chance}, {level:.3f}),")


if __name__ == "__main__":
    main()
