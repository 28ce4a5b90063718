"""Figures of equity computed again: through whom a gap opens, and whom lists forget."""
