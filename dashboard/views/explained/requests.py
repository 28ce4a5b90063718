"""The request that a sheet answers: looked up by its number, and held to the decision that is explained."""

from __future__ import annotations

from boussole.audits.decisions.single import UnexplainedError
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState, appeals
from boussole.charter.records.facts import facts_of
from boussole.dashboard.views.explained.explanation import Explanation


def request_at(workspace: Workspace, number: str) -> AppealState | None:
    """The request or appeal of a number, answered or not; None where none stands."""
    every = appeals(facts_of(workspace, as_of=workspace.today()))
    return next((each for each in every if each.appeal.number == number), None)


def known_request(workspace: Workspace, number: str) -> AppealState:
    """The same. Raises UnexplainedError where none stands: it may have been withdrawn since."""
    found = request_at(workspace, number)
    if found is None:
        raise UnexplainedError(
            "no_request",
            f"there is no request '{number}' any more.",
            next_step="If it was withdrawn, enter it anew, then ask again.",
        )
    return found


def request_of(workspace: Workspace, word: str, known: Explanation) -> AppealState:
    """The request for an explanation of a number, where a decision can be the one that it is about.

    Raises UnexplainedError for a number that nobody has, a request for something else, one about another system or
    about a decision of another day: a sheet must not reach the wrong person.
    """
    found = open_request(workspace, word)
    held_to(found, known)
    return found


def held_to(found: AppealState, known: Explanation) -> None:
    """Raises UnexplainedError where a request is not about a decision of that system and day."""
    if found.appeal.system != known.system.id:
        raise UnexplainedError(
            "other_system",
            f"the request {found.appeal.number} is about '{found.appeal.system}', not about '{known.system.id}'.",
            next_step="Check the number of the request, and the id of the decision.",
        )
    if found.appeal.decided_on != known.decision.decided_on:
        raise UnexplainedError(
            "other_day",
            f"the request {found.appeal.number} is about a decision of {found.appeal.decided_on}; this one was made on "
            f"{known.decision.decided_on}. A sheet must not reach the wrong person.",
            next_step="Check both. If the day of the request was entered wrongly, withdraw it and enter it anew.",
            asked=found.appeal.decided_on.isoformat(),
            made=known.decision.decided_on.isoformat(),
        )


def open_request(workspace: Workspace, word: str) -> AppealState:
    """The request for an explanation of a number, which nobody has answered yet. Raises UnexplainedError."""
    found = request_at(workspace, word)
    if found is None:
        raise UnexplainedError(
            "no_request",
            f"there is no request '{word}'.",
            next_step="Enter it first (`boussole appeal enter --asks explanation`), or see `boussole appeal list`.",
        )
    if found.appeal.asks != "explanation":
        raise UnexplainedError(
            "contest",
            f"the request {word} asks for a new decision, not for an explanation: it has a time limit of its own.",
            next_step="Record what is decided with `boussole appeal decide`. To explain, enter a request for that.",
        )
    if found.decision is not None:
        raise UnexplainedError(
            "answered",
            f"the request {word} was answered on {found.decision[1].on} (entry {found.decision[0]}).",
            next_step="If it was wrong, withdraw it with its reason (`boussole record withdraw`), then answer.",
        )
    return found
