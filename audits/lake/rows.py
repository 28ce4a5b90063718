"""The columns of the tables of rows: those that all systems share, the logs of one, and what is kept beside them."""

from __future__ import annotations

from boussole.audits.log_names import LogName
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System

SHARED = {
    "ingested": {
        "sha256": "VARCHAR",
        "system": "VARCHAR",
        "log": "VARCHAR",
        "origin": "VARCHAR",
        "batch": "BIGINT",
        "accepted": "BIGINT",
        "quarantined": "BIGINT",
        "at": "TIMESTAMP",
        "timezone": "VARCHAR",  # in which times without an offset were read
    },
    "readings": {"system": "VARCHAR", "way": "VARCHAR", "day": "DATE"},  # the days on which its main log was read
    "marks": {"system": "VARCHAR", "source": "VARCHAR", "mark": "VARCHAR"},  # where a growing source was left
    "seen_columns": {"system": "VARCHAR", "log": "VARCHAR", "column": "VARCHAR", "type": "VARCHAR"},
    "schema_changes": {
        "system": "VARCHAR",
        "log": "VARCHAR",
        "origin": "VARCHAR",
        "batch": "BIGINT",
        "kind": "VARCHAR",  # new_column, lost_column, changed_type, new_value, rare_value, …: `report.ChangeKind`
        "column": "VARCHAR",
        "detail": "VARCHAR",
        "at": "TIMESTAMP",
    },
    "exclusions": {
        "system": "VARCHAR",
        "origin": "VARCHAR",  # a run: mlflow:RUN_ID
        "excluded": "BOOLEAN",  # false: taken back
        "reason": "VARCHAR",
        "decisions": "BIGINT",
        "at": "TIMESTAMP",
        "turn": "BIGINT",  # their order, whatever the clock says
    },
    "discards": {  # rows set aside that somebody decided to leave out for good
        "system": "VARCHAR",
        "log": "VARCHAR",
        "chosen": "VARCHAR",  # which rows, in words
        "rows": "BIGINT",
        "reason": "VARCHAR",
        "role": "VARCHAR",
        "at": "TIMESTAMP",
        "turn": "BIGINT",
    },
    "shared_rows": {  # which two systems hold the same decisions, by month; no other: compared up to that batch
        "system": "VARCHAR",
        "other": "VARCHAR",
        "month": "DATE",
        "batch": "BIGINT",
    },
    "removals": {  # purges, rotations of keys, ends of a legal basis: the lake was rebuilt each time
        "id": "VARCHAR",
        "kind": "VARCHAR",
        "payload": "VARCHAR",  # what the ledger holds of it: dates and counts, as JSON
        "snapshot": "BIGINT",  # the number of the last state before
        "at": "TIMESTAMP",
    },
    "secrets": {"ring": "VARCHAR", "position": "INTEGER", "key": "VARCHAR"},  # hashes of the keys it was filled with
    "declared": {  # measures that somebody else computed and logged: not recomputed here
        "system": "VARCHAR",
        "run": "VARCHAR",  # mlflow:RUN_ID
        "file": "VARCHAR",
        "logged_at": "TIMESTAMP",
        "kind": "VARCHAR",  # algorithm, data, biased
        "groups": "VARCHAR",  # JSON: column -> value; {} for everybody
        "metric": "VARCHAR",
        "value": "DOUBLE",
        "count": "BIGINT",
    },
    "turn": {"n": "BIGINT"},
}

LOGGED = {  # what the decision log itself said, before later outcomes and human actions
    "logged_human": "UTINYINT",
    "logged_outcome": "UTINYINT",
    "logged_stages": "UTINYINT",
    "logged_seconds": "DOUBLE",
}
QUARANTINE = {
    "log": "VARCHAR",
    "batch": "BIGINT",
    "row": "BIGINT",
    "column": "VARCHAR",
    "reason": "VARCHAR",
    "value": "VARCHAR",
    "content": "BLOB",  # the row as it came, JSON, encrypted
    "fingerprint": "VARCHAR",  # its keyed hash: a growing source brings the same row again and again
    "resolved": "BIGINT",  # the batch that brought its correction
    "day": "DATE",  # of the decision, where it could be read; of a row without content the first of its month
    "mark": "VARCHAR",  # the keyed hash of its id
    "discarded": "BIGINT",  # the turn in which somebody left it out for good
    "weight": "BIGINT",  # the decisions that the row stands for, where it can be read
    "first_month": "DATE",  # of a row without a day whose source lost decisions by a purge: the months that it
    "last_month": "DATE",  # had brought decisions of
}
SEALED = {"month": "DATE", "decisions": "BIGINT", "at": "TIMESTAMP"}
EDGES = {"feature": "VARCHAR", "position": "SMALLINT", "edge": "DOUBLE"}
VALUES = {"feature": "VARCHAR", "value": "VARCHAR"}  # of columns of categories, those that are counted by name
KEPT = {"quarantine": QUARANTINE, "edges": EDGES, "values": VALUES, "sealed": SEALED}


def decision_columns(system: System) -> dict[str, str]:
    """Columns of the table `decisions`: roles, then groups (g_), controls (c_) and features (f_)."""
    return {
        **LOG_TYPES["decisions"].table,
        **{f"g_{name}": "VARCHAR" for name in system.groups},
        **{f"c_{name}": "VARCHAR" for name in system.controls},
        **{f"f_{name}": "VARCHAR" if name in system.categories else "DOUBLE" for name in system.watched},
        **LOGGED,
    }


def log_columns(system: System, log: LogName) -> dict[str, str]:
    """Columns of the table of one log."""
    return decision_columns(system) if log == "decisions" else dict(LOG_TYPES[log].table)
