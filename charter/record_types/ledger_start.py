"""The record with which a ledger begins that takes the place of a lost one."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from boussole.audits.systems.kinds import Strict
from boussole.charter.record_types.base import Line, Prose, Sha256, Statement


class FoundFile(Strict):
    """A file of the workspace, as it was found: its path from there, and its hash."""

    path: Line
    sha256: Sha256


class LedgerStart(Statement):
    """Why a ledger was started anew, and what was found of the one before: its entry is the first."""

    kind: ClassVar[str] = "ledger_start"
    read_action = "SEE_EVIDENCE"
    governed: ClassVar[str] = "ledger begin"

    text: Prose = Field(description="Why", min_length=1)
    lost: Literal["missing", "empty", "bare"] = Field(description="What was there of the file of the ledger before")
    files: list[FoundFile] = Field(description="Evidence, documents and reports that no entry seals any more")
