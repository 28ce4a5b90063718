"""What is done on the page of a committee by a form that is written by hand: calling a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.routing import Route

from boussole.charter.committee.refusals import RefusedError
from boussole.charter.records import SealedStatement
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.model import Field, Form
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk, form_route
from boussole.dashboard.records.acts.doing import SEEN
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.words.addresses import committee_href
from boussole.dashboard.words.say import Say

BASE = "/committee-act"


@dataclass(frozen=True, kw_only=True)
class HouseDoing:
    """`ask` gives what the form asks; `act` seals what was sent; `shown` leads to the page that says so."""

    name: str
    title: Callable[[Say], str]
    send: Callable[[Say], str]
    ask: Callable[[Chamber, Person, Say], Sequence[Field]]
    act: Callable[[Desk, Chamber, Values], SealedStatement]
    note: Callable[[Chamber, Say], str] = lambda _chamber, _say: ""
    shown: Callable[[Desk, Chamber, SealedStatement], str] | None = None

    @property
    def path(self) -> str:
        """The route that the form is sent to."""
        return f"{BASE}/{self.name}/{{of}}"

    def form(self, chamber: Chamber, me: Person, say: Say) -> Form:
        """The form as it is asked now."""
        last = chamber.house.acts[-1].entry if chamber.house.acts else -1
        return Form(
            id=f"{self.name}-{chamber.id}",
            path=f"{BASE}/{self.name}/{chamber.id}",
            send=self.send(say),
            note=self.note(chamber, say),
            fields=[
                Field(name=SEEN, label="", kind="hidden", value=str(last), required=False),
                *self.ask(chamber, me, say),
            ],
        )

    def route(self, home: Path) -> Route:
        """The route of its form."""

        def ask(desk: Desk, of: str) -> Form | None:
            chamber = store.chambers(desk.workspace).get(of)
            return self.form(chamber, desk.person, desk.say) if chamber else None

        def act(desk: Desk, of: str, values: Values) -> str:
            chamber = store.chambers(desk.workspace)[of]
            try:
                done = self.act(desk, chamber, values)
            except RefusedError as error:
                say = desk.say
                raise UnfitError(error.said(say.lang, name=lambda member: chamber.name(member, say))) from error
            if self.shown is not None:
                return self.shown(desk, chamber, done)
            return committee_href(of, query=desk.query, anchor="done", done=str(done.entry), at=self.name)

        def back(desk: Desk, of: str, token: str) -> str:
            return committee_href(of, query=desk.query, sent=token)

        return form_route(self.path, home, ask=ask, act=act, back=back)
