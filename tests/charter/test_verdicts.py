"""The verdict rules, on families whose p-values are worked out by hand."""

import datetime as dt
import math
from statistics import NormalDist

import pytest

from boussole.audits.errors import CharterError
from boussole.charter.judging.statistics.correction import PValues
from boussole.charter.judging.statistics.testing import p_values, verdict_of
from boussole.charter.judging.verdicts import oriented
from boussole.charter.records.facts import Facts
from tests.as_json import judge, questions, summarise, unmeasured
from tests.charter.builders import (
    CHARTER,
    START,
    WOMEN,
    absent,
    amended,
    comparison,
    drift,
    everybody,
    family,
    harmful,
    system,
    verdict,
)


@pytest.mark.parametrize(
    ("estimate", "error", "expected"),
    [
        (0.70, 0.05, "broken"),  # z at .80 is −2
        (0.70, 0.07, "watch"),  # z at .80 is −1.4, at .95 −3.6
        (0.85, 0.05, "watch"),  # z at .95 is −2
        (0.93, 0.05, "unknown"),  # z at .80 is +2.6, and the figure lies below .95
        (0.96, 0.05, "kept"),  # z at .80 is +3.2
        (0.85, 0.10, "unknown"),  # z at .80 is +0.5, at .95 −1
        (1.10, 0.05, "kept"),
    ],
)
def test_one_comparison(estimate, error, expected):
    found = verdict([comparison(WOMEN, estimate=estimate, error=error)])
    assert found["verdict"] == found["comparisons"][0]["verdict"] == expected


@pytest.mark.parametrize(
    ("estimate", "error", "expected"),
    [
        (1.40, 0.05, "broken"),
        (1.20, 0.05, "watch"),
        (1.10, 0.05, "unknown"),
        (1.04, 0.05, "kept"),
        (1.2, 0.2, "unknown"),
        (0.7, 0.05, "kept"),
    ],
)
def test_levels_are_inverted_where_being_selected_is_a_harm(estimate, error, expected):
    """Breach at 1.25, watch at 1/0.95 = 1.0526."""
    found = verdict([comparison(WOMEN, estimate=estimate, error=error, bad_side="above")], of=harmful())
    assert found["verdict"] == expected
    assert found["comparisons"][0]["levels"] == {"watch": 1 / 0.95, "breach": 1.25}


@pytest.mark.parametrize(
    ("estimate", "error", "expected"),
    [
        (-0.15, 0.02, "broken"),
        (-0.06, 0.02, "watch"),
        (-0.02, 0.02, "unknown"),  # the watch level is no gap at all
        (0.0, 0.02, "kept"),
        (-0.05, 0.06, "unknown"),
        (0.30, 0.02, "kept"),
    ],
)
def test_a_gap_is_judged_on_its_bad_side_only(estimate, error, expected):
    metric = "true_positive_rate_difference"
    measure = comparison(WOMEN, estimate=estimate, error=error, metric=metric, scale="difference")
    assert verdict([measure], indicator=f"{metric}_gender")["verdict"] == expected


def test_a_harmful_gap_has_its_levels_above_zero():
    metric = "false_positive_rate_difference"
    measure = comparison(WOMEN, estimate=0.2, error=0.02, metric=metric, scale="difference", bad_side="above")
    found = verdict([measure], indicator=f"{metric}_gender", of=harmful())
    assert (found["verdict"], found["comparisons"][0]["levels"]["breach"]) == ("broken", 0.1)


def test_p_values_are_one_sided_normal_tails():
    found = verdict([comparison(WOMEN, estimate=0.85, error=0.1)])["comparisons"][0]
    below = NormalDist().cdf
    assert math.isclose(found["p_breach"], below(0.5), rel_tol=1e-6)
    assert math.isclose(found["p_watch"], below(-1.0), rel_tol=1e-6)
    assert math.isclose(found["p_kept"], 1 - below(0.5), rel_tol=1e-6)


@pytest.mark.parametrize(
    ("estimates", "expected", "reason"),
    [
        ([0.5, 0.9, 1.0], "broken", "beyond_breach"),
        ([0.87, 0.97, 1.0], "watch", "beyond_watch"),
        ([1.0, 1.0, 1.0], "kept", "all_kept"),
    ],
)
def test_a_question_takes_the_worst_of_its_comparisons(estimates, expected, reason):
    found = verdict(family(estimates, 0.02), indicator="selection_rate_ratio_age")
    assert (found["verdict"], found["reason"]) == (expected, reason)


