"""The models of the demo in MLflow's registry, with what their teams wrote of them: nobody checked it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.experiments.store import TAG

if TYPE_CHECKING:
    from mlflow import MlflowClient

SELECTION = "matchft-preselection"
LICENCE, TEAM = "licence", "equipe-donnees"
WRITERS = {
    "chatft-petit-24b": "Modèle de langue de 24 milliards de paramètres, pour les courriels et les synthèses.",
    "chatft-grand-123b": "Modèle de langue de 123 milliards de paramètres, pour les offres d’emploi.",
}


def register_models(store: MlflowClient, *, experiment: str, training: dict[str, str]) -> None:
    """The model of MatchFT with a version for each run of `training`, and those of ChatFT, which the tag of its system
    names; what is there is left alone."""
    known = {str(model.name) for model in store.search_registered_models()}
    if SELECTION not in known:
        store.create_registered_model(
            SELECTION,
            tags={LICENCE: "usage interne"},
            description="Classe les profils pour une offre.\n\nNe voit ni le sexe, ni l’âge, ni le quartier.",
        )
        for version, name in training.items():
            (run,) = store.search_runs([experiment], f"attributes.run_name = '{name}'", max_results=1)
            number = run.info.run_id
            store.set_tag(number, "mlflow.user", TEAM)  # not whoever runs the demo
            made = store.create_model_version(
                SELECTION,
                source=f"runs:/{number}/model",
                run_id=number,
                description=f"Version {version} (démonstration).",
            )
        store.set_registered_model_alias(SELECTION, "en-service", made.version)
    for name in WRITERS.keys() - known:
        tags = {TAG: "chatft", LICENCE: "Apache-2.0" if "24b" in name else "contrat avec le fournisseur"}
        store.create_registered_model(name, tags=tags, description=WRITERS[name])
        store.create_model_version(name, source=f"s3://modeles/{name}", tags={"quantification": "aucune"})
