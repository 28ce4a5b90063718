"""The small print of a question: what was measured, the threshold and its reason, the law, the evidence."""

from __future__ import annotations

import datetime as dt

from boussole.audits.languages import Catalogue, typeset
from boussole.audits.metrics import errors
from boussole.audits.metrics.human import HASTY_SHARE, OVERRIDE_BY_GROUP, OVERRIDE_RATE
from boussole.audits.mixed import joined
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.judging.wording.findings import finding
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.charter.text.model import Charter, Indicator, Law
from boussole.dashboard.charts.groups import group_of
from boussole.dashboard.charts.tables import actor_name, signed
from boussole.dashboard.views.answers.left_out import read_words
from boussole.dashboard.views.answers.levels import sight_words, threshold_words
from boussole.dashboard.views.naming import period
from boussole.dashboard.words.say import Say

OUTCOME_METRICS = frozenset(comparison.metric for comparison in errors.COMPARISONS)
"""The judged measures that rest on what became of people."""


def small_print(
    document: Standing, verdict: VerdictDocument, say: Say, *, alpha: float, system: System | None = None
) -> list[tuple[str, str]]:
    """What goes with every figure: its threshold, what it counts and what is missing, its place in the ledger.

    Of a system that nobody audited there is neither, and no place.
    """
    audit, entry = (document if isinstance(document, AuditDocument) else None), document.entry
    decisions = read_words(audit, say, period=period(audit, say), verdict=verdict) if audit else ""
    sealed = say("entry {n} of the ledger", n=say.whole(entry)) if entry is not None else ""
    counts = audit.evidence.cubes[:19] + "…" if audit else ""
    pairs = [
        (say("Threshold"), threshold_words(document, verdict, say)),
        (say("Decisions"), decisions),
        (say("Reviews"), review_words(document, verdict, say)),
        (say("By group"), changed_words(document, verdict, say, system=system)),
        (say("What would be seen"), sight_words(document, verdict, say, alpha=alpha, system=system)),
        (say("Through whom"), through_words(document, verdict, say, system=system)),
        (say("Missing outcomes"), missing_words(document, verdict, say, system=system)),
        (say("Evidence"), " · ".join(part for part in (sealed, counts) if part)),
    ]
    return [(name, value) for name, value in pairs if value]


