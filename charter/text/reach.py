"""Questions that could never be answered as meant: unknown measures, levels out of reach, systems nobody has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from boussole.audits.errors import nearest
from boussole.audits.metric_registry import REGISTRY
from boussole.audits.metrics.through import GAP_SHARE
from boussole.audits.texts.pairs.measures import MEASURES
from boussole.charter.text.draft import CharterDraft, CharterFault, DraftQuestion
from boussole.charter.text.judged import (
    DRIFT,
    JUDGED,
    LOGGED,
    judged,
    possible,
)
from boussole.charter.text.model import CUES, DAYS_OF, SAME_TEXTS, Frequency

MONTHS: dict[Frequency, int] = {"monthly": 1, "quarterly": 3, "yearly": 12}
"""Months between two times a question is asked."""


def unreachable(draft: CharterDraft) -> Iterator[CharterFault]:
    """Every question with a verdict that could never be said."""
    for each in draft.asked:
        yield from _measure(each)
        yield from _systems(each)
        yield from _attested(each)
        yield from _in_vain(each)


def _measure(each: DraftQuestion) -> Iterator[CharterFault]:
    indicator, known = each.indicator, [metric.name for metric in REGISTRY.all()]
    metric = indicator.metric
    if metric is None:
        if indicator.params and indicator.records is None:
            yield each.fault("`params` choose among the figures of a `metric`, and there is none.", "params")
        elif indicator.records is not None:
            yield from (
                _matters(each) if indicator.records == SAME_TEXTS else _days(each, DAYS_OF.get(indicator.records, ()))
            )
    elif metric not in known:
        yield each.fault(f"there is no measure '{metric}'. {nearest(metric, known)}", "metric")
    elif metric not in JUDGED:
        judged = ", ".join(sorted(JUDGED))
        yield each.fault(f"'{metric}' is shown, never judged: choose one of {judged}.", "metric")
    else:
        yield from _params(each, metric)
        yield from _drift(each, metric)
        yield from _levels(each, JUDGED[metric].scale)


def _days(each: DraftQuestion, needed: Sequence[str]) -> Iterator[CharterFault]:
    """What records count may need days that the charter sets: all of them, and no others."""
    found = each.indicator.params
    for name in found:
        if name not in needed:
            yield each.fault(f"what `records` count here does not depend on '{name}'.", "params", name)
    for name in needed:
        if name not in found:
            yield each.fault(f"what `records` count here needs `{name}`: a number of days.", "params")
        elif not isinstance(found[name], int) or isinstance(found[name], bool) or int(found[name]) < 1:
            yield each.fault(f"'{name}' is a whole number of days, 1 or more.", "params", name)


def _matters(each: DraftQuestion) -> Iterator[CharterFault]:
    """Each measure of texts has a difference that matters, above 0, and nothing else has."""
    found = each.indicator.params
    cues = found.get(CUES)
    if not isinstance(cues, str) or not cues.split():
        yield each.fault(f"`{CUES}` names what a test must change, with a blank between: first_name age.", "params")
    for name in found:
        if name == CUES:
            continue
        if name not in MEASURES:
            yield each.fault(f"no text has a measure '{name}'. {nearest(name, list(MEASURES))}", "params", name)
        elif not isinstance(found[name], int | float) or isinstance(found[name], bool) or not float(found[name]) > 0:
            yield each.fault(f"'{name}' is the difference that matters: a number above 0.", "params", name)
    for name in MEASURES:
        if name not in found:
            yield each.fault(f"texts are held to `{name}` too: give the difference that matters.", "params")


def _params(each: DraftQuestion, metric: str) -> Iterator[CharterFault]:
    params = JUDGED[metric].params
    for name, value in each.indicator.params.items():
        if name not in params:
            known = ", ".join(f"`{each}`" for each in params) or "none"
            told = f"no figure of '{metric}' has the parameter '{name}' (it has {known}): correct or remove it."
            yield each.fault(told, "params", name)
        elif not possible(metric, name, value):
            told = f"the parameter '{name}' is {params[name]}, and never {value!r}: correct it."
            yield each.fault(told, "params", name)


def _drift(each: DraftQuestion, metric: str) -> Iterator[CharterFault]:
    indicator = each.indicator
    if indicator.subject is not None and metric != DRIFT:
        yield each.fault(f"`subject` is for '{DRIFT}', and '{metric}' has none: remove it.", "subject")
    if metric == DRIFT and indicator.for_each is not None:
        yield each.fault(f"'{DRIFT}' compares periods, not groups: remove `for_each`.", "for_each")
    if JUDGED[metric].of_everybody and indicator.for_each is not None:
        yield each.fault(f"'{metric}' is of everybody, not of groups: remove `for_each`.", "for_each")
    if metric == GAP_SHARE and "actors" not in indicator.needs:
        yield each.fault(f"'{metric}' is of who acts at each stage: add `needs: [stages, actors]`.", "needs")
    needed = JUDGED[metric].need
    if needed is not None and needed not in indicator.needs:
        yield each.fault(f"'{metric}' is of a log: add `needs: [{needed}]`.", "needs")


def _levels(each: DraftQuestion, scale: str) -> Iterator[CharterFault]:
    """Levels on the right scale, on the right side, apart from each other, and such that parity is kept."""
    threshold = each.indicator.threshold
    if any(way.threshold is threshold and judged(way.metric).scale == scale for way in each.earlier):
        return
    if (scale == "cases") != (threshold.tolerance is not None):
        other = "a watch and a breach level" if scale == "cases" else "a `tolerance`"
        own = "a `tolerance`" if scale == "cases" else "levels"
        yield each.fault(f"this measure is held to {own}: set that instead of {other}.", "threshold")
    if scale == "cases":
        return
    levels = {name: level for name in ("watch", "breach") if (level := getattr(threshold, name)) is not None}
    wrong = {name: told for name, level in levels.items() if (told := _off_scale(name, level, scale))}
    for name, told in wrong.items():
        yield each.fault(told, "threshold", name)
    if scale == "range":
        yield from _of_range(each, levels)
        return
    if scale == "effect":
        yield from _of_effect(each, levels)
        return
    if not wrong and len(levels) == 2:
        yield from _order(each, levels["watch"], levels["breach"], scale)
    yield from _keepable(each, scale)


def _off_scale(name: str, level: float, scale: str) -> str:
    if scale == "ratio" and not 0 < level <= 1:
        told = f"the {name} level of a ratio lies above 0 and up to 1, as in 0.8 for 80 %, and this is {level:g}"
        return f"{told}: state it for the favourable direction."
    if scale == "difference" and level >= 1:
        return f"no gap can go beyond {level:g}: a gap of 10 in 100 is written 0.1: lower the {name} level."
    if scale == "share" and level >= 1:
        return f"no share can go beyond {level:g}: 1 in 100 is written 0.01: lower the {name} level."
    return ""


def _of_range(each: DraftQuestion, levels: Mapping[str, float]) -> Iterator[CharterFault]:
    """A range is held to levels above 0; what is broken lies as far as what is watched, or farther."""
    for name, level in levels.items():
        if level <= 0:
            yield each.fault(
                f"the {name} level of a range is a number above 0, and this is {level:g}.", "threshold", name
            )
    if len(levels) == 2 and levels["breach"] < levels["watch"]:
        told = f"the breach level ({levels['breach']:g}) must not lie below the watch level ({levels['watch']:g})"
        yield each.fault(f"{told}: put it higher.", "threshold", "breach")


def _of_effect(each: DraftQuestion, levels: Mapping[str, float]) -> Iterator[CharterFault]:
    """An effect has one level: better is kept, worse is broken, and what cannot be told from it is watched."""
    if len(levels) == 2 and levels["watch"] != levels["breach"]:
        told = "an effect is held to one level: kept above it, broken below it, watched where neither is clear"
        yield each.fault(f"{told}: write the same `watch` and `breach`.", "threshold", "breach")
    if not judged(each.indicator.metric).breaks:
        if "breach" in levels:
            told = f"'{each.indicator.metric}' breaks no promise by itself: remove the `breach` level."
            yield each.fault(told, "threshold", "breach")
    elif "breach" not in levels:
        told = "without a breach level, a clear step back would only be watched"
        yield each.fault(f"{told}: add `breach`, the same as `watch`.", "threshold")


def _order(each: DraftQuestion, watch: float, breach: float, scale: str) -> Iterator[CharterFault]:
    if watch == breach:
        told = f"the watch and breach levels are both {watch:g}, so that it can never be watched: set them apart"
        yield each.fault(f"{told}, or leave one out.", "threshold", "breach")
    elif (breach > watch) == (scale == "ratio"):
        side = "below" if scale == "ratio" else "above"
        told = f"the breach level ({breach:g}) must lie beyond the watch level ({watch:g})"
        yield each.fault(f"{told}: put it {side}.", "threshold", "breach")


def _keepable(each: DraftQuestion, scale: str) -> Iterator[CharterFault]:
    """Kept is judged against the breach level, or the watch level where there is no other."""
    threshold = each.indicator.threshold
    name = "watch" if threshold.breach is None else "breach"
    level = threshold.watch if threshold.breach is None else threshold.breach
    if level == (1 if scale == "ratio" else 0):
        told = f"with a {name} level of {level:g}, perfect parity would not be enough to be kept"
        lower = "under 1" if scale == "ratio" else "above 0"
        yield each.fault(f"{told}: set a level {lower} that still counts as kept.", "threshold", name)


def _systems(each: DraftQuestion) -> Iterator[CharterFault]:
    """Some system can meet at once its kinds, what it applies to, what it needs and what its measure needs."""
    indicator, kinds = each.indicator, set(each.indicator.kinds)
    metric, how = indicator.metric, judged(indicator.metric)
    logged = kinds & set(LOGGED)
    if how.scale and not kinds & set(how.kinds):
        told = f"'{metric}' exists for systems of kind {', '.join(how.kinds)}, and it is asked of"
        yield each.fault(f"{told} {', '.join(indicator.kinds)}: add such a kind.", "kinds")
    elif not logged and (indicator.needs or indicator.applies != "always"):
        key = "needs" if indicator.needs else "applies"
        told = "a system that is only declared has no log, so that none can meet this"
        yield each.fault(f"{told}: remove `{key}`, or ask it of another kind.", key)
    if how.needs_all and indicator.applies == "selective_labels":
        told = f"'{metric}' has no value where outcomes are observed only for the selected"
        yield each.fault(f"{told}: judge 'precision_difference', or change `applies`.", "applies")


def _in_vain(each: DraftQuestion) -> Iterator[CharterFault]:
    """Another way to ask is there for systems that the ways before it leave out."""
    always = [way.id for way in each.earlier if way.applies == "always" and not way.needs]
    if always:
        told = f"it is never asked so, for '{always[0]}' before it can be asked of every system"
        yield each.fault(f"{told}: remove it, or let that one say what it `needs`.")


def _attested(each: DraftQuestion) -> Iterator[CharterFault]:
    indicator = each.indicator
    if each.earlier:
        return
    valid, frequency = indicator.valid_months, indicator.frequency
    if valid is None:
        return
    if frequency == "once":
        told = f"it is asked once, and its answer expires after {valid} months, so that it ends unknown"
        yield each.fault(f"{told}: ask it again in time.", "frequency")
    elif valid < MONTHS.get(frequency, 0):
        told = f"an answer is valid for {valid} months and asked for every {MONTHS[frequency]}: it would expire before"
        yield each.fault(f"{told} it is renewed; ask more often, or let it be valid for longer.", "valid_months")
