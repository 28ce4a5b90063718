"""The registry of log types: their descriptors, and the parts of a system file that declare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from boussole.audits.log_names import LOGS, LogName
from boussole.audits.systems.columns import Columns
from boussole.audits.systems.kinds import Strict
from boussole.audits.systems.logs.accounts import ACCOUNTS, Accounts
from boussole.audits.systems.logs.agencies import AGENCIES, Agencies
from boussole.audits.systems.logs.contacts import CONTACTS, Contacts
from boussole.audits.systems.logs.decisions import DECISIONS
from boussole.audits.systems.logs.generations import GENERATIONS, Generations
from boussole.audits.systems.logs.human_actions import HUMAN_ACTIONS
from boussole.audits.systems.logs.log_type import LogSection, LogType
from boussole.audits.systems.logs.outcomes import OUTCOMES
from boussole.audits.systems.logs.search_controls import SEARCH_CONTROLS, SearchControls
from boussole.audits.systems.logs.usage import USAGE, Usage

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
