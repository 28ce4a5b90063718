"""The three sizes: a quarter of the demo, the demo, and three times as much."""

from __future__ import annotations

from boussole.experiments.demo.planted import PEOPLE
from boussole.experiments.demo.texts import ADVERTS, LETTERS, SUMMARIES

TEXTS = ADVERTS + LETTERS + SUMMARIES
"""Texts of a month of the demo."""
TIMES = {"small": 0.25, "demo": 1.0, "large": 3.0}
SIZES = {name: {"matchft": round(times * PEOPLE), "chatft": round(times * TEXTS)} for name, times in TIMES.items()}
"""People of MatchFT, and texts a month of ChatFT."""
