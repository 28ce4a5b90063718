"""The model version behind a run, when the run itself says which."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

REGISTERED = "mlflow.modelVersions"  # MLflow's own tag on a logged model: the names and versions it is registered as


def model_version(store: MlflowClient, run: Run) -> str | None:
    """NAME/VERSION of the one model that a run logged or took as input, if registered, else its id, if any."""
    made: list[Any] = run.outputs.model_outputs if run.outputs else []
    taken: list[Any] = run.inputs.model_inputs if run.inputs else []
    models = {model.model_id for model in (*made, *taken)}
    if len(models) != 1:
        return None
    (model_id,) = models
    registered = json.loads(store.get_logged_model(model_id).tags.get(REGISTERED, "[]"))
    if not registered:
        return str(model_id)
    return f"{registered[-1]['name']}/{registered[-1]['version']}"
