"""The configuration of the evaluator, checked before anything is measured, and MLflow’s data as rows of decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import pandas as pd

from boussole.audits.arguments import day
from boussole.audits.decisions.contracts import columns_of
from boussole.audits.decisions.frames import open_frame
from boussole.audits.ephemeral import LogFile
from boussole.audits.errors import BoussoleError, SourceError, nearest
from boussole.audits.languages import LANGUAGES, Language
from boussole.audits.systems import load_system
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Columns, Decision, RowNumber
from boussole.audits.workspace import Settings, Workspace
from boussole.experiments.logging.packing import pack

if TYPE_CHECKING:
    from mlflow.data.evaluation_dataset import EvaluationDataset


KEYS = (
    "system", "workspace", "predictions", "threshold", "columns", "as_of", "language", "log_decisions", "col_mapping",
)  # fmt: skip
"""`col_mapping` is MLflow's own: it has renamed targets and predictions before an evaluator is called."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What `evaluator_config` says."""

    system: System
    workspace: Workspace | None
    predictions: Literal["decision", "score"] | None
    threshold: float | None
    columns: Any
    as_of: dt.date | None
    language: str
    log_decisions: bool


def read_config(given: Mapping[str, Any]) -> Config:
    """The configuration, or a BoussoleError that names the key and what to do."""
    for key in given:
        if key not in KEYS:
            raise _wrong_setting(f"unknown key '{key}'. {nearest(str(key), KEYS)}")
    workspace = Workspace(Path(given["workspace"])) if given.get("workspace") is not None else None
    system, workspace = _system(given.get("system"), workspace)
    if given.get("predictions") not in (None, "decision", "score"):
        raise _wrong_setting("`predictions` is `decision` or `score`.")
    threshold = given.get("threshold")
    if threshold is not None and (isinstance(threshold, bool) or not isinstance(threshold, int | float)):
        raise _wrong_setting("`threshold` is a number: from this score on, somebody is selected.")
    language = given.get("language") or (workspace.settings if workspace else Settings()).language
    if language not in LANGUAGES:
        raise _wrong_setting(f"`language` is one of {', '.join(LANGUAGES)}.")
    return Config(
        system=system,
        workspace=workspace,
        predictions=given.get("predictions"),
        threshold=threshold,
        columns=given.get("columns"),
        as_of=day(given.get("as_of"), "as_of"),
        language=cast(Language, language),
        log_decisions=bool(given.get("log_decisions", False)),
    )


def _system(given: Any, workspace: Workspace | None) -> tuple[System, Workspace | None]:
    """A system file by its path; else a system of the workspace ($BOUSSOLE_HOME or this folder) by its id."""
    if isinstance(given, System):
        return given, workspace
    if not isinstance(given, str | Path) or not str(given):
        raise _wrong_setting("which system? `system` is missing.")
    path = Path(given)
    if path.suffix in (".yaml", ".yml"):
        return load_system(path), workspace
    found = workspace or Workspace.find()
    return found.system(str(given)), found


def _wrong_setting(what: str) -> BoussoleError:
    return BoussoleError(what, where="evaluator_config", next_step='Give {"system": "PATH or ID", …}: see docs/ci.md.')


WHERE = "mlflow.models.evaluate"


def decisions_of(
    dataset: EvaluationDataset, model: Any, config: Config, *, output: str | None
) -> tuple[pd.DataFrame, System]:
    """The rows as the system file names them, and the system as far as these rows can be measured.

    A row without an id is its own; without a date it was decided today. Targets need not mature.
    Raises SourceError for predictions that fit neither decision nor score, and columns that are missing.
    """
    frame = _features(dataset, config)
    log = config.system.log
    if dataset.has_targets:
        if log.outcome is None:
            raise _wrong(
                f"the file of the system '{config.system.id}' declares no outcome to compare targets with.",
                "Declare `columns.outcome`, or leave targets out.",
            )
        if dataset.targets_name:
            frame[dataset.targets_name] = dataset.labels_data
        frame[log.outcome.column] = dataset.labels_data
    if (predicted := _predicted(dataset, model, frame, log, output)) is not None:
        _decide(frame, predicted, log, config)
    _identify(frame, log, config)
    system = _fitted(config.system, frame, targets=bool(dataset.has_targets))
    return frame[_declared(config, system, frame)], system


def packed(frame: pd.DataFrame, folder: Path) -> LogFile:
    """The rows as a Parquet file."""
    made = pack(open_frame(frame), folder / "decisions.parquet")
    return LogFile(path=made.path, origin="the data set")


def _features(dataset: EvaluationDataset, config: Config) -> pd.DataFrame:
    data = dataset.features_data
    frame = data.copy() if isinstance(data, pd.DataFrame) else pd.DataFrame(data, columns=dataset.feature_names)
    frame = frame.reset_index(drop=True)
    if config.columns is not None:
        beside = pd.DataFrame(config.columns).reset_index(drop=True)
        if len(beside) != len(frame):
            raise _wrong(
                f"`columns` has {len(beside)} rows, the data set {len(frame)}.", "Give one row for each of its rows."
            )
        frame = frame.assign(**{str(name): beside[name] for name in beside.columns})
    return frame


