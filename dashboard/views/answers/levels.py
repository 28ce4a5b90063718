"""Thresholds in words, on the side where a comparison is bad: 125 for 100, 10 points, a distance of 0.25."""

from __future__ import annotations

from boussole.audits.languages import capital
from boussole.audits.metrics.accounts import WITHOUT_FACTOR
from boussole.audits.systems import System
from boussole.charter.document import MeasureDocument, Params, Standing, ThresholdOfVerdict, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.judging.statistics.sight import least_sight
from boussole.charter.text.judged import judged
from boussole.charter.text.model import Threshold
from boussole.dashboard.charts.groups import group_of
from boussole.dashboard.charts.tables import signed
from boussole.dashboard.words.say import Say


def threshold_words(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    """From where a question is watched and not kept, and whether anybody has adopted that; empty without a level."""
    levels, threshold = levels_words(document, verdict, say), verdict.threshold
    if not levels or threshold is None:
        return ""
    parts = [levels, say("Proposed, not adopted."), say("Not a legal threshold.")]
    if threshold.status == "adopted":
        parts[1] = unproven_words(say) if unproven(threshold) else say("Adopted.")
        if threshold.post_hoc and not unproven(threshold):
            parts.append(say("Adopted after this period had begun."))
    return " ".join(parts)


def unproven(threshold: ThresholdOfVerdict) -> bool:
    """Whether a level was adopted by its own word alone. Documents of an earlier Boussole do not know."""
    return threshold.status == "adopted" and threshold.knows("proven_on") and threshold.proven_on is None


def unproven_words(say: Say) -> str:
    """What is said of a level that calls itself adopted while the ledger holds no adoption of it."""
    return say(
        "Adopted by its own word: no adoption in the ledger proves it, so it may have been chosen to fit (post hoc)."
    )


def levels_words(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    """From where a question is watched and not kept; empty without a level."""
    if verdict.counted is not None and verdict.threshold is not None:
        return counted_words(verdict.threshold, say)
    if verdict.paired is not None and verdict.threshold is not None:
        return pairs_words(verdict.threshold, say)
    if judged(verdict.metric).one_case:
        return no_case_words(given(verdict.threshold), say, metric=verdict.metric)
    measure = _first(document, verdict)
    if measure is None:
        return ""
    levels = verdict.comparisons[0].levels
    if measure.params.scale == "effect":
        return say("Kept if clearly better than without, not kept if clearly worse, to be watched if neither is clear.")
    said = [
        _beyond(words, level, measure.params, say)
        for level, words in ((levels.breach, say("not kept")), (levels.watch, say("to be watched")))
        if level is not None
    ]
    return capital(", ".join(said) + ".")


def no_case_words(threshold: ThresholdOfVerdict | Threshold, say: Say, *, metric: str | None) -> str:
    """From where cases that a log shows, and what it does not label, are watched and not kept."""
    if metric == WITHOUT_FACTOR:
        return say("One account without a second factor breaks it; to be watched where one has a right too many.")
    if threshold.watch is None:
        return say("One confirmed case breaks it; kept where the log shows none.")
    if threshold.watch == 0:
        return say(
            "One confirmed case breaks it; to be watched as soon as one entry does not say enough to tell; kept where "
            "the log shows no case."
        )
    return say(
        "One confirmed case breaks it; to be watched where over {level} do not say enough; kept where the log shows no "
        "case.",
        level=level_words(threshold.watch, "share", say),
    )


def pairs_words(threshold: ThresholdOfVerdict | Threshold, say: Say) -> str:
    """From where what texts of pairs of requests differ in is watched and not kept."""
    return say(
        "To be watched where, were texts alike, chance would set them so far apart in fewer than {n} cases in 100; not "
        "kept once a person confirms a difference in refusals or offers.",
        n=say.number(100 * given(threshold.watch), 0),
    )


def counted_words(threshold: ThresholdOfVerdict | Threshold, say: Say) -> str:
    """From where what is counted in records is watched and not kept: shares of what was due."""
    if threshold.tolerance is not None:
        return say(
            "One that is not as promised breaks it, or one that stays missing; kept where all that was due was as "
            "promised."
        )
    said = [
        say("{verdict} under {level}", verdict=words, level=level_words(level, "ratio", say))
        for level, words in ((threshold.breach, say("not kept")), (threshold.watch, say("to be watched")))
        if level is not None
    ]
    return capital(", ".join(said) + ".")


def _first(document: Standing, verdict: VerdictDocument) -> MeasureDocument | None:
    """The measure of the first comparison: all comparisons of a question share scale and levels."""
    if not verdict.comparisons:
        return None
    name = verdict.comparisons[0].measure
    return document.judged_by_id.get(name)


def _beyond(verdict: str, at: float, params: Params, say: Say) -> str:
    if at == 0:
        return say("{verdict} from any gap", verdict=verdict)
    level = level_words(at, given(params.scale), say)
    if params.bad_side == "below":
        return say("{verdict} under {level}", verdict=verdict, level=level)
    return say("{verdict} over {level}", verdict=verdict, level=level)


def sight_words(document: Standing, verdict: VerdictDocument, say: Say, *, alpha: float, system: System | None) -> str:
    """How wide a gap these decisions would show, for the group of which they tell least; empty where none is tested."""
    seen = least_sight(document, verdict, alpha=alpha)
    if seen is None:
        return ""
    gap, measure = seen.gap, seen.measure
    names = {"group": group_of(measure, say, system=system)}
    if gap is None:
        return say("So few decisions are about “{group}” that hardly any gap would be seen.", **names)
    level = level_words(gap, given(measure.params.scale), say)
    if measure.params.bad_side == "below":
        return say(
            "A gap like {level} or less would be seen eight times out of ten, even for “{group}”.", level=level, **names
        )
    return say(
        "A gap like {level} or more would be seen eight times out of ten, even for “{group}”.", level=level, **names
    )


def level_words(at: float, scale: str, say: Say) -> str:
    """A level in a lay reader's words.

    >>> from boussole.dashboard.words.say import speaker
    >>> [level_words(at, scale, speaker("en")) for at, scale in ((1.25, "ratio"), (-0.1, "difference"))]
    ['125 for 100', '−10 points']
    """
    if scale == "ratio":
        return say("{n} for 100", n=say.whole(100 * at))
    if scale == "difference":
        nought = say.number(0, 1)[1:]
        return say("{n} points", n=signed(100 * at, say).removesuffix(nought))
    if scale == "share":
        return say("{n} in 100", n=say.number(100 * at, 0 if 100 * at == round(100 * at) else 1))
    return say("a distance of {n}", n=say.number(at))
