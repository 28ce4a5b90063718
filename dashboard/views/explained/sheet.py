"""The sheet as a whole: its head, the four elements, and what the person can do next. One content, in several forms."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from boussole.charter.deadlines.appeals import MONTHS
from boussole.dashboard.views.explained.data import data_blocks
from boussole.dashboard.views.explained.explanation import Explanation
from boussole.dashboard.views.explained.operations import operation_blocks
from boussole.dashboard.views.explained.parameters import parameter_blocks
from boussole.dashboard.views.explained.part import part_blocks, result
from boussole.dashboard.views.paper_blocks import Block, bullets, facts, heading, note, strong, text
from boussole.dashboard.words.say import Say, count


def new_sheet_number() -> str:
    """The number of a sheet, drawn by chance: without the sheet nobody finds its hash by trying contents."""
    return f"f_{secrets.token_hex(16)}"


@dataclass(frozen=True, kw_only=True)
class Issue:
    """For which request a sheet is made, and when. `request`: the number of the request, if it answers one."""

    on: dt.date
    request: str | None = None
    received_on: dt.date | None = None
    number: str = field(default_factory=new_sheet_number)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a sheet says, in one language."""

    title: str
    subtitle: str
    blocks: tuple[Block, ...]


def sheet(known: Explanation, issue: Issue, say: Say) -> Sheet:
    """The sheet of a decision."""
    return Sheet(
        title=say("How this decision was made"),
        subtitle=say("{system}, {date}", system=say.text(known.system.title), date=say.date(known.decision.decided_on)),
        blocks=(
            *_head(known, issue, say),
            *part_blocks(known, say),
            *data_blocks(known, say),
            *parameter_blocks(known, say),
            *operation_blocks(known, say),
            *_next(known, issue, say),
        ),
    )


def _head(known: Explanation, issue: Issue, say: Say) -> Iterator[Block]:
    yield text(
        say(
            "A computer tool took part in a decision about you. French law gives you the right to know how (Code of "
            "relations between the public and the administration, article R.\u00a0311-3-1-2). This sheet says it in "
            "four parts. It rests on the log of the tool: what the tool wrote down when it decided."
        )
    )
    yield strong(result(known, say))
    yield facts(
        [
            (say("Tool"), say.text(known.system.title)),
            (say("Decision"), known.id),
            (say("Made on"), say.date(known.decision.decided_on)),
            (say("Your request"), _request(issue, say)),
            (say("Sheet made on"), say.date(issue.on)),
            (say("Number of this sheet"), issue.number if issue.request else ""),
        ]
    )
    if not known.complete:
        yield note(
            say(
                "This sheet is not complete: the weight of some criteria is not known. Part 3 says why, and what the "
                "service must do."
            )
        )


def _request(issue: Issue, say: Say) -> str:
    if issue.request is None:
        return ""
    if issue.received_on is None:
        return issue.request
    return say("{number}, received on {date}", number=issue.request, date=say.date(issue.received_on))


def _next(known: Explanation, issue: Issue, say: Say) -> Iterator[Block]:
    yield heading(say("What can you do now?"))
    months = MONTHS["contest"]
    yield bullets(
        [
            say(
                "You do not agree with the decision: this sheet explains it and does not change it. Ask for a new "
                "decision, by a person. That is another request, with a time limit of its own: you must be answered "
                "within {n} months.",
                n=count(months, say),
            ),
            say("Something about you is wrong: ask the service to put it right."),
            say(
                "Something is missing here, or you were not answered within a month of your request: you can turn to "
                "the commission for access to administrative documents (CADA)."
            ),
            say(
                "You think that you were treated worse because of who you are: you can turn to the Defender of Rights; "
                "about your data, to the CNIL. Both are free of charge."
            ),
        ]
    )
    if known.system.contact:
        yield text(say("Who answers questions about this tool: {contact}.", contact=known.system.contact))
    if issue.request is None:
        yield note(say("This sheet is a draft: it answers no request, and no trace of it is sealed."))
        return
    yield text(
        say(
            "The ledger keeps a fingerprint of this sheet, not what it says: whoever holds the sheet can show "
            "that it was not changed."
        )
    )
