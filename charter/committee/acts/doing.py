"""Seals the act that a command or a form asks of a committee, from its fields or computed in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Turn, Who, turn
from boussole.charter.committee.acts.balloting import annul_vote, end_vote
from boussole.charter.committee.acts.issuing import issue
from boussole.charter.committee.acts.meeting import agree, open_session, record_no_quorum
from boussole.charter.committee.acts.packs import freeze
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.papers.minutes import seal_minutes
from boussole.charter.record_types.acts import (
    Act,
    Annulment,
    Consensus,
    FrozenPack,
    Minutes,
    NoQuorum,
    Opening,
    Opinion,
    OpinionText,
    Tally,
)
from boussole.charter.records import SealedStatement


def _open(workspace: Workspace, name: str, *, of: int, who: Who, presiding: str | None = None) -> SealedStatement:
    return open_session(workspace, name, of=of, who=who, chair=presiding)


def _count(workspace: Workspace, name: str, *, of: int, who: Who) -> SealedStatement:
    return end_vote(workspace, name, vote=of, who=who)


def _annul(workspace: Workspace, name: str, *, of: int, who: Who, text: str) -> SealedStatement:
    return annul_vote(workspace, name, vote=of, who=who, text=text)


def _issue(
    workspace: Workspace,
    name: str,
    *,
    of: int,
    who: Who,
    wording: OpinionText,
    written: SavedDraft | None,
    **more: Any,
) -> SealedStatement:
    return issue(workspace, name, decision=of, who=who, wording=wording, written=written, **more)


COUNTED: Mapping[type[Act], Callable[..., SealedStatement]] = {
    Opening: _open,
    NoQuorum: record_no_quorum,
    FrozenPack: freeze,
    Minutes: seal_minutes,
    Consensus: agree,
    Tally: _count,
    Annulment: _annul,
    Opinion: _issue,
}
"""Acts of which a part is counted, destroyed or marked as sealed in the moment they are sealed."""


def act(
    workspace: Workspace,
    name: str,
    kind: type[Act],
    fields: Mapping[str, Any],
    *,
    who: Who,
    each: str = "",
    anew: bool = False,
    seen: int | None = None,
) -> list[SealedStatement]:
    """Seals an act of a committee; where `each` names a field with several values, one act for each, or none at all.

    `seen`: the last entry when the form that asks for it was shown.

    Raises RefusedError when the rules do not allow it, ValidationError for fields that do not make the act.
    """
    if kind in COUNTED:
        return [COUNTED[kind](workspace, name, who=who, **fields)]
    several = [{**fields, each: value} for value in fields[each]] if each else [fields]
    acts = [kind.model_validate({**asdict(who), "committee": name, **said}) for said in several]
    with turn(workspace, name) as now:
        return [_seal(now, made, anew=anew, seen=seen) for made in acts]


def _seal(now: Turn, made: Act, *, anew: bool, seen: int | None) -> SealedStatement:
    return now.seal(made, anew=anew) if seen is None else now.seal_once(made, seen=seen)
