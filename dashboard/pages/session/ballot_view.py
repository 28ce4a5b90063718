"""A vote that is open, as data: the very text that is voted on with its version, how many voted, and never what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.charter.committee.meetings.sessions import Session, session
from boussole.charter.committee.placeholders import paragraphs
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voted import VotedText
from boussole.charter.committee.voting.presence import over, voters
from boussole.charter.record_types.acts import FrozenPack, Minutes, Vote
from boussole.dashboard.pages.session.files import minutes_href
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.committee.words import sense_word
from boussole.dashboard.words.addresses import draft_href
from boussole.dashboard.words.say import Say

Linked = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class BallotText:
    """What is voted on, to the letter. `source` says where it stands, `warning` what whoever votes must know of it."""

    source: Linked | None
    told: str
    warning: str
    title: str = ""
    sense: str = ""
    paragraphs: Sequence[str] = ()
    reservations: Sequence[str] = ()
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A vote that is still open: what it is about, how many have voted, and never what."""

    entry: int
    item: str
    title: str
    told: str
    text: BallotText


def open_votes(
    chamber: Chamber, found: Session, texts: Mapping[str, VotedText] | None, say: Say, *, query: dict[str, str]
) -> list[Running]:
    """The votes of a session that are open, in the order they began. `texts`: what was saved, by its hash; None for
    whoever does not read what the committee is writing."""
    house = chamber.house
    return [
        Running(
            entry=entry,
            item=vote.item,
            title=say.written(vote.title),
            told=_told(house, entry, vote, say),
            text=_text(chamber, vote, texts, say, query=query),
        )
        for entry, vote in house.about(Vote, found.entry)
        if not over(house, entry)
    ]


def unfrozen_words(house: CommitteeState, found: Session, say: Say) -> str:
    """That a session has no frozen evidence, before or while it votes; empty where it has, and where it is over."""
    if found.state != "open" or house.last(FrozenPack, found.entry) is not None:
        return ""
    return say(
        "The evidence of this session is not frozen: the figures on the pages can change between the debate and the "
        "vote, and nobody can show later what the committee had seen."
    )


def _told(house: CommitteeState, entry: int, vote: Vote, say: Say) -> str:
    cast = len(voters(house, entry))
    kind = say("Secret ballot under way") if vote.secret else say("Vote under way")
    number = say.plural("one vote cast", "{n} votes cast", cast) if cast else say("no vote cast yet")
    return f"{kind} · {inside(number)}"


def _text(
    chamber: Chamber, vote: Vote, texts: Mapping[str, VotedText] | None, say: Say, *, query: dict[str, str]
) -> BallotText:
    if vote.subject is None:
        told = say("No text goes with this vote: what is decided is what its title says.")
        return BallotText(source=None, told=told, warning="")
    if minutes := _minutes(chamber, vote.subject, say):
        return minutes
    if texts is None:
        told = say("The members of the committee read its text here; others do once it is decided.")
        return BallotText(source=None, told=told, warning="", fingerprint=vote.subject)
    if vote.subject in texts:
        return _draft(texts[vote.subject], say, query=query)
    return BallotText(
        source=None,
        told="",
        warning=say(
            "The text of this vote is not kept here: ask for it before you vote, and hold it to its fingerprint."
        ),
        fingerprint=vote.subject,
    )


def _draft(text: VotedText, say: Say, *, query: dict[str, str]) -> BallotText:
    number, wording = str(text.draft), text.wording
    named = (
        say("Draft no. {n}, version {version}", n=number, version=str(text.version))
        if text.version is not None
        else say("A text that was kept aside, of draft no. {n}", n=number)
    )
    later = text.version is not None and text.latest > text.version
    warning = say(
        "The draft was saved again since, as version {latest}: the vote is on version {version}, as it stands here.",
        latest=str(text.latest),
        version=str(text.version),
    )
    return BallotText(
        source=(named, draft_href(text.draft, query=query)),
        told=say("This is the text that is voted on, to the letter."),
        warning=warning if later else "",
        title=say.written(wording.title),
        sense=sense_word(wording.sense, say),
        paragraphs=[say.written(each) for each in paragraphs(wording.words)],
        reservations=[say.written(each) for each in wording.reservations],
        fingerprint=wording.sha256,
    )


def _minutes(chamber: Chamber, subject: str, say: Say) -> BallotText | None:
    """Minutes that are to be approved."""
    for _, said in chamber.house.standing(Minutes):
        if said.content == subject:
            day = say.date(session(chamber.house, said.of).day)
            named = say("Minutes of the session of {date}", date=day)
            return BallotText(
                source=(named, minutes_href(said.of, say.lang)),
                told=say("The vote is on these minutes, as they were sealed: read them first."),
                warning="",
                fingerprint=subject,
            )
    return None
