"""One system of the report: what was audited, its answered questions by article, then drift; what it wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.decisions.written import WrittenTexts
from boussole.audits.metrics.calls import OUTSIDE_SHARE
from boussole.audits.metrics.footprint import FOR_NOTHING, OF_YEAR, PER_TEXT, SPREAD
from boussole.audits.metrics.marking import UNMARKED_SHARE
from boussole.audits.metrics.reworked import HASTY_TEXTS, REWORKED_SHARE
from boussole.audits.metrics.texts import PERSONAL_OUTSIDE, UNLAWFUL_ADVERTS
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.charter.text.model import Charter, Indicator, Law
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.report.edition import Edition, ReportSay, answer_first
from boussole.dashboard.report.edition import section as section_moved
from boussole.dashboard.views.answers.asked import indicator_of
from boussole.dashboard.views.answers.short import short_answer, words_in
from boussole.dashboard.views.answers.small_print import measure_words
from boussole.dashboard.views.answers.unjudged import UnjudgedFigure, unjudged
from boussole.dashboard.views.charts.tables import VerdictTable
from boussole.dashboard.views.scene import Scene, anchor_of, period
from boussole.dashboard.views.system import ArticleSection, ExaminedQuestion, system_page
from boussole.dashboard.views.system_tables import WrittenView, written

# One system of the report: what was audited, its answered questions by article, then drift.


# What a system that writes wrote in the period of its audit, and what each question of texts comes to.


Data = dict[str, Any]
OF_TEXTS = frozenset(
    {
        *(UNLAWFUL_ADVERTS, PERSONAL_OUTSIDE, UNMARKED_SHARE, OUTSIDE_SHARE),
        *(REWORKED_SHARE, HASTY_TEXTS, PER_TEXT, OF_YEAR, FOR_NOTHING, SPREAD),
    }
)
"""What is measured of the log of texts."""
NOTHING: Data = {"header": [], "tasks": [], "facts": []}
LEAST = 3
"""Words of an answer that says something."""


def section_written(
    told: WrittenTexts | None, scene: Scene, name: str, *, anchor: Mapping[str, str], tell: ReportSay
) -> Data | None:
    """The section as the template prints it; None of a system that does more than write, or is asked nothing."""
    system, document, say = scene.systems.get(name), scene.examined[name], speaker(tell.lang)
    if system is None or not system.only_writes:
        return None
    rows = [_row(scene, name, each, tell) for each in _of_texts(document, anchor)]
    if not rows:
        return None
    found = written(told, system, document, say) if told is not None else None
    return {
        "title": tell("What it writes"),
        **(
            _texts(found, tell)
            if found
            else {**NOTHING, "told": tell("The workspace does not hold the texts of this period any more.")}
        ),
        "answers": tell("What the questions about its texts come to"),
        "rows": [row | {"anchor": anchor[row["anchor"]]} for row in rows],
    }


def _texts(found: WrittenView, tell: ReportSay) -> Data:
    say = speaker(tell.lang)
    became = [say("Sent as written"), say("Sent, changed"), say("For nothing")] if found.outcomes else []
    ran = say("The log does not say.") if found.ran is None else say.apart(found.ran)
    facts = [[say("Where it ran"), ran], [say("What it took"), found.took]]
    return {
        "told": say("{n} texts, {period}. No text is shown here.", n=found.texts, period=found.period),
        "header": [say("Task"), say("Texts"), *became],
        "tasks": [list(row) for row in found.tasks],
        "facts": [pair for pair in facts if pair[1]],
    }


def _of_texts(document: Standing, anchor: Mapping[str, str]) -> list[VerdictDocument]:
    told = [each for each in document.verdicts if each.metric in OF_TEXTS or each.paired is not None]
    return [each for each in told if each.indicator in anchor]


def _row(scene: Scene, name: str, verdict: VerdictDocument, tell: ReportSay) -> Data:
    say, document, charter = speaker(tell.lang), scene.examined[name], scene.charter
    indicator = indicator_of(charter, verdict)
    answer = short_answer(charter, document, verdict, say, system=scene.systems[name], title=scene.title(name, say))
    if words_in(answer) < LEAST:
        answer = tell.text(verdict.sentence)
    return {
        "number": verdict.number or "",
        "name": tell.text(indicator.label) if indicator else "",
        "answer": answer_first(answer)["rest"].strip(),
        "verdict": verdict.verdict,
        "anchor": verdict.indicator,
    }


Asked = tuple[ArticleSection, ExaminedQuestion]

TALL = 0.55
"""Height of a drawing that stands apart from its question, in widths of it."""
_BOX = re.compile(r'viewBox="0 0 (?P<wide>[\d.]+) (?P<high>[\d.]+)"')
WIDTHS = {
    (8, 3): (None, 21, 17, 24, 18, 25, 20, 21),
    (7, 1): (None, 14, 34, 20, 30, 24, 24),
    (6, 2): (None, 40, 17, 34, 22, 27),
    (6, 1): (None, 13, 29, 17, 44, 30),
    (5, 1): (None, 30, 34, 26, 30),
}
"""Millimetres of each column of a table, by how many there are and how many of them are names; the first takes what is
left."""
BESIDE = {(3, 3): (None, 46, 58), (5, 3): (None, 34, 48, 20, 36)}
"""The same of tables that stand beside an answer."""


def anchor(system_id: str, verdict: VerdictDocument) -> str:
    """Where a question stands in the report."""
    return anchor_in(system_id, anchor_of(verdict))


def anchor_in(system_id: str, name: str) -> str:
    """Where a question of a system stands, by its anchor on pages."""
    return f"{system_id}-{name}"


def part(edition: Edition, system_id: str, tell: ReportSay) -> Data:
    """The pages of one system."""
    return _SystemPart(edition=edition, system_id=system_id, tell=tell).data()


@dataclass(frozen=True, kw_only=True)
class _SystemPart:
    edition: Edition
    system_id: str
    tell: ReportSay

    @property
    def document(self) -> Standing:
        return self.edition.scene.examined[self.system_id]

    @property
    def audited(self) -> bool:
        return self.system_id in self.edition.scene.latest

    @property
    def charter(self) -> Charter:
        return self.edition.charters[self.system_id]

    def data(self) -> Data:
        page = system_page(self.edition.of(self.system_id), self.system_id, speaker(self.tell.lang))
        drift = [(section, question) for section in page.sections for question in section.questions if question.drift]
        system = self.edition.scene.systems.get(self.system_id)  # its file may be gone
        articles = [self._article(section) for section in sorted(page.sections, key=lambda section: section.order)]
        return {
            "title": page.title,
            "purpose": self.tell.text(system.purpose) if system else "",
            "facts": [list(pair) for pair in page.facts] + self._more_facts(),
            "notes": self._notes(),
            "written": self._written(page.sections),
            "articles": [article for article in articles if article["questions"] or article["caps"]],
            "drift": self._group("drift", drift),
            "moved": self._moved(),
        }

    def _written(self, sections: Sequence[ArticleSection]) -> Data | None:
        verdicts = [self._verdict(each) for section in sections for each in section.questions]
        places = {each.indicator: anchor(self.system_id, each) for each in verdicts}
        told = self.edition.written.get(self.system_id)
        return section_written(told, self.edition.of(self.system_id), self.system_id, anchor=places, tell=self.tell)

    def _moved(self) -> Data | None:
        found = self.edition.drifts.get(self.system_id)
        return section_moved(self.edition.of(self.system_id), found, self.tell) if found is not None else None

    def _article(self, section: ArticleSection) -> Data:
        asked = [(section, question) for question in section.questions if not question.drift]
        return {
            "title": self.tell("Article {n}: {title}", n=str(section.order), title=section.title),
            "commitment": section.commitment,
            "status": self.tell("Draft wording.") if section.draft else "",
            "caps": [cap.text for cap in section.caps],
            **self._group(section.id, asked),
        }

    def _group(self, name: str, asked: Sequence[Asked]) -> Data:
        """Questions that stand together; what they share is told once, behind them."""
        background = f"{self.system_id}-{name}-background"
        indicators = {i.id: i for i in (self._indicator(question) for _, question in asked) if i}
        return {
            "questions": [self._question(section, question, background) for section, question in asked],
            "background": {
                "anchor": background,
                "items": together([self._background(indicator) for indicator in indicators.values()], self.tell),
            },
        }

    def _verdict(self, question: ExaminedQuestion) -> VerdictDocument:
        return next(v for v in self.document.verdicts if anchor_of(v) == question.anchor)

    def _indicator(self, question: ExaminedQuestion) -> Indicator | None:
        return indicator_of(self.charter, self._verdict(question))

    def _question(self, section: ArticleSection, question: ExaminedQuestion, background: str) -> Data:
        chart, tell, verdict = question.chart, self.tell, self._verdict(question)
        return {
            "anchor": anchor(self.system_id, verdict),
            "verdict": question.verdict,
            "number": tell("Article {n}, question {number}", n=str(section.order), number=question.number),
            "question": question.question,
            "sentence": answer_first(" ".join(filter(None, [question.sentence, question.known]))),
            "chart": chart
            and {
                "svg": chart.svg,
                "alt": chart.alt,
                "title": question.title,
                "caption": chart.note,
                "tall": tall(chart.svg),
            },
            "table": question.table and figures(question.table),
            "unjudged": [_unjudged(each) for each in self._beside(verdict)],
            "facts": [list(pair) for pair in question.small],
            "background": background,
        }

    def _beside(self, verdict: VerdictDocument) -> list[UnjudgedFigure]:
        """What is shown beside an answer; not beside one by several attributes, which shows what others show."""
        system = self.edition.scene.systems.get(self.system_id)
        if len(verdict.by or ()) > 1:
            return []
        return unjudged(self.document, verdict, speaker(self.tell.lang), system=system)

    def _background(self, indicator: Indicator) -> Data:
        say, tell = speaker(self.tell.lang), self.tell
        laws = [_law(law, tell) for law in self.charter.law_of(indicator)]
        pairs = [
            [tell("Measure"), measure_words(indicator, say)],
            [tell("Why this level"), tell.text(indicator.threshold.justification)],
            [tell("Not kept if"), tell.text(indicator.broken_if)],
            [tell("Law"), tell.apart(laws)],
        ]
        return {"number": indicator.number, "facts": [pair for pair in pairs if pair[1]]}

    def _more_facts(self) -> list[list[str]]:
        document = self.document
        if not isinstance(document, AuditDocument):
            return []
        tell, reference = self.tell, document.reference
        drift = tell("not measured: the system file declares no reference period to compare with")
        if reference:
            days = speaker(tell.lang).period(reference.start, reference.end)
            drift = tell("compared with a reference period: {period}", period=days)
        return [[tell("Outcomes read on"), tell.date(document.as_of)], [tell("Drift"), drift]]

    def _notes(self) -> list[str]:
        tell, notes = self.tell, []
        document = self.document
        if not isinstance(document, AuditDocument):
            return [tell("Nobody has audited this system: what stands here rests on the register and on statements.")]
        if self.charter.sha256 != self.edition.scene.charter.sha256:
            notes.append(tell("Judged by version {version} of the charter.", version=self.charter.version))
        if self.system_id in self.edition.acts:
            if not document.charter.adopted_before_window:
                notes.append(tell("The charter was adopted after this period had begun."))
        elif self.charter.adopted_on is not None:
            notes.append(tell("The charter calls itself adopted, and no adoption in the ledger proves it."))
        others = self.edition.others[self.system_id]
        if others:
            periods = tell.apart(period(other, speaker(tell.lang)) for other in others)
            notes.append(tell("Other audits of the same period are not shown here: {periods}.", periods=periods))
        return notes


def _unjudged(told: UnjudgedFigure) -> Data:
    return {
        "title": told.title,
        "told": list(told.told),
        "tables": [
            {
                "title": each.caption,
                "header": list(each.head),
                "names": each.names,
                "widths": BESIDE.get((len(each.head), each.names), (None, *(34 for _ in each.head[1:]))),
                "rows": [list(row) for row in each.rows],
            }
            for each in told.tables
        ],
    }


def together(items: Sequence[Data], tell: ReportSay) -> list[Data]:
    """Questions with the same background under one title.

    >>> from boussole.dashboard.report.edition import teller
    >>> same = [{"number": "6.1", "facts": [["Law", "a"]]}, {"number": "6.2", "facts": [["Law", "a"]]}]
    >>> [item["title"] for item in together(same, teller("en"))]
    ['Questions 6.1, 6.2']
    """
    found: list[tuple[list[str], Data]] = []
    for item in items:
        numbers = next((numbers for numbers, first in found if first["facts"] == item["facts"]), None)
        if numbers is None:
            found.append(([item["number"]], item))
        else:
            numbers.append(item["number"])
    return [
        {
            "title": tell.plural("Question {numbers}", "Questions {numbers}", len(numbers), numbers=", ".join(numbers)),
            "facts": item["facts"],
        }
        for numbers, item in found
    ]


def tall(svg: str) -> bool:
    """Whether a drawing would take half a page together with its question.

    >>> tall('<svg viewBox="0 0 600 300">'), tall('<svg viewBox="0 0 600 500">')
    (False, True)
    """
    found = _BOX.search(svg)
    return found is not None and float(found["high"]) > TALL * float(found["wide"])


def figures(table: VerdictTable) -> Data | None:
    """Rows of figures, or the reason of each across them. There is no table where all rows have the same reason."""
    first = table.names
    if not any(any(row[first + 1 :]) for row in table.rows) and len({row[first] for row in table.rows}) == 1:
        return None
    return {
        "widths": WIDTHS[len(table.head), first],
        "header": list(table.head),
        "names": first,
        "rows": [
            {
                "names": list(row[:first]),
                "figures": [cell or "–" for cell in row[first:]],
                "reason": None if any(row[first + 1 :]) else row[first],
                "verdict": verdict,
            }
            for row, verdict in zip(table.rows, table.verdicts, strict=True)
        ],
    }


def _law(law: Law, tell: ReportSay) -> str:
    title, day = tell.text(law.title), tell.date(law.in_force)
    if law.to_check:
        return tell("{law} (from {date}, date to be checked)", law=title, date=day)
    return tell("{law} (from {date})", law=title, date=day)
