"""How good decisions and scores were for each group: what audits told of the newest months, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.base import given
from boussole.dashboard.charts.groups import attribute_name, group_name, reason_words
from boussole.dashboard.views.drift.performance.words import PerformanceWords
from boussole.dashboard.views.drift.words import period_words


@dataclass(frozen=True, kw_only=True)
class GroupTable:
    """Every group of every attribute, with one figure of it."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def group_table(figure: str, documents: Mapping[Window, AuditDocument], words: PerformanceWords) -> GroupTable | None:
    """What came in the newest audited month of which some group's figure is told, and what is expected of the newest
    month after it; None where audits told neither of any group."""
    months = sorted(window for window in documents if window == period_of(window.start, "month"))
    came = _newest(figure, months, documents)
    later = [month for month in months if came is None or month > came]
    expected = _newest(f"estimated_{figure}", later, documents)
    columns = []
    if came is not None:
        title = words.say("Came, of 100 ({month})", month=period_words(came, words.say))
        columns.append((came, figure, title))
    if expected is not None:
        title = words.say("Expected, of 100 ({month})", month=period_words(expected, words.say))
        columns.append((expected, f"estimated_{figure}", title))
    if not columns:
        return None
    titles, cells = [title for *_, title in columns], dict[tuple[str, str], dict[str, str]]()
    for month, metric, title in columns:
        for measure in _of_groups(metric, documents[month]):
            group = group_name(given(measure.group), words.say, system=words.system)
            who = group, attribute_name(measure.by, words.say, system=words.system)
            cells.setdefault(who, {})[title] = _cell(measure, words)
    return GroupTable(
        caption=words.say("By group, as the audits told it"),
        head=[words.say("Group"), words.say("Attribute"), *titles],
        rows=[[*who, *[row.get(title, "") for title in titles]] for who, row in cells.items()],
    )


def _newest(metric: str, months: Sequence[Window], documents: Mapping[Window, AuditDocument]) -> Window | None:
    """The last month in which this is told of some group."""
    told = [month for month in months if any(each.value is not None for each in _of_groups(metric, documents[month]))]
    return told[-1] if told else None


def _of_groups(metric: str, document: AuditDocument) -> list[MeasureDocument]:
    return [each for each in document.measures if each.metric == metric and len(each.by) == 1 and each.group]


def _cell(measure: MeasureDocument, words: PerformanceWords) -> str:
    """A value with its interval: of what is expected, the range in which it will lie."""
    if measure.value is None:
        return reason_words(given(measure.reason), words.say, minimum=words.system.privacy.suppress_below)
    interval, will_be = measure.interval, measure.params.will_be
    if will_be:
        return words.between(*will_be)
    if measure.metric.startswith("estimated_") or interval is None:
        return words.value(measure.value)
    between = words.between(interval.low, interval.high)
    return words.say("{value} ({between})", value=words.value(measure.value), between=between)
