"""Where a gap opens: what is left of a hundred after each stage, one below the other, and the same as a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.languages import capital
from boussole.audits.systems import System
from boussole.charter.document import MeasureDocument, Standing, VerdictDocument
from boussole.charter.judging.wording.findings import deciding
from boussole.dashboard.charts.dots import WIDE, Dot, Layout, Rows
from boussole.dashboard.charts.groups import group_of
from boussole.dashboard.charts.hundred import figure
from boussole.dashboard.charts.tables import Table, actor_name
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class Fall:
    """One stage: how many are left where 100 are of the group compared with, before it and after it."""

    label: str
    before: float
    after: float


def falls(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> tuple[str, list[Fall]]:
    """The group by which a verdict is told, and its stages; no stage where nothing is told of any group."""
    told = _told(document, verdict)
    if told is None:
        return "", []
    found, left = list[Fall](), 100.0
    for part in _parts(told):
        after = left * float(part["ratio"])
        found.append(Fall(label=_stage(part, say, system=system), before=left, after=after))
        left = after
    return group_of(told, say, system=system), found


def waterfall(found: Sequence[Fall], say: Say, *, layout: Layout = WIDE) -> Rows:
    """The drawing: a dot for what is left after each stage, and a bar from what was left before it."""
    dots = [
        Dot(
            label=each.label,
            value=each.after,
            low=min(each.before, each.after),
            high=max(each.before, each.after),
            text=figure(each.after, say),
            note="",
            verdict=None,
        )
        for each in found
    ]
    return Rows(dots=dots, lines=[], percent=False, bounds=(0.0, math.inf), layout=layout)


def waterfall_text(found: Sequence[Fall], say: Say) -> str:
    """What the drawing shows, in words."""
    return " ".join(say("After “{stage}”: {n} for 100.", stage=each.label, n=figure(each.after, say)) for each in found)


def waterfall_table(
    document: Standing, verdict: VerdictDocument, say: Say, *, title: str, system: System | None
) -> Table:
    """Of each group, every stage, every actor and the whole: for a hundred, between what, and which part of the gap."""
    head = [
        say("Group"),
        say("Stage, or who acts"),
        say("For 100"),
        say("All of them at once between"),
        say("Part of the gap"),
        say("Verdict"),
    ]
    body: list[list[str]] = []
    verdicts: list[str | None] = []
    for comparison, measure in _pairs(document, verdict):
        group = group_of(measure, say, system=system)
        whole: Mapping[str, Any] | None = measure.params.get("whole")
        if whole is None:
            continue
        lines = [(_stage(part, say, system=system), part) for part in _parts(measure)]
        lines += [(_actor(part, say), part) for part in measure.params.get("actors")]
        shared = measure.value is not None and not measure.params.get("gap")
        for name, part in lines:
            body.append([group, name, *_figures(part, say), _share(part, whole, say) if shared else ""])
            verdicts.append(None)
        body.append([group, say("To the end"), *_figures(whole, say), say.percent(1.0) if shared else ""])
        verdicts.append(comparison)
    return Table(caption=title, head=head, rows=body, verdicts=verdicts, names=2)


def _figures(part: Mapping[str, Any], say: Say) -> list[str]:
    ratio, low, high = (figure(100 * float(part[name]), say) for name in ("ratio", "low", "high"))
    return [ratio, say("{low} to {high}", low=low, high=high)]


def _share(part: Mapping[str, Any], whole: Mapping[str, Any], say: Say) -> str:
    return say.percent(math.log(part["ratio"]) / math.log(whole["ratio"]))


def _stage(part: Mapping[str, Any], say: Say, *, system: System | None) -> str:
    """A stage with who acts there: "Reply (the person)"."""
    titles = system.columns.stage_titles if system and system.columns else {}
    name = capital(say.text(titles.get(part["stage"]), part["stage"]))
    return say("{stage} ({actor})", stage=name, actor=actor_name(part["actor"], say))


def _actor(part: Mapping[str, Any], say: Say) -> str:
    return say("In all: {actor}", actor=actor_name(part["actor"], say))


def _parts(measure: MeasureDocument) -> list[Mapping[str, Any]]:
    return list(measure.params.get("parts") or ())


def _pairs(document: Standing, verdict: VerdictDocument) -> Iterable[tuple[str, MeasureDocument]]:
    measures = document.judged_by_id
    return ((each.verdict, measures[each.measure]) for each in verdict.comparisons if each.measure in measures)


def _told(document: Standing, verdict: VerdictDocument) -> MeasureDocument | None:
    """The measure by which the verdict is told; else the first of which something is told."""
    measures = document.judged_by_id
    pairs = [(each, measures[each.measure]) for each in verdict.comparisons if each.measure in measures]
    found = deciding(verdict.verdict, pairs)
    if found is not None:
        return found[1]
    return next((measure for _, measure in pairs if _parts(measure)), None)
