"""Which fields of a record nobody is asked for: they follow from others, from a file, or from what there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acts.meeting import recommending
from boussole.charter.deadlines.days import months_later
from boussole.charter.judging.coverage import GRAVE, coverage
from boussole.charter.judging.families import asked_of_system, question_of
from boussole.charter.record_types.base import Statement, Stocktaking
from boussole.charter.record_types.incidents import Incident
from boussole.charter.record_types.kinds import Attestation, Case, Inspection, Recommendation
from boussole.charter.record_types.work import THEMES, Survey
from boussole.charter.registry.inventory import register_of
from boussole.charter.work.survey import SurveyLayout, aggregated, rows_of

Fields = dict[str, Any]
USUAL_MONTHS = 12
"""For how long a statement holds where the charter does not say."""


def _survey(_: Workspace, said: Fields) -> Fields:
    """The means of a file of answers; its rows are kept nowhere."""
    columns = {theme: said.pop(theme) for theme in THEMES if theme in said} | _columns(said.pop("column", []))
    layout = SurveyLayout(
        columns=columns,
        group=said.get("grouped_by"),
        reverse=[_theme(each) for each in said.pop("reverse", [])],
        lowest=int(said["lowest"]),
        highest=int(said["highest"]),
    )
    found = aggregated(rows_of(*_file(said.pop("file"))), layout)
    return {**said, **vars(found)}


def _file(given: Path | tuple[str, bytes]) -> tuple[str, bytes]:
    if not isinstance(given, Path):
        return given
    if not given.is_file():
        raise BoussoleError(
            "there is no such file.", where=str(given), next_step="Give the path of a CSV or XLSX file."
        )
    return given.name, given.read_bytes()


def _columns(given: list[str]) -> dict[Any, str]:
    found: dict[Any, str] = {}
    for pair in given:
        theme, equals, name = pair.partition("=")
        if not equals:
            raise BoussoleError(f"'{pair}' is no THEME=COLUMN.", next_step="Write --column autonomy=Q1.")
        found[_theme(theme)] = name
    return found


def _theme(name: str) -> Any:
    if name not in THEMES:
        raise BoussoleError(f"there is no theme '{name}'. {nearest(name, THEMES)}")
    return name


def _incident(workspace: Workspace, said: Fields) -> Fields:
    return {**said, "timezone": workspace.system(said["system"]).timezone}


def _recommendation(workspace: Workspace, said: Fields) -> Fields:
    """That of a committee is made in its name."""
    if not said.get("committee"):
        return said
    return {**said, "body": recommending(workspace, said["committee"], opinion=said.get("opinion"))}


def _attestation(workspace: Workspace, said: Fields) -> Fields:
    """It answers an attested question, for as long as the charter says unless somebody says otherwise."""
    asked = question_of(workspace, said["indicator"], attested=True)
    until = said.get("valid_until") or months_later(said["on"], asked.valid_months or USUAL_MONTHS)
    return _asked(workspace, {**said, "asked": asked.wording, "valid_until": until})


def _inspection(workspace: Workspace, said: Fields) -> Fields:
    asked = question_of(workspace, said["indicator"], tolerance=True)
    return _asked(workspace, {**said, "asked": asked.wording})


def _case(workspace: Workspace, said: Fields) -> Fields:
    question_of(workspace, said["indicator"], tolerance=True)
    return _asked(workspace, said)


def _asked(workspace: Workspace, said: Fields) -> Fields:
    asked_of_system(workspace, said["indicator"], said.get("system"))
    return said


def stock_of(workspace: Workspace, *, today: dt.date) -> Fields:
    """The fields of a `Stocktaking`: what the register and the registry of models hold at this moment.

    Raises SourceError where there is no registry of models, or it cannot be read.
    """
    from boussole.experiments.unregistered import stock_of_models  # MLflow takes seconds

    found = stock_of_models(workspace)
    charter, _, uses = register_of(workspace, today=today)
    seen = coverage(charter, uses)
    return {
        "on": today,
        "uses": seen.live,
        "examined": len(seen.whole) + len(seen.part),
        "grave": sum(use.live and use.system.risk in GRAVE and use.examined == "none" for use in uses),
        "models": found.models,
        "unregistered": list(found.strays),
    }


def _stock(workspace: Workspace, said: Fields) -> Fields:
    """What there is today: nobody can count what there was before."""
    return {**said, **stock_of(workspace, today=workspace.today())}


COMPUTED: Mapping[type[Statement], Callable[[Workspace, Fields], Fields]] = {
    Survey: _survey,
    Incident: _incident,
    Recommendation: _recommendation,
    Attestation: _attestation,
    Case: _case,
    Inspection: _inspection,
    Stocktaking: _stock,
}
"""By the model: from what was asked for to the fields of the record."""


def computed(workspace: Workspace, model: type[Statement], said: Fields) -> Fields:
    """The fields of a record, whole. Raises BoussoleError for what does not fit what there is."""
    return COMPUTED[model](workspace, dict(said)) if model in COMPUTED else said
