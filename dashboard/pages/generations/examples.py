"""Redacted examples on the page of generated texts, as data: what committees see, and what a steward reads before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.decisions.kept_texts import ANY, NOTHING, Holding, hold_texts
from boussole.audits.systems import System
from boussole.audits.texts.checking import check_text
from boussole.audits.texts.measured import PERSONAL
from boussole.audits.texts.personal.examples import MARK, ExampleError, choices
from boussole.audits.workspace import Workspace
from boussole.charter.records.examples.drafts import ExampleDraft
from boussole.charter.records.examples.released import Example, examples_in, text_of
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import evidence_href, generations_href
from boussole.dashboard.pages.generations.forms import asking, blacking_out, releasing
from boussole.dashboard.server.access.permissions import Action, Person, allowed, who_words
from boussole.dashboard.server.forms import Form, Titled
from boussole.dashboard.views.records.entering import offered
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.text_examples import criterion_words, example_words, finding_words, kind_words

KIND = "generation"
SHOWN = 10
"""Examples of a system that are shown: the newest."""


@dataclass(frozen=True, kw_only=True)
class TextPiece:
    """A part of a text: as it stands, with the name of the criterion that it states, or what was taken out."""

    text: str
    criterion: str = ""
    taken: str = ""


@dataclass(frozen=True, kw_only=True)
class ShownExample:
    """An example as committees see it. `problem`: why its text is not shown; `withdrawing`: for whoever may."""

    title: str
    pieces: Sequence[TextPiece]
    problem: str
    told: str
    sealed: tuple[str, str]
    withdrawing: Sequence[Titled]


@dataclass(frozen=True, kw_only=True)
class DraftReading:
    """What a steward reads before they release it, and the two forms."""

    title: str
    warning: str
    pieces: Sequence[TextPiece]
    lost: str
    blacking_out: Form | None
    releasing: Form
    back: str


@dataclass(frozen=True, kw_only=True)
class SystemExamples:
    """The examples of one system. `none`: why there is none; `past`: those that were shown, with their entries; `over`:
    that the text of the address can no longer be released."""

    id: str
    none: str
    shown: Sequence[ShownExample]
    past: Sequence[tuple[str, tuple[str, str]]]
    over: str
    asking: Form | None
    reading: DraftReading | None


def system_examples(
    scene: Scene,
    system: System,
    me: Person,
    workspace: Workspace,
    say: Say,
    *,
    query: Mapping[str, str],
    holding: Holding,
    draft: ExampleDraft | None = None,
    over: bool = False,
) -> SystemExamples | None:
    """What somebody sees of the examples of a system; None for whoever may see none, and of one
    that writes no texts but by the way. `over`: the text that a steward
    asked for can no longer be released."""
    reason = _reason(system)
    if not allowed(me.role, Action.SEE_EXAMPLES) or (reason == "no_texts" and system.kind != KIND):
        return None
    today = scene.facts.as_of
    found = [each for each in examples_in(scene.facts.sealed) if each.said.system == system.id]
    standing = [each for each in found if each.stands(today)]
    steward = allowed(me.role, Action.RELEASE_EXAMPLES) and not reason
    return SystemExamples(
        id=system.id,
        none=_none(reason, holding, bool(standing), say),
        shown=[_shown(each, scene, me, workspace, say, query=query) for each in standing[:SHOWN]],
        past=[_past(each, say, query=query) for each in found if not each.stands(today)],
        over=example_words(ExampleError("over"), say) if over else "",
        asking=asking(system, holding, say) if steward and holding.months else None,
        reading=_reading(draft, say, query=query) if steward and draft and draft.system == system.id else None,
    )


def pieces(text: str, say: Say) -> list[TextPiece]:
    """A redacted text in its parts: what was taken out by its kind, unlawful wording with its criterion."""
    marks = [(match.start(), match.end(), "", match[0][1:-1]) for match in MARK.finditer(text)]
    worded = [(each.start, each.end, each.criterion, "") for each in check_text(text).findings]
    return list(_parts(text, sorted([*marks, *worded]), say))


def _parts(text: str, found: Sequence[tuple[int, int, str, str]], say: Say) -> Iterator[TextPiece]:
    last = 0
    for start, end, criterion, kind in found:
        if start < last:  # what was taken out inside a wording stays in its words
            continue
        if start > last:
            yield TextPiece(text=text[last:start])
        yield TextPiece(
            text=text[start:end],
            criterion=criterion_words(criterion, say) if criterion else "",
            taken=kind_words(kind, say) if kind else "",
        )
        last = end
    if last < len(text):
        yield TextPiece(text=text[last:])


def _reason(system: System) -> str:
    try:
        hold_texts(system)
    except ExampleError as error:
        return error.reason
    return ""


def _none(reason: str, holding: Holding, standing: bool, say: Say) -> str:
    """Why there is no example, or none can be drawn; nothing where there are some."""
    if reason == "no_texts":
        return say("None of its texts is kept: there is no example to show.")
    if reason:
        return say("Its file does not say for how long its texts are kept: no example is shown.")
    if standing:
        return ""
    return say("No example is shown now.") if holding.months else say("No text of it is kept at this moment.")


def _shown(
    each: Example, scene: Scene, me: Person, workspace: Workspace, say: Say, *, query: Mapping[str, str]
) -> ShownExample:
    text, problem = "", ""
    try:
        text = text_of(workspace, each, today=scene.facts.as_of)
    except ExampleError as error:
        problem = example_words(error, say)
    at = Setting(person=me, say=say, scene=scene, workspace=workspace, of=str(each.entry))
    return ShownExample(
        title=_title(each.said.finding, each.said.start, each.said.end, say),
        pieces=pieces(text, say) if text else [],
        problem=problem,
        told=say(
            "Released on {date} by: {who}. Shown until {until}.",
            date=say.date(each.said.on),
            who=who_words(each.said.role, say),
            until=say.date(each.said.until),
        ),
        sealed=_entry(each.entry, say, query=query),
        withdrawing=offered("generations", at),
    )


def _past(each: Example, say: Say, *, query: Mapping[str, str]) -> tuple[str, tuple[str, str]]:
    title = _title(each.said.finding, each.said.start, each.said.end, say)
    told = say("{title}: shown until {date}.", title=title, date=say.date(each.last_day))
    return told, _entry(each.entry, say, query=query)


def _title(finding: str, start: dt.date, end: dt.date, say: Say) -> str:
    period = say.period(start.isoformat(), end.isoformat())
    if finding == ANY:
        return say("One text, {period}", period=period)
    if finding == NOTHING:
        return say("One text in which nothing was found, {period}", period=period)
    return say("Example: {finding}, {period}", finding=finding_words(finding, say), period=period)


def _entry(entry: int, say: Say, *, query: Mapping[str, str]) -> tuple[str, str]:
    return say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))


def _reading(draft: ExampleDraft, say: Say, *, query: Mapping[str, str]) -> DraftReading:
    found, names = pieces(draft.shown, say), PERSONAL["PERSON"]
    looked_for = draft.wanted.finding
    lost = ""
    if looked_for not in (ANY, NOTHING) and not _still_there(looked_for, draft.shown):
        lost = say("What it is an example of can no longer be seen in it.")
    offered_spans = [(f"{start}-{end}", draft.shown[start:end]) for start, end in choices(draft.shown)]
    return DraftReading(
        title=_title(looked_for, draft.wanted.start, draft.wanted.end, say),
        warning=say(
            "A machine took personal data out. Of {n} names in texts that it had never seen it missed {missed}: read "
            "every word before you release it.",
            n=say.whole(names.annotated),
            missed=say.whole(names.annotated - names.found),
        ),
        pieces=found,
        lost=lost,
        blacking_out=blacking_out(draft.reference, offered_spans, say) if offered_spans else None,
        releasing=releasing(draft, say),
        back=generations_href(query=query, anchor=f"examples-{draft.system}"),
    )


def _still_there(finding: str, shown: str) -> bool:
    worded = {each.criterion for each in check_text(shown).findings}
    return finding in worded or f"[{finding}]" in shown
