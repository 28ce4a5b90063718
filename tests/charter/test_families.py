"""What Holm's correction spans, and how the level is shared within it, worked out by hand and by statsmodels."""

from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from boussole.audits.uncertainty.tests import tails
from boussole.charter.judging.statistics.correction import JudgedWindow, TestedComparison, corrected, gained
from tests.as_json import questions
from tests.charter.builders import CHARTER, WOMEN, amended, comparison, family, system, verdict

AGE = "selection_rate_ratio_age"


@settings(max_examples=8, deadline=None)  # the oracle collects garbage at each call, which is slow
@given(st.lists(st.floats(0.5, 1.3), min_size=3, max_size=3), st.sampled_from([0.03, 0.08, 0.2]))
def test_broken_and_watch_are_corrected_as_statsmodels_does_and_kept_is_not(estimates, error):
    def sides(estimate, level):
        return tails({"kind": "wald", "estimate": estimate, "se": error}, threshold=level, bad_side="below")

    alike = [TestedComparison(of="age", watch=sides(e, 0.95), breach=sides(e, 0.8), correlations=()) for e in estimates]
    found = corrected(alike, looks=1, alpha=0.05)
    for name, level in (("p_breach", 0.8), ("p_watch", 0.95)):
        raw = [NormalDist().cdf((estimate - level) / error) for estimate in estimates]
        expected = multipletests(raw, method="holm")[1]
        assert [getattr(each, name) for each in found] == pytest.approx(expected, rel=1e-5, abs=1e-12)
    kept = [1 - NormalDist().cdf((estimate - 0.8) / error) for estimate in estimates]
    assert [each.p_kept for each in found] == pytest.approx(kept, rel=1e-5, abs=1e-9)
    assert all(each["adjusted"] for each in verdict(family(estimates, error), indicator=AGE)["comparisons"])


def test_the_others_take_part_of_the_level_unless_they_are_clearly_good():
    """Alone p = .030; beside two others that stand at the level Holm asks for .0167."""
    error = 0.02
    estimate = 0.8 + NormalDist().inv_cdf(0.03) * error
    assert verdict([comparison(WOMEN, estimate=estimate, error=error)])["verdict"] == "broken"
    found = verdict(family([estimate, 0.81, 0.82], error), indicator=AGE)
    assert found["comparisons"][0]["p_breach"] == pytest.approx(0.09, rel=1e-4)
    # Two others, ten errors away on the good side, keep a fiftieth of their parts; the first has the rest.
    gain = 0.99 / (1 / 3 + 2 / 3 * 0.02)
    found = verdict(family([estimate, 1.0, 1.0], error), indicator=AGE)
    assert found["verdict"] == "broken"
    assert found["comparisons"][0]["p_breach"] == pytest.approx(0.09 / gain, rel=1e-4)


def with_rest(*estimates, error=0.02):
    """Women, men and perhaps others, each compared with all others."""
    return [
        comparison({"gender": group}, estimate=estimate, error=error, against="rest")
        for group, estimate in zip("FMX", estimates, strict=False)
    ]


def test_two_groups_that_are_compared_with_each_other_leave_nothing_to_one_another():
    """What is bad for one by chance is good for the other: so errors would add up."""

    def broken(measures):
        return verdict(measures)["comparisons"][0]["p_breach"]

    alone = NormalDist().cdf((0.77 - 0.8) / 0.02)
    two, three = with_rest(0.77, 1.3), with_rest(0.77, 1.3, 1.3)
    assert broken(two) == pytest.approx(2 * alone, rel=1e-4)
    assert broken(three) == pytest.approx(3 * alone / (0.99 / (1 / 3 + 2 / 3 * 0.02)), rel=1e-4)
    # Of another attribute each of the two leaves its part.
    assert 4 * alone > broken([*two, *family([1.0, 1.0, 1.0], 0.02)]) > broken(two)


def test_what_is_not_kept_is_to_be_watched_too():
    """Eight groups exactly at the watch level leave their parts to a ninth at the breach level alone."""
    at_watch, small = {"watch": (0.5, 0.5), "breach": (1 - 1e-9, 1e-9)}, {"watch": (0.02, 0.98), "breach": (0.03, 0.97)}
    tested = [
        TestedComparison(of="one", **each, correlations=(), windows=(JudgedWindow(**each, weight=1.0),))
        for each in (*[at_watch] * 8, small)
    ]
    ninth = corrected(tested, looks=1, alpha=0.05)[-1]
    assert 0.03 < ninth.at_breach < 0.05
    assert ninth.p_breach == ninth.p_watch == pytest.approx(0.18)


