"""What the first page tells whoever looks: what waits for them, whose it is, and what changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.languages import capital
from boussole.charter.committee.meetings.sessions import Session, session, sessions
from boussole.charter.committee.people.members import sitting_on
from boussole.charter.committee.voting.presence import electors, running
from boussole.charter.document import AuditDocument
from boussole.charter.record_types.acts import Ballot, Participation, Vote
from boussole.dashboard.markup.words.addresses import (
    FIRST,
    committee_href,
    compass_href,
    explain_href,
    register_href,
    session_href,
)
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.log import SheetRequest
from boussole.dashboard.server.access.permissions import Action, allowed
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.access.places import PAGES
from boussole.dashboard.views.chamber import Before, Chamber, Met, News, changed_answers, news
from boussole.dashboard.views.committee_words import duty_line, shortened
from boussole.dashboard.views.compass import Line, line
from boussole.dashboard.views.register_words import ACTS, DueEntry, DueLine, Register, due_line, pressing, when
from boussole.dashboard.views.scene import Finding, Scene, answers

# What concerns whoever looks: their committees, and the duties that their role can do something about.


ACTIONS: Mapping[str, frozenset[Action]] = {
    "session": frozenset({Action.TAKE_PART, Action.CONVENE}),
    "lapsed": frozenset({Action.CONVENE}),
    "unclosed": frozenset({Action.PRESIDE}),
    "pack": frozenset({Action.CONVENE}),
    "second_call": frozenset({Action.CONVENE}),
    "minutes": frozenset({Action.CONVENE}),
    "approval": frozenset({Action.TAKE_PART, Action.PRESIDE}),
    "question": frozenset({Action.ANSWER, Action.TAKE_PART, Action.CONVENE}),
    "answer": frozenset({Action.ANSWER, Action.TAKE_PART, Action.CONVENE}),
    "recommendation": frozenset({Action.ANSWER, Action.TAKE_PART, Action.CONVENE}),
    "reply": frozenset({Action.ANSWER, Action.TAKE_PART, Action.CONVENE}),
    "referral": frozenset({Action.TAKE_PART, Action.CONVENE}),
    "publication": frozenset({Action.ISSUE}),
    "mandate": frozenset({Action.SEAT}),
    "audit": frozenset({Action.AUDIT}),
    "attestation": frozenset({Action.STATE}),
    "case": frozenset({Action.STATE}),
    "incident": frozenset({Action.TELL_INCIDENT}),
    "appeal": frozenset({Action.ENTER_APPEAL}),
    "sheet": frozenset({Action.OPEN_SHEET, Action.CONFIRM_SHEET}),
    "review": frozenset({Action.REGISTER}),
}
"""By kind of duty, what somebody must be allowed to do for it to be theirs: to do it, or to wait for it."""


def for_everybody(me: Person) -> bool:
    """Whether the page speaks to the whole organisation: nobody is signed in, nor has said which member they are."""
    return not me.authenticated and me.member is None


def own_chambers(chambers: Mapping[str, Chamber], me: Person) -> Sequence[Chamber]:
    """The committees of whoever looks: where they sit or keep the pen, else all whose work their role sees."""
    if not allowed(me.role, Action.SEE_COMMITTEE):
        return ()
    mine = [each for each in chambers.values() if _belongs(me, each)]
    return mine or list(chambers.values())


def concerns(me: Person, kind: str) -> bool:
    """Whether a duty of a kind is for whoever looks; everybody's are for the whole organisation."""
    return for_everybody(me) or any(allowed(me.role, action) for action in ACTIONS[kind])


def opens(me: Person, href: str) -> bool:
    """Whether whoever looks may open the page of an address."""
    name = href.partition("?")[0].partition("#")[0].strip("/") or FIRST
    return allowed(me.role, PAGES[name])


def _belongs(me: Person, chamber: Chamber) -> bool:
    sits = me.member is not None and me.member in sitting_on(chamber.house, chamber.now.date())
    return sits or chamber.id in me.secretary_of


# What waits for whoever looks: their next session, the votes that are open, what is due; as data.


MOST, ALIKE = 4, 2
"""How many things the first page names, and how many of one kind."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What waits. `lines`: what goes on, the next session, then what is due first; `more`: where all of it stands."""

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
    votes = [now for chamber in seated for now in _now(chamber, me, say, query=query, alone=len(seated) == 1)]
    coming = sorted(_sessions(seated, me, say, query=query), key=lambda each: each.on)[: max(len(seated), 1)]
    dues = sorted(_dues(me, seated, register, say, query=query, owed=owed), key=lambda each: each.on)
    asked = [each for each in dues if each.kind == "sheet"][:ALIKE]  # somebody waits: what is late does not hide it
    left = [each for each in dues if each not in asked]
    shown, rest = pressing(left, most=max(MOST - len(votes) - len(asked) - len(coming), 1), of_a_kind=ALIKE)
    lines = [*votes, *(each.line for each in (*asked, *coming, *shown))]
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


