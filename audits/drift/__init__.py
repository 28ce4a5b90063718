"""Drift: how far the current window is from the reference window."""

from audits.drift.bins import Histogram
from audits.drift.measures import drift_measures

__all__ = ["Histogram", "drift_measures"]
