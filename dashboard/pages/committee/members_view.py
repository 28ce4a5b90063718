"""Who sits on a committee on a day, as data: college, mandate and its end, office, interests, proxies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.charter.committee.duties import MANDATE_DAYS
from boussole.charter.committee.people.members import Sitting, holder_of, sitting_on
from boussole.charter.record_types.acts import Interest, Referral
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.committee.words import OFFICES, office_word
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """A member. `ending`: the mandate ends soon."""

    name: str
    college: str
    office: str
    mandate: str
    ending: bool
    interests: Sequence[str]


def member_rows(chamber: Chamber, day: dt.date, say: Say) -> list[MemberRow]:
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


def _row(chamber: Chamber, sitting: Sitting, office: str | None, day: dt.date, say: Say) -> MemberRow:
    last = sitting.last_day
    since = say("since {date}", date=say.date(sitting.start))
    return MemberRow(
        name=chamber.name(sitting.member, say),
        college=chamber.college(sitting.college, say),
        office=office_word(office, say) if office else "",
        mandate=since if last is None else say("until {date}", date=say.date(last)),
        ending=last is not None and last <= day + dt.timedelta(days=MANDATE_DAYS),
        interests=_interests(chamber, sitting.member, day, say),
    )


def _interests(chamber: Chamber, member: str, day: dt.date, say: Say) -> list[str]:
    """What a member has declared an interest in: systems by name, matters by subject."""
    found = []
    for _, act in chamber.house.standing(Interest):
        if act.member == member and act.on <= day and (act.until is None or day <= act.until):
            names = [chamber.system(system, say) for system in act.systems]
            if act.of is not None:
                names.append(say.written(chamber.house.get(Referral, act.of).subject))
            found += names
    return list(dict.fromkeys(found))
