"""Signing in and out, through the organisation’s provider; who somebody is, in the menu; the role of local mode."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from boussole.audits.access_settings import AccessSettings
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import INK, LINK, PAPER, PREFIX, SANS, SERIF, Html, el, join, source
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.markup.words.addresses import address
from boussole.dashboard.server.access import log, sessions
from boussole.dashboard.server.access.back_channel import Failures, back_channel_route
from boussole.dashboard.server.access.database import now
from boussole.dashboard.server.access.identity import (
    CALLBACK,
    ProviderError,
    RevokedError,
    asked_of_provider,
    client,
    metadata,
    proof_of,
    strong_enough,
    userinfo,
)
from boussole.dashboard.server.access.permissions import (
    COOKIE,
    LARGEST_FORM,
    SIGNED_IN,
    Person,
    Role,
    address_of,
    is_within,
    local,
    role_title,
    session_cookie,
)
from boussole.dashboard.server.access.sessions import ANCHOR, PAGE, Reason, SignedOutError, browser_of, own_route

# What a sign-in that is under way needs until it comes back: state, nonce, the verifier of PKCE, and where to go then.
# The browser keeps it for ten minutes, in a cookie that only this server can read; the server keeps nothing.


SECONDS = 600
LONGEST = 3_800
"""Characters of a cookie's value that every browser keeps."""
Endpoint = Callable[[Request], Awaitable[Response]]


class Handshake:
    """The sign-ins under way of one server: after a restart people begin anew."""

    def __init__(self, access: AccessSettings) -> None:
        self.name, self.secure = sign_in_cookie(access), access.address.startswith("https://")
        self.key = Fernet(Fernet.generate_key())

    def begins(self, endpoint: Endpoint) -> Endpoint:
        """The same endpoint; what it puts into the request's session is in the cookie of its answer."""

        async def answered(request: Request) -> Response:
            kept: dict[str, Any] = {}
            answer = await endpoint(_with(request, kept))
            value = self._sealed(kept)
            if len(value) > LONGEST:
                value = self._sealed({name: each for name, each in kept.items() if name != "to"})
            answer.set_cookie(
                self.name, value, max_age=SECONDS, secure=self.secure, httponly=True, samesite="lax", path="/"
            )
            return answer

        return answered

    def ends(self, endpoint: Endpoint) -> Endpoint:
        """The same endpoint, with what was kept as the request's session; the cookie is gone after its answer."""

        async def answered(request: Request) -> Response:
            answer = await endpoint(_with(request, self._kept(request)))
            answer.delete_cookie(self.name, secure=self.secure, httponly=True, samesite="lax", path="/")
            return answer

        return answered

    def _sealed(self, kept: dict[str, Any]) -> str:
        return self.key.encrypt(json.dumps(kept, ensure_ascii=False).encode()).decode()

    def _kept(self, request: Request) -> dict[str, Any]:
        """What the cookie holds; nothing where it is missing, too old, or not of this server."""
        try:
            kept: dict[str, Any] = json.loads(self.key.decrypt(request.cookies.get(self.name, ""), ttl=SECONDS))
        except InvalidToken:
            return {}
        return kept


def sign_in_cookie(access: AccessSettings) -> str:
    """The name of the cookie; over https no other host can set it."""
    return "__Host-boussole-sign-in" if access.address.startswith("https://") else "boussole_sign_in"


def _with(request: Request, session: dict[str, Any]) -> Request:
    """The same request with a session of ours: the framework's would be kept for fourteen days, in clear."""
    return Request({**request.scope, "session": session}, request.receive)


# The routes by which people sign in and out, through their organisation's provider. Streamlit's own sign-in would leave
# identity and tokens in the browser for thirty days; here the browser gets the number of a session.


LOG = logging.getLogger("boussole.access")
SIGN_IN, SIGN_OUT = "/access/sign-in", "/access/sign-out"


def inside(to: str) -> str:
    """An address of this app, or its first page for any other.

    >>> inside("/data?lang=en"), inside("//evil.example"), inside("https://evil.example")
    ('/data?lang=en', '/', '/')
    """
    plain = to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() and len(to) < 2000
    return to if plain else "/"


def way_in(*, to: str, reason: Reason | None = None) -> str:
    """Where somebody signs in who is led back to `to`: more strongly, or anew, where that is why they are sent."""
    more = {"weak": {"strong": "1"}, "old": {"again": "1"}}.get(reason or "", {})
    return f"{SIGN_IN}?{urlencode({'to': to, **more})}"


def sign_in_routes(workspace: Workspace, access: AccessSettings) -> list[Route]:
    """Where people are sent to sign in, where they come back, where they and the provider end it."""
    back, failures = access.address.rstrip("/") + CALLBACK, Failures()

    async def begin(request: Request) -> Response:
        request.session["to"] = inside(request.query_params.get("to", "/"))
        try:
            more = await run_in_threadpool(_asked, request, workspace, access)
        except ProviderError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)
        request.session["strong"] = "acr_values" in more or "claims" in more
        sent: Response = await client(workspace, access).authorize_redirect(request, back, **more)
        return sent

    async def come_back(request: Request) -> Response:
        return await _come_back(request, workspace, access, failures)

    async def sign_out(request: Request) -> Response:
        number = request.cookies.get(session_cookie(access), "")
        gone = RedirectResponse(await run_in_threadpool(_signed_out, workspace, access, number), status_code=303)
        gone.delete_cookie(session_cookie(access), secure=_secure(access), httponly=True, samesite="lax")
        return gone

    under_way = Handshake(access)
    return [
        Route(SIGN_IN, under_way.begins(begin)),
        Route(CALLBACK, under_way.ends(come_back)),
        Route(SIGN_OUT, sign_out, methods=["POST"]),
        back_channel_route(workspace, access, failures),
        own_route(workspace),
    ]


