"""A text that a steward reads before it is released as an example: redacted, and kept nowhere meanwhile.

What is known of it goes to the steward and comes back as a sealed reference: where the text lies and what was taken out
of it, never a word of it. It is redacted anew each time, and held to what was read.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from boussole.audits.decisions.kept_texts import ANY, NOTHING, KeptText, at_place, drawn, kept_until, of_id
from boussole.audits.errors import PrivacyError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.privacy.blobs import seal_bytes, unseal_bytes
from boussole.audits.texts.personal.examples import ExampleError, blacked_out, held, redacted
from boussole.audits.windows import period_of
from boussole.audits.workspace import Workspace
from boussole.charter.records.examples.released import KINDS, Example, release
from boussole.charter.records.statements import statements

PURPOSE = "boussole.example-draft/1"
LASTS = dt.timedelta(hours=1)
"""How long somebody may read before they release."""
LARGEST = 6_000
"""Characters of a reference."""


@dataclass(frozen=True, kw_only=True)
class WantedExample:
    """What a text is to be an example of: some days, and what was found in it."""

    start: dt.date
    end: dt.date
    finding: str = ANY


@dataclass(frozen=True, kw_only=True)
class ExampleDraft:
    """What somebody reads: what it is an example of, the text as it is shown to them, and the last day on which it can
    be. `reference` names it when it is sent back."""

    system: str
    wanted: WantedExample
    shown: str
    until: dt.date
    reference: str


@dataclass(frozen=True, kw_only=True)
class _DraftReference:
    """Where the text lies, what a person took out of it step by step, the hash of what they read, until when, for whom
    it was drawn, and how many records of examples there were (`records`): with another one it is over."""

    system: str
    place: tuple[int, int]
    start: str
    end: str
    finding: str
    taken: tuple[tuple[tuple[int, int], ...], ...]
    read: str
    ends: str
    whose: str
    records: int


def draw_example(
    workspace: Workspace, system_id: str, wanted: WantedExample, *, whose: str, now: dt.datetime, text: str = ""
) -> ExampleDraft:
    """An example drawn at random among the texts that fit, or the one of an id (`text`), redacted.

    Raises ExampleError where there is none, or where it cannot be one.
    """
    system, today = workspace.system(system_id), workspace.today()
    if text:
        found = of_id(workspace, system, text, today=today)
        month = period_of(found.day, "month")  # the day of one text is nobody's business
        wanted = WantedExample(start=month.start, end=month.end, finding=wanted.finding)
        if wanted.finding not in {ANY, *(found.findings or {NOTHING})}:
            raise ExampleError("none")
    else:
        found = drawn(workspace, system, start=wanted.start, end=wanted.end, finding=wanted.finding, today=today)
    begun = _DraftReference(
        system=system.id,
        place=found.place,
        start=wanted.start.isoformat(),
        end=wanted.end.isoformat(),
        finding=wanted.finding,
        taken=(),
        read="",
        ends=(now + LASTS).isoformat(),
        whose=whose,
        records=_records(workspace, system.id),
    )
    return _draft(workspace, begun, found, redacted(found.text))


def read_draft(workspace: Workspace, reference: str, *, whose: str, now: dt.datetime) -> ExampleDraft:
    """The draft of a reference. Raises ExampleError where it is over, of somebody else, or no longer what was read."""
    return _read(workspace, reference, whose=whose, now=now)[0]


def take_out(
    workspace: Workspace, reference: str, spans: Sequence[tuple[int, int]], *, whose: str, now: dt.datetime
) -> ExampleDraft:
    """The same draft without some parts of it: nothing comes back. Raises ExampleError as `read_draft` does."""
    draft, found, known = _read(workspace, reference, whose=whose, now=now)
    kept = tuple((start, end) for start, end in spans if 0 <= start < end <= len(draft.shown))
    return _draft(workspace, replace(known, taken=(*known.taken, kept)), found, blacked_out(draft.shown, kept))


def release_draft(
    workspace: Workspace,
    reference: str,
    *,
    whose: str,
    now: dt.datetime,
    until: dt.date | None,
    role: str,
    signed_in: bool,
) -> Example:
    """Release a draft as it was read. Raises ExampleError as `read_draft` and `release` do."""
    draft, found, _ = _read(workspace, reference, whose=whose, now=now)
    return release(
        workspace,
        found,
        draft.shown,
        period=(draft.wanted.start, draft.wanted.end),
        finding=draft.wanted.finding,
        until=until,
        role=role,
        signed_in=signed_in,
        today=workspace.today(),
    )


def _read(
    workspace: Workspace, reference: str, *, whose: str, now: dt.datetime
) -> tuple[ExampleDraft, KeptText, _DraftReference]:
    known = _known(workspace, reference)
    if known.whose != whose or now > dt.datetime.fromisoformat(known.ends):
        raise ExampleError("over")
    if known.records != _records(workspace, known.system):  # what was withdrawn does not come back by an older draft
        raise ExampleError("over")
    found = at_place(workspace, workspace.system(known.system), known.place, today=workspace.today())
    shown = redacted(found.text)
    for spans in known.taken:
        shown = blacked_out(shown, spans)
    if sha256_hex(shown.encode()) != known.read:
        raise ExampleError("changed")
    return _draft(workspace, known, found, shown), found, known


def _records(workspace: Workspace, system: str) -> int:
    """How many examples of a system were released, and withdrawn, so far."""
    return sum(each.statement.system == system for each in statements(workspace, kinds=KINDS))


def _draft(workspace: Workspace, known: _DraftReference, found: KeptText, shown: str) -> ExampleDraft:
    until = kept_until(workspace.system(known.system), found.day)
    if until is None:
        raise ExampleError("no_term")
    read = replace(known, read=sha256_hex(held(shown).encode()))
    content = seal_bytes(workspace, canonical_json({"purpose": PURPOSE, **_plain(read)}))
    return ExampleDraft(
        system=known.system,
        wanted=WantedExample(
            start=dt.date.fromisoformat(known.start), end=dt.date.fromisoformat(known.end), finding=known.finding
        ),
        shown=shown,
        until=until,
        reference=base64.urlsafe_b64encode(content).decode().rstrip("="),
    )


def _plain(known: _DraftReference) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(asdict(known)))
    return plain


def _known(workspace: Workspace, reference: str) -> _DraftReference:
    """What a reference says. Raises ExampleError for what is none."""
    try:
        if len(reference) > LARGEST:
            raise ValueError
        sealed = base64.b64decode(reference + "=" * (-len(reference) % 4), altchars=b"-_", validate=True)
        said = json.loads(unseal_bytes(workspace, sealed))
        if said.pop("purpose") != PURPOSE:
            raise ValueError
        taken = tuple(tuple((int(start), int(end)) for start, end in step) for step in said.pop("taken"))
        batch, row = said.pop("place")
        return _DraftReference(**said, place=(int(batch), int(row)), taken=taken)
    except (binascii.Error, PrivacyError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExampleError("over") from error
