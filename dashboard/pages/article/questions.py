"""The questions of an article: what is counted, the threshold of each and why, and what it says of every system."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.audits.mixed import joined
from boussole.charter.amending.plain import plainly
from boussole.charter.document import Standing, ThresholdOfVerdict, VerdictDocument
from boussole.charter.document.answers.verdict import CALLING, worst
from boussole.charter.record_types.kinds import Inspection
from boussole.charter.text.judged import judged
from boussole.charter.text.left_out import REASON, STOPS
from boussole.charter.text.model import SAME_TEXTS, Article, Indicator
from boussole.dashboard.markup.elements import ORDER, word
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import answer_href, article_href, evidence_href, law_href
from boussole.dashboard.views.answers.asked import (
    counted_words,
    levels_and_chance,
    no_case_words,
    other_ways,
    pairs_words,
    sentence_of,
    unproven,
    unproven_words,
)
from boussole.dashboard.views.answers.known import known_words, last_answer
from boussole.dashboard.views.answers.small_print import law_words, left_out_words
from boussole.dashboard.views.charts.groups import attribute_name
from boussole.dashboard.views.scene import Scene, excess
from boussole.dashboard.views.system_tables import Lacking, in_register, lacking

Pairs = list[tuple[str, str]]
Place = tuple[str, Standing, VerdictDocument]


def facts_of(scene: Scene, indicator: Indicator | None, places: Sequence[Place], say: Say) -> tuple[Pairs, Pairs]:
    """What stands beside a question, and why from this level, on request."""
    if indicator is None:
        return [(say("Asked by"), say("another version of the charter than the one in force"))], []
    attested = indicator.evidence == "attested"
    beside = [
        (say("What is attested") if attested else say("What is counted"), say.text(indicator.computed)),
        (say("Who attests"), say.text(indicator.attested_by)),
        (say("Not kept if"), say.text(indicator.broken_if)),
        (say("Threshold"), threshold_of(scene, indicator, places, say)),
        (say("Asked otherwise"), joined(" ", [capital(way) + "." for way in other_ways(indicator, say)])),
    ]
    why = [
        (say("Why this level"), say.text(indicator.threshold.justification)),
        (say("Measure"), indicator.metric or ""),
    ]
    return [(name, value) for name, value in beside if value], [(name, value) for name, value in why if value]


def threshold_of(scene: Scene, indicator: Indicator, places: Sequence[Place], say: Say) -> str:
    """The levels where they are known, whether anybody has adopted them, since when, and whether that came late."""
    levels = next((said for _, document, verdict in places if (said := _levels(scene, document, verdict, say))), "")
    late = {system for system, _, verdict in places if _late(verdict.threshold)}
    if indicator.evidence == "attested":
        levels = say("The statement itself gives the answer.")
    parts = [levels, _tolerance(indicator, say), _standing(scene, indicator, say)]
    if late:
        parts.append(
            say.plural(
                "Adopted after the period had begun for one system (post hoc): it may have been chosen to fit.",
                "Adopted after the period had begun for {n} systems (post hoc): it may have been chosen to fit.",
                len(late),
            )
        )
    return " ".join(part for part in parts if part)


def _late(threshold: ThresholdOfVerdict | None) -> bool:
    return threshold is not None and bool(threshold.post_hoc) and not unproven(threshold)


def _levels(scene: Scene, document: Standing, verdict: VerdictDocument, say: Say) -> str:
    return levels_and_chance(document, verdict, say, charter=scene.charter) if verdict.comparisons else ""


def _tolerance(indicator: Indicator, say: Say) -> str:
    tolerance = indicator.threshold.tolerance
    if indicator.records == SAME_TEXTS:
        return pairs_words(indicator.threshold, say)
    if indicator.records is not None:
        return counted_words(indicator.threshold, say)
    if tolerance is None:
        return ""
    if judged(indicator.metric).one_case:
        return no_case_words(indicator.threshold, say, metric=indicator.metric)
    return say(
        "One confirmed case breaks it; kept only where fewer than one in {n} is very likely.",
        n=say.whole(1 / tolerance),
    )


def _standing(scene: Scene, indicator: Indicator, say: Say) -> str:
    threshold = indicator.threshold
    if threshold.status == "adopted":
        proven = scene.facts.adopted.get(indicator.id)
        if proven is None:
            return " ".join((unproven_words(say), say("Not a legal threshold.")))
        return say("Adopted, since {date}. Not a legal threshold.", date=say.date(max(threshold.since, proven)))
    return say("Proposed on {date}, not adopted. Not a legal threshold.", date=say.date(threshold.since))


def law_links(scene: Scene, indicator: Indicator | None, say: Say, *, query: dict[str, str]) -> Pairs:
    """The provisions that a question answers to, with their addresses on the law page."""
    if indicator is None:
        return []
    laws = scene.charter.law_of(indicator)
    return [(law_words(law, say), law_href(query=query, anchor=law.framework or "other")) for law in laws]


def records_of(
    scene: Scene, system: str, document: Standing, verdict: VerdictDocument, say: Say, *, query: Mapping[str, str]
) -> Pairs:
    """The ledger entries that an answer rests on: a statement, cases, inspections, failed records, else the audit."""
    cases = verdict.cases
    if counted := verdict.counted:
        return [_entry(say("Record"), entry, say, query) for entry in counted.entries]
    if statement := verdict.statement:
        return [_entry(say("Statement"), int(statement.entry), say, query)]
    if cases:
        reported = [_entry(say("Case"), entry, say, query) for entry in cases.entries]
        return reported + [
            _entry(say("Inspection"), entry, say, query)
            for entry in _inspections(scene, system, verdict)
            if entry not in cases.entries
        ]
    sealed = document.entry
    return [] if sealed is None else [_entry(say("Audit"), sealed, say, query)]


def _inspections(scene: Scene, system: str, verdict: VerdictDocument) -> list[int]:
    name = verdict.template or verdict.indicator
    return [
        entry for entry, each in scene.facts.standing(Inspection) if (each.indicator, each.system) == (name, system)
    ]


def _entry(what: str, entry: int, say: Say, query: Mapping[str, str]) -> tuple[str, str]:
    text = capital(say("{what}, entry {n}", what=what, n=str(entry)))
    return text, evidence_href(query=query, entry=str(entry))


SHOWN, FOLDED, PAGE = 3, 20, 30
"""Systems whose worst answer is shown at once, answers that are folded beside them at most, and on a page of their
own."""


@dataclass(frozen=True, kw_only=True)
class QuestionView:
    """One question. `folded` are the answers that are shown on request; `all_href` leads to those that are not here."""

    anchor: str
    number: str
    text: str
    verdict: str
    counts: Sequence[tuple[str, int]]
    told: str
    facts: Sequence[tuple[str, str]]
    why: Sequence[tuple[str, str]]
    law: Sequence[tuple[str, str]]
    answers: Sequence[PageData]
    folded: Sequence[PageData]
    all_href: str
    lacking: Sequence[Lacking]
    register: Sequence[str]

    @property
    def several(self) -> bool:
        """Whether it is asked of more than one system or attribute."""
        return sum(n for _, n in self.counts) > 1


def questions(scene: Scene, article: Article, say: Say, *, query: dict[str, str]) -> list[QuestionView]:
    """The questions of an article in the order of the charter, then those that only an earlier charter asked."""
    by_question = _places(scene, article)
    found = []
    for name, places in by_question.items():
        examined = _worst_first([place for place in places if place[2].verdict != "not_examined"], scene, say)
        shown, rest = _apart(examined)
        beyond = len(rest) > FOLDED
        found.append(
            _asked(
                scene,
                article,
                name,
                places,
                say,
                query=query,
                shown=shown,
                folded=[] if beyond else rest,
                all_href=article_href(article.id, query=query, question=name) if beyond else "",
            )
        )
    return found


def question_page(
    scene: Scene, article: Article, name: str, say: Say, *, page: int, query: dict[str, str]
) -> PageData | None:
    """Every answer to one question, the worst first; None where the article has no such question."""
    places = _places(scene, article).get(name)
    if places is None:
        return None
    examined = _worst_first([place for place in places if place[2].verdict != "not_examined"], scene, say)
    last = max(1, -(-len(examined) // PAGE))
    page = min(max(page, 1), last)
    first = (page - 1) * PAGE
    turned = {at: article_href(article.id, query=query, question=name, page=str(at)) for at in (page - 1, page + 1)}
    return {
        "asked": _asked(
            scene, article, name, places, say, query=query, shown=examined[first : first + PAGE], folded=[], all_href=""
        ),
        "where": say(
            "Answers {first} to {last} of {n}, the worst first",
            first=say.whole(first + 1),
            last=say.whole(min(first + PAGE, len(examined))),
            n=say.whole(len(examined)),
        )
        if last > 1
        else "",
        "previous": turned[page - 1] if page > 1 else "",
        "next": turned[page + 1] if page < last else "",
        "back": article_href(article.id, query=query, anchor=f"q-{name}"),
    }


def _places(scene: Scene, article: Article) -> dict[str, list[Place]]:
    """For each question of the article, by its id, the verdicts on it; questions that nobody is asked included."""
    found: dict[str, list[Place]] = {indicator.id: [] for indicator in article.indicators}
    first = {way.id: indicator.id for indicator in article.indicators for way in indicator.ways}
    for system, document in scene.standing.items():
        for verdict in document.verdicts:
            if verdict.article == article.id:
                name = str(verdict.template or verdict.indicator)
                found.setdefault(first.get(name, name), []).append((system, document, verdict))
    return found


def _worst_first(places: Sequence[Place], scene: Scene, say: Say) -> list[Place]:
    def key(place: Place) -> tuple[object, ...]:
        system, document, verdict = place
        grave = verdict.verdict in CALLING and verdict.comparisons
        beyond = -excess(document, verdict) if grave else 0.0
        before = last_answer(scene, system, verdict)
        once = ORDER.index(before[0]) if before is not None else len(ORDER)
        return ORDER.index(verdict.verdict), beyond, once, scene.title(system, say)

    return sorted(places, key=key)


def _apart(examined: Sequence[Place]) -> tuple[list[Place], list[Place]]:
    first: dict[str, Place] = {}
    for place in examined:
        first.setdefault(place[0], place)
    shown = list(first.values())[:SHOWN]
    return shown, [place for place in examined if place not in shown]


def _asked(
    scene: Scene,
    article: Article,
    name: str,
    places: Sequence[Place],
    say: Say,
    *,
    query: dict[str, str],
    shown: Sequence[Place],
    folded: Sequence[Place],
    all_href: str,
) -> QuestionView:
    indicator = next((each for each in article.indicators if each.id == name), None)
    found = Counter(verdict.verdict for _, _, verdict in places)
    counts = [(verdict, found[verdict]) for verdict in ORDER if found[verdict]]
    facts, why = facts_of(scene, indicator, places, say)
    return QuestionView(
        anchor=f"q-{name}",
        number=indicator.number if indicator else "",
        text=_text(indicator, places, say),
        verdict=worst(list(found)),
        counts=counts,
        told=_told(counts, say),
        facts=facts,
        why=why,
        law=law_links(scene, indicator, say, query=query),
        answers=[_answered(scene, place, say, query=query) for place in shown],
        folded=[_answered(scene, place, say, query=query) for place in folded],
        all_href=all_href,
        lacking=lacking(scene, indicator, places, say),
        register=in_register(scene, indicator, places, say),
    )


def _text(indicator: Indicator | None, places: Sequence[Place], say: Say) -> str:
    """The question of no system in particular; one that the charter no longer asks, as it was asked."""
    return plainly(indicator.question, say.lang) if indicator else say.text(places[0][2].question)


def _answered(scene: Scene, place: Place, say: Say, *, query: Mapping[str, str]) -> PageData:
    system, document, verdict = place
    told = scene.systems.get(system)
    statement = verdict.statement
    return {
        "system": system,
        "key": verdict.indicator,
        "verdict": verdict.verdict,
        "title": scene.title(system, say),
        "href": answer_href(system, verdict.indicator, query=dict(query)),
        "about": attribute_name(verdict.by, say, system=told) if verdict.by else "",
        "sentence": sentence_of(scene.charter, verdict, say, system=told),
        "known": known_words(scene, system, verdict, say),
        "records": records_of(scene, system, document, verdict, say, query=query),
        "renew": say("renewal is due") if statement and statement.renew else "",
        "left_out": capital(left_out_words(document, say))
        if verdict.comparisons or verdict.reason in (REASON, STOPS)
        else "",
    }


def _told(counts: Sequence[tuple[str, int]], say: Say) -> str:
    parts = [say("{verdict}: {n}", verdict=word(verdict, say), n=say.whole(n)) for verdict, n in counts]
    return ", ".join([*parts[:1], *map(inside, parts[1:])])
