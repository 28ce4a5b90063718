"""Where the forms of a session are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response
from starlette.routing import Route

from boussole.charter.committee.refusals import RefusedError
from boussole.dashboard.addresses import session_href
from boussole.dashboard.committee.acts import calling, deciding, seating, session_acts, taking_part
from boussole.dashboard.committee.acts.convening import CONVENE
from boussole.dashboard.committee.acts.doing import Doing, session_entry, told
from boussole.dashboard.committee.acts.offering import part_of
from boussole.dashboard.committee.acts.place import place_of
from boussole.dashboard.forms.model import Form
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk, form_route

DOINGS = (*session_acts.DOINGS, *calling.DOINGS, *deciding.DOINGS, *taking_part.DOINGS)


def act_routes(home: Path) -> list[Route]:
    """One route for each thing that can be done in a session, or on the page of a committee."""
    houses = (CONVENE, *seating.DOINGS)
    return [*(doing.route(home) for doing in houses), *(_route(doing, home) for doing in DOINGS)]


def _route(doing: Doing, home: Path) -> Route:
    def ask(desk: Desk, of: str) -> Form | None:
        try:
            place = place_of(desk.workspace, of)
            return doing.form(place, desk.person, desk.say) if place else None
        except RefusedError:  # the address names an entry of another kind
            return None

    def act(desk: Desk, of: str, values: Values) -> str | Response:
        place = place_of(desk.workspace, of)
        if place is None:  # cannot be: `ask` has just found it
            raise UnfitError(desk.say("There is nothing of this name."))
        try:
            done = doing.act(desk, place, values)
        except RefusedError as error:
            raise UnfitError(told(error, place, desk.say)) from error
        if isinstance(done, Response):
            return done
        said = {"done": str(done.entry), "at": part_of(doing, place)}
        return session_href(session_entry(done, place), query=desk.query, anchor="done", **said)

    def back(desk: Desk, of: str, token: str) -> str:
        return session_href(int(of.partition("-")[0]), query=desk.query, sent=token)

    return form_route(doing.path, home, ask=ask, act=act, back=back)
