"""Systems and measure documents made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from boussole.audits.languages import french
from boussole.audits.measures import Interval, Measure
from boussole.audits.systems.model import System
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Charter, Indicator, Otherwise
from tests.as_json import judge

CHARTER = load_charter()
START = dt.date(2026, 7, 1)
WOMEN = {"gender": "F"}


def system(**changes: Any) -> System:
    """A ranking system with two named groups, ages without names, outcomes of all, drift watched, looked at once."""
    columns = {
        "id": "decision_id",
        "decided_at": "ts",
        "decision": {"column": "contacted", "selected": [True], "title": {"fr": "contactées", "en": "contacted"}},
        "score": {"column": "score"},
        "outcome": {"column": "hired", "positive": [True], "observed_for": "all", "absent": "negative"},
    } | changes.pop("columns", {})
    gender = {
        "column": "gender",
        "title": {"fr": "Sexe", "en": "Sex"},
        "reference": "M",
        "values": {"F": {"fr": "femmes", "en": "women"}, "M": {"fr": "hommes", "en": "men"}},
    }
    values = {
        "id": "matchft",
        "kind": "ranking",
        "title": {"fr": "MatchFT", "en": "MatchFT"},
        "purpose": {"fr": "Proposer des personnes.", "en": "To propose people."},
        "owner": "A role",
        "status": "pilot",
        "risk": "high",
        "columns": {key: value for key, value in columns.items() if value is not None},
        "groups": {"gender": gender, "age": {"column": "age", "bands": [25, 50], "title": {"fr": "Âge", "en": "Age"}}},
        "features": ["distance_km"],
        "windows": {"audit": "all", "reference": "2025-01-01/2025-03-31"},
    }
    return System.model_validate(values | changes)


def harmful(**changes: Any) -> System:
    """The same, where being selected is a harm."""
    decision = {"column": "flagged", "selected": [True]}
    return system(columns={"favourable": False, "decision": decision} | changes.pop("columns", {}), **changes)


def comparison(
    group: dict[str, str],
    *,
    estimate: float,
    error: float,
    metric: str = "selection_rate_ratio",
    against: str = "gender=M",
    bad_side: str = "below",
    scale: str = "ratio",
    values: tuple[float, float] = (0.0, 0.0),
    n: int = 1000,
) -> dict[str, Any]:
    """A comparison whose z at a level is (estimate − level) ÷ error: p-values can be worked out by hand."""
    test = {"kind": "jackknife", "transform": "identity", "estimate": estimate, "se": error, "df": 10**9}
    return Measure(
        metric=metric,
        by=tuple(group),
        group=tuple(group.values()),
        value=estimate,
        n=n,
        interval=Interval(low=estimate - 1.96 * error, high=estimate + 1.96 * error, method="jackknife"),
        params={"against": against, "bad_side": bad_side, "scale": scale, "values": list(values), "test": test},
    ).document()


def absent(group: dict[str, str], *, status: str, reason: str, metric: str = "selection_rate_ratio") -> dict[str, Any]:
    """A comparison without a value."""
    params = {"against": "rest", "bad_side": "below", "scale": "ratio" if "ratio" in metric else "difference"}
    return Measure(
        metric=metric, by=tuple(group), group=tuple(group.values()), status=status, reason=reason, params=params
    ).document()


def drift(feature: str, value: float, *, rows: int = 10_000) -> dict[str, Any]:
    """A PSI over ten bins between two windows of so many rows."""
    test = {"kind": "noncentral_chi2", "statistic": value, "df": 9, "scale": 2 / rows, "scale_reference": 1 / rows}
    params = {"bad_side": "above", "scale": "distance", "test": test}
    return Measure(metric="psi", by=("feature",), group=(feature,), value=value, n=rows, params=params).document()


def everybody(n: int) -> dict[str, Any]:
    """The selection rate of everybody, which tells how many decisions there are."""
    return Measure(metric="selection_rate", value=0.2, n=n).document()


def verdict(
    measures: Sequence[Mapping[str, Any]],
    *,
    indicator: str = "selection_rate_ratio_gender",
    of: System | None = None,
    charter: Charter = CHARTER,
) -> dict[str, Any]:
    """What a charter says of measures, about one question."""
    documents = judge(charter, of or system(), measures, window_start=START)
    return next(document for document in documents if document["indicator"] == indicator)


def amended(
    indicator_id: str, *, charter: Charter = CHARTER, threshold: Mapping[str, Any] | None = None, **changes: Any
) -> Charter:
    """The charter with one indicator changed, or another way to ask one."""
    if threshold is not None:
        changes["threshold"] = charter.indicator(indicator_id).threshold.model_copy(update=threshold)
    articles = [
        article.model_copy(update={"indicators": [_changed(i, indicator_id, changes) for i in article.indicators]})
        for article in charter.articles
    ]
    return charter.model_copy(update={"articles": articles})


def _changed(indicator: Indicator, way_id: str, changes: Mapping[str, Any]) -> Indicator:
    if indicator.id == way_id:
        return indicator.model_copy(update=changes)
    if way_id not in [other.id for other in indicator.otherwise]:
        return indicator
    own = {name: value for name, value in changes.items() if name in Otherwise.model_fields}
    others = [other.model_copy(update=own if other.id == way_id else {}) for other in indicator.otherwise]
    return indicator.model_copy(update={**{k: v for k, v in changes.items() if k not in own}, "otherwise": others})


AGES = ("<25", "25-49", "50+")


def family(estimates: Sequence[float], error: float) -> list[dict[str, Any]]:
    """A comparison of each age with the rest."""
    return [
        comparison({"age": age}, estimate=estimate, error=error, against="rest")
        for age, estimate in zip(AGES, estimates, strict=True)
    ]


def told(
    measures: Sequence[Mapping[str, Any]],
    indicator: str = "selection_rate_ratio_gender",
    *,
    of: System | None = None,
    charter: Charter = CHARTER,
) -> tuple[str, str]:
    """The French and the English sentence, with ordinary spaces and apostrophes."""
    sentence = verdict(measures, indicator=indicator, of=of, charter=charter)["sentence"]
    assert sentence["fr"] == french(sentence["fr"])
    return plain(sentence["fr"]), plain(sentence["en"])


def plain(text: str) -> str:
    """With ordinary spaces and apostrophes."""
    return text.replace("\u202f", " ").replace("’", "'")
