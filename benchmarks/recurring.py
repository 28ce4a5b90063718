"""Lists in which the same people come back: how often each interval holds the truth.

`python -m benchmarks.recurring --logs 400` prints its table of tests/data.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from boussole.audits.counts.scores import RANKS, lists_of
from boussole.audits.cubes import ranks
from boussole.audits.cubes.edges import Bins
from boussole.audits.cubes.update import statements_of
from boussole.audits.lake.tables import KEYS, quote, summed
from boussole.audits.measures import NO_OUTCOME, Cells, ListSums, Measure
from boussole.audits.metrics import measure_cells
from boussole.audits.systems import System

FIGURES = ("exposure_ratio", "skew_at_k", "exposure")
BUCKETS, AT_ONCE = 40, 100


@dataclass(frozen=True, kw_only=True)
class Setting:
    """So many `people`, of whom a `share` is of group b, in so many `lists` of `size`.

    `worth`: how far people differ, beside chance of 1; `less`: how much less b is worth; `leaning`: how far lists lean
    to one group; `heavy`: a few stand in most lists.
    """

    people: int
    lists: int
    size: int = 20
    share: float = 0.4
    worth: float = 1.0
    less: float = 0.0
    leaning: float = 0.0
    heavy: bool = False

    def name(self) -> str:
        told = [f"{self.lists} of {self.size}", f"{self.people:,}", f"{self.worth:g}"]
        more = [f"one group is worth {self.less:g} less"] * (self.less > 0) + ["lists lean"] * (self.leaning > 0)
        return " | ".join([*told, ", ".join([*more, *["a few stand in most"] * self.heavy])])


SETTINGS = (
    Setting(people=200, lists=200),
    Setting(people=60, lists=400),
    Setting(people=200, lists=200, worth=0.0),
    Setting(people=1000, lists=200, worth=0.5, leaning=1.0),
    Setting(people=200, lists=200, less=0.5),
    Setting(people=4000, lists=100),
    Setting(people=200, lists=200, heavy=True),
    Setting(people=300, lists=150, share=0.1),
)


@cache
def system(*, person: bool) -> System:
    """A system of lists with one attribute, whose clusters are people or not."""
    columns = {"id": "id", "period": "2025-01-01", "decision": {"column": "d", "selected": [1]}, "request": "request"}
    return System.model_validate(
        {
            "id": "lists",
            "kind": "ranking",
            "title": {"en": "Lists"},
            "purpose": {"en": "Lists"},
            "owner": "Nobody",
            "status": "pilot",
            "risk": "high",
            "columns": {**columns, "rank": "rank", **({"person": "person"} if person else {})},
            "groups": {"g": {"column": "g", "reference": "a"}},
        }
    )


def drawn(rng: np.random.Generator, setting: Setting) -> pa.Table:
    """The rows of the lists of one log, as the lake holds them."""
    of_b = rng.random(setting.people) < setting.share
    worth = rng.normal(0, setting.worth, setting.people) - setting.less * of_b
    chance = rng.random((setting.lists, setting.people))
    if setting.heavy:
        chance = chance ** (1 / (rng.pareto(1.5, setting.people) + 0.2))
    who = np.argsort(-chance, axis=1)[:, : setting.size]
    leaning = rng.normal(0, setting.leaning, (setting.lists, 1))
    scores = worth[who] + rng.normal(0, 1, who.shape) + leaning * of_b[who]
    rank = np.argsort(np.argsort(-scores, axis=1), axis=1) + 1
    request = np.repeat(np.arange(setting.lists), setting.size)
    return pa.table(
        {
            "request": pa.array([f"r{i}" for i in request]),
            "rank": pa.array(rank.ravel(), pa.int32()),
            "bucket": pa.array(rng.integers(0, BUCKETS, setting.people)[who].ravel(), pa.uint8()),
            "g_g": pa.array(np.where(of_b[who].ravel(), "b", "a")),
        }
    )


def measured(logs: Sequence[pa.Table], *, person: bool) -> list[Mapping[str, Measure]]:
    """The figures of group b in each log, by name, by the code of an audit."""
    asked = system(person=person)
    return _figures(logs, _counted(logs, asked), asked)


def all_measures(logs: Sequence[pa.Table], *, person: bool) -> list[list[Measure]]:
    """All measures of each log."""
    asked = system(person=person)
    return [_all(rows, counted, asked) for rows, counted in zip(logs, _counted(logs, asked), strict=True)]


def _figures(logs: Sequence[pa.Table], counted: Sequence[pa.Table], asked: System) -> list[Mapping[str, Measure]]:
    every = [_all(rows, each, asked) for rows, each in zip(logs, counted, strict=True)]
    return [{m.metric: m for m in each if m.metric in FIGURES and m.group == ("b",)} for each in every]


def _all(rows: pa.Table, counted: pa.Table, asked: System) -> list[Measure]:
    tables = _tables(rows)
    return measure_cells(tables, system=asked, lists=lists_of(counted, tables))


def sums(logs: Sequence[pa.Table], *, person: bool) -> list[ListSums]:
    """What the cube says of the lists of each log."""
    counted = _counted(logs, system(person=person))
    return [lists_of(each, _tables(rows))[0].sums for rows, each in zip(logs, counted, strict=True)]


def _counted(logs: Sequence[pa.Table], asked: System) -> list[pa.Table]:
    """The cube `ranks` of each log, all counted at once, each as another month."""
    keys = ", ".join(quote(name) for name in (*KEYS, "bucket"))
    months = [dt.date(1970 + i // 12, i % 12 + 1, 1) for i in range(len(logs))]
    dated = [rows.append_column("day", pa.array([day] * rows.num_rows)) for day, rows in zip(months, logs, strict=True)]
    with duckdb.connect() as connection:
        connection.register("rows", pa.concat_tables(dated))
        ranks.count_lists(connection, statements_of(asked, Bins({}, {})), "FROM rows", into="ranks_now")
        source = ranks.added_up(["FROM ranks_now", ranks.everybody("FROM rows")])
        connection.execute(f"CREATE TABLE cube AS SELECT * FROM ({source})")
        query = f"SELECT {keys}, {summed('ranks')} FROM cube WHERE month = ? GROUP BY ALL ORDER BY ALL"
        return [connection.execute(query, [month]).to_arrow_table().cast(RANKS) for month in months]


def _tables(rows: pa.Table) -> list[Cells]:
    """Counts of everybody and of both groups."""
    selected = (rows["rank"].to_numpy() <= 3).astype(np.int64)
    of_b, bucket = rows["g_g"].to_numpy(zero_copy_only=False) == "b", rows["bucket"].to_numpy().astype(np.int64)
    counts = np.zeros((2, BUCKETS, 2, 3), dtype=np.int64)
    np.add.at(counts, (of_b.astype(np.int64), bucket, selected, NO_OUTCOME), 1)
    return [
        Cells(by=(), groups=((),), counts=counts.sum(axis=0, keepdims=True), clustered=True),
        Cells(by=("g",), groups=(("a",), ("b",)), counts=counts, clustered=True),
    ]


def held(setting: Setting, logs: int, *, seed: int = 1) -> Mapping[str, tuple[float, float]]:
    """Of each figure, how often its interval holds the truth, and its truth."""
    rng = np.random.default_rng(seed)
    figures = list[Mapping[str, Measure]]()
    for start in range(0, logs, AT_ONCE):
        drawn_now = [drawn(rng, setting) for _ in range(min(AT_ONCE, logs - start))]
        figures += _figures(drawn_now, _counted(drawn_now, system(person=True)), system(person=True))
    found = {}
    for figure in FIGURES:
        truth = _truth(figure, setting, figures)
        found[figure] = _share(figure, figures, truth), truth
    return found


def _truth(figure: str, setting: Setting, logs: Sequence[Mapping[str, Measure]]) -> float:
    if figure == "exposure_ratio" and not setting.less and not setting.leaning:
        return 1.0
    values: npt.NDArray[np.float64] = np.array([each[figure].value for each in logs], dtype=np.float64)
    return float(values.mean())


def _share(figure: str, logs: Sequence[Mapping[str, Measure]], truth: float) -> float:
    told = [interval for each in logs if (interval := each[figure].interval) is not None]
    return sum(each.low <= truth <= each.high for each in told) / len(told) if told else math.nan


def _told(share: float) -> str:
    return "none" if math.isnan(share) else f"{share:.1%}"


def lines(logs: int, settings: Sequence[Setting] = SETTINGS) -> Iterator[str]:
    """The lines of the table."""
    for setting in settings:
        found = held(setting, logs)
        cells = [_told(share).replace("%", " %") for share, _ in found.values()]
        yield f"| {setting.name()} | {' | '.join(cells)} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--logs", type=int, default=400)
    for line in lines(parser.parse_args(arguments).logs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
