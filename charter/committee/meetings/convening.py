"""What the rules ask of a convocation: notice, agenda, a second call, and changes to what was called."""

from __future__ import annotations

import datetime as dt

from boussole.charter.committee.meetings.noting import note_on
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import Cancellation, Convocation, Item, Referral, Rules


def notice_days(call: Convocation) -> int:
    """Days between the convocation and the session: sent on a Monday for the Saturday, five."""
    return (call.starts.date() - call.on).days


def agenda_from(rules: Rules, lang: str) -> list[Item]:
    """The agenda that an ordinary session starts from, in one language."""
    return [
        Item(id=item.id, title=item.title.get(lang) or next(iter(item.title.values())), kind=item.kind)
        for item in rules.agenda
    ]


def admit_convocation(house: CommitteeState, act: Convocation) -> None:
    """Raises RefusedError without enough notice, for unknown referrals, or remote where the rules do not allow it."""
    rules = house.rules
    if act.rules != rules.sha256:
        raise RefusedError("other_rules")
    if act.remote and not rules.sessions.remote:
        raise RefusedError("no_remote")
    if act.starts.date() < act.on:
        raise RefusedError("order_of_days", date=act.starts.date())
    for item in act.agenda:
        if item.referral is not None:
            house.get(Referral, item.referral)
    if act.second_call_of is not None:
        _admit_second_call(house, act, act.second_call_of)
    if act.amends is None:
        _admit_notice(rules, act)
    else:
        _admit_change(house, act, act.amends)


def _admit_notice(rules: Rules, act: Convocation) -> None:
    needed = rules.sessions.notice_days if act.second_call_of is None else rules.sessions.second_notice_days
    if act.urgent:
        if not rules.sessions.urgent:
            raise RefusedError("no_urgency")
        if not act.text.strip():
            raise RefusedError("no_text")
    elif notice_days(act) < needed:
        raise RefusedError("late_notice", days=notice_days(act), needed=needed)


def _admit_change(house: CommitteeState, act: Convocation, changed: int) -> None:
    """Notice runs anew where the session is to be earlier, or something is added to the agenda."""
    before = session(house, changed)
    if before.entry != changed:
        raise RefusedError("not_last", entry=before.entry)
    before.needs_state("called")
    if act.second_call_of != before.call.second_call_of:
        raise RefusedError("other_agenda")
    kept = {item.id for item in act.agenda}
    for item in before.call.agenda:
        if item.id not in kept and note_on(house, before.entry, item.id):
            raise RefusedError("noted_item", item=item.title)
    known = {item.matter for item in before.call.agenda}
    added = [item for item in act.agenda if item.matter not in known]
    if added or act.starts < before.call.starts:
        _admit_notice(house.rules, act)


def _admit_second_call(house: CommitteeState, act: Convocation, lacking: int) -> None:
    house.get(Convocation, lacking)
    first = session(house, lacking)
    again = [each for _, each in house.standing(Convocation) if each.second_call_of == lacking]
    if first.state != "no_quorum" or first.entry != lacking or (again and act.amends is None):
        raise RefusedError("second_call_once", entry=lacking)
    if act.agenda != first.call.agenda:
        raise RefusedError("other_agenda")


def admit_cancellation(house: CommitteeState, act: Cancellation) -> None:
    """Holds a cancellation to the rules: the session has not begun. Raises RefusedError."""
    found = session(house, act.of)
    found.needs_state("called")
    if act.on > found.day + dt.timedelta(days=1):
        raise RefusedError("not_session_day", date=found.day)
