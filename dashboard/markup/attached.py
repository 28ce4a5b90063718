"""Links to attachments as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, el, link


def attached_html(links: Sequence[tuple[str, str]]) -> Html | None:
    """The links, one below the other; nothing where there is none."""
    return el("ul", *[el("li", link(*each)) for each in links], class_="attached") if links else None
