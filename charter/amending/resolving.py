"""A charter by any of its names: a folder, a file, a template, or a version that the records keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from boussole.audits.errors import CharterError, nearest
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.regular import read_text
from boussole.audits.workspace import Workspace
from boussole.charter.records import kept_charters
from boussole.charter.records.in_force import in_force, kept_charter
from boussole.charter.records.store.charters import StoredCharter
from boussole.charter.templates import TEMPLATES
from boussole.charter.text.check import faults
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Charter

PACKAGED, CURRENT, DRAFT = "packaged", "current", "draft"
MOST_BYTES = 4_000_000


def resolve(name: str, workspace: Workspace | None = None) -> Charter:
    """The charter that somebody calls `name`.

    In this order: `packaged`; `current` (the charter in force in the workspace); `draft` (the text of its files); a
    template; a folder; a JSON file of a charter; a version number or the first characters of a hash of the records.
    Raises CharterError when there is none, several, or when it has a fault.
    """
    named: dict[str, Callable[[], Charter]] = {
        PACKAGED: load_charter,
        CURRENT: lambda: in_force(_needed(workspace, name)).charter,
        DRAFT: lambda: load_charter(_needed(workspace, name)),
    }
    if name in named:
        return named[name]()
    path = Path(name)
    if name in TEMPLATES and not path.exists():
        return load_charter(TEMPLATES[name])
    if path.is_file():
        return charter_of_json(_read(path), where=str(path))
    return load_charter(path) if path.is_dir() else _kept(name, workspace)


def charter_of_json(text: str, *, where: str) -> Charter:
    """A charter from its JSON document; raises CharterError when it is none, or one with a fault."""
    charter = _parsed(text, where=where)
    if found := faults(charter):
        raise CharterError(" ".join(found), where=where, next_step="Take it from a folder that has no fault.")
    return charter.model_copy(update={"sha256": sha256_hex(canonical_json(charter.document()))})


def _parsed(text: str, *, where: str) -> Charter:
    try:
        return Charter.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise CharterError(
            f"this is not the JSON of a charter: {place + ': ' if place else ''}{first['msg']}.",
            where=where,
            next_step="Give the JSON that `boussole charter show --json -` prints.",
        ) from error


def _read(path: Path) -> str:
    if path.stat().st_size > MOST_BYTES:
        raise CharterError(
            f"the file has more than {MOST_BYTES:,} bytes.", where=str(path), next_step="Give the JSON of a charter."
        )
    try:
        return read_text(path)
    except UnicodeDecodeError as error:
        raise CharterError("the file is not UTF-8 text.", where=str(path), next_step="Save it as UTF-8.") from error


def _needed(workspace: Workspace | None, name: str) -> Workspace:
    if workspace is None:
        raise CharterError(
            f"'{name}' is looked for in a workspace, and there is none here.", next_step="Give --workspace DIR."
        )
    return workspace


def _kept(name: str, workspace: Workspace | None) -> Charter:
    known = kept_charters(workspace) if workspace else []
    found = _matching(name, known)
    if len(found) > 1:
        listed = ", ".join(f"{each.sha256[:12]} (version {each.version}, {each.first_used_at[:10]})" for each in found)
        raise CharterError(f"'{name}' is the name of several charters: {listed}.", next_step="Give more of the hash.")
    if not found or workspace is None:
        names = [PACKAGED, CURRENT, DRAFT, *TEMPLATES, *(each.version for each in known)]
        raise CharterError(
            f"there is no charter '{name}': no folder, no file, no template and no version. {nearest(name, names)}",
            next_step="Name a folder, a JSON file, a template, or a version that has judged an audit.",
        )
    return kept_charter(workspace, found[0].sha256)


def _matching(name: str, known: Sequence[StoredCharter]) -> list[StoredCharter]:
    by_number = [each for each in known if each.version == name]
    by_hash = [each for each in known if re.fullmatch("[0-9a-f]{6,64}", name) and each.sha256.startswith(name)]
    return by_number or by_hash
