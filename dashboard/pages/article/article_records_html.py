"""What an article rests on, as HTML: law, findings of authorities, recommendations, entries of the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, badge, details, el, join, link, stacked
from boussole.dashboard.pages.article.records import AUDITS, Advice, Entry, Finding, ProvisionLine, cap_words
from boussole.dashboard.pages.article.view import ArticlePage
from boussole.dashboard.words.say import Say


def outside(page: ArticlePage, say: Say) -> Html:
    """What outside authorities found, beside what was recommended."""
    findings = el("ul", *[_finding(each, say) for each in page.findings], class_="lines") if page.findings else None
    advice = el("ul", *[_advice(each) for each in page.advice], class_="lines due") if page.advice else None
    return el(
        "div",
        el(
            "section",
            el("h2", say("What outside authorities found")),
            findings or el("p", say("No finding of an outside authority about this article is recorded.")),
        ),
        el(
            "section",
            el("h2", say("What was recommended")),
            advice or el("p", say("No recommendation about this article is recorded.")),
        ),
        class_="two",
    )


def _finding(each: Finding, say: Say) -> Html:
    mark = el("span", each.closed, class_="tag") if each.closed else badge(each.verdict, say, cap_words(each, say))
    return el(
        "li",
        mark,
        el("p", el("strong", each.title)),
        el("p", each.text) if each.text else None,
        el("p", each.told, " · ", link(*each.entry), class_="place"),
    )


def _advice(each: Advice) -> Html:
    answers = [el("p", text, " ", link(*entry), class_="told") for text, entry in each.answers]
    return el(
        "li",
        el("p", each.when, class_="when overdue" if each.overdue else "when"),
        el(
            "div",
            el("p", each.text or each.told),
            *answers,
            el("p", each.told, " · ", link(*each.entry), class_="place"),
        ),
    )


def law(rows: Sequence[ProvisionLine], say: Say) -> Html:
    """The provisions that the article answers to."""
    columns = [say("What it asks"), say("Applies"), say("Questions")]
    cells = [
        [
            join([link(row.title, row.href), el("span", row.asks, class_="plain") if row.asks else None]),
            row.since,
            join([link(*number) for number in row.numbers], " "),
        ]
        for row in rows
    ]
    return el(
        "section",
        el("h2", say("Which law it answers to")),
        stacked(columns, cells, caption=say("Provisions"), class_="law", hidden_caption=True)
        if rows
        else el("p", say("No provision of law is named in this article.")),
        class_="article-law",
    )


def sealed(entries: Sequence[Entry], say: Say, *, evidence: str) -> Html:
    """What was sealed about it: the latest statements and audits, the rest on request."""
    shown, rest = entries[:AUDITS], entries[AUDITS:]
    more = (
        details(
            say.plural("See one more", "See {n} more", len(rest)),
            el("ul", *[_entry(each) for each in rest], class_="lines"),
        )
        if rest
        else None
    )
    return el(
        "section",
        el("h2", say("What its answers rest on")),
        el("ul", *[_entry(each) for each in shown], class_="lines")
        if shown
        else el("p", say("Nothing is sealed yet.")),
        more,
        el("p", link(say("Search the whole ledger"), evidence)),
        class_="article-entries",
    )


def _entry(each: Entry) -> Html:
    return el("li", el("p", each.text, el("span", f" · {each.on} · ", class_="told"), link(*each.entry)))
