"""The models of the demo in MLflow's registry: each belongs to a use of the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.experiments.store import TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient

SYSTEMS = {"matchft-preselection": "matchft", "chatft-petit-24b": "chatft", "chatft-grand-123b": "chatft"}


def register_models(store: MlflowClient) -> None:
    """Registers each model with the tag of its system; a model that is there is left alone."""
    known = {str(model.name) for model in store.search_registered_models()}
    for name, system in SYSTEMS.items():
        if name not in known:
            store.create_registered_model(name, tags={TAG: system})
