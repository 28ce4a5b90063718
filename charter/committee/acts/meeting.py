"""The acts of a session whose numbers are counted in the moment they are sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Turn, Who, turn
from boussole.charter.committee.acts.balloting import annul_vote, end_vote
from boussole.charter.committee.acts.issuing import issue
from boussole.charter.committee.acts.packs import freeze
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.papers.minutes import seal_minutes
from boussole.charter.committee.voting.presence import count, presiding
from boussole.charter.record_types.acts import (
    Act,
    Annulment,
    Consensus,
    Convocation,
    FrozenPack,
    Item,
    Minutes,
    NoQuorum,
    Opening,
    Opinion,
    OpinionText,
    Tally,
    Vote,
)
from boussole.charter.records import SealedStatement


def convene(
    workspace: Workspace,
    name: str,
    *,
    who: Who,
    starts: dt.datetime,
    ends: dt.datetime,
    place: str,
    agenda: Sequence[Item],
    kind: Literal["ordinary", "extraordinary"] = "ordinary",
    remote: bool = False,
    urgent: bool = False,
    text: str = "",
    second_call_of: int | None = None,
    amends: int | None = None,
) -> SealedStatement:
    """Call a session under the rules in force, or change one that was called (`amends`)."""
    with turn(workspace, name) as now:
        return now.seal(
            Convocation(
                **asdict(who),
                committee=name,
                session=kind,
                starts=starts,
                ends=ends,
                timezone=now.house.rules.timezone,
                place=place,
                remote=remote,
                agenda=list(agenda),
                urgent=urgent,
                text=text,
                second_call_of=second_call_of,
                amends=amends,
                rules=now.house.rules.sha256,
            )
        )


def open_session(workspace: Workspace, name: str, *, of: int, who: Who, chair: str | None = None) -> SealedStatement:
    """Open a session with its quorum. `chair`: who presides, where neither chair nor deputy is there."""
    with turn(workspace, name) as now:
        found = session(now.house, of)
        known = found.opening
        leads = chair or presiding(now.house, found) or next(iter(found.there), "m_00000000")
        counted = known.count if known else count(now.house, found)
        return now.seal(Opening(**asdict(who), committee=name, of=found.entry, presiding=leads, count=counted))


def record_no_quorum(workspace: Workspace, name: str, *, of: int, who: Who) -> SealedStatement:
    """Record that a session could not begin."""
    with turn(workspace, name) as now:
        found = session(now.house, of)
        counted = found.no_quorum.count if found.no_quorum else count(now.house, found)
        return now.seal(NoQuorum(**asdict(who), committee=name, of=found.entry, count=counted))


def begin_vote(
    workspace: Workspace,
    name: str,
    *,
    of: int,
    item: str,
    title: str,
    secret: bool,
    who: Who,
    subject: str | None = None,
    anew: bool = False,
) -> SealedStatement:
    """Put something to the vote, or once more to another vote. `subject`: the hash of the text, where there is one."""
    with turn(workspace, name) as now:
        vote = Vote(**asdict(who), committee=name, of=of, item=item, title=title, secret=secret, subject=subject)
        return now.seal(vote, anew=anew)


def agree(
    workspace: Workspace, name: str, *, of: int, item: str, title: str, who: Who, subject: str | None = None
) -> SealedStatement:
    """Record a consensus: nobody who was there objected."""
    with turn(workspace, name) as now:
        found = session(now.house, of)
        found.item(item)
        counted = count(now.house, found, item)
        return now.seal(
            Consensus(**asdict(who), committee=name, of=of, item=item, title=title, subject=subject, count=counted)
        )


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
