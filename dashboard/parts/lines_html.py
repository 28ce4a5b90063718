"""Lines of what is due, and filters of lists, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, el, join, link
from boussole.dashboard.views.register.choice import Choice
from boussole.dashboard.views.register.due import DueLine


def filter_by(name: str, choices: Sequence[Choice]) -> Html:
    links = [
        el(
            "li",
            el(
                "a",
                choice.text,
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
    """Something that is due: when, what, and where; the link is on the place, if one is named."""
    when = el("p", line.when, class_="when overdue" if line.overdue else "when")
    if not line.place:
        return el("li", when, el("p", link(line.what, line.href) if line.href else line.what))
    where = link(line.place, line.href) if line.href else line.place
    return el("li", when, el("p", join([line.what, where], " — ")))