def test_a_window_that_speaks_against_a_comparison_keeps_its_part():
    """Five errors away over all months, and beyond the level in the last: nothing is left to others."""
    by_all, lately, other = (
        tails({"kind": "wald", "estimate": e, "se": 0.02}, threshold=0.8, bad_side="below") for e in (0.9, 0.76, 0.8)
    )
    whole, last, good, one = (
        JudgedWindow(watch=each, breach=each, weight=weight)
        for each, weight in ((by_all, 0.9), (lately, 0.1), (other, 0.1), (other, 1.0))
    )
    for windows, second in (((whole, last), 1.0), ((whole, good), 0.99 / (0.5 + 0.5 * (1 - 0.9 * 0.98)))):
        tested = [
            TestedComparison(of="a", watch=by_all, breach=by_all, correlations=(), windows=windows),
            TestedComparison(of="b", watch=other, breach=other, correlations=(), windows=(one,)),
        ]
        assert gained(tested, [by_all, other], alpha=0.05) == [1.0, pytest.approx(second)]


ADJUSTED, AT_STAGES = "adjusted_selection_rate_ratio", "adjusted_stage_selection_rate_ratio"
MONTHLY = system(windows={"audit": "month", "reference": "2025-01-01/2025-03-31"})
PROFILED = system(controls={"job": {"column": "job"}}, columns={"stages": ["contacted"]})


def at(p, *, level, error=0.02):
    """The estimate whose p at a level is `p`."""
    return level + NormalDist().inv_cdf(p) * error


def test_what_can_answer_does_not_pay_for_what_cannot():
    """Half of a question's part stays its own; the other goes where a tenth beyond the level would be seen."""
    measures = [comparison(WOMEN, estimate=0.95, error=0.03), *family([1.0, 1.0, 1.0], 0.6)]
    women, older = (verdict(measures, indicator=f"selection_rate_ratio_{name}") for name in ("gender", "age"))
    shares = [c["share"] for c in (*women["comparisons"], *older["comparisons"])]
    assert sum(shares) == pytest.approx(1)
    assert shares == pytest.approx([0.75, 1 / 12, 1 / 12, 1 / 12], rel=0.02)


def test_a_question_weighs_what_the_charter_says():
    measures = [comparison(WOMEN, estimate=1.0, error=0.02), *family([1.0, 1.0, 1.0], 0.02)]
    charter = amended("selection_rate_ratio", weight=3.0)
    assert charter.document() != CHARTER.document()
    assert amended("selection_rate_ratio", weight=1.0).document() == CHARTER.document()
    alike = [
        verdict(measures, charter=each, indicator="selection_rate_ratio_gender")["comparisons"][0]["share"]
        for each in (CHARTER, charter)
    ]
    assert alike[0] == pytest.approx(alike[1])  # one question of each attribute, all three times as heavy


def test_what_is_found_pays_for_what_follows_from_it():
    """Women are found not kept; their stage, which is about part of them, inherits half of what they had."""

    def at_the_stage(women: float) -> float:
        measures = [
            comparison(WOMEN, estimate=women, error=0.02, metric=ADJUSTED),
            *(each | {"metric": ADJUSTED} for each in family([1.0, 1.0, 1.0], 0.02)),
            comparison(WOMEN, estimate=at(0.026, level=0.8), error=0.02, metric=AT_STAGES)
            | {"given": {"stage": "contacted"}},
        ]
        charter = amended(ADJUSTED, family="selection")
        (stage,) = verdict(measures, charter=charter, of=PROFILED, indicator=f"{AT_STAGES}_gender")["comparisons"]
        return stage["p_breach"]

    assert at_the_stage(women=0.6) < 0.05 < at_the_stage(women=0.8)


def test_families_of_two_articles_are_two():
    """The same name elsewhere is another family, and nobody can name one after a question."""
    twin = CHARTER.article("equite").model_copy(update={"id": "twin"})
    of, measures = system(), [comparison(WOMEN, estimate=1.0, error=0.02)]
    (one, other) = (
        next(q for q in questions(CHARTER.model_copy(update={"articles": [article]}), of, measures) if q.comparisons)
        for article in (CHARTER.article("equite"), twin)
    )
    assert one.id == other.id
    assert one.family != other.family
