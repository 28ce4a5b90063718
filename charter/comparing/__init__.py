"""Comparing: two runs, two versions month beside month, a version in shadow."""
