"""The page of a system as HTML: the matrix of questions, what the register says, measures that a team declares."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from boussole.audits.languages import capital
from boussole.audits.mixed import joined
from boussole.audits.systems import System
from boussole.audits.systems.values import rare
from boussole.dashboard.markup.elements import Html, badge, details, el, join, link, stacked, table
from boussole.dashboard.markup.glossary import explained
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.answers.small_print import Cap
from boussole.dashboard.views.matrix import ArticleRows, Cell, Matrix, QuestionRow
from boussole.dashboard.views.parts.system_html import counted
from boussole.dashboard.views.parts.taking_html import Along, nothing
from boussole.dashboard.views.register import Entry, Event, UnauditedPage
from boussole.experiments.declared import DeclaredMeasure

# The matrix of a system as HTML: a real table, which becomes one block a question where the screen is narrow.


def questions(page: Matrix, say: Say, *, along: Along = nothing) -> Html:
    """What was examined at once, or where it is much what calls for attention; the rest, and what nobody has examined,
    on request. `along`: the fold under the table."""
    examined, kept, open_ = page.parted
    known = {each.id for each in examined}
    more = say.plural("one question that nobody has examined", "{n} questions that nobody has examined", page.untouched)
    held = say.plural("One finding of an authority", "{n} findings of authorities", len(page.caps))
    return el(
        "section",
        el("h2", say("Questions and answers by group"), class_="unseen"),
        _table(page, examined, say) if examined else None,
        _folded(
            page, kept, say.plural("one question that is kept", "{n} questions that are kept", _rows(kept)), say, known
        ),
        _folded(
            page,
            open_,
            say.plural(
                "one question of which we cannot tell, for all or some",
                "{n} questions of which we cannot tell, for all or some",
                _rows(open_),
            ),
            say,
            known | {each.id for each in kept},
        ),
        along("questions") if examined else None,
        details(held, *[el("p", link(cap.text, cap.href), class_="cap") for cap in page.caps]) if page.caps else None,
        details(more, *[_untouched(each) for each in page.articles if each.untouched]) if page.untouched else None,
        class_="matrix-of",
    )


def _rows(articles: Sequence[ArticleRows]) -> int:
    return sum(len(each.examined) for each in articles)


def _folded(page: Matrix, shown: Sequence[ArticleRows], title: str, say: Say, known: Collection[str]) -> Html | None:
    """Some questions on request; `known`: the articles that stand above, which are named again and not marked again."""
    return details(title, _table(page, shown, say, known=known)) if shown else None


def _table(page: Matrix, shown: Sequence[ArticleRows], say: Say, *, known: Collection[str] = ()) -> Html:
    names = list(page.columns)
    first = f"{say('Question')} … {page.ending}" if page.ending else say("Question")
    alone = say("For all") if names else say("The answer")
    heads = [el("th", each, scope="col", role="columnheader") for each in (first, alone, *names)]
    bodies = [_article(each, names, say, mark=each.id not in known) for each in shown]
    parts = (
        el("caption", say("Each mark leads to its answer."), class_="unseen"),
        el("thead", el("tr", *heads, role="row"), role="rowgroup"),
        *bodies,
    )
    return el("div", el("table", *parts, role="table", class_="stacked matrix"), class_="stacking")


def _article(article: ArticleRows, names: Sequence[str], say: Say, *, mark: bool) -> Html:
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
            id=article.id if mark else None,
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


# What the register says of one use, as HTML: a page of its own, or a part of the page of an audited system.


def page(shown: UnauditedPage, say: Say, *, home: str, register: str, caps: Sequence[Cap] = ()) -> Html:
    """The head of the page of a use that no audit has measured; `caps`: the open findings of authorities about it."""
    crumbs = el(
        "ol",
        el("li", link(say("The compass"), home)),
        el("li", link(say("The register"), register)),
        el("li", shown.title, aria_current="page"),
    )
    return el(
        "header",
        el("nav", crumbs, class_="crumbs", aria_label=say("You are here")),
        el("h1", shown.title),
        el("p", shown.purpose, class_="subtitle"),
        el(
            "div",
            el("p", el("strong", shown.told)),
            *[el("p", link(cap.text, cap.href), class_="cap") for cap in caps],
            class_=f"lead lead-{shown.tone}",
        ),
        counted(shown.counts, say),
    )


def register_entry(given: Entry, say: Say) -> Html:
    """The entry: who answers for it, its life, whether it was examined first."""
    life = _life(given.life, say) if given.life else el("p", say("No date is written in the register."))
    return el(
        "section",
        el("h2", say("What does the register say?"), id="register"),
        el(
            "div",
            explained(given.facts, say),
            el(
                "div",
                el("h3", say("Was it examined before it started?")),
                el("p", given.answer, class_="answer"),
                life,
            ),
            class_="entry",
        ),
        class_="entry-of",
    )


def _life(events: Sequence[Event], say: Say) -> Html:
    rows: list[list[Html | str]] = [[event.when, join([event.what, _note(event)])] for event in events]
    return table(
        [say("When"), say("What")], rows, caption=say("Its life, day by day"), class_="life", hidden_caption=True
    )


def _note(event: Event) -> Html | None:
    """What to know about a day; what came too late stands out."""
    late = el("span", event.late, class_="late") if event.late else None
    return el("span", join([event.note, late], ". "), class_="under") if event.note or late else None


# Measures that a team declares with its runs: shown as what they are, never among those that were recomputed.


@dataclass(frozen=True, kw_only=True)
class DeclaredTable:
    """The values of one file of a run: a row per group, a column per measure."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def declared_tables(measures: Sequence[DeclaredMeasure], system: System | None, say: Say) -> list[DeclaredTable]:
    """The tables, newest run first."""
    parts = groupby(measures, key=lambda measure: (measure.run, measure.logged_at, measure.kind))
    return [
        _declared_table(list(found), _title(kind, say.date(at.date()), run, say), system, say)
        for (run, at, kind), found in parts
    ]