def test_a_hidden_group_makes_only_its_own_comparison_unknown():
    hidden = absent({"age": "<25"}, status="suppressed", reason="small_group")
    others = family([1.0, 1.0, 1.0], 0.02)[1:]
    found = verdict([hidden, *others], indicator="selection_rate_ratio_age")
    assert (found["verdict"], found["reason"]) == ("unknown", "small_group")
    assert [c["verdict"] for c in found["comparisons"]] == ["unknown", "kept", "kept"]
    first = found["comparisons"][0]
    assert (first["p_breach"], first["p_watch"], first["p_kept"], first["adjusted"]) == (None, None, None, False)
    assert (first["reason"], first["more_decisions"]) == ("small_group", None)
    broken = verdict([hidden, comparison({"age": "50+"}, estimate=0.5, error=0.02)], indicator=found["indicator"])
    assert broken["verdict"] == "broken"
    measure = comparison({"age": "50+"}, estimate=0.76, error=0.02, against="rest")
    both = [verdict(m, indicator=found["indicator"])["comparisons"] for m in ([measure], [hidden, measure])]
    assert both[0][0]["p_breach"] == both[1][1]["p_breach"]  # it is not counted in the family


@pytest.mark.parametrize("reason", ["zero_denominator", "no_outcomes", "reference_absent", "selective_labels"])
def test_an_undefined_comparison_is_unknown_with_its_reason(reason):
    metric = "true_positive_rate_difference"
    measure = absent(WOMEN, status="undefined", reason=reason, metric=metric)
    found = verdict([measure], indicator=f"{metric}_gender")
    assert (found["verdict"], found["reason"], found["comparisons"][0]["reason"]) == ("unknown", reason, reason)


STRATUM = comparison(WOMEN, estimate=0.5, error=0.02) | {"given": {"occupation": "M16"}}


@pytest.mark.parametrize("measure", [everybody(1000), STRATUM])
def test_a_question_without_any_comparison_is_never_kept(measure):
    found = verdict([measure])
    assert (found["verdict"], found["reason"], found["comparisons"]) == ("unknown", "no_comparison", [])


@pytest.mark.parametrize(("estimate", "error", "z"), [(0.97, 0.17, 1), (0.82, 0.10, 1.3)])
def test_more_decisions_settle_an_unknown_comparison_at_the_nearer_level(estimate, error, z):
    """z at .80 is 1: (1.645 + 0.842)² = 6.18 times the decisions; .82 is nearer to .80, and .95 is reached first."""
    found = verdict([everybody(10_000), comparison(WOMEN, estimate=estimate, error=error)])["comparisons"][0]
    assert found["verdict"] == "unknown"
    assert found["more_decisions"] == pytest.approx(10_000 * (((1.6449 + 0.8416) / z) ** 2 - 1), rel=0.001)


def test_no_number_is_promised_where_none_is_reasonable():
    charter = amended("selection_rate_ratio", threshold={"watch": 0.9})
    measure = comparison(WOMEN, estimate=0.9, error=10.0)
    assert verdict([measure], charter=charter)["comparisons"][0]["more_decisions"] is None


@pytest.mark.parametrize(("value", "expected"), [(0.02, "kept"), (0.2, "watch"), (0.1, "unknown"), (2.0, "watch")])
def test_drift_has_no_breach_level_so_that_it_is_watched_at_most(value, expected):
    found = verdict([drift("score", value)], indicator="likeness_to_reference")
    assert found["verdict"] == expected
    assert found["comparisons"][0]["p_breach"] is None
    assert found["comparisons"][0]["against"] == "reference"


@pytest.mark.parametrize(
    ("subject", "expected"),
    [(None, ["kept", "watch"]), ("score", ["kept"]), ("features", ["watch"])],
)
def test_a_charter_asks_of_scores_and_features_at_once_or_apart_and_the_worst_counts(subject, expected):
    charter = amended("likeness_to_reference", subject=subject)
    measures = [drift("score", 0.02), drift("distance_km", 0.5)]
    found = verdict(measures, indicator="likeness_to_reference", charter=charter)
    assert (found["verdict"], [each["verdict"] for each in found["comparisons"]]) == (expected[-1], expected)


