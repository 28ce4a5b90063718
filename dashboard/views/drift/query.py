"""What the address of the drift page asks for, as the server takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from boussole.audits.drift import stored
from boussole.audits.drift.series import Against, Step
from boussole.dashboard.words.addresses import drift_href

AGAINST: tuple[Against, ...] = get_args(Against)
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True, kw_only=True)
class DriftQuery:
    """A system, what it is compared with, and how its time is cut."""

    system: str = ""
    against: Against = "reference"
    by: Step = "month"

    @classmethod
    def of(cls, query: Mapping[str, str], *, fine: bool) -> DriftQuery:
        """What an address asks for; a value that is not known asks for nothing. `fine`: weeks and days may be seen."""
        against = next((each for each in AGAINST if each == query.get("against")), AGAINST[0])
        by = next((each for each in STEPS if each == query.get("by") and (fine or each == STEPS[0])), STEPS[0])
        return cls(system=query.get("system", ""), against=against, by=by)

    def href(self, query: Mapping[str, str], **changed: str) -> str:
        """The address of the page with something else asked; what is asked by itself is left out.

        >>> DriftQuery(system="matchft", by="week").href({"lang": "en"}, against="previous")
        '/drift?system=matchft&against=previous&by=week&lang=en'
        """
        asked = {"against": self.against, "by": self.by} | changed
        first = {"against": AGAINST[0], "by": STEPS[0]}
        kept = {key: value for key, value in asked.items() if value != first.get(key)}
        return drift_href(kept.pop("system", self.system), query=query, **kept)


def address_of(report: stored.StoredReport, part: str = "") -> str:
    """Where a report is served: around it, or one of its parts (`page`, `json`)."""
    return f"/drift-report/{report.system}/{report.name}" + (f"/{part}" if part else "")
