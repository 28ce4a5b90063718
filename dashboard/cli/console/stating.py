"""What commands that make records look up: questions and articles of the charter in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.audits.errors import BoussoleError, nearest

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace
    from boussole.charter.text.model import Charter, Indicator, Records


def question_of(workspace: Workspace, name: str, *, attested: bool = False, tolerance: bool = False) -> Indicator:
    """A question of the charter in force, of the kind that such a record can answer."""
    indicators = {each.id: each for each in _charter(workspace).ways}
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
    from boussole.charter.text.model import SAME_TEXTS

    return indicator.threshold.tolerance is not None or indicator.records == SAME_TEXTS


def question_of_charter(workspace: Workspace, name: str) -> Indicator:
    """A question of the charter in force, whatever answers it."""
    indicators = {each.id: each for each in _charter(workspace).ways}
    if name not in indicators:
        raise BoussoleError(
            f"the charter has no question '{name}'. {nearest(name, indicators)}",
            next_step="See `boussole charter show`.",
        )
    return indicators[name]


def question_by_records(workspace: Workspace, records: Records) -> Indicator:
    """The question of the charter in force that such records answer. Raises BoussoleError where there is none."""
    found = next((each for each in _charter(workspace).ways if each.records == records), None)
    if found is None:
        raise BoussoleError(
            f"no question of the charter in force is answered by `records: {records}`.",
            next_step="See `boussole charter show`; an amendment can ask it.",
        )
    return found


def asked_of_system(workspace: Workspace, question: str, system: str | None) -> str | None:
    """The id of a system that the question is asked of, or none: all of them."""
    from boussole.charter.judging.families import asked_of

    if system is None:
        return None
    found = workspace.system(system)
    if question not in {asked.indicator.id for asked in asked_of(_charter(workspace), found).questions}:
        raise BoussoleError(
            f"the question '{question}' is not asked of '{system}', which is of kind {found.kind}.",
            next_step="See which kinds it is asked of in `boussole charter show --json -`.",
        )
    return found.id


def articles_of(workspace: Workspace, names: list[str]) -> list[str]:
    known = [article.id for article in _charter(workspace).articles]
    for name in names:
        if name not in known:
            raise BoussoleError(f"the charter has no article '{name}'. {nearest(name, known)}")
    return names


def _charter(workspace: Workspace) -> Charter:
    """The charter in force; records of an earlier Boussole are brought up to date first, since one is to be written."""
    from boussole.charter.records import open_records
    from boussole.charter.records.in_force import in_force

    open_records(workspace)
    return in_force(workspace).charter