def _title(kind: str, date: str, run: str, say: Say) -> str:
    number = run.removeprefix("mlflow:")[:8]
    titles = {
        "algorithm": say("The model, by group: run {run} of {date}", run=number, date=date),
        "data": say("Its training data, by group: run {run} of {date}", run=number, date=date),
        "biased": say("Groups that the template singles out: run {run} of {date}", run=number, date=date),
    }
    return titles.get(kind, f"{kind}: {number}, {date}")


def _declared_table(measures: list[DeclaredMeasure], title: str, system: System | None, say: Say) -> DeclaredTable:
    metrics = list(dict.fromkeys(measure.metric for measure in measures))
    by_group: dict[tuple[tuple[str, str], ...], dict[str, DeclaredMeasure]] = {}
    for measure in measures:
        by_group.setdefault(tuple(measure.groups.items()), {})[measure.metric] = measure
    rows = [
        [
            _group(group, system, say),
            *(_value(found.get(metric), say) for metric in metrics),
            _people(next(iter(found.values())), say),
        ]
        for group, found in by_group.items()
    ]
    head = [say("Group"), *(_metric(metric, say) for metric in metrics), say("People")]
    return DeclaredTable(title=title, head=head, rows=rows)


def _metric(name: str, say: Say) -> str:
    """What a template calls a measure, in plain words where it is a usual one; else its own name."""
    plain = name.replace("_", " ").lower()
    words = {
        "accuracy": say("Share of right predictions (accuracy)"),
        "selection rate": say("Share predicted positive (selection rate)"),
        "precision": say("Share right among those predicted positive (precision)"),
        "recall": say("Share found among the positive (recall)"),
        "false positive rate": say("Share wrongly predicted positive (false positive rate)"),
        "false negative rate": say("Share wrongly predicted negative (false negative rate)"),
        "distance": say("Distance from everybody (Kolmogorov-Smirnov)"),
        "proportion": say("Share of all people"),
        "p value": say("How often chance alone would give that distance (p-value)"),
    }
    return words.get(plain, plain)


def _group(group: tuple[tuple[str, str], ...], system: System | None, say: Say) -> str:
    """The group in the words of the system file, where it names these columns and values."""
    if not group:
        return say("Everybody")
    known = {found.column: found for found in system.groups.values()} if system else {}
    parts = []
    for column, value in group:
        words = known[column].values.get(value) if column in known and known[column].values else None
        shown = say("small group {number}", number=number) if (number := rare(value)) else value
        parts.append(capital(say.text(words, value)) if words else f"{column}: {shown}")
    return joined(", ", parts)


def _value(measure: DeclaredMeasure | None, say: Say) -> str:
    if measure is None or (measure.value is None and not measure.suppressed):
        return ""
    return say("hidden") if measure.value is None else say.number(measure.value, 3)


def _people(measure: DeclaredMeasure, say: Say) -> str:
    return say.whole(measure.count) if measure.count is not None else ""


def declared_section(tables: Sequence[DeclaredTable], say: Say) -> Html:
    """The section of a system's page: what is declared, marked; all but the newest table are folded."""
    mark = badge("not_examined", say, say("Declared by the team, not recomputed"))
    told = say(
        "These figures came with the team's own runs (template gabarit). Nobody here has recomputed them from "
        "decisions, and no verdict rests on them. Groups of few people are hidden."
    )
    first, rest = tables[0], tables[1:]
    older = [_shown(table) for table in rest]
    return el(
        "section",
        el("h2", say("What does the team itself declare?"), id="declared"),
        el("p", mark, class_="declared"),
        el("p", told),
        _shown(first),
        details(say.plural("See one more table", "See {n} more tables", len(rest)), *older) if rest else None,
        class_="declared-by-team",
    )


def _shown(table: DeclaredTable) -> Html:
    return stacked(table.head, table.rows, caption=table.title, class_="data")
