"""The first page as data: the compass, its title, lead, rose and table, and what waits for whoever looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.languages import capital, inside
from boussole.audits.mixed import joined
from boussole.charter.committee.meetings.sessions import Session, sessions
from boussole.charter.committee.people.members import sitting_on
from boussole.charter.committee.voting.presence import electors, running
from boussole.charter.deadlines.appeals import appeals
from boussole.charter.document.answers.verdict import URGENT, Verdict, worst
from boussole.charter.record_types.acts import Ballot, Participation, Vote
from boussole.dashboard.markup.elements import ORDER
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say, count
from boussole.dashboard.markup.words.addresses import (
    FIRST,
    answer_href,
    article_href,
    committee_href,
    explain_href,
    register_href,
    session_href,
    system_href,
)
from boussole.dashboard.server.access.log import SheetRequest
from boussole.dashboard.server.access.permissions import Action, Person, allowed
from boussole.dashboard.server.access.places import page_actions
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of
from boussole.dashboard.views.answers.known import known_words
from boussole.dashboard.views.answers.short import short_answer
from boussole.dashboard.views.answers.small_print import Cap, caps
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.charts.drawings import SystemRing, rings_shown, rose_svg, rose_text
from boussole.dashboard.views.committee_words import duty_line, shortened
from boussole.dashboard.views.register_words import ACTS, DueEntry, DueLine, Register, due_line, pressing, when
from boussole.dashboard.views.scene import JudgedQuestion, Scene, findings, needle, period, rings

# The compass as data: what its title, lead, rose and table say.


LEADS = 2
"""How many findings the lead sentence names."""


@dataclass(frozen=True, kw_only=True)
class CompassLine:
    """One finding as a line: its mark, place (`label`), what its page says (`short`), and what else is `known`."""

    verdict: str
    before: str | None
    place: str
    question: str
    label: str
    sentence: str
    short: str
    known: str
    href: str


@dataclass(frozen=True, kw_only=True)
class ArticleRow:
    """One row of the table: an article, its verdict per ring, and how many of its questions are answered."""

    order: int
    title: str
    href: str
    verdicts: Sequence[str]
    hrefs: Sequence[str]
    answered: int
    asked: int


@dataclass(frozen=True, kw_only=True)
class Compass:
    """The whole compass. `branches`: name and address of each article, as pages lay them over `rose_unnamed`."""

    subtitle: str
    tone: str
    headline: str
    others: str
    leads: Sequence[CompassLine]
    caps: Sequence[Cap]
    rose: str
    rose_unnamed: str
    branches: Sequence[tuple[str, str]]
    rose_alt: str
    rose_note: str
    rings_note: str
    columns: Sequence[str]
    rows: Sequence[ArticleRow]


def compass(scene: Scene, say: Say, *, query: dict[str, str]) -> Compass:
    """The page for the latest audit of every system. `query` is kept in every link (the language)."""
    articles, all_rings, ordered = scene.articles(say), rings(scene, say), findings(scene)
    points_at = needle(scene)
    urgent = [finding for finding in ordered if finding.key in URGENT]
    leads = _first_of_each_article([finding for finding in urgent if finding.key == urgent[0].key])[:LEADS]
    lead_lines = [line(scene, finding, say, query=query) for finding in leads]
    rings_note = _rings_note(all_rings, points_at, say)
    return Compass(
        subtitle=_subtitle(scene, say),
        tone=first_of(_per_verdict(scene)),
        headline=headline(scene, say),
        others=others(scene, say),
        leads=lead_lines,
        caps=caps(scene, say, query=query),
        rose=rose_svg(articles, all_rings, say.lang, needle=points_at),
        rose_unnamed=rose_svg(articles, all_rings, say.lang, needle=points_at, named=False),
        branches=[(name, article_href(article, query=query)) for article, name in articles.items()],
        rose_alt=rose_text(articles, all_rings, say.lang, needle=points_at),
        rose_note=joined(" ", [say("Each branch is an article of the charter."), rings_note]),
        rings_note=rings_note,
        columns=[ring.title for ring in rings_shown(all_rings, articles, say)],
        rows=_rows(scene, say, query=query),
    )


def line(
    scene: Scene, finding: JudgedQuestion, say: Say, *, query: dict[str, str], before: str | None = None
) -> CompassLine:
    """A finding as a line with a link to its question."""
    article = scene.articles(say).get(finding.article, finding.article)
    document, system = scene.examined[finding.system], scene.systems.get(finding.system)
    title = scene.title(finding.system, say)
    question, indicator = question_of(scene.charter, finding.verdict, say), indicator_of(scene.charter, finding.verdict)
    label = say.text(indicator.label) if indicator and indicator.label else ""
    return CompassLine(
        verdict=finding.key,
        before=before,
        place=say("{system}, {article}", system=title, article=article),
        question=question,
        label=say("{name}: {value}", name=title, value=inside(label)) if label else question,
        sentence=sentence_of(scene.charter, finding.verdict, say, system=system),
        short=short_answer(scene.charter, document, finding.verdict, say, system=system, title=title),
        known=known_words(scene, finding.system, finding.verdict, say),
        href=answer_href(finding.system, finding.verdict.indicator, query=query),
    )


def headline(scene: Scene, say: Say) -> str:
    """The answer in one sentence: how many articles stand where the worst does."""
    counts = _per_verdict(scene)
    if counts["broken"]:
        return say.plural("One commitment is not kept.", "{n} commitments are not kept.", counts["broken"])
    if counts["watch"]:
        return say.plural(
            "One commitment is to be watched; none is found broken.",
            "{n} commitments are to be watched; none is found broken.",
            counts["watch"],
        )
    if counts["unknown"]:
        return say.plural(
            "On one commitment we cannot tell; none is found broken.",
            "On {n} commitments we cannot tell; none is found broken.",
            counts["unknown"],
        )
    if counts["not_examined"] and counts["kept"]:
        return say.plural(
            "Nobody has examined one commitment yet.",
            "Nobody has examined {n} commitments yet.",
            counts["not_examined"],
        )
    if counts["kept"]:
        return say("Everything that was examined is kept.")
    return say("No question of the charter has been examined yet.")


def first_of(counts: Mapping[str, int]) -> str:
    """The worst verdict that there is; not examined, where there is none."""
    return next((verdict for verdict in ORDER if counts[verdict]), Verdict.NOT_EXAMINED)


def others(scene: Scene, say: Say) -> str:
    """How the other articles stand: "Of the others: one to watch, five not examined."; empty without others."""
    counts = _per_verdict(scene)
    return of_the_others(counts, first_of(counts), say)


def of_the_others(counts: Mapping[str, int], first: str, say: Say) -> str:
    """How those stand that have not the first verdict; empty where all have."""
    told = {
        "watch": say.plural("one to watch", "{n} to watch", counts["watch"]),
        "unknown": say.plural("one where we cannot tell", "{n} where we cannot tell", counts["unknown"]),
        "not_examined": say.plural("one not examined", "{n} not examined", counts["not_examined"]),
        "kept": say.plural("one kept", "{n} kept", counts["kept"]),
    }
    listed = ", ".join(inside(text) for verdict, text in told.items() if counts[verdict] and verdict != first)
    return say("Of the others: {list}.", list=listed) if listed else ""


def _per_verdict(scene: Scene) -> dict[str, int]:
    per_article = [
        worst([s.verdict for d in scene.examined.values() for s in d.articles if s.article == article.id])
        for article in scene.charter.articles
    ]
    return {verdict: per_article.count(verdict) for verdict in ORDER}


def _subtitle(scene: Scene, say: Say) -> str:
    audited, known = len(scene.latest), count(len(set(scene.systems) | set(scene.latest)), say)
    read = {texts: sum(d.decisions for d in scene.latest.values() if d.of_texts == texts) for texts in (False, True)}
    parts = [
        say.plural(
            "One system audited of {known} in the register",
            "{n} systems audited of {known} in the register",
            audited,
            known=known,
        ),
        *([say("{n} decisions read", n=say.whole(read[False]))] if read[False] or not read[True] else []),
        *([say("{n} texts read", n=say.whole(read[True]))] if read[True] else []),
    ]
    periods = {period(document, say) for document in scene.latest.values()}
    if len(periods) == 1:
        parts.insert(1, periods.pop())
    return " · ".join(parts)


def _rings_note(all_rings: Sequence[SystemRing], points_at: str | None, say: Say) -> str:
    """Which ring is which system. What the needle means the fold beside it says; where there is one ring, this does."""
    if len(all_rings) > 1:
        return say("From the inside out: {systems}.", systems=joined(", ", [ring.title for ring in all_rings]))
    return say("The needle shows what most needs attention.") if points_at else ""


def _rows(scene: Scene, say: Say, *, query: dict[str, str]) -> list[ArticleRow]:
    shown = rings_shown(rings(scene, say), scene.articles(say), say)
    systems = list(scene.examined)
    found = []
    for article in scene.charter.articles:
        summaries = [s for d in scene.examined.values() for s in d.articles if s.article == article.id]
        hrefs = [system_href(system, query=query, anchor=article.id) for system in systems]
        found.append(
            ArticleRow(
                order=article.order,
                title=say.text(article.title),
                href=article_href(article.id, query=query),
                verdicts=[ring.verdicts.get(article.id, "not_examined") for ring in shown],
                hrefs=hrefs if len(hrefs) == len(shown) else [],
                answered=sum(summary.answered for summary in summaries),
                asked=sum(summary.asked for summary in summaries),
            )
        )
    return found


def _first_of_each_article(ordered: Sequence[JudgedQuestion]) -> list[JudgedQuestion]:
    seen: dict[str, JudgedQuestion] = {}
    for finding in ordered:
        seen.setdefault(finding.article, finding)
    return list(seen.values())


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
    return allowed(me.role, page_actions()[name])


def _belongs(me: Person, chamber: Chamber) -> bool:
    sits = me.member is not None and me.member in sitting_on(chamber.house, chamber.now.date())
    return sits or chamber.id in me.secretary_of


# What waits for whoever looks: their next session, the votes that are open, what is due; as data.


MOST, ALIKE = 4, 2
"""How many things the first page names, and how many of one kind."""


def waiting(
    me: Person,
    seated: Sequence[Chamber],
    register: Register,
    say: Say,
    *,
    query: dict[str, str],
    owed: Sequence[DueEntry] = (),
) -> PageData:
    """What waits for somebody in their committees and the register. `owed`: what is due beside these."""
    votes = [now for chamber in seated for now in _now(chamber, me, say, query=query, alone=len(seated) == 1)]
    coming = sorted(_sessions(seated, me, say, query=query), key=lambda each: each.on)[: max(len(seated), 1)]
    dues = sorted(_dues(me, seated, register, say, query=query, owed=owed), key=lambda each: each.on)
    asked = [each for each in dues if each.kind == "sheet"][:ALIKE]  # somebody waits: what is late does not hide it
    left = [each for each in dues if each not in asked]
    shown, rest = pressing(left, most=max(MOST - len(votes) - len(asked) - len(coming), 1), of_a_kind=ALIKE)
    lines = [*votes, *(each.line for each in (*asked, *coming, *shown))]
    return {
        "title": say("What awaits the organisation") if for_everybody(me) else say("What awaits you"),
        "lines": [line if opens(me, line.href) else replace(line, href="") for line in lines],
        "nothing": say("Nothing awaits you today."),
        "more": _more(me, seated, say, query=query) if rest else None,
    }


def _more(me: Person, seated: Sequence[Chamber], say: Say, *, query: dict[str, str]) -> tuple[str, str]:
    """Where all that is due stands: to somebody of one committee there, to all others in the register."""
    if len(seated) == 1 and not for_everybody(me):
        return say("All that is due"), committee_href(seated[0].id, query=query, anchor="due")
    return say("All that is due, in the register"), register_href(query=query, anchor="due")


def sheets(
    found: Sequence[SheetRequest], me: Person, scene: Scene, say: Say, *, query: dict[str, str]
) -> list[DueEntry]:
    """The sheets of one decision that wait for a case handler, and those open to the reader, of some requests."""
    due, today = [], scene.facts.as_of
    answered = {each.appeal.number for each in appeals(scene.facts) if each.decision is not None}
    for each in found:
        asks = allowed(me.role, Action.CONFIRM_SHEET) and each.confirmed_by is None
        if asks or (each.confirmed_by is not None and each.request not in answered):
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
