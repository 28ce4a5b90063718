"""What depends on the moment in a form: lists to choose from, values to start with, what its place fills in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from boussole.charter.committee.meetings.noting import note_on
from boussole.charter.committee.people.directory import new_number as new_member
from boussole.charter.committee.people.members import sitting_on, sittings
from boussole.charter.committee.referrals.matters import matters
from boussole.charter.committee.voting.presence import presiding
from boussole.charter.deadlines.appeals import appeals, new_number
from boussole.charter.deadlines.days import months_later
from boussole.charter.judging.families import asked_of
from boussole.charter.record_types.incidents import Incident
from boussole.charter.records.in_force import to_adopt
from boussole.dashboard.views.answers.asked import way_called, worded_for
from boussole.dashboard.views.chamber import member_of
from boussole.dashboard.views.incidents_and_work import severity_meaning
from boussole.dashboard.views.records.computing import USUAL_MONTHS
from boussole.dashboard.views.records.setting import Setting, decided_item, texts
from boussole.dashboard.views.register_words import words_of

Choices = list[tuple[str, str]]
DAYS = 30
"""Days for an answer, unless the asker says otherwise."""


def _systems(at: Setting) -> Choices:
    found = [(name, at.say.text(system.title, name)) for name, system in at.systems.items()]
    return sorted(found, key=lambda each: each[1])


def _articles(at: Setting) -> Choices:
    return [(each.id, at.say.text(each.title)) for each in at.charter.articles]


def _questions(at: Setting) -> Choices:
    named = at.proposed.get("system") or (at.figure.system if at.figure else "")
    system = at.systems.get(named) or (next(iter(at.systems.values())) if len(at.systems) == 1 else None)
    asked = {each.indicator.id for each in asked_of(at.charter, system).questions} if system else None
    ways = (each for each in at.charter.ways if asked is None or each.id in asked)
    return [(each.id, f"{each.number} " + worded_for(each, system, at.say)) for each in ways]


def _severities(at: Setting) -> Choices:
    words = words_of(Incident, "severity", at.say)
    return [(each, f"{word} — {severity_meaning(each, at.say)}") for each, word in words.items()]


def _appeals(at: Setting) -> Choices:
    return [(str(each.entry), each.appeal.number) for each in appeals(at.facts) if each.decision is None]


def _figure_systems(at: Setting) -> Choices:
    return [(at.figure.system, at.figure.title)] if at.figure else []


def _committees(at: Setting) -> Choices:
    return [(name, each.title(at.say)) for name, each in at.chambers.items()]


def _figure_groups(at: Setting) -> Choices:
    return [(each.measure, each.text) for each in at.figure.groups] if at.figure else []


def _members(at: Setting) -> Choices:
    day = at.place.found.day if at.place else at.today
    known = [(each, at.house.name(each, at.say)) for each in sitting_on(at.house.house, day)]
    return sorted(known, key=lambda pair: pair[1].casefold())


def _others(at: Setting) -> Choices:
    return [each for each in _members(at) if each[0] != at.person.member]


def _there(at: Setting) -> Choices:
    if presiding(at.house.house, at.session.found) is not None:
        return []
    return [each for each in _members(at) if each[0] in at.session.found.there]


def _known_members(at: Setting) -> Choices:
    return [(each, at.house.name(each, at.say)) for each in dict.fromkeys(s.member for s in sittings(at.house.house))]


def _mandates(at: Setting) -> Choices:
    found: Choices = []
    for each in sittings(at.house.house):
        if each.last_day is None or each.last_day >= at.today:
            name = f"{at.house.name(each.member, at.say)} ({at.house.college(each.college, at.say)})"
            until = at.say("{name}, until {date}", name=name, date=at.say.date(each.last_day)) if each.last_day else ""
            found.append((str(each.entry), until or name))
    return found


def _colleges(at: Setting) -> Choices:
    return [(each.id, at.say.text(each.title)) for each in at.house.house.rules.colleges]


def _matters(at: Setting) -> Choices:
    return [(str(each.entry), each.referral.subject) for each in matters(at.house.house)]


def _modes(at: Setting) -> Choices:
    from boussole.charter.record_types.acts import Attendance

    words = words_of(Attendance, "mode", at.say)
    return [pair for pair in words.items() if pair[0] != "remote" or at.session.found.call.remote]


def _texts(at: Setting) -> Choices:
    """What can be decided on to the letter, by its hash: complete drafts, and minutes to approve."""
    return texts(at.session, at.say)


def _note(at: Setting) -> str:
    known = note_on(at.house.house, at.session.found.entry, at.session.on.id)
    return known[1].text if known else ""


LISTS: Mapping[str, Callable[[Setting], Choices]] = {
    "systems": _systems,
    "articles": _articles,
    "questions": _questions,
    "severities": _severities,
    "appeals": _appeals,
    "committees": _committees,
    "figure_systems": _figure_systems,
    "figure_groups": _figure_groups,
    "members": _members,
    "others": _others,
    "there": _there,
    "known_members": _known_members,
    "mandates": _mandates,
    "colleges": _colleges,
    "matters": _matters,
    "modes": _modes,
    "texts": _texts,
}
"""What one chooses from, by the name that an input gives it."""


def _valid_until(at: Setting) -> str:
    way = way_called(at.charter, at.figure.indicator) if at.figure else None
    return months_later(at.today, (way and way.valid_months) or USUAL_MONTHS).isoformat()


def _charter_text(at: Setting) -> str:
    text = to_adopt(at.here)
    return text.sha256 if text else ""


PROPOSALS: Mapping[str, Callable[[Setting], str]] = {
    "today": lambda at: at.today.isoformat(),
    "now": lambda at: at.house.now.isoformat(timespec="minutes"),
    "in_30_days": lambda at: (at.today + dt.timedelta(days=DAYS)).isoformat(),
    "charter_text": _charter_text,
    "valid_until": _valid_until,
    "new_appeal": lambda _: new_number(),
    "new_member": lambda _: new_member(),
    "item_title": lambda at: at.session.on.title,
    "item_note": _note,
}
"""What a form starts with. A number is drawn when it is shown: sent twice, it is sealed once."""

FILLERS: Mapping[str, Callable[[Setting], Any]] = {
    "nothing": lambda _: None,
    "address": lambda at: int(at.of),
    "session": lambda at: at.session.found.entry,
    "entry": lambda at: at.session.about,
    "item": lambda at: at.session.on.id,
    "me": lambda at: member_of(at.person, at.say),
    "members": lambda at: at.say("Members of the committee"),
    "figure_system": lambda at: at.figure.system if at.figure else None,
    "figure_question": lambda at: at.figure.indicator if at.figure else None,
    "item_referral": lambda at: decided_item(at.session).referral,
    "item_system": lambda at: decided_item(at.session).system,
}
"""What the place of a form fills in."""
