"""The log that all figures rest on: what was decided."""

from boussole.audits.systems.logs.log_type import Follow, LogType

FLAGS = {
    "decision": "UTINYINT",  # 0 not selected, 1 selected
    "human": "UTINYINT",  # the human's decision, NULL when there is none
    "outcome": "UTINYINT",  # 0 negative, 1 positive, NULL no outcome yet
    "stages": "UTINYINT",  # bit i: reached stage i of the funnel
}

DECISIONS = LogType(
    name="decisions",
    title={"en": "decisions", "fr": "décisions"},
    noun="decision(s)",
    row="decision",
    told="id, date, decision, groups, and all else under `columns`",
    declare="`columns`",
    declared=lambda _: True,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",
        "decided_at": "TIMESTAMP",
        "day": "DATE",
        "model_version": "VARCHAR",
        "bucket": "UTINYINT",
        **FLAGS,
        "score": "DOUBLE",
        "weight": "BIGINT",
        "person": "VARCHAR",
        "request": "VARCHAR",
        "rank": "INTEGER",
        "team": "VARCHAR",
        "use": "VARCHAR",
        "human_seconds": "DOUBLE",
        "again": "UTINYINT",  # which of two equal hours its moment is (`lake.clocks`)
    },
    moment="decided_at",
    follow=Follow.CUBES,
)
