"""Local mode lets anybody at this machine pick a role: the form in the menu, and the route that takes it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.access.people.permissions import SIGNED_IN
from boussole.dashboard.access.people.person import COOKIE, Person, local
from boussole.dashboard.access.people.role_words import role_title
from boussole.dashboard.markup.elements import PREFIX, Html, el
from boussole.dashboard.words.say import Say

PATH = "/access/role"


def choosing(me: Person, say: Say, *, to: str) -> Html:
    """A plain form: which role, and which member where names are known. `to` is the page that it leads back to."""
    roles = [_option(role.value, role_title(role, say), chosen=role is me.role) for role in SIGNED_IN]
    names = _names()
    members = [_option("", say("nobody by name"), chosen=me.member is None)]
    members += [_option(member, name, chosen=member == me.member) for member, name in names.items()]
    who = [_field("member", say("Who you are"), members)] if names else []
    return el(
        "form",
        _field("role", say("Your role here"), roles),
        *who,
        el("input", type="hidden", name=PREFIX + "to", value=to),
        el("p", el("button", say("Change role"), type="submit"), class_="go"),
        action=PATH,
        method="post",
        target="_self",
        class_="ask role",
    )


def _field(name: str, label: str, options: list[Html]) -> Html:
    place = f"choose-{name}"
    return el("p", el("label", label, for_=place), el("select", *options, id=place, name=PREFIX + name))


def _option(value: str, text: str, *, chosen: bool) -> Html:
    return el("option", text, value=value, selected="" if chosen else None)


def _names() -> dict[str, str]:
    from boussole.charter.committee.people.directory import directory

    try:
        return {member: each.name for member, each in directory(Workspace.find()).items()}
    except BoussoleError:
        return {}


async def _choose(request: Request) -> Response:
    """Keeps the role that was chosen, once it is known to be one, and leads back."""
    async with request.form(max_files=0, max_fields=3) as form:
        role, member, to = (str(form.get(PREFIX + name, "")) for name in ("role", "member", "to"))
    person = local(f"{role}.{member}")
    value = person.role.value + (f".{person.member}" if person.member else "")
    answer = RedirectResponse(inside(to), status_code=303)
    answer.set_cookie(COOKIE, value, httponly=True, samesite="strict")
    return answer


def inside(to: str) -> str:
    """An address of this app, or its first page for any other.

    >>> inside("/data?lang=en"), inside("//evil.example"), inside("https://evil.example")
    ('/data?lang=en', '/', '/')
    """
    plain = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and len(to) < 2000
    return to if plain else "/"


def role_route() -> Route:
    """Where the form is sent."""
    return Route(PATH, _choose, methods=["POST"])