def ids(of):
    return {document["indicator"] for document in judge(CHARTER, of, [], window_start=START)}


def test_questions_expand_over_attributes_and_intersections_judged_on_their_own_comparisons():
    of = system(intersections=[["gender", "age"]])
    found = ids(of)
    assert {f"selection_rate_ratio_{by}" for by in ("gender", "age", "gender_age")} <= found
    assert "selection_rate_ratio" not in found
    measure = comparison({"gender": "F", "age": "50+"}, estimate=0.5, error=0.02, against="rest")
    both = verdict([measure], indicator="selection_rate_ratio_gender_age", of=of)
    assert (both["by"], both["template"], both["number"]) == (["gender", "age"], "selection_rate_ratio", "3.1")
    assert both["verdict"] == "broken"
    assert verdict([measure], of=of)["reason"] == "no_comparison"


def test_comparable_profiles_are_asked_about_beside_everybody_and_never_in_their_place():
    """Over everybody in any case; among comparable profiles too where the file says by what, and only there."""
    stages = {"stages": ["contacted"]}
    raw = {"selection_rate_ratio_gender", "stage_selection_rate_ratio_gender"}
    adjusted = {f"adjusted_{name}" for name in raw}
    assert raw | adjusted <= ids(system(controls={"job": {"column": "job"}}, columns=stages))
    plain = ids(system(columns=stages))
    assert raw <= plain
    assert not [name for name in plain if name.startswith("adjusted")]


def test_a_question_is_asked_of_a_system_in_one_way():
    """About people missed where being selected is good, about those singled out where it is a harm. Never both."""
    chosen = {"column": "hired", "positive": [True], "observed_for": "selected", "absent": "missing"}
    missed, singled, sure = (
        f"{m}_difference_gender" for m in ("true_positive_rate", "false_positive_rate", "precision")
    )
    asked = [{missed, singled, sure} & ids(of) for of in (system(), harmful(), system(columns={"outcome": chosen}))]
    assert (asked[0], asked[1], sure in asked[2]) == ({missed}, {singled}, True)


def test_where_every_way_lacks_something_the_first_that_applies_says_what():
    of = harmful(columns={"outcome": None})
    found = verdict([everybody(1000)], indicator="false_positive_rate_difference", of=of)
    assert (found["verdict"], found["reason"]) == ("not_examined", "no_outcome")


def test_another_way_has_its_own_levels_or_those_of_the_question():
    missed, singled_out = "true_positive_rate_difference", "false_positive_rate_difference"
    assert CHARTER.indicator(singled_out).threshold == CHARTER.indicator(missed).threshold
    own = amended(singled_out, threshold={"watch": 0.05})
    assert own.indicator(singled_out).threshold.watch == 0.05
    assert own.indicator(missed).threshold.watch == 0


def test_a_declared_system_is_asked_only_what_needs_no_log():
    declared = system(kind="generation", groups={}, features=[], windows={}).model_copy(
        update={"kind": "declared", "columns": None}
    )
    documents = judge(CHARTER, declared, [], window_start=START)
    assert {document["reason"] for document in documents} == {
        "not_attested",
        "no_accounts",
        "no_incident",
        "no_training",
        "no_opinion",
        "no_planting",
        "no_stocktaking",
        "no_public_rules",
    }
    assert {"examined_first", "incidents_in_time"} <= {document["indicator"] for document in documents}
    assert not {"selection_rate_ratio", "likeness_to_reference"} & {document["indicator"] for document in documents}


def test_two_questions_with_one_name_are_an_error():
    of = system(
        groups={name: {"column": name} for name in ("gender", "age", "gender_age")}, intersections=[["gender", "age"]]
    )
    with pytest.raises(CharterError, match="2 questions about 'matchft' would be called 'selection_rate_ratio_gen"):
        judge(CHARTER, of, [], window_start=START)


