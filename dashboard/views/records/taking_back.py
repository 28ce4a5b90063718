"""Which acts somebody may take back now: their own, and the chair what was recorded for the committee."""

from __future__ import annotations

from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voting.retracting import admit_retraction
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import (
    Act,
    CommitteeQuestion,
    Dissent,
    Mandate,
    Office,
    Proxy,
    Rapporteur,
    Recusal,
    Referral,
    Retraction,
)
from boussole.dashboard.server.access.permissions import Person, Role
from boussole.dashboard.views.evidence import kind_words
from boussole.dashboard.views.records.setting import FormPlace, Setting

OF_COMMITTEE = (Mandate, Office, Referral, Rapporteur)
"""Acts that are recorded for the committee, whoever does it: its chair takes them back."""


def retractable(at: Setting) -> list[tuple[str, str]]:
    """The acts of a committee, or of a session, that somebody may take back now, by their entries: the latest first.

    Where a form was sent, what was taken back since is among them, so that sending it twice does no harm."""
    house, gone = at.house.house, _gone(at) if at.sent else set()
    found = [
        (each.entry, act)
        for each in reversed(house.acts)
        if isinstance(act := each.statement, Act)
        and _theirs(act, at.person)
        and (at.place is None or _of_session(act, at.place))
        and (each.entry in gone or _open(house, each.entry, act))
    ]
    return [(str(entry), _told(entry, act, at)) for entry, act in found]


def _gone(at: Setting) -> set[int]:
    return {act.of for _, act in at.house.house.standing(Retraction)}


def _theirs(act: Act, me: Person) -> bool:
    """Whether it is somebody's own act; of what is done for the committee, or by no member, whether they chair it."""
    if isinstance(act, OF_COMMITTEE):
        return me.role is Role.CHAIR
    members = {act.by, getattr(act, "member", None)} - {None}
    return me.member in members if members else me.role is Role.CHAIR


def _of_session(act: Act, place: FormPlace) -> bool:
    """Whether an act was done in a session, or for it."""
    session, items = place.found.entry, {item.referral for item in place.found.call.agenda}
    if isinstance(act, Dissent):
        return decided(place.chamber.house, act.of)[0].of == session
    if isinstance(act, Rapporteur):
        return act.of in items
    return isinstance(act, Proxy | Recusal | CommitteeQuestion) and getattr(act, "of", None) == session


def _open(house: CommitteeState, entry: int, act: Act) -> bool:
    """Whether it stands, and nobody has built on it."""
    said = {"role": act.role, "on": act.on, "committee": act.committee}
    try:
        admit_retraction(house, Retraction(**said, of=entry, text="?"))
    except RefusedError:
        return False
    return True


def _told(entry: int, act: Act, at: Setting) -> str:
    """What it is, whose, of which day."""
    member = getattr(act, "member", None) or act.by
    what = kind_words(act.kind, at.say)
    named = [what, at.house.name(member, at.say)] if member else [what]
    return at.say("{act}, {date} (entry {n})", act=", ".join(named), date=at.say.date(act.on), n=str(entry))
