"""The data behind a chart as a table, every figure in words; and tables of words and marks, drawn and as files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS
from boussole.audits.systems import System
from boussole.charter.document import MeasureDocument, Standing, VerdictDocument
from boussole.charter.judging.wording.naming import parsed, per_hundred
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.groups import (
    By,
    FeatureRow,
    GroupRow,
    attribute_name,
    features,
    group_name,
    group_of,
    reason_words,
    rows,
    stage_name,
    stage_rows,
)

# The data behind a chart as a table: every figure in words, the mark of each row beside it.


@dataclass(frozen=True, kw_only=True)
class VerdictTable:
    """A table whose first `names` columns say what a row is about; `verdicts`: the mark of each row, if judged."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    verdicts: Sequence[str | None]
    names: int = 1


LARGE = "calibration_in_the_large"


def groups_table(
    document: Standing, verdict: VerdictDocument, by: By, say: Say, *, metric: str, title: str, system: System | None
) -> VerdictTable:
    """One row per group: its rate, interval, decisions, and how it compares."""
    shown = rows(document, by, say, metric=metric, system=system)
    minimum = system.privacy.suppress_below if system else 11
    against = compared_with(verdict, by, say, system=system)
    head = [
        attribute_name(by, say, system=system),
        say("Share"),
        say("95% interval"),
        say("Decisions"),
        with_deciding(
            say("Compared with: {group}", group=against) if against else with_others(judged_in(document, verdict), say),
            say,
        ),
        say("Verdict"),
    ]
    body = [
        [
            say("{group} (reference)", group=row.label) if row.reference else row.label,
            say.percent(row.value) if row.value is not None else reason_words(row.reason or "", say, minimum=minimum),
            between(row.low, row.high, say),
            say.whole(row.n) if row.n is not None else "",
            comparison(row, say),
        ]
        for row in shown
    ]
    return VerdictTable(caption=title, head=head, rows=body, verdicts=[row.verdict for row in shown])


def adjusted_table(
    document: Standing, verdict: VerdictDocument, by: By, say: Say, *, metric: str, title: str, system: System | None
) -> VerdictTable:
    """One row per group: its share, the judged ratio, and the raw one beside it."""
    shown = rows(document, by, say, metric=metric, system=system)
    minimum = system.privacy.suppress_below if system else 11
    measures = document.judged_by_id
    compared = iter(each.measure.partition("/")[2] for each in verdict.comparisons)
    references = iter(dict.fromkeys(each.against for each in verdict.comparisons))
    keys = [next(references if row.reference else compared) for row in shown]
    against = compared_with(verdict, by, say, system=system)
    head = [
        attribute_name(by, say, system=system),
        say("Share"),
        say("With comparable profiles (the interval that decides)")
        if against
        else with_deciding(_profiles_of_others(document, verdict, say), say),
        say("95% interval"),
        say("Over everybody, whatever their profile"),
        say("Decisions compared"),
        say("Verdict"),
    ]
    body = [
        [
            say("{group} (reference)", group=row.label) if row.reference else row.label,
            _share(measures.get(f"selection_rate/{key}"), say, minimum=minimum),
            say("{n} for 100", n="100") if row.reference else _compared(row, say, minimum=minimum),
            _alone(row, say),
            _beside(measures.get(f"selection_rate_ratio/{key}"), say, minimum=minimum, short=True),
            say.whole(row.n) if row.n is not None and not row.reference else "",
        ]
        for row, key in zip(shown, keys, strict=True)
    ]
    return VerdictTable(caption=title, head=head, rows=body, verdicts=[row.verdict for row in shown])


def stages_table(
    document: Standing, verdict: VerdictDocument, by: By, say: Say, *, metric: str, title: str, system: System | None
) -> VerdictTable:
    """One row per stage and group compared: who acts there, the judged ratio, and the raw one."""
    shown = stage_rows(document, by, say, metric=metric, system=system)
    minimum = system.privacy.suppress_below if system else 11
    measures = document.judged_by_id
    against = compared_with(verdict, by, say, system=system)
    head = [
        say("Stage"),
        attribute_name(by, say, system=system),
        say("Who decides there"),
        with_deciding(
            say("With comparable profiles, compared with: {group}", group=against)
            if against
            else _profiles_of_others(document, verdict, say),
            say,
        ),
        say("95% interval"),
        say("Whatever the profile"),
        say("Decisions compared"),
        say("Verdict"),
    ]
    body = [
        [
            stage_name(measure, say, system=system),
            group_of(measure, say, system=system),
            actor_name(system.actors.get(measure.given["stage"], ""), say) if system else "",
            _compared(row, say, minimum=minimum),
            _alone(row, say),
            _beside(measures.get(f"stage_selection_rate_ratio/{measure.id.partition('/')[2]}"), say, minimum=minimum),
            say.whole(row.n) if row.n is not None else "",
        ]
        for measure, row in shown
    ]
    return VerdictTable(caption=title, head=head, rows=body, verdicts=[row.verdict for _, row in shown], names=3)


