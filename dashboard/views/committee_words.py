"""What a committee’s own words are in a language: states, votes, quorum, what is due, what became of its opinions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.audits.mixed import joined
from boussole.charter.committee.advising.advice import State
from boussole.charter.committee.advising.opinions import Fate, fates
from boussole.charter.committee.duties import Duty
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import (
    Attendance,
    CommitteeQuestion,
    Count,
    Dissent,
    Office,
    Opinion,
    PublicationDecision,
    Referral,
    Rules,
)
from boussole.charter.record_types.kinds import FollowUp, Reply
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import (
    committee_href,
    evidence_href,
    questions_href,
    recommendations_href,
    session_href,
)
from boussole.dashboard.server.access.permissions import who_words
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.register_words import DueLine, when, word

# What a committee's own words are in a language: states, votes, presence, quorum.


OFFICES = ("chair", "deputy")


def state_word(state: str, say: Say) -> str:
    """How far a session is.

    >>> from boussole.dashboard.markup.words import speaker
    >>> state_word("no_quorum", speaker("en"))
    'no quorum'
    """
    words = {
        "called": say("called"),
        "open": say("open now"),
        "closed": say("held"),
        "no_quorum": say("no quorum"),
        "cancelled": say("cancelled"),
    }
    return words[state]


def office_word(office: str, say: Say) -> str:
    """The office of a member."""
    return word(Office, "office", office, say)


def item_word(kind: str, say: Say) -> str:
    """What is done under an item of an agenda."""
    words = {
        "approval": say("for approval"),
        "information": say("for information"),
        "discussion": say("for discussion"),
        "opinion": say("for an opinion"),
        "election": say("election"),
        "other": say("other"),
    }
    return words[kind]


def sense_word(sense: str, say: Say) -> str:
    """What an opinion comes to."""
    words = {
        "favourable": say("favourable"),
        "reserved": say("favourable with reservations"),
        "unfavourable": say("unfavourable"),
        "none": say("neither for nor against"),
    }
    return words[sense]


def presence_word(presence: str, say: Say) -> str:
    """How a member is there, or is not."""
    return say("not recorded") if presence == "absent" else word(Attendance, "mode", presence, say)


def choice_word(choice: str, say: Say) -> str:
    """What somebody votes."""
    return {"for": say("For"), "against": say("Against"), "abstain": say("Abstention")}[choice]


def published_words(fate: Fate, say: Say) -> str:
    """Whether an opinion was published."""
    if fate.published:
        said = fate.published[1]
        words = say("on {date}", date=say.date(said.on))
        return words if fate.publication == "on_time" else say("on {date}, late", date=say.date(said.on))
    if fate.publication == "withheld":
        return say("withheld")
    by = say.date(fate.publish_by)
    return say("late since {date}", date=by) if fate.publication == "late" else say("by {date}", date=by)


def answered_words(fate: Fate, say: Say) -> str:
    """Whether an opinion was answered."""
    if fate.first_reply:
        on = say.date(fate.first_reply[1].on)
        return say("on {date}", date=on) if fate.answer == "on_time" else say("on {date}, late", date=on)
    by = say.date(fate.reply_by)
    return say("late since {date}", date=by) if fate.answer == "late" else say("awaited by {date}", date=by)


def followed_words(fate: Fate, say: Say) -> str:
    """What was made of an opinion."""
    words = {
        "yes": say("accepted"),
        "partly": say("accepted in part"),
        "no": say("not accepted"),
        "in_progress": say("in progress"),
        "done": say("done"),
        "dropped": say("dropped"),
    }
    if fate.ignored:
        return say("ignored")
    return words[fate.followed] if fate.followed else say("no answer yet")


def known_words(asked: CommitteeQuestion, say: Say) -> str:
    """That a question had been asked already, in the same words."""
    on, due = say.date(asked.on), say.date(asked.due_on)
    return say(
        "This question had been asked already, on {date}: it stands once, and its answer is due on {due}.",
        date=on,
        due=due,
    )


def coming_words(count: Count, say: Say) -> str:
    """How many must come to a session that is still ahead."""
    if not count.needed:
        return say("It needs no quorum.")
    numbers = {"needed": say.whole(count.needed), "members": say.whole(count.members)}
    return say(
        "For a quorum, {needed} of {members} members must be there, in the room, from afar or by proxy.", **numbers
    )


def quorum_words(count: Count, say: Say, *, over: bool) -> str:
    """Whether there are enough, in a sentence that a lay reader understands. `over`: it was counted, and is past."""
    numbers = {
        "counted": say.whole(count.counted),
        "needed": say.whole(count.needed),
        "members": say.whole(count.members),
    }
    if not count.needed:
        return say("This session needs no quorum: {counted} of {members} members count as there.", **numbers)
    if over:
        return say("Quorum: {counted} of {members} members counted as there, {needed} were needed.", **numbers)
    if count.reached:
        return say("There is a quorum: {counted} of {members} members count as there, {needed} are needed.", **numbers)
    return say("There is no quorum yet: {counted} of {members} members count as there, {needed} are needed.", **numbers)


def there_words(count: Count, say: Say) -> str:
    """Of whom the count is made: in the room, from afar, represented."""
    room = count.present - count.remote
    parts = [
        say.plural("one in the room", "{n} in the room", room) if room else "",
        say.plural("one from afar", "{n} from afar", count.remote) if count.remote else "",
        say.plural("one represented", "{n} represented", count.represented) if count.represented else "",
    ]
    return joined(", ", [inside(part) for part in parts if part])


def rules_words(rules: Rules, say: Say) -> list[tuple[str, str]]:
    """How a committee works, one line for each rule."""
    votes = rules.votes
    majority = {
        "cast": say("more votes for than against; abstentions do not count"),
        "present": say("for, by more than half of all who are there or represented"),
    }
    notice = say.plural("at least one day before", "at least {n} days before", rules.sessions.notice_days)
    urgent = say("less in an emergency, with its reason") if rules.sessions.urgent else ""
    proxies = (
        say.plural("one for each member at most", "{n} for each member at most", rules.proxies.per_member)
        if rules.proxies.per_member
        else say("none")
    )
    equal = say("the vote of who presides decides") if votes.casting_vote else say("nothing is adopted")
    publish = say.plural("within one day", "within {n} days", rules.opinions.publish_days)
    answered = say.plural("within one day", "within {n} days", rules.opinions.reply_days)
    late = say.plural("after one day of waiting", "after {n} days of waiting", rules.opinions.late_days)
    return [
        (say("Sessions are called"), say.apart(each for each in (notice, urgent) if each)),
        (say("Quorum: the number that must be there"), say("{share} of the members", share=rules.quorum.share)),
        (say("Proxies: voting for somebody absent"), proxies),
        (say("A vote is won by"), majority[votes.majority]),
        (say("Where votes are equal"), say("{open}; in a secret ballot nothing is adopted", open=equal)),
        (say("A secret ballot needs"), say.plural("one voter", "{n} voters", votes.secret_fewest)),
        (say("An opinion is published"), publish),
        (say("An opinion is answered"), answered),
        (say("An opinion counts as ignored"), late),
    ]


# What is due to a committee, in words.


FOLLOWED = {"answer": "o", "recommendation": "r"}
"""What begins the place of an opinion, or a recommendation, on the page that follows them."""
SHORT = 90
"""Characters of a question that a line quotes."""


def duty_line(chamber: Chamber, duty: Duty, say: Say, *, query: dict[str, str], at_home: bool = False) -> DueLine:
    """A line of a list of what is due: when, what, and where it is done. `at_home`: on the committee's own page."""
    return DueLine(
        when=capital(when(duty.on, chamber.today, say)),
        overdue=duty.on < chamber.today,
        what=_what(chamber, duty, say),
        place="" if at_home else chamber.title(say),
        href=duty_href(chamber, duty, query=query),
    )


