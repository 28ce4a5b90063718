"""What is done in a session by a form that is written by hand: the ballot, and what changes the agenda."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from boussole.charter.committee.acting import Who
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Convocation
from boussole.charter.records import SealedStatement
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.model import Field, Form
from boussole.dashboard.forms.reading import Values
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.records.place import Place
from boussole.dashboard.views.chamber import Chamber, member_of, needs_lead
from boussole.dashboard.words.say import Say

BASE = "/session-act"
SEEN = "seen"
Choices = list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Doing:
    """`ask` gives what the form asks, its note and what its button says; `act` seals what was sent."""

    name: str
    title: Callable[[Say], str]
    send: Callable[[Say], str]
    act: Callable[[Desk, Place, Values], SealedStatement | Response]
    ask: Callable[[Place, Person, Say], Sequence[Field]] = lambda _place, _me, _say: ()
    note: Callable[[Place, Say], str] = lambda _place, _say: ""

    @property
    def path(self) -> str:
        """The route that the form is sent to."""
        return f"{BASE}/{self.name}/{{of}}"

    def form(self, place: Place, me: Person, say: Say) -> Form:
        """The form as it is asked now. It knows what whoever fills it in has seen, so that nothing is sealed twice."""
        seen = Field(name=SEEN, label="", kind="hidden", value=str(place.seen))
        return Form(
            id=f"{self.name}-{place.of}",
            path=f"{BASE}/{self.name}/{place.of}",
            send=self.send(say),
            note=self.note(place, say),
            fields=[seen, *self.ask(place, me, say)],
        )


def who(desk: Desk, place: Place) -> Who:
    """Who acts, today as the committee's clock says."""
    return acting(desk, place.chamber)


def acting(desk: Desk, chamber: Chamber) -> Who:
    """The same in a committee. Who leads one committee leads no other. Raises UnfitError or RefusedError."""
    needs_lead(desk.person, chamber, desk.say)
    return desk.person.who(chamber.now.date())


def me(desk: Desk) -> str:
    """The member who acts. Raises UnfitError for somebody who sits nowhere, or has not said who they are."""
    return member_of(desk.person, desk.say)


def told(error: RefusedError, place: Place, say: Say) -> str:
    """Why an act was refused, in plain words and with the names of members."""
    return error.said(say.lang, name=lambda member: place.chamber.name(member, say))


def session_entry(sealed_act: SealedStatement, place: Place) -> int:
    """The session whose page shows an act: the one that was just called, else the one that it was about."""
    act = sealed_act.statement
    if isinstance(act, Convocation) and act.amends is None:
        return sealed_act.entry
    return place.found.entry
