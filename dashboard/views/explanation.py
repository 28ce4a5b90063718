"""All that a sheet can say of one decision, the request it answers, and why there may be none, in words."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from boussole.audits.decisions.single import Cell, SingleDecision, UnexplainedError, read_decision
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import inside
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState, appeals
from boussole.charter.document.base import given
from boussole.charter.records.facts import facts_of
from boussole.dashboard.markup.words import Say
from boussole.experiments.weights.linear import Weights, logged_weights, weights
from boussole.experiments.weights.version_models import VersionModel, model_of

# All that a sheet can say of one decision: what the log holds, what MLflow holds of the model, what is declared.


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What is known of a decision by its `id`; `usual`: the average, or the most frequent word, of each input."""

    system: System
    id: str
    decision: SingleDecision
    model: VersionModel
    weights: Weights
    usual: dict[str, Cell]

    @property
    def complete(self) -> bool:
        """Whether the weight of every input that the tool used is known and told: the third element of the law."""
        return bool(self.weights.effects) and not self.weights.unlogged and self.inputs is not None

    @property
    def inputs(self) -> tuple[str, ...] | None:
        """The columns that the model reads; None where that is not known."""
        return self.model.columns

    @property
    def unused(self) -> list[str]:
        """The columns that were logged to check fairness and that the model does not read, so far as that is known."""
        return [column for column in self._checked if column not in (self.inputs or ())]

    @property
    def sensitive_used(self) -> list[str]:
        """The columns of sensitive groups that the model reads."""
        groups = {group.column for group in self.system.groups.values()}
        return [column for column in self._checked if column in groups and column in (self.inputs or ())]

    @property
    def _checked(self) -> list[str]:
        system = self.system
        both = [each.column for each in system.groups.values()] + [each.column for each in system.controls.values()]
        return [column for column in dict.fromkeys(both) if column not in system.watched]


def explanation(workspace: Workspace, system: System, words: Sequence[str]) -> Explanation:
    """What is known of the decision of an id. Raises BoussoleError as `read_decision` does."""
    decision = read_decision(workspace, system, words)
    model = model_of(workspace, system, decision.version)
    fewest = system.privacy.suppress_below
    found = weights(model, decision.features, decision.compared, score=decision.score, fewest=fewest)
    if not found.checked:
        told = {name: decision.features.get(weight) for name, weight in system.logged_weights.items()}
        found = logged_weights(model, told) or found
    return Explanation(
        system=system,
        id=", ".join(words),
        decision=replace(decision, compared=()),  # nobody needs the data of others any more
        model=model,
        weights=found,
        usual={name: _usual([row.get(name) for row in decision.compared], fewest) for name in system.watched},
    )


def _usual(values: Sequence[Cell], fewest: int) -> Cell:
    """The mean of numbers, or the most frequent word; None of fewer people than may be told of.

    >>> _usual([2.0, 7.0, None], 3), _usual([2.0, 7.0], 2), _usual(["a", "a", "b"], 2), _usual(["a", "b"], 2)
    (None, 4.5, 'a', None)
    """
    numbers = [each for each in values if isinstance(each, int | float)]
    if numbers:
        return statistics.fmean(numbers) if len(numbers) >= fewest else None
    words = Counter(each for each in values if isinstance(each, str)).most_common(1)
    return next((word for word, n in words if n >= fewest), None)


# Words of a sheet: how values, scores and the columns of a system are written.


def column_name(system: System, column: str, say: Say) -> str:
    """What readers call a column: its title as an input, a group or a control; else its own name, in quotes."""
    named = {each.column: each.title for each in system.controls.values()}
    named |= {each.column: each.title for each in system.groups.values()}
    title = system.feature_titles.get(column) or named.get(column)
    return say.text(title) if title else say("“{column}”", column=column)


def listed(system: System, columns: list[str], say: Say) -> str:
    """Columns one after the other, inside a sentence."""
    return ", ".join(inside(column_name(system, each, say)) for each in columns)


def cell(value: Cell, say: Say) -> str:
    """A value as it is read: numbers with as many decimals as matter."""
    if value is None:
        return say("not logged")
    if isinstance(value, str):
        return value
    digits = next((n for n in range(3) if round(value, n) == round(value, 2)), 2)
    return say.number(value, min(digits, 1) if abs(value) >= 10 else digits)


def measured(system: System, column: str, value: Cell, say: Say) -> str:
    """A value of an input with what its numbers count, where the system says it."""
    unit = next((each.unit for each in system.features if each.column == column), None)
    if unit is None or not isinstance(value, int | float):
        return cell(value, say)
    if unit == "share":
        return say.percent(value, 0)
    return say("{value} {unit}", value=cell(value, say), unit=say.text(unit))


def score(value: float, say: Say) -> str:
    """A score, to the third decimal."""
    return say.number(value, 3)


def signed(value: float, say: Say) -> str:
    """Points, with their sign."""
    return f"+{say.number(value)}" if value > 0 else say.number(value)


# The request that a sheet answers: looked up by its number, and held to the decision that is explained.


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
    about a decision of another day.
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


# Why a decision cannot be explained, in the reader's language, with the next step.


Reply = tuple[str, str]


def refusal(error: BoussoleError, say: Say) -> Reply:
    """What is wrong and what to do; of an error that nobody foresaw here, in its own words."""
    if not isinstance(error, UnexplainedError):
        return error.what, error.next_step
    days = {name: say.date(day) for name, day in error.values.items() if day and name in ("day", "asked", "made")}
    known = {**_of_decisions(error.values, days, say), **_of_requests(days, say), **_of_people(say)}
    return known.get(error.reason, (error.what, error.next_step))


