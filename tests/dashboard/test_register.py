"""The register page: what it counts, filters and says, by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from boussole.audits.systems import System
from boussole.charter.judging.coverage import Use, coverage
from boussole.charter.registry.due import Due
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.register import register_page
from boussole.dashboard.views.register_words import Register, RegisterQuery, when
from tests.charter.uses import use_of

CHARTER = load_charter()
TODAY = dt.date(2026, 11, 26)
EN, FR = speaker("en"), speaker("fr")
DONE = {"done_on": "2025-01-20"}


def use(name: str, verdicts: dict[str, str], **given: Any) -> Use:
    whole = {
        "id": name,
        "kind": "declared",
        "title": {"fr": name.upper(), "en": name.upper()},
        "purpose": {"fr": "x"},
        "owner": "Office",
        "status": "pilot",
        "risk": "limited",
        "impact_assessment": DONE,
        "fria": DONE,
    }
    system = System.model_validate(whole | given)
    return use_of(CHARTER, system, [{"article": a, "verdict": v} for a, v in verdicts.items()])


USES = [
    use("alpha", {"equite": "broken", "humain": "not_examined"}, status="production"),
    use("beta", {"humain": "not_examined"}, status="production", risk="high"),
    use("gamma", {"humain": "kept"}, risk="minimal", impact_assessment=None),
    use("delta", {"humain": "not_examined"}, status="retired"),
]
DUES = [
    Due(on=dt.date(2026, 11, 14), kind="review", system="beta"),
    Due(on=dt.date(2026, 11, 30), kind="attestation", system="alpha", indicator=CHARTER.articles[0].indicators[0].id),
    Due(on=dt.date(2027, 3, 1), kind="review", system="alpha"),
]


def page(uses: list[Use] = USES, dues: list[Due] = DUES, say=EN, **chosen: str):
    given = Register(charter=CHARTER, uses=uses, coverage=coverage(CHARTER, uses), due=dues, today=TODAY)
    return register_page(given, RegisterQuery.of(chosen), say, query={"lang": say.lang})


@pytest.mark.parametrize(
    ("uses", "headline", "tone"),
    [
        ([USES[3]], "No use is on trial or in service.", "unknown"),
        ([USES[2]], "Every use on trial or in service is examined.", "kept"),
        ([USES[1]], "The only use on trial or in service has not been examined.", "watch"),
    ],
)
def test_the_sentence_fits_the_register(uses: list[Use], headline: str, tone: str) -> None:
    shown = page(uses, [])
    assert (shown["headline"], shown["tone"]) == (headline, tone)


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ({}, ["BETA", "ALPHA", "GAMMA", "DELTA"]),
        ({"status": "production"}, ["BETA", "ALPHA"]),
        ({"risk": "minimal"}, ["GAMMA"]),
        ({"examined": "none", "status": "retired"}, ["DELTA"]),
        ({"sort": "name"}, ["ALPHA", "BETA", "DELTA", "GAMMA"]),
        ({"sort": "due"}, ["BETA", "ALPHA", "DELTA", "GAMMA"]),
        ({"sort": "examined"}, ["BETA", "DELTA", "ALPHA", "GAMMA"]),
        ({"status": "<script>", "sort": "owner"}, ["BETA", "ALPHA", "GAMMA", "DELTA"]),
        ({"status": "design"}, []),
    ],
)
def test_filters_and_order(chosen: dict[str, str], titles: list[str]) -> None:
    assert [row["title"] for row in page(**chosen)["rows"]] == titles


def test_a_choice_nobody_has_stays_to_be_undone() -> None:
    shown = {field.key: field for field in page(status="design")["fields"]}
    assert shown["status"].value == "design"
    assert {option.value: option.name for option in shown["status"].options}["design"] == "in design (0)"


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, "today"), (1, "Tomorrow"), (60, "In 60 days"), (-1, "One day late"), (-61, "late since 26 September 2026")],
)
def test_how_far_away_a_day_is(days: int, told: str) -> None:
    assert when(TODAY + dt.timedelta(days=days), TODAY, EN) == told


def test_many_late_reviews_do_not_hide_an_answer_that_is_late() -> None:
    reviews = [Due(on=dt.date(2026, 1, 1 + n), kind="review", system="beta") for n in range(9)]
    shown = page(dues=[*reviews, Due(on=dt.date(2026, 11, 1), kind="reply", who="Data", entry=4)])
    assert [line.what for line in shown["due"]] == [*["Review planned"] * 3, "Answer recommendation no. 4: Data"]
    assert len(shown["later"]) == 6
