"""The interval that a comparison tells is the one that decided it, whatever the methods, families, looks and levels."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boussole.audits.systems.parts import Windows
from tests.as_json import judge
from tests.charter.builders import (
    AGES,
    CHARTER,
    START,
    WOMEN,
    amended,
    comparison,
    drift,
    family,
    plain,
    system,
    told,
    verdict,
)
from tests.marks import mark_of, turned

RATIO, GAP, ERRORS = "selection_rate_ratio", "true_positive_rate_difference", "false_positive_rate_difference"


@st.composite
def rates(draw: st.DrawFn, group: dict[str, str], scale: str, *, against: str = "rest", metric: str = RATIO) -> Any:
    """A comparison of two rates: rows, or what clusters are worth, from a handful to thousands."""
    sizes = [draw(st.integers(8, 4000)) for _ in range(2)]
    cases = [draw(st.integers(0, sizes[0])), draw(st.integers(1, sizes[1]))]
    test: dict[str, Any] = {"kind": f"score_{scale}", "k": cases, "n": sizes}
    if draw(st.booleans()):
        test["df"] = draw(st.floats(2, 39))
    first, second = (k / n for k, n in zip(cases, sizes, strict=True))
    found = comparison(
        group,
        estimate=first / second if scale == "ratio" else first - second,
        error=0.1,
        against=against,
        scale=scale,
        metric=metric,
        values=(first, second),
    )
    return found | {"params": {**found["params"], "test": test}}


@st.composite
def around(draw: st.DrawFn, group: dict[str, str], *, metric: str = RATIO) -> Any:
    """A comparison told by an estimate and its error, on the logarithmic scale or as it is."""
    estimate, error = draw(st.floats(0.5, 1.5)), draw(st.floats(0.005, 0.5))
    found = comparison(group, estimate=estimate, error=error, metric=metric)
    if draw(st.booleans()):
        test = {"kind": "jackknife", "transform": "log", "estimate": estimate, "se": error}
        found = found | {"params": {**found["params"], "test": test | {"df": draw(st.floats(2, 39))}}}
    return found


@st.composite
def audits(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Measures of a system: who is selected, errors, and two features of any size of window."""
    return [
        draw(st.one_of(rates(WOMEN, "ratio", against="gender=M"), around(WOMEN))),
        *(draw(rates({"age": age}, "ratio")) for age in AGES),
        draw(rates(WOMEN, "difference", against="gender=M", metric=GAP)),
        *(draw(rates({"age": age}, "difference", metric=GAP)) for age in AGES),
        *(drift(name, draw(st.floats(0, 0.6)), rows=draw(st.integers(60, 20_000))) for name in ("score", "km")),
    ]


def seen(measure: dict[str, Any], told_of: dict[str, Any]) -> str:
    """What a reader sees of a comparison."""
    interval, levels = told_of.get("interval"), told_of["levels"]
    bar = (None, None) if interval is None else (interval["low"], interval["high"])
    if levels["breach"] is None and measure["params"]["bad_side"] == "above":
        return turned(measure["value"], bar, watch=levels["watch"])
    return mark_of(measure["value"], bar, watch=levels["watch"], breach=levels["breach"])


def close(told_of: dict[str, Any], alpha: float) -> bool:
    """Whether a p-value is so near its level that halving does not tell them apart."""
    return any(math.isclose(told_of[name] or 0.0, alpha, rel_tol=1e-6) for name in ("p_breach", "p_watch", "p_kept"))


CHARTERS = st.sampled_from(
    [
        CHARTER,
        CHARTER.model_copy(update={"alpha": 0.2}),
        amended(RATIO, family="question"),
        amended(RATIO, threshold={"watch_alpha": 0.02}),
    ]
)
LOOKS = st.sampled_from(["all", "month", "day"])


@pytest.mark.costly
@settings(max_examples=60, deadline=None)
@given(audits(), CHARTERS, LOOKS)
def test_every_mark_follows_from_its_bar(measures: list[dict[str, Any]], charter: Any, looks: str) -> None:
    of = system().model_copy(update={"windows": Windows(audit=looks, reference="2025-01-01/2025-03-31")})
    by_id = {measure["id"]: measure for measure in measures}
    compared = 0
    for document in judge(charter, of, measures, window_start=START):
        for each in document["comparisons"]:
            assume(not close(each, charter.alpha))
            assert each["verdict"] == seen(by_id[each["measure"]], each), each
            compared += 1
    assert compared >= 10


def test_a_figure_beyond_the_watch_level_is_never_kept() -> None:
    """At 88 for 100, wholly above the breach level."""
    measures = [comparison(WOMEN, estimate=0.88, error=0.045)]
    found = verdict(measures)
    assert (found["verdict"], found["reason"]) == ("unknown", "too_few_decisions")
    assert found["comparisons"][0]["interval"]["low"] > 0.8
    assert found["comparisons"][0]["interval"]["high"] > 0.95
    assert found["comparisons"][0]["more_decisions"] > 0
    french, english = told(measures)
    assert "between the watch level (95 for 100) and the breach level (80 for 100)" in english
    assert "entre le niveau de vigilance (95 pour 100) et le niveau de rupture (80 pour 100)" in french


