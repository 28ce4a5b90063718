"""Building the demo workspace: system files, planted facts, models and three months of decisions in MLflow."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import json
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from boussole.audits import private_files
from boussole.audits.decisions import ingest
from boussole.audits.errors import BoussoleError
from boussole.audits.log_names import LogName
from boussole.audits.privacy import keys
from boussole.audits.workspace import Workspace
from boussole.experiments.demo.answer_key import facts
from boussole.experiments.demo.planted import CHANGE, NEVER, PEOPLE, PLANTED, SEED, PlantedEffects
from boussole.experiments.logging import log_contacts, log_decisions, log_frame
from boussole.experiments.store import TAG, client, experiment_id, quiet_mlflow

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient

    from boussole.experiments.demo.model import DemoVersion
    from boussole.experiments.demo.simulation import Simulation


FOLDER = Path(__file__).parent / "systems"
EXAMINED, DOCUMENT = dt.date(2026, 8, 20), "Examen de la version 2.0 (démonstration)"
"""When version 2.0 was examined where that was in time."""
NEGLECTS = ("unexamined_days", "rules_months", "review_days_late")
"""The effects that a system file holds."""


def system_files(effects: PlantedEffects = PLANTED) -> dict[str, bytes]:
    """The system file of each system, by its name."""
    found = {file.name: file.read_bytes() for file in sorted(FOLDER.glob("*.yaml"))}
    if all(getattr(effects, each) == getattr(PLANTED, each) for each in NEGLECTS):
        return found
    return {name: _with(text, effects) for name, text in found.items()}


def _with(text: bytes, effects: PlantedEffects) -> bytes:
    system: dict[str, Any] = yaml.safe_load(text)
    if system["kind"] == "ranking":
        if effects.unexamined_days < NEVER:
            late = CHANGE + dt.timedelta(days=effects.unexamined_days)
            day = late if effects.unexamined_days else EXAMINED
            system["versions"]["2.0"] = {"examined_on": day.isoformat(), "document": DOCUMENT}
        years, month = divmod(CHANGE.year * 12 + CHANGE.month - 1 - effects.rules_months, 12)
        system["public_rules"]["updated_on"] = dt.date(years, month + 1, 1).isoformat()
    else:
        late = system["dates"]["trial"] + dt.timedelta(days=effects.review_days_late)
        system["dates"]["ethics_review"] = late.isoformat()
    return yaml.safe_dump(system, allow_unicode=True, sort_keys=False).encode()


SYSTEMS = {"matchft-preselection": "matchft", "chatft-petit-24b": "chatft", "chatft-grand-123b": "chatft"}


def register_models(store: MlflowClient) -> None:
    """Registers each model with the tag of its system; a model that is there is left alone."""
    known = {str(model.name) for model in store.search_registered_models()}
    for name, system in SYSTEMS.items():
        if name not in known:
            store.create_registered_model(name, tags={TAG: system})


ORGANISATION = "France Travail (démonstration, données inventées)"
FACTS = Path("demo") / "planted.json"
COUNTS = "counts by agency and month"
LEAST, MOST = 500, 200_000
Progress = Callable[[str, int, int], None]


def build(home: Path, *, people: int = PEOPLE, seed: int = SEED, progress: Progress | None = None) -> Workspace:
    """A workspace with the demo's systems, and its models and decisions logged to MLflow as a data scientist would.

    Built again with the same numbers, it adds what an interrupted build left out, and nothing more.
    Raises BoussoleError when `people` is out of range, or the folder holds something else.
    """
    if not LEAST <= people <= MOST:
        raise BoussoleError(
            f"{people} people cannot be simulated.", next_step=f"Give a number between {LEAST} and {MOST}."
        )
    tell = progress or (lambda *_: None)
    workspace = _claim(home, facts(seed=seed, people=people))
    tell("people, offers, model", 0, 1)
    from boussole.experiments.demo.simulation import simulate  # scikit-learn takes seconds

    simulation = simulate(people, seed=seed)
    tell("people, offers, model", 1, 1)
    _log_everything(workspace, simulation, tell=tell)
    import_logs(workspace, simulation.exported())
    return workspace


def _claim(home: Path, planted: dict[str, Any]) -> Workspace:
    target = home / FACTS
    if target.is_file():
        if json.loads(target.read_text(encoding="utf-8")) != planted:
            raise BoussoleError(
                "this folder holds a demo with other numbers.",
                where=str(home),
                next_step="Delete the folder, or choose another one with --home.",
            )
    elif home.is_dir() and any(home.iterdir()):
        raise BoussoleError(
            "this folder is not empty and holds no demo.",
            where=str(home),
            next_step="Choose an empty or new folder with --home.",
        )
    private_files.write(target, json.dumps(planted, indent=1, ensure_ascii=False) + "\n")
    return empty(home)


def empty(home: Path, *, effects: PlantedEffects = PLANTED) -> Workspace:
    """A workspace with the demo's systems and keys, and nothing in it."""
    workspace = Workspace.create(home, organisation=ORGANISATION)
    for name in ("pseudonym", "bucket"):
        # Nobody is behind invented data, so the keys are no secret: two builds give the same intervals.
        keys.write(keys.path_of(workspace.keys, name, 1), hashlib.sha256(f"boussole demo {name}".encode()).digest())
    for name, text in system_files(effects).items():
        private_files.write(workspace.home / "systems" / name, text)
    return workspace


