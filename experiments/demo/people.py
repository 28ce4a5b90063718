"""Invented job seekers: who they are, and what a matching model sees of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from boussole.experiments.demo.planted import PLANTED, PlantedEffects

FAMILIES: dict[str, tuple[float, float]] = {
    "A": (0.05, 0.30),
    "C": (0.04, 0.58),
    "D": (0.15, 0.62),
    "E": (0.04, 0.50),
    "F": (0.10, 0.10),
    "G": (0.13, 0.55),
    "H": (0.09, 0.32),
    "I": (0.07, 0.11),
    "J": (0.08, 0.78),
    "K": (0.14, 0.82),
    "M": (0.08, 0.64),
    "N": (0.03, 0.18),
}
"""Occupation families (letters of ROME): share of all job seekers, share of women. Round, invented numbers."""

AGES = ((18, 25, 0.15), (25, 50, 0.58), (50, 65, 0.27))
"""Lowest age, first age beyond, share of people."""


def people(count: int, *, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """One row per person; the group attributes are independent of one another given the occupation."""
    shares = np.array([share for share, _ in FAMILIES.values()])
    family = rng.choice(list(FAMILIES), size=count, p=shares / shares.sum())
    woman = rng.random(count) < np.array([FAMILIES[letter][1] for letter in family])
    age = _ages(count, rng)
    return pd.DataFrame(
        {
            "person_id": [f"P{number:06d}" for number in range(count)],
            "rome_family": family,
            "gender": np.where(woman, "F", "M"),
            "age": age,
            "qpv": _qpv(count, rng),
            "experience_years": np.clip(age - 20 - rng.exponential(2.0, count), 0, None).round(1),
            "part_time_share": _part_time(woman, rng, effects),
            "ability": rng.normal(size=count),
        }
    )


def _ages(count: int, rng: np.random.Generator) -> np.ndarray:
    band = rng.choice(len(AGES), size=count, p=[share for *_, share in AGES])
    low, high = (np.array([row[i] for row in AGES])[band] for i in (0, 1))
    return rng.integers(low, high)


def _qpv(count: int, rng: np.random.Generator) -> np.ndarray:
    """Priority neighbourhood: independent of everything, and unknown for the addresses that could not be located."""
    drawn = rng.random(count)
    value = np.where(drawn < 0.20, "yes", "no").astype(object)
    value[drawn < 0.015] = None
    return value


def _part_time(woman: np.ndarray, rng: np.random.Generator, effects: PlantedEffects) -> np.ndarray:
    has_past = rng.random(len(woman)) < np.where(woman, effects.women_part_time, effects.men_part_time)
    return np.where(has_past, rng.uniform(0.2, 1.0, len(woman)), 0.0).round(2)
