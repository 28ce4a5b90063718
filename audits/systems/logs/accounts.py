"""The log of accounts that can reach the data of a system: one row per account (a keyed hash) and export."""

from __future__ import annotations

from pydantic import Field

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import ColumnName
from boussole.audits.systems.logs.log_type import KeyReading, LogSection, LogType

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
