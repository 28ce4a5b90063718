"""Written questions as HTML: the list, and the page on which one is asked."""

from __future__ import annotations

from boussole.dashboard.forms.forms_html import Acting
from boussole.dashboard.markup import Html, badge, el, facts, join, link
from boussole.dashboard.questions.figure import Figure
from boussole.dashboard.questions.view import QuestionsPage, QuestionView
from boussole.dashboard.words import Say


def ask_link(href: str, say: Say) -> Html | None:
    """Beside a figure: one tap leads to the question about it."""
    return el("p", link(say("Ask about this"), href), class_="ask-about") if href else None


def head(page: QuestionsPage, say: Say, *, may_ask: bool) -> Html:
    """The title, and how things stand."""
    asking = el("p", link(say("Ask a question"), page.ask, class_="take")) if may_ask else None
    return el(
        "header",
        el("h1", say("Questions and answers")),
        el("p", say("What committees asked in writing, who must answer, and by when."), class_="subtitle"),
        el("div", el("p", el("strong", page.headline), " ", page.others), class_=f"lead lead-{page.tone}"),
        asking,
    )


def listed(page: QuestionsPage, say: Say, acting: Acting) -> Html:
    """The questions: those that wait, late ones first, then those that were answered."""
    waiting = el("ul", *[_question(each, acting, say) for each in page.waiting], class_="lines due advice")
    answered = el("ul", *[_question(each, acting, say) for each in page.answered], class_="lines due advice")
    return el(
        "section",
        el("h2", say("Which questions wait?"), id="waiting"),
        waiting if page.waiting else el("p", say("None.")),
        join([el("h2", say("Which were answered?"), id="answered"), answered]) if page.answered else None,
        class_="house-of",
    )


def _question(each: QuestionView, acting: Acting, say: Say) -> Html:
    answers = [
        el(
            "div",
            el("p", el("strong", by), " · ", link(*sealed), class_="told"),
            el("p", text, class_="words"),
            class_="noted",
        )
        for by, text, sealed in each.answers
    ]
    figure = el("p", say("About:"), " ", link(*each.figure), class_="told") if each.figure else None
    return el(
        "li",
        el("p", each.when, class_="when overdue" if each.late else "when"),
        el(
            "div",
            el("p", each.text, class_="words"),
            figure,
            *answers,
            el("p", each.told, " · ", link(*each.sealed), class_="place"),
            *acting.of(each.entry, say),
        ),
        id=f"q-{each.entry}",
    )


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
