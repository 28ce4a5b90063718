"""Fairness metrics: one family per file, an explicit registry, and `measure.measure_cells`."""
