"""What each parameter of a linear model weighed for one person, compared with the average of those it assessed.

What input *j* brought to a person *x* is the mean over those assessed of `f(them with x's j) - f(them)`: the exact
Shapley value of an additive model (Štrumbelj & Kononenko 2014, Knowl. Inf. Syst. 41:647-665). That the inputs do not
act on one another is checked on every row: what does not add up is not told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from boussole.experiments.weights.version_models import Lack, VersionModel

Cell = float | str | None
CLOSE = 1e-6
"""How far two sums may lie apart that are the same, in units of the sum."""
SAME_SCORE = 0.001
"""How far the score of the model may lie from the logged one, which was rounded."""


@dataclass(frozen=True, kw_only=True)
class Weights:
    """What each parameter did for a person: points of the model's sum, more or less than on average.

    `effects`: by input; `lack`: why there are none. `unlogged`: inputs of the model whose value the log does not hold.
    `checked`: the model gives the very score that was logged; None where that could not be tried. `logged`: the tool
    wrote these points down itself.
    """

    effects: Mapping[str, float] = field(default_factory=dict)
    lack: Lack | None = None
    unlogged: tuple[str, ...] = ()
    checked: bool | None = None
    logged: bool = False


def logged_weights(model: VersionModel, points: Mapping[str, Cell]) -> Weights | None:
    """The effects that the tool logged, by input; None where one of them is missing. `unlogged`: inputs of the model
    that nobody logs a weight of."""
    effects = {name: float(each) for name, each in points.items() if isinstance(each, int | float)}
    if not points or len(effects) < len(points):
        return None
    return Weights(
        effects=effects, unlogged=tuple(name for name in model.columns or () if name not in points), logged=True
    )


def weights(
    model: VersionModel,
    person: Mapping[str, Cell],
    compared: Sequence[Mapping[str, Cell]],
    *,
    score: float | None,
    fewest: int,
) -> Weights:
    """The effects of a person's data, by the model of the version that decided.

    `person`: the logged inputs. `compared`: those of everybody it is compared with, of whom at least `fewest` must have
    all of these inputs: what few others bring could be subtracted. Nothing is guessed: where an input
    is not logged the others are told without it, and where the model does not give the logged score none is.
    """
    inputs, total = model.columns, _sum_of(model.pipeline)
    if model.lack is not None or total is None or inputs is None:
        return Weights(lack=model.lack or "not_additive")
    unlogged = tuple(name for name in inputs if person.get(name) is None)
    told = [name for name in inputs if name not in unlogged]
    rows = [row for row in compared if all(row.get(name) is not None for name in told)]
    if not told or len(rows) < fewest:
        return Weights(lack="too_few", unlogged=unlogged)
    try:
        own, before, changed = _sums(total, inputs, told, person, rows)
    except (TypeError, ValueError):  # the model does not take these data: it was not given these
        return Weights(lack="mismatch", unlogged=unlogged)
    if not _adds_up(own, before, changed):
        return Weights(lack="not_additive", unlogged=unlogged)
    checked = None if unlogged or score is None else abs(_score(model.pipeline, own) - score) <= SAME_SCORE
    if checked is False:
        return Weights(lack="mismatch", checked=False)
    mean = sum(before) / len(before)
    effects = {name: sum(after) / len(after) - mean for name, after in changed.items()}
    return Weights(effects=effects, unlogged=unlogged, checked=checked)


def _sum_of(pipeline: Any) -> Any:
    """The function from a frame of inputs to the sums of a linear model with two classes or one number; None for any
    other model."""
    last = pipeline[-1] if hasattr(pipeline, "steps") else pipeline
    linear = type(last).__module__.startswith("sklearn.linear_model") and hasattr(last, "coef_")
    if not linear or last.coef_.size != getattr(last, "n_features_in_", 0):
        return None
    return getattr(pipeline, "decision_function", None) or pipeline.predict


def _score(pipeline: Any, total: float) -> float:
    """The score of a sum: of a logistic regression its logistic function, of any other the sum itself."""
    last = pipeline[-1] if hasattr(pipeline, "steps") else pipeline
    if type(last).__name__ not in ("LogisticRegression", "LogisticRegressionCV"):
        return total
    return 1 / (1 + math.exp(-max(min(total, 700.0), -700.0)))


def _sums(
    total: Any,
    inputs: Sequence[str],
    told: Sequence[str],
    person: Mapping[str, Cell],
    rows: Sequence[Mapping[str, Cell]],
) -> tuple[float, list[float], dict[str, list[float]]]:
    import pandas as pd

    fixed = {name: 0.0 for name in inputs if name not in told}
    frame = pd.DataFrame([{**{name: row[name] for name in told}, **fixed} for row in rows], columns=list(inputs))
    own = pd.DataFrame([{**{name: person[name] for name in told}, **fixed}], columns=list(inputs))
    changed = {name: [float(each) for each in total(frame.assign(**{name: person[name]}))] for name in told}
    return float(total(own)[0]), [float(each) for each in total(frame)], changed


def _adds_up(own: float, before: Sequence[float], changed: Mapping[str, Sequence[float]]) -> bool:
    ends = [start + sum(after[i] - start for after in changed.values()) for i, start in enumerate(before)]
    return all(math.isclose(end, own, rel_tol=CLOSE, abs_tol=CLOSE) for end in ends)
