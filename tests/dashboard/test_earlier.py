"""What today's audit cannot tell any more is not forgotten: the last answer, its month, and the figure until then."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from boussole.audits.windows import Window
from boussole.charter.document import AuditDocument, VerdictDocument, VerdictInShort
from boussole.charter.records import AuditSummary
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.course import SystemPast
from boussole.dashboard.views.answers.known import last_answer, last_answer_words
from boussole.dashboard.views.answers.short import told_by
from boussole.dashboard.views.scene import Scene
from tests.as_json import documents, written
from tests.dashboard.test_answer import page
from tests.written import summary

EN, FR = speaker("en"), speaker("fr")
MATCHFT = "matchft"
SAID = {
    "en": "Last answer that could be given (August 2026): not kept.",
    "fr": "Dernière réponse qui a pu être donnée (août 2026)\u202f: pas tenu.",
}


def silent(document: AuditDocument) -> tuple[AuditDocument, str]:
    """An audit of September in which the first question that has a figure has none any more, and that question."""
    asked = next(each for each in document.verdicts if told_by(document, each)).indicator
    given = written({MATCHFT: document})[MATCHFT]
    given["window"] |= {"start": "2026-09-01", "end": "2026-09-30"}
    said = next(each for each in given["verdicts"] if each["indicator"] == asked)
    said |= {"verdict": "unknown", "reason": "few_corrections"}
    names = {each["measure"] for each in said["comparisons"]}
    for each in said["comparisons"]:
        each |= {"verdict": "unknown", "reason": "few_corrections", "interval": None, "more_decisions": None}
    for each in given["measures"]:
        if each["id"] in names:
            none = {"value": None, "interval": None, "n": None, "clusters": None}
            each |= {"status": "undefined", "reason": "few_corrections", **none}
    return documents({MATCHFT: given})[MATCHFT], asked


def in_short(document: AuditDocument, month: int, **verdicts: str) -> AuditSummary:
    """The audit of a month in short; `verdicts`: how it answers some of its questions."""
    said = [
        VerdictInShort(
            article=each.article,
            indicator=each.indicator,
            template=each.template,
            verdict=verdicts.get(each.indicator, each.verdict),
            reason=each.reason,
        )
        for each in document.verdicts
    ]
    start, next_month = dt.date(2026, month, 1), dt.date(2026, month + 1, 1)
    seals = {"entry": month, "as_of": next_month, "charter": document.charter.sha256}
    return summary(MATCHFT, start, next_month - dt.timedelta(days=1), verdicts=said, **seals)


@pytest.fixture
def lost(scene: Scene) -> tuple[Scene, str]:
    """A scene whose September cannot answer what August did, and that question."""
    document, asked = silent(scene.latest[MATCHFT])
    months = {7: "watch", 8: "broken", 9: "unknown"}
    history = [in_short(document, month, **{asked: verdict}) for month, verdict in months.items()]
    return replace(
        scene, latest={**scene.latest, MATCHFT: document}, history={**scene.history, MATCHFT: history}
    ), asked


def verdict_of(scene: Scene, asked: str) -> VerdictDocument:
    return next(each for each in scene.latest[MATCHFT].verdicts if each.indicator == asked)


def test_the_last_answer_is_that_of_the_newest_audit_that_could_give_one(lost: tuple[Scene, str]) -> None:
    given, asked = lost
    found = last_answer(given, MATCHFT, verdict_of(given, asked))
    assert found is not None
    assert (found[0], found[1].end) == ("broken", dt.date(2026, 8, 31))
    assert last_answer_words(given, MATCHFT, verdict_of(given, asked), EN) == SAID["en"]
    assert last_answer_words(given, MATCHFT, verdict_of(given, asked), FR) == SAID["fr"]


def test_the_course_is_drawn_though_the_latest_audit_has_no_figure(scene: Scene, lost: tuple[Scene, str]) -> None:
    given, asked = lost
    audits = {
        Window(dt.date(2026, 7, 1), dt.date(2026, 7, 31)): scene.latest[MATCHFT],
        Window(dt.date(2026, 8, 1), dt.date(2026, 8, 31)): scene.latest[MATCHFT],
        Window(dt.date(2026, 9, 1), dt.date(2026, 9, 30)): given.latest[MATCHFT],
    }
    course = page(given, MATCHFT, asked, past=SystemPast(audits=audits))["course"]
    assert course is not None
    assert [row[1] == "no figure" for row in course.rows] == [False, False, True]
    assert course.rows[-1][3] == "We cannot tell"
    del audits[Window(dt.date(2026, 7, 1), dt.date(2026, 7, 31))]
    one = page(given, MATCHFT, asked, past=SystemPast(audits=audits))["course"]
    assert one is not None, "a single figure that today's audit lacks is told too"
