"""What no single file can show: references, duplicates across files, missing translations and reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel

from audits.errors import nearest
from audits.metrics.families import EVERY_COMPARISON
from audits.metrics.registry import REGISTRY
from audits.systems.kinds import Texts
from charter.model import ARTICLES, Article, Charter, Head, Indicator

JUDGED = {c.metric: c.scale for c in EVERY_COMPARISON} | {"psi": "distance"}
"""The measures that carry a test, and their scales."""
PLACEHOLDERS = ("system", "decision", "group", "controls")


def faults(charter: Charter) -> list[str]:
    """Every fault of a charter whose files are valid one by one; one sentence each, naming file and entry."""
    return [
        *_size(charter),
        *_duplicates(charter),
        *_references(charter),
        *_metrics(charter),
        *_thresholds(charter),
        *_placeholders(charter),
        *_translations(charter),
    ]


def _size(charter: Charter) -> Iterator[str]:
    fewest, most = ARTICLES
    if not fewest <= len(charter.articles) <= most:
        yield f"a charter has {fewest} to {most} articles, this one has {len(charter.articles)}."


def _indicators(charter: Charter) -> list[tuple[Article, Indicator]]:
    return [(article, indicator) for article in charter.articles for indicator in article.indicators]


def _duplicates(charter: Charter) -> Iterator[str]:
    entries = _indicators(charter)
    yield from _twice("the order", [(str(article.order), article.id) for article in charter.articles])
    yield from _twice("the indicator id", [(indicator.id, article.id) for article, indicator in entries])
    yield from _twice("the number", [(indicator.number, article.id) for article, indicator in entries])


def _twice(what: str, uses: list[tuple[str, str]]) -> Iterator[str]:
    for value, count in Counter(value for value, _ in uses).items():
        if count > 1:
            files = sorted({f"{article}.yaml" for used, article in uses if used == value})
            yield f"{what} '{value}' is used {count} times, in {', '.join(files)}."


def _references(charter: Charter) -> Iterator[str]:
    known = [indicator.id for _, indicator in _indicators(charter)]
    for article, indicator in _indicators(charter):
        place = f"{article.id}.yaml, {indicator.id}"
        for name in indicator.law:
            if name not in charter.laws:
                yield f"{place}: law '{name}' is not in law.yaml. {nearest(name, charter.laws)}"
        for name in indicator.related:
            if name not in known:
                yield f"{place}: the related question '{name}' does not exist. {nearest(name, known)}"
    used = {name for _, indicator in _indicators(charter) for name in indicator.law}
    for name in sorted(set(charter.laws) - used):
        yield f"law.yaml, {name}: no question refers to this text."


def _metrics(charter: Charter) -> Iterator[str]:
    """Judged measures exist and are comparisons; their levels stand in the right order."""
    known = {metric.name: metric.kind for metric in REGISTRY.all()}
    for article, indicator in _indicators(charter):
        metric, place = indicator.metric, f"{article.id}.yaml, {indicator.id}"
        if metric is None:
            continue
        if metric not in known:
            yield f"{place}: there is no measure '{metric}'. {nearest(metric, known)}"
        elif metric not in JUDGED:
            yield f"{place}: '{metric}' is shown, never judged. Judged are: {', '.join(sorted(JUDGED))}."
        else:
            yield from _levels(indicator, place, ratio=JUDGED[metric] == "ratio")


def _levels(indicator: Indicator, place: str, *, ratio: bool) -> Iterator[str]:
    watch, breach = indicator.threshold.watch, indicator.threshold.breach
    if ratio and not all(0 < level <= 1 for level in (watch, breach) if level is not None):
        yield f"{place}: the levels of a ratio lie above 0 and up to 1, stated for the favourable direction."
    if watch is not None and breach is not None and (breach > watch if ratio else breach < watch):
        yield f"{place}: the breach level ({breach}) must lie beyond the watch level ({watch})."


def _thresholds(charter: Charter) -> Iterator[str]:
    for article, indicator in _indicators(charter):
        threshold, place = indicator.threshold, f"{article.id}.yaml, {indicator.id}"
        if not threshold.justification or not threshold.source:
            yield f"{place}: the threshold needs a `justification` and a `source`."


def _placeholders(charter: Charter) -> Iterator[str]:
    for article, indicator in _indicators(charter):
        for lang, text in indicator.question.items():
            for name in re.findall(r"\{([^}]*)\}", text):
                if name not in PLACEHOLDERS:
                    place = f"{article.id}.yaml, {indicator.id}: question.{lang}"
                    yield f"{place} names '{{{name}}}'. {nearest(name, PLACEHOLDERS)}"


def _translations(charter: Charter) -> Iterator[str]:
    """Every text in every language of the charter, and in no other."""
    languages = set(charter.languages)
    for place, text in _texts(charter):
        missing, extra = sorted(languages - set(text)), sorted(set(text) - languages)
        if missing:
            yield f"{place} is missing in: {', '.join(missing)}."
        if extra:
            yield f"{place} is written in {', '.join(extra)}, which the charter does not declare."


def _texts(charter: Charter) -> Iterator[tuple[str, dict[str, str]]]:
    """Every text of the charter and where it stands."""
    for name, field in Head.model_fields.items():
        yield from _walk(getattr(charter, name), field.annotation, f"charter.yaml, {name}")
    for name, law in charter.laws.items():
        yield from _fields(law, f"law.yaml, {name}")
    for article in charter.articles:
        yield from _fields(article, f"{article.id}.yaml, {article.id}")


def _fields(model: BaseModel, place: str) -> Iterator[tuple[str, dict[str, str]]]:
    for name, field in type(model).model_fields.items():
        yield from _walk(getattr(model, name), field.annotation, f"{place}.{name}")


def _walk(value: Any, annotation: Any, place: str) -> Iterator[tuple[str, dict[str, str]]]:
    if isinstance(value, BaseModel):
        yield from _fields(value, place)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, None, f"{place}.{getattr(inner, 'id', index)}")
    elif isinstance(value, dict) and annotation in (Texts, Texts | None):
        yield place, value
    elif isinstance(value, dict) and annotation is not None:
        for key, inner in value.items():
            yield from _walk(inner, get_args(annotation)[-1], f"{place}.{key}")
