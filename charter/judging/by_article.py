"""What the verdicts on questions come to for the articles that ask them."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.charter.document import ArticleVerdict, VerdictInShort
from boussole.charter.document.answers.verdict import count, together, worst
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import Charter


def summarise(
    charter: Charter, verdict_documents: Sequence[VerdictInShort], *, system: str = "", facts: Facts | None = None
) -> list[ArticleVerdict]:
    """One entry per article: its verdict, how many questions are asked and how many have an answer.

    A broken or watched question decides alone. An article is kept only when all its questions are answered and
    kept; otherwise it is unknown once somebody has looked at one of them, and not examined until then. An open finding
    of an outside authority (`capped_by`: its entry) makes it no better than that finding says.
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
