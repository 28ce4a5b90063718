"""What people have stated that verdicts rest on, as it stands on a day: attestations, cases, inspections, findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.acts import Opinion, Publication, PublicationDecision
from boussole.charter.record_types.kinds import (
    STATED,
    Attestation,
    Case,
    Closure,
    Finding,
    Inspection,
    Review,
    Statement,
    Withdrawal,
)
from boussole.charter.records import SealedStatement, statements

State = Literal["confirmed", "refuted", "open"]
S = TypeVar("S", bound=Statement)
COUNTED = (*STATED, *(act.kind for act in (Opinion, PublicationDecision, Publication)))
"""The kinds that verdicts rest on: what people state, and what became of opinions."""


@dataclass(frozen=True, kw_only=True)
class ReportedCases:
    """Cases of what is not tolerated: `n`, reported together, `since` their first possible day, and what was found."""

    entry: int
    reported_on: dt.date
    since: dt.date
    n: int
    state: State


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The statements that stand on a day. `adopted`: since when each question's levels are, as the ledger proves."""

    as_of: dt.date
    sealed: Sequence[SealedStatement] = ()
    adopted: Mapping[str, dt.date] = field(default_factory=dict)

    @property
    def until(self) -> int:
        """The entry of the ledger before which all of them were sealed, and none after."""
        return self.sealed[-1].entry + 1 if self.sealed else 0

    def attestation(self, indicator: str, system: str | None) -> tuple[int, Attestation] | None:
        """The latest statement about a question of one system (None: of all systems), expired or not."""
        found = self._about(Attestation, indicator, system)
        return max(found, key=lambda pair: (pair[1].on, pair[0]), default=None)

    def reported(self, indicator: str, system: str, start: dt.date, end: dt.date) -> list[ReportedCases]:
        """The cases that happened from one day to another, or that inspections of any of these days found."""
        return self._cases(indicator, system, start, end, self.inspections(indicator, system, start, end))

    def reported_within(self, indicator: str, system: str, start: dt.date, end: dt.date) -> list[ReportedCases]:
        """The cases that happened from one day to another, or that inspections of these days and no others found."""
        within = [
            (entry, each)
            for entry, each in self.inspections(indicator, system, start, end)
            if start <= each.start and each.end <= end
        ]
        return self._cases(indicator, system, start, end, within)

    def _cases(
        self, indicator: str, system: str, start: dt.date, end: dt.date, samples: Sequence[tuple[int, Inspection]]
    ) -> list[ReportedCases]:
        cases = [
            ReportedCases(entry=entry, reported_on=case.on, since=case.happened_on, n=1, state=self._state(entry))
            for entry, case in self._about(Case, indicator, system)
            if start <= case.happened_on <= end
        ]
        found = [
            ReportedCases(entry=entry, reported_on=each.on, since=each.start, n=each.found, state=self._state(entry))
            for entry, each in samples
            if each.found
        ]
        return sorted([*cases, *found], key=lambda each: (each.reported_on, each.entry))

    def inspections(self, indicator: str, system: str, start: dt.date, end: dt.date) -> list[tuple[int, Inspection]]:
        """The samples that people examined of any of these days."""
        return [
            (entry, each)
            for entry, each in self._about(Inspection, indicator, system)
            if each.start <= end and start <= each.end
        ]

    def open_findings(self) -> list[tuple[int, Finding]]:
        """The findings of outside authorities that are not closed."""
        return self._open_findings

    def findings(self, system: str) -> list[tuple[int, Finding]]:
        """The findings of outside authorities about a system, or about all, that are not closed."""
        return [(entry, finding) for entry, finding in self._open_findings if finding.system in (system, None)]

    def standing(self, kind: type[S]) -> list[tuple[int, S]]:
        """The statements of a kind that had been made by that day and not withdrawn by then, with their entries."""
        return [
            (each.entry, each.statement)
            for each in self._by_kind.get(kind.kind, ())
            if isinstance(each.statement, kind)
        ]

    def _state(self, entry: int) -> State:
        return self._reviewed.get(entry, "open")

    def _about(self, kind: type[S], indicator: str, system: str | None) -> list[tuple[int, S]]:
        found = self._by_subject.get((kind.kind, indicator, system), ())
        return [(each.entry, each.statement) for each in found if isinstance(each.statement, kind)]

    @cached_property
    def _open_findings(self) -> list[tuple[int, Finding]]:
        closed = {closure.of for _, closure in self.standing(Closure)}
        return [(entry, finding) for entry, finding in self.standing(Finding) if entry not in closed]

    @cached_property
    def _reviewed(self) -> dict[int, State]:
        return {review.of: review.outcome for _, review in self.standing(Review)}

    @cached_property
    def _by_kind(self) -> dict[str, list[SealedStatement]]:
        found: dict[str, list[SealedStatement]] = {}
        for each in self._standing:
            found.setdefault(each.statement.kind, []).append(each)
        return found

    @cached_property
    def _by_subject(self) -> dict[tuple[str, str, str | None], list[SealedStatement]]:
        found: dict[tuple[str, str, str | None], list[SealedStatement]] = {}
        for each in self._standing:
            said = each.statement
            if isinstance(said, Attestation | Case | Inspection):
                found.setdefault((said.kind, said.indicator, said.system), []).append(each)
        return found

    @cached_property
    def _standing(self) -> list[SealedStatement]:
        """What had been made by that day, but for what had been withdrawn by then: a withdrawal undoes no past day."""
        made = [each for each in self.sealed if each.statement.on <= self.as_of]
        gone = {each.statement.of for each in made if isinstance(each.statement, Withdrawal)}
        return [each for each in made if each.entry not in gone]


def facts_of(
    workspace: Workspace,
    *,
    as_of: dt.date,
    before: int | None = None,
    adopted: Mapping[str, dt.date] | None = None,
) -> Facts:
    """What stands on a day; with `before`, what had been sealed before that entry of the ledger."""
    return Facts(as_of=as_of, sealed=tuple(statements(workspace, kinds=COUNTED, before=before)), adopted=adopted or {})
