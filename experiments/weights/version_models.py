"""The model behind a version, as MLflow holds it: found by its version, and read without running any code of it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
