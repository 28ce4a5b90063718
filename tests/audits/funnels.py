"""A system with a funnel, rows of people who came so far, and their measures without a lake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd
import pyarrow as pa

from boussole.audits.counts.apart import WITHHELD
from boussole.audits.counts.left_out import LEFT_OUT
from boussole.audits.counts.read import COUNTS, AuditInputs
from boussole.audits.counts.scores import RANKS, SCORES, STRATA
from boussole.audits.measures import Measure
from boussole.audits.runs import measure_evidence
from boussole.audits.standing import standing
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from tests.written import sample

STAGES = ["shortlisted", "contacted", "hired"]


def funnel(*, person: bool = False, controls: bool = False, outcome: bool = False, decision: str = "chosen") -> System:
    columns: dict[str, Any] = {
        "id": "id",
        "decided_at": "ts",
        "decision": {"column": decision, "selected": [True]},
        "stages": STAGES,
    }
    if person:
        columns["person"] = "person"
    if outcome:
        columns["outcome"] = {
            "column": "hired",
            "positive": [True],
            "matures_after_days": 30,
            "observed_for": "selected",
            "absent": "missing",
        }
    return sample(
        columns,
        {"sex": "M", "age": None},
        intersections=[("sex", "age")],
        kind="ranking",
        actors={"shortlisted": "tool", "contacted": "tool", "hired": "employer"},
        controls={"job": {"column": "job"}} if controls else {},
    )


def people(furthest: dict[tuple[str, str], Sequence[int]], *, rows_each: int = 1) -> pd.DataFrame:
    """Rows by sex and age: how many got no further than each number of stages."""
    listed = [
        (sex, age, stage)
        for (sex, age), counts in furthest.items()
        for stage, count in enumerate(counts)
        for _ in range(count)
    ]
    frame = pd.DataFrame(listed, columns=["sex", "age", "furthest"])
    frame["id"] = [f"d{i}" for i in range(len(frame))]
    frame["person"] = [f"p{i // rows_each}" for i in range(len(frame))]
    frame["ts"] = pd.Timestamp("2026-01-15 12:00")
    frame["job"] = [("clerk", "baker")[i % 2] for i in range(len(frame))]
    for i, name in enumerate(STAGES):
        frame[name] = frame["furthest"] > i
    frame["chosen"] = frame["contacted"]
    return frame


LARGE = {("F", "young"): (60, 50, 30, 20), ("F", "old"): (90, 30, 20, 15)} | {
    ("M", "young"): (40, 50, 50, 60),
    ("M", "old"): (50, 40, 30, 40),
}


def counted(system: System, frame: pd.DataFrame) -> AuditInputs:
    """The counts of the rows, as the cubes give them: the oracle of the last test."""
    rows = frame.assign(
        bucket=[int(str(person)[1:]) % 40 if system.cluster else i % 40 for i, person in enumerate(frame["person"])],
        decision=frame["chosen"].astype(int),
        furthest=[max((i + 1 for i, name in enumerate(STAGES) if row[name]), default=0) for _, row in frame.iterrows()],
        stratum=frame["job"],
        n=1,
    )
    counts, strata = [], []
    for by in [(), *system.attributes]:
        values = {f"value{i + 1}": rows[by[i]] if i < len(by) else None for i in range(3)}
        keyed = rows.assign(by="*".join(by), outcome=None, **values)
        counts.append(keyed)
        strata += [keyed if system.cluster else keyed.assign(bucket=0)] if by and system.controls else []
    return counted_only(summed(counts, COUNTS), summed(strata, STRATA))


def counted_only(counts: pa.Table, strata: pa.Table) -> AuditInputs:
    """What an audit reads of a log without lists, scores, features and earlier windows."""
    return AuditInputs(
        counts=counts,
        strata=strata,
        ranks=RANKS.empty_table(),
        scores=SCORES.empty_table(),
        reference_scores=SCORES.empty_table(),
        withheld=WITHHELD.empty_table(),
        left_out=LEFT_OUT.empty_table(),
        histograms=[],
    )


def summed(parts: Sequence[pd.DataFrame], schema: pa.Schema) -> pa.Table:
    if not parts:
        return schema.empty_table()
    keys = [name for name in schema.names if name != "n"]
    table = pd.concat(parts)[schema.names].groupby(keys, dropna=False, as_index=False).sum()
    return pa.Table.from_pandas(table, preserve_index=False).select(schema.names).cast(schema)


def measures(system: System, frame: pd.DataFrame, *, as_of: dt.date = dt.date(2027, 1, 1)) -> dict[str, Measure]:
    read, window = counted(system, frame), Window(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    found, _ = measure_evidence(read, system, stands=standing(system, window, as_of=as_of, today=as_of))
    return {measure.id: measure for measure in found}
