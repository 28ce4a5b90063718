"""Drift as data: is the system still the one that was examined, and what moved."""
