"""What is due to a committee, in words."""

from __future__ import annotations

from collections.abc import Mapping

from boussole.audits.languages import capital
from boussole.charter.committee.duties import Duty
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import CommitteeQuestion, Opinion, PublicationDecision, Referral
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.register.due import DueLine
from boussole.dashboard.views.register.words import when
from boussole.dashboard.words.addresses import committee_href, questions_href, recommendations_href, session_href
from boussole.dashboard.words.say import Say

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
