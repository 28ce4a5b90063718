"""The models of MLflow's registry that belong to a system, brought in as cards at the end of a sync."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from boussole.audits.workspace import Workspace
from boussole.experiments.cards import (
    MODELS,
    MOST,
    TEXT,
    VERSIONS,
    ModelCard,
    ModelCards,
    VersionCard,
    plain,
    read_cards,
    write_cards,
)
from boussole.experiments.store import client, quiet_mlflow, shown_uri, store_missing, systems_of
from boussole.experiments.sync.report import failure, troubles

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run
    from mlflow.entities.model_registry import ModelVersion, RegisteredModel

LOOKED_AT = 500
"""So many models of a registry are looked at, at most."""
LICENCES = ("license", "licence")
GONE = "RESOURCE_DOES_NOT_EXIST"
OWN = ("mlflow.", "boussole.")
"""Tags that begin so are for machines."""


def sync_cards(workspace: Workspace) -> None:
    """Writes what the registry says today; what it cannot be asked is kept as it was, with the reason."""
    if store_missing(workspace):
        return
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    expected: tuple[type[Exception], ...] = (*troubles(), SQLAlchemyError)
    try:
        models, more = _cards(client(workspace), workspace)
    except expected as error:
        before = read_cards(workspace) or ModelCards(seen_at=now)
        told = plain(failure(error, shown_uri(workspace)))
        write_cards(workspace, before.model_copy(update={"failure": told}))
        return
    write_cards(workspace, ModelCards(seen_at=now, models=models, more=more))


def _cards(store: MlflowClient, workspace: Workspace) -> tuple[list[ModelCard], int]:
    found: list[ModelCard] = []
    looked, token, more = 0, None, 0
    while True:
        page = store.search_registered_models(max_results=100, page_token=token)
        for model in page:
            if looked == LOOKED_AT or len(found) == MODELS:
                more += 1
                continue
            looked += 1
            if (card := _card(store, workspace, model)) is not None:
                found.append(card)
        token = page.token
        if not token:
            return found, more


def _card(store: MlflowClient, workspace: Workspace, model: RegisteredModel) -> ModelCard | None:
    """The card of a model; None of one that belongs to no system."""
    name = str(model.name).replace("'", "''")
    versions = store.search_model_versions(f"name = '{name}'", max_results=1000)
    newest = sorted(versions, key=lambda each: -int(each.version))[:VERSIONS]
    first = _run(store, newest[0]) if newest else None
    tags = [dict(model.tags), *([dict(first.data.tags)] if first else [])]
    experiments = {store.get_experiment(first.info.experiment_id).name} if first else set()
    systems = systems_of(workspace, tags, experiments)
    if not systems:
        return None
    runs = [first, *(_run(store, each) for each in newest[1:])]
    aliases = dict(model.aliases)
    return ModelCard(
        name=plain(model.name),
        systems=systems,
        description=plain(model.description, TEXT),
        licence=_licence(model.tags),
        tags=_tags(model.tags),
        versions=[_version(each, run, aliases) for each, run in zip(newest, runs, strict=False)],
        more=len(versions) - len(newest),
    )


def _run(store: MlflowClient, version: ModelVersion) -> Run | None:
    """The run of a version; None where it names none, or one that is no longer there."""
    if not version.run_id:
        return None
    try:
        return store.get_run(version.run_id)
    except quiet_mlflow().MlflowException as error:
        if error.error_code != GONE:
            raise
        return None


def _version(found: ModelVersion, run: Run | None, aliases: Mapping[str, Any]) -> VersionCard:
    moment = found.creation_timestamp
    return VersionCard(
        version=plain(found.version),
        registered_at=dt.datetime.fromtimestamp(moment / 1000, dt.UTC).replace(microsecond=0) if moment else None,
        registered_by=plain(found.user_id or (run.data.tags.get("mlflow.user") if run else "")),
        description=plain(found.description, TEXT),
        licence=_licence(found.tags),
        aliases=[plain(name) for name, version in aliases.items() if str(version) == str(found.version)][:MOST],
        tags=_tags(found.tags),
        metrics=_metrics(run),
        data=_data(run),
    )


def _metrics(run: Run | None) -> dict[str, float]:
    """Metrics as the registry names them; none that is no number."""
    found = sorted((run.data.metrics if run else {}).items())
    return dict([(plain(name), float(value)) for name, value in found if math.isfinite(value)][:MOST])


def _data(run: Run | None) -> list[str]:
    """The data sets of a run, by name and digest."""
    given = run.inputs.dataset_inputs if run and run.inputs else []
    return [plain(f"{each.dataset.name} ({each.dataset.digest})") for each in given][:MOST]


def _licence(tags: Mapping[str, Any]) -> str:
    return next((plain(value) for name, value in tags.items() if name.lower() in LICENCES), "")


def _tags(tags: Mapping[str, Any]) -> dict[str, str]:
    """What people wrote, but for the licence, which is told apart."""
    kept = sorted((name, value) for name, value in tags.items() if not name.startswith(OWN))
    told = [(plain(name), plain(value)) for name, value in kept if name.lower() not in LICENCES and value != ""]
    return dict(told[:MOST])
