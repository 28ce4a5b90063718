"""Calling a new session, on the committee's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.routing import Route

from boussole.charter.committee.acts.meeting import convene
from boussole.charter.committee.meetings.sessions import sessions
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Convocation
from boussole.charter.records import SealedStatement
from boussole.dashboard.markup.words.addresses import committee_href, session_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.forms.model import Field, Form, UnfitError, Values
from boussole.dashboard.server.forms.routes import Desk, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.records.calling import (
    SEEN,
    acting,
    agenda_fields,
    agenda_of,
    how_fields,
    standing_items,
    when_and_where,
)

# What is done on the page of a committee by a form that is written by hand: calling a session.


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


MARGIN = 9
"""Days beyond the notice that the rules ask for, in the day that the form proposes."""
HOURS = (dt.time(14), dt.time(17))


def _convening(chamber: Chamber, _: Person, say: Say) -> Sequence[Field]:
    """When, where, with which agenda."""
    call, days = _last_call(chamber), chamber.house.rules.sessions.notice_days + MARGIN
    starts, ends = (dt.datetime.combine(chamber.now.date() + dt.timedelta(days=days), hour) for hour in HOURS)
    kind = Field(name="extraordinary", label=say("It is an extraordinary session"), kind="tick", required=False)
    return [
        *when_and_where(say, starts=starts, ends=ends, place=call.place if call else ""),
        *agenda_fields(chamber, standing_items(chamber, say), say),
        *how_fields(chamber, say, remote=call.remote if call else False),
        kind,
    ]


def _convene(desk: Desk, chamber: Chamber, values: Values) -> SealedStatement:
    rules = chamber.house.rules.sessions
    return convene(
        desk.workspace,
        chamber.id,
        who=acting(desk, chamber),
        starts=values.moment("starts"),
        ends=values.moment("ends"),
        place=values.text("place"),
        agenda=agenda_of(chamber, values, standing_items(chamber, desk.say), desk.say),
        kind="extraordinary" if values.ticked("extraordinary") else "ordinary",
        remote=rules.remote and values.ticked("remote"),
        urgent=rules.urgent and values.ticked("urgent"),
        text=values.text("text") if rules.urgent else "",
    )


def _shown(desk: Desk, _: Chamber, done: SealedStatement) -> str:
    """The page of the session that was called."""
    return session_href(done.entry, query=desk.query, anchor="done", done=str(done.entry))


def _last_call(chamber: Chamber) -> Convocation | None:
    """The last session that was called: the next one is often in the same place."""
    calls = [each.call for each in sessions(chamber.house)]
    return calls[-1] if calls else None


def _notice(chamber: Chamber, say: Say) -> str:
    days = chamber.house.rules.sessions.notice_days
    return say.plural("These rules ask for one day of notice.", "These rules ask for {n} days of notice.", days)


CONVENE = HouseDoing(
    name="convene",
    title=lambda say: say("Call a session"),
    send=lambda say: say("Call the session"),
    ask=_convening,
    act=_convene,
    note=_notice,
    shown=_shown,
)
