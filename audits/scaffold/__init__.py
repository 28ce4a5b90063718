"""Proposing a system file from a data file: what can be guessed is guessed and marked, the rest is marked too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from boussole.audits.decisions.sources import reading_whole
from boussole.audits.errors import SystemFileError
from boussole.audits.identifiers import identifier_of, identifier_refusal, is_identifier
from boussole.audits.lake.engine import scratch
from boussole.audits.languages import Language
from boussole.audits.scaffold import keys, people, writing
from boussole.audits.scaffold.marks import Translator
from boussole.audits.scaffold.people import SystemDraft
from boussole.audits.scaffold.profile import profile
from boussole.audits.scaffold.writing import write
from boussole.audits.systems.gaps import gap_names
from boussole.audits.systems.model import Files, System

__all__ = ["Proposal", "propose"]

ZONE = "Europe/Paris"


@dataclass(frozen=True)
class Proposal:
    """A system file that loads, and its keys that somebody has to fill in, each with what is asked."""

    text: str
    system: System
    gaps: tuple[str, ...]
    read: str | None
    """How the data file was read, where that had to be found out."""
    say: Translator
    """Says more in the language of its comments."""


def propose(
    source: str | Path,
    *,
    system_id: str | None = None,
    today: dt.date | None = None,
    controls: Sequence[str] = (),
    files: Files | None = None,
    language: Language = "en",
) -> Proposal:
    """Propose a system file for a CSV, Parquet or JSON lines file, or `duckdb:PATH?table=T`.

    Roles are guessed from the names (French and English) and the content of columns. `today` dates a log without time.
    Raises SourceError when the source cannot be read, is empty or holds no decision or list, and for a control that is
    none of its columns; SystemFileError when `system_id` is no id.
    """
    if system_id is not None and not is_identifier(system_id):
        raise SystemFileError(f"{identifier_refusal(system_id)}.")
    with scratch() as connection, reading_whole(source):
        table = profile(connection, source, zone=ZONE, files=files)
        say = Translator(language)
        draft = SystemDraft(table, say)
        for step in (
            people.lists,
            keys.identify,
            writing.date,
            people.groups,
            lambda made: people.controls(made, controls),
            writing.decide,
            writing.follow,
            writing.humans,
            people.numbers,
            people.keys,
            people.versions,
            people.features,
        ):
            step(draft)
        text = write(
            draft,
            system_id=system_id or id_of(source),
            today=today or dt.datetime.now(ZoneInfo(ZONE)).date(),
            zone=ZONE,
        )
    gaps = tuple(say("{mark}: {why}", mark=key, why=asked) for key, asked in gap_names(text))
    reading = draft.table.reading
    return Proposal(
        text, System.model_validate(yaml.safe_load(text)), gaps, reading.sentence(say) if reading else None, say
    )


def id_of(source: str | Path) -> str:
    """Make an id from the name of a file or table."""
    text = str(source)
    name = text.rpartition("table=")[2] if text.startswith("duckdb:") else Path(text).stem
    return identifier_of(name, start="system")
