"""What the ledger proves of a committee: that each of its acts was lawful, and that votes were counted right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import admit
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import ACTS, Act, RulesInForce, Tally
from boussole.charter.records import SealedStatement, statements


@dataclass(frozen=True, kw_only=True)
class ActFault:
    """An act that does not hold, and why."""

    entry: int
    reason: RefusedError


def faults(house: CommitteeState) -> Iterator[ActFault]:
    """Every act that does not hold when it is held again to the rules then in force, by the acts before it."""
    before = CommitteeState(text=house.text)
    for each in house.acts:
        act = each.statement
        try:
            if isinstance(act, Act):
                admit(before, act)
        except RefusedError as reason:
            yield ActFault(entry=each.entry, reason=reason)
        before = before.plus(each)
        if isinstance(act, RulesInForce):
            before = replace(before, text=act.rules)


def faults_in(workspace: Workspace) -> dict[str, list[ActFault]]:
    """The faults of every committee that ever acted here, whether its file is still there or not."""
    found: dict[str, list[SealedStatement]] = {}
    for each in statements(workspace, kinds=[kind.kind for kind in ACTS]):
        if isinstance(each.statement, Act):
            found.setdefault(each.statement.committee, []).append(each)
    return {name: _faults_of(acts) for name, acts in found.items()}


def _faults_of(acts: Sequence[SealedStatement]) -> list[ActFault]:
    first = acts[0].statement
    if not isinstance(first, RulesInForce):  # nothing can be held to rules that were never sealed
        return [ActFault(entry=acts[0].entry, reason=RefusedError("other_rules"))]
    return list(faults(CommitteeState(text=first.rules, acts=tuple(acts))))


def shown_as(tally: Tally, nonce: str) -> str | None:
    """What the ballot with a nonce says among those shown at the end of a secret vote; None: it is not there."""
    return next((ballot.choice for ballot in tally.ballots if ballot.nonce == nonce), None)
