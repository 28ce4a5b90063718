"""What the evidence page answers about a file, and who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.workspace import Workspace
from boussole.dashboard.words.addresses import evidence_href
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class FileAnswer:
    """What the file is, in a sentence, with what goes with it, and the entries that it leads to."""

    tone: str
    headline: str
    details: Sequence[str] = ()
    entries: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True)
class EvidenceQuery:
    """Who asks, and where."""

    workspace: Workspace
    say: Say
    query: Mapping[str, str]

    def entry(self, number: int) -> tuple[str, str]:
        """The name and address of an entry."""
        return self.say("Entry {n}", n=str(number)), evidence_href(query=self.query, entry=str(number))
