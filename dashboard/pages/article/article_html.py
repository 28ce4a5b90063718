"""The page of an article as HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from boussole.audits.languages import inside
from boussole.dashboard.markup.elements import Html, badge, details, el, facts, join, link
from boussole.dashboard.markup.glossary import explained
from boussole.dashboard.pages.article.article_trend_html import turn
from boussole.dashboard.pages.article.questions import OnePage, QuestionView, SystemAnswer, told
from boussole.dashboard.pages.article.standing import told as told_of
from boussole.dashboard.pages.article.view import ArticlePage, Promise
from boussole.dashboard.parts.ask_html import ask_link
from boussole.dashboard.words.say import Say

Ask = Callable[[str, str], str]
"""Where a question about a figure is asked, from its system and the id of what was answered."""


def head(page: ArticlePage, say: Say, *, home: str) -> Html:
    """The promise, why it matters, and how it stands over all systems."""
    promise = page.promise
    draft = say("Draft wording, to be replaced by the official text.") if promise.draft else None
    why = [el("div", el("dt", who), el("dd", text)) for who, text in promise.why]
    return el(
        "header",
        _crumbs(promise, say, home=home, here=True),
        el("p", say("Article {n}", n=promise.order), class_="kicker"),
        el("h1", promise.title),
        el("p", promise.commitment, " ", el("span", draft, class_="draft") if draft else None, class_="subtitle"),
        _answer(page, say),
        el("h2", say("Why it matters"), class_="unseen"),
        el("dl", *why, class_="why"),
        class_="promise",
    )


def _crumbs(promise: Promise, say: Say, *, home: str, here: bool) -> Html:
    last = el("li", promise.title, aria_current="page") if here else el("li", link(promise.title, promise.href))
    return el(
        "nav", el("ol", el("li", link(say("The compass"), home)), last), class_="crumbs", aria_label=say("You are here")
    )


def _answer(page: ArticlePage, say: Say) -> Html:
    systems = [
        el(
            "li",
            badge(each.verdict, say),
            " ",
            link(each.title, each.href),
            say(": {text}.", text=inside(told_of(each.counts, say))),
        )
        for each in page.standings
    ]
    more = say.plural(
        "One more system stands in the table below.", "{n} more systems stand in the table below.", page.more
    )
    if page.more:
        systems.append(el("li", link(more, "#trend")))
    capped = [el("p", link(cap.text, cap.href), class_="cap") for cap in page.capped]
    return el(
        "div",
        el("p", el("strong", page.headline), " ", page.others),
        el("ul", *systems) if systems else None,
        *capped,
        class_=f"lead lead-{page.tone}",
    )


def questions(page: ArticlePage, say: Say, *, ask: Ask | None = None) -> Html:
    """Every question with what it says of each system, then those that nobody has examined."""
    untouched = say.plural(
        "one question that nobody has examined", "{n} questions that nobody has examined", len(page.untouched)
    )
    return el(
        "section",
        el("h2", say("The questions and their answers")),
        *[question(asked, say, ask=ask) for asked in page.asked],
        el("p", say("Nobody has examined any of its questions yet.")) if not page.asked else None,
        details(untouched, el("ul", *[_untouched(asked, say) for asked in page.untouched], class_="untouched-of"))
        if page.untouched
        else None,
        class_="questions-of",
    )


def question(asked: QuestionView, say: Say, *, ask: Ask | None = None) -> Html:
    """One question: each system's worst answer in a word, which leads to it; on request its sentences, what is counted
    and the threshold."""
    folded = (
        details(
            say.plural("See one more answer", "See {n} more answers", len(asked.folded)),
            _answers(asked, asked.folded, say, ask),
        )
        if asked.folded
        else None
    )
    whole = el("p", link(say("See all answers"), asked.all_href)) if asked.all_href else None
    summary = told(asked, say)
    beyond = len(asked.counts) > 1 or sum(n for _, n in asked.counts) > 1
    counted = el("p", summary, class_="told") if asked.answers and beyond else None
    answers = el("div", counted, _answers(asked, asked.answers, say, ask), folded, whole, _lacking(asked))
    return el(
        "section",
        el(
            "h3",
            el("span", asked.number, class_="order") if asked.number else None,
            " ",
            asked.text,
            id=asked.anchor,
        ),
        el("ul", *[_mark(asked, each, say) for each in asked.answers], class_="marked"),
        details(say("In detail"), el("div", answers, _beside(asked, say), class_="answering")),
        class_=f"question question-{asked.verdict}",
    )


def _mark(asked: QuestionView, each: SystemAnswer, say: Say) -> Html:
    """An answer in one word."""
    about = el("span", " · ", each.about, class_="told") if each.about else None
    return el("li", badge(each.verdict, say), " ", link(each.title, each.href, of=asked.text), about)


def _untouched(asked: QuestionView, say: Say) -> Html:
    """A question that nobody has examined: why, what it would take, and what would be counted, on request."""
    more = say("What it would be about, from which level, which law")
    return el(
        "li",
        el("h3", el("span", asked.number, class_="order") if asked.number else None, " ", asked.text, id=asked.anchor),
        _lacking(asked),
        details(more, facts([*asked.facts, *asked.why, (say("Law"), _law(asked))])),
    )


def _law(asked: QuestionView) -> Html:
    return join([link(*each) for each in asked.law], " · ")


def _answers(asked: QuestionView, found: Sequence[SystemAnswer], say: Say, ask: Ask | None) -> Html | None:
    return el("ul", *[_answered(asked, each, say, ask) for each in found], class_="answers") if found else None


def _answered(asked: QuestionView, each: SystemAnswer, say: Say, ask: Ask | None) -> Html:
    about = el("span", "· ", each.about, class_="told") if each.about else None
    renew = el("strong", f"{each.renew} · ", class_="late") if each.renew else None
    records = join([link(*record) for record in each.records], " · ")
    return el(
        "li",
        el("p", badge(each.verdict, say), " ", link(each.title, each.href, of=asked.text), " ", about, class_="who"),
        el("p", each.sentence),
        el("p", each.left_out, class_="place") if each.left_out else None,
        el("p", renew, records, class_="place") if records or renew else None,
        ask_link(ask(each.system, each.key), say, of=join([each.title, asked.text], ", ")) if ask else None,
    )


def _lacking(asked: QuestionView) -> Html | None:
    """Why nobody has looked and what it would take, then what the register says of it."""
    items = [
        el(
            "li",
            el(
                "p",
                el("span", each.systems, " · ", class_="told") if each.systems else None,
                each.why,
                " ",
                each.needed,
            ),
        )
        for each in asked.lacking
    ]
    items += [el("li", el("p", dated)) for dated in asked.register]
    return el("ul", *items, class_="lacking") if items else None


def _beside(asked: QuestionView, say: Say) -> Html:
    more = facts([*asked.why, (say("Law"), _law(asked))])
    return el(
        "div",
        explained(asked.facts, say),
        details(say("Why this level, which law"), more) if more else None,
        class_="small",
    )


def one_question(page: ArticlePage, one: OnePage, say: Say, *, home: str, ask: Ask | None = None) -> Html:
    """All answers to one question."""
    return join(
        [
            el(
                "header",
                _crumbs(page.promise, say, home=home, here=False),
                el("h1", one.asked.text),
                el("p", told(one.asked, say), class_="subtitle"),
                el("p", link(say("Back to the article"), one.back)),
            ),
            el(
                "section",
                _answers(one.asked, one.asked.answers, say, ask),
                turn(one.where, one.previous, one.next, say),
                _lacking(one.asked),
                class_="question",
            ),
        ]
    )
