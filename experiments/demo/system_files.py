"""The system files of the demo: as they lie in `systems`, with what is neglected in them, or more or less of that."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from boussole.experiments.demo.planted import CHANGE, NEVER, PLANTED, PlantedEffects

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
