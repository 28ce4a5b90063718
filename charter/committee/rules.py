"""The files `committees/ID.yaml` of a workspace, by default one external committee: how committees work."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.regular import read_text
from boussole.audits.systems.loading import explain
from boussole.audits.workspace import Workspace
from boussole.audits.yaml_files import parse
from boussole.charter.record_types.acts import Rules
from boussole.charter.records.in_force import in_force
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import College

TEMPLATES = Path(__file__).parent / "templates"
DEFAULT = "external"
"""The committee of a workspace that names none."""


def templates() -> list[str]:
    """The ids of the committees whose rules Boussole brings."""
    return sorted(path.stem for path in TEMPLATES.glob("*.yaml"))


@cache
def packaged(name: str) -> Rules:
    """The rules of a template. Raises BoussoleError when there is no such template.

    >>> packaged("external").sessions.notice_days
    5
    """
    if name not in templates():
        raise BoussoleError(f"there is no template '{name}'. {nearest(name, templates())}")
    return read_rules(TEMPLATES / f"{name}.yaml", load_charter().colleges)


def read_rules(path: Path, colleges: Sequence[College]) -> Rules:
    """The rules of one file, with the given `colleges` where it names none; raises BoussoleError for a fault."""
    try:
        raw = parse(read_text(path))
    except UnicodeDecodeError as error:
        raise BoussoleError("the file is not UTF-8 text.", where=str(path), next_step="Save it as UTF-8.") from error
    except yaml.YAMLError as error:
        raise BoussoleError(f"not valid YAML: {error}.", where=str(path), next_step="Mend that line.") from error
    if not isinstance(raw, dict):
        raise BoussoleError("expected keys and values.", where=str(path), next_step="Start with `id: …`.")
    try:
        rules = Rules.model_validate({"colleges": [each.model_dump() for each in colleges], **raw})
    except ValidationError as error:
        raise BoussoleError(
            explain(error, Rules), where=str(path), next_step="See the keys in docs/committee.md."
        ) from error
    if rules.id != path.stem:
        raise BoussoleError(
            f"the file is named {path.name} but its id is '{rules.id}'.",
            where=str(path),
            next_step=f"Rename it to {rules.id}.yaml.",
        )
    return rules


def names(workspace: Workspace) -> list[str]:
    """The ids of the committees of a workspace, whatever their files say."""
    return [path.stem for path in _files(workspace)]


def committees(workspace: Workspace) -> dict[str, Rules]:
    """The committees of a workspace by id, as their files state their rules."""
    colleges = in_force(workspace).charter.colleges
    return {path.stem: read_rules(path, colleges) for path in _files(workspace)}


def _files(workspace: Workspace) -> list[Path]:
    folder = workspace.home / "committees"
    return sorted(folder.glob("*.yaml")) if folder.is_dir() else [TEMPLATES / f"{DEFAULT}.yaml"]


def committee(workspace: Workspace, name: str) -> Rules:
    """The committee of an id, as its file states its rules. Raises BoussoleError when there is none."""
    known = committees(workspace)
    if name not in known:
        raise BoussoleError(
            f"there is no committee '{name}' in this workspace. {nearest(name, known) if known else ''}".rstrip(),
            where=str(workspace.home / "committees"),
            next_step="Make its file with `boussole committee new`.",
        )
    return known[name]


def write_template(workspace: Workspace, name: str) -> Path:
    """Copy a template into `committees/`, to be changed there. Raises BoussoleError when the file is there already."""
    packaged(name)
    target = workspace.home / "committees" / f"{name}.yaml"
    if target.exists():
        raise BoussoleError("this committee has its file already.", where=str(target), next_step="Edit it.")
    private_files.write(target, (TEMPLATES / f"{name}.yaml").read_bytes())
    return target
