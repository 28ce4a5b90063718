"""The registry of log types: their descriptors, and the parts of a system file that declare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.log_names import LOGS, LogName
from boussole.audits.reasons import Reason
from boussole.audits.systems.kinds import ColumnName, Strict, Texts
from boussole.audits.systems.logs.contacts import CONTACTS, Contacts
from boussole.audits.systems.logs.decisions import DECISIONS
from boussole.audits.systems.logs.generations import GENERATIONS, Generations
from boussole.audits.systems.logs.human_actions import HUMAN_ACTIONS
from boussole.audits.systems.logs.log_type import Follow, KeyReading, LogSection, LogType, Retention
from boussole.audits.systems.logs.search_controls import SEARCH_CONTROLS, SearchControls
from boussole.audits.systems.logs.usage import USAGE, Usage
from boussole.audits.systems.parts import Columns

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


DIGITS = 12
"""Hexadecimal digits of the hash that tells one declaration from another."""
UNUSED_DAYS = 90
"""Days without a use after which an account is told as unused; it is not judged."""
PARTS = ("factor", "untold", "beyond", "unused")
FACTOR, UNTOLD, BEYOND, UNUSED = PARTS
"""What is counted of the accounts of the last export of a month: those without a second factor, of those of which it is
told; those of which it is not told, or whose role is in no list; those with a right that their role does not need, of
those whose role is in the list; those that nobody used for long, of those of which the last use is told. Each carries
what accounts are held to (`Accounts.part`)."""


class Accounts(LogSection):
    """The export of accounts: each key names a column; `needs` says which rights each role needs."""

    account: ColumnName = Field(description="The account; stored as a keyed hash")
    at: ColumnName = Field(description="Day of the export, the same in all its rows")
    second_factor: ColumnName = Field(description="Whether the account needs a second factor to sign in")
    role: ColumnName | None = Field(None, description="The role that the account has")
    rights: ColumnName | None = Field(None, description="Its rights, with a comma, a semicolon or | between them")
    last_used: ColumnName | None = Field(None, description="Day on which it was last used; empty: not known, or never")
    agent: ColumnName | None = Field(
        None, description="Whose account it is, as `usage` names agents; stored as a keyed hash and never told"
    )
    team: ColumnName | None = Field(None, description="The agent's team or agency; agents of one team go together")
    region: ColumnName | None = Field(None, description="Where the agent works")
    age_band: ColumnName | None = Field(None, description="The agent's age as a band (25-49); an age is set aside")
    with_factor: list[str] = Field(
        ["yes", "oui", "true", "1"], min_length=1, description="Values that mean that it needs one; in any case"
    )
    without_factor: list[str] = Field(
        ["no", "non", "false", "0"], min_length=1, description="Values that mean that it needs none; in any case"
    )
    needs: dict[str, list[str]] = Field({}, description="The rights that each role needs, as the export names them")

    @property
    def held(self) -> bool:
        """Whether rights can be held to what roles need."""
        return bool(self.needs) and self.role is not None and self.rights is not None

    def part(self, name: str) -> str:
        """The name of a part, with a hash of what accounts are held to: counts of another are not taken for it."""
        said = [sorted(self.with_factor), sorted(self.without_factor)]
        held = [*said, sorted([role, *sorted(rights)] for role, rights in self.needs.items())]
        return f"{name} {sha256_hex(canonical_json(held))[:DIGITS]}"


ACCOUNTS = LogType(
    name="accounts",
    title={"en": "accounts with access", "fr": "comptes d’accès"},
    noun="account(s)",
    row="account that can reach the data, in one export",
    told="account, day of the export, second factor, role, rights, last use; agent, team, region, age band",
    declare="`accounts`",
    section=Accounts,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",  # of the account in the export: both together, hashed
        "at": "TIMESTAMP",
        "day": "DATE",
        "account": "VARCHAR",  # always a keyed hash
        "bucket": "UTINYINT",  # of the account
        "second_factor": "VARCHAR",
        "role": "VARCHAR",
        "rights": "VARCHAR",
        "last_used": "DATE",
        "agent": "VARCHAR",  # always a keyed hash
        "team": "VARCHAR",
        "region": "VARCHAR",
        "age_band": "VARCHAR",
    },
    moment="at",
    reads=(
        KeyReading("account", "keyed"),
        KeyReading("at", "moment"),
        KeyReading("second_factor", "words"),
        KeyReading("role", "words"),
        KeyReading("rights", "words"),
        KeyReading("last_used", "day"),
        KeyReading("agent", "agent"),
        KeyReading("team", "identifier"),
        KeyReading("region", "words"),
        KeyReading("age_band", "band"),
    ),
    identity=("account", "at"),
    hashed=True,
    keyed=("account", "agent"),
    cube={
        "month": "DATE",
        "part": "VARCHAR",  # what is counted, and held to which declaration
        "bucket": "UTINYINT",  # of the account
        "n": "BIGINT",
        "cases": "BIGINT",
    },
)


class CountedOutcome(Strict):
    """What is counted of people in each agency, and whether more of it is better."""

    title: Texts = Field(description="What it is for readers, after a number: returns to work")
    better: Literal["more", "fewer"] = Field("more", description="Whether more of it is better, or fewer")


class Agencies(LogSection):
    """Counts by agency and month; columns of counts hold whole numbers."""

    agency: ColumnName = Field(description="The agency: a code that stays the same; told of together, never by itself")
    month: ColumnName = Field(description="Any day of the month that was counted, such as its first: 2026-09-01")
    started: ColumnName = Field(
        description="Day on which the agency started with the system; empty: not yet. What comes later fills it in"
    )
    people: ColumnName = Field(description="How many people the agency followed in that month")
    count: ColumnName = Field(description="How many of them had the outcome; for delays, the sum of days")
    outcome: ColumnName | None = Field(None, description="Which outcome is counted, where there are several")
    group: ColumnName | None = Field(None, description="Of which group, where people are counted by group: all add up")
    outcomes: dict[str, CountedOutcome] = Field(
        default_factory=dict,
        description="What each value of `outcome` is called, and whether more is better; of one outcome alone: `all`",
    )

    def counted(self, outcome: str) -> CountedOutcome | None:
        """What is said of an outcome; of the only one, what is said of `all`."""
        return self.outcomes.get(outcome or "all")


AGENCIES = LogType(
    name="agencies",
    title={"en": "counts by agency and month", "fr": "comptes par agence et par mois"},
    noun="count(s) by agency and month",
    row="agency in one month: its people, and how many of them had an outcome",
    told="agency, month, day on which it started, people, how many had the outcome, outcome, group",
    declare="`agencies`",
    section=Agencies,
    table={
        "batch": "BIGINT",
        "row": "BIGINT",
        "id": "VARCHAR",  # of the count: agency, month, outcome and group together, hashed
        "month": "TIMESTAMP",
        "day": "DATE",
        "agency": "VARCHAR",
        "started": "DATE",
        "people": "BIGINT",
        "count": "BIGINT",
        "outcome": "VARCHAR",
        "group": "VARCHAR",
    },
    moment="month",
    reads=(
        KeyReading("agency", "words", missing=Reason.AGENCY_MISSING),
        KeyReading("month", "moment"),
        KeyReading("started", "day"),
        KeyReading("people", "whole", missing=Reason.PEOPLE_MISSING),
        KeyReading("count", "whole", missing=Reason.COUNT_MISSING),
        KeyReading("outcome", "words"),
        KeyReading("group", "words"),
    ),
    identity=("agency", "month", "outcome", "group"),
    hashed=True,
    compared="never",
    follow=Follow.RENEWED,
    renewed=("started", "starts"),
    retention=Retention.KEPT,
)


LOG_TYPES: Mapping[LogName, LogType] = {
    each.name: each
    for each in (
        DECISIONS,
        OUTCOMES,
        HUMAN_ACTIONS,
        CONTACTS,
        GENERATIONS,
        USAGE,
        AGENCIES,
        ACCOUNTS,
        SEARCH_CONTROLS,
    )
}


class Logs(Strict):
    """What a system file says of its logs; a section has the name of its log."""

    columns: Columns | None = Field(None, description="What each column of its log means")
    contacts: Contacts | None = Field(None, description="Messages to people: a log of their own")
    generations: Generations | None = Field(
        None, description="Texts that a generative system wrote: a log of their own"
    )
    usage: Usage | None = Field(None, description="What agents use it for: a log of its own")
    agencies: Agencies | None = Field(
        None, description="Counts by agency and month, with the system and without: a log of their own"
    )
    accounts: Accounts | None = Field(
        None, description="Who can reach its data: an export of accounts, a log of its own"
    )
    search_controls: SearchControls | None = Field(
        None, description="Controls of people’s search for work, as the organisation gives them: a log of their own"
    )

    @property
    def logs(self) -> tuple[LogName, ...]:
        """The logs that its file declares, in the order of LOGS; nothing can speak of a decision known by its row."""
        declared = {log for log, _ in self.sections()}
        if self.columns is not None:
            declared |= {each.name for each in LOG_TYPES.values() if each.declared and each.declared(self.columns)}
        return tuple(name for name in LOGS if name in declared)

    def section(self, log: LogName) -> LogSection | None:
        """The section that declares a log; None where there is none, and for logs that `columns` declares."""
        part: LogSection | None = getattr(self, log) if LOG_TYPES[log].section else None
        return part

    def sections(self) -> Iterator[tuple[LogName, LogSection]]:
        """The sections that are there, each with its log."""
        for log in LOGS:
            part = self.section(log)
            if part is not None:
                yield log, part

    def model_version(self, log: LogName) -> str | None:
        """The column of a log that names the version of the model."""
        part = self.columns if log == "decisions" else self.section(log)
        column: str | None = getattr(part, "model_version", None)
        return column
