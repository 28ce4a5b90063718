"""Uncertainty: intervals, one-sided tests, multiplicity. Independent rows and declared clusters."""
