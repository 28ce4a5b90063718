"""What pages and reports tell of a system beside its answers: its questions as a matrix, and what it wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import floor, log10

from boussole.audits.decisions.written import TaskTexts, WrittenTexts
from boussole.audits.languages import inside, number
from boussole.audits.metrics.footprint import OF_YEAR
from boussole.audits.mixed import MixedText
from boussole.audits.systems import System
from boussole.charter.amending.plain import plainly
from boussole.charter.document import Standing, VerdictDocument, by_article
from boussole.dashboard.markup.marks import word
from boussole.dashboard.markup.words.addresses import answer_href, article_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.answers.asked import indicator_of, question_of
from boussole.dashboard.views.answers.small_print import Cap, caps
from boussole.dashboard.views.charts.groups import By, attribute_name
from boussole.dashboard.views.scene import Scene, anchor_of


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One mark: `name` tells it from all others, for those who hear the links of a page."""

    verdict: str
    name: str
    href: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """One question: its cells in the order of the columns, None where it is not asked of one; or `alone`, where it is
    asked of no groups."""

    number: str
    text: str
    cells: Sequence[Cell | None]
    alone: Cell | None

    @property
    def verdicts(self) -> set[str]:
        """What its marks say."""
        return {cell.verdict for cell in (self.alone, *self.cells) if cell is not None}


@dataclass(frozen=True, kw_only=True)
class ArticleRows:
    """One article: how it stands, and its questions, those that somebody has examined apart from the others."""

    id: str
    title: str
    href: str
    verdict: str
    examined: Sequence[QuestionRow]
    untouched: Sequence[QuestionRow]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """All questions of a system. `columns`: the names of what people are grouped by; `ending`: the words in which all
    questions about groups end, said once above them."""

    ending: str
    columns: Sequence[str]
    articles: Sequence[ArticleRows]
    caps: Sequence[Cap]

    @property
    def parted(self) -> tuple[list[ArticleRows], list[ArticleRows], list[ArticleRows]]:
        """The examined questions: those that call for attention, then those that are kept and those of which nobody can
        tell; all of them in the first part where they are few, or none calls for attention."""
        examined = [each for each in self.articles if each.examined]
        calling = _of(examined, lambda row: bool(row.verdicts & CALLING))
        if not calling or sum(len(each.examined) for each in examined) <= FEW_ROWS:
            return examined, [], []
        kept = _of(examined, lambda row: row.verdicts == {"kept"})
        return calling, kept, _of(examined, lambda row: not row.verdicts & CALLING and row.verdicts != {"kept"})

    @property
    def untouched(self) -> int:
        """How many questions nobody has examined, one of each way to group people."""
        rows = (row for article in self.articles for row in article.untouched)
        return sum(row.alone is not None or sum(cell is not None for cell in row.cells) for row in rows)


CALLING = {"broken", "watch"}
"""The verdicts that call for attention."""
FEW_ROWS = 30
"""So many questions are taken in at one look."""


def _of(articles: Sequence[ArticleRows], wanted: Callable[[QuestionRow], bool]) -> list[ArticleRows]:
    """The articles with those of their examined questions alone; none without any."""
    found = [replace(each, examined=[row for row in each.examined if wanted(row)]) for each in articles]
    return [each for each in found if each.examined]


def shared_ending(texts: Sequence[str]) -> str:
    """The words in which all of several texts end; empty where they do not, or where one is nothing else or speaks
    another language than the page.

    >>> shared_ending(["Are women seen as often?", "Are men called as often?"]), shared_ending(["Why?"])
    ('as often?', '')
    """
    different = list(dict.fromkeys(texts))
    if len(different) < 2 or any(isinstance(text, MixedText) for text in different):
        return ""
    split = [text.split(" ") for text in different]
    n = 0
    while all(n + 2 < len(words) and words[-n - 1] == split[0][-n - 1] for words in split):
        n += 1
    return " ".join(split[0][len(split[0]) - n :]) if n else ""


def matrix(scene: Scene, system: str, say: Say, *, query: dict[str, str]) -> Matrix:
    """The questions that the charter in force asks of a system, with the verdicts as they stand."""
    document = scene.standing[system]
    examined = [each for each in document.verdicts if each.verdict != "not_examined"]
    columns = list(dict.fromkeys(each.by for each in examined if each.by))
    stands = by_article(document)
    made = _Making(scene=scene, system=system, say=say, query=query, columns=columns)
    ending = shared_ending([made.text(each) for each in examined if each.by and not made.label(each)])
    articles = [
        ArticleRows(
            id=article.id,
            title=say.text(article.title),
            href=article_href(article.id, query=query),
            verdict=stands.get(article.id, "not_examined"),
            examined=made.rows([e for e in examined if e.article == article.id], ending=ending, short=True),
            untouched=made.rows(
                [e for e in document.verdicts if e.article == article.id and e.verdict == "not_examined"]
            ),
        )
        for article in scene.charter.articles
    ]
    return Matrix(
        ending=ending,
        columns=[attribute_name(by, say, system=scene.systems.get(system)) for by in columns],
        articles=[each for each in articles if each.examined or each.untouched],
        caps=caps(scene, say, query=query, system=system),
    )


