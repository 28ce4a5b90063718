"""Choices that are made in an address which can be shared, as HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from boussole.dashboard.markup.elements import Html, el
from boussole.dashboard.words.say import Say


def choosing(fields: Sequence[Html], say: Say, *, action: str) -> Html:
    """The form that asks for a page anew, in the language in which it stands there."""
    spoken = el("input", type="hidden", name="lang", value=say.lang)
    go = el("p", el("button", say("Show"), type="submit"), class_="go")
    return el(
        "form", spoken, *fields, go, action=action, method="get", class_="ask choose", aria_label=say("What to show")
    )


def choice(key: str, label: str, options: Iterable[tuple[str, str]], chosen: str) -> Html:
    """One thing to choose; options are values with their names."""
    listed = [
        el("option", name, value=value, selected="selected" if value == chosen else None) for value, name in options
    ]
    named = f"ask-{key}"
    return el(
        "p",
        el("label", label, for_=named),
        el("select", *listed, id=named, name=key),
        class_=f"field field-{key}",
    )
