"""Fairness metrics: one family per file, an explicit registry, and `measure_cells`."""

from boussole.audits.metrics.measure import measure_cells

__all__ = ["measure_cells"]
