"""Drift: how far the current window is from the reference window."""
