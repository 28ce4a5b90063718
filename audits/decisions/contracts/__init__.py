"""The contracts of the logs, as SQL: of decisions and what speaks of them, and of logs that a section declares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from boussole.audits.decisions.contracts import base, decisions, later
from boussole.audits.decisions.contracts.base import TEXT_LENGTH, VALUE_LENGTH, Contract, Needs
from boussole.audits.errors import SourceError
from boussole.audits.log_names import LogName
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System

__all__ = ["Contract", "Needs", "build_contract", "check_declared", "columns_of"]

_NEEDS = {"decisions": decisions.needs, "outcomes": later.outcome_needs, "human_actions": later.human_needs}
_LATER = {"outcomes": later.outcomes, "human_actions": later.human_actions}


def check_declared(system: System, log: LogName, *, where: str) -> None:
    """Raises SourceError for a log that the system file does not declare."""
    if LOG_TYPES[log].of_decisions and system.columns and not system.columns.key:
        raise SourceError(
            f"the decisions of the system '{system.id}' are known by their rows alone (`columns.id`): nothing that "
            "comes later can say which of them it speaks of.",
            where=where,
            next_step="Name the columns that identify a decision in `columns.id`, and import the decisions anew.",
        )
    if log not in system.logs:
        raise SourceError(
            f"the file of the system '{system.id}' declares no log `{log}`.",
            where=where,
            next_step=f"Give it {LOG_TYPES[log].declare}, or bring these rows into another system.",
        )


def columns_of(system: System, log: LogName) -> Needs:
    """The columns of a source that a log is read from."""
    return _NEEDS[log](system) if log in _NEEDS else base.needs(system, log)


def build_contract(
    system: System,
    types: Mapping[str, str],
    *,
    log: LogName = "decisions",
    period: dt.date | None = None,
    now: dt.datetime,
    content: str,
) -> Contract:
    """Build the contract of a source; `period` dates decisions without time, `content` is the hash of the source."""
    if log == "decisions":
        made = decisions.contract(system, types, period=period, now=now, content=content)
    elif log in _LATER:
        made = _LATER[log](system, types, now=now)
    else:
        made = base.contract(system, log, types, now=now)
    needs, part = columns_of(system, log), system.section(log)
    texts = list(LOG_TYPES[log].free_texts(part).values()) if part is not None else []
    made.within_length([name for name in (*needs.needed, *needs.wherever) if name not in texts], VALUE_LENGTH)
    made.within_length(texts, TEXT_LENGTH)
    return made
