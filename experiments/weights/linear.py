"""What each parameter of a linear model weighed for one person, compared with the average of those it assessed.

What input *j* brought to a person *x* is the mean over those assessed of `f(them with x's j) - f(them)`: the exact
Shapley value of an additive model (Štrumbelj & Kononenko 2014, Knowl. Inf. Syst. 41:647-665). That the inputs do not
act on one another is checked on every row: what does not add up is not told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.experiments.weights.version_models import Lack, VersionModel

Cell = float | str | None
CLOSE = 1e-6
"""How far two sums may lie apart that are the same, in units of the sum."""
SAME_SCORE = 0.001
"""How far the score of the model may lie from the logged one, which was rounded."""


@dataclass(frozen=True, kw_only=True)
class ParameterEffect:
    """What one parameter did for a person, in `points` of the model's sum; `without`: the score if it were average."""

    column: str
    points: float
    without: float | None


@dataclass(frozen=True, kw_only=True)
class Weights:
    """The effects of the parameters that could be told; `lack`: why there are none.

    `unlogged`: inputs whose value the log does not hold. `checked`: the model gives the very score that was logged,
    None where that could not be tried. `logistic`: the score is the logistic function of the sum.
    """

    effects: tuple[ParameterEffect, ...] = ()
    lack: Lack | None = None
    mismatch: bool = False
    too_few: bool = False
    unlogged: tuple[str, ...] = ()
    checked: bool | None = None
    logged: bool = False
    logistic: bool = False


def logged_weights(model: VersionModel, points: Mapping[str, Cell]) -> Weights | None:
    """The effects that the tool logged, by input; None where one of them is missing."""
    if not points or not all(isinstance(each, int | float) for each in points.values()):
        return None
    found = sorted(((name, float(each)) for name, each in points.items() if each is not None), key=lambda p: -abs(p[1]))
    return Weights(
        effects=tuple(ParameterEffect(column=name, points=each, without=None) for name, each in found),
        unlogged=tuple(name for name in model.columns or () if name not in points),
        logged=True,
    )


def weights(  # noqa: PLR0911 (each return is something that cannot be told)
    model: VersionModel,
    person: Mapping[str, Cell],
    compared: Sequence[Mapping[str, Cell]],
    *,
    score: float | None,
    fewest: int,
) -> Weights:
    """The effects of a person's data, by the model of the version that decided.

    `person`: the logged inputs. `compared`: those of everybody it is compared with, of whom at least `fewest` must have
    all of these inputs. None is told where the model does not give the logged score.
    """
    if model.lack is not None:
        return Weights(lack=model.lack)
    inputs = model.columns
    total = _sum_of(model.pipeline)
    if total is None or inputs is None:
        return Weights(lack="not_linear")
    unlogged = tuple(name for name in inputs if person.get(name) is None)
    told = [name for name in inputs if name not in unlogged]
    rows = [row for row in compared if all(row.get(name) is not None for name in told)]
    if not told or len(rows) < fewest:
        return Weights(too_few=True, unlogged=unlogged)
    try:
        own, before, changed = _sums(total, inputs, told, person, rows)
    except (TypeError, ValueError):  # the model does not take these data: it was not given these
        return Weights(mismatch=True, unlogged=unlogged)
    if not _adds_up(own, before, changed):
        return Weights(lack="not_additive", unlogged=unlogged)
    link = _is_logistic(model.pipeline)
    checked = None if unlogged or score is None else abs(_score(own, logistic=link) - score) <= SAME_SCORE
    if checked is False:
        return Weights(mismatch=True, checked=False)
    points = {name: sum(after) / len(after) - sum(before) / len(before) for name, after in changed.items()}
    at = own if checked else _undone(score, logistic=link)
    return Weights(
        effects=tuple(
            ParameterEffect(
                column=name,
                points=each,
                without=_score(at - each, logistic=link) if at is not None else None,
            )
            for name, each in sorted(points.items(), key=lambda pair: -abs(pair[1]))
        ),
        unlogged=unlogged,
        checked=checked,
        logistic=link,
    )


def _sum_of(pipeline: Any) -> Any:
    """The function from a frame of inputs to the sums of a linear model with two classes or one number, else None."""
    last = pipeline[-1] if hasattr(pipeline, "steps") else pipeline
    linear = type(last).__module__.startswith("sklearn.linear_model") and hasattr(last, "coef_")
    if not linear or last.coef_.size != getattr(last, "n_features_in_", 0):
        return None
    return getattr(pipeline, "decision_function", None) or pipeline.predict


def _is_logistic(pipeline: Any) -> bool:
    last = pipeline[-1] if hasattr(pipeline, "steps") else pipeline
    return type(last).__name__ in ("LogisticRegression", "LogisticRegressionCV")


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


def _score(total: float, *, logistic: bool) -> float:
    return 1 / (1 + math.exp(-max(min(total, 700.0), -700.0))) if logistic else total


def _undone(score: float | None, *, logistic: bool) -> float | None:
    if score is None or not logistic:
        return score
    return math.log(score / (1 - score)) if 0 < score < 1 else None
