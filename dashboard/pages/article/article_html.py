"""The page of an article as HTML: how it stands, month by month, question by question, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from boussole.audits.languages import inside
from boussole.dashboard.markup.elements import Html, badge, details, el, facts, join, link, stacked
from boussole.dashboard.markup.glossary import explained, how_to_read
from boussole.dashboard.markup.marks import word
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.article.questions import OnePage, QuestionView, SystemAnswer, told
from boussole.dashboard.pages.article.records import AUDITS, Advice, Entry, Finding, ProvisionLine, cap_words
from boussole.dashboard.pages.article.view import ArticlePage, Cell, Line, Month, Promise, Trend
from boussole.dashboard.pages.article.view import told as told_of
from boussole.dashboard.views.parts.opinions_html import ask_link
from boussole.dashboard.views.parts.taking_html import Along, nothing

# How an article has stood from month to month, as HTML.


def trend(page: Trend, say: Say, *, along: Along = nothing) -> Html:
    """One row a system, one cell a month; below it the marks, and the next systems; `along`: the fold under it."""
    if not page.lines:
        return Html("")
    several = any(cell.note for line in page.lines for cell in line.cells)
    notes = [
        say("Each cell is what the audit of that month said; a dash: no window ended in it."),
        say("A window of several months stands in its last.") if several else "",
        say("“Today” also counts what people have stated since."),
    ]
    return el(
        "section",
        el("h2", say("From month to month"), id="trend"),
        _table(page, say),
        how_to_read("trend", say, first=" ".join(note for note in notes if note)),
        along("trend"),
        turn(page.where, page.previous, page.next, say),
        class_="trend-of",
    )


def _table(page: Trend, say: Say) -> Html:
    """A real table; where the screen is narrow, one block a system, with its months side by side."""
    heads = [
        el("th", say("System"), scope="col", role="columnheader"),
        el("th", say("Today"), scope="col", role="columnheader"),
        *[_month(month, page.charter) for month in page.months],
    ]
    body = [_line(line, page.months, say) for line in page.lines]
    parts = (
        el("caption", say("Verdict on the article by system and month, the worst first"), class_="unseen"),
        el("thead", el("tr", *heads, role="row"), role="rowgroup"),
        el("tbody", *body, role="rowgroup"),
    )
    return el("div", el("table", *parts, role="table", class_="trend"), class_="stacking")


def _month(month: Month, charter: str) -> Html:
    changed = el("span", link(month.changed, charter), class_="changed") if month.changed else None
    return el(
        "th", el("span", f"{month.short[0]} "), el("span", month.short[1]), changed, scope="col", role="columnheader"
    )


def _line(line: Line, months: Sequence[Month], say: Say) -> Html:
    before = el("span", line.before, class_="under") if line.before else None
    return el(
        "tr",
        el("th", link(line.title, line.href), before, scope="row", role="rowheader"),
        el(
            "td",
            el("span", *_trend_mark(line.verdict, say), class_="now"),
            role="cell",
            data_label=say("Today"),
            class_=f"today seen seen-{line.verdict}",
        ),
        *[_cell(line, cell, month, say) for cell, month in zip(line.cells, months, strict=True)],
        role="row",
    )


def _cell(line: Line, cell: Cell, month: Month, say: Say) -> Html:
    label = " ".join(month.short) + (f" · {month.changed}" if month.changed else "")
    if not cell.verdict:
        return el("td", el("span", "—"), role="cell", data_label=label, class_="seen")
    note = el("span", cell.note, class_="under") if cell.note else None
    of = join([line.title, " ".join(month.short)], ", ")
    said = link(join([*_trend_mark(cell.verdict, say), note]), cell.href, of=of)
    return el("td", said, role="cell", data_label=label, class_=f"seen seen-{cell.verdict}")


def _trend_mark(verdict: str, say: Say) -> tuple[Html, Html]:
    """The shape and the word."""
    shape = el("img", src=f"/app/static/mark-{verdict}.svg", alt="", width="14", height="14")
    return shape, el("span", word(verdict, say))


def turn(where: str, previous: str, following: str, say: Say) -> Html | None:
    """Which part of a list this is, and the ways to the others; nothing where it is the whole."""
    if not where:
        return None
    return el(
        "nav",
        el("span", where),
        link(say("Previous"), previous) if previous else None,
        link(say("Next"), following) if following else None,
        class_="turn",
        aria_label=say("Pages of the list"),
    )


# The page of an article as HTML.


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


# What an article rests on, as HTML: law, findings of authorities, recommendations, entries of the ledger.


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
