"""The page of a system as data: its questions, its models, and what its team declares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from boussole.audits.languages import capital
from boussole.audits.mixed import joined
from boussole.audits.systems import System
from boussole.audits.systems.values import rare
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.server.process import Stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.system import system_head
from boussole.dashboard.views.system_tables import matrix
from boussole.experiments.declared_measures import DeclaredMeasure


def system_page(workspace: Workspace, system: str, lang: str) -> PageData:
    """The page of an audited system."""
    return _system_page(workspace.home, stamp(workspace), store.day_in(workspace), system, lang)


@newest(400)
def _system_page(home: Path, seen_at: Stamp, today: dt.date, system: str, lang: str) -> PageData:
    scene, say = store.scene_at(home, seen_at, today), speaker_in(Workspace(home), lang)
    return {"head": system_head(scene, system, say), "matrix": matrix(scene, system, say, query={"lang": lang})}


def declared_tables(measures: Sequence[DeclaredMeasure], system: System | None, say: Say) -> list[PageData]:
    """The tables, newest run first."""
    parts = groupby(measures, key=lambda measure: (measure.run, measure.logged_at, measure.kind))
    return [
        _declared_table(list(found), _title(kind, say.date(at.date()), run, say), system, say)
        for (run, at, kind), found in parts
    ]


def _title(kind: str, date: str, run: str, say: Say) -> str:
    number = run.removeprefix("mlflow:")[:8]
    titles = {
        "algorithm": say("The model, by group: run {run} of {date}", run=number, date=date),
        "data": say("Its training data, by group: run {run} of {date}", run=number, date=date),
        "biased": say("Groups that the template singles out: run {run} of {date}", run=number, date=date),
    }
    return titles[kind]


def _declared_table(measures: list[DeclaredMeasure], title: str, system: System | None, say: Say) -> PageData:
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
    return {"title": title, "head": head, "rows": rows}


def _metric(name: str, say: Say) -> str:
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
    if not group:
        return say("Everybody")
    known = {found.column: found for found in system.groups.values()} if system else {}
    parts = []
    for column, value in group:
        words = known[column].values.get(value) if column in known and known[column].values else None
        shown = say("small group {number}", number=few) if (few := rare(value)) else value
        parts.append(capital(say.text(words, value)) if words else f"{column}: {shown}")
    return joined(", ", parts)


def _value(measure: DeclaredMeasure | None, say: Say) -> str:
    if measure is None or (measure.value is None and not measure.suppressed):
        return ""
    return say("hidden") if measure.value is None else say.number(measure.value, 3)


def _people(measure: DeclaredMeasure, say: Say) -> str:
    return say.whole(measure.count) if measure.count is not None else ""