def actor_name(actor: str, say: Say) -> str:
    """Who decides at a stage, in words; empty where the system file does not say."""
    names = {
        "tool": say("the tool"),
        "adviser": say("the adviser"),
        "candidate": say("the person"),
        "employer": say("the employer"),
        "other": say("somebody else"),
    }
    return names.get(actor, "")


def _compared(row: GroupRow, say: Say, *, minimum: int) -> str:
    return comparison(row, say) if row.value is not None else reason_words(row.reason or "", say, minimum=minimum)


def with_deciding(compared: str, say: Say) -> str:
    """The head of a column of comparisons with the intervals that decided."""
    return say("{compared}, with the interval that decides", compared=compared)


def judged_in(document: Standing, verdict: VerdictDocument) -> list[MeasureDocument]:
    """The measures of the comparisons behind a verdict."""
    return [
        document.judged_by_id[each.measure] for each in verdict.comparisons if each.measure in document.judged_by_id
    ]


def with_others(compared: Iterable[MeasureDocument], say: Say) -> str:
    """The head of a column of comparisons with all other groups, or with those of them that are shown."""
    if any(measure.params.against_shown for measure in compared):
        return say("Compared with the other groups shown")
    return say("Compared with all others")


def _profiles_of_others(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    if any(measure.params.against_shown for measure in judged_in(document, verdict)):
        return say("With comparable profiles, compared with the other groups shown")
    return say("With comparable profiles, compared with all others")


def _alone(row: GroupRow, say: Say) -> str:
    if row.low is None or row.high is None:
        return ""
    return say("{low} to {high}", low=say.whole(100 * row.low), high=say.whole(100 * row.high))


def _share(measure: MeasureDocument | None, say: Say, *, minimum: int) -> str:
    if measure is None:
        return ""
    value = measure.value
    return say.percent(value) if value is not None else reason_words(measure.reason or "", say, minimum=minimum)


def _beside(measure: MeasureDocument | None, say: Say, *, minimum: int, short: bool = False) -> str:
    """A ratio that is shown and not judged; `short` where the judged one beside it says that it is for 100."""
    if measure is None:
        return ""
    if measure.value is None:
        return reason_words(measure.reason or "", say, minimum=minimum)
    ends = () if measure.interval is None else (measure.interval.low, measure.interval.high)
    whole = say.whole(100 * measure.value)
    told = whole if short else say("{n} for 100", n=whole)
    values = [say.whole(100 * end) for end in ends]
    return f"{told} ({say('{low} to {high}', low=values[0], high=values[1])})" if values else told


def places_table(document: Standing, say: Say, *, system: System) -> VerdictTable | None:
    """One row per group: the attention that its places in lists get; None without lists."""
    measures = document.judged_by_id
    against = {m.params.against for m in document.judged_measures if m.metric == "exposure_ratio"}
    minimum, body = system.privacy.suppress_below, []
    for measure in document.judged_measures:
        if measure.metric != "exposure" or measure.group is None or len(measure.by) > 1:
            continue
        key = measure.id.partition("/")[2]
        name = group_of(measure, say, system=system)
        body.append(
            [
                say("{group} (reference)", group=name) if key in against else name,
                _beside(measures.get(f"exposure_ratio/{key}"), say, minimum=minimum),
            ]
        )
    if not body:
        return None
    head = [
        say("Group"),
        say("Attention, in the same lists (reference, or else all others: 100)"),
    ]
    return VerdictTable(caption=say("Place in the list, by group"), head=head, rows=body, verdicts=[None] * len(body))


def scores_table(document: Standing, say: Say, *, system: System) -> VerdictTable | None:
    """One row per group: how well scores rank its people and probabilities announce outcomes. None without scores."""
    measures = document.judged_by_id
    minimum, body = system.privacy.suppress_below, []
    for measure in document.judged_measures:
        if measure.metric != "auc" or measure.group is None or len(measure.by) > 1:
            continue
        large = measures.get(measure.id.replace("auc", LARGE, 1))
        name = group_of(measure, say, system=system)
        body.append([name, _beside(measure, say, minimum=minimum), _announced(large, say, minimum=minimum)])
    if not any(measure.metric == "auc" and measure.value is not None for measure in document.judged_measures):
        return None
    head = [
        say("Group"),
        say("Pairs of two people with different outcomes that the scores put in the right order"),
        say("Outcomes that the scores announce beyond those that came, for 100 people"),
    ]
    if all(m.reason == "not_a_probability" for m in document.judged_measures if m.metric == LARGE):
        head, body = head[:2], [row[:2] for row in body]
    return VerdictTable(
        caption=say("What scores are worth, by group"), head=head, rows=body, verdicts=[None] * len(body)
    )


def _announced(measure: MeasureDocument | None, say: Say, *, minimum: int) -> str:
    if measure is None or measure.value is None:
        return reason_words(measure.reason or "", say, minimum=minimum) if measure else ""
    told, ends = signed(100 * measure.value, say), measure.interval
    if ends is None:
        return told
    return f"{told} ({say('{low} to {high}', low=signed(100 * ends.low, say), high=signed(100 * ends.high, say))})"


def drift_table(
    document: Standing, verdict: VerdictDocument, say: Say, *, title: str, system: System | None
) -> VerdictTable:
    """One row per feature: its distance from the reference period, and the decisions of both periods."""
    shown = features(document, verdict, say, system=system)
    head = [
        say("Feature"),
        with_deciding(say("Distance (PSI)"), say),
        say("Reference decisions"),
        say("Decisions"),
        say("Verdict"),
    ]
    body = [
        [
            feature.name,
            _distance(feature, say) if feature.value is not None else reason_words(feature.reason or "", say),
            say.whole(feature.reference_n) if feature.reference_n is not None else "",
            say.whole(feature.n) if feature.n is not None else "",
        ]
        for feature in shown
    ]
    return VerdictTable(caption=title, head=head, rows=body, verdicts=[feature.verdict for feature in shown])


def _distance(feature: FeatureRow, say: Say) -> str:
    told, (low, high) = say.number(feature.value or 0.0, 3), feature.bar
    if low is None or high is None:
        return told
    return f"{told} ({say('{low} to {high}', low=say.number(low, 3), high=say.number(high, 3))})"


def compared_with(verdict: VerdictDocument, by: By, say: Say, *, system: System | None) -> str | None:
    """The reference group's name, or None where each group is compared with all others."""
    against = {comparison.against for comparison in verdict.comparisons}
    if len(against) != 1 or "=" not in (name := against.pop()):
        return None
    return group_name(parsed(name, by), say, system=system)


def between(low: float | None, high: float | None, say: Say) -> str:
    """An interval of shares."""
    if low is None or high is None:
        return ""
    return say("{low} to {high}", low=say.percent(low), high=say.percent(high))


def comparison(row: GroupRow, say: Say) -> str:
    """How a group compares: "74 for 100 (71 to 78)", or a gap in points."""
    if row.compared is None:
        return ""
    ends = [_hundredths(end, row.scale, say) for end in (row.compared_low, row.compared_high) if end is not None]
    value = _hundredths(row.compared, row.scale, say)
    told = say("{n} for 100", n=value) if row.scale == "ratio" else say("{n} points", n=value)
    return told if len(ends) < 2 else f"{told} ({say('{low} to {high}', low=ends[0], high=ends[1])})"


def _hundredths(value: float, scale: str, say: Say) -> str:
    return say.whole(100 * value) if scale == "ratio" else signed(100 * value, say)


def signed(value: float, say: Say) -> str:
    """A difference with its sign.

    >>> from boussole.dashboard.markup.words import speaker
    >>> signed(1.26, speaker("en")), signed(-0.04, speaker("en"))
    ('+1.3', '0.0')
    """
    text = say.number(value, 1)
    return f"+{text}" if round(value, 1) > 0 else text


def corrections_table(
    document: Standing, verdict: VerdictDocument, say: Say, *, title: str, system: System | None
) -> VerdictTable | None:
    """One row for each group that the verdict compares, for 100 of the group compared with, if there is any."""
    measures = document.judged_by_id
    pairs = [(each, measures[each.measure]) for each in verdict.comparisons if each.measure in measures]
    told = [(each, measure) for each, measure in pairs if measure.metric == GAP_BY_CORRECTIONS]
    if all(measure.value is None and measure.params.before is None for _, measure in told):
        return None
    return VerdictTable(
        caption=title,
        head=[
            say("Group"),
            say("As proposed, for 100 of those compared with"),
            say("After corrections"),
            say("Part of corrections in the gap that is left"),
            say("Verdict"),
        ],
        rows=[_row(measure, say, system) for _, measure in told],
        verdicts=[str(each.verdict) for each, _ in told],
    )


def _row(measure: MeasureDocument, say: Say, system: System | None) -> list[str]:
    group = dict(zip(measure.by, measure.values_of_group, strict=True))
    before, after = (
        "–" if ratio is None else per_hundred(float(ratio), say.lang)
        for ratio in (measure.params.before, measure.params.after)
    )
    share = "–" if measure.value is None else say("{n} in 100", n=say.number(100 * measure.value, 0))
    return [group_name(group, say, system=system), before, after, share]
