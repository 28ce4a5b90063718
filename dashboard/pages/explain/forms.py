"""The forms of the page: to ask for a sheet, to agree to it, to hand it out."""

from __future__ import annotations

from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import AppealState, appeals
from boussole.charter.records.facts import facts_of
from boussole.dashboard.access.sheet_requests import SheetRequest
from boussole.dashboard.forms.model import Field, Form
from boussole.dashboard.words.say import Say

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


def opening(workspace: Workspace, say: Say) -> Form | None:
    """Which decision, for which request, and why; None where no system decides."""
    systems = [(each.id, say.text(each.title)) for each in workspace.deciding.values() if each.decides]
    if not systems:
        return None
    requests = [
        (
            each.appeal.number,
            say("{number}, answer due on {date}", number=each.appeal.number, date=say.date(each.due_on)),
        )
        for each in waiting(workspace)
    ]
    none = say("None: a draft that nobody hands out")
    return Form(
        id="explain-open",
        path=OPEN,
        send=say("Ask a case handler"),
        note=say("Nothing is read before a case handler has agreed. Write no name."),
        fields=[
            Field(name="system", label=say("System"), kind="choice", choices=systems, value=systems[0][0]),
            Field(
                name="decision",
                label=say("Number of the decision"),
                note=say("As the person’s letter or file says it. Several values: with | between them."),
            ),
            Field(
                name="request",
                label=say("Request that it answers"),
                kind="choice",
                choices=[*requests, (NONE, none)],
                value=requests[0][0] if requests else NONE,
            ),
            Field(
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
            Field(
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
    spoken = {"fr": say("French"), "en": say("English")}
    return Form(
        id="explain-issue",
        path=f"{ISSUE}/{found.id}",
        send=say("Hand out the sheet and record the answer"),
        note=say(
            "The request is answered with today’s date. The ledger keeps a fingerprint of the PDF, not what it says."
        ),
        fields=[
            Field(
                name="spoken",
                label=say("Language of the person"),
                kind="choice",
                value=say.lang,
                choices=[(lang, spoken[lang]) for lang in LANGUAGES],
            )
        ],
    )
