"""Versions side by side, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Child, Html, badge, code, details, el, join, stacked
from boussole.dashboard.views.drift.beside import Beside
from boussole.dashboard.words.say import Say


def versions(found: Sequence[Beside], say: Say) -> Html:
    """One part for each change of version; nothing where there was none."""
    if not found:
        return Html("")
    return el(
        "section",
        el("h2", say("From version to version"), id="versions"),
        join([version(each, say) for each in found]),
        class_="drift-theme",
    )


def version(shown: Beside, say: Say) -> Html:
    """Two versions: the answer, what differs, and all that was compared."""
    if shown.missing:
        told = [el("p", shown.missing), el("p", code(shown.todo)) if shown.todo else None]
        return el("section", el("h3", shown.title), *told, class_="question", id=shown.anchor)
    sentences = [el("p", el("strong", text) if not at else text) for at, text in enumerate(shown.sentences)]
    every: list[list[Child]] = [
        [*row, badge(mark, say, say("Differs")) if mark else ""]
        for row, mark in zip(shown.every, shown.marks, strict=True)
    ]
    differing: list[list[Child]] = [[*row, badge("watch", say, say("Differs"))] for row in shown.rows]
    caption = say("What differs between both versions")
    return el(
        "section",
        el("h3", shown.title),
        el("p", shown.period, class_="note"),
        el("div", *sentences, class_=f"lead lead-{shown.tone}"),
        details(
            say("What differs between both versions"),
            stacked(list(shown.head), differing, caption=caption, class_="data", hidden_caption=True),
        )
        if differing
        else None,
        details(
            say("All that was compared"),
            *[el("p", note, class_="note") for note in shown.notes],
            stacked(list(shown.head), every, caption=say("All that was compared"), class_="data", hidden_caption=True),
        ),
        class_="question",
        id=shown.anchor,
    )
