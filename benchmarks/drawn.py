"""Windows of decisions as an exploration opens them, and reviews of teams, drawn in memory for simulations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.stats import norm

from boussole.audits.counts.read import SHARES
from boussole.audits.features.binned import MISSING, Bin, BinnedFeature
from boussole.audits.searchable import Searchable
from boussole.audits.systems.model import System
from boussole.audits.windows import Window


def _bin(value: str) -> Bin:
    return Bin(value=value)


BINS, VALUES = 6, ("a", "b", "c", "d", "e", "f")
FEATURES = [
    BinnedFeature(name=name, column=f"b{at}", bins=(*map(_bin, VALUES), MISSING)) for at, name in enumerate("xyz")
]


def system(*, favourable: bool = True, person: bool = True) -> System:
    """A system with one group and nothing else that an exploration asks for."""
    decision = {"column": "chosen", "selected": [True]}
    columns = {"id": "id", "period": "2026-01-15", "decision": decision, "favourable": favourable}
    return System.model_validate(
        {
            "id": "drawn",
            "kind": "selection",
            "title": {"en": "Drawn"},
            "purpose": {"en": "Simulations"},
            "owner": "nobody",
            "status": "pilot",
            "risk": "high",
            "columns": columns | ({"person": "person"} if person else {}),
            "groups": {"sex": {"column": "sex"}},
        }
    )


def people(rng: np.random.Generator, n: int, *, each: int = 1, proxy: float = 0.0) -> pd.DataFrame:
    """People with `each` decisions, three features, and a sex; with `proxy` women have low values of `x` more often."""
    sex = rng.random(n) < 0.5
    x = rng.integers(0, BINS, n)
    x = np.where(sex & (rng.random(n) < proxy), rng.integers(0, 2, n), x)
    frame = pd.DataFrame({"b0": x, "b1": rng.integers(0, BINS, n), "b2": rng.integers(0, BINS, n)})
    frame["g_sex"] = np.where(sex, "F", "M")
    frame["bucket"] = rng.integers(0, 40, n)
    frame["habit"] = rng.normal(size=n)
    return frame.loc[np.repeat(frame.index, each)].reset_index(drop=True)


def decided(frame: pd.DataFrame, chance: Any, rng: np.random.Generator) -> pd.DataFrame:
    """The same, each selected by a chance; the decisions of one person hang together."""
    noise = (frame["habit"] + rng.normal(size=len(frame))) / np.sqrt(2)
    return frame.assign(decision=(norm.cdf(noise) < chance).astype(int), weight=1)


def opened(frame: pd.DataFrame, hidden: Sequence[Any] = ()) -> Searchable:
    """The rows as an exploration keeps them."""
    connection = duckdb.connect()
    connection.register("frame", frame.drop(columns="habit"))
    connection.execute("CREATE TABLE explored AS SELECT * FROM frame")
    window = Window(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    return Searchable(connection=connection, window=window, names=["sex"], apart=[], hidden=hidden)


def everybody(rng: np.random.Generator, n: int = 6000, *, each: int = 1) -> pd.DataFrame:
    frame = people(rng, n, each=each, proxy=0.5)
    return decided(frame, 0.2 + 0.05 * frame["b0"] - 0.05 * (frame["g_sex"] == "F"), rng)


def asked(frame: pd.DataFrame, rng: np.random.Generator, share: float, *, each: int = 1) -> pd.DataFrame:
    """Those who were selected, and those with high values of `x`, say who they are more often."""
    chance = share * (0.3 + 0.5 * frame["decision"] + 0.15 * frame["b0"])
    luck = rng.random(-(-len(frame) // each)).repeat(each)[: len(frame)]
    return frame.assign(g_sex=frame["g_sex"].mask(luck >= chance))


def ratio(frame: pd.DataFrame) -> float:
    rates = frame.groupby("g_sex")["decision"].mean()
    return float(rates["F"] / rates["M"])


Teams = dict[str, dict[str, list[tuple[int, int]]]]
"""By team and month, changed and all lists of each agent."""


def read_of(counted: Teams) -> pa.Table:
    """The rows of the cube, as its SQL makes them."""
    found: list[dict[str, Any]] = []

    def add(part: str, month: str, cases: int, others: int, team: str | None = None) -> None:
        for decision, n in ((1, cases), (0, others)):
            row = {"part": part, "window": month, "bucket": 0, "decision": decision, "n": n, "value1": team}
            found.extend([row] if n or part == "pairs" else [])

    for team, months in counted.items():
        for month, agents in months.items():
            k, n = (sum(each[i] for each in agents) for i in (0, 1))
            pairs, both = (sum(each[i] * (each[i] - 1) // 2 for each in agents) for i in (1, 0))
            add("team_lists", month, k, n - k, team)
            add("team_pairs", month, 0, pairs, team)
            add("changed", month, k, n - k)
            add("pairs", month, both, pairs - both)
    return pa.Table.from_pylist(found, SHARES)
