"""Where forms are sent: held to their fields, acted on, and led back to their page, with all that was typed."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.attachment_settings import MEGABYTE
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.refusals import RefusedError
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.markup.words.say import Say, chosen_language, speaker_for
from boussole.dashboard.server.access.person import Person, who_words
from boussole.dashboard.server.access.visitor import of_request
from boussole.dashboard.server.forms import Form, Problem, UnfitError, Values, misfit

# What was typed in forms that could not be taken: kept in memory for the page that says why.


MOST, EACH = 100, 10
"""Problems that are kept, in all and of one person; each holds at most what a form may send."""

_kept: OrderedDict[str, tuple[str, Problem]] = OrderedDict()


def keep(problem: Problem, whose: str) -> str:
    """A token by which the page finds it: unguessable, and good for nobody else. Nobody pushes out what others typed
    before their own."""
    token = secrets.token_urlsafe(16)
    _kept[token] = whose, problem
    mine = [each for each, (owner, _) in _kept.items() if owner == whose]
    for each in mine[:-EACH]:
        del _kept[each]
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return token


def problem_of(token: str, whose: str = "") -> Problem | None:
    """What was wrong; None when that is no longer known, or is somebody else's."""
    owner, problem = _kept.get(token, ("", None))
    return problem if owner == whose else None


def whose(person: Person) -> str:
    """By which name their problems are kept. In local mode all are one: who has just said who they are goes on."""
    return person.subject if person.authenticated else ""


# Where forms are sent: held to their fields, acted on, and led back to the page they came from.


LARGEST = 2_000_000
"""Bytes of everything that a form sends."""
FIELDS = 300
"""Fields, and files, that a form sends: how many of them it takes is held to its field, and told there."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who acts, in which workspace and language. `query` is kept in every address."""

    workspace: Workspace
    person: Person
    say: Say
    query: dict[str, str]


Ask = Callable[[Desk, str], Form | None]
"""The form as it is asked now, of what its address names (empty: nothing); None where there is nothing of that name."""
Act = Callable[[Desk, str, Values], str | Response]
"""Does what was asked; returns the address of the page that shows it, or an answer of its own."""
Back = Callable[[Desk, str, str], str]
"""The address of the page of a form, with the token of what was wrong."""


def form_route(path: str, home: Path, *, ask: Ask, act: Act, back: Back, largest: int | None = None) -> Route:
    """The route of a form. A path with `{of}` names what it is about. `largest`: bytes of one that takes files."""

    async def endpoint(request: Request) -> Response:
        if not _from_here(request):
            return PlainTextResponse("This form was not sent by a page of Boussole.\n", status_code=403)
        length = request.headers.get("content-length", "")
        most = largest or LARGEST
        if not length.isdigit() or int(length) > most:
            return PlainTextResponse(f"{_too_long(request, home, most)}\n", status_code=413)
        async with request.form(max_files=FIELDS, max_fields=FIELDS, max_part_size=LARGEST) as sent:
            given = [(name.removeprefix(PREFIX), value) for name, value in sent.multi_items()]
            files: dict[str, list[bytes]] = {}
            for name, each in given:
                if isinstance(each, UploadFile):
                    files.setdefault(name, []).append(await each.read())
        typed: dict[str, list[str]] = {}
        for name, each in given:
            typed.setdefault(name, []).append(each if isinstance(each, str) else each.filename or "")
        of = request.path_params.get("of", "")
        return await run_in_threadpool(_handled, _desk(request, home), of, typed, files)

    def _handled(desk: Desk, of: str, typed: dict[str, list[str]], files: dict[str, list[bytes]]) -> Response:
        form = ask(desk, of)
        if form is None:
            return PlainTextResponse("There is nothing of this name.\n", status_code=404)
        kept = {each.name: typed[each.name] for each in form.fields if each.kept and each.name in typed}
        try:
            done = act(desk, of, Values(form, typed, desk.say, files))
            return done if isinstance(done, Response) else RedirectResponse(done, status_code=303)
        except (UnfitError, ValidationError, BoussoleError) as error:
            at, text = _fault(error, form, desk)
            problem = Problem(form=form.id, text=text, at=at, typed=kept)
        return RedirectResponse(f"{back(desk, of, keep(problem, whose(desk.person)))}#{form.id}", status_code=303)

    return Route(path, endpoint, methods=["POST"])


def _fault(error: UnfitError | ValidationError | BoussoleError, form: Form, desk: Desk) -> tuple[str, str]:
    """Which field does not fit (empty: the whole), and why, in the reader's language."""
    if isinstance(error, UnfitError):
        return error.field, error.text
    if isinstance(error, ValidationError):
        return misfit(error, form, desk.say)
    if isinstance(error, RefusedError):
        return "", error.said(desk.say.lang, name=_names(desk))
    return "", f"{error.what} {error.next_step}".strip()


def _desk(request: Request, home: Path) -> Desk:
    workspace = Workspace(home)
    say, query = speaker_for(request, workspace), chosen_language(request)
    return Desk(workspace=workspace, person=of_request(request, home), say=say, query=query)


def _too_long(request: Request, home: Path, most: int) -> str:
    """What whoever sent too much reads instead of a page: what they typed was not read."""
    say = speaker_for(request, Workspace(home))
    return say(
        "What was sent is too large, and was not read: a form takes {n} MB in all, files included. Go back to the page "
        "with your browser, and send less.",
        n=say.whole(most // MEGABYTE),
    )


def _from_here(request: Request) -> bool:
    """Whether a page of this very server sends it, as browsers say: another port of this machine is another site."""
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _names(desk: Desk) -> Callable[[str], str]:
    """How a refusal calls a member or an author: by name where it is known, else by role or number."""
    known = {member: each.name for member, each in directory(desk.workspace).items()}
    return lambda who: known.get(who) or who_words(who, desk.say)
