"""What a committee's own words are in a language: states, votes, presence, quorum."""

from __future__ import annotations

from boussole.audits.languages import inside
from boussole.audits.mixed import joined
from boussole.charter.committee.advising.opinions import Fate
from boussole.charter.record_types.acts import Attendance, CommitteeQuestion, Count, Office, Rules
from boussole.dashboard.views.record_words import word
from boussole.dashboard.words.say import Say

OFFICES = ("chair", "deputy")


def state_word(state: str, say: Say) -> str:
    """How far a session is.

    >>> from boussole.dashboard.words.say import speaker
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
    return say("late since {date}", date=by) if fate.answer == "late" else say("by {date}", date=by)


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
