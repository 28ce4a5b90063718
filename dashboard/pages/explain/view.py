"""The page on which one decision is explained, as data, and its forms: to ask for a sheet, agree to it, hand it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.decisions.single import UnexplainedError
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState, appeals
from boussole.charter.incidents.book import enter
from boussole.charter.records.facts import facts_of
from boussole.dashboard.markup.words import Say, chosen_language, language_names, speaker_in
from boussole.dashboard.markup.words.addresses import evidence_href, explain_href
from boussole.dashboard.server.access.log import (
    SheetRequest,
    issued,
    open_sheet,
    settle_sheet,
    sheet_requests,
    shown_sheet,
)
from boussole.dashboard.server.access.permissions import Action, Person, Role, allowed, role_title
from boussole.dashboard.server.access.sessions import of_request
from boussole.dashboard.server.forms import Form, FormDesk, FormField, FormValues, UnfitError, form_route
from boussole.dashboard.views.explanation import (
    Explanation,
    explanation,
    held_to,
    known_request,
    refusal,
    request_at,
    request_of,
)
from boussole.dashboard.views.explanation_sheet import ExplanationSheet

# The forms of the page, to ask for a sheet, to agree to it, to hand it out; where they are sent, and a sheet taken.


OPEN, CONFIRM, ISSUE, TAKE = "/explain/open", "/explain/confirm", "/explain/issue", "/explain-file"
NONE, YES, NO = "-", "yes", "no"
LONGEST_REASON = 120
"""Letters of a reason, so that the access log holds it whole."""
BETWEEN = "|"
"""Stands between the values of an id of several columns."""


def waiting(workspace: Workspace) -> list[AppealState]:
    """The requests for an explanation that nobody has answered, the next due first."""
    every = appeals(facts_of(workspace, as_of=workspace.today()))
    return [each for each in every if each.appeal.asks == "explanation" and each.decision is None]


def request_words(found: AppealState, say: Say) -> str:
    """A request for an explanation: its number, and by when it must be answered."""
    return say("{number}, answer due on {date}", number=found.appeal.number, date=say.date(found.due_on))


def opening(workspace: Workspace, say: Say) -> Form | None:
    """Which decision, for which request, and why; None where no system decides."""
    systems = [(each.id, say.text(each.title)) for each in workspace.systems.values() if each.decides]
    if not systems:
        return None
    requests = [(each.appeal.number, request_words(each, say)) for each in waiting(workspace)]
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


def confirming(found: SheetRequest, say: Say) -> Form:
    """Whether a case handler agrees."""
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
    return explain_href(query=desk.query, done="asked", anchor="waiting")


def _found(desk: FormDesk, of: str) -> SheetRequest | None:
    return next((each for each in sheet_requests(desk.workspace, desk.person) if each.id == of), None)


@contextmanager
def told_to(say: Say, field: str = "") -> Iterator[None]:
    """Raises UnfitError, in the words of who sent a form, where something cannot be explained."""
    try:
        yield
    except UnexplainedError as error:
        raise UnfitError(" ".join(refusal(error, say)), field) from error


def _ask_confirm(desk: FormDesk, of: str) -> Form | None:
    found = _found(desk, of)
    return confirming(found, desk.say) if found else None


def _confirm(desk: FormDesk, of: str, values: FormValues) -> str:
    with told_to(desk.say):
        settled = settle_sheet(desk.workspace, desk.person, of, agreed=values.text("agreed") == YES)
    if settled is None:
        return explain_href(query=desk.query, done="declined")
    return explain_href(query=desk.query, sheet=of, done="agreed")


def _ask_issue(desk: FormDesk, of: str) -> Form | None:
    found = _found(desk, of)
    return issuing(found, desk.say) if found and found.confirmed and found.request else None


def _issue(desk: FormDesk, of: str, values: FormValues) -> Response:
    """Seals the answer and hands out its PDF at once: nobody has to make it again to have it."""
    from boussole.dashboard.report.typesetting import answered  # takes seconds to load

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
    """What is known of the decision of a request on which two people agreed.

    Raises BoussoleError where the request that it is to answer is about a decision of another system or day.
    """
    known = explanation(workspace, workspace.system(found.system), found.decision)
    if found.request:
        held_to(known_request(workspace, found.request), known)
    return known


def _take(request: Request, workspace: Workspace) -> Response:
    """The PDF that was handed out, byte for byte; before that a draft that says so."""
    from boussole.dashboard.report.typesetting import draft, files_again

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


def _back(desk: FormDesk, _of: str, token: str) -> str:
    return explain_href(query=desk.query, sent=token)


def _back_to_sheet(desk: FormDesk, of: str, token: str) -> str:
    return explain_href(query=desk.query, sheet=of, sent=token)


# The page on which one decision is explained, as data: what waits for whom, what is open, one sheet.


Query = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class WaitingRequest:
    """A request that nobody has agreed to. `form`: for whoever may."""

    facts: Sequence[tuple[str, str]]
    form: Form | None


@dataclass(frozen=True, kw_only=True)
class OpenSheet:
    """A sheet that is open to the reader."""

    link: tuple[str, str]
    until: str


@dataclass(frozen=True, kw_only=True)
class RequestsPage:
    """What waits and what is open. `handler` is who agrees, and `local` that nobody proves who they are."""

    handler: str
    local: bool
    done: str
    waiting: Sequence[WaitingRequest]
    agreed: Sequence[OpenSheet]
    asking: Form | None


@dataclass(frozen=True, kw_only=True)
class SheetPage:
    """A sheet as the person will read it. `issued` says that it was handed out, and `issuing` is the form to do so."""

    sheet: ExplanationSheet
    back: str
    until: str
    take: str
    issued: tuple[str, tuple[str, str]] | None
    issuing: Form | None


def requests_page(
    found: Sequence[SheetRequest], me: Person, workspace: Workspace, asked: Query, say: Say, *, query: Query
) -> RequestsPage:
    """What waits, what is open, and the form to ask; `asked`: the address, which says what came of a form."""
    return RequestsPage(
        handler=role_title(Role.AGENT, say),
        local=not me.authenticated,
        done=_done(asked, say),
        waiting=[_waiting(each, me, workspace, say) for each in found if not each.confirmed],
        agreed=[_agreed(each, workspace, say, query=query) for each in found if each.confirmed],
        asking=opening(workspace, say) if allowed(me.role, Action.OPEN_SHEET) else None,
    )


def _done(asked: Query, say: Say) -> str:
    told = {
        "asked": say("Your request waits for the agreement of a case handler. Nothing has been read."),
        "declined": say("The request was turned down: nothing was read."),
    }
    return told.get(asked.get("done", ""), "")


def _waiting(each: SheetRequest, me: Person, workspace: Workspace, say: Say) -> WaitingRequest:
    mine = me.authenticated and each.opened_by == me.subject
    may = allowed(me.role, Action.CONFIRM_SHEET) and not mine
    facts = [
        (say("System"), _system(each, workspace, say)),
        (say("Decision"), ", ".join(each.decision)),
        (say("Request that it answers"), _request(each, workspace, say)),
        (say("Why"), each.reason),
        (say("Asked on"), say.moment(each.opened_at)),
        (say("Waits until"), say.moment(each.expires_at)),
    ]
    return WaitingRequest(facts=facts, form=confirming(each, say) if may else None)


def _agreed(each: SheetRequest, workspace: Workspace, say: Say, *, query: Query) -> OpenSheet:
    name = say("{system}, decision {decision}", system=_system(each, workspace, say), decision=", ".join(each.decision))
    until = say("until {moment}", moment=say.moment(each.expires_at))
    return OpenSheet(link=(name, explain_href(query=query, sheet=each.id)), until=until)


def _request(each: SheetRequest, workspace: Workspace, say: Say) -> str:
    found = request_at(workspace, each.request) if each.request else None
    return request_words(found, say) if found else each.request or say("none")


def _system(each: SheetRequest, workspace: Workspace, say: Say) -> str:
    known = workspace.systems.get(each.system)
    return say.text(known.title) if known else each.system


def sheet_page(found: SheetRequest, made: ExplanationSheet, me: Person, say: Say, *, query: Query) -> SheetPage:
    """The sheet of a request, and what can be done with it."""
    issued = None
    if found.entry is not None and found.issued_on is not None:
        entry = str(found.entry)
        told = say("The request {number} was answered on {date}.", number=found.request, date=say.date(found.issued_on))
        issued = told, (say("entry {n}", n=entry), evidence_href(query=query, entry=entry))
    may = issued is None and bool(found.request) and allowed(me.role, Action.ENTER_APPEAL)
    return SheetPage(
        sheet=made,
        back=explain_href(query=query),
        until=say.moment(found.expires_at),
        take=f"{TAKE}/{found.id}?lang={say.lang}",
        issued=issued,
        issuing=issuing(found, say) if may else None,
    )
