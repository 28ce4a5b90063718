"""What is said above a form where it depends on the moment; what it always says stands with the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from boussole.charter.committee.voting.presence import count, electors, voters
from boussole.charter.record_types.acts import Vote
from boussole.charter.record_types.work import FEWEST
from boussole.dashboard.records.drafted import wording_of
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views.committee.words import quorum_words


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
    text, draft = found
    return at.say("In the words of draft no. {n}, to the letter: “{title}”.", n=str(draft.id), title=text.title)


def _fewest(at: Setting) -> str:
    fewest = at.session.found.rules.votes.secret_fewest
    return at.say("It needs {n} voters at least, and is shown as a whole only.", n=at.say.whole(fewest))


NOTES: Mapping[tuple[str, ...], Callable[[Setting], str]] = {
    ("work", "survey"): _survey,
    ("session", "open"): _quorum,
    ("session", "count"): _how_many,
    ("session", "issue"): _issued,
    ("session", "vote", "secret"): _fewest,
}
"""By page and form, and field."""
