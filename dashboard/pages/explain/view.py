"""The forms by which one decision comes to be explained: to ask for a sheet, agree to it, hand it out; and its file."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.deadlines.appeals import AppealState, appeals
from boussole.charter.incidents.book import enter
from boussole.charter.incidents.refusals import UnexplainedError
from boussole.charter.incidents.single import require_key
from boussole.charter.records.facts import facts_of
from boussole.dashboard.markup.words import Say, chosen_language, language_names, speaker_in
from boussole.dashboard.markup.words.addresses import explain_href
from boussole.dashboard.server.access.log import (
    SheetRequest,
    note_issued,
    open_sheet,
    settle_sheet,
    sheet_requests,
    shown_sheet,
)
from boussole.dashboard.server.access.permissions import Action, Person, allowed
from boussole.dashboard.server.access.sessions import of_request
from boussole.dashboard.server.forms import Form, FormDesk, FormField, FormValues, form_route
from boussole.dashboard.views.explanation import Explanation, explanation, request_numbered

OPEN, CONFIRM, ISSUE, TAKE = "/explain/open", "/explain/confirm", "/explain/issue", "/explain-file"
NONE, YES, NO = "-", "yes", "no"
LONGEST_REASON = 120
"""Letters of a reason, so that the access log holds it whole."""
BETWEEN = "|"
"""Stands between the values of an id of several columns."""


def request_words(found: AppealState, say: Say) -> str:
    """A request for an explanation: its number, and by when it must be answered."""
    return say("{number}, answer due on {date}", number=found.appeal.number, date=say.date(found.due_on))


def explained(workspace: Workspace, found: SheetRequest) -> tuple[Explanation, AppealState | None]:
    """What is known of the decision of a request, read only now that two people agreed, and what it is to answer.

    Raises UnexplainedError where that is about a decision of another system or day.
    """
    asked = request_numbered(workspace, found.request) if found.request else None
    return explanation(workspace, workspace.system(found.system), found.decision, asked), asked


def request_facts(each: SheetRequest, workspace: Workspace, say: Say) -> list[tuple[str, str]]:
    """What a request to see a decision says: the system first."""
    known = workspace.systems.get(each.system)
    try:
        asked = request_words(request_numbered(workspace, each.request), say) if each.request else say("none")
    except UnexplainedError:
        asked = each.request
    return [
        (say("System"), say.text(known.title) if known else each.system),
        (say("Decision"), ", ".join(each.decision)),
        (say("Request that it answers"), asked),
        (say("Why"), each.reason),
        (say("Asked on"), say.moment(each.opened_at)),
        (say("Waits until"), say.moment(each.expires_at)),
    ]


def opening(workspace: Workspace, say: Say) -> Form | None:
    """Which decision, for which request, and why; None where no system decides."""
    systems = [(each.id, say.text(each.title)) for each in workspace.systems.values() if each.decides]
    if not systems:
        return None
    every = appeals(facts_of(workspace, as_of=workspace.today()))
    waiting = [each for each in every if each.appeal.asks == "explanation" and each.decision is None]
    requests = [(each.appeal.number, request_words(each, say)) for each in waiting]
    none = say("None: a draft that nobody hands out")
    return Form(
        id="explain-open",
        path=OPEN,
        send=say("Ask a case handler"),
        note=say("Nothing is read before a case handler has agreed. Write no name."),
        fields=[
            FormField(name="system", label=say("System"), kind="choice", choices=systems, value=systems[0][0]),
            FormField(
                name="decision",
                label=say("Number of the decision"),
                note=say("As the person’s letter or file says it. Several values: with | between them."),
            ),
            FormField(
                name="request",
                label=say("Request that it answers"),
                kind="choice",
                choices=[*requests, (NONE, none)],
                value=requests[0][0] if requests else NONE,
            ),
            FormField(
                name="reason",
                label=say("Why must this decision be seen?"),
                note=say("The access log keeps it."),
                longest=LONGEST_REASON,
            ),
        ],
    )


def confirming(found: SheetRequest, me: Person, say: Say) -> Form | None:
    """Whether a case handler agrees; None for whoever may not, or has asked."""
    if not allowed(me.role, Action.CONFIRM_SHEET) or (me.authenticated and found.opened_by == me.subject):
        return None
    return Form(
        id=f"explain-confirm-{found.id[:8]}",
        path=f"{CONFIRM}/{found.id}",
        send=say("Answer the steward"),
        fields=[
            FormField(
                name="agreed",
                label=say("Must this decision be seen?"),
                kind="radio",
                choices=[
                    (YES, say("Yes: open the sheet to the two of us")),
                    (NO, say("No: turn the request down")),
                ],
            )
        ],
    )


def issuing(found: SheetRequest, say: Say) -> Form:
    """In which language the sheet is handed out."""
    return Form(
        id="explain-issue",
        path=f"{ISSUE}/{found.id}",
        send=say("Hand out the sheet and record the answer"),
        file_at="take",
        note=say(
            "The request is answered with today’s date. The ledger keeps a fingerprint of the PDF, not what it says."
        ),
        fields=[
            FormField(
                name="spoken",
                label=say("Language of the person"),
                kind="choice",
                value=say.lang,
                choices=list(language_names(say).items()),
            )
        ],
    )


def explain_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return [
        form_route(OPEN, home, ask=lambda desk, _: opening(desk.workspace, desk.say), act=_open, back=_back),
        form_route(CONFIRM + "/{of}", home, ask=_ask_confirm, act=_confirm, back=_back),
        form_route(ISSUE + "/{of}", home, ask=_ask_issue, act=_issue, back=_back_to_sheet),
        Route(TAKE + "/{of}", lambda request: _take(request, Workspace(home))),
    ]


def _open(desk: FormDesk, _of: str, values: FormValues) -> str:
    words = [each.strip() for each in values.text("decision").split(BETWEEN)]
    system = desk.workspace.system(values.text("system"))
    require_key(system, words)
    request = values.text("request")
    open_sheet(
        desk.workspace,
        desk.person,
        system=system.id,
        decision=words,
        request="" if request == NONE else request,
        reason=" ".join(values.text("reason").split()),
    )
    return explain_href(query=desk.query, done="asked", anchor="waiting")


def _found(desk: FormDesk, of: str) -> SheetRequest | None:
    return next((each for each in sheet_requests(desk.workspace, desk.person) if each.id == of), None)


def _ask_confirm(desk: FormDesk, of: str) -> Form | None:
    found = _found(desk, of)
    return confirming(found, desk.person, desk.say) if found else None


def _confirm(desk: FormDesk, of: str, values: FormValues) -> str:
    if settle_sheet(desk.workspace, desk.person, of, agreed=values.text("agreed") == YES) is None:
        return explain_href(query=desk.query, done="declined")
    return explain_href(query=desk.query, sheet=of)


def _ask_issue(desk: FormDesk, of: str) -> Form | None:
    found = _found(desk, of)
    return issuing(found, desk.say) if found and found.confirmed_by and found.request else None


def _issue(desk: FormDesk, of: str, values: FormValues) -> Response:
    """Seals the answer and hands out its PDF at once: nobody has to make it again to have it."""
    from boussole.dashboard.report.typesetting import answer_of  # takes seconds to load

    workspace = desk.workspace
    found = shown_sheet(workspace, desk.person, of)
    known, _ = explained(workspace, found)
    pdf, said = answer_of(
        workspace,
        known,
        request_numbered(workspace, found.request),
        speaker_in(workspace, values.text("spoken")),
        role=desk.person.role.value,
        number=found.number,
        signed_in=desk.person.authenticated,
    )
    note_issued(workspace, desk.person, of, entry=enter(workspace, said).entry)
    return _handed(pdf, found)


def _take(request: Request, workspace: Workspace) -> Response:
    """The PDF that was handed out, byte for byte: made again, in the language in which it has the sealed hash."""
    from boussole.dashboard.report.typesetting import sheet_pdf

    me = of_request(request, workspace.home)
    try:
        found = shown_sheet(workspace, me, request.path_params["of"])
        known, asked = explained(workspace, found)
        if asked is None or asked.decision is None:
            return PlainTextResponse("There is nothing of this name.\n", status_code=404)
        said = asked.decision[1]
        for lang in LANGUAGES:
            pdf = sheet_pdf(workspace, known, asked, speaker_in(workspace, lang), on=said.on, number=found.number)
            if sha256_hex(pdf) == said.sheet:
                return _handed(pdf, found)
        raise UnexplainedError("changed")
    except RefusedError as error:
        spoken = speaker_in(workspace, chosen_language(request).get("lang", "")).lang
        return PlainTextResponse(f"{error.said(spoken)}\n", status_code=409)
    except BoussoleError as error:
        return PlainTextResponse(f"{error}\n", status_code=409)


def _handed(pdf: bytes, found: SheetRequest) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{found.number[:10]}.pdf"', "Cache-Control": "no-store"}
    return Response(pdf, media_type="application/pdf", headers=headers)


def _back(desk: FormDesk, _of: str, token: str) -> str:
    return explain_href(query=desk.query, sent=token)


def _back_to_sheet(desk: FormDesk, of: str, token: str) -> str:
    return explain_href(query=desk.query, sheet=of, sent=token)
