"""What the verdicts on questions come to for the articles that ask them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from boussole.audits.systems.model import System
from boussole.charter.document import ArticleVerdict, AuditDocument, UnmeasuredSystem, VerdictDocument, VerdictInShort
from boussole.charter.document.answers.verdict import count, together, worst
from boussole.charter.judging.families import NOT_RECORDED, SystemQuestion
from boussole.charter.judging.verdicts import judge
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import Charter


def summarise(
    charter: Charter, verdict_documents: Sequence[VerdictInShort], *, system: str = "", facts: Facts | None = None
) -> list[ArticleVerdict]:
    """One entry per article: its verdict, how many questions are asked and how many have an answer.

    A broken or watched question decides alone. An article is kept only when all its questions are answered and kept.
    An open finding of an outside authority (`capped_by`: its entry) makes it no better than that finding says.
    """
    return [_summary(article.id, verdict_documents, system, facts) for article in charter.articles]


def _summary(article: str, documents: Sequence[VerdictInShort], system: str, facts: Facts | None) -> ArticleVerdict:
    found = [each.verdict for each in documents if each.article == article]
    verdict, counts = together(found), count(found)
    caps = [(entry, each.cap) for entry, each in (facts.findings(system) if facts else []) if article in each.articles]
    return ArticleVerdict(
        article=article,
        verdict=worst([verdict, *(cap for _, cap in caps)]),
        answered=counts.answered,
        asked=counts.asked,
        capped_by=tuple(entry for entry, _ in caps),
    )


def current(document: AuditDocument, *, charter: Charter, system: System, facts: Facts) -> AuditDocument:
    """An audit document whose verdicts that rest on statements are brought to the day of the facts."""
    window = document.window
    fresh = {
        each.indicator: each
        for each in judge(
            charter,
            system,
            document.measures,
            window_start=window.start,
            window_end=max(window.end, facts.as_of),
            facts=facts,
            left_out=document.left_out,
            versions=document.versions or (),
            only=_stated,
            together=document.accumulated.figures if document.accumulated else (),
            measured_end=window.end,
        )
    }
    verdicts = [*_brought_up(document.verdicts, fresh)]
    summaries = {each.article: each for each in document.articles}
    summaries |= {each.article: each for each in summarise(charter, verdicts, system=system.id, facts=facts)}
    return document.changed(verdicts=tuple(verdicts), articles=tuple(summaries.values()))


def unmeasured(charter: Charter, system: System, facts: Facts) -> UnmeasuredSystem:
    """What people have stated of a system that no audit has measured, over the last twelve months."""
    start = facts.as_of - dt.timedelta(days=365)
    verdicts = judge(charter, system, None, window_start=start, window_end=facts.as_of, facts=facts)
    articles = summarise(charter, verdicts, system=system.id, facts=facts)
    return UnmeasuredSystem(measures=(), verdicts=tuple(verdicts), articles=tuple(articles), on=facts.as_of)


def _stated(question: SystemQuestion) -> bool:
    indicator = question.indicator
    tolerates_none = indicator.threshold.tolerance is not None
    return indicator.evidence == "attested" or indicator.records is not None or tolerates_none


def _brought_up(stored: Sequence[VerdictDocument], fresh: Mapping[str, VerdictDocument]) -> Iterator[VerdictDocument]:
    """The stored verdicts, with the fresh one where either of them rests on a statement."""
    for each in stored:
        newer = fresh.get(each.indicator)
        if newer is None and not each.rests_on_statements:
            yield each
        elif newer is not None:
            recorded = newer.reason in NOT_RECORDED.values()  # a charter that counts records asks for them from now on
            yield newer if recorded or each.rests_on_statements or newer.rests_on_statements else each
    known = {each.indicator for each in stored}
    yield from (each for name, each in fresh.items() if name not in known and each.rests_on_statements)
