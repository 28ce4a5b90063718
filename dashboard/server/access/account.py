"""Who somebody is, in the menu, and the role of local mode; what is said to whoever is not, or no longer, signed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import PREFIX, Html, el, join
from boussole.dashboard.markup.fontfiles import SANS, SERIF
from boussole.dashboard.markup.inline import source
from boussole.dashboard.markup.marks import INK, LINK, PAPER
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.addresses import address, concerns_href
from boussole.dashboard.markup.words.say import Say, speaker
from boussole.dashboard.server.access.permissions import SIGNED_IN, Action, allowed
from boussole.dashboard.server.access.person import COOKIE, Person, local, role_title
from boussole.dashboard.server.access.sessions import ANCHOR, PAGE, Reason
from boussole.dashboard.server.access.sign_in import SIGN_OUT, inside, way_in

# Who somebody is, in the menu; in local mode anybody at this machine picks a role there.


FILE = "server/access/account.html"
ROLE = "/access/role"


def account(me: Person, say: Say, *, to: str, query: Mapping[str, str]) -> Html:
    """In local mode the role to choose; else who is signed in, where else, and the way out."""
    listed = concerns_href(query=query) if me.remembered_as and allowed(me.role, Action.SEE_COMMITTEE) else ""
    role, mine = role_title(me.role, say), address(PAGE, query, ANCHOR)
    choice = None if me.authenticated else choosing(me, say, to=to)
    return Template(FILE, say)("account", me, role, listed, mine, SIGN_OUT, choice)


def choosing(me: Person, say: Say, *, to: str) -> Html:
    """A plain form: which role, and which member where names are known. `to` is the page that it leads back to."""
    roles = [(role.value, role_title(role, say), role is me.role) for role in SIGNED_IN]
    members = [(member, name, member == me.member) for member, name in _names().items()]
    who = [("", say("nobody by name"), me.member is None), *members] if members else []
    return Template(FILE, say)("choosing", roles, who, ROLE, to, PREFIX)


def _names() -> dict[str, str]:
    from boussole.charter.committee.people.directory import directory

    try:
        return {member: each.name for member, each in directory(Workspace.find()).items()}
    except BoussoleError:
        return {}


def role_route() -> Route:
    """Where the form is sent."""
    return Route(ROLE, _choose, methods=["POST"])


async def _choose(request: Request) -> Response:
    """Keeps the role that was chosen, once it is known to be one, and leads back."""
    async with request.form(max_files=0, max_fields=3) as form:
        role, member, to = (str(form.get(PREFIX + name, "")) for name in ("role", "member", "to"))
    person = local(f"{role}.{member}")
    value = person.role.value + (f".{person.member}" if person.member else "")
    answer = RedirectResponse(inside(to), status_code=303)
    answer.set_cookie(COOKIE, value, httponly=True, samesite="strict")
    return answer


# What is said to somebody who is not signed in.


def sign_in(reason: Reason, say: Say, *, to: str) -> Html:
    """Why nobody is signed in, and the way to."""
    why = {
        "nobody": say("Sign in with the account of your organisation to see these pages."),
        "ended": say(
            "You have signed out, or this session was ended: by you from elsewhere, by your organisation, or by an "
            "administrator."
        ),
        "expired": say("Your session is over, because you were away or signed in long ago. Sign in again to go on."),
        "revoked": say("Your organisation has ended this sign-in. Sign in again to go on."),
        "no_role": say("Your account has no role here. Ask your administrator for one, then sign in again."),
        "no_mandate": say(
            "Your account is that of a member, and no mandate of yours lasts today. "
            "Ask the secretariat of the committee."
        ),
        "provider": say("Your organisation’s sign-in does not answer. Wait a moment, then try again."),
        "weak": say(
            "Your role sees what concerns single people, so a password alone does not open it: sign in with a second "
            "factor or a passkey. If you have just done so, your organisation’s sign-in has not said it: ask your "
            "administrator."
        ),
        "old": say("What you want to do here asks you to show once more who you are."),
    }[reason]
    return Template(FILE, say)("sign_in", reason, why, way_in(to=to, reason=reason))


# A session that is over while somebody reads or writes: they sign in, and nothing that they wrote is lost.
#
# A link leads to the sign-in and back. What a form sent is given back as a form: signed in again, in another tab, the
# same button sends it once more. It is kept nowhere but in that page.


CAST = "/session-act/cast/"
LARGEST = 2_000_000
"""Bytes that are read of a form."""
STYLE = f"""
@font-face {{ font-family: "{SANS}"; src: url("/app/static/SourceSans3-Regular.woff2") format("woff2"); }}
@font-face {{ font-family: "{SERIF}"; font-weight: 600; src: url("/app/static/SourceSerif4-Semibold.woff2"); }}
body {{ font: 1.06rem/1.6 "{SANS}", sans-serif; color: {INK}; background: {PAPER}; max-width: 44rem; margin: 2rem auto;
  padding: 0 1rem; }}
h1 {{ font: 600 1.7rem/1.25 "{SERIF}", serif; }}
a {{ color: {LINK}; display: inline-block; padding: 10px 0; }}
textarea {{ font: inherit; width: 100%; box-sizing: border-box; padding: 0.5rem; }}
button {{ font: inherit; font-weight: 700; min-height: 44px; padding: 0 1.2rem; color: #fff; background: {LINK};
  border: 1px solid {LINK}; border-radius: 6px; }}
"""
POLICY = (
    f"default-src 'none'; style-src {source(STYLE)}; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


async def lapsed(request: Request, reason: Reason) -> Response:
    """The way back in, with everything that was sent."""
    length = request.headers.get("content-length", "0")
    if request.method in ("GET", "HEAD"):
        return RedirectResponse(way_in(to=_address(request), reason=reason), status_code=303)
    say = speaker(request.query_params.get("spoken", ""))
    sent: list[tuple[str, str]] = []
    if length.isdigit() and int(length) <= LARGEST:
        async with request.form(max_files=0, max_fields=300, max_part_size=LARGEST) as form:
            sent = [(name, str(value)) for name, value in form.multi_items() if not _of_ballot(request, name)]
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": POLICY}
    return HTMLResponse(page(sent, say, to=_address(request), reason=reason), status_code=401, headers=headers)


def _of_ballot(request: Request, name: str) -> bool:
    """Whether it is what somebody voted: it is asked again, and stands in no page."""
    return request.url.path.startswith(CAST) and name.removeprefix(PREFIX) == "choice"


def page(sent: Sequence[tuple[str, str]], say: Say, *, to: str, reason: Reason) -> str:
    """A page that holds what was sent, as a form that can be sent again."""
    title = {
        "old": say("Show once more who you are: nothing was recorded yet, and nothing is lost"),
        "weak": say("Your role asks for a stronger sign-in: nothing was recorded, and nothing is lost"),
    }.get(reason, say("Your session is over: nothing was recorded, and nothing is lost"))
    body = Template(FILE, say)("again", title, sent, way_in(to="/", reason=reason), to)
    metas = (el("meta", charset="utf-8"), el("meta", name="viewport", content="width=device-width, initial-scale=1"))
    head = join([*metas, el("title", title), el("style", Html(STYLE))])
    return f"<!doctype html>{el('html', el('head', head), el('body', body), lang=say.lang)}"


def _address(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