def _now(chamber: Chamber, me: Person, say: Say, *, query: dict[str, str], alone: bool) -> Iterator[DueLine]:
    """What goes on in a committee at this moment: open votes, and sessions that are open while nothing is voted."""
    votes = open_votes(chamber)
    for found in sessions(chamber.house) if concerns(me, "session") else ():
        if found.state == "open" and found.entry not in {each.entry for each, *_ in votes}:
            yield DueLine(
                when=say("Now"),
                overdue=False,
                what=say("A session is open"),
                place="" if alone else chamber.title(say),
                href=session_href(found.entry, query=query),
            )
    for found, entry, vote in votes:
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


def sheets(
    found: Sequence[SheetRequest], me: Person, scene: Scene, say: Say, *, query: dict[str, str]
) -> list[DueEntry]:
    """The sheets of one decision that wait for a case handler, and those that are open to whoever looks until they are
    handed out. `found`: the requests that concern them."""
    due, today = [], scene.facts.as_of
    for each in found:
        asks = allowed(me.role, Action.CONFIRM_SHEET) and not each.confirmed
        if asks or (each.confirmed and each.entry is None):
            day = each.expires_at.astimezone(say.zone).date()
            line = DueLine(
                when=capital(when(day, today, say)),
                overdue=False,
                what=say("Agree or not that a decision be seen")
                if asks
                else say("Read a decision’s sheet, open to you"),
                place=scene.title(each.system, say),
                href=explain_href(query=query, anchor="waiting" if asks else "agreed"),
            )
            due.append(DueEntry(on=day, kind="sheet", line=line))
    return due


# What the first page says has changed: since a session, or since the audits before where no committee met; as data.


ANSWERS, MOST_CHANGES = 2, 3
"""How many changed answers the first page names, and how much in all."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed. `told`: what is said of the answers where none differs, or where there is nothing to compare."""

    title: str
    answers: Sequence[Line]
    told: str
    news: Sequence[News]
    more: tuple[str, str] | None


def since_session(
    scene: Scene, met: Met, then: Before, say: Say, *, query: dict[str, str], incidents: bool, every: bool
) -> Changes:
    """What changed since a session. `incidents`: whoever looks may see these; `every`: nothing is left for later."""
    day = session(met.chamber.house, met.session).day
    told = news(scene, met, then, say, query=query, incidents=incidents)
    title = say("What has changed since the session of {date}", date=say.date(day))
    return _shown(scene, changed_answers(scene, then), told, say, query=query, title=title, every=every)


def since_audit(scene: Scene, say: Say, *, query: dict[str, str], every: bool) -> Changes:
    """What changed since the audits before: where no committee met, or whoever looks sees the work of none."""
    days = [each.until if isinstance(each, AuditDocument) else each.end for each in scene.previous.values()]
    if not days:
        nothing = say("This is the first audit: there is nothing to compare yet.")
        return Changes(title=say("What has changed"), answers=(), told=nothing, news=(), more=None)
    title = say("What has changed since the audit up to {date}", date=say.date(max(days)))
    return _shown(scene, _between_audits(scene), [], say, query=query, title=title, every=every)


def _shown(
    scene: Scene,
    found: Sequence[tuple[Finding, str]],
    told: Sequence[News],
    say: Say,
    *,
    query: dict[str, str],
    title: str,
    every: bool,
) -> Changes:
    answers = found if every else found[:ANSWERS]
    rest = told if every else told[: MOST_CHANGES - len(answers)]
    left, n = len(answers) + len(rest) < len(found) + len(told), len(found) + len(told)
    whole = (say("See all {n} changes", n=say.whole(n)), compass_href(query=query, changes="all", anchor="changes"))
    return Changes(
        title=title,
        answers=[line(scene, finding, say, query=query, before=earlier) for finding, earlier in answers],
        told="" if found else say("No verdict has changed."),
        news=rest,
        more=whole if left else None,
    )


def _between_audits(scene: Scene) -> list[tuple[Finding, str]]:
    """The questions whose verdict differs from the previous audit's, with that one; what most needs attention first."""
    found = []
    for finding in answers(scene):
        previous = scene.previous.get(finding.system)
        if previous is None:
            continue
        before = {v.indicator: v.verdict for v in previous.verdicts}
        earlier = before.get(finding.verdict.indicator, "not_examined")
        if earlier != finding.key:
            found.append((finding, earlier))
    return found
