"""Where the forms of a session are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import Response
from starlette.routing import Route

from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records import SealedStatement
from boussole.dashboard.markup.words.addresses import committee_href, session_href
from boussole.dashboard.server.forms.model import Form, UnfitError, Values
from boussole.dashboard.server.forms.routes import Desk, form_route
from boussole.dashboard.views import store
from boussole.dashboard.views.records.calling import Doing, session_entry, told
from boussole.dashboard.views.records.convening import CONVENE
from boussole.dashboard.views.records.entering import FormPage, record_routes
from boussole.dashboard.views.records.offering import BY_HAND, part_of
from boussole.dashboard.views.records.setting import Place, Setting, place_of


def _session(desk: Desk, of: str, _: WebForm) -> Setting | None:
    """What is done in a session is about: the session, and the item, vote, decision or opinion under it."""
    place = place_of(desk.workspace, of)
    if place is None:
        return None
    return Setting(
        person=desk.person, say=desk.say, of=of, workspace=desk.workspace, chamber=place.chamber, place=place
    )


def _house(desk: Desk, of: str, _: WebForm) -> Setting | None:
    chamber = store.chambers(desk.workspace).get(of)
    if chamber is None:
        return None
    return Setting(person=desk.person, say=desk.say, of=of, workspace=desk.workspace, chamber=chamber)


def _back(desk: Desk, of: str, token: str) -> str:
    return session_href(int(of.partition("-")[0]), query=desk.query, sent=token)


def _done(desk: Desk, place: Place, name: str, done: SealedStatement) -> str:
    known = name == "ask" and any(each.entry == done.entry for each in place.chamber.house.acts)
    said = {"done": str(done.entry), "at": part_of(name, place), **({"twice": "1"} if known else {})}
    return session_href(session_entry(done, place), query=desk.query, anchor="done", **said)


SESSION = FormPage(
    setting=_session, back=_back, done=lambda desk, at, form, done: _done(desk, at.session, form.name, done)
)
HOUSE = FormPage(
    setting=_house,
    back=lambda desk, of, token: committee_href(of, query=desk.query, sent=token),
    done=lambda desk, at, form, done: committee_href(
        at.of, query=desk.query, anchor="done", done=str(done.entry), at=form.name
    ),
)


def act_routes(home: Path) -> list[Route]:
    """One route for each thing that can be done in a session, or on the page of a committee."""
    by_hand = [CONVENE.route(home), *(_route(doing, home) for doing in BY_HAND.values())]
    return [*by_hand, *record_routes(home, "session", SESSION), *record_routes(home, "committee", HOUSE)]


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
        return _done(desk, place, doing.name, done)

    return form_route(doing.path, home, ask=ask, act=act, back=_back)
