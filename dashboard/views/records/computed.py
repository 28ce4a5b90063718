"""What nobody is asked for: the fields of a record that follow from others, or from what there is at that moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acts.issuing import recommending
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.incidents import Incident
from boussole.charter.record_types.kinds import Recommendation
from boussole.charter.record_types.work import THEMES, Survey
from boussole.charter.work.survey import Layout, aggregated, rows_of

Fields = dict[str, Any]


def _survey(_: Workspace, said: Fields) -> Fields:
    """The means of a file of answers; its rows are kept nowhere."""
    columns = {theme: said.pop(theme) for theme in THEMES if theme in said} | _columns(said.pop("column", []))
    layout = Layout(
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
    """Its times are those of the system."""
    return {**said, "timezone": workspace.system(said["system"]).timezone}


def _recommendation(workspace: Workspace, said: Fields) -> Fields:
    """That of a committee is made in its name."""
    if not said.get("committee"):
        return said
    return {**said, "body": recommending(workspace, said["committee"], opinion=said.get("opinion"))}


COMPUTED: Mapping[type[Statement], Callable[[Workspace, Fields], Fields]] = {
    Survey: _survey,
    Incident: _incident,
    Recommendation: _recommendation,
}
"""By the model: from what was asked for to the fields of the record."""


def computed(workspace: Workspace, model: type[Statement], said: Fields) -> Fields:
    """The fields of a record, whole. Raises BoussoleError for what does not fit what there is."""
    return COMPUTED[model](workspace, dict(said)) if model in COMPUTED else said
