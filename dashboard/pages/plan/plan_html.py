"""The page of a plan as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, badge, details, el, join, link, stacked
from boussole.dashboard.pages.plan.view import PlannedQuestion, PlanPage
from boussole.dashboard.parts.choosing_html import choice, choosing
from boussole.dashboard.words.say import Say


def page(shown: PlanPage, say: Say) -> Html:
    """What is chosen, what can be known next, then every question with its groups."""
    return join(
        [
            _title(say),
            _form(shown, say),
            el(
                "div",
                el("p", el("strong", shown.headline)),
                *[el("p", text) for text in shown.more],
                class_="lead",
                role="status",
            ),
            el("section", el("h2", say("Question by question")), *[_question(each, say) for each in shown.questions])
            if shown.questions
            else None,
            _how(say),
        ]
    )


def empty(say: Say) -> Html:
    """No system was audited."""
    told = say("No system was audited yet: how large groups are is not known.")
    return join([_title(say), el("div", el("p", el("strong", told)), class_="lead lead-unknown")])


def _title(say: Say) -> Html:
    return join(
        [
            el("h1", say("How many decisions it takes")),
            el(
                "p",
                say("Where nobody can tell yet, more decisions can. Here is how many, and how long they take to come."),
                class_="subtitle",
            ),
        ]
    )


def _form(shown: PlanPage, say: Say) -> Html:
    fields = [
        choice("system", say("System"), shown.systems, shown.chosen.system),
        choice("gap", say("The gap to be found"), shown.gaps, shown.chosen.gap),
    ]
    return choosing(fields, say, action="/plan")


def _question(each: PlannedQuestion, say: Say) -> Html:
    rows = [
        [*cells, badge(mark, say) if mark else ""]
        for cells, mark in zip(each.table.rows, each.table.verdicts, strict=True)
    ]
    summary = el("span", f"{each.number} ", each.question, el("br"), el("span", each.lacks, class_="place"))
    return details(
        summary,
        el(
            "p",
            *[el("span", text, " ") for text in each.rests_on],
            link(say("The answer today"), each.href, of=join([each.number, each.question], " ")),
            class_="note",
        ),
        stacked(each.table.head, rows, caption=each.table.caption, class_="data", hidden_caption=True),
        class_="folded",
    )


def _how(say: Say) -> Html:
    told = [
        say(
            "From the last audit: how large each group is, how often it is selected, how alike decisions about one "
            "person are, and how many questions share the level of error that the charter allows."
        ),
        say(
            "With so many decisions, a gap that is really there is found in four cases of five, or as often as the "
            "charter asks."
        ),
        say(
            "It is counted as if decisions came about other people. Where the same people come back, more decisions "
            "say less than this."
        ),
    ]
    return details(say("How this is worked out"), *[el("p", text) for text in told])
