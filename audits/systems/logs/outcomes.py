"""What happened after decisions: outcomes, and stages of a funnel."""

from boussole.audits.systems.logs.log_type import Follow, LogType, Retention

OUTCOMES = LogType(
    name="outcomes",
    title={"en": "outcomes", "fr": "résultats"},
    noun="outcome(s)",
    row="decision whose end is known",
    told="id of the decision, and the outcome, a stage, or several",
    declare="`columns.outcome` or `columns.stages`",
    declared=lambda columns: bool(columns.key) and bool(columns.outcome or columns.stages),
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",  # of the decision
        "what": "VARCHAR",  # 'outcome', or 'stage:NAME'
        "value": "UTINYINT",
        "recorded_at": "TIMESTAMP",
        "again": "UTINYINT",  # which of two equal hours its moment is (`lake.clocks`)
    },
    moment="recorded_at",
    identity=("id", "what"),
    once=False,
    says=("value",),
    retention=Retention.DECISION,
    follow=Follow.DECISIONS,
)
