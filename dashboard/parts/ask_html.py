"""The way from a figure to a question about it, as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, el, link
from boussole.dashboard.words.say import Say


def ask_link(href: str, say: Say) -> Html | None:
    """Beside a figure: one tap leads to the question about it."""
    return el("p", link(say("Ask about this"), href), class_="ask-about") if href else None
