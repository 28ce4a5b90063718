"""The list of written questions as HTML."""

from __future__ import annotations

from boussole.dashboard.forms.forms_html import PageForms
from boussole.dashboard.markup.attached import attached_html
from boussole.dashboard.markup.elements import Html, el, join, link
from boussole.dashboard.pages.questions.view import QuestionsPage, QuestionView
from boussole.dashboard.words.say import Say


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


def listed(page: QuestionsPage, say: Say, acting: PageForms) -> Html:
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


def _question(each: QuestionView, acting: PageForms, say: Say) -> Html:
    answers = [
        el(
            "div",
            el("p", el("strong", by), " · ", link(*sealed), class_="told"),
            el("p", text, class_="words"),
            attached_html(files),
            class_="noted",
        )
        for by, text, sealed, files in each.answers
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
