"""The groups of an audit document, ready to be drawn, put in a table or said; and the bar behind a mark."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.audits.metrics.shares import CONTROL_RATIO, REACHED_RATIO, SILENT_RATIO
from boussole.audits.mixed import joined
from boussole.audits.systems import System
from boussole.audits.systems.values import UNDECLARED, rare
from boussole.charter.document import Comparison, MeasureDocument, Standing, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.document.measures import IntervalOfMeasure
from boussole.charter.judging.verdicts import oriented
from boussole.charter.judging.wording.naming import feature, together
from boussole.dashboard.markup.words import Say

# The bar behind a mark: the interval that decided a comparison, on the scale of the figure that is drawn.


Ends = tuple[float | None, float | None]
"""Where a bar ends; both None: there is none."""
NONE: Ends = (None, None)


def carried(at: float, rate: float | None, compared: MeasureDocument | None) -> float | None:
    """A level, or an end, of the comparison of a group on the scale of its rate; None where it has no place there.

    >>> from boussole.charter.document import Params
    >>> given = {"id": "m", "metric": "m", "by": (), "group": None, "given": {}, "status": "ok", "reason": None, "n": 9}
    >>> found = {"value": 0.5, "clusters": None, "interval": None, "params": Params(scale="ratio", values=(0.2, 0.4))}
    >>> carried(0.8, 0.2, MeasureDocument(**given, **found))
    0.32000000000000006
    """
    if compared is None or compared.value is None or rate is None:
        return None
    if compared.params.scale != "ratio":
        return rate - compared.value + at
    if compared.value:
        return rate / compared.value * at
    values = compared.params.values
    return None if values is None else values[1] * at


def own(interval: IntervalOfMeasure | None) -> Ends:
    """The interval of a figure by itself."""
    return NONE if interval is None else (interval.low, interval.high)


def decided(comparison: Comparison | None) -> Ends:
    """The interval that decided, on the scale of the comparison."""
    found = None if comparison is None else comparison.interval
    return NONE if found is None else (found.low, found.high)


def drawn(comparison: Comparison | None, rate: float | None, compared: MeasureDocument | None) -> Ends:
    """The interval on the scale of the rate that is drawn."""
    low, high = (None if end is None else carried(end, rate, compared) for end in decided(comparison))
    return low, high


def within(bar: Ends, bounds: tuple[float, float]) -> Ends:
    """A bar as far as its scale reaches; none where it has no end on a side without bounds.

    >>> within((0.2, 1.3), (0.0, 1.0)), within((None, 0.3), (0.0, 1.0)), within((0.4, None), (0.0, math.inf))
    ((0.2, 1.0), (0.0, 0.3), (None, None))
    """
    low, high = bar
    if low is None and high is None:
        return NONE
    low, high = max(bounds[0] if low is None else low, bounds[0]), min(bounds[1] if high is None else high, bounds[1])
    return (low, high) if math.isfinite(low) and math.isfinite(high) else NONE


# Drift in an audit document: how far each watched feature has moved from the reference window.


@dataclass(frozen=True, kw_only=True)
class FeatureRow:
    """One feature: its population stability index, the decisions of both windows, and how it was judged."""

    name: str
    value: float | None
    reference_n: int | None
    n: int | None
    reason: str | None
    verdict: str | None
    bar: Ends = NONE
    """The interval that decided; none where nothing did."""


def is_drift(verdict: VerdictDocument) -> bool:
    """Whether a verdict judges how far inputs or scores have moved."""
    return any(comparison.measure.partition("/")[0] == "psi" for comparison in verdict.comparisons)


def features(
    document: Standing, verdict: VerdictDocument | None, say: Say, *, system: System | None = None
) -> list[FeatureRow]:
    """The features of one verdict (None: of the whole document), in the order of the document, named for readers."""
    judging = [verdict] if verdict else [v for v in document.verdicts if is_drift(v)]
    judged = {c.measure: c for v in judging for c in v.comparisons}
    return [
        FeatureRow(
            name=_name((measure.group or {})["feature"], say, system),
            value=measure.value,
            reference_n=measure.params.reference_total,
            n=measure.n,
            reason=None if measure.status == "ok" else measure.reason or measure.status,
            verdict=judged[measure.id].verdict if measure.id in judged else None,
            bar=decided(judged.get(measure.id)),
        )
        for measure in document.measures
        if measure.metric == "psi" and not measure.given and (verdict is None or measure.id in judged)
    ]


def _name(column: str, say: Say, system: System | None) -> str:
    if column == "score":
        return say("Score")
    named = feature(system, column, say.lang)
    return column if named == column else capital(say.text({say.lang: named}))


def drift_levels(document: Standing, verdict: VerdictDocument | None = None) -> dict[str, float]:
    """The levels that drift is judged against, by kind (`watch`, `breach`)."""
    judging = verdict or next((v for v in document.verdicts if is_drift(v)), None)
    threshold = judging.threshold if judging else None
    found = {"watch": threshold.watch, "breach": threshold.breach} if threshold else {}
    return {kind: level for kind, level in found.items() if level is not None}


# The groups of an audit document, ready to be drawn, put in a table or said: one reading for all three.


By = tuple[str, ...]

_COMPARED = ("_ratio", "_difference")
ADJUSTED = "adjusted_selection_rate"
ADJUSTED_STAGE = "adjusted_stage_selection_rate"
RATIOS = (ADJUSTED, ADJUSTED_STAGE)
"""No rates of one group: comparable profiles are those of two groups, so that only their ratio can be drawn."""


@dataclass(frozen=True, kw_only=True)
class RateThreshold:
    """Where a threshold falls on the scale of one group's rate, and the side of it that is bad."""

    kind: str
    at: float
    bad_side: str


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """One group: its rate with an interval or a reason, and its comparison. `bar` is the interval that is drawn."""

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    reason: str | None = None
    reference: bool = False
    verdict: str | None = None
    compared: float | None = None
    compared_low: float | None = None
    compared_high: float | None = None
    scale: str = "ratio"
    levels: tuple[RateThreshold, ...] = ()
    bar: Ends = NONE


