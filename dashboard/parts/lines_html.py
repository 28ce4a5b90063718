"""Lines of what is due, and filters of lists, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, el, join, link
from boussole.dashboard.views.fields import Choice
from boussole.dashboard.views.register_words import DueLine


def filter_by(name: str, choices: Sequence[Choice]) -> Html:
    links = [
        el(
            "li",
            el(
                "a",
                choice.text,
                el("span", join([" (", name, ")"]), class_="unseen"),
                None if choice.count is None else el("span", f" {choice.count}", class_="count"),
                href=choice.href,
                target="_self",
                aria_current="true" if choice.current else None,
            ),
        )
        for choice in choices
    ]
    return el("nav", el("span", name, class_="name"), el("ul", *links), aria_label=name)


def due_item(line: DueLine) -> Html:
    """Something that is due: when, what, and where; the link says both, so that no two are called the same."""
    when = el("p", line.when, class_="when overdue" if line.overdue else "when")
    said = join([line.what, line.place], " — ")
    return el("li", when, el("p", link(said, line.href) if line.href else said))