def review_words(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    """How many reviews a figure about agents rests on, and how many were left out; of agents only teams are told of."""
    found = next((m for m in document.judged_measures if m.metric == verdict.metric), None)
    if found is None or found.metric not in (OVERRIDE_RATE, HASTY_SHARE) or found.n is None:
        return ""
    left, older = (int(found.params.get(name) or 0) for name in ("left_out", "older"))
    parts = [say("{n} counted, of teams of 11 agents or more.", n=say.whole(found.n))]
    if left:
        parts.append(say("{n} of smaller teams are left out.", n=say.whole(left)))
    if older:
        parts.append(say("{n} are older than what they review, and are left out.", n=say.whole(older)))
    if untimed := int(found.params.get("untimed") or 0):
        parts.append(say("{n} do not say how long they took, or over how many words.", n=say.whole(untimed)))
    return " ".join(parts)


def changed_words(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> str:
    """How often proposals are changed about people of each group, of single attributes."""
    if verdict.metric != OVERRIDE_RATE or system is None:
        return ""
    found = [m for m in document.judged_measures if m.metric == OVERRIDE_BY_GROUP and len(m.by) == 1]
    told = [
        say("{group}: {share} of proposals changed", group=group_of(m, say, system=system), share=say.percent(m.value))
        for m in found
        if m.value is not None
    ]
    return " · ".join(told)


def missing_words(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> str:
    """How many outcomes are missing behind a figure that rests on outcomes, and for which group most often.

    Nothing where outcomes cannot be read, or are known of those selected alone: the verdict's own sentence says so.
    """
    if verdict.metric not in OUTCOME_METRICS or system is None or verdict.reason == "selective_labels":
        return ""
    measures = [m for m in document.judged_measures if m.metric.startswith("missing_outcome_share")]
    everybody = next((m for m in measures if not m.by), None)
    if everybody is not None and everybody.reason == "absent_is_negative":
        return say("An outcome that is not recorded counts as negative.")
    if everybody is None or everybody.value is None:
        return ""
    if not everybody.value:
        return say("All outcomes that are due are known.")
    share = say("{n} of the outcomes that are due are not known.", n=say.percent(everybody.value))
    gaps = [m for m in measures if m.by == verdict.by and m.params.scale is not None and m.value is not None]
    parts = [share]
    if gaps:
        widest = max(gaps, key=lambda measure: abs(given(measure.value)))
        told = finding(widest, verdict="unknown", catalogue=Catalogue(LOCALE, say.lang), system=system)
        parts.append(f"{typeset(told, say.lang)}.")
    return " ".join([*parts, bounds_words(document, verdict, say, system=system)]).strip()


def through_words(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> str:
    """Each actor's part in the gap over a whole funnel: for each group, the ratio of the stages where they decide.

    Of single attributes only: of intersections there would be too many to read.
    """
    if not str(verdict.metric).startswith("adjusted_stage") or len(verdict.by or ()) > 1:
        return ""
    parts: dict[str, list[str]] = {}
    for measure in document.judged_measures:
        if measure.metric == "actor_selection_rate_ratio" and measure.by == verdict.by:
            group = group_of(measure, say, system=system)
            actor = actor_name(measure.given["actor"], say)
            if measure.value is not None:
                value = say("{n} for 100", n=say.whole(100 * measure.value))
                parts.setdefault(group, []).append(f"{actor} {value}")
    told = " ".join(f"{group} – {', '.join(values)}." for group, values in parts.items())
    return say("{parts} Whatever the profile; multiplied, they give the whole gap.", parts=told) if told else ""


def bounds_words(document: Standing, verdict: VerdictDocument, say: Say, *, system: System) -> str:
    """Between what the least certain gap must lie whatever the missing outcomes are; nothing where none is missing."""
    compared = {comparison.measure for comparison in verdict.comparisons}
    bounded = [m for m in document.judged_measures if m.id in compared and m.params.bounds is not None]
    if not bounded:
        return ""
    widest = max(bounded, key=lambda measure: _width(measure.params.bounds))
    low, high = (signed(100 * end, say) for end in given(widest.params.bounds))
    group = group_of(widest, say, system=system)
    return say(
        "If all were known, the gap of “{group}” could be anything from {low} to {high} points.",
        group=group,
        low=low,
        high=high,
    )


def _width(bounds: tuple[float, float] | None) -> float:
    low, high = given(bounds)
    return high - low


def background(
    verdict: VerdictDocument, indicator: Indicator | None, charter: Charter, say: Say
) -> list[tuple[str, str]]:
    """What is measured, why from this level, what would break the promise, and the law."""
    if indicator is None:
        return []
    threshold = verdict.threshold
    pairs = [
        (say("Question"), indicator.number),
        (say("Measure"), measure_words(indicator, say)),
        (say("Why this level"), say.text(threshold.justification if threshold else None)),
        (say("Not kept if"), say.text(indicator.broken_if)),
        (say("Law"), joined(" · ", [law_words(law, say) for law in charter.law_of(indicator)])),
    ]
    return [(name, value) for name, value in pairs if value]


def measure_words(indicator: Indicator | None, say: Say) -> str:
    """What was counted, in plain words, then the metric's own name."""
    if indicator is None:
        return ""
    name = f" ({indicator.metric})" if indicator.metric else ""
    return say.text(indicator.computed).rstrip(".") + name


def law_words(law: Law, say: Say) -> str:
    """A text of law; since when, where it does not apply yet; and whether that date is still to be checked."""
    text = say.text(law.title)
    if law.in_force <= dt.datetime.now(tz=say.zone).date():
        return text
    date = say.date(law.in_force)
    if law.to_check:
        return say("{law} (from {date}, date to be checked)", law=text, date=date)
    return say("{law} (from {date})", law=text, date=date)


def recompute(document: AuditDocument) -> str:
    """The command that recomputes an audit."""
    window = document.window
    return f"boussole audit --system {document.system} --from {window.start} --to {window.end} --dry-run --json -"
