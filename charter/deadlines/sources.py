"""What is counted for the promises that records answer: what people stated, the register, and who decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from boussole.audits.systems.model import System
from boussole.charter.document.versions import DecidedBy
from boussole.charter.records.facts import Facts


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where counts come from. `versions`: those that decided in the window of an audit; `params`: days that the charter
    sets."""

    facts: Facts
    system: System
    versions: Sequence[DecidedBy] = ()
    params: Mapping[str, bool | int | float | str] = field(default_factory=dict)

    def days(self, name: str) -> int:
        """So many days as the charter says. Raises KeyError where it says none."""
        return int(self.params[name])
