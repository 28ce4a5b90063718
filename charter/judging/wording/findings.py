"""What one comparison found, in plain words: figures for a hundred people, their interval, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from boussole.audits.languages import Catalogue, inside, number, whole
from boussole.audits.metrics.before_after import EFFECT as EFFECT_METRIC
from boussole.audits.metrics.corrections import PUT_IN_RESULTS
from boussole.audits.systems.model import System
from boussole.charter.document import Comparison, IntervalOfTests, MeasureInShort
from boussole.charter.document.answers.verdict import CALLING
from boussole.charter.document.base import given
from boussole.charter.judging.families import controls, decision, said, stage
from boussole.charter.judging.wording.naming import feature, gap_digits, other_place, per_hundred, place

RATES = {
    "true_positive_rate_difference": "Of 100 people whose outcome turned out positive, {first} are {decision} {place}, "
    "against {second} {other}: {gap}",
    "false_positive_rate_difference": "Of 100 people whose outcome turned out negative, {first} are wrongly {decision} "
    "{place}, against {second} {other}: {gap}",
    "precision_difference": "Of 100 people {decision}, the outcome followed for {first} {place}, against {second} "
    "{other}: {gap}",
    "calibration_difference": "For 100 people, the scores announce {first} outcomes too many {place}, against {second} "
    "{other} (with a minus sign: too few): {gap}",
    "missing_outcome_share_difference": "Of 100 outcomes that are due, {first} are not known {place}, against {second} "
    "{other}: {gap}",
}
OTHER_RATE = "Of 100 people, {first} are counted {place}, against {second} {other}: {gap}"
RATIOS = {
    "selection_rate_ratio": "At equal numbers, {value} people are {decision} {place} where 100 are {other}",
    "adjusted_selection_rate_ratio": "With comparable profiles ({controls}), {value} people are {decision} {place} "
    "where 100 are {other}",
    "stage_selection_rate_ratio": "At the stage “{stage}”, {value} people move on {place} where 100 do {other}",
    "adjusted_stage_selection_rate_ratio": "At the stage “{stage}”, with comparable profiles ({controls}), {value} "
    "people move on {place} where 100 do {other}",
    "exposure_ratio": "In the same lists, the attention that a place gets is {value} on average {place} where it is "
    "100 {other}",
    "never_shortlisted_rate_ratio": "In {months} months, {value} people are on no list {place} where, at equal "
    "numbers, 100 are {other}",
    "late_reply_ratio": "At equal numbers of replies, {value} come after the list has closed {place} where "
    "100 do {other}",
    "reached_in_time_ratio": "At equal numbers, {value} people without a smartphone answer before the list closes "
    "where 100 with one do",
    "silent_shortlisting_ratio": "With comparable profiles ({controls}), {value} people who had not answered are put "
    "on the next list where 100 who had are",
    "silent_control_ratio": "With comparable profiles ({controls}), {value} people who had not answered are controlled "
    "where, at equal numbers and in the same week, 100 who had are",
    "scoring_rate_ratio": "At equal numbers, {value} people score above the middle {place} where 100 do {other}",
}
DRIFT = {
    ("score", "kept"): "The scores resemble those of the reference period (distance {value})",
    ("score", "unknown"): "The distance between the scores and those of the reference period is {value}",
    ("score", "watch"): "The scores no longer resemble those of the reference period (distance {value})",
    ("features", "kept"): "The data received resemble those of the reference period; what changed most is “{feature}” "
    "(distance {value})",
    ("features", "unknown"): "What changed most since the reference period is “{feature}” (distance {value})",
    ("features", "watch"): "The data received no longer resemble those of the reference period: what changed most is "
    "“{feature}” (distance {value})",
}
SHARES = {
    "outside_hours_share": "Of 100 messages, {value} left outside decent hours",
    "written_too_often_share": "Of 100 people written to, {value} got more than {most} messages in {days} days",
    "override_rate": "Of 100 reviews, {value} changed what was proposed",
    "untrained_users_share": "Of 100 agents who used it in a month, {value} had not been trained by their first use "
    "in it",
    "reworked_texts_share": "Of 100 texts that were written for agents, they changed or rejected {value}",
    "hasty_texts_share": "Of 100 texts that agents sent, {value} went out sooner than they can be read",
    "hasty_review_share": "Of 100 reviews, {value} were too short to read what was shown",
}
GAPS = {
    "shared": "At equal numbers, {whole} people get to the end {place} where 100 do {other}; of this gap, {value} in "
    "100 opens through the tool and the adviser",
    "unwatched": "At equal numbers, {whole} people get to the end {place} where 100 do {other}: no gap to be watched, "
    "whoever acts",
}
"""Of a gap over the whole funnel, and of the share of it that the tool and the adviser carry."""
AT_MOST = {
    "outside_hours_share": "Of 100 messages, {value} at most left outside decent hours",
    "written_too_often_share": "Of 100 people written to, {value} at most got more than {most} messages in {days} days",
}
"""Where so few were found that their number is not told."""
EFFECT = (
    "In {agencies} agencies that started, there were {first} {outcome} a month for 100 people since they did; by the "
    "change in {others} others, {second} were to be expected without {system}: {gap}"
)
PUT_IN = (
    "With comparable profiles ({controls}), of 100 people whom agents put in, the outcome followed for {first}, "
    "against {second} of those whom they kept as proposed: {gap}"
)
CORRECTED = {
    "widened": "At equal numbers, {before} people are proposed {place} where 100 are {other}; after the agents’ "
    "corrections, {after} are left: these make {value} in 100 of the gap that remains",
    "narrowed": "At equal numbers, {before} people are proposed {place} where 100 are {other}; after the agents’ "
    "corrections, there are {after}: without these, the gap that remains would be larger by {value} in 100",
    "unwatched": "At equal numbers, {before} people are proposed {place} where 100 are {other}; after the agents’ "
    "corrections, there are {after}: no gap to be watched",
}
"""Of a gap between groups, what corrections made of it."""
OUTCOMES = "outcomes counted"
MORE_ASKED = "More was probably asked of them before they were {decision}."
LESS_ASKED = "Less was probably needed for them to be {decision}."


AnyMeasure = TypeVar("AnyMeasure", bound=MeasureInShort)


@dataclass(frozen=True, kw_only=True)
class IntervalEnds:
    """The two ends of an interval; None: it has no end on that side."""

    low: float | None
    high: float | None


def ends_of(measure: MeasureInShort, decided: IntervalOfTests | None = None) -> IntervalEnds | None:
    """The interval to tell of a comparison: the one that decided; else that of the figure by itself."""
    found = decided or measure.interval
    return None if found is None else IntervalEnds(low=found.low, high=found.high)


def deciding(verdict: str, pairs: Iterable[tuple[Comparison, AnyMeasure]]) -> tuple[Comparison, AnyMeasure] | None:
    """The comparison that a verdict is told by: the most certain of those that have it, then the worst figure."""
    found = [pair for pair in pairs if pair[0].verdict == verdict and pair[1].status == "ok"]
    return min(found, key=lambda pair: (_by_chance(verdict, pair[0]), _goodness(pair[1])), default=None)


def _by_chance(verdict: str, comparison: Comparison) -> float:
    tests = {
        "broken": (comparison.p_breach,),
        "watch": (comparison.p_watch,),
        "unknown": (comparison.p_breach, comparison.p_watch),
    }
    return min((p for p in tests.get(verdict, ()) if p is not None), default=1.0)


def _goodness(measure: MeasureInShort) -> float:
    value = measure.value or 0.0
    return value if measure.params.bad_side == "below" else -value


def finding(
    measure: MeasureInShort,
    *,
    verdict: str,
    catalogue: Catalogue,
    system: System,
    decided: IntervalOfTests | None = None,
) -> str:
    """The figures of a comparison that has a value, with the interval of its tests, as a clause without full stop."""
    scale = measure.params.scale
    if scale == "distance":
        return _drift(measure, verdict, catalogue, system)
    if scale == "share" and not measure.group:
        return _share(measure, catalogue, ends_of(measure, decided))
    if measure.metric in (EFFECT_METRIC, PUT_IN_RESULTS):
        on_everybody = _effect if measure.metric == EFFECT_METRIC else _put_in
        return on_everybody(measure, catalogue, system, ends_of(measure, decided))
    named = {
        "place": place(catalogue, system, measure.group or {}),
        "other": other_place(catalogue, system, measure),
        "decision": decision(system, catalogue.lang),
    }
    if scale in ("share", "effect"):
        shared = _gap_share if scale == "share" else _corrected
        return shared(measure, catalogue, named, ends_of(measure, decided))
    if scale == "ratio":
        value = per_hundred(given(measure.value), catalogue.lang)
        if measure.given:
            named["stage"] = stage(measure, system, catalogue.lang)
        message = RATIOS[measure.metric]
        names = controls(system, catalogue.lang)
        told = catalogue.gettext(message).format(
            value=value, controls=names, months=measure.params.months_followed, **named
        )
        return told + _ratio_interval(ends_of(measure, decided), catalogue)
    return _rates(measure, catalogue, named, ends_of(measure, decided))


def meaning(measure: MeasureInShort, *, verdict: str, catalogue: Catalogue, system: System) -> str:
    """What a gap in precision says about how a group is treated; empty for every other finding."""
    if measure.metric != "precision_difference" or verdict not in CALLING:
        return ""
    message = MORE_ASKED if measure.params.bad_side == "above" else LESS_ASKED
    return catalogue.gettext(message).format(decision=decision(system, catalogue.lang))


def level_words(level: float, scale: str, catalogue: Catalogue) -> str:
    """A level as the figures beside it are written: `80 for 100`, `10 fewer in 100`, `0.10`."""
    if scale == "distance":
        return number(level, catalogue.lang, 2)
    if scale == "effect" and not level:
        return catalogue.gettext("no effect")
    if scale == "ratio":
        return catalogue.gettext("{n} for 100").format(n=per_hundred(level, catalogue.lang))
    if scale == "share":
        return catalogue.gettext("{n} in 100").format(n=_share_words(level, catalogue.lang))
    if not level:
        return catalogue.gettext("no gap")
    told = catalogue.gettext("{n} fewer in 100") if level < 0 else catalogue.gettext("{n} more in 100")
    return told.format(n=per_hundred(abs(level), catalogue.lang))


def _drift(measure: MeasureInShort, verdict: str, catalogue: Catalogue, system: System) -> str:
    column = (measure.group or {})["feature"]
    subject = "score" if column == "score" else "features"
    message = DRIFT[subject, "watch" if verdict == "broken" else verdict]
    value = number(given(measure.value), catalogue.lang, 2)
    return catalogue.gettext(message).format(feature=feature(system, column, catalogue.lang), value=value)


def _share(measure: MeasureInShort, catalogue: Catalogue, ends: IntervalEnds | None) -> str:
    value, params = _share_words(given(measure.value), catalogue.lang), measure.params
    messages = AT_MOST if params.at_most else SHARES
    told = catalogue.gettext(messages[measure.metric])
    told = told.format(value=value, most=params.most, days=params.days)
    return told if params.at_most else told + _ratio_interval(ends, catalogue)


def _gap_share(
    measure: MeasureInShort, catalogue: Catalogue, named: Mapping[str, str], ends: IntervalEnds | None
) -> str:
    whole = per_hundred(float(given(measure.params.whole).ratio), catalogue.lang)
    value = number(100 * given(measure.value), catalogue.lang, 0)
    if measure.params.gap:
        return catalogue.gettext(GAPS["unwatched"]).format(whole=whole, **named)
    told = catalogue.gettext(GAPS["shared"]).format(whole=whole, value=value, **named)
    return told + _share_interval(ends, catalogue)


def _share_interval(ends: IntervalEnds | None, catalogue: Catalogue) -> str:
    if ends is None or (ends.low is None and ends.high is None):
        return ""
    low, high = (None if end is None else number(100 * end, catalogue.lang, 0) for end in (ends.low, ends.high))
    if low is None or high is None:
        message = catalogue.gettext("({low} at least)") if high is None else catalogue.gettext("({high} at most)")
        return " " + message.format(low=low, high=high)
    return _between([low, high], catalogue)


def _share_words(share: float, lang: str) -> str:
    """A share in 100, without a decimal that says nothing.

    >>> _share_words(0.01, "fr"), _share_words(0.0268, "fr"), _share_words(0.123, "en")
    ('1', '2,7', '12')
    """
    return number(100 * share, lang, 0) if 100 * share == round(100 * share) else per_hundred(share, lang)


def outcome(measure: MeasureInShort, system: System, catalogue: Catalogue) -> str:
    """What an effect is on, as it stands after a number: its title in the system file, else its name in the log."""
    name = (measure.group or {}).get("outcome", "")
    declared = system.agencies and system.agencies.counted(name)
    return inside(said(declared.title, catalogue.lang)) if declared else name or catalogue.gettext(OUTCOMES)


def _effect(measure: MeasureInShort, catalogue: Catalogue, system: System, ends: IntervalEnds | None) -> str:
    seen, expected = given(measure.params.values)
    digits = effect_digits(given(measure.value), ends)
    params, lang = measure.params, catalogue.lang
    return catalogue.gettext(EFFECT).format(
        agencies=whole(given(params.agencies), lang),
        others=whole(params.others_counted, lang),
        outcome=outcome(measure, system, catalogue),
        first=number(100 * seen, lang, digits),
        second=number(100 * expected, lang, digits),
        system=said(system.title, lang),
        gap=_gap(given(measure.value), catalogue, digits) + _gap_interval(measure, ends, catalogue, digits),
    )


def _put_in(measure: MeasureInShort, catalogue: Catalogue, system: System, ends: IntervalEnds | None) -> str:
    values = given(measure.params.values)
    digits = gap_digits(values)
    first, second = (number(100 * value, catalogue.lang, digits) for value in values)
    gap = _gap(given(measure.value), catalogue, digits) + _gap_interval(measure, ends, catalogue, digits)
    told = catalogue.gettext(PUT_IN)
    return told.format(first=first, second=second, gap=gap, controls=controls(system, catalogue.lang))


def _corrected(
    measure: MeasureInShort, catalogue: Catalogue, named: Mapping[str, str], ends: IntervalEnds | None
) -> str:
    share, lang = given(measure.value), catalogue.lang
    before, after = (per_hundred(float(given(ratio)), lang) for ratio in (measure.params.before, measure.params.after))
    which = "unwatched" if measure.params.gap else "widened" if share > 0 else "narrowed"
    value = number(100 * abs(share), lang, 0)
    told = catalogue.gettext(CORRECTED[which]).format(before=before, after=after, value=value, **named)
    if which == "narrowed" and ends is not None:
        low, high = (None if end is None else 0 - end for end in (ends.high, ends.low))
        ends = IntervalEnds(low=low, high=high)
    return told if which == "unwatched" else told + _share_interval(ends, catalogue)


def effect_digits(effect: float, ends: IntervalEnds | None) -> int:
    """So many decimals that neither the effect nor an end of its interval is rounded away; two at most.

    >>> effect_digits(0.012, IntervalEnds(low=0.004, high=0.02)), effect_digits(2.0, IntervalEnds(low=1.0, high=3.0))
    (2, 0)
    """
    parts = [abs(100 * each) for each in (effect, *((ends.low, ends.high) if ends else ())) if each]
    return next((digits for digits in range(3) if min(parts, default=1.0) >= 10 ** (1 - digits)), 2)


def _rates(measure: MeasureInShort, catalogue: Catalogue, named: Mapping[str, str], ends: IntervalEnds | None) -> str:
    values = given(measure.params.values)
    digits = gap_digits(values)
    first, second = (number(100 * value, catalogue.lang, digits) for value in values)
    gap = _gap(given(measure.value), catalogue, digits) + _gap_interval(measure, ends, catalogue, digits)
    message = catalogue.gettext(RATES.get(measure.metric, OTHER_RATE))
    return message.format(first=first, second=second, gap=gap, **named)


def _gap(gap: float, catalogue: Catalogue, digits: int) -> str:
    shown = round(100 * gap, digits)
    if not shown:
        return catalogue.gettext("as many")
    message = catalogue.gettext("{n} more") if shown > 0 else catalogue.gettext("{n} fewer")
    return message.format(n=number(abs(shown), catalogue.lang, digits))


def _gap_interval(measure: MeasureInShort, ends: IntervalEnds | None, catalogue: Catalogue, digits: int) -> str:
    """Between 5 and 15 (of what the gap is), or between 3 fewer and 2 more."""
    if ends is None or ends.low is None or ends.high is None:
        return ""
    near, far = sorted((ends.low, ends.high), key=abs)
    same = near * far > 0 and bool(round(100 * near, digits)) and near * given(measure.value) > 0
    if same:
        return _between([number(abs(100 * end), catalogue.lang, digits) for end in (near, far)], catalogue)
    return _between([_gap(end, catalogue, digits) for end in (ends.low, ends.high)], catalogue)


def _ratio_interval(ends: IntervalEnds | None, catalogue: Catalogue) -> str:
    if ends is None or ends.low is None:
        return ""
    low = per_hundred(ends.low, catalogue.lang)
    if ends.high is None:
        return " " + catalogue.gettext("({low} at least)").format(low=low) if ends.low else ""
    return _between([low, per_hundred(ends.high, catalogue.lang)], catalogue)


def _between(ends: Sequence[str], catalogue: Catalogue) -> str:
    low, high = ends
    if low == high:  # so many decisions that both ends are written alike
        return " " + catalogue.gettext("(to within rounding)")
    return " " + catalogue.gettext("(between {low} and {high})").format(low=low, high=high)
