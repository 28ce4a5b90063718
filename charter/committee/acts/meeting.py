"""The acts of a session whose numbers are counted in the moment they are sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Who, turn
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.voting.presence import count, presiding
from boussole.charter.record_types.acts import Consensus, Convocation, Item, NoQuorum, Opening, Vote
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
