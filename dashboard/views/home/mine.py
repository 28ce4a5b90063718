"""What waits for whoever looks: their next session, the votes that are open, what is due; as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from boussole.charter.committee.meetings.sessions import Session, sessions
from boussole.charter.committee.voting.presence import electors, running
from boussole.charter.record_types.acts import Ballot, Participation, Vote
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.committee.duty_words import duty_line, shortened
from boussole.dashboard.views.home.whose import concerns, for_everybody, opens
from boussole.dashboard.views.register.choice import Register
from boussole.dashboard.views.register.due import ACTS, DueEntry, DueLine, due_line, pressing
from boussole.dashboard.words.addresses import committee_href, register_href, session_href
from boussole.dashboard.words.say import Say

MOST, ALIKE = 4, 2
"""How many things the first page names, and how many of one kind."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits. `lines`: the votes, the next session, then what is due first; `more`: where all of it stands."""

    title: str
    lines: Sequence[DueLine]
    nothing: str
    more: tuple[str, str] | None


def waiting(
    me: Person,
    seated: Sequence[Chamber],
    register: Register,
    say: Say,
    *,
    query: dict[str, str],
    owed: Sequence[DueEntry] = (),
) -> Waiting:
    """What waits for somebody in their committees and the register. `owed`: what is due beside these."""
    votes = [vote for chamber in seated for vote in _votes(chamber, me, say, query=query, alone=len(seated) == 1)]
    coming = sorted(_sessions(seated, me, say, query=query), key=lambda each: each.on)[: max(len(seated), 1)]
    dues = sorted(_dues(me, seated, register, say, query=query, owed=owed), key=lambda each: each.on)
    shown, rest = pressing(dues, most=max(MOST - len(votes) - len(coming), 1), of_a_kind=ALIKE)
    lines = [*votes, *(each.line for each in coming), *(each.line for each in shown)]
    return Waiting(
        title=say("What awaits the organisation") if for_everybody(me) else say("What awaits you"),
        lines=[line if opens(me, line.href) else replace(line, href="") for line in lines],
        nothing=say("Nothing awaits you today."),
        more=_more(me, seated, say, query=query) if rest else None,
    )


def _more(me: Person, seated: Sequence[Chamber], say: Say, *, query: dict[str, str]) -> tuple[str, str]:
    """Where all that is due stands: to somebody of one committee there, to all others in the register."""
    if len(seated) == 1 and not for_everybody(me):
        return say("All that is due"), committee_href(seated[0].id, query=query, anchor="due")
    return say("All that is due, in the register"), register_href(query=query, anchor="due")


def open_votes(chamber: Chamber) -> list[tuple[Session, int, Vote]]:
    """The votes in which one can vote now, with their sessions."""
    found = [(each, running(chamber.house, each)) for each in sessions(chamber.house) if each.state == "open"]
    return [(each, entry, chamber.house.get(Vote, entry)) for each, entry in found if entry is not None]


def _votes(chamber: Chamber, me: Person, say: Say, *, query: dict[str, str], alone: bool) -> Iterator[DueLine]:
    for found, entry, vote in open_votes(chamber):
        title = shortened(vote.title)
        yield DueLine(
            when=say("Now"),
            overdue=False,
            what=say("Vote: “{title}”", title=title)
            if may_vote(chamber, found, entry, vote, me.member)
            else _told(title, say),
            place="" if alone else chamber.title(say),
            href=session_href(found.entry, query=query, anchor=f"decision-{entry}"),
        )


def _told(title: str, say: Say) -> str:
    return say("Open vote: “{title}”", title=title)


def may_vote(chamber: Chamber, found: Session, entry: int, vote: Vote, member: str | None) -> bool:
    """Whether a vote waits for somebody: for themselves, or for who gave them a proxy, and it is not cast yet."""
    cast = {act.voter for _, act in chamber.house.about(Ballot, entry)}
    cast |= {act.voter for _, act in chamber.house.about(Participation, entry)}
    able = electors(chamber.house, found, vote.item)
    return member is not None and any(by == member for voter, by in able.items() if voter not in cast)


def _sessions(seated: Sequence[Chamber], me: Person, say: Say, *, query: dict[str, str]) -> Iterator[DueEntry]:
    """The next session of each committee."""
    if not concerns(me, "session"):
        return
    for chamber in seated:
        for duty in [each for each in chamber.duties if each.kind == "session"][:1]:
            yield DueEntry(
                on=duty.on, kind=duty.kind, line=duty_line(chamber, duty, say, query=query, at_home=len(seated) == 1)
            )


def _dues(
    me: Person,
    seated: Sequence[Chamber],
    register: Register,
    say: Say,
    *,
    query: dict[str, str],
    owed: Sequence[DueEntry],
) -> Iterator[DueEntry]:
    """What is due to somebody or by them. Recommendations are due in the register already."""
    for chamber in seated:
        for duty in chamber.duties:
            if duty.kind not in ("session", "recommendation") and concerns(me, duty.kind):
                yield DueEntry(
                    on=duty.on,
                    kind=duty.kind,
                    line=duty_line(chamber, duty, say, query=query, at_home=len(seated) == 1),
                )
    for item in register.due:
        if item.kind in ACTS and concerns(me, item.kind):
            yield DueEntry(on=item.on, kind=item.kind, line=due_line(register, item, say, query=query))
    yield from (each for each in owed if concerns(me, each.kind))
