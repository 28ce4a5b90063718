"""What the secretariat and the chair do with a session: presence, opening, closing, pack, minutes."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.charter.committee.acting import turn
from boussole.charter.committee.meeting import open_session, record_no_quorum
from boussole.charter.committee.minutes import seal_minutes
from boussole.charter.committee.packs import freeze
from boussole.charter.committee.presence import count, presiding
from boussole.charter.records import Sealed
from boussole.charter.records.acts import Attendance, Cancellation, Closing, Proxy
from boussole.dashboard.access.person import Person
from boussole.dashboard.committee.acts.doing import Doing, made, members, sealed, seen_by, who
from boussole.dashboard.committee.acts.place import Place
from boussole.dashboard.committee.words import presence_word, quorum_words
from boussole.dashboard.forms.model import Field
from boussole.dashboard.forms.reading import Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.words import Say

MODES = ("in_person", "remote", "excused", "left")


def _at(place: Place, say: Say) -> Field:
    return Field(name="at", label=say("When"), kind="moment", value=place.chamber.now.isoformat(timespec="minutes"))


def _attending(place: Place, _: Person, say: Say) -> Sequence[Field]:
    modes = [mode for mode in MODES if mode != "remote" or place.found.call.remote]
    return [
        Field(name="members", label=say("Members"), kind="choices", choices=members(place, say)),
        Field(
            name="mode",
            label=say("How they are there, or not"),
            kind="radio",
            choices=[(mode, presence_word(mode, say)) for mode in modes],
        ),
        _at(place, say),
    ]


def _attend(desk: Desk, place: Place, values: Values) -> Sealed:
    """All of them, or none."""
    said = {"of": place.found.entry, "mode": values.text("mode"), "at": values.moment("at")}
    acts = [made(desk, place, Attendance, member=member, **said) for member in values.chosen("members")]
    with turn(desk.workspace, place.chamber.id) as now:
        return [now.seal_once(act, seen=seen_by(values)) for act in acts][-1]


def _proxies(place: Place, _: Person, say: Say) -> Sequence[Field]:
    return [
        Field(name="giver", label=say("Who cannot come"), kind="choice", choices=members(place, say)),
        Field(name="holder", label=say("Who votes for them"), kind="choice", choices=members(place, say)),
    ]


def _proxy(desk: Desk, place: Place, values: Values) -> Sealed:
    given = {"giver": values.text("giver"), "holder": values.text("holder")}
    return sealed(desk, place, values, Proxy, of=place.found.entry, **given)


def _opening(place: Place, _: Person, say: Say) -> Sequence[Field]:
    """Who presides, where neither chair nor deputy is there."""
    if presiding(place.chamber.house, place.found) is not None:
        return []
    there = [each for each in members(place, say) if each[0] in place.found.there]
    return [Field(name="presiding", label=say("Who presides"), kind="choice", choices=there, required=bool(there))]


def _open(desk: Desk, place: Place, values: Values) -> Sealed:
    asked = _opening(place, desk.person, desk.say)
    chair = values.maybe("presiding") if asked else None
    return open_session(desk.workspace, place.chamber.id, of=place.found.entry, who=who(desk, place), chair=chair)


def _quorum(place: Place, say: Say) -> str:
    return quorum_words(count(place.chamber.house, place.found), say, over=False)


def _no_quorum(desk: Desk, place: Place, _: Values) -> Sealed:
    return record_no_quorum(desk.workspace, place.chamber.id, of=place.found.entry, who=who(desk, place))


def _close(desk: Desk, place: Place, values: Values) -> Sealed:
    return sealed(desk, place, values, Closing, of=place.found.entry, at=values.moment("at"))


def _freeze(desk: Desk, place: Place, _: Values) -> Sealed:
    return freeze(desk.workspace, place.chamber.id, of=place.found.entry, who=who(desk, place))


def _minutes(desk: Desk, place: Place, _: Values) -> Sealed:
    return seal_minutes(desk.workspace, place.chamber.id, of=place.found.entry, who=who(desk, place))


def _cancel(desk: Desk, place: Place, values: Values) -> Sealed:
    return sealed(desk, place, values, Cancellation, of=place.found.entry, text=values.text("text"))


ATTEND = Doing(
    name="attend",
    title=lambda say: say("Record who is there"),
    send=lambda say: say("Record presence"),
    ask=_attending,
    act=_attend,
)
PROXY = Doing(
    name="proxy",
    title=lambda say: say("Record a proxy"),
    send=lambda say: say("Record the proxy"),
    ask=_proxies,
    act=_proxy,
    note=lambda _, say: say("A proxy lets a member who is there vote for one who cannot come, in this session."),
)
OPEN = Doing(
    name="open",
    title=lambda say: say("Open the session"),
    send=lambda say: say("Open the session"),
    ask=_opening,
    act=_open,
    note=_quorum,
)
NO_QUORUM = Doing(
    name="no-quorum",
    title=lambda say: say("Record that there is no quorum"),
    send=lambda say: say("Record that there is no quorum"),
    act=_no_quorum,
    note=lambda _, say: say("The session does not begin. A second one on the same agenda can then be called."),
)
CLOSE = Doing(
    name="close",
    title=lambda say: say("Close the session"),
    send=lambda say: say("Close the session"),
    ask=lambda place, _, say: [_at(place, say)],
    act=_close,
    note=lambda _, say: say("Nothing more can be decided in it afterwards."),
)
FREEZE = Doing(
    name="freeze",
    title=lambda say: say("Freeze the evidence"),
    send=lambda say: say("Freeze the evidence"),
    act=_freeze,
    note=lambda _, say: say(
        "It fixes what the session works on: the last audit of each system, the charter, the ledger. Frozen again "
        "later, what changed in between is shown."
    ),
)
MINUTES = Doing(
    name="minutes",
    title=lambda say: say("Seal the minutes"),
    send=lambda say: say("Seal the minutes"),
    act=_minutes,
    note=lambda _, say: say(
        "Read them first. What is recorded later is sealed as a correction beside them, never in their place."
    ),
)
CANCEL = Doing(
    name="cancel",
    title=lambda say: say("Cancel the session"),
    send=lambda say: say("Cancel the session"),
    ask=lambda _place, _me, say: [Field(name="text", label=say("Why"), kind="prose", rows=2)],
    act=_cancel,
)
DOINGS = (ATTEND, PROXY, OPEN, NO_QUORUM, CLOSE, FREEZE, MINUTES, CANCEL)