def rate_of(comparison: str) -> str:
    """The rate that a comparison compares.

    >>> rate_of("selection_rate_ratio"), rate_of("precision_difference")
    ('selection_rate', 'precision')
    """
    for ending in _COMPARED:
        comparison = comparison.removesuffix(ending)
    return comparison


def compared(document: Standing, verdict: VerdictDocument) -> tuple[str, By] | None:
    """The rate that a verdict compares and the attributes it compares it between, or None where it compares none."""
    for comparison in verdict.comparisons:
        if measure := document.judged_by_id.get(comparison.measure):
            return rate_of(measure.metric), measure.by
    return None


def verdict_on(document: Standing, by: By, *, metric: str) -> VerdictDocument | None:
    """The verdict whose comparisons compare this rate between these groups, if one does."""
    return next((v for v in document.verdicts if compared(document, v) == (metric, by)), None)


def rows(document: Standing, by: By, say: Say, *, metric: str, system: System | None = None) -> list[GroupRow]:
    """The groups of one attribute (or intersection) in the order of the document."""
    if metric == ADJUSTED:
        return _adjusted_rows(document, by, say, system=system)
    if metric == ADJUSTED_STAGE:
        return [row for _, row in stage_rows(document, by, say, metric=metric, system=system)]
    verdict = verdict_on(document, by, metric=metric)
    measures = document.judged_by_id
    comparisons: dict[str, Comparison] = {}
    against: set[str] = set()
    for each in verdict.comparisons if verdict else ():
        comparisons[each.measure.partition("/")[2]] = each
        against.add(each.against)
    found = []
    for measure in document.judged_measures:
        if measure.metric != metric or measure.by != by or measure.group is None or measure.given:
            continue
        key = measure.id.partition("/")[2]
        comparison = comparisons.get(key)
        judged = measures.get(comparison.measure) if comparison else None
        found.append(
            GroupRow(
                label=group_of(measure, say, system=system),
                value=measure.value,
                low=own(measure.interval)[0],
                high=own(measure.interval)[1],
                n=measure.n,
                reason=None if measure.status == "ok" else measure.reason or measure.status,
                reference=key in against,
                verdict=comparison.verdict if comparison else None,
                compared=judged.value if judged else None,
                compared_low=decided(comparison)[0],
                compared_high=decided(comparison)[1],
                scale=(judged.params.scale if judged else None) or "ratio",
                levels=_levels(measure.value, judged, verdict),
                bar=own(measure.interval) if verdict is None else drawn(comparison, measure.value, judged),
            )
        )
    return found


