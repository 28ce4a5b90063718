"""All that a sheet can say of one decision, and the request it answers."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState, appeals
from boussole.charter.incidents.refusals import UnexplainedError
from boussole.charter.incidents.single import Cell, SingleDecision, read_decision
from boussole.charter.records.facts import facts_of
from boussole.experiments.weights.version_models import VersionModel, Weights, logged_weights, model_of, weights


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """What is known of a decision: what the log holds, what MLflow holds of the model, what is declared.

    `usual`: by input, the average of those it is compared with; of words the most frequent. `id`: the decision's own
    id, as it was asked for.
    """

    system: System
    id: str
    decision: SingleDecision
    model: VersionModel
    weights: Weights
    usual: dict[str, Cell]

    @property
    def complete(self) -> bool:
        """Whether the weight of every input that the tool used is told: the third element of the law.

        Where nobody knows which inputs the model reads, nobody knows that a weight was logged of each.
        """
        return bool(self.weights.effects) and not self.weights.unlogged and self.model.columns is not None

    @property
    def unused(self) -> list[str]:
        """The columns that were logged to check fairness and that the model does not read, so far as that is known."""
        return [column for column in self._checked if column not in (self.model.columns or ())]

    @property
    def sensitive_used(self) -> list[str]:
        """The columns of sensitive groups that the model reads."""
        groups = {group.column for group in self.system.groups.values()}
        return [column for column in self._checked if column in groups and column in (self.model.columns or ())]

    @property
    def _checked(self) -> list[str]:
        system = self.system
        both = [each.column for each in system.groups.values()] + [each.column for each in system.controls.values()]
        return [column for column in dict.fromkeys(both) if column not in system.watched]


def explanation(
    workspace: Workspace, system: System, words: Sequence[str], request: AppealState | None = None
) -> Explanation:
    """What is known of the decision of an id.

    Raises UnexplainedError as `read_decision` does, and for a `request` about a decision of another system or day: a
    sheet must not reach the wrong person.
    """
    decision = read_decision(workspace, system, words)
    asked = request.appeal if request else None
    if asked and (asked.system, asked.decided_on) != (system.id, decision.decided_on):
        raise UnexplainedError("other_decision", system=asked.system, day=asked.decided_on)
    model = model_of(workspace, system, decision.version)
    fewest = system.privacy.suppress_below
    found = weights(model, decision.features, decision.compared, score=decision.score, fewest=fewest)
    if not found.checked:
        logged = {name: decision.features.get(weight) for name, weight in system.logged_weights.items()}
        found = logged_weights(model, logged) or found
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


def request_numbered(workspace: Workspace, number: str) -> AppealState:
    """The request of a number, answered or not. Raises UnexplainedError where none stands: it may be withdrawn."""
    every = appeals(facts_of(workspace, as_of=workspace.today()))
    found = next((each for each in every if each.appeal.number == number), None)
    if found is None:
        raise UnexplainedError("no_request")
    return found
