"""Where the demo happens: its agencies, in regions that start one after the other, and where its people live."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from boussole.experiments.demo.planted import PLANTED, PlantedEffects


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region, how many of its agencies there are, and when they start with the system; None: not yet."""

    name: str
    departments: tuple[str, ...]
    agencies: int
    starts: str | None = None
    people: float = 0.0
    """Share of the people of the demo who live there: as many as its agencies have offers for."""


REGIONS = (
    Region(
        name="Centre-Val de Loire",
        departments=("18", "28", "36", "37", "41", "45"),
        agencies=39,
        starts="2025-10-06",
        people=0.37,
    ),
    Region(
        name="Pays de la Loire",
        departments=("44", "49", "53", "72", "85"),
        agencies=48,
        starts="2026-01-12",
        people=0.36,
    ),
    Region(name="Bretagne", departments=("22", "29", "35", "56"), agencies=12, starts="2026-06-01", people=0.09),
    Region(name="Normandie", departments=("14", "27", "50", "61", "76"), agencies=12, starts="2026-07-01", people=0.09),
    Region(
        name="Hauts-de-France",
        departments=("02", "59", "60", "62", "80"),
        agencies=12,
        starts="2026-08-03",
        people=0.09,
    ),
    Region(name="Île-de-France", departments=("75", "77", "78", "91", "92", "93", "94", "95"), agencies=48),
    Region(name="Auvergne-Rhône-Alpes", departments=("38", "42", "63", "69"), agencies=36),
    Region(name="Nouvelle-Aquitaine", departments=("33", "64", "86", "87"), agencies=30),
    Region(name="Occitanie", departments=("30", "31", "34", "66"), agencies=30),
    Region(name="Grand Est", departments=("51", "54", "57", "67"), agencies=33),
)
"""The first two are those of the trial, with 87 agencies; three more have begun, the others are to come."""


def _listed() -> pd.DataFrame:
    every = [(each.name, each.starts, number) for number, each in enumerate(REGIONS) for _ in range(each.agencies)]
    found = pd.DataFrame(every, columns=["region", "started", "of"])
    return found.assign(agency=[f"A{number:03}" for number in range(len(found))])


AGENCIES = _listed()
"""The agencies, each with its region and the day on which it starts."""


def regions_of(agencies: pd.Series) -> pd.Series:
    """The region of each agency, by its code."""
    found: pd.Series = agencies.map(AGENCIES.set_index("agency")["region"])
    return found


def home(person_ids: pd.Series) -> np.ndarray:
    """In which of `REGIONS` each person lives, which hangs on nothing else."""
    number = person_ids.str[1:].astype(int).to_numpy()
    edges = np.cumsum([each.people for each in REGIONS if each.people])
    found: np.ndarray = np.searchsorted(edges, number * 7919 % 1000 / 1000, side="right")
    return found


def departments(person_ids: pd.Series) -> np.ndarray:
    """The department in which each person lives."""
    number, region = person_ids.str[1:].astype(int), home(person_ids)
    return np.array(
        [REGIONS[of].departments[n % len(REGIONS[of].departments)] for n, of in zip(number, region, strict=True)]
    )


FIRST, MONTHS = "2025-01", 21
RATE, SPREAD = 0.06, 0.012
"""Returns to work a month, over people, and how far agencies lie apart."""
SEASON, NOISE = 0.006, 0.002
PEOPLE = (600, 2500)


def agency_months(*, rng: np.random.Generator, effects: PlantedEffects = PLANTED) -> pd.DataFrame:
    """One row per agency and month: its start, its people, and how many of them returned to work."""
    started = AGENCIES["started"]
    months = pd.date_range(f"{FIRST}-01", periods=MONTHS, freq="MS")
    size = len(started)
    people = rng.integers(*PEOPLE, size)[:, None] + rng.integers(-20, 21, (size, MONTHS))
    level = np.clip(rng.normal(RATE, SPREAD, size), RATE / 3, None)[:, None]
    season = SEASON * np.sin(2 * np.pi * np.arange(MONTHS) / 12) - 0.0002 * np.arange(MONTHS)
    first = pd.to_datetime(started).dt.to_period("M").dt.to_timestamp()
    since = first.to_numpy()[:, None] <= months.to_numpy()[None, :]
    rate = level + season + rng.normal(0, NOISE, (size, MONTHS)) + effects.returns_added * since
    found = pd.DataFrame(
        {
            "agency": np.repeat(AGENCIES["agency"].to_numpy(), MONTHS),
            "month": np.tile(months.date, size),
            "started": np.repeat(started.to_numpy(), MONTHS),
            "people": people.ravel(),
            "returns": rng.binomial(people, np.clip(rate, 0.001, 1.0)).ravel(),
        }
    )
    return found.sort_values(["agency", "month"], ignore_index=True)
