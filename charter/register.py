"""The register: every system with the verdict on every question that the charter asks of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from audits.systems.model import System
from audits.workspace import Workspace
from charter.coverage import Use, use_of
from charter.loading import load_charter
from charter.model import Charter
from charter.records import latest_audits
from charter.verdicts import judge


def register_of(workspace: Workspace, *, today: dt.date) -> list[Use]:
    """The register of a workspace, in the order of the ids."""
    return register(load_charter(workspace), workspace.systems, latest_audits(workspace), today=today)


def register(
    charter: Charter, systems: Mapping[str, System], latest: Mapping[str, Mapping[str, Any]], *, today: dt.date
) -> list[Use]:
    """Every system with its verdicts: those of its latest audit, else what the charter asks of it without measures.

    An audit whose system is no longer in the register is left out: the register says what there is.
    """
    return [_use(charter, system, latest.get(name), today) for name, system in systems.items()]


def _use(charter: Charter, system: System, audit: Mapping[str, Any] | None, today: dt.date) -> Use:
    if audit is not None:
        return use_of(charter, system, audit["verdicts"], audit=audit)
    return use_of(charter, system, judge(charter, system, [], window_start=today))