def _log_everything(workspace: Workspace, simulation: Simulation, *, tell: Progress) -> None:
    """One run per trained version, then one per week of decisions; runs that finished before are left alone."""
    mlflow = quiet_mlflow()
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(workspace.tracking_uri)
    try:
        experiment = experiment_id(client(workspace), workspace, "matchft")
        done = _finished(workspace, experiment)
        for version in simulation.versions.values():
            if _training(version.name) not in done:
                _log_model(version, simulation.log, experiment=experiment)
        weeks = simulation.weeks()
        for number, (name, week) in enumerate(weeks.items()):
            tell("weeks of decisions logged to MLflow", number, len(weeks))
            if name not in done:
                with mlflow.start_run(experiment_id=experiment, run_name=name):
                    mlflow.log_params({"model_version": week["model_version"].iloc[0], "rows": len(week)})
                    log_decisions(week, system="matchft", model_version=week["model_version"].iloc[0])
                    sent = simulation.messages
                    log_contacts(sent[sent["week"] == name].drop(columns="week"), system="matchft")
        _log_months("reviews", simulation.reviews, "human_actions", experiment=experiment, done=done)
        _log_months("late outcomes", simulation.late, "outcomes", experiment=experiment, done=done)
        _log_months("uses", simulation.uses, "usage", experiment=experiment, done=done)
        _log_months("accounts", simulation.accounts, "accounts", experiment=experiment, done=done)
        _log_months("controls", simulation.controls, "search_controls", experiment=experiment, done=done)
        if COUNTS not in done:
            with mlflow.start_run(experiment_id=experiment, run_name=COUNTS):
                log_frame(simulation.agencies, log="agencies", system="matchft")
        tell("weeks of decisions logged to MLflow", len(weeks), len(weeks))
        if PLANTED.stray_model and not client(workspace).search_registered_models(f"name = '{PLANTED.stray_model}'"):
            client(workspace).create_registered_model(PLANTED.stray_model)
        register_models(client(workspace))
    finally:
        mlflow.set_tracking_uri(before)


def _log_months(what: str, rows: pd.DataFrame, log: LogName, *, experiment: str, done: set[str]) -> None:
    mlflow = quiet_mlflow()
    for month, found in rows.groupby("month"):
        if (name := f"{what} {month}") not in done:
            with mlflow.start_run(experiment_id=experiment, run_name=name):
                log_frame(found.drop(columns="month"), log=log, system="matchft")


def import_logs(workspace: Workspace, logs: Iterable[tuple[str, LogName, pd.DataFrame]]) -> None:
    """Brings logs in from files, each of a system: the files do not stay, and no run holds them."""
    for system, log, rows in logs:
        with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
            file = Path(folder) / f"{log}.parquet"
            rows.to_parquet(file, index=False)
            ingest(workspace, workspace.system(system), file, log=log)


def _training(version: str) -> str:
    return f"training {version}"


def _finished(workspace: Workspace, experiment: str) -> set[str]:
    runs = client(workspace).search_runs([experiment], "attributes.status = 'FINISHED'", max_results=1000)
    return {str(run.info.run_name) for run in runs}


def _log_model(version: DemoVersion, log: pd.DataFrame, *, experiment: str) -> None:
    """The model with its parameters and signature; requirements are given, as guessing them takes half a minute."""
    mlflow = quiet_mlflow()
    sample = log.loc[log["model_version"] == version.name, list(version.features)].head(50)
    with mlflow.start_run(experiment_id=experiment, run_name=_training(version.name)):
        mlflow.log_params(version.parameters())
        mlflow.sklearn.log_model(
            version.pipeline,
            name="model",
            signature=mlflow.models.infer_signature(sample, version.pipeline.predict(sample)),
            skops_trusted_types=["numpy.dtype"],
            pip_requirements=[f"scikit-learn=={importlib.metadata.version('scikit-learn')}"],
        )
