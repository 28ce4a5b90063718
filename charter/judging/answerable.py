"""Which questions of the charter in force a record may answer, and of which systems they are asked."""

from __future__ import annotations

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import Workspace
from boussole.charter.judging.families import asked_of
from boussole.charter.records import open_records
from boussole.charter.records.in_force import in_force
from boussole.charter.text.model import SAME_TEXTS, Charter, Indicator, Records


def question_of(workspace: Workspace, name: str, *, attested: bool = False, tolerance: bool = False) -> Indicator:
    """A question of the charter in force, of the kind that such a record can answer."""
    indicators = {each.id: each for each in charter_to_answer(workspace).ways}
    fitting = {
        each.id
        for each in indicators.values()
        if (attested and each.evidence == "attested") or (tolerance and takes_cases(each))
    }
    if name not in fitting:
        what = "is not attested" if attested else "tolerates cases: it is answered by measures"
        problem = f"the question '{name}' {what}" if name in indicators else f"the charter has no question '{name}'"
        raise BoussoleError(f"{problem}. {nearest(name, fitting)}", next_step="See `boussole charter show`.")
    return indicators[name]


def takes_cases(indicator: Indicator) -> bool:
    """Whether a case that a person reports and confirms breaks the promise."""
    return indicator.threshold.tolerance is not None or indicator.records == SAME_TEXTS


def question_by_records(workspace: Workspace, records: Records) -> Indicator:
    """The question of the charter in force that such records answer. Raises BoussoleError where there is none."""
    found = next((each for each in charter_to_answer(workspace).ways if each.records == records), None)
    if found is None:
        raise BoussoleError(
            f"no question of the charter in force is answered by `records: {records}`.",
            next_step="See `boussole charter show`; an amendment can ask it.",
        )
    return found


def asked_of_system(workspace: Workspace, question: str, system: str | None) -> str | None:
    """The id of a system that the question is asked of, or none: all of them."""
    if system is None:
        return None
    found = workspace.system(system)
    if question not in {asked.indicator.id for asked in asked_of(charter_to_answer(workspace), found).questions}:
        raise BoussoleError(
            f"the question '{question}' is not asked of '{system}', which is of kind {found.kind}.",
            next_step="See which kinds it is asked of in `boussole charter show --json -`.",
        )
    return found.id


def charter_to_answer(workspace: Workspace) -> Charter:
    """The charter in force; records of an earlier Boussole are brought up to date first, since one is to be written."""
    open_records(workspace)
    return in_force(workspace).charter
