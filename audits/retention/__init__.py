"""Retention: what leaves the lake for good, or is brought under new keys, with all that was counted of it."""