def _predicted(dataset: EvaluationDataset, model: Any, frame: pd.DataFrame, log: Columns, output: str | None) -> Any:
    if model is None:
        return dataset.predictions_data
    made = model.predict(dataset.features_data)
    if not isinstance(made, pd.DataFrame):
        return made
    made = made.reset_index(drop=True)
    for name in made.columns:
        if name != output:
            frame[name] = made[name]
    if output is not None and output not in made.columns:
        raise _wrong(f"the model returns no column '{output}'.", f"It returns: {', '.join(map(str, made.columns))}.")
    if output is None and log.decision and log.decision.column in made.columns:
        return None
    return made[output] if output is not None else made.squeeze(axis=1)


def _decide(frame: pd.DataFrame, predicted: Any, log: Columns, config: Config) -> None:
    values = pd.Series(_flat(predicted, len(frame)))
    if log.decision is None:
        raise _wrong("the system file declares no decision.", "Declare `columns.decision`: an evaluation decides.")
    role = config.predictions or ("score" if log.score and _are_scores(values, log.decision) else "decision")
    if role == "decision":
        frame[log.decision.column] = values
        return
    if log.score is None:
        raise _wrong("the system file declares no score.", "Declare `columns.score`, or give decisions.")
    frame[log.score.column] = values
    if config.threshold is not None:
        frame[log.decision.column] = _by_threshold(values, config.threshold, log.decision)
    elif log.decision.column not in frame.columns:
        raise _wrong(
            "the predictions are scores, and nothing says from which score on somebody is selected.",
            'Give `threshold` in evaluator_config, or `"predictions": "decision"`.',
        )


def _by_threshold(values: pd.Series[Any], threshold: float, decision: Decision) -> pd.Series[Any]:
    """Decisions in the words of the system file; a score that is missing decides nothing."""
    yes, no = decision.selected[0], (decision.not_selected or [False])[0]
    if type(yes) is not type(no):
        yes, no = str(yes), str(no)
    numbers = pd.to_numeric(values, errors="coerce")
    decided = [None if np.isnan(score) else yes if score >= threshold else no for score in numbers]
    return pd.Series(decided, dtype=object)


def _flat(predicted: Any, rows: int) -> Any:
    array = predicted.to_numpy() if hasattr(predicted, "to_numpy") else np.asarray(predicted)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (rows,):
        raise _wrong(
            f"the predictions have the shape {array.shape} for {rows} rows.",
            "Give one prediction a row; name the column with predictions= where the model returns several.",
        )
    return array


def _are_scores(values: pd.Series[Any], decision: Decision) -> bool:
    if not pd.api.types.is_float_dtype(values):
        return False
    known = {float(v) for v in (*decision.selected, *(decision.not_selected or ())) if isinstance(v, int | float)}
    return not set(values.dropna().unique()) <= known | {0.0, 1.0}


def _identify(frame: pd.DataFrame, log: Columns, config: Config) -> None:
    """Ids and dates where the data set has none; decisions that go to the log must bring all that it needs."""
    if config.log_decisions:
        lacking = [name for name in columns_of(config.system, "decisions").needed if name not in frame.columns]
        if lacking:
            raise _wrong(
                f"decisions to be logged need their own {', '.join(lacking)}.",
                "Add these columns, or leave `log_decisions` out.",
            )
    for name in _only_keys(config.system):
        if name not in frame.columns:
            frame[name] = [f"row {n}" for n in range(1, len(frame) + 1)]
    if log.decided_at and log.decided_at not in frame.columns:
        frame[log.decided_at] = dt.datetime.now(config.system.zone).date().isoformat()


def _only_keys(system: System) -> list[str]:
    numbered = system.log.model_copy(update={"id": RowNumber(row_number=True)})
    others = columns_of(system.model_copy(update={"columns": numbered}), "decisions").needed
    return [name for name in system.log.key if name not in others]


def _fitted(system: System, frame: pd.DataFrame, *, targets: bool) -> System:
    log, there = system.log, set(frame.columns)
    changes: dict[str, Any] = {
        name: None for name in ("rank", "team", "use", "model_version") if getattr(log, name) not in there
    }
    if log.score and log.score.column not in there:
        changes["score"] = None
    if log.outcome and log.outcome.column not in there:
        changes["outcome"] = None
    elif log.outcome and targets:
        changes["outcome"] = log.outcome.model_copy(update={"matures_after_days": 0})
    if log.human and log.human.decision not in there:
        changes["human"] = None
    if not set(log.stages) <= there:
        changes["stages"] = []
    actors = {} if changes.get("stages") == [] else system.actors
    return system.model_copy(update={"columns": log.model_copy(update=changes), "actors": actors, "features": []})


def _declared(config: Config, system: System, frame: pd.DataFrame) -> list[str]:
    """The columns that the system file declares. Raises SourceError where one is missing that cannot be left out."""
    missing = [name for name in columns_of(system, "decisions").needed if name not in frame.columns]
    if missing:
        raise _wrong(
            f"the data set lacks: {', '.join(missing)}.",
            'Add these columns to the data, or give them apart: evaluator_config={"columns": frame}.',
        )
    needs = columns_of(config.system, "decisions")
    return [name for name in frame.columns if name in {*needs.needed, *needs.wherever}]


def _wrong(what: str, next_step: str) -> SourceError:
    return SourceError(what, where=WHERE, next_step=next_step)