@pytest.mark.parametrize(
    ("status", "since", "proven", "start", "post_hoc"),
    [
        ("adopted", dt.date(2026, 7, 2), dt.date(2026, 6, 1), START, True),
        ("adopted", dt.date(2026, 7, 1), dt.date(2026, 7, 1), START, False),
        ("adopted", dt.date(2026, 6, 1), dt.date(2026, 7, 2), START, True),
        ("adopted", dt.date(2020, 1, 1), None, START, True),
        ("adopted", dt.date(2026, 7, 2), dt.date(2026, 6, 1), dt.datetime(2026, 7, 1, 23, tzinfo=dt.UTC), True),
        ("proposed", dt.date(2026, 11, 25), None, START, False),
    ],
)
def test_a_threshold_is_post_hoc_unless_its_adoption_is_proved_before_the_window(
    status, since, proven, start, post_hoc
):
    charter = amended("selection_rate_ratio", threshold={"status": status, "since": since})
    facts = Facts(as_of=dt.date(2026, 8, 1), adopted={"selection_rate_ratio": proven} if proven else {})
    documents = judge(charter, system(), [], window_start=start, facts=facts)
    threshold = next(d for d in documents if d["indicator"] == "selection_rate_ratio_gender")["threshold"]
    assert (threshold["status"], threshold["since"], threshold["post_hoc"]) == (status, since.isoformat(), post_hoc)
    assert threshold["proven_on"] == (proven and proven.isoformat())
    assert set(threshold["justification"]) == {"fr", "en"}


def test_orientation():
    assert oriented(0.95, scale="ratio", bad_side="above") == 1 / 0.95
    assert oriented(0.0, scale="difference", bad_side="below") == 0
    with pytest.raises(CharterError, match="State it for the favourable side"):
        oriented(1.25, scale="ratio", bad_side="above")


def test_alpha_is_that_of_the_charter():
    p = PValues(p_breach=0.03, p_watch=0.03, p_kept=0.9, share=1.0, at_breach=0.05, at_watch=0.05, at_kept=0.05)
    assert [str(verdict_of(p, alpha, past_watch=True)) for alpha in (0.05, 0.01)] == ["broken", "unknown"]
    measure = comparison(WOMEN, estimate=0.70, error=0.05)  # p = .023
    assert verdict([measure], charter=CHARTER.model_copy(update={"alpha": 0.01}))["verdict"] == "watch"


def test_only_comparisons_with_a_value_have_p_values():
    measures = [comparison(WOMEN, estimate=0.9, error=0.1), absent({"age": "50+"}, status="undefined", reason="x")]
    tested = p_values(questions(CHARTER, system(), measures), alpha=CHARTER.alpha)
    assert set(tested) == {("selection_rate_ratio_gender", "selection_rate_ratio/gender=F")}


def summary(**verdicts):
    documents = [{"article": "equite", "verdict": v} for name, n in verdicts.items() for v in [name] * n]
    return next(entry for entry in summarise(CHARTER, documents) if entry["article"] == "equite")


@pytest.mark.parametrize(
    ("verdicts", "expected", "answered", "asked"),
    [
        ({"kept": 5}, "kept", 5, 5),
        ({"kept": 5, "unknown": 1}, "unknown", 5, 6),
        ({"kept": 5, "not_examined": 1}, "unknown", 5, 6),
        ({"kept": 5, "watch": 1, "not_examined": 3}, "watch", 6, 9),
        ({"broken": 1, "watch": 2, "unknown": 3, "not_examined": 4}, "broken", 3, 10),
        ({"not_examined": 4}, "not_examined", 0, 4),
        ({"unknown": 1, "not_examined": 4}, "unknown", 0, 5),
        ({}, "not_examined", 0, 0),
    ],
)
def test_an_article_is_kept_only_when_all_is_answered_and_kept(verdicts, expected, answered, asked):
    told = {"article": "equite", "verdict": expected, "answered": answered, "asked": asked, "capped_by": []}
    assert summary(**verdicts) == told


def test_what_no_audit_has_measured_is_not_said_to_have_only_one_group():
    """An audit that found one group alone says so; where none was made, that is the reason."""
    found = unmeasured(CHARTER, system(), Facts(as_of=START))
    measured = [each for each in found["verdicts"] if each["metric"] is not None]
    lacking = {each["reason"] for each in measured} - {"not_audited"}
    assert {each["verdict"] for each in measured} == {"not_examined"}
    assert all(reason.startswith("no_") for reason in lacking)  # what the system file does not declare stays told
    (women,) = [each for each in measured if each["indicator"] == "selection_rate_ratio_gender"]
    assert women["sentence"] == {
        "en": "Not examined: no audit has counted decisions of this system yet.",
        "fr": "Pas examiné\u202f: aucun audit n’a encore compté de décisions de ce système.",
    }
    assert {each["verdict"] for each in found["articles"]} == {"not_examined"}
