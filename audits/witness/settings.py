"""How a witness tells what is wrong: `witness.toml` in its folder; without it, by its exit code and what it prints."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from boussole.audits.alert_settings import AddressSettings
from boussole.audits.errors import LedgerError
from boussole.audits.systems.loading import explain

FILE = "witness.toml"


class WitnessSettings(BaseModel):
    """When and how a witness tells that something is wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    silent_days: int = Field(3, ge=1, description="Days without a valid answer after which that is told")
    alert_command: list[str] = Field(
        default_factory=list, description="Program that is given the message on its standard input; no shell"
    )
    alert: AddressSettings | None = Field(
        None, description="Address of Apprise; a relative path starts from the folder"
    )


def witness_settings(folder: Path) -> WitnessSettings:
    """The settings of a folder. Raises LedgerError where they cannot be read."""
    path = folder / FILE
    if not path.exists():
        return WitnessSettings()
    try:
        return WitnessSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise LedgerError(explain(error, WitnessSettings), where=str(path), next_step="Mend or remove it.") from error
    except (OSError, ValueError) as error:
        raise LedgerError(f"not valid TOML: {error}.", where=str(path), next_step="Mend that line.") from error