def shortened(text: str, most: int = SHORT) -> str:
    """The first line of a text, cut after a word where it is long.

    >>> shortened("Why do women wait longer than men?", 20)
    'Why do women wait…'
    """
    line = next(iter(text.strip().splitlines()), "")
    return line if len(line) <= most else line[:most].rpartition(" ")[0].rstrip(" ,;:") + "…"


def _what(chamber: Chamber, duty: Duty, say: Say) -> str:
    if duty.kind in ("session", "lapsed", "unclosed", "pack", "second_call", "minutes", "approval"):
        return _of_session(chamber, duty, say)
    if duty.kind in ("publication", "answer"):
        return _of_opinion(chamber, duty, say)
    if duty.kind == "question":
        asked = chamber.house.get(CommitteeQuestion, duty.entry)
        return say(
            "Answer from {who} to: “{question}”", who=say.written(duty.who), question=say.written(shortened(asked.text))
        )
    if duty.kind == "referral":
        return say(
            "Give an opinion on “{subject}”", subject=say.written(chamber.house.get(Referral, duty.entry).subject)
        )
    if duty.kind == "recommendation":
        return say("Answer recommendation no. {n}: {who}", n=str(duty.entry), who=say.written(duty.who))
    return say("The mandate of {member} ends: name a successor", member=chamber.name(duty.member, say))


