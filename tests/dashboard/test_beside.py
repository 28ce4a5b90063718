"""Versions side by side on the page of drift: what differs in plain words, and what keeps them apart by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from boussole.audits.drift.series import DriftSeries
from boussole.charter.comparing.months import VersionSuccession
from boussole.charter.document.differences.comparing import SCHEMA, VersionComparison
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.drift.beside import Beside, side_by_side
from tests.written import sample

SYSTEM = sample(
    {
        "id": "id",
        "decided_at": "day",
        "decision": {"column": "chosen", "selected": [True], "title": {"en": "called", "fr": "appelées"}},
    },
    {"sex": "M"},
)
SERIES = DriftSeries(
    system=SYSTEM, step="month", against="reference", points=[], columns=[], empty=[], versions=[], unfinished=False
)
Document = Mapping[str, Any]


def row(
    measure: str, before: float | None, after: float | None, *, p: float = 1.0, reason: str | None = None
) -> Document:
    metric, _, label = measure.partition("/")
    told = before is not None and after is not None
    ratio = metric.endswith("_ratio")
    change = None if before is None or after is None else after / before if ratio else after - before
    return {
        "measure": measure,
        "metric": metric,
        "by": ["sex"] if label else [],
        "group": {"sex": label.partition("=")[2]} if label else None,
        "given": {},
        "scale": "ratio" if ratio else "difference",
        "against": "sex=M",
        "production": {"value": before, "n": 900, "interval": None} if told else None,
        "candidate": {"value": after, "n": 900, "interval": None} if told else None,
        "change": change,
        "interval": {"low": change - 0.01, "high": change + 0.01, "level": 0.95, "method": "mover"}
        if change is not None
        else None,
        "p": p if told else None,
        "p_adjusted": p if told else None,
        "differs": told and p < 0.05,
        "reason": reason,
    }


def document(*rows: Document, **more: Any) -> dict[str, Any]:
    month = {"start": "2026-08-01", "end": "2026-08-31"}
    after = {"start": "2026-09-01", "end": "2026-09-30"}
    return {
        "schema": SCHEMA,
        "alpha": 0.05,
        "system": "sample",
        "kind": "sequential",
        "production": {"name": "3.2", "window": month, "decisions": 4000},
        "candidate": {"name": "3.3", "window": after, "decisions": 4000},
        "changed_on": "2026-09-01",
        "mixed": [],
        "family": sum(each["p"] is not None for each in rows),
        "rows": list(rows),
        "drift": [],
        **more,
    }


def shown(found: dict[str, Any], lang: str = "en") -> Beside:
    read = VersionComparison.of(found)
    return side_by_side([VersionSuccession(before="3.2", after="3.3", document=read)], SERIES, speaker(lang))[0]


def test_one_difference_and_nothing_else() -> None:
    found = shown(
        document(
            row("selection_rate/sex=F", 0.24, 0.26, p=0.001),
            row("selection_rate", 0.25, 0.25),
            row("precision", 0.5, 0.5),
        )
    )
    assert found.title == "Version 3.3 beside 3.2"
    assert found.sentences == [
        "Share of people called, F: 26.0% with version 3.3, 24.0% with version 3.2.",
        "Nothing else differs beyond chance.",
    ]
    assert found.tone == "watch"
    assert found.rows == [
        ["Share of people called: F", "24.0%", "26.0%", "+2.0 points (between +1.0 points and +3.0 points)"]
    ]
    assert found.marks == ["watch", "", ""]
    assert "The months differ too" in found.notes[0]


def test_decisions_are_told_before_scores_and_others_are_counted() -> None:
    rows = [row("mean_score", 0.3, 0.4, p=1e-9), row("selection_rate_ratio/sex=F", 1.0, 0.8, p=0.001)]
    rows += [row("selection_rate/sex=F", 0.4, 0.3, p=0.01), row("auc", 0.7, 0.8, p=0.01)]
    found = shown(document(*rows), "fr")
    assert found.sentences[0].startswith("Part des personnes appelées, F\u202f: 30,0\u202f% avec la version 3.3")
    assert found.sentences[1] == "Trois autres chiffres sur 4 diffèrent."
    assert "80 pour 100" in found.rows[1][2]


def test_nothing_differs() -> None:
    found = shown(document(row("selection_rate", 0.25, 0.25), row("auc", None, None, reason="selective_labels")))
    assert found.sentences == ["The one figure compared does not differ between both versions by more than chance."]
    assert (found.tone, len(found.every)) == ("kept", 1)
    assert found.notes[-1].startswith("How well scores tell outcomes apart (AUC): no figure")


def test_hidden_groups_say_why() -> None:
    found = shown(document(row("selection_rate/sex=X", None, None, reason="small_group")))
    assert found.every == [["Share of people called: X", "", "", "hidden (fewer than 11 decisions)"]]
    assert found.sentences == ["No figure can be told of both versions."]


def test_mixed_months_are_named() -> None:
    found = shown(document(row("selection_rate", 0.2, 0.2), mixed=[{"start": "2026-08-01", "end": "2026-08-31"}]))
    assert "Left out, because neither decided alone: August 2026." in found.notes


def test_what_keeps_them_apart_is_said_with_the_next_step() -> None:
    change = VersionSuccession(before="1.0", after="2.0 <b>", missing="no audit.", todo="Run `boussole audit`.")
    made = Template("pages/drift/drift.html", speaker("en"))
    html = made("versions", side_by_side([change], SERIES, speaker("en")))
    assert "Not set side by side: no audit." in html
    assert "<code>boussole audit</code>" in html
    assert 'id="version-2-0--b-"' in html
    assert made("versions", []) == ""
