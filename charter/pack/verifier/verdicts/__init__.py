"""Verdicts judged a second time: levels, tests, the steps of Holm, and the intervals that decide."""