@dataclass(frozen=True, kw_only=True)
class _Making:
    """What every row is made with."""

    scene: Scene
    system: str
    say: Say
    query: dict[str, str]
    columns: Sequence[By]

    def text(self, verdict: VerdictDocument) -> str:
        """A question about groups without the groups that it is about."""
        indicator = indicator_of(self.scene.charter, verdict)
        return (
            plainly(indicator.question, self.say.lang)
            if indicator
            else question_of(self.scene.charter, verdict, self.say)
        )

    def label(self, verdict: VerdictDocument) -> str:
        """What a question is about in a few words; empty where the charter does not say it."""
        indicator = indicator_of(self.scene.charter, verdict)
        return self.say.text(indicator.label) if indicator and indicator.label else ""

    def rows(self, verdicts: Sequence[VerdictDocument], *, ending: str = "", short: bool = False) -> list[QuestionRow]:
        """A row for each question, in the order of the charter; one about groups without a column has its own.

        `short`: in the words of its label, where the charter gives one.
        """
        together: dict[tuple[str, bool], list[VerdictDocument]] = {}
        for each in verdicts:
            grouped = each.by is not None and each.by in self.columns
            name = str(each.template or each.indicator) if grouped else each.indicator
            together.setdefault((name, grouped), []).append(each)
        return [
            self._row(found, ending if grouped else "", grouped=grouped, short=short)
            for (_, grouped), found in together.items()
        ]

    def _row(self, found: Sequence[VerdictDocument], ending: str, *, grouped: bool, short: bool) -> QuestionRow:
        first = found[0]
        indicator = indicator_of(self.scene.charter, first)
        text = self.text(first) if grouped else question_of(self.scene.charter, first, self.say)
        label = self.label(first) if short else ""
        if not label and ending:
            text = text.removesuffix(ending).rstrip() + "\u00a0…"
        by_columns = {each.by: each for each in found}
        cells = [self._cell(by_columns[by]) if by in by_columns else None for by in self.columns] if grouped else []
        return QuestionRow(
            number=indicator.number if indicator else "",
            text=label or text,
            cells=cells,
            alone=None if grouped else self._cell(first),
        )

    def _cell(self, verdict: VerdictDocument) -> Cell:
        question = question_of(self.scene.charter, verdict, self.say)
        return Cell(
            verdict=verdict.verdict,
            name=self.say("{verdict}: {text}", verdict=word(verdict.verdict, self.say), text=inside(question)),
            href=answer_href(self.system, verdict.indicator, query=self.query),
            anchor=anchor_of(verdict),
        )


@dataclass(frozen=True, kw_only=True)
class WrittenView:
    """What a system wrote: how many texts, a row for each task, where its models ran (the most first; None where the
    log does not say), what it costs a year by the register, and what the year has taken by the last audit."""

    texts: str
    period: str
    outcomes: bool
    tasks: Sequence[Sequence[str]]
    ran: Sequence[str] | None
    costs: str
    took: str


def written(told: WrittenTexts, system: System, document: Standing | None, say: Say) -> WrittenView:
    """What a system that writes wrote in some days; no text is shown, and nothing of an agent or a team."""
    yearly = system.costs.yearly
    places = [
        say("{place}: {n}", place=place or say("elsewhere, or not told"), n=say.whole(n)) for place, n in told.places
    ]
    return WrittenView(
        texts=say.whole(told.texts),
        period=say.period(told.first.isoformat(), told.last.isoformat()),
        outcomes=bool(told.outcomes),
        tasks=[_task(each, say, outcomes=bool(told.outcomes)) for each in told.tasks],
        ran=places if told.ran else None,
        costs="" if yearly is None else say("{euros} € a year", euros=say.whole(yearly)),
        took=_took(document, say),
    )


def _task(each: TaskTexts, say: Say, *, outcomes: bool) -> list[str]:
    shares = [say.percent(n / each.texts, 0) for n in each.became] if each.became else ["—"] * 3
    return [each.task or say("other tasks, or not told"), say.whole(each.texts), *(shares if outcomes else [])]


def _took(document: Standing | None, say: Say) -> str:
    spent = next((v.estimated for v in document.verdicts if v.metric == OF_YEAR), None) if document else None
    if spent is None or "co2e_kg" not in spent.ranges:
        return ""
    (low, high), (least, most) = spent.ranges["co2e_kg"], spent.ranges["water_l"]
    names = {"low": _digits(low, say), "high": _digits(high, say)}
    names |= {"least": _digits(least, say), "most": _digits(most, say), "year": f"{spent.numbers['year']:.0f}"}
    return say("{low} to {high} kg of CO₂ equivalent and {least} to {most} litres of water in {year}", **names)


def _digits(value: float, say: Say) -> str:
    """A number with as many decimals as leave two digits to read."""
    return number(value, say.lang, 0 if value == 0 else min(max(1 - floor(log10(value)), 0), 8))