def test_the_sentence_tells_the_interval_that_decided() -> None:
    """At 5 % on the side of *kept*; on the other nearly all of it, since two of three ages leave their part."""
    found = verdict(family([1.0, 0.97, 1.0], 0.02), indicator=f"{RATIO}_age")
    worst = found["comparisons"][1]["interval"]
    assert (worst["error_low"], worst["error_high"]) == (pytest.approx(0.05), pytest.approx(0.99 / 20.8))
    assert worst["low"] == pytest.approx(0.97 - 1.6449 * 0.02, abs=1e-4)
    assert worst["high"] == pytest.approx(0.97 + 1.6683 * 0.02, abs=1e-4)
    assert "between 94 and 100" in found["sentence"]["en"]


def test_a_bar_that_is_watched_reaches_to_the_breach_level_where_that_is_not_rejected() -> None:
    """All of three are watched, so that the last is held to the whole level there, to a third of it for *not kept*."""
    found = verdict(family([0.763, 0.763, 0.763], 0.02), indicator=f"{RATIO}_age")
    assert [each["verdict"] for each in found["comparisons"]] == ["watch"] * 3
    highs = [each["interval"]["high"] for each in found["comparisons"]]
    assert highs == pytest.approx([0.763 + z * 0.02 for z in (2.1280, 1.9600)] + [0.8], abs=1e-4)


def test_a_distance_of_too_few_decisions_decides_nothing() -> None:
    """Ten classes want a hundred decisions in each window, on average ten each."""
    found = verdict([drift("distance_km", 0.9, rows=90)], indicator="likeness_to_reference")
    (each,) = found["comparisons"]
    assert (found["verdict"], each["interval"], each["reason"]) == ("unknown", None, "too_few_decisions")
    assert verdict([drift("distance_km", 0.9, rows=110)], indicator="likeness_to_reference")["verdict"] == "watch"


def test_a_distance_that_chance_lifts_over_the_level_is_not_kept() -> None:
    """Chance alone makes a distance of 0.09 in a window of a hundred, held to one of ten thousand."""
    measure = drift("distance_km", 0.105, rows=100)
    measure["params"]["test"] |= {"scale": 0.01, "scale_reference": 0.0001}
    measures = [measure]
    found = verdict(measures, indicator="likeness_to_reference")
    (each,) = found["comparisons"]
    assert found["verdict"] == "unknown"
    assert each["interval"]["low"] == 0
    assert each["more_decisions"]
    assert "beyond the watch level (0.10)" in found["sentence"]["en"]


@pytest.mark.parametrize(
    ("answer", "estimate", "fr"),
    [
        ("no", 0.7, "Oui. "),
        ("no", 1.0, "Non. "),
        ("open", 0.7, "Pas tenu. "),
        ("open", 1.0, "Tenu. "),
        ("no", 0.88, "À surveiller. "),
    ],
)
def test_the_first_word_answers_the_question_as_it_is_asked(answer, estimate, fr):
    measures = [comparison(WOMEN, estimate=estimate, error=0.02)]
    assert told(measures, charter=amended("selection_rate_ratio", good_answer=answer))[0].startswith(fr)


def test_questions_bear_the_names_of_the_system():
    charter = amended("adjusted_stage_selection_rate_ratio", applies="always", needs=["controls"])
    documents = judge(charter, system(intersections=[["gender", "age"]]), [], window_start=START)
    asked = {d["indicator"]: {lang: plain(text) for lang, text in d["question"].items()} for d in documents}
    assert asked["selection_rate_ratio_gender_age"] == {
        "fr": "Avec MatchFT, les personnes sont-elles aussi souvent contactées d'un groupe à l'autre (sexe × âge) ?",
        "en": "With MatchFT, are people contacted as often in one group as in another (sex × age)?",
    }
    assert "(sexe, âge)" in asked["stage_selection_rate_ratio"]["fr"]
    assert "à profil comparable (critères à déclarer)" in asked["adjusted_stage_selection_rate_ratio"]["fr"]
    assert not any("{" in text for texts in asked.values() for text in texts.values())
    # It falls back to what is written.
    charter = amended("selection_rate_ratio", question={"de": "Werden {decision} gleich oft {group}?"})
    chosen = {"decision": {"column": "c", "selected": [1]}}
    of = system(title={"fr": "Outil"}, groups={"gender": {"column": "g"}}, columns=chosen)
    documents = judge(charter, of, [], window_start=START)
    question = next(d for d in documents if d["template"] == "selection_rate_ratio")["question"]
    assert plain(question["en"]) == "Werden selected gleich oft gender?"
