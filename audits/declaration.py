"""The declaration of a system as an audit used it, kept beside the counts and named by the hash of its content."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.regular import read_bytes
from boussole.audits.systems.kinds import KEPT
from boussole.audits.systems.model import System

USED = {
    "id",
    "kind",
    "title",
    "purpose",
    "owner",
    "status",
    "risk",
    "timezone",
    "columns",
    "contacts",
    "generations",
    "actors",
    "groups",
    "controls",
    "intersections",
    "features",
    "windows",
    "privacy",
    "dates",
    "impact_assessment",
}
"""The parts of a system file that figures and sentences depend on, and those without which it is none.

Of logs that came later than these, the section is kept where there is one; so is `REGISTERED`.
"""
REGISTERED = ("versions", "public_rules")
"""What the register has said since of a system: of its versions, and of its rules."""
SOMEWHERE = {"path": "-", "key": "-"}
"""In the place of the file of sensitive values, which is not told."""


def declaration(system: System) -> dict[str, Any]:
    """Return the fields of a system that are kept, as JSON."""
    later = {log for log, _ in system.sections()} | {name for name in REGISTERED if getattr(system, name)}
    return system.model_dump(mode="json", by_alias=True, include=USED | later)


def keep(folder: Path, system: System) -> str:
    """Writes the declaration as `SHA256.json` and returns the hash."""
    content = json.dumps(declaration(system), ensure_ascii=False, separators=(",", ":")).encode()
    digest = sha256_hex(content)
    target = folder / f"{digest}.json"
    if not target.exists():
        private_files.write(target, content)
    return digest


def content_of(folder: Path, digest: str) -> bytes:
    """The bytes of a kept declaration. Raises BoussoleError when the file is missing or was changed."""
    path = folder / f"{digest}.json"
    if not path.exists():
        raise BoussoleError("the declaration is missing.", where=str(path), next_step="Restore it from a backup.")
    content = read_bytes(path)
    if sha256_hex(content) != digest:
        raise BoussoleError("the declaration was changed.", where=str(path), next_step="Restore it from a backup.")
    return content


def declared(folder: Path, digest: str) -> System:
    """The system as it was declared. Raises BoussoleError when its file is missing, changed, or of another version."""
    found = json.loads(content_of(folder, digest))
    if any(group["from"] == "sensitive" for group in found["groups"].values()):
        found["sensitive"] = SOMEWHERE
    try:
        return System.model_validate(found, context={KEPT: True})
    except ValidationError as error:
        raise BoussoleError(
            "the declaration was written by another version of Boussole.",
            where=str(folder / f"{digest}.json"),
            next_step="Run that version, or verify a pack of this audit with the verify.py of that version.",
        ) from error
