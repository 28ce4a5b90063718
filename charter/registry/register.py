"""The register: every system with the verdict on every question that the charter asks of it, as it stands on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, SystemVerdicts, by_article
from boussole.charter.judging.by_article import current, unmeasured
from boussole.charter.judging.coverage import Use
from boussole.charter.records import latest_audits
from boussole.charter.records.facts import Facts, facts_of
from boussole.charter.records.in_force import in_force
from boussole.charter.text.model import Charter


def register_of(workspace: Workspace, *, today: dt.date) -> tuple[Charter, Facts, list[Use]]:
    """The charter in force in a workspace, what was stated until a day, and its register, in the order of the ids."""
    judging = in_force(workspace)
    facts = facts_of(workspace, as_of=today, adopted=judging.adopted)
    uses = register(judging.charter, workspace.systems, latest_audits(workspace), facts=facts)
    return judging.charter, facts, uses


def register(
    charter: Charter, systems: Mapping[str, System], latest: Mapping[str, AuditDocument], *, facts: Facts
) -> list[Use]:
    """Every system with its verdicts: those of its latest audit with what was stated since, or of statements alone."""
    return [_use(charter, system, latest.get(name), facts) for name, system in systems.items()]


def _use(charter: Charter, system: System, audit: AuditDocument | None, facts: Facts) -> Use:
    found: SystemVerdicts = (
        unmeasured(charter, system, facts)
        if audit is None
        else current(audit, charter=charter, system=system, facts=facts)
    )
    return Use(system=system, verdicts=found.verdicts, articles=by_article(found), audit=audit)
