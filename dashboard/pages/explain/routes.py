"""Where a sheet is asked for, agreed to, handed out and taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.decisions.single import UnexplainedError
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState
from boussole.charter.incidents.entering import enter
from boussole.dashboard.access.sheet_requests import (
    SheetRequest,
    issued,
    open_sheet,
    settle_sheet,
    sheet_requests,
    shown_sheet,
)
from boussole.dashboard.access.visitor import of_request
from boussole.dashboard.forms.model import Form
from boussole.dashboard.forms.reading import UnfitError, Values
from boussole.dashboard.forms.routes import Desk, form_route
from boussole.dashboard.pages.explain.forms import (
    BETWEEN,
    CONFIRM,
    ISSUE,
    NONE,
    OPEN,
    TAKE,
    YES,
    confirming,
    issuing,
    opening,
)
from boussole.dashboard.views.explained.explanation import Explanation, explanation
from boussole.dashboard.views.explained.refusals import refusal
from boussole.dashboard.views.explained.requests import held_to, known_request, request_of
from boussole.dashboard.words.addresses import explain_href
from boussole.dashboard.words.say import Say
from boussole.dashboard.words.speaking import chosen_language, speaker_in


def explain_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [
        form_route(OPEN, home, ask=lambda desk, _: opening(desk.workspace, desk.say), act=_open, back=_back),
        form_route(CONFIRM + "/{of}", home, ask=_ask_confirm, act=_confirm, back=_back),
        form_route(ISSUE + "/{of}", home, ask=_ask_issue, act=_issue, back=_back_to_sheet),
        Route(TAKE + "/{of}", lambda request: _take(request, Workspace(home))),
    ]


def _open(desk: Desk, _of: str, values: Values) -> str:
    words = [each.strip() for each in values.text("decision").split(BETWEEN)]
    system = desk.workspace.system(values.text("system"))
    if len(words) != len(system.log.key) or not all(words):
        raise UnfitError(
            desk.say("A decision of this system is known by: {columns}.", columns=", ".join(system.log.key) or "—"),
            "decision",
        )
    request = values.text("request")
    with told_to(desk.say, "reason"):
        open_sheet(
            desk.workspace,
            desk.person,
            system=system.id,
            decision=words,
            request="" if request == NONE else request,
            reason=" ".join(values.text("reason").split()),
        )
    return explain_href(query=desk.query, asked="1", anchor="waiting")


def _found(desk: Desk, of: str) -> SheetRequest | None:
    return next((each for each in sheet_requests(desk.workspace, desk.person) if each.id == of), None)


@contextmanager
def told_to(say: Say, field: str = "") -> Iterator[None]:
    """Puts why something cannot be explained into the words of who sent a form, beside a field of it. Raises
    UnfitError."""
    try:
        yield
    except UnexplainedError as error:
        raise UnfitError(" ".join(refusal(error, say)), field) from error


def _ask_confirm(desk: Desk, of: str) -> Form | None:
    found = _found(desk, of)
    return confirming(found, desk.say) if found else None


def _confirm(desk: Desk, of: str, values: Values) -> str:
    with told_to(desk.say):
        settled = settle_sheet(desk.workspace, desk.person, of, agreed=values.text("agreed") == YES)
    if settled is None:
        return explain_href(query=desk.query, declined="1")
    return explain_href(query=desk.query, sheet=of)


def _ask_issue(desk: Desk, of: str) -> Form | None:
    found = _found(desk, of)
    return issuing(found, desk.say) if found and found.confirmed and found.request else None


def _issue(desk: Desk, of: str, values: Values) -> Response:
    """Seals the answer and hands out its PDF at once: nobody has to make it again to have it."""
    from boussole.dashboard.report.sheets import answered  # takes seconds to load

    workspace, lang = desk.workspace, values.text("spoken")
    with told_to(desk.say):
        found = shown_sheet(workspace, desk.person, of)
        known = explained(workspace, found)
        files, said = answered(
            workspace,
            known,
            request_of(workspace, found.request, known),
            speaker_in(workspace, lang),
            role=desk.person.role.value,
            signed_in=desk.person.authenticated,
            number=found.number,
        )
    entry = enter(workspace, said).entry
    issued(workspace, desk.person, of, entry=entry, lang=lang, on=said.on)
    return _handed(files.pdf, found)


def explained(workspace: Workspace, found: SheetRequest) -> Explanation:
    """What is known of the decision of a request: read only now that two people agreed.

    Raises BoussoleError where the request that it is to answer is about a decision of another system or day.
    """
    known = explanation(workspace, workspace.system(found.system), found.decision)
    if found.request:
        held_to(known_request(workspace, found.request), known)
    return known


def _take(request: Request, workspace: Workspace) -> Response:
    """The PDF that was handed out, byte for byte; before that a draft that says so."""
    from boussole.dashboard.report.sheets import draft, files_again

    me = of_request(request, workspace.home)
    say = speaker_in(workspace, chosen_language(request).get("lang", ""))
    try:
        found = shown_sheet(workspace, me, request.path_params["of"])
        known = explained(workspace, found)
        if found.entry is None or found.issued_on is None:
            pdf = draft(workspace, known, say).pdf
        else:
            said = speaker_in(workspace, found.lang or "")
            asked = known_request(workspace, found.request)
            pdf = files_again(workspace, known, asked, said, on=found.issued_on, number=found.number).pdf
            _hold_sealed(asked, pdf)
    except BoussoleError as error:
        return PlainTextResponse(f"{' '.join(refusal(error, say))}\n", status_code=409)
    return _handed(pdf, found)


def _handed(pdf: bytes, found: SheetRequest) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{found.number[:10]}.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _hold_sealed(asked: AppealState, pdf: bytes) -> None:
    """Raises UnexplainedError where a sheet made once more is not the one that was sealed."""
    if asked.decision is None or asked.decision[1].sheet != sha256_hex(pdf):
        raise UnexplainedError(
            "changed",
            "the data behind this sheet have changed since it was handed out: it cannot be made again as it was.",
            next_step="Give the person the copy that was taken, or withdraw the answer and answer anew.",
        )


def _back(desk: Desk, _of: str, token: str) -> str:
    return explain_href(query=desk.query, sent=token)


def _back_to_sheet(desk: Desk, of: str, token: str) -> str:
    return explain_href(query=desk.query, sheet=of, sent=token)
