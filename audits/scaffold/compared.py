"""Writing down who is compared with whom: groups, and the question which controls there are."""

from __future__ import annotations

import json
from collections.abc import Iterator

from boussole.audits.scaffold import words as w
from boussole.audits.scaffold.draft import GroupGuess, SystemDraft
from boussole.audits.scaffold.marks import GAP, GUESSED, comment, listed, scalar
from boussole.audits.scaffold.people import BANDS

CONTROLS_ASKED = (
    "controls: what may rightly differ between people, such as their occupation? None is guessed. With one, people of "
    "the same value are compared, beside the comparison of everybody; what the control itself carries (a diploma, a "
    "department that was chosen for somebody) is not seen between them. `--control COLUMN` writes one."
)
"""What is asked where nobody has named a control."""
ASKED = "which group others are compared with: {because}; the column by {why}"
PROTECTED = "↑ protected by law: better `from: sensitive`, joined from a keyed file, with `basis` and `expires`"


def groups(draft: SystemDraft) -> Iterator[str]:
    if draft.groups:
        yield "groups:"
    else:
        yield draft.note(
            "groups: {}", GAP, draft.say("no sensitive feature was found: nothing can be compared without one")
        )
    for group in draft.groups:
        yield from _group(draft, group.family, group)
    if draft.offers:
        also = "Also compared? Take the `#` away before those that are:"
        if not draft.groups:
            also = (
                "Also compared? Take the `#` away before those that are, and `groups: {empty}` above becomes `groups:`"
            )
        yield "  # " + draft.say(also, empty="{}")
    for name, guess in draft.offers.items():
        yield from (f"  # {line.strip().removeprefix('# ')}" for line in _group(draft, name, guess, asked=GUESSED))
    names = [group.family for group in draft.groups]
    if {"gender", "age"} <= set(names):
        yield draft.note("intersections: [[gender, age]]", GUESSED, draft.say("the customary pair"))
    yield from _controls(draft)


def _controls(draft: SystemDraft) -> Iterator[str]:
    """The controls that somebody asked for; else the question which, with what a control is and what it hides."""
    if draft.controls:
        yield "controls:"
        for name, guess in draft.controls.items():
            title = _title(w.CONTROLS.get(name, (guess.column, guess.column, frozenset())))
            yield draft.note(f"  {name}: {{column: {scalar(guess.column)}, {title}}}", GUESSED, guess.why)
        return
    yield from comment(draft.say(CONTROLS_ASKED))
    if draft.candidates:
        yield from comment(draft.say("  Candidates: {names}.", names=", ".join(map(scalar, draft.candidates))))
    request = draft.column("request")
    if request and "rank" not in draft.roles:
        matched = "  '{name}' is one where people in each differ in the group alone (matched sets)."
        yield from comment(draft.say(matched, name=request.name))


def _group(draft: SystemDraft, name: str, group: GroupGuess, *, asked: str = GAP) -> Iterator[str]:
    bands = f", bands: {listed(BANDS)}" if group.bands else ""
    reference = "" if group.reference is None else f", reference: {_quoted(group.reference)}"
    values = f", values: [{', '.join(map(_quoted, group.values))}]" if group.values else ""
    title = _title({**w.FAMILIES, **w.OFFERED}[group.family])
    text = f"  {name}: {{column: {scalar(group.column)}{bands}, {title}{reference}{values}}}"
    if group.reference is None:
        yield draft.note(text, asked, draft.say(ASKED, because=group.because, why=group.why))
    else:
        reference = _quoted(group.reference)
        why = draft.say(
            "{why}; compared with {reference}: {because}", why=group.why, reference=reference, because=group.because
        )
        yield draft.note(text, GUESSED, why)
    if group.family in w.SPECIAL:
        yield "  # " + draft.say(PROTECTED)


def _quoted(text: str) -> str:
    """A reference is always text, even where it looks like a number or like yes."""
    return json.dumps(text, ensure_ascii=False)


def _title(entry: tuple[str, str, frozenset[str]]) -> str:
    return f"title: {{fr: {scalar(entry[0])}, en: {scalar(entry[1])}}}"