def _of_decisions(values: dict[str, str], days: dict[str, str], say: Say) -> dict[str, Reply]:
    file = say("Answer from the person’s file, and say that the data of the tool were erased on schedule.")
    return {
        "key": (
            say("A decision of this system is known by: {columns}.", columns=values.get("columns", "")),
            say("Give each value, in this order."),
        ),
        "no_decisions": (
            say("This system logs no decisions about people."),
            say("What it is for, and whom to ask, is in the register."),
        ),
        "not_single": (
            say("The log of this system keeps no decision by itself: none can be found by its number."),
            say("Answer from the person’s file, and ask the team of the system to log each decision with its number."),
        ),
        "empty": (say("No decision of this system has come in yet."), say("Have its log synced, then look again.")),
        "several": (
            say("This number stands for {n} decisions: it does not say which one is meant.", n=values.get("n", "")),
            say("Answer from the person’s file, and tell the team of the system."),
        ),
        "aside": (
            say("The row of this decision was set aside: something in it cannot be read."),
            say("Have it mended, then look again. The time limit of the request goes on."),
        ),
        "excluded": (
            say("This decision was taken out of the figures, with the run that logged it."),
            say("Ask the team of the system why, and answer the person from their file."),
        ),
        "elsewhere": (
            say("This system has no decision of this number; “{other}” has one.", other=values.get("other", "")),
            say("If that is the one, ask anew for that system."),
        ),
        "unknown": (
            say("This system has no decision of this number."),
            say("Check the number. If the decision is a recent one, have the log synced first."),
        ),
        "purged": (
            say(
                "This system has no decision of this number, and its rows of before {day} were removed for good.",
                day=days.get("day", ""),
            ),
            file,
        ),
    }


def _of_requests(days: dict[str, str], say: Say) -> dict[str, Reply]:
    check = say("Check the number of the request, and that of the decision.")
    return {
        "no_request": (say("There is no such request, or it was withdrawn."), say("Have it entered, then ask anew.")),
        "other_system": (say("The request is about another system."), check),
        "other_day": (
            say(
                "The request is about a decision of {asked}; this one was made on {made}. A sheet must not reach the "
                "wrong person.",
                asked=days.get("asked", ""),
                made=days.get("made", ""),
            ),
            check,
        ),
        "contest": (
            say("The person asks for a new decision, not for an explanation: that has a time limit of its own."),
            say("Record what is decided on it on the page of incidents and appeals."),
        ),
        "answered": (
            say("This request was answered already."),
            say("If that answer was wrong, have it withdrawn with its reason, then answer."),
        ),
        "unreachable": (
            say("The place where models are kept does not answer: nothing was handed out."),
            say("Try again once it does."),
        ),
        "changed": (
            say("The data behind this sheet have changed since it was handed out: it cannot be made again as it was."),
            say("Give the person the copy that was taken, or have the answer withdrawn and answer anew."),
        ),
    }


def _of_people(say: Say) -> dict[str, Reply]:
    anew = say("Ask for it anew on the page “Explain a decision”.")
    return {
        "not_agreed": (
            say("Nobody has agreed to this request yet: nothing was read."),
            say("A case handler must look at it first."),
        ),
        "two_people": (
            say("Whoever asked cannot agree: it takes two people."),
            say("Have a colleague who handles cases look at it."),
        ),
        "settled": (say("This request was agreed to already."), say("See the sheets that are open.")),
        "others": (say("This sheet is open only to the two people who agreed to it."), anew),
        "personal": (
            say("The reason seems to name somebody, or to hold a number or an address that leads to a person."),
            say("The access log keeps it: say in roles what it is needed for."),
        ),
        "over": (say("There is no such request, or its time is over."), anew),
    }


def why_not(known: Explanation, say: Say) -> str:
    """Why no weight can be told, and what must be logged so that it can."""
    version, found = known.decision.version or "", known.weights
    if found.mismatch:
        return say(
            "The weight of the criteria cannot be told. Computed again with the model that is kept as version "
            "{version}, the score is not the one in the log: it may not be the model that decided. The service must "
            "log the very model that decides.",
            version=version,
        )
    if found.too_few:
        return say(
            "The weight of the criteria cannot be told. The log does not hold the data that the tool read, or too few "
            "decisions to compare yours with. The service must log these data."
        )
    reasons = {
        "no_version": say(
            "The log does not say which version of the tool decided. The service must log it with each decision."
        ),
        "no_model": say(
            "The model of version {version} is not kept where it could be read. The service must keep it there, with "
            "its version.",
            version=version,
        ),
        "several_models": say(
            "Several models are kept as version {version}, and nothing says which one decided. The service must give "
            "each model a version of its own.",
            version=version,
        ),
        "unreachable": say(
            "The place where models are kept did not answer today. The service must make this sheet again once it does."
        ),
        "unsafe": say(
            "The model of version {version} is kept in a form that cannot be read safely. The service must keep it in "
            "a safe form.",
            version=version,
        ),
        "not_linear": say(
            "The tool does not simply add up criteria, and what each weighed for you was not kept. The service must "
            "log, with each decision, the weight of each criterion."
        ),
        "not_additive": say(
            "In this tool criteria act on one another, and what each weighed for you was not kept. The service must "
            "log, with each decision, the weight of each criterion."
        ),
    }
    return say("The weight of the criteria cannot be told. {reason}", reason=reasons[given(found.lack)])
