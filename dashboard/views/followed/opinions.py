"""Opinions as other pages show them: what a committee said, its reservations and dissents, what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from boussole.audits.mixed import joined
from boussole.charter.committee.advising.opinions import Fate, fates
from boussole.charter.record_types.acts import Dissent, Opinion, Referral
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.committee.words import answered_words, followed_words, published_words, sense_word
from boussole.dashboard.views.followed.words import Link, ReplyWords, answers
from boussole.dashboard.words.addresses import evidence_href, recommendations_href
from boussole.dashboard.words.say import Say


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
            (say("Answered"), answered_words(fate, say)),
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
