"""Papers of a session as HTML: when they were made, and where to take them."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, el, join, link
from boussole.dashboard.pages.session.paper_forms import PaperView
from boussole.dashboard.words.say import Say


def paper(shown: PaperView | None, title: str, say: Say) -> Html | None:
    """A paper that was made, with its files; nothing while there is none."""
    if shown is None:
        return None
    outdated = say("What it tells has changed since: have it made again.")
    gone = say("Some of its files are no longer here: have it made again.")
    return el(
        "div",
        el("p", el("strong", title), " — ", shown.told, " ", link(*shown.entry)),
        el("p", outdated, class_="warning") if shown.outdated else None,
        el("p", gone, class_="warning") if shown.gone else None,
        el(
            "p",
            join(
                [
                    el("a", name, href=href, hreflang=lang, class_="take", download="")
                    for name, href, lang in shown.takes
                ]
            ),
            class_="takes",
        )
        if shown.takes
        else None,
        class_="paper",
    )
