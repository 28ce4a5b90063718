"""Functions that read and write documents, from JSON to JSON: what tests say of one is said of what is written.

`from tests.as_json import judge` is `charter.verdicts.judge` for measures and verdicts as JSON. A measure or verdict
may be given by what a test is about alone: the rest of it is as in most.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from boussole.charter.document import (
    AuditDocument,
    LeftOut,
    MeasureDocument,
    MeasureInShort,
    UnmeasuredSystem,
    VerdictDocument,
    VerdictInShort,
)
from boussole.charter.document.base import DocumentPart
from boussole.charter.document.left_out import LeftOutInShort
from tests import written as samples

NAMES = {
    "charter.auditing.audit": "audit_document audit_files",
    "charter.auditing.differences": "differences",
    "charter.auditing.published": "publications set_apart",
    "charter.committee.acts.packs": "standing",
    "charter.judging.by_article": "current summarise unmeasured",
    "charter.judging.crosswalk": "answers",
    "charter.judging.families": "questions",
    "charter.judging.verdicts": "judge",
    "charter.pack.building": "cells_csv cells_of",
    "charter.records.store.audits": "audits_of documents_of",
    "charter.registry.inventory": "register",
    "dashboard.api.evaluator.logging": "metric_name",
    "dashboard.pages.fairness.view": "explorer",
    "dashboard.views.answers.asked": "threshold_words",
    "dashboard.views.answers.small_print": "left_out_words missing_words",
    "dashboard.views.charts.calibration": "curves drawn_and_not",
    "dashboard.views.charts.charts": "groups_chart groups_text",
    "dashboard.views.charts.groups": "rows",
    "dashboard.views.fields": "attributes_of controls_of kinds_of stages_of",
    "dashboard.views.papers": "in_period",
    "dashboard.views.scene": "before",
}
PLACES = {name: f"boussole.{place}" for place, names in NAMES.items() for name in names.split()}
"""Where each function is."""


def __getattr__(name: str) -> Any:
    if name not in PLACES:
        raise AttributeError(name)
    return as_json(getattr(importlib.import_module(PLACES[name]), name))


def as_json(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function for documents as JSON."""
    hints, signature = typing.get_type_hints(function), inspect.signature(function)

    @functools.wraps(function)
    def called(*given: Any, **named: Any) -> Any:
        bound = signature.bind(*given, **named)
        for name, value in bound.arguments.items():
            bound.arguments[name] = read(value, hints.get(name))
        return written(function(*bound.args, **bound.kwargs))

    return called


def documents(found: Mapping[str, Any]) -> dict[str, AuditDocument]:
    """Audit documents by system, as a scene holds them, from JSON."""
    return {name: read(each, AuditDocument) for name, each in found.items()}


def read(value: Any, hint: Any) -> Any:
    """A value as a parameter with such a hint wants it."""
    wanted = [each for each in _parts(hint) if isinstance(value, Mapping)]
    if any(issubclass(typing.get_origin(each) or object, Mapping) for each in _ways(hint)) and isinstance(
        value, Mapping
    ):
        (of,) = [typing.get_args(each)[-1] for each in _ways(hint) if typing.get_args(each)]
        return {key: read(each, of) for key, each in value.items()}
    if wanted:
        return _completed(value, wanted)
    inner = [arg for each in _ways(hint) for arg in typing.get_args(each) if arg is not ...]
    if isinstance(value, list | tuple) and inner and any(_all_parts(arg) for arg in inner):
        if isinstance(value, tuple) and len(inner) == len(value) > 1:
            return tuple(read(each, arg) for each, arg in zip(value, inner, strict=True))
        return type(value)(read(each, inner[0]) for each in value)
    return value


def written(found: Any) -> Any:
    """What a function gives, with documents as JSON."""
    if isinstance(found, DocumentPart):
        return found.written()
    if isinstance(found, list):
        return [written(each) for each in found]
    if type(found) is tuple:
        return tuple(written(each) for each in found)
    if isinstance(found, dict):
        return {key: written(each) for key, each in found.items()}
    return (written(each) for each in found) if isinstance(found, Iterator) else found


def _ways(hint: Any) -> list[Any]:
    """The ways of a union, or the hint alone."""
    return list(typing.get_args(hint)) if typing.get_origin(hint) in (typing.Union, types.UnionType) else [hint]


def _parts(hint: Any) -> list[type[DocumentPart]]:
    return [each for each in _ways(hint) if isinstance(each, type) and issubclass(each, DocumentPart)]


def _all_parts(hint: Any) -> list[type[DocumentPart]]:
    return _parts(hint) + [part for each in _ways(hint) for arg in typing.get_args(each) for part in _all_parts(arg)]


def _completed(value: Mapping[str, Any], wanted: list[type[DocumentPart]]) -> DocumentPart:
    """A document or part of one, with what a test left out."""
    if AuditDocument in wanted:
        if "on" in value and UnmeasuredSystem in wanted:
            return UnmeasuredSystem.of(value)
        window = {"start": "2026-07-01", "end": "2026-07-31"} | value.get("window", {})
        more = {key: each for key, each in value.items() if key not in ("window", "system")}
        made = {"measures": [], **more}
        return AuditDocument.of(
            samples.audit_document(value.get("system", "s"), start=window["start"], end=window["end"], **made)
            | ({"window": value["window"]} if "timezone" in window else {})
        )
    if LeftOutInShort in wanted and "by_reason" in value:
        return LeftOut.of({"limit": None, "limited": False, **value})
    (model,) = wanted
    complete = {
        MeasureDocument: samples.measure,
        MeasureInShort: samples.measure,
        VerdictDocument: samples.verdict,
        VerdictInShort: _short,
    }
    return model.of(complete.get(model, dict)(**value))


def _short(**given: Any) -> dict[str, Any]:
    return {key: value for key, value in samples.verdict(**given).items() if key in VerdictInShort.model_fields}
