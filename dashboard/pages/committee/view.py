"""The committee page as data: what is due, what became of opinions, sessions, matters, rules, and who sits there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from boussole.audits.languages import inside
from boussole.charter.committee.advising.opinions import Fate, fates
from boussole.charter.committee.duties import MANDATE_DAYS
from boussole.charter.committee.meetings.sessions import Session, sessions
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.people.members import Sitting, holder_of, interests, sitting_on
from boussole.charter.committee.referrals.matters import Matter, QuestionHistory, matters, questions
from boussole.charter.record_types.acts import Referral
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import (
    committee_href,
    draft_href,
    evidence_href,
    questions_href,
    recommendations_href,
    session_href,
)
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.committee_words import (
    OFFICES,
    answered_words,
    duty_line,
    followed_words,
    office_word,
    published_words,
    rules_words,
    sense_word,
    shortened,
    state_word,
)
from boussole.dashboard.views.register_words import pressing

Linked = tuple[str, str]
"""A text and the address it leads to; empty where there is none."""


def overview_page(
    chamber: Chamber, all_: Mapping[str, Chamber], drafts: Sequence[SavedDraft], say: Say, *, query: dict[str, str]
) -> PageData:
    """The page of a committee. `query` is kept in every link (the language)."""
    house = chamber.house
    asked = questions(house, today=chamber.today)
    called = sorted(sessions(house), key=lambda each: (each.call.starts, each.entry), reverse=True)
    coming = [each for each in reversed(called) if each.state == "called" and each.day >= chamber.today]
    now = [each for each in called if each.state == "open"]
    shown, later = pressing(chamber.duties)
    members = member_rows(chamber, chamber.today, say)
    tone, headline = _headline(chamber, now, coming, say)
    return {
        "title": chamber.title(say),
        "subtitle": _subtitle(chamber, len(members), say),
        "others": [
            (each.title(say), committee_href(name, query=query), name == chamber.id) for name, each in all_.items()
        ],
        "tone": tone,
        "headline": headline,
        "told": _told(chamber, members, say),
        "next": _next(now or coming, say, query=query, late=tone == "broken"),
        "note": say.text(house.rules.note) if house.rules.note else "",
        "due": [duty_line(chamber, each, say, query=query, at_home=True) for each in shown],
        "later": [duty_line(chamber, each, say, query=query, at_home=True) for each in later],
        "opinions": [_opinion(each, say, query=query) for each in fates(house, chamber.facts)],
        "sessions": [_session(each, say, query=query) for each in called],
        "matters": [_matter(chamber, each, say, query=query) for each in reversed(matters(house))],
        "questions": [_question(each, say, query=query) for each in asked if each.state != "answered"],
        "all_questions": (say("All questions and their answers"), questions_href(query=query)) if asked else None,
        "drafts": [_draft(each, say, query=query) for each in drafts],
        "members": members,
        "rules": rules_words(house.rules, say),
    }


def member_rows(chamber: Chamber, day: dt.date, say: Say) -> list[PageData]:
    """The members on a day, college by college in the order of the rules, who holds an office first."""
    house = chamber.house
    offices = {holder_of(house, office, day): office for office in reversed(OFFICES)}
    colleges = [each.id for each in house.rules.colleges]

    def place(each: Sitting) -> tuple[int, int, str]:
        at = colleges.index(each.college) if each.college in colleges else len(colleges)
        return at, each.member not in offices, chamber.name(each.member, say).casefold()

    return [
        _row(chamber, each, offices.get(each.member), day, say)
        for each in sorted(sitting_on(house, day).values(), key=place)
    ]


def _row(chamber: Chamber, sitting: Sitting, office: str | None, day: dt.date, say: Say) -> PageData:
    last = sitting.last_day
    since = say("since {date}", date=say.date(sitting.start))
    return {
        "name": chamber.name(sitting.member, say),
        "college": chamber.college(sitting.college, say),
        "office": office_word(office, say) if office else "",
        "mandate": since if last is None else say("until {date}", date=say.date(last)),
        "ending": last is not None and last <= day + dt.timedelta(days=MANDATE_DAYS),
        "interests": _interests(chamber, sitting.member, day, say),
    }


def _interests(chamber: Chamber, member: str, day: dt.date, say: Say) -> list[str]:
    found = [subject for somebody, subject in interests(chamber.house, day) if somebody == member]
    return [
        chamber.system(each, say) if isinstance(each, str) else say.written(chamber.house.get(Referral, each).subject)
        for each in found
    ]


def _subtitle(chamber: Chamber, members: int, say: Say) -> str:
    adopted = chamber.house.adopted
    rules = (
        say("rules adopted on {date}", date=say.date(adopted.on)) if adopted else say("rules proposed, not adopted yet")
    )
    return " · ".join([*([say.plural("One member", "{n} members", members)] if members else []), rules])


def _headline(chamber: Chamber, now: Sequence[Session], coming: Sequence[Session], say: Say) -> tuple[str, str]:
    late = sum(duty.on < chamber.today for duty in chamber.duties)
    if now:
        return "watch", say("A session is open now.")
    if late:
        return "broken", say.plural("One thing is late.", "{n} things are late.", late)
    if coming:
        return "kept", say("The next session is on {date}.", date=say.date(coming[0].day))
    return "unknown", say("No session is called.")


def _told(chamber: Chamber, members: Sequence[PageData], say: Say) -> list[str]:
    ignored = sum(each.ignored for each in fates(chamber.house, chamber.facts))
    told = []
    if not members:
        told.append(say("Nobody sits on it yet."))
    if ignored:
        told.append(say.plural("One opinion was ignored.", "{n} opinions were ignored.", ignored))
    return told


def _next(sessions_: Sequence[Session], say: Say, *, query: dict[str, str], late: bool) -> Linked | None:
    """The session that is open, or the next. Below a headline on what is `late` it says that it is no part of that."""
    for each in sessions_:
        title = say("The next session is on {date}.", date=say.date(each.day)) if late else _title(each, say)
        return title, session_href(each.entry, query=query)
    return None


def _title(found: Session, say: Say) -> str:
    return say("Session of {date}", date=say.date(found.day))


def _opinion(fate: Fate, say: Say, *, query: dict[str, str]) -> PageData:
    said = fate.opinion
    return {
        "title": (say.written(said.wording.title), recommendations_href(query=query, anchor=f"o-{fate.entry}")),
        "sense": sense_word(said.wording.sense, say),
        "on": say.date(said.on),
        "published": published_words(fate, say),
        "answered": answered_words(fate, say),
        "followed": followed_words(fate, say),
        "grave": fate.ignored or "late" in (fate.publication, fate.answer),
    }


def _session(found: Session, say: Say, *, query: dict[str, str]) -> PageData:
    call = found.call
    return {
        "title": (_title(found, say), session_href(found.entry, query=query)),
        "time": say("{start} to {end}", start=say.time(call.starts), end=say.time(call.ends)),
        "place": say.written(call.place),
        "state": state_word(found.state, say),
        "agenda": inside(say.plural("one item", "{n} items", len(call.agenda))),
    }


def _matter(chamber: Chamber, matter: Matter, say: Say, *, query: dict[str, str]) -> PageData:
    said, heard = matter.referral, len(matter.hearings)
    if matter.opinions:
        became = say("opinion given on {date}", date=say.date(matter.opinions[-1][1].on))
    elif said.due_on:
        became = say("opinion asked for by {date}", date=say.date(said.due_on))
    else:
        became = say("no opinion yet")
    sender = say.written(said.sender)
    return {
        "subject": (say.written(said.subject), evidence_href(query=query, entry=str(matter.entry))),
        "sender": say("{who} (by the members themselves)", who=sender) if said.origin == "self" else sender,
        "rapporteur": chamber.name(matter.rapporteur, say) if matter.rapporteur else say("nobody yet"),
        "hearings": inside(say.plural("one hearing", "{n} hearings", heard)) if heard else say("none"),
        "became": became,
    }


def _question(asked: QuestionHistory, say: Say, *, query: dict[str, str]) -> PageData:
    said = asked.question
    due, late = say.date(said.due_on), asked.state == "overdue"
    return {
        "text": (say.written(said.text), questions_href(query=query, anchor=f"q-{asked.entry}")),
        "told": say("to: {who}", who=say.written(said.addressee)),
        "state": say("late since {date}", date=due) if late else say("answer due by {date}", date=due),
        "late": late,
    }


def _draft(draft: SavedDraft, say: Say, *, query: dict[str, str]) -> PageData:
    title = say.written(shortened(str(draft.body.get("title") or ""))) or say("Draft no. {n}", n=str(draft.id))
    told = say("version {n}, saved on {date}", n=str(draft.version), date=say.date(draft.saved_at))
    return {"title": (title, draft_href(draft.id, query=query)), "told": told}
