"""What goes with a question: what is counted, its threshold and why, its law, the entries its answers rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boussole.audits.languages import capital
from boussole.audits.mixed import joined
from boussole.charter.document import Standing, ThresholdOfVerdict, VerdictDocument
from boussole.charter.record_types.kinds import Inspection
from boussole.charter.text.judged import judged
from boussole.charter.text.model import SAME_TEXTS, Indicator
from boussole.dashboard.views.answers.levels import (
    counted_words,
    levels_words,
    no_case_words,
    pairs_words,
    unproven,
    unproven_words,
)
from boussole.dashboard.views.answers.other_ways import other_ways
from boussole.dashboard.views.answers.small_print import law_words
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import evidence_href, law_href
from boussole.dashboard.words.say import Say

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
    levels = next((said for _, document, verdict in places if (said := _levels(document, verdict, say))), "")
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


def _levels(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    return levels_words(document, verdict, say) if verdict.comparisons else ""


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
    """The entries of the ledger that an answer rests on: a statement, cases and inspections, records that
    failed, else the audit."""
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
