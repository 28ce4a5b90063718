"""What people made of the decisions of a tool."""

from boussole.audits.systems.logs.log_type import Follow, LogType, Retention

TEAM = 11
"""Of agents, figures are of teams of so many at least, in a month, and never of one of them."""
WORDS_A_MINUTE = 300
"""Few people read faster with attention. Source: Brysbaert (2019), J. Memory and Language 109:104047."""
CHANGED, HASTY, UNTIMED, SMALL, EARLY, SQUARES, MONTHS = PARTS = (
    "changed", "hasty", "untimed", "small", "early", "squares", "months",
)  # fmt: skip
"""Lists (else proposals) reviewed, of which: something was changed; reviewed faster than read; of unknown time or
words. Lists of all teams, of which: of teams that are too small. Reviews, of which: older than what they review. Of
each agent, lists times lists. Months, of which each is one."""
RESULTS, PUT_IN, FOLLOWED = "results", "put_in", "followed"
"""What became of people in the final lists, and of which of them: those whom the tool had not proposed, and those whom
it had."""
FINAL_BY_TEAM, FINAL_BY_PERSON = "final_by_team", "final_by_person"
"""Decisions by what was proposed and what was decided in the end, by bucket of the team (where nobody reviewed, of the
person), and by bucket of the person."""
SOMEBODY, MOVED, TAKEN_OUT, APART = "somebody", "moved", "taken_out", "apart"
"""Different people on a side of `RESULTS`, and of each group about whom it was decided otherwise than proposed; people
whom agents took out; reviewed decisions that are not counted, as their team is small, or unknown."""

HUMAN_ACTIONS = LogType(
    name="human_actions",
    title={"en": "decisions by agents", "fr": "décisions des agents"},
    noun="human action(s)",
    row="decision that a person looked at",
    told="id of the decision, what the person decided, seconds, agent, team, words shown",
    declare="`columns.human`",
    declared=lambda columns: bool(columns.key) and columns.human is not None,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",  # of the decision
        "decision": "UTINYINT",
        "seconds": "DOUBLE",
        "recorded_at": "TIMESTAMP",
        "agent": "VARCHAR",  # always a pseudonym
        "team": "VARCHAR",
        "words": "BIGINT",
        "bucket": "UTINYINT",  # of the team, else of the agent
        "again": "UTINYINT",  # which of two equal hours its moment is (`lake.clocks`)
    },
    moment="recorded_at",
    once=False,
    says=("decision", "seconds", "agent", "team", "words"),
    keyed=("agent",),
    retention=Retention.DECISION,
    follow=Follow.DECISIONS,
    cube={
        "month": "DATE",  # of the decision
        "by": "VARCHAR",  # of proposals, by group of the person concerned; NULL: of everybody
        "value1": "VARCHAR",
        "value2": "VARCHAR",
        "value3": "VARCHAR",
        "part": "VARCHAR",  # what is counted (`PARTS`)
        "bucket": "UTINYINT",
        "n": "BIGINT",
        "cases": "BIGINT",
    },
)
