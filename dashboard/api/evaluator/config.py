"""The configuration of the evaluator: every key known, every value checked, before anything is measured."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.languages import LANGUAGES, Language
from boussole.audits.systems import System, load_system
from boussole.audits.workspace import Settings, Workspace

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
            raise _wrong(f"unknown key '{key}'. {nearest(str(key), KEYS)}")
    workspace = Workspace(Path(given["workspace"])) if given.get("workspace") is not None else None
    system, workspace = _system(given.get("system"), workspace)
    if given.get("predictions") not in (None, "decision", "score"):
        raise _wrong("`predictions` is `decision` or `score`.")
    threshold = given.get("threshold")
    if threshold is not None and (isinstance(threshold, bool) or not isinstance(threshold, int | float)):
        raise _wrong("`threshold` is a number: from this score on, somebody is selected.")
    language = given.get("language") or (workspace.settings if workspace else Settings()).language
    if language not in LANGUAGES:
        raise _wrong(f"`language` is one of {', '.join(LANGUAGES)}.")
    return Config(
        system=system,
        workspace=workspace,
        predictions=given.get("predictions"),
        threshold=threshold,
        columns=given.get("columns"),
        as_of=_day(given.get("as_of")),
        language=cast(Language, language),
        log_decisions=bool(given.get("log_decisions", False)),
    )


def _system(given: Any, workspace: Workspace | None) -> tuple[System, Workspace | None]:
    """A system file by its path; else a system of the workspace ($BOUSSOLE_HOME or this folder) by its id."""
    if isinstance(given, System):
        return given, workspace
    if not isinstance(given, str | Path) or not str(given):
        raise _wrong("which system? `system` is missing.")
    path = Path(given)
    if path.suffix in (".yaml", ".yml"):
        if not path.is_file():
            raise BoussoleError("there is no such system file.", where=str(path), next_step="Check the path.")
        return load_system(path), workspace
    found = workspace or Workspace.find()
    return found.system(str(given)), found


def _day(given: Any) -> dt.date | None:
    if isinstance(given, dt.datetime):
        return given.date()
    if given is None or isinstance(given, dt.date):
        return given
    try:
        return dt.date.fromisoformat(str(given))
    except ValueError as error:
        raise _wrong("`as_of` is a day such as 2026-09-30.") from error


def _wrong(what: str) -> BoussoleError:
    return BoussoleError(what, where="evaluator_config", next_step='Give {"system": "PATH or ID", …}: see docs/ci.md.')
