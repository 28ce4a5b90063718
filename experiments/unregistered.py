"""Models that MLflow's model registry holds and that no system of the register names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from boussole.audits.errors import SourceError
from boussole.audits.workspace import Workspace
from boussole.experiments.store import client, quiet_mlflow, shown_uri, store_missing, systems_of

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel

PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class ModelStock:
    """How many models a registry holds, and the names of those that belong to no system."""

    models: int
    strays: tuple[str, ...]


def stock_of_models(workspace: Workspace) -> ModelStock:
    """What the model registry holds; raises SourceError when there is no store, or when it cannot be read."""
    if store_missing(workspace):
        raise SourceError(
            "there is no registry of models to take stock of.",
            where=shown_uri(workspace),
            next_step="Set `mlflow_tracking_uri` in boussole.toml to the server that keeps the models.",
        )
    strays = unregistered_models(workspace)
    return ModelStock(models=sum(1 for _ in _models(client(workspace))), strays=tuple(strays))


def unregistered_models(workspace: Workspace) -> list[str]:
    """The names of registered models that neither a tag nor an experiment assigns to a system; none without a store.

    Raises SourceError when the store cannot be read.
    """
    if store_missing(workspace):
        return []
    failure = quiet_mlflow().MlflowException
    try:
        return sorted(_strays(client(workspace), workspace))
    except (failure, SQLAlchemyError, OSError) as error:
        reason = str(error).split("\n")[0].rstrip(".")
        raise SourceError(
            f"the model registry could not be read: {reason}.",
            where=shown_uri(workspace),
            next_step="Check the server, and try again.",
        ) from error


def _strays(store: MlflowClient, workspace: Workspace) -> Iterator[str]:
    newest = _newest(store)
    for model in _models(store):
        tags = [dict(model.tags)]
        version = newest.get(model.name)
        experiment = None
        if version is not None and version.run_id:
            run = store.get_run(version.run_id)
            tags.append(dict(run.data.tags))
            experiment = store.get_experiment(run.info.experiment_id).name
        if not systems_of(workspace, tags, {experiment}):
            yield str(model.name)


def _models(store: MlflowClient) -> Iterator[RegisteredModel]:
    token = None
    while True:
        page = store.search_registered_models(max_results=PAGE, page_token=token)
        yield from page
        token = page.token
        if not token:
            return


def _newest(store: MlflowClient) -> dict[str, ModelVersion]:
    found: dict[str, ModelVersion] = {}
    token = None
    while True:
        page = store.search_model_versions(max_results=PAGE, page_token=token)
        for version in page:
            known = found.get(version.name)
            if known is None or int(version.version) > int(known.version):
                found[version.name] = version
        token = page.token
        if not token:
            return found
