"""Calling a new session, on the committee's page."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from starlette.routing import Route

from charter.committee.meeting import convene
from charter.committee.refusals import RefusedError
from charter.committee.sessions import sessions
from charter.records.acts import Convocation
from dashboard import store
from dashboard.addresses import committee_href, session_href
from dashboard.committee.acts.calling import agenda_fields, agenda_of, how_fields, standing_items, when_and_where
from dashboard.committee.chamber import Chamber
from dashboard.forms.model import Field, Form
from dashboard.forms.reading import UnfitError, Values
from dashboard.forms.routes import Desk, form_route
from dashboard.words import Say

BASE = "/committee-act/convene"
PATH = f"{BASE}/{{of}}"
MARGIN = 9
"""Days beyond the notice that the rules ask for, in the day that the form proposes."""
HOURS = (dt.time(14), dt.time(17))


def convening_form(chamber: Chamber, say: Say) -> Form:
    """A session is called: when, where, with which agenda."""
    rules, call = chamber.house.rules.sessions, _last_call(chamber)
    day = chamber.now.date() + dt.timedelta(days=rules.notice_days + MARGIN)
    starts, ends = (dt.datetime.combine(day, hour) for hour in HOURS)
    kind = Field(name="extraordinary", label=say("It is an extraordinary session"), kind="tick", required=False)
    return Form(
        id=f"convene-{chamber.id}",
        path=f"{BASE}/{chamber.id}",
        send=say("Call the session"),
        note=say.plural(
            "These rules ask for one day of notice.", "These rules ask for {n} days of notice.", rules.notice_days
        ),
        fields=[
            *when_and_where(say, starts=starts, ends=ends, place=call.place if call else ""),
            *agenda_fields(chamber, standing_items(chamber, say), say),
            *how_fields(chamber, say, remote=call.remote if call else False),
            kind,
        ],
    )


def convening_route(home: Path) -> Route:
    """Where it is sent."""

    def ask(desk: Desk, of: str) -> Form | None:
        chamber = store.chambers(desk.workspace).get(of)
        return convening_form(chamber, desk.say) if chamber else None

    def back(desk: Desk, of: str, token: str) -> str:
        return committee_href(of, query=desk.query, sent=token)

    return form_route(PATH, home, ask=ask, act=_convene, back=back)


def _convene(desk: Desk, of: str, values: Values) -> str:
    chamber = store.chambers(desk.workspace)[of]
    rules, say = chamber.house.rules.sessions, desk.say
    try:
        done = convene(
            desk.workspace,
            chamber.id,
            who=desk.person.who(chamber.now.date()),
            starts=values.moment("starts"),
            ends=values.moment("ends"),
            place=values.text("place"),
            agenda=agenda_of(chamber, values, standing_items(chamber, say), say),
            kind="extraordinary" if values.ticked("extraordinary") else "ordinary",
            remote=rules.remote and values.ticked("remote"),
            urgent=rules.urgent and values.ticked("urgent"),
            text=values.text("text") if rules.urgent else "",
        )
    except RefusedError as error:
        raise UnfitError(error.said(say.lang, name=lambda member: chamber.name(member, say))) from error
    return session_href(done.entry, query=desk.query, done=str(done.entry), anchor="done")


def _last_call(chamber: Chamber) -> Convocation | None:
    """The last session that was called: the next one is often in the same place."""
    calls = [each.call for each in sessions(chamber.house)]
    return calls[-1] if calls else None
