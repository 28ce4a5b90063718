"""Windows of decisions as an exploration opens them, drawn in memory: features in bins, a group, a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from scipy.stats import norm

from boussole.audits.features.binned import MISSING, Bin, Feature
from boussole.audits.searchable import Searchable
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from tests.written import sample


def _bin(value: str) -> Bin:
    return Bin(value=value)


BINS, VALUES = 6, ("a", "b", "c", "d", "e", "f")
FEATURES = [Feature(name=name, column=f"b{at}", bins=(*map(_bin, VALUES), MISSING)) for at, name in enumerate("xyz")]


def system(*, favourable: bool = True, person: bool = True) -> System:
    columns: dict[str, Any] = {
        "id": "id",
        "period": "2026-01-15",
        "decision": {"column": "chosen", "selected": [True]},
        "favourable": favourable,
    }
    if person:
        columns["person"] = "person"
    return sample(columns, ("sex",))


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
