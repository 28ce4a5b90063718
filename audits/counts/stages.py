"""The stages of a funnel as tables of counts: who moved on to each from the one before."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from boussole.audits.counts.read import AuditInputs, cells_from_counts
from boussole.audits.counts.scores import TOO_MANY, strata_of
from boussole.audits.measures import Cells, Stage
from boussole.audits.systems.model import System


def stages_of(read: AuditInputs, system: System) -> list[Stage]:
    """Return every declared stage, in order; rows whose stages the log does not tell are in no table."""
    found = []
    for i, (name, step) in enumerate(zip(system.log.stages, steps_of(read.counts, system), strict=True)):
        found.append(
            Stage(
                name=name,
                actor=system.actors.get(name),
                step=tuple(step),
                strata=tuple(strata_of(_reaching(read.strata, stage=i, of=i), step)) if system.controls else (),
            )
        )
    return found


def steps_of(counts: pa.Table, system: System) -> list[list[Cells]]:
    """For every declared stage, in order, the tables of those who reached the one before."""
    return [cells_from_counts(_reaching(counts, stage=i, of=i), system) for i in range(len(system.log.stages))]


def _reaching(rows: pa.Table, *, stage: int, of: int) -> pa.Table:
    """The rows with `decision` 1 where a stage (from 0) was reached, counting only those with `of` stages or more."""
    if rows.equals(TOO_MANY):
        return rows
    furthest = rows["furthest"].cast(pa.int64())
    among = pc.fill_null(pc.greater_equal(furthest, of), False)
    reached = pc.fill_null(pc.greater(furthest, stage), False)
    columns = {
        "decision": reached.cast(pa.uint8()),
        "n": pc.multiply(rows["n"], among.cast(pa.int64())),
    }
    if "outcome" in rows.column_names:
        columns["outcome"] = pa.nulls(rows.num_rows, pa.uint8())
    for name, values in columns.items():
        rows = rows.set_column(rows.schema.get_field_index(name), name, values)
    return rows
