"""The compass as data: what its title, lead, rose and table say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.audits.mixed import joined
from boussole.charter.document.answers.verdict import worst
from boussole.dashboard.markup.marks import ORDER
from boussole.dashboard.markup.words.addresses import answer_href, article_href, system_href
from boussole.dashboard.markup.words.say import Say, count
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of
from boussole.dashboard.views.answers.short import short_answer
from boussole.dashboard.views.answers.small_print import Cap, caps
from boussole.dashboard.views.charts.rose import Ring, rings_shown, rose_svg, rose_text
from boussole.dashboard.views.scene import Finding, Scene, findings, needle, period, rings

LEADS = 3
"""How many findings the lead sentence names."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One finding as a line: where it is, its mark, and what it says.

    `short`: as its own page says it; `label`: the system and what is asked of it in a few words, or the question where
    the charter has none.
    """

    verdict: str
    before: str | None
    place: str
    question: str
    label: str
    sentence: str
    short: str
    href: str


@dataclass(frozen=True, kw_only=True)
class ArticleRow:
    """One row of the table: an article, its verdict per ring, and how many of its questions are answered."""

    order: int
    title: str
    href: str
    verdicts: Sequence[str]
    hrefs: Sequence[str]
    answered: int
    asked: int


@dataclass(frozen=True, kw_only=True)
class Compass:
    """The whole compass. `branches`: name and address of each article, as pages lay them over `rose_unnamed`."""

    subtitle: str
    tone: str
    headline: str
    others: str
    leads: Sequence[Line]
    caps: Sequence[Cap]
    rose: str
    rose_unnamed: str
    branches: Sequence[tuple[str, str]]
    rose_alt: str
    rose_note: str
    rings_note: str
    columns: Sequence[str]
    rows: Sequence[ArticleRow]


def compass(scene: Scene, say: Say, *, query: dict[str, str]) -> Compass:
    """The page for the latest audit of every system. `query` is kept in every link (the language)."""
    articles, all_rings, ordered = scene.articles(say), rings(scene, say), findings(scene)
    points_at = needle(scene)
    urgent = [finding for finding in ordered if finding.key in ("broken", "watch", "unknown")]
    leads = _first_of_each_article([finding for finding in urgent if finding.key == urgent[0].key])[:LEADS]
    lead_lines = [line(scene, finding, say, query=query) for finding in leads]
    rings_note = _rings_note(all_rings, points_at, say)
    return Compass(
        subtitle=_subtitle(scene, say),
        tone=urgent[0].key if urgent else "kept",
        headline=headline(scene, say),
        others=others(scene, say),
        leads=lead_lines,
        caps=caps(scene, say, query=query),
        rose=rose_svg(articles, all_rings, say.lang, needle=points_at),
        rose_unnamed=rose_svg(articles, all_rings, say.lang, needle=points_at, named=False),
        branches=[(name, article_href(article, query=query)) for article, name in articles.items()],
        rose_alt=rose_text(articles, all_rings, say.lang, needle=points_at),
        rose_note=joined(" ", [say("Each branch is an article of the charter."), rings_note]),
        rings_note=rings_note,
        columns=[ring.title for ring in rings_shown(all_rings, articles, say)],
        rows=_rows(scene, say, query=query),
    )


def line(scene: Scene, finding: Finding, say: Say, *, query: dict[str, str], before: str | None = None) -> Line:
    """A finding as a line with a link to its question."""
    article = scene.articles(say).get(finding.article, finding.article)
    document, system = scene.examined[finding.system], scene.systems.get(finding.system)
    title = scene.title(finding.system, say)
    question, indicator = question_of(scene.charter, finding.verdict, say), indicator_of(scene.charter, finding.verdict)
    label = say.text(indicator.label) if indicator and indicator.label else ""
    return Line(
        verdict=finding.key,
        before=before,
        place=say("{system}, {article}", system=title, article=article),
        question=question,
        label=say("{name}: {value}", name=title, value=inside(label)) if label else question,
        sentence=sentence_of(scene.charter, finding.verdict, say, system=system),
        short=short_answer(scene.charter, document, finding.verdict, say, system=system, title=title),
        href=answer_href(finding.system, finding.verdict.indicator, query=query),
    )


def headline(scene: Scene, say: Say) -> str:
    """The answer in one sentence: how many articles are not kept, else to watch, else unknown, else kept."""
    counts = _per_verdict(scene)
    if counts["broken"]:
        return say.plural("One commitment is not kept.", "{n} commitments are not kept.", counts["broken"])
    if counts["watch"]:
        return say.plural(
            "One commitment is to be watched; none is found broken.",
            "{n} commitments are to be watched; none is found broken.",
            counts["watch"],
        )
    if counts["unknown"]:
        return say.plural(
            "On one commitment we cannot tell; none is found broken.",
            "On {n} commitments we cannot tell; none is found broken.",
            counts["unknown"],
        )
    if counts["kept"]:
        return say("Everything that was examined is kept.")
    return say("No question of the charter has been examined yet.")


def others(scene: Scene, say: Say) -> str:
    """How the other articles stand: "Of the others: one to watch, five not examined."; empty without others."""
    counts = _per_verdict(scene)
    first = next((verdict for verdict in ("broken", "watch", "unknown", "kept") if counts[verdict]), None)
    return of_the_others(counts, first, say) if first else ""


def of_the_others(counts: Mapping[str, int], first: str, say: Say) -> str:
    """How those stand that have not the first verdict; empty where all have."""
    told = {
        "watch": say.plural("one to watch", "{n} to watch", counts["watch"]),
        "unknown": say.plural("one where we cannot tell", "{n} where we cannot tell", counts["unknown"]),
        "not_examined": say.plural("one not examined", "{n} not examined", counts["not_examined"]),
        "kept": say.plural("one kept", "{n} kept", counts["kept"]),
    }
    listed = ", ".join(inside(text) for verdict, text in told.items() if counts[verdict] and verdict != first)
    return say("Of the others: {list}.", list=listed) if listed else ""


def _per_verdict(scene: Scene) -> dict[str, int]:
    """How many articles stand at each verdict, over all systems."""
    per_article = [
        worst([s.verdict for d in scene.examined.values() for s in d.articles if s.article == article.id])
        for article in scene.charter.articles
    ]
    return {verdict: per_article.count(verdict) for verdict in ORDER}


def _subtitle(scene: Scene, say: Say) -> str:
    audited, known = len(scene.latest), count(len(set(scene.systems) | set(scene.latest)), say)
    read = {texts: sum(d.decisions for d in scene.latest.values() if d.of_texts == texts) for texts in (False, True)}
    parts = [
        say.plural(
            "One system audited of {known} in the register",
            "{n} systems audited of {known} in the register",
            audited,
            known=known,
        ),
        *([say("{n} decisions read", n=say.whole(read[False]))] if read[False] or not read[True] else []),
        *([say("{n} texts read", n=say.whole(read[True]))] if read[True] else []),
    ]
    periods = {period(document, say) for document in scene.latest.values()}
    if len(periods) == 1:
        parts.insert(1, periods.pop())
    return " · ".join(parts)


def _rings_note(all_rings: Sequence[Ring], points_at: str | None, say: Say) -> str:
    """Which ring is which system. What the needle means the fold beside it says; where there is one ring, this does."""
    if len(all_rings) > 1:
        return say("From the inside out: {systems}.", systems=joined(", ", [ring.title for ring in all_rings]))
    return say("The needle shows what most needs attention.") if points_at else ""


def _rows(scene: Scene, say: Say, *, query: dict[str, str]) -> list[ArticleRow]:
    shown = rings_shown(rings(scene, say), scene.articles(say), say)
    systems = list(scene.examined)
    found = []
    for article in scene.charter.articles:
        summaries = [s for d in scene.examined.values() for s in d.articles if s.article == article.id]
        hrefs = [system_href(system, query=query, anchor=article.id) for system in systems]
        found.append(
            ArticleRow(
                order=article.order,
                title=say.text(article.title),
                href=article_href(article.id, query=query),
                verdicts=[ring.verdicts.get(article.id, "not_examined") for ring in shown],
                hrefs=hrefs if len(hrefs) == len(shown) else [],
                answered=sum(summary.answered for summary in summaries),
                asked=sum(summary.asked for summary in summaries),
            )
        )
    return found


def _first_of_each_article(ordered: Sequence[Finding]) -> list[Finding]:
    seen: dict[str, Finding] = {}
    for finding in ordered:
        seen.setdefault(finding.article, finding)
    return list(seen.values())