def _of_session(chamber: Chamber, duty: Duty, say: Say) -> str:
    found = session(chamber.house, duty.entry)
    date = say.date(found.day)
    words = {
        "session": say("Session of {date}, {place}", date=date, place=say.written(found.call.place)),
        "lapsed": say("Session of {date}: say that it was cancelled, or that it lacked a quorum", date=date),
        "unclosed": say("Close the session of {date}", date=date),
        "pack": say("Freeze the evidence for the session of {date}", date=date),
        "second_call": say("Call the session of {date} again: there was no quorum", date=date),
        "minutes": say("Seal the minutes of the session of {date}", date=date),
        "approval": say("Approve the minutes of the session of {date}", date=date),
    }
    return words[duty.kind]


def _of_opinion(chamber: Chamber, duty: Duty, say: Say) -> str:
    title = say.written(chamber.house.get(Opinion, duty.entry).wording.title)
    if duty.kind == "answer":
        return say("Answer to the opinion “{title}”", title=title)
    decision = chamber.house.last(PublicationDecision, duty.entry)
    if decision is not None and decision[1].publish:
        return say("Publish the opinion “{title}”", title=title)
    return say("Decide whether to publish the opinion “{title}”", title=title)


def duty_href(chamber: Chamber, duty: Duty, *, query: Mapping[str, str]) -> str:
    """Where it is done."""
    if duty.kind == "question":
        return questions_href(query=query, anchor=f"q-{duty.entry}")
    if duty.kind == "publication":
        decision = chamber.house.get(Opinion, duty.entry).of
        return session_href(decided(chamber.house, decision)[0].of, query=query, anchor=f"decision-{decision}")
    if duty.kind in FOLLOWED:
        return recommendations_href(query=query, anchor=f"{FOLLOWED[duty.kind]}-{duty.entry}")
    anchors = {"referral": "matters", "mandate": "members"}
    if duty.kind in anchors:
        return committee_href(chamber.id, query=query, anchor=anchors[duty.kind])
    return session_href(duty.entry, query=query, anchor={"minutes": "minutes", "pack": "pack"}.get(duty.kind, ""))


# What answers and what became of something are called, and the lines that tell them.


Link = tuple[str, str]


def follow_up_word(state: State, say: Say) -> str:
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
    fits: Callable[[str | None], bool] = lambda _: True,
) -> list[OpinionView]:
    """The opinions on an article or a system (or all), the latest first; only published ones unless `inside`."""
    return [
        _view(chamber, fate, say, query=query, inside=inside)
        for chamber, fate in _latest_first(chambers, lambda fate: about(fate.opinion, article, system))
        if (inside or fate.published is not None) and fits(fate.opinion.system)
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
    if not inside:
        return say("Reservation of a member") if each.sort == "reservation" else say("Dissent of a member")
    who = chamber.name(each.member, say)
    if each.sort == "reservation":
        return say("Reservation of {who}", who=who)
    return say("Dissent of {who}", who=who)
