"""The system files of the demo: as they lie in `systems`, or as they would be had nobody neglected anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from boussole.experiments.demo.planted import CHANGE, PLANTED, PlantedEffects

FOLDER = Path(__file__).parent / "systems"
EXAMINED = {"examined_on": "2026-08-20", "document": "Examen de la version 2.0 (démonstration)"}


def system_files(effects: PlantedEffects = PLANTED) -> dict[str, bytes]:
    """The system file of each system, by its name."""
    found = {file.name: file.read_bytes() for file in sorted(FOLDER.glob("*.yaml"))}
    return found if effects.neglected else {name: _in_order(text) for name, text in found.items()}


def _in_order(text: bytes) -> bytes:
    """A system file whose versions were examined, whose rules are up to date and whose ethics review came first."""
    system: dict[str, Any] = yaml.safe_load(text)
    if "2.0" not in system["versions"] and system["kind"] == "ranking":
        system["versions"]["2.0"] = EXAMINED
    system["public_rules"]["updated_on"] = CHANGE.isoformat()
    system["dates"]["ethics_review"] = min(system["dates"]["ethics_review"], system["dates"]["trial"])
    return yaml.safe_dump(system, allow_unicode=True, sort_keys=False).encode()
