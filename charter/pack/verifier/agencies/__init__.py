"""Counts by agency and month: effects since agencies started, computed again."""
