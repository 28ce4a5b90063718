"""Tests behind verdicts: each at its level, corrected over its family, and how much a window can show."""
