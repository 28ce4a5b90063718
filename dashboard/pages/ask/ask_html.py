"""The page on which a question is asked, as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, badge, el, facts, link
from boussole.dashboard.views.figure import Figure
from boussole.dashboard.words.say import Say


def asking(figure: Figure | None, say: Say, *, back: str, lost: bool) -> Html:
    """The title of the page on which a question is asked, and the figure it is about, as it is seen now.

    `lost`: the address names a figure that there is not.
    """
    crumbs = el(
        "nav",
        el(
            "ol",
            el("li", link(say("Questions and answers"), back)),
            el("li", say("Ask a question"), aria_current="page"),
        ),
        class_="crumbs",
        aria_label=say("You are here"),
    )
    title = el("h1", say("What do you want to know?"))
    if figure is None:
        gone = el("p", say("There is no such figure here: your question will be about no figure."), class_="warning")
        return el("header", crumbs, title, gone if lost else None)
    about = (
        say("Your question is about this figure; it is sealed with it, as you see it now.")
        if figure.verdict
        else say("Your question is about this system.")
    )
    pairs = [
        (say("System"), figure.title),
        (say("Question"), f"{figure.number} {figure.question}".strip()),
        (say("Period"), figure.period),
    ]
    return el(
        "header",
        crumbs,
        title,
        el("p", about, class_="subtitle"),
        el(
            "div",
            el("p", badge(figure.verdict, say) if figure.verdict else None, " ", figure.sentence),
            facts(pairs),
            class_=f"lead lead-{figure.verdict or 'unknown'}",
        ),
    )