def _adjusted_rows(document: Standing, by: By, say: Say, *, system: System | None) -> list[GroupRow]:
    """Each group's ratio to its reference, which is 1, with the thresholds as they are."""
    verdict = verdict_on(document, by, metric=ADJUSTED)
    comparisons = {comparison.measure: comparison for comparison in verdict.comparisons} if verdict else {}
    against = {comparison.against for comparison in comparisons.values()}
    ratios = document.judged_by_id
    found = []
    for measure in document.judged_measures:
        if measure.metric != "selection_rate" or measure.by != by or measure.given:
            continue
        key = measure.id.partition("/")[2]
        ratio = ratios.get(f"{ADJUSTED}_ratio/{key}")
        if ratio is None and key not in against:
            continue
        label = group_of(measure, say, system=system)
        if ratio is None:
            found.append(GroupRow(label=label, value=1.0, reference=True))
            continue
        found.append(_ratio_row(label, ratio, verdict, comparisons.get(ratio.id)))
    return found


def stage_rows(
    document: Standing, by: By, say: Say, *, metric: str, system: System | None
) -> list[tuple[MeasureDocument, GroupRow]]:
    """Each group's ratio to its reference at each stage, with the measure it comes from, stage by stage."""
    verdict = verdict_on(document, by, metric=metric)
    comparisons = {comparison.measure: comparison for comparison in verdict.comparisons} if verdict else {}
    found = []
    for measure in document.judged_measures:
        if measure.metric == f"{metric}_ratio" and measure.by == by and measure.group:
            group = group_of(measure, say, system=system)
            named = say("{stage}: {group}", stage=stage_name(measure, say, system=system), group=inside(group))
            found.append((measure, _ratio_row(named, measure, verdict, comparisons.get(measure.id))))
    return found


def stage_name(measure: MeasureDocument, say: Say, *, system: System | None) -> str:
    """What a reader calls the stage of a measure."""
    name = str(measure.given["stage"])
    titles = system.columns.stage_titles if system and system.columns else {}
    return capital(say.text(titles.get(name), name))


def _ratio_row(
    label: str, ratio: MeasureDocument, verdict: VerdictDocument | None, comparison: Comparison | None
) -> GroupRow:
    value = ratio.value
    return GroupRow(
        label=label,
        value=value,
        low=own(ratio.interval)[0],
        high=own(ratio.interval)[1],
        n=ratio.n,
        reason=None if value is not None else ratio.reason,
        verdict=comparison.verdict if comparison else None,
        compared=value,
        compared_low=decided(comparison)[0],
        compared_high=decided(comparison)[1],
        levels=_levels(value, ratio, verdict),
        bar=own(ratio.interval) if verdict is None else decided(comparison),
    )


def _levels(
    rate: float | None, compared: MeasureDocument | None, verdict: VerdictDocument | None
) -> tuple[RateThreshold, ...]:
    held = verdict.threshold if verdict else None
    if compared is None or held is None or carried(0.0, rate, compared) is None:
        return ()
    params, levels = compared.params, []
    for kind, threshold in (("watch", held.watch), ("breach", held.breach)):
        if threshold is None:
            continue
        level = oriented(threshold, scale=given(params.scale), bad_side=given(params.bad_side))
        if (at := carried(level, rate, compared)) is not None:
            levels.append(RateThreshold(kind=kind, at=at, bad_side=given(params.bad_side)))
    return tuple(levels)


def group_name(group: Mapping[str, str], say: Say, *, system: System | None = None) -> str:
    """A group as a reader calls it: by the names of the system file, else the bands in words, else the value."""
    names = [value_name(attribute, value, say, system=system) for attribute, value in group.items()]
    if len(names) > 1 and all(_named(attribute, value, say, system) for attribute, value in group.items()):
        return capital(together([inside(name) for name in names], say.lang))
    first, *others = names
    return joined(", ", [capital(first), *map(inside, others)])


def _named(attribute: str, value: str, say: Say, system: System | None) -> bool:
    declared = system.groups.get(attribute) if system else None
    return bool(declared and declared.values.get(value, {}).get(say.lang))


def group_of(measure: MeasureDocument, say: Say, *, system: System | None) -> str:
    """The group of a measure in words, its attributes in the measure's order; without one, whom its ratio is about."""
    if not measure.group:
        silent = say("People who did not answer")
        sides = {REACHED_RATIO: say("People without a smartphone"), SILENT_RATIO: silent, CONTROL_RATIO: silent}
        return sides.get(measure.metric, say("Everybody"))
    return group_name(dict(zip(measure.by, measure.values_of_group, strict=True)), say, system=system)


