"""What MLflow's registry says of the models of each system, as a sync found it: a small document beside the lake.

Pages read it without a server. Everything in it was written by others: texts are cut to a length, freed of characters
that are not to be read, and shown as text, whatever they hold. It saves work and is lost with the lake.
"""

from __future__ import annotations

import datetime as dt
import unicodedata

from pydantic import Field, ValidationError

from boussole.audits import private_files
from boussole.audits.systems.kinds import Strict
from boussole.audits.workspace import Workspace

TEXT, LINE = 4000, 300
"""Characters of a description, and of a name, a value or a tag, at most."""
MOST = 30
"""Tags, metrics and data sets of a version, at most."""
VERSIONS, MODELS = 5, 50
"""Versions of a model, the newest first, and models of all systems, at most."""


class VersionCard(Strict):
    """One version of a model. Of data sets the name and the digest are kept, and not where they lie."""

    version: str
    registered_at: dt.datetime | None = None
    registered_by: str = ""
    description: str = ""
    licence: str = ""
    aliases: list[str] = Field(default_factory=list)
    tags: dict[str, str] = Field(default_factory=dict)
    metrics: dict[str, float] = Field(default_factory=dict)
    data: list[str] = Field(default_factory=list)


class ModelCard(Strict):
    """One registered model, and the systems that it belongs to. `more`: how many versions are not here."""

    name: str
    systems: list[str]
    description: str = ""
    licence: str = ""
    tags: dict[str, str] = Field(default_factory=dict)
    versions: list[VersionCard] = Field(default_factory=list)
    more: int = 0


class ModelCards(Strict):
    """What was found at a moment (UTC). `failure`: why it could not be read at the last sync, where it could not:
    then the rest is as it was before. `more`: how many models were not looked at."""

    seen_at: dt.datetime
    failure: str = ""
    models: list[ModelCard] = Field(default_factory=list)
    more: int = 0

    def of(self, system_id: str) -> list[ModelCard]:
        """The models of one system."""
        return [model for model in self.models if system_id in model.systems]


def read_cards(workspace: Workspace) -> ModelCards | None:
    """What the last sync found; None before the first, and where the document is no longer one."""
    try:
        return ModelCards.model_validate_json((workspace.lake / "models.json").read_bytes())
    except (OSError, ValidationError):
        return None


def write_cards(workspace: Workspace, cards: ModelCards) -> None:
    """Puts what was found in the place of what was known."""
    private_files.make_folder(workspace.lake)
    private_files.write(workspace.lake / "models.json", cards.model_dump_json(indent=1) + "\n")


def plain(text: object, limit: int = LINE) -> str:
    r"""A text to be read: without characters that steer (but line breaks of a long text), and not too long.

    >>> plain("a\x07b\u202ec"), plain("x" * 400)[-2:], plain("a\nb"), plain("a\nb", 4000) == "a\nb", plain(None)
    ('a b c', 'x…', 'a b', True, '')
    """
    kept = "\n" if limit > LINE else ""
    readable = "".join(
        each if each in kept or unicodedata.category(each)[0] != "C" else " " for each in str(text or "")[: 2 * limit]
    ).strip()
    return readable if len(readable) <= limit else readable[: limit - 1] + "…"
