"""Opinions as pages show them, what became of them, and what answers and states are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.audits.mixed import joined
from boussole.charter.committee.advising.advice import State
from boussole.charter.committee.advising.opinions import Fate, fates
from boussole.charter.record_types.acts import Dissent, Opinion, Referral
from boussole.charter.record_types.kinds import FollowUp, Reply
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.words.addresses import evidence_href, recommendations_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.person import who_words
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.committee_words import answered_words, followed_words, published_words, sense_word
from boussole.dashboard.views.record_words import attached_links, word

# What answers and what became of something are called, and the lines that tell them.


Link = tuple[str, str]


def state_word(state: State, say: Say) -> str:
    """How far a recommendation is."""
    words = {"overdue": say("Answer overdue"), "waiting": say("Answer awaited"), "answered": say("Answered")}
    return words[state] if state in words else word(FollowUp, "state", state, say)


@dataclass(frozen=True, kw_only=True)
class ReplyWords:
    """A reply, or what was reported since: what, who and when, in which words, its entry and its files."""

    what: str
    by: str
    text: str
    sealed: Link
    attached: Sequence[Link] = ()


def answers(facts: Facts, entry: int, say: Say, *, query: dict[str, str]) -> list[ReplyWords]:
    """Every reply to an entry, and everything reported since, in the order it was said."""
    said: list[tuple[int, Reply | FollowUp, str]] = [
        (at, each, word(Reply, "accepted", each.accepted, say))
        for at, each in facts.standing(Reply)
        if each.of == entry
    ]
    said += [
        (at, each, word(FollowUp, "state", each.state, say))
        for at, each in facts.standing(FollowUp)
        if each.of == entry
    ]
    return [
        ReplyWords(
            what=what,
            by=say("{date} ({role})", date=say.date(each.on), role=who_words(each.role, say)),
            text=say.written(each.text),
            sealed=(say("entry {n}", n=str(at)), evidence_href(query=query, entry=str(at))),
            attached=attached_links(at, each, say),
        )
        for at, each, what in sorted(said, key=lambda found: (found[1].on, found[0]))
    ]


def counted(parts: Sequence[str]) -> str:
    """Parts of a sentence that are there, one after the other."""
    return " ".join(part for part in parts if part)


# Opinions as other pages show them: what a committee said, its reservations and dissents, what became of it.


LONG = 1_200
"""Characters of an opinion that are shown at once."""


@dataclass(frozen=True, kw_only=True)
class OpinionView:
    """An opinion in the words that were adopted. `grave`: ignored, or late."""

    entry: int
    committee: str
    title: str
    sense: str
    told: str
    words: str
    reservations: Sequence[str]
    dissents: Sequence[tuple[str, str]]
    became: Sequence[tuple[str, str]]
    grave: bool
    answers: Sequence[ReplyWords]
    sealed: Link
    href: str
    waits: bool

    @property
    def first(self) -> str:
        """Of long words those that are shown at once; of others nothing."""
        return "" if len(self.words) <= LONG else self.words[:LONG].rpartition(" ")[0] or self.words[:LONG]

    def noted(self, say: Say) -> str:
        """How many reservations and dissents it has; empty where it has none."""
        held, against = len(self.reservations), len(self.dissents)
        told = [say.plural("one reservation", "{n} reservations", held)] if held else []
        if against:
            dissents = say.plural("one dissent", "{n} dissents", against)
            told.append(inside(dissents) if told else dissents)
        return ", ".join(told)


def opinions_about(
    chambers: Iterable[Chamber],
    say: Say,
    *,
    query: dict[str, str],
    inside: bool,
    article: str = "",
    system: str = "",
) -> list[OpinionView]:
    """The opinions on an article or a system, the latest first; all of them where none is named.

    `inside`: whether the reader sees the committee's work; others see what was published.
    """
    return [
        _view(chamber, fate, say, query=query, inside=inside)
        for chamber, fate in _latest_first(chambers, lambda fate: about(fate.opinion, article, system))
        if inside or fate.published is not None
    ]


def _latest_first(chambers: Iterable[Chamber], fits: Callable[[Fate], bool]) -> list[tuple[Chamber, Fate]]:
    found = [(chamber, fate) for chamber in chambers for fate in fates(chamber.house, chamber.facts) if fits(fate)]
    return sorted(found, key=lambda each: (each[1].opinion.on, each[1].entry), reverse=True)


def about(opinion: Opinion, article: str, system: str) -> bool:
    """Whether an opinion is on an article, or on a system."""
    return (not article or article in opinion.articles) and (not system or system == opinion.system)


def _view(chamber: Chamber, fate: Fate, say: Say, *, query: dict[str, str], inside: bool) -> OpinionView:
    said = fate.opinion
    dissents = [each for _, each in chamber.house.about(Dissent, said.of)]
    told = [say("{date}, {committee}", date=say.date(said.on), committee=chamber.title(say))]
    if said.system:
        told.append(chamber.system(said.system, say))
    if said.referral is not None:
        told.append(say.written(chamber.house.get(Referral, said.referral).subject))
    return OpinionView(
        entry=fate.entry,
        committee=chamber.id,
        title=say.written(said.wording.title),
        sense=sense_word(said.wording.sense, say),
        told=joined(" · ", told),
        words=say.written(said.wording.words),
        reservations=[say.written(each) for each in said.wording.reservations],
        dissents=[(_noted(chamber, each, say, inside=inside), say.written(each.text)) for each in dissents],
        became=[
            (say("Published"), published_words(fate, say)),
            (say("The answer"), answered_words(fate, say)),
            (say("What was made of it"), followed_words(fate, say)),
        ],
        grave=fate.ignored or "late" in (fate.publication, fate.answer),
        answers=answers(chamber.facts, fate.entry, say, query=query),
        sealed=(say("entry {n}", n=str(fate.entry)), evidence_href(query=query, entry=str(fate.entry))),
        href=recommendations_href(query=query, anchor=f"o-{fate.entry}"),
        waits=fate.first_reply is None,
    )


def _noted(chamber: Chamber, each: Dissent, say: Say, *, inside: bool) -> str:
    """Who disagreed: a name where the reader sits with them, else a member."""
    if not inside:
        return say("Reservation of a member") if each.sort == "reservation" else say("Dissent of a member")
    who = chamber.name(each.member, say)
    if each.sort == "reservation":
        return say("Reservation of {who}", who=who)
    return say("Dissent of {who}", who=who)