def _asked(request: Request, workspace: Workspace, access: AccessSettings) -> dict[str, str]:
    metadata(str(access.issuer))
    more = {"max_age": "0", "prompt": "login"} if "again" in request.query_params else {}
    if "strong" in request.query_params:
        role = sessions.role_here(workspace, request.cookies.get(session_cookie(access), ""))
        more |= asked_of_provider(access, role)
    return more


async def _come_back(request: Request, workspace: Workspace, access: AccessSettings, failures: Failures) -> Response:
    from authlib.common.errors import AuthlibBaseError
    from httpx import HTTPError
    from joserfc.errors import JoseError

    to, strong = inside(str(request.session.pop("to", "/"))), bool(request.session.pop("strong", False))
    try:
        token = await client(workspace, access).authorize_access_token(request)
        number, weak = await run_in_threadpool(_session, workspace, access, token, request)
    except (AuthlibBaseError, JoseError, HTTPError, ProviderError, RevokedError, KeyError) as error:
        return await run_in_threadpool(_failed, workspace, failures, request, error)
    except SignedOutError as error:
        return _refused(error.reason)
    request.session.clear()
    answer = RedirectResponse(way_in(to=to, reason="weak") if weak and not strong else to, status_code=303)
    answer.set_cookie(session_cookie(access), number, httponly=True, samesite="lax", secure=_secure(access), path="/")
    return answer


def _failed(workspace: Workspace, failures: Failures, request: Request, error: Exception) -> Response:
    """What is said of an answer that signs nobody in; the logs name the kind of failure, and nothing that was sent."""
    kind = type(error).__name__
    wait = failures.failed(workspace, "sign_in_refused", address=address_of(request), place=kind)
    if wait:
        text = f"Too many sign-ins failed. Wait {wait} second(s), then try again.\n"
        return PlainTextResponse(text, status_code=429, headers={"Retry-After": str(wait)})
    LOG.warning("A sign-in failed: %s", kind)
    return _refused("provider")


def _signed_out(workspace: Workspace, access: AccessSettings, number: str) -> str:
    row = sessions.end(workspace, number)
    if row is not None:
        log.note(workspace, "sign_out", subject=row.subject, role=Role(row.role))
    return _after(access, sid=row.sid if row is not None else None)


def _session(
    workspace: Workspace, access: AccessSettings, token: dict[str, object], request: Request
) -> tuple[str, bool]:
    named, given = token["userinfo"], str(token["access_token"])
    claims = userinfo(access, given)
    if not isinstance(named, dict) or claims.get("sub") != named["sub"]:
        raise ProviderError("the provider names two different people.", next_step="Tell your administrator.")
    before = sessions.end(workspace, request.cookies.get(session_cookie(access), ""))
    if before is not None:
        log.note(workspace, "sign_out", subject=before.subject, role=Role(before.role), place="signed in anew")
    proof, browser = proof_of(named, now()), browser_of(request.headers.get("user-agent", ""))
    subject = str(claims["sub"])
    try:
        number = sessions.begin(workspace, claims, token=given, proof=proof, browser=browser)
    except SignedOutError as error:
        log.note(workspace, "sign_in_refused", subject=subject, place=error.reason)
        raise
    role = sessions.role_here(workspace, number)
    weak = role is not None and not strong_enough(access, role, proof)
    log.note(workspace, "sign_in_refused" if weak else "sign_in", subject=subject, role=role, place="weak" * weak)
    return number, weak


def _refused(reason: Reason) -> Response:
    return RedirectResponse(f"/?{urlencode({'refused': reason})}", status_code=303)


def _after(access: AccessSettings, *, sid: str | None) -> str:
    """Where somebody who signs out is led: the provider ends its own session (`sid`) too, where it can."""
    try:
        end = metadata(str(access.issuer)).get("end_session_endpoint")
    except ProviderError:
        end = None
    if not end:
        return "/"
    asked = {"client_id": access.client_id, "post_logout_redirect_uri": access.address}
    asked |= {"logout_hint": sid} if sid else {}
    return f"{end}{'&' if '?' in str(end) else '?'}{urlencode(asked)}"


def _secure(access: AccessSettings) -> bool:
    return access.address.startswith("https://")


# Who somebody is, in the menu; in local mode anybody at this machine picks a role there.


FILE = "server/access/account.html"
ROLE = "/access/role"


def account(me: Person, say: Say, *, to: str, query: Mapping[str, str]) -> Html:
    """In local mode the role to choose; else who is signed in, where else, and the way out."""
    role, mine = role_title(me.role, say), address(PAGE, query, ANCHOR)
    choice = None if me.authenticated else choosing(me, say, to=to)
    return Template(FILE, say)("account", me, role, mine, SIGN_OUT, choice)


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
    if not is_within(request):
        return PlainTextResponse("What was sent is too long.\n", status_code=413)
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


# A session that is over while somebody reads or writes: they sign in, and what a form sent is given back as a form.


CAST = "/session-act/cast/"
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
    if request.method in ("GET", "HEAD"):
        return RedirectResponse(way_in(to=_address(request), reason=reason), status_code=303)
    say = speaker(request.query_params.get("spoken", ""))
    sent: list[tuple[str, str]] = []
    if is_within(request):
        async with request.form(max_files=0, max_fields=300, max_part_size=LARGEST_FORM) as form:
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