def value_name(attribute: str, value: str, say: Say, *, system: System | None = None) -> str:
    """One value of one attribute in words.

    >>> from boussole.dashboard.markup.words import speaker
    >>> value_name("gender", "?", speaker("en")), value_name("gender", "F", speaker("en"))
    ('unknown', 'F')
    >>> value_name("gender", "undeclared", speaker("fr")), value_name("gender", "rare-1f60c2aa", speaker("en"))
    ('non déclarée', 'small group 1f60c2aa')
    """
    declared = system.groups.get(attribute) if system else None
    if declared and declared.values.get(value):
        return say.text(declared.values[value], value)
    if value == "?":
        return say("unknown")
    if value == UNDECLARED:
        return say("undeclared")
    if number := rare(value):
        return say("small group {number}", number=number)
    if declared and declared.bands:
        return band_name(value, say)
    return value


def band_name(value: str, say: Say) -> str:
    """A band in words.

    >>> from boussole.dashboard.markup.words import speaker
    >>> [band_name(band, speaker("en")) for band in ("<25", "25-49", "50+")]
    ['under 25', '25 to 49', '50 and over']
    """
    if value.startswith("<"):
        return say("under {n}", n=value[1:])
    if value.endswith("+"):
        return say("{n} and over", n=value[:-1])
    low, _, high = value.partition("-")
    return say("{low} to {high}", low=low, high=high) if high else value


def attribute_name(by: Sequence[str], say: Say, *, system: System | None = None) -> str:
    """An attribute or intersection in words: the titles of the system file, else the names; of none, everybody."""
    if not by:
        return say("Everybody")
    titles = []
    for name in by:
        declared = system.groups.get(name) if system else None
        titles.append(say.text(declared.title, name) if declared else name)
    first, *others = titles
    return joined(" × ", [first, *map(inside, others)])


def reason_words(reason: str, say: Say, *, minimum: int = 11) -> str:
    """Why a value is not shown, in a few words."""
    reasons = {
        "small_group": say("hidden (fewer than {n} decisions)", n=say.whole(minimum)),
        "set_apart": say("set apart (fewer than {n} decisions)", n=say.whole(minimum)),
        "small_numerator": say("hidden (too few people to tell apart)"),
        "protects_small_group": say("hidden (it would reveal a small group)"),
        "protects_other_window": say("hidden (it would reveal a small group of another system)"),
        "reference_suppressed": say("not compared (the reference group is hidden)"),
        "reference_absent": say("not compared (nobody in the reference group)"),
        "no_other_group": say("not compared (no other group)"),
        "no_common_list": say("not compared (no list in common)"),
        "few_lists": say("hidden (too few lists)"),
        "few_at_top": say("hidden (of a group, only a few, or all but a few, stand in the first ten places)"),
        "zero_denominator": say("no figure (nobody to count)"),
        "no_decision": say("no figure (this log holds no decision)"),
        "no_outcomes": say("no figure (what happened next is not known yet)"),
        "selective_labels": say("no figure (what happened next is known only for those selected)"),
        "not_mature": say("no figure (what happened next cannot be read yet)"),
        "absent_is_negative": say("no figure (an outcome that is not recorded counts as negative)"),
        "expired": say("no figure (the legal basis has ended)"),
        "no_common_stratum": say("not compared (no profile in common)"),
        "too_many_strata": say("not compared (too many different profiles)"),
        "rows_purged": say("no figure (its decisions were removed)"),
        "not_a_probability": say("no figure (the score announces no probability)"),
        "few_reference_outcomes": say("no estimate (too few known outcomes in the reference period)"),
        "degenerate": say("not compared (nothing varies)"),
        "empty_window": say("no figure (one of the two periods is empty)"),
        "no_values": say("no figure (in one of the two periods the column is empty)"),
        "hidden_in_reference": say("hidden (it was not shown in the reference period)"),
        "reference_not_audited": say("not compared (no audit has told the groups of the reference period)"),
        "empty_reference": say("not compared (the reference period holds no decision)"),
        "overlaps": say("not compared (it shares days with the reference period)"),
        "group_absent": say("not compared (nobody in one of the two periods)"),
        "one_bin": say("not compared (too few people)"),
        "gap_may_be_zero": say("no share (there may be no gap at all)"),
        "few_moved_on": say("no share (at one stage too few people moved on, or too few did not)"),
        "short_span": say("not compared (fewer than three months of decisions)"),
        "few_lists_tell": say("not compared (these lists do not tell how much is chance)"),
        "mostly_forgotten": say("not compared (nearly everybody is on no list)"),
    }
    return reasons.get(reason, reason.replace("_", " "))
