"""What people made of the decisions of a tool."""

from boussole.audits.systems.logs.log_type import Follow, LogType, Retention

HUMAN_ACTIONS = LogType(
    name="human_actions",
    title={"en": "what people decided", "fr": "décisions des agents"},
    noun="human action(s)",
    row="decision that a person looked at",
    told="id of the decision, what the person decided, seconds",
    declare="`columns.human`",
    declared=lambda columns: bool(columns.key) and columns.human is not None,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",  # of the decision
        "decision": "UTINYINT",
        "seconds": "DOUBLE",
        "recorded_at": "TIMESTAMP",
    },
    moment="recorded_at",
    once=False,
    says=("decision", "seconds"),
    retention=Retention.DECISION,
    follow=Follow.DECISIONS,
)
