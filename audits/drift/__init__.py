"""Drift: how far the current window is from the reference window."""

from audits.drift.measures import Histogram, drift_measures

__all__ = ["Histogram", "drift_measures"]
