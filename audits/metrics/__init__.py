"""Fairness metrics: one family per file, and `measure_cells`."""

from boussole.audits.metrics.measure import measure_cells

__all__ = ["measure_cells"]
