"""The law page as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, badge, details, el, join, link, stacked
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.law import LawAnswer, LawPage, LawQuestion, Part, Row

AT_ONCE = 2
"""Questions of a provision that are shown at once; more are counted, and listed on request."""


def head(page: LawPage, say: Say) -> Html:
    """The question, the answer in one sentence, and what it does not mean."""
    caution = say(
        "A question that is kept does not mean that a law is respected: it says what decisions and documents show. "
        "A lawyer judges the rest."
    )
    return el(
        "header",
        el("h1", say("What the law asks, what the charter answers")),
        el("p", page.subtitle, class_="subtitle"),
        el("div", el("p", el("strong", page.headline), " ", page.others), el("p", caution), class_="lead"),
    )


def summary(page: LawPage, say: Say) -> Html:
    """One row per framework; nothing where there is none."""
    if not page.parts:
        return Html("")
    columns = [
        say("Text"),
        say("What it is"),
        say("Answered today"),
        say("Asked, without an answer yet"),
        say("Without a question"),
        say("Of these, not in force yet"),
    ]
    rows = [
        [link(part.title, f"#law-{part.id}"), part.kind, *(say.whole(n) if n else "" for n in part.counts)]
        for part in page.parts
    ]
    return el("section", stacked(columns, rows, caption=say("Provisions by text"), class_="law-summary"))


def parts(page: LawPage, say: Say) -> Html:
    """Every framework with its provisions."""
    return join([_part(part, say) for part in page.parts])


def _part(part: Part, say: Say) -> Html:
    columns = [say("What it asks"), say("Applies"), say("Questions, and what they say today")]
    rows = [[_asks(row), _since(row), _answers(row, say)] for row in part.rows]
    return el(
        "section",
        el("h2", part.title),
        el("p", part.where, class_="told") if part.where else None,
        el("p", part.note, class_="note") if part.note else None,
        stacked(columns, rows, caption=part.title, class_="law", hidden_caption=True),
        id=f"law-{part.id}",
        class_="law-part",
    )


def _asks(row: Row) -> Html:
    return join(
        [
            el("span", row.title, class_="provision"),
            el("span", row.asks, class_="plain") if row.asks else None,
            el("span", row.note, class_="under") if row.note else None,
        ]
    )


def _since(row: Row) -> Html:
    return join([row.since, el("span", row.doubt, class_="under") if row.doubt else None])


def _answers(row: Row, say: Say) -> Html:
    if not row.questions:
        why = el("span", row.uncovered, class_="under") if row.uncovered else None
        return join([el("span", say("Not covered"), class_="tag"), why])
    listed = el("ul", *[_question(asked, say) for asked in row.questions], class_="asking")
    if len(row.questions) <= AT_ONCE:
        return listed
    marks = el("span", *[_mark(told, say) for told in row.totals], class_="says")
    return join([marks, details(say("{n} questions", n=say.whole(len(row.questions))), listed)])


def _question(asked: LawQuestion, say: Say) -> Html:
    nobody = el("span", say("Asked of no system here."), class_="under")
    of = say("question {number}", number=asked.number)
    marks = join([_told(told, say, of=of) for told in asked.told], " ") if asked.told else nobody
    return el(
        "li", el("span", asked.number, class_="order"), link(asked.text, asked.href), el("span", marks, class_="says")
    )


def _told(told: LawAnswer, say: Say, *, of: str) -> Html:
    """What a question says, and the way to its proof."""
    if told.seal is None:
        return _mark(told, say, of=of)
    proof = link(say("Evidence"), told.seal, class_="proof", of=join([told.text, of], ", "))
    return el("span", _mark(told, say, of=of), proof, class_="sealed")


def _mark(told: LawAnswer, say: Say, *, of: str = "") -> Html:
    shown = badge(told.verdict, say, told.text)
    return link(shown, told.href, class_="mark", of=of) if told.href else shown
