"""For whom it moved: sentences that fit the figures, hidden groups by name, and what to do where none is told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from scipy.stats import norm

from boussole.audits.uncertainty.holm import holm
from boussole.audits.windows import Window
from boussole.charter.document import AuditDocument
from boussole.charter.drift.rule import moved_groups
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.drift.for_whom import ForWhom, for_whom
from tests.written import audited, drift_rule, sample
from tests.written import measure as written

COLUMNS = {
    "id": "id",
    "decided_at": "day",
    "decision": {"column": "chosen", "selected": [True], "title": {"en": "called", "fr": "appelées"}},
    "score": {"column": "score", "range": [0, 1]},
}
SYSTEM = sample(
    COLUMNS,
    {"sex": "M"},
    windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
    privacy={"suppress_below": 11},
)
Document = Mapping[str, Any]


def month(number: int) -> Window:
    return Window(dt.date(2026, number, 1), dt.date(2026, number + 1, 1) - dt.timedelta(days=1))


def measure(
    metric: str, group: str | None, value: float | None, *, reason: str | None = None, **params: Any
) -> Document:
    known = value is not None
    return written(
        id=f"{metric}/sex={group}" if group else metric,
        group={"sex": group} if group else None,
        value=value,
        status="ok" if known else "undefined" if reason == "reference_not_audited" else "suppressed",
        reason=reason,
        n=900 if known else None,
        interval={"low": value - 0.01, "high": value + 0.01, "method": "student"} if known else None,
        params=params,
    )


def document(
    scores: Mapping[str, float | None], *, p: float = 0.5, reason: str = "hidden_in_reference"
) -> AuditDocument:
    """An audit in which the scores of each group changed by so much; those of M are compared with."""
    found = [measure("mean_score_change", None, 0.01, values=[0.51, 0.5])]
    for group, value in scores.items():
        told = {} if value is None else {"values": [0.5 + value, 0.5], "reference_n": 800}
        found.append(measure("mean_score_change", group, value, reason=reason if value is None else None, **told))
        if group != "M":
            base = scores["M"]
            gap = None if value is None or base is None else value - base
            more = {} if gap is None else {"changes": [value, base], "p": p, "p_adjusted": p}
            found.append(
                measure(
                    "mean_score_change_difference",
                    group,
                    gap,
                    reason=reason if gap is None else None,
                    against="sex=M",
                    **more,
                )
            )
    return audited(measures=found)


def shown(documents: Mapping[Window, AuditDocument], lang: str = "en") -> ForWhom:
    found = for_whom(documents, SYSTEM, speaker(lang), rule=drift_rule())
    assert found is not None
    return found


def test_the_sentence_names_both_groups_with_their_directions() -> None:
    found = shown({month(3): document({"F": -0.041, "M": -0.012}, p=0.001)})
    assert found.sentences[0] == "Scores did not move alike for all: F, down by 0.04; M, down by 0.01."
    assert (found.tone, found.period) == ("watch", "March 2026, beside January 2026")
    (part,) = found.parts
    assert part.groups.rows[0][:4] == ["F", "0.500", "0.459", "−0.041 (between −0.051 and −0.031)"]
    assert part.groups.rows[0][4:] == ["M", "−0.029 (between −0.039 and −0.019)"]
    assert part.groups.marks == ["watch", ""]
    french = shown({month(3): document({"F": -0.041, "M": 0.0}, p=0.001)}, "fr")
    assert french.sentences[0] == (
        "Les scores n’ont pas bougé de la même façon pour tous\u202f: F, en baisse de 0,04\u202f; M, sans changement."
    )


@pytest.mark.parametrize("size", [0.02, 0.026, 0.03, 0.06])
def test_a_triangle_stands_where_its_bar_holds_no_zero(size: float) -> None:
    """Of three groups, held to a twelfth of the level of a year: what is found leaves its part to the others."""
    scores: dict[str, float | None] = {"F": -size, "X": -0.04, "Y": 0.001, "M": 0.0}
    found = document(scores).written()
    own = [each for each in found["measures"] if each["metric"] == "mean_score_change_difference"]
    p = [float(2 * norm.sf(abs(each["value"]) / 0.01)) for each in own]
    for each, chance, again in zip(own, p, holm(p), strict=True):
        test = {"kind": "wald", "estimate": each["value"], "se": 0.01, "method": "student"}
        each["params"].update(test=test, p=chance, p_adjusted=again)
    for each in moved_groups(AuditDocument.of(found), drift_rule()):
        if each.difference is None:
            assert each.between is None
            continue
        assert each.between is not None
        low, high = each.between
        assert each.difference.value is not None
        assert low < each.difference.value < high
        assert each.otherwise == (not low <= 0 <= high)


def test_what_chance_may_explain_is_not_told_as_moved() -> None:
    found = shown({month(3): document({"F": -0.041, "M": -0.012}, p=0.2)})
    assert found.sentences == [
        "No group moved otherwise than the one it is compared with, as far as these decisions can tell.",
        "Of everybody, scores: up by 0.01.",
    ]
    assert (found.tone, found.parts[0].groups.marks) == ("kept", ["", ""])


def test_hidden_groups_are_named_with_the_reason() -> None:
    found = shown({month(3): document({"F": None, "M": -0.01, "X": None})})
    table = found.parts[0].groups
    assert table.rows[0][3] == "hidden (it was not shown in the reference period)"
    assert "hidden (it was not shown in the reference period)" in found.parts[0].alt
    nobody = shown({month(3): document({"F": None, "M": None})})
    assert nobody.sentences == ["No group can be shown in both periods: for whom it moved is not known."]
    assert (nobody.tone, nobody.parts[0].drawn) == ("unknown", None)


def test_without_an_audit_of_the_reference_it_says_which_to_make() -> None:
    found = shown({month(3): document({"F": None, "M": None}, reason="reference_not_audited")})
    assert found.missing == "Not told (sex): no audit has told the groups of the reference period, January 2026."
    html = Template("pages/drift/drift.html", speaker("en"))("for_whom", found)
    assert "<code>boussole audit --system sample --from 2026-01-01 --to 2026-01-31</code>" in html


@pytest.mark.parametrize("documents", [{}, {Window(dt.date(2026, 1, 1), dt.date(2026, 3, 31)): document({"M": 0.0})}])
def test_nothing_is_said_where_no_month_was_looked_at(documents: Mapping[Window, AuditDocument]) -> None:
    assert for_whom(documents, SYSTEM, speaker("en"), rule=drift_rule()) is None
    assert Template("pages/drift/drift.html", speaker("en"))("for_whom", None) == ""


def test_a_month_of_twelve_has_to_be_surer_than_one_look() -> None:
    assert [each.otherwise for each in moved_groups(document({"F": -0.04, "M": 0.0}, p=0.01), drift_rule())] == [
        False,
        False,
    ]
