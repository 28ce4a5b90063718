"""Simulated systems in which a group means nothing: what an audit would read of them, and how they are judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from boussole.audits.counts.read import COUNTS, AuditInputs
from boussole.audits.counts.scores import STRATA
from boussole.audits.parts import Floats, Ints
from boussole.audits.runs import measure_evidence
from boussole.audits.standing import WindowStanding
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from tests.audits.funnels import counted_only
from tests.audits.uncertainty.systems import Population
from tests.written import sample

Groups = Sequence[tuple[str, ...]]
START = dt.date(2026, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Process:
    """What happens to everybody alike: chances by profile at each stage, and of a good outcome.

    `mix` (strata,), `moving_on` (stages, strata), `good` (2, strata): not selected, selected. `decided`: the stage that
    is the decision, from 1. `untold`: share of decisions without an outcome.
    """

    mix: Floats
    moving_on: Floats
    good: Floats
    decided: int
    untold: float


def any_process(rng: np.random.Generator) -> Process:
    """2 to 6 profiles whose chances differ, at 2 or 3 stages."""
    strata, stages = int(rng.integers(2, 7)), int(rng.integers(2, 4))

    def chances(rows: int) -> Floats:
        usual = rng.uniform(0.05, 0.95, (rows, 1))
        logits = np.log(usual / (1 - usual)) + rng.normal(0, 0.8, (rows, strata))
        return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float64)

    return Process(
        mix=rng.dirichlet(np.full(strata, 3.0)),
        moving_on=chances(stages),
        good=chances(2),
        decided=int(rng.integers(1, stages + 1)),
        untold=float(rng.uniform(0, 0.3)),
    )


def system_of(groups: Groups, process: Process, population: Population, *, favourable: bool = True) -> System:
    """A system looked at once: an attribute for each position of a group, all crossed, a funnel and outcomes."""
    stages = [f"stage{i + 1}" for i in range(len(process.moving_on))]
    names = [f"attribute{i + 1}" for i in range(len(groups[0]))]
    columns: dict[str, Any] = {
        "id": "id",
        "period": START.isoformat(),
        "decision": {"column": stages[process.decided - 1], "selected": [True]},
        "favourable": favourable,
        "stages": stages,
        "outcome": {"column": "good", "positive": [True], "observed_for": "all", "absent": "missing"},
    }
    if population.rows > 1:
        columns["person"] = "person"
    first = {name: None if population.with_the_rest else value for name, value in zip(names, groups[0], strict=True)}
    return sample(
        columns,
        first,
        intersections=[names] if len(names) > 1 else [],
        controls={"profile": {"column": "profile"}},
        windows={"audit": "all"},
    )


def draw(rng: np.random.Generator, process: Process, population: Population) -> Ints:
    """Decisions of each group: shape (groups, strata, buckets, furthest stage, outcome)."""
    return np.stack([_of_group(rng, process, population, size) for size in population.sizes])


def _of_group(rng: np.random.Generator, process: Process, population: Population, size: int) -> Ints:
    """Each person has a profile and, where several decisions are about them, chances of their own."""
    strata, stages = len(process.mix), len(process.moving_on)
    if population.rows == 1:
        profile, bucket, left = np.arange(strata), np.zeros(strata, dtype=np.int64), rng.multinomial(size, process.mix)
    else:
        profile, bucket = rng.choice(strata, size, p=process.mix), rng.integers(0, BUCKETS, size)
        left = np.full(size, population.rows)
    counts = np.zeros((strata, BUCKETS, stages + 1, 3), dtype=np.int64)
    for stage in range(stages + 1):
        on = (
            rng.binomial(left, _own(rng, process.moving_on[stage][profile], population)) if stage < stages else 0 * left
        )
        stay = left - on
        told = rng.binomial(stay, 1 - process.untold)
        selected = int(stage >= process.decided)
        good = rng.binomial(told, _own(rng, process.good[selected][profile], population))
        for outcome, number in enumerate((told - good, good, stay - told)):
            np.add.at(counts[:, :, stage, outcome], (profile, bucket), number)
        left = on
    return counts


def _own(rng: np.random.Generator, rates: Floats, population: Population) -> Floats:
    """The chances of each person, whose decisions are alike as far as the intraclass correlation says."""
    if population.rows == 1:
        return rates
    spread = (1 - population.correlation) / population.correlation
    return rng.beta(rates * spread, (1 - rates) * spread)


def read_of(counts: Ints, groups: Groups, process: Process, system: System) -> AuditInputs:
    """The tables of counts that an audit reads of these decisions."""
    whole, by_stratum = [], []
    for by in [(), *system.attributes]:
        places = [list(system.groups).index(name) for name in by]
        members: dict[tuple[str, ...], list[int]] = {}
        for i, group in enumerate(groups):
            members.setdefault(tuple(group[place] for place in places), []).append(i)
        for values, rows in members.items():
            of_group = counts[rows].sum(axis=0)
            head = {"by": "*".join(by)} | {f"value{i + 1}": values[i] if i < len(values) else None for i in range(3)}
            whole.append(_table(of_group.sum(axis=0), ("bucket", "furthest", "outcome"), head, process, COUNTS))
            if by:
                of_strata = of_group.sum(axis=-1)
                if not system.cluster:
                    of_strata = of_strata.sum(axis=1, keepdims=True)
                by_stratum.append(_table(of_strata, ("stratum", "bucket", "furthest"), head, process, STRATA))
    return counted_only(pa.concat_tables(whole), pa.concat_tables(by_stratum))


def _table(counts: Ints, axes: Sequence[str], head: dict[str, Any], process: Process, schema: pa.Schema) -> pa.Table:
    """The counts above 0, one a row."""
    where = dict(zip(axes, np.nonzero(counts), strict=True))
    columns: dict[str, Any] = dict(where) | {"n": counts[counts > 0]}
    columns["decision"] = (where["furthest"] >= process.decided).astype(np.int64)
    if "stratum" in where:
        columns["stratum"] = [str(code) for code in where["stratum"]]
    if "outcome" in where:
        columns["outcome"] = pa.array(where["outcome"], mask=where["outcome"] == 2)
    rows = len(columns["n"])
    columns |= {name: [value] * rows for name, value in head.items()}
    return pa.table({name: columns[name] for name in schema.names}).cast(schema)


def measured(counts: Ints, groups: Groups, process: Process, system: System) -> list[dict[str, Any]]:
    """All measures, suppressed as usual, as an audit writes them."""
    found, _ = measure_evidence(read_of(counts, groups, process, system), system, stands=WindowStanding())
    return [measure.document() for measure in found]
