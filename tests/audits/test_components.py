"""The trend of a provider's share: held to statsmodels, kept within 0 and 1, and silent on few points."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import statsmodels.api as sm

from boussole.audits.metrics.components import trend
from boussole.audits.systems.logs.calls import ProviderShare

POINTS = [("2024-10-01", 0.35), ("2025-04-01", 0.44), ("2025-10-01", 0.55), ("2026-03-01", 0.61), ("2026-09-01", 0.67)]
HISTORY = [ProviderShare(day=dt.date.fromisoformat(day), share=share) for day, share in POINTS]


@pytest.mark.parametrize("day", ["2026-12-31", "2027-06-30"])
def test_a_forecast_is_that_of_least_squares(day: str) -> None:
    on = dt.date.fromisoformat(day)
    days = np.array([each.day.toordinal() for each in HISTORY], dtype=float)
    start = days.mean()
    fitted = sm.OLS([each.share for each in HISTORY], sm.add_constant(days - start)).fit()
    said = fitted.get_prediction([[1.0, on.toordinal() - start]]).summary_frame(alpha=0.05).iloc[0]
    found = trend(HISTORY, on)
    assert found is not None
    assert found.value == pytest.approx(said["mean"])
    assert found.low == pytest.approx(said["obs_ci_lower"])
    assert found.high == pytest.approx(min(said["obs_ci_upper"], 1.0))
    assert found.a_year == pytest.approx(fitted.params[1] * 365.25)


def test_a_share_stays_a_share() -> None:
    found = trend(HISTORY, dt.date(2040, 1, 1))
    assert found is not None
    assert (found.value, found.high) == (1.0, 1.0)


def test_a_line_through_three_days_tells_nothing() -> None:
    assert trend(HISTORY[:3], dt.date(2027, 1, 1)) is None
    assert trend([*HISTORY[:3], HISTORY[0]], dt.date(2027, 1, 1)) is None
