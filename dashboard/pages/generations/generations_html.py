"""The page of generated texts as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, badge, details, el, join, link, stacked
from boussole.dashboard.markup.glossary import explained
from boussole.dashboard.pages.generations.view import GenerationsPage, QuestionToday, Writer
from boussole.dashboard.words.say import Say


def head(page: GenerationsPage, say: Say) -> Html:
    """The question, and the answer in one sentence."""
    told = say("What systems write for agents and for people: e-mails, adverts, summaries. No text is shown here.")
    answer = el("div", el("p", el("strong", page.headline), " ", page.others), class_=f"lead lead-{page.tone}")
    return join([el("h1", say("What do the systems write?")), el("p", told, class_="subtitle"), answer])


def writer(shown: Writer, say: Say) -> Html:
    """One system: what came in, what is said of its texts, and what is asked of every system."""
    return el(
        "section",
        el("h2", link(shown.title, shown.href), id=shown.id),
        el("p", shown.purpose),
        explained(shown.facts, say),
        _answers(shown.texts, say("Questions about its texts"), say),
        details(
            say.plural("One question that is asked of every system", "{n} questions that are asked of every system",
                       len(shown.others)),
            _answers(shown.others, say("Questions asked of every system"), say),
            class_="folded",
        )
        if shown.others
        else None,
        el("p", link(say("What the team itself declares"), shown.declared)) if shown.declared else None,
        class_="data-of",
    )  # fmt: skip


def _answers(found: Sequence[QuestionToday], caption: str, say: Say) -> Html:
    if not found:
        return el("p", say("The charter asks nothing about the texts of this system."), class_="told")
    head = [say("Question"), say("Today"), say("What is said of it")]
    rows = [
        [
            join([f"{each.number} ", link(each.question, each.href)]),
            badge(each.verdict, say),
            join([el("span", each.sentence), el("span", each.needed, class_="under") if each.needed else None]),
        ]
        for each in found
    ]
    return stacked(head, rows, caption=caption, class_="asked-of-texts")


def empty(say: Say) -> Html:
    """No system writes: what a system file says where one does."""
    return join(
        [
            el("h1", say("What do the systems write?")),
            el(
                "div",
                el("p", el("strong", say("No system of the register writes texts."))),
                el(
                    "p", say("One that does is described in systems/ID.yaml with:"), " ", el("code", "kind: generation")
                ),
                class_="lead",
            ),
        ]
    )
