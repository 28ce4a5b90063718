"""What is said above a form where it depends on the moment; what it always says stands with the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from boussole.charter.committee.voting.presence import count, electors, voters
from boussole.charter.committee.voting.votes import choices_of
from boussole.charter.record_types.acts import Dissent, FrozenPack, Tally, Vote
from boussole.charter.record_types.work import FEWEST
from boussole.dashboard.records.drafted import wording_of
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views.committee_words import quorum_words


def _survey(at: Setting) -> str:
    return at.say(
        "The file is read once and kept nowhere: only means are sealed, and groups of fewer than {n} are hidden. "
        "It holds one row for each person, or means already, in columns named theme, n, mean and perhaps group.",
        n=at.say.whole(FEWEST),
    )


def _quorum(at: Setting) -> str:
    return quorum_words(count(at.house.house, at.session.found), at.say, over=False)


def _how_many(at: Setting) -> str:
    """How many have voted, and who has not: never what anybody voted."""
    house, place, say = at.house.house, at.session, at.say
    vote = house.get(Vote, place.about)
    able, cast = electors(house, place.found, vote.item), voters(house, place.about)
    waiting = [at.house.name(member, say) for member in able if member not in cast]
    told = say("{n} of {all} votes are cast.", n=say.whole(len(cast)), all=say.whole(len(able.keys() | cast.keys())))
    return told + (" " + say("Missing: {members}.", members=", ".join(sorted(waiting))) if waiting else "")


def _issued(at: Setting) -> str:
    """Which words will be issued."""
    found = wording_of(at.session)
    if found is None:
        return ""
    title = at.say.written(found.wording.title)
    return at.say("In the words of draft no. {n}, to the letter: “{title}”.", n=str(found.draft), title=title)


def _fewest(at: Setting) -> str:
    fewest = at.session.found.rules.votes.secret_fewest
    return at.say("It needs {n} voters at least, and is shown as a whole only.", n=at.say.whole(fewest))


def _before_deciding(at: Setting) -> str:
    """What the model says of the form, after a warning where nothing is frozen."""
    if at.house.house.last(FrozenPack, at.session.found.entry) is not None:
        return ""
    return at.say(
        "Warning: the evidence of this session is not frozen. Freeze it first, so that everybody decides on the same "
        "figures and it can be shown later which they were."
    )


def _before_consensus(at: Setting) -> str:
    return at.say("Nobody who is there objects: no vote is needed.")


def _unnoted(at: Setting) -> str:
    """Who voted against a decision of the session and has nothing noted of it; empty where nobody did. A vote that was
    annulled decided nothing, and tells nobody's choice."""
    house, say, found = at.house.house, at.say, at.session.found
    silent: dict[str, None] = {}
    decided = (pair for vote, _ in house.about(Vote, found.entry) for pair in house.about(Tally, vote))
    for entry, tally in decided:
        noted = {act.member for _, act in house.about(Dissent, entry)}
        against = (member for member, said in choices_of(house, tally.of).items() if said == "against")
        silent |= dict.fromkeys(member for member in against if tally.adopted and member not in noted)
    if not silent:
        return ""
    names = ", ".join(sorted(at.house.name(member, say) for member in silent))
    return say("Voted against, and has nothing noted yet: {members}.", members=names)


def _closing(at: Setting) -> str:
    told = [
        at.say("Nothing more can be decided in it afterwards."),
        at.say("Disagreements can be handed in until the minutes are sealed, and not after: tell the members so."),
        _unnoted(at),
    ]
    return " ".join(filter(None, told))


def _minutes(at: Setting) -> str:
    told = [
        at.say("Read them first. What is recorded later is sealed as a correction beside them, never in their place."),
        at.say("Once they are sealed, nobody can hand in a disagreement any more."),
        _unnoted(at),
    ]
    return " ".join(filter(None, told))


NOTES: Mapping[tuple[str, ...], Callable[[Setting], str]] = {
    ("work", "survey"): _survey,
    ("session", "open"): _quorum,
    ("session", "count"): _how_many,
    ("session", "issue"): _issued,
    ("session", "vote"): _before_deciding,
    ("session", "consensus"): _before_consensus,
    ("session", "close"): _closing,
    ("session", "minutes"): _minutes,
    ("session", "vote", "secret"): _fewest,
}
"""By page and form, and field."""
