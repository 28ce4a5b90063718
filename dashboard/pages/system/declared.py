"""Measures that a team declares with its runs: shown as what they are, never among those that were recomputed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from boussole.audits.languages import capital
from boussole.audits.mixed import joined
from boussole.audits.systems import System
from boussole.audits.systems.values import rare
from boussole.dashboard.markup.elements import Html, badge, details, el, stacked
from boussole.dashboard.words.say import Say
from boussole.experiments.declared import DeclaredMeasure


@dataclass(frozen=True, kw_only=True)
class DeclaredTable:
    """The values of one file of a run: a row per group, a column per measure."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def declared_tables(measures: Sequence[DeclaredMeasure], system: System | None, say: Say) -> list[DeclaredTable]:
    """The tables, newest run first."""
    parts = groupby(measures, key=lambda measure: (measure.run, measure.logged_at, measure.kind))
    return [
        _table(list(found), _title(kind, say.date(at.date()), run, say), system, say)
        for (run, at, kind), found in parts
    ]


def _title(kind: str, date: str, run: str, say: Say) -> str:
    number = run.removeprefix("mlflow:")[:8]
    titles = {
        "algorithm": say("The model, by group: run {run} of {date}", run=number, date=date),
        "data": say("Its training data, by group: run {run} of {date}", run=number, date=date),
        "biased": say("Groups that the template singles out: run {run} of {date}", run=number, date=date),
    }
    return titles.get(kind, f"{kind}: {number}, {date}")


def _table(measures: list[DeclaredMeasure], title: str, system: System | None, say: Say) -> DeclaredTable:
    metrics = list(dict.fromkeys(measure.metric for measure in measures))
    by_group: dict[tuple[tuple[str, str], ...], dict[str, DeclaredMeasure]] = {}
    for measure in measures:
        by_group.setdefault(tuple(measure.groups.items()), {})[measure.metric] = measure
    rows = [
        [
            _group(group, system, say),
            *(_value(found.get(metric), say) for metric in metrics),
            _people(next(iter(found.values())), say),
        ]
        for group, found in by_group.items()
    ]
    head = [say("Group"), *(_metric(metric, say) for metric in metrics), say("People")]
    return DeclaredTable(title=title, head=head, rows=rows)


def _metric(name: str, say: Say) -> str:
    """What a template calls a measure, in plain words where it is a usual one; else its own name."""
    plain = name.replace("_", " ").lower()
    words = {
        "accuracy": say("Share of right predictions (accuracy)"),
        "selection rate": say("Share predicted positive (selection rate)"),
        "precision": say("Share right among those predicted positive (precision)"),
        "recall": say("Share found among the positive (recall)"),
        "false positive rate": say("Share wrongly predicted positive (false positive rate)"),
        "false negative rate": say("Share wrongly predicted negative (false negative rate)"),
        "distance": say("Distance from everybody (Kolmogorov-Smirnov)"),
        "proportion": say("Share of all people"),
        "p value": say("How often chance alone would give that distance (p-value)"),
    }
    return words.get(plain, plain)


def _group(group: tuple[tuple[str, str], ...], system: System | None, say: Say) -> str:
    """The group in the words of the system file, where it names these columns and values."""
    if not group:
        return say("Everybody")
    known = {found.column: found for found in system.groups.values()} if system else {}
    parts = []
    for column, value in group:
        words = known[column].values.get(value) if column in known and known[column].values else None
        shown = say("small group {number}", number=number) if (number := rare(value)) else value
        parts.append(capital(say.text(words, value)) if words else f"{column}: {shown}")
    return joined(", ", parts)


def _value(measure: DeclaredMeasure | None, say: Say) -> str:
    if measure is None or (measure.value is None and not measure.suppressed):
        return ""
    return say("hidden") if measure.value is None else say.number(measure.value, 3)


def _people(measure: DeclaredMeasure, say: Say) -> str:
    return say.whole(measure.count) if measure.count is not None else ""


def declared_section(tables: Sequence[DeclaredTable], say: Say) -> Html:
    """The section of a system's page: what is declared, marked; all but the newest table are folded."""
    mark = badge("not_examined", say, say("Declared by the team, not recomputed"))
    told = say(
        "These figures came with the team's own runs (template gabarit). Nobody here has recomputed them from "
        "decisions, and no verdict rests on them. Groups of few people are hidden."
    )
    first, rest = tables[0], tables[1:]
    older = [_shown(table) for table in rest]
    return el(
        "section",
        el("h2", say("What does the team itself declare?"), id="declared"),
        el("p", mark, class_="declared"),
        el("p", told),
        _shown(first),
        details(say.plural("See one more table", "See {n} more tables", len(rest)), *older) if rest else None,
        class_="declared-by-team",
    )


def _shown(table: DeclaredTable) -> Html:
    return stacked(table.head, table.rows, caption=table.title, class_="data")
