"""The rules that turn comparisons into verdicts. They read stored documents only, so that they can be replayed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from audits.systems.model import System
from charter.families import MeasureDocument, Question, asked, questions
from charter.model import Charter
from charter.sentences import sentence
from charter.testing import PValues, level_of, more_decisions, oriented, p_values, verdict_of

__all__ = ["judge", "oriented", "summarise", "worst"]

WORST_FIRST = ("broken", "watch", "unknown", "kept")
ANSWERED = ("broken", "watch", "kept")
BEYOND = {"broken": "beyond_breach", "watch": "beyond_watch", "kept": "all_kept"}
UNDECIDED = "too_few_decisions"
Document = dict[str, Any]


def judge(
    charter: Charter, system: System, measures: Sequence[MeasureDocument], *, window_start: dt.date
) -> list[Document]:
    """A verdict document for every question that the charter asks of this system, in the charter's order.

    `measures` are the documents of an audit (`Measure.document()`); `window_start` is its first day.

    Raises CharterError for a threshold that its scale cannot carry.
    """
    start = window_start.date() if isinstance(window_start, dt.datetime) else window_start
    every = questions(charter, system, measures)
    judging = _Judging(charter, system, p_values(every), _decisions(measures))
    return [judging.document(question, start) for question in every]


def summarise(charter: Charter, verdict_documents: Sequence[Mapping[str, Any]]) -> list[Document]:
    """One entry per article: its verdict, how many questions are asked and how many have an answer.

    A broken or watched question decides alone. An article is kept only when all its questions are answered and
    kept; otherwise it is unknown once somebody has looked at one of them, and not examined until then.
    """
    return [_summary(article.id, verdict_documents) for article in charter.articles]


def worst(verdicts: Sequence[str]) -> str:
    """The worst of some verdicts of comparisons, in the order broken, watch, unknown, kept.

    >>> worst(["kept", "unknown", "kept"])
    'unknown'
    """
    return min(verdicts, key=WORST_FIRST.index)


def _summary(article: str, documents: Sequence[Mapping[str, Any]]) -> Document:
    found = [document["verdict"] for document in documents if document["article"] == article]
    looked_at = [verdict for verdict in found if verdict != "not_examined"]
    verdict = worst(looked_at) if looked_at else "not_examined"
    if verdict == "kept" and len(looked_at) < len(found):
        verdict = "unknown"
    answered = sum(each in ANSWERED for each in found)
    return {"article": article, "verdict": verdict, "answered": answered, "asked": len(found)}


def _decisions(measures: Sequence[MeasureDocument]) -> int | None:
    """All decisions of the window, from the selection rate of everybody."""
    return next((int(m["n"]) for m in measures if m["id"] == "selection_rate" and m["n"] and not m["given"]), None)


class _Judging:
    """What judging a question needs beside the question."""

    def __init__(
        self, charter: Charter, system: System, tested: Mapping[tuple[str, str], PValues], decisions: int | None
    ) -> None:
        self.charter, self.system, self.tested, self.decisions = charter, system, tested, decisions

    def document(self, question: Question, start: dt.date) -> Document:
        indicator = question.indicator
        comparisons = [self._comparison(question, measure) for measure in question.comparisons]
        verdict, reason = _verdict(question, comparisons)
        document = {
            "article": question.article.id,
            "indicator": question.id,
            "template": indicator.id,
            "number": indicator.number,
            "by": None if question.by is None else list(question.by),
            "evidence": indicator.evidence,
            "metric": indicator.metric,
            "verdict": verdict,
            "comparisons": comparisons,
            "threshold": indicator.threshold.model_dump(mode="json")
            | {"post_hoc": indicator.threshold.post_hoc(start)},
            "reason": reason,
            "question": asked(question, self.system),
        }
        return document | {"sentence": sentence(question, document, self.system)}

    def _comparison(self, question: Question, measure: MeasureDocument) -> Document:
        threshold, params = question.indicator.threshold, measure["params"]
        document: Document = {
            "measure": measure["id"],
            "against": params.get("against", "reference"),
            "verdict": "unknown",
            "p_breach": None,
            "p_watch": None,
            "p_kept": None,
            "adjusted": False,
            "share": None,
            "levels": {
                "watch": None if threshold.watch is None else level_of(measure, threshold.watch),
                "breach": None if threshold.breach is None else level_of(measure, threshold.breach),
            },
            "more_decisions": None,
            "reason": measure["reason"],
        }
        if measure["status"] != "ok":
            return document
        tested = self.tested[question.id, measure["id"]]
        verdict = verdict_of(tested, self.charter.alpha)
        p = {"p_breach": tested.p_breach, "p_watch": tested.p_watch, "p_kept": tested.p_kept}
        document |= {"verdict": verdict, **p, "adjusted": True, "share": tested.share}
        if verdict == "unknown":
            document |= {"reason": UNDECIDED, "more_decisions": self._more(question, measure, tested.share)}
        return document

    def _more(self, question: Question, measure: MeasureDocument, share: float) -> int | None:
        decisions = self.decisions or int(measure["n"])
        return more_decisions(
            measure, question.indicator.threshold, charter=self.charter, share=share, decisions=decisions
        )


def _verdict(question: Question, comparisons: Sequence[Document]) -> tuple[str, str]:
    """The verdict of a question and the code of its reason; a question without a comparison is never kept."""
    if question.unexamined is not None:
        return "not_examined", question.unexamined
    if not comparisons:
        return "unknown", "no_comparison"
    verdict = worst([comparison["verdict"] for comparison in comparisons])
    if verdict != "unknown":
        return verdict, BEYOND[verdict]
    reasons = [comparison["reason"] for comparison in comparisons if comparison["verdict"] == "unknown"]
    return verdict, UNDECIDED if UNDECIDED in reasons else str(reasons[0])
