"""The matrix of a system as HTML: a real table, which becomes one block a question where the screen is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, badge, details, el, link
from boussole.dashboard.parts.taking.fold_html import Along, nothing
from boussole.dashboard.views.system.matrix import ArticleRows, Cell, Matrix, QuestionRow
from boussole.dashboard.words.say import Say


def questions(page: Matrix, say: Say, *, along: Along = nothing) -> Html:
    """What was examined at once, what nobody has examined on request; `along`: the fold under the table."""
    examined = [each for each in page.articles if each.examined]
    more = say.plural("one question that nobody has examined", "{n} questions that nobody has examined", page.untouched)
    held = say.plural("One finding of an authority", "{n} findings of authorities", len(page.caps))
    return el(
        "section",
        el("h2", say("Questions and answers by group"), class_="unseen"),
        _table(page, examined, say) if examined else None,
        along("questions") if examined else None,
        details(held, *[el("p", link(cap.text, cap.href), class_="cap") for cap in page.caps]) if page.caps else None,
        details(more, *[_untouched(each) for each in page.articles if each.untouched]) if page.untouched else None,
        class_="matrix-of",
    )


def _table(page: Matrix, shown: Sequence[ArticleRows], say: Say) -> Html:
    names = list(page.columns)
    first = f"{say('Question')} … {page.ending}" if page.ending else say("Question")
    alone = say("For all") if names else say("The answer")
    heads = [el("th", each, scope="col", role="columnheader") for each in (first, alone, *names)]
    bodies = [_article(each, names, say) for each in shown]
    parts = (
        el("caption", say("Each mark leads to its answer."), class_="unseen"),
        el("thead", el("tr", *heads, role="row"), role="rowgroup"),
        *bodies,
    )
    return el("div", el("table", *parts, role="table", class_="stacked matrix"), class_="stacking")


def _article(article: ArticleRows, names: Sequence[str], say: Say) -> Html:
    title = el(
        "tr",
        el(
            "th",
            link(article.title, article.href),
            " ",
            badge(article.verdict, say),
            colspan=str(len(names) + 2),
            scope="rowgroup",
            role="rowheader",
            id=article.id,
        ),
        role="row",
        class_="matrix-article",
    )
    return el("tbody", title, *[_row(each, names, say) for each in article.examined], role="rowgroup")


def _row(row: QuestionRow, names: Sequence[str], say: Say) -> Html:
    if row.alone is not None:
        head = el("th", row.text, scope="row", role="rowheader")
        span = str(len(names) + 1) if names else None
        return el("tr", head, el("td", _mark(row.alone, say), colspan=span, role="cell"), role="row")
    head = el("th", row.text, scope="row", role="rowheader", colspan="2")
    cells = [
        el("td", _mark(each, say) if each else "—", role="cell", data_label=name)
        for name, each in zip(names, row.cells, strict=True)
    ]
    return el("tr", head, *cells, role="row")


def _mark(cell: Cell, say: Say) -> Html:
    return el(
        "a",
        badge(cell.verdict, say),
        href=cell.href,
        target="_self",
        class_="mark",
        aria_label=cell.name,
        id=cell.anchor,
    )


def _untouched(article: ArticleRows) -> Html:
    """The questions of an article that nobody has examined, each with its answer page."""
    lines = [
        el("li", link(row.text, cell.href))
        for row in article.untouched
        for cell in (row.alone, *row.cells)
        if cell is not None
    ]
    own = None if article.examined else article.id
    return el("div", el("h3", link(article.title, article.href), id=own), el("ul", *lines, class_="lines"))
