"""The rules that turn comparisons and statements into verdicts.

They read stored documents and records only, so that they can be replayed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from audits.systems.model import System
from charter.facts import Facts
from charter.families import MeasureDocument, Question, asked, questions
from charter.model import Charter, Indicator
from charter.sentences import sentence
from charter.stated import Period, Stated, attested, tolerated
from charter.testing import PValues, level_of, looks_of, more_decisions, oriented, p_values, verdict_of

__all__ = ["judge", "oriented", "summarise", "worst"]

WORST_FIRST = ("broken", "watch", "unknown", "kept", "not_examined")
ANSWERED = ("broken", "watch", "kept")
BEYOND = {"broken": "beyond_breach", "watch": "beyond_watch", "kept": "all_kept"}
UNDECIDED = "too_few_decisions"
Document = dict[str, Any]


def judge(
    charter: Charter,
    system: System,
    measures: Sequence[MeasureDocument],
    *,
    window_start: dt.date,
    window_end: dt.date | None = None,
    facts: Facts | None = None,
    only: Callable[[Question], bool] | None = None,
    told: bool = True,
) -> list[Document]:
    """A verdict document for every question that the charter asks of this system, in the charter's order.

    `measures` are the documents of an audit (`Measure.document()`); `window_start` and `window_end` are its first and
    last day, `facts` what people have stated (nothing, if absent). `only`: of some questions. Without `told`, nothing is
    said in words, nor how many more decisions it would take.

    Raises CharterError for a threshold that its scale cannot carry.
    """
    start = window_start.date() if isinstance(window_start, dt.datetime) else window_start
    end = window_end or max(start, facts.as_of if facts else start)
    every, looks = questions(charter, system, measures), looks_of(charter, system)
    judging = _Judging(
        charter=charter,
        system=system,
        tested=p_values(every, looks=looks),
        looks=looks,
        decisions=_decisions(measures),
        period=Period(start=start, end=end),
        facts=facts or Facts(as_of=end),
    )
    asked_of = every if only is None else [question for question in every if only(question)]
    return [judging.document(question, told=told) for question in asked_of]


def summarise(
    charter: Charter, verdict_documents: Sequence[Mapping[str, Any]], *, system: str = "", facts: Facts | None = None
) -> list[Document]:
    """One entry per article: its verdict, how many questions are asked and how many have an answer.

    A broken or watched question decides alone. An article is kept only when all its questions are answered and
    kept; otherwise it is unknown once somebody has looked at one of them, and not examined until then. An open finding
    of an outside authority (`capped_by`: its entry) makes it no better than that finding says.
    """
    return [_summary(article.id, verdict_documents, system, facts) for article in charter.articles]


def worst(verdicts: Sequence[str]) -> str:
    """The worst of some verdicts, in the order broken, watch, unknown, kept.

    >>> worst(["kept", "unknown", "kept"])
    'unknown'
    """
    return min(verdicts, key=WORST_FIRST.index)


def _summary(article: str, documents: Sequence[Mapping[str, Any]], system: str, facts: Facts | None) -> Document:
    found = [document["verdict"] for document in documents if document["article"] == article]
    looked_at = [verdict for verdict in found if verdict != "not_examined"]
    verdict = worst(looked_at) if looked_at else "not_examined"
    if verdict == "kept" and len(looked_at) < len(found):
        verdict = "unknown"
    caps = [(entry, each.cap) for entry, each in (facts.findings(system) if facts else []) if article in each.articles]
    return {
        "article": article,
        "verdict": worst([verdict, *(cap for _, cap in caps)]),
        "answered": sum(each in ANSWERED for each in found),
        "asked": len(found),
        "capped_by": [entry for entry, _ in caps],
    }


def _decisions(measures: Sequence[MeasureDocument]) -> int | None:
    """All decisions of the window, from the selection rate of everybody."""
    return next((int(m["n"]) for m in measures if m["id"] == "selection_rate" and m["n"] and not m["given"]), None)


@dataclass(frozen=True, kw_only=True)
class _Judging:
    """What judging a question needs beside the question."""

    charter: Charter
    system: System
    tested: Mapping[tuple[str, str], PValues]
    looks: int
    decisions: int | None
    period: Period
    facts: Facts

    def document(self, question: Question, *, told: bool) -> Document:
        indicator = question.indicator
        comparisons = [self._comparison(question, measure, counted=told) for measure in question.comparisons]
        found = self._found(question, comparisons)
        document = {
            "article": question.article.id,
            "indicator": question.id,
            "template": indicator.id,
            "number": indicator.number,
            "by": None if question.by is None else list(question.by),
            "evidence": indicator.evidence,
            "metric": indicator.metric,
            "verdict": found.verdict,
            "comparisons": comparisons,
            "looks": self.looks,
            "threshold": indicator.threshold.model_dump(mode="json") | {"post_hoc": self._post_hoc(indicator)},
            "reason": found.reason,
            "statement": found.statement,
            "cases": found.cases,
        }
        if not told:
            return document
        document["question"] = asked(question, self.system)
        return document | {"sentence": sentence(question, document, self.system)}

    def _post_hoc(self, indicator: Indicator) -> bool:
        return indicator.threshold.post_hoc(self.period.start, proven=self.facts.adopted.get(indicator.id))

    def _found(self, question: Question, comparisons: Sequence[Document]) -> Stated:
        """What people state, where the question rests on that; else what the comparisons say."""
        indicator, system = question.indicator, self.system.id
        if indicator.evidence == "attested":
            return attested(indicator, self.facts, system=system, charter=self.charter)
        verdict, reason = _verdict(question, comparisons)
        told = None
        if indicator.threshold.tolerance is not None:
            told = tolerated(indicator, self.facts, system=system, period=self.period, charter=self.charter)
        if told is None or (comparisons and worst([verdict, told.verdict]) != told.verdict):
            return Stated(verdict=verdict, reason=reason)
        return told

    def _comparison(self, question: Question, measure: MeasureDocument, *, counted: bool) -> Document:
        """`counted`: with how many more decisions would settle what cannot be told."""
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
            more = self._more(question, measure, tested.share) if counted else None
            document |= {"reason": UNDECIDED, "more_decisions": more}
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
