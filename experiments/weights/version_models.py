"""The model behind a version, as MLflow holds it: found by its version, and read without running any code of it."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from sqlalchemy.exc import SQLAlchemyError

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.experiments.store import VERSION_TAG, client, quiet_mlflow, store_missing

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel


Lack = Literal["no_version", "unreadable", "unreachable", "not_additive", "mismatch", "too_few"]
"""Why the weights of a version cannot be told: its log names none; MLflow holds no model of it, or several, or one that
could run code; MLflow does not answer; it is no sum of what its inputs bring; it does not give the logged score; too
few others have the same inputs."""
PLAIN_TYPES = frozenset({"numpy.dtype"})
"""Types of a model's file that are data, though skops does not count them among its own."""
LARGEST = 64_000_000
"""Bytes of a model's file: a linear model has a few kilobytes."""


@dataclass(frozen=True, kw_only=True)
class VersionModel:
    """The model of a version. `inputs`: its columns, as its signature says; None where it has none. `pipeline`: the
    model itself; None with the reason in `lack`."""

    lack: Lack | None = None
    inputs: tuple[str, ...] | None = None
    pipeline: Any = None

    @property
    def columns(self) -> tuple[str, ...] | None:
        """The columns that it reads, by its signature or as it names them itself; None where that is not known."""
        named = tuple(str(name) for name in getattr(self.pipeline, "feature_names_in_", ()))
        return self.inputs or named or None


def model_of(workspace: Workspace, system: System, version: str | None) -> VersionModel:
    """The model that a version of a system is, or why it is not known: no error, as much else can be told."""
    if version is None:
        return VersionModel(lack="no_version")
    if store_missing(workspace):
        return VersionModel(lack="unreadable")
    mlflow = quiet_mlflow()
    try:
        store = client(workspace)
        found = {model.model_id: model for model in _candidates(store, system, version)}
        if len(found) != 1:
            return VersionModel(lack="unreadable")
        (model,) = found.values()
        return _read(workspace, model)
    except (mlflow.MlflowException, SQLAlchemyError, OSError):
        return VersionModel(lack="unreachable")


def _candidates(store: MlflowClient, system: System, version: str) -> Iterator[LoggedModel]:
    """Models that are this version: by their own id, by name and number in the registry, or by what a run says."""
    if version.startswith("m-"):
        yield store.get_logged_model(version)
        return
    name, _, number = version.rpartition("/")
    if name and number.isdigit():
        registered = store.get_model_version(name, number)
        if registered.model_id:
            yield store.get_logged_model(registered.model_id)
        return
    if "'" in version:
        return
    for experiment in _experiments(store, system):
        for said in (f"params.model_version = '{version}'", f"tags.`{VERSION_TAG}` = '{version}'"):
            for run in store.search_runs([experiment], f"{said} AND attributes.status = 'FINISHED'", max_results=1000):
                for made in run.outputs.model_outputs if run.outputs else []:
                    yield store.get_logged_model(made.model_id)


def _experiments(store: MlflowClient, system: System) -> Iterator[str]:
    for source in system.sources:
        found = store.get_experiment_by_name(source.mlflow.experiment) if source.mlflow else None
        if found is not None:
            yield str(found.experiment_id)


def _read(workspace: Workspace, model: LoggedModel) -> VersionModel:
    download = quiet_mlflow().artifacts.download_artifacts
    with tempfile.TemporaryDirectory() as folder:

        def fetched(name: str) -> Path:
            place = f"{model.artifact_location}/{name}"
            return Path(download(artifact_uri=place, dst_path=folder, tracking_uri=workspace.tracking_uri))

        told = yaml.safe_load(fetched("MLmodel").read_bytes())
        inputs = _inputs(told)
        flavor = told.get("flavors", {}).get("sklearn")
        if flavor is None:
            return VersionModel(lack="not_additive", inputs=inputs)
        if flavor.get("serialization_format") != "skops":
            return VersionModel(lack="unreadable", inputs=inputs)
        pipeline = _loaded(fetched(Path(flavor["pickled_model"]).name))
    lack: Lack | None = None if pipeline is not None else "unreadable"
    return VersionModel(lack=lack, inputs=inputs, pipeline=pipeline)


def _inputs(told: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The columns that the signature names."""
    columns = json.loads((told.get("signature") or {}).get("inputs") or "[]")
    names = tuple(str(column["name"]) for column in columns if "name" in column)
    return names or None


def _loaded(path: Path) -> Any:
    """The model of a file of skops, which builds known types and runs nothing else; None for any other type."""
    from skops.io import get_untrusted_types, load  # type: ignore[import-untyped]  # loads scikit-learn

    if path.stat().st_size > LARGEST or not set(get_untrusted_types(file=path)) <= PLAIN_TYPES:
        return None
    return load(path, trusted=sorted(PLAIN_TYPES))


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
