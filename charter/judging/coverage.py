"""Of all uses in the register, how many are examined, partly or not at all, and where nobody has looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from boussole.audits.systems.model import System
from boussole.charter.document import AuditDocument, VerdictDocument
from boussole.charter.document.answers.verdict import QuestionCounts, Verdict, count
from boussole.charter.text.model import Charter

Examined = Literal["whole", "part", "none"]

LIVE = ("pilot", "production")
"""The statuses of uses that touch people today: on trial, in service."""
GRAVE = ("prohibited", "high")
FOLLOWED = "registered_and_followed"
"""The question whether all uses are registered and followed."""


@dataclass(frozen=True, kw_only=True)
class Use:
    """One use of the register with a verdict document for every question asked of it, and its latest audit, if any."""

    system: System
    verdicts: Sequence[VerdictDocument]
    articles: Mapping[str, Verdict]
    audit: AuditDocument | None = None

    @property
    def live(self) -> bool:
        return self.system.status in LIVE

    @cached_property
    def counts(self) -> QuestionCounts:
        """How many questions the charter asks of it, how many were looked at, and how many have an answer."""
        return count(verdict.verdict for verdict in self.verdicts)

    @property
    def examined(self) -> Examined:
        """Whether its questions, but the one whether all uses are followed, are looked at: all, some or none."""
        own = count(each.verdict for each in self.verdicts if (each.template or each.indicator) != FOLLOWED)
        if not own.examined:
            return "none"
        return "whole" if own.examined == own.asked else "part"

    @property
    def overlooked(self) -> bool:
        """Whether its risk is high, it is in service, and no question has been looked at."""
        return self.system.risk in GRAVE and self.system.status == "production" and self.examined == "none"


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """What is examined of the uses that are on trial or in service. Uses are named by their ids."""

    uses: int
    live: int
    whole: tuple[str, ...]
    part: tuple[str, ...]
    none: tuple[str, ...]
    never_evidenced: tuple[str, ...]
    overlooked: tuple[str, ...]


def coverage(charter: Charter, uses: Sequence[Use]) -> Coverage:
    """How far the register is examined. `never_evidenced` are the articles that nobody has looked at in any use."""
    live = [use for use in uses if use.live]
    by_state = {state: tuple(use.system.id for use in live if use.examined == state) for state in ("whole", "part")}
    seen = {verdict.article for use in live for verdict in use.verdicts if verdict.verdict != "not_examined"}
    return Coverage(
        uses=len(uses),
        live=len(live),
        whole=by_state["whole"],
        part=by_state["part"],
        none=tuple(use.system.id for use in live if use.examined == "none"),
        never_evidenced=tuple(article.id for article in charter.articles if article.id not in seen),
        overlooked=tuple(use.system.id for use in live if use.overlooked),
    )
