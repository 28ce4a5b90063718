"""The way from a figure to a question about it, as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Child, Html, el, link
from boussole.dashboard.words.say import Say


def ask_link(href: str, say: Say, *, of: Child = None) -> Html | None:
    """Beside a figure: one tap leads to the question about it. `of` says which, where a page has several."""
    return el("p", link(say("Ask about this"), href, of=of), class_="ask-about") if href else None
