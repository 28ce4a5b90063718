"""What Holm's correction spans, and how the level is shared within it, worked out by hand and by statsmodels."""

from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from boussole.audits.uncertainty.tests import tails
from boussole.charter.document.answers.verdict import RULE
from boussole.charter.judging.statistics.correction import JudgedWindow, TestedComparison, corrected, gained
from tests.as_json import questions
from tests.charter.builders import CHARTER, WOMEN, amended, comparison, family, system, verdict


@settings(max_examples=8, deadline=None)  # the oracle collects garbage at each call, which is slow
@given(st.lists(st.floats(0.5, 1.3), min_size=3, max_size=3), st.sampled_from([0.03, 0.08, 0.2]))
def test_broken_and_watch_are_corrected_as_statsmodels_does_and_kept_is_not(estimates, error):
    comparisons = verdict(family(estimates, error), indicator="selection_rate_ratio_age", rule=ALL_STAY)["comparisons"]
    for name, level in (("p_breach", 0.8), ("p_watch", 0.95)):
        raw = [NormalDist().cdf((estimate - level) / error) for estimate in estimates]
        expected = multipletests(raw, method="holm")[1]
        assert [c[name] for c in comparisons] == pytest.approx(expected, rel=1e-5, abs=1e-12)
    kept = [1 - NormalDist().cdf((estimate - 0.8) / error) for estimate in estimates]
    assert [c["p_kept"] for c in comparisons] == pytest.approx(kept, rel=1e-5, abs=1e-9)
    assert all(c["adjusted"] for c in comparisons)


def test_holm_can_take_a_breach_away():
    """Alone p = .030; beside two others Holm asks for .0167."""
    error = 0.02
    estimate = 0.8 + NormalDist().inv_cdf(0.03) * error
    assert verdict([comparison(WOMEN, estimate=estimate, error=error)])["verdict"] == "broken"
    measures, asked = family([estimate, 1.0, 1.0], error), "selection_rate_ratio_age"
    found = verdict(measures, indicator=asked, rule=ALL_STAY)
    assert found["verdict"] == "watch"
    assert found["comparisons"][0]["p_breach"] == pytest.approx(0.09, rel=1e-4)
    # Since the seventh rule the two others, ten errors away, keep a fiftieth of their parts; the first has the rest.
    gain = 0.99 / (1 / 3 + 2 / 3 * 0.02)
    found = verdict(measures, indicator=asked)
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

    def broken(measures, rule):
        return verdict(measures, rule=rule)["comparisons"][0]["p_breach"]

    two, three = with_rest(0.77, 1.3), with_rest(0.77, 1.3, 1.3)
    assert broken(two, RULE) == broken(two, ALL_STAY)
    assert broken(three, RULE) == pytest.approx(broken(three, ALL_STAY) / (0.99 / (1 / 3 + 2 / 3 * 0.02)))
    # Of another attribute each of the two leaves its part.
    both = [*two, *family([1.0, 1.0, 1.0], 0.02)]
    assert broken(both, ALL_STAY) > broken(both, RULE) > broken(two, RULE)


def test_what_is_not_kept_is_to_be_watched_too():
    """Eight groups exactly at the watch level leave their parts at the breach level alone, where a ninth that is too
    small to tell one level from the other would be found with nearly the whole level of error: twice 5 %."""
    at_watch, small = {"watch": (0.5, 0.5), "breach": (1 - 1e-9, 1e-9)}, {"watch": (0.02, 0.98), "breach": (0.03, 0.97)}
    tested = [
        TestedComparison(of="one", **each, correlations=(), windows=(JudgedWindow(**each, weight=1.0),))
        for each in (*[at_watch] * 8, small)
    ]
    ninth = corrected(tested, looks=1, alpha=0.05)[-1]
    assert 0.03 < ninth.at_breach < 0.05
    assert ninth.p_breach == ninth.p_watch == pytest.approx(0.18)


def test_what_is_at_a_level_leaves_nothing_to_others():
    """Two of three at the breach level, neither kept nor against it: Holm's third for the first, as before."""
    measures = family([at(0.03, level=0.8), 0.81, 0.82], 0.02)
    found = [
        verdict(measures, indicator="selection_rate_ratio_age", rule=rule)["comparisons"] for rule in (ALL_STAY, RULE)
    ]
    assert [each["p_breach"] for each in found[0]] == [each["p_breach"] for each in found[1]]


def test_a_window_that_speaks_against_a_comparison_keeps_its_part():
    """Five errors away over all months, and beyond the level in the last: nothing is left to others."""
    by_all, lately, other = (
        tails({"kind": "wald", "estimate": e, "se": 0.02}, threshold=0.8, bad_side="below") for e in (0.9, 0.76, 0.8)
    )
    windows = {
        "speaks": (
            JudgedWindow(watch=by_all, breach=by_all, weight=0.9),
            JudgedWindow(watch=lately, breach=lately, weight=0.1),
        ),
        "good": (
            JudgedWindow(watch=by_all, breach=by_all, weight=0.9),
            JudgedWindow(watch=other, breach=other, weight=0.1),
        ),
    }
    one = (JudgedWindow(watch=other, breach=other, weight=1.0),)
    shares = {}
    for name, some in windows.items():
        tested = [
            TestedComparison(of="a", watch=by_all, breach=by_all, correlations=(), windows=some),
            TestedComparison(of="b", watch=other, breach=other, correlations=(), windows=one),
        ]
        shares[name] = gained(tested, [by_all, other], alpha=0.05)
    assert shares["speaks"] == [1.0, 1.0]
    assert shares["good"] == [1.0, pytest.approx(0.99 / (0.5 + 0.5 * (1 - 0.9 * 0.98)))]


ADJUSTED, AT_STAGES = "adjusted_selection_rate_ratio", "adjusted_stage_selection_rate_ratio"
MONTHLY = system(windows={"audit": "month", "reference": "2025-01-01/2025-03-31"})
PROFILED = system(controls={"job": {"column": "job"}}, columns={"stages": ["contacted"]})


HOLM = 3
"""The last rule by which all was shared equally."""
ALL_STAY = 6
"""The last rule by which none leaves its part to the others."""


def at(p, *, level, error=0.02):
    """The estimate whose p at a level is `p`."""
    return level + NormalDist().inv_cdf(p) * error


@pytest.mark.parametrize(("name", "expected"), [("question", 0.03), ("indicator", 0.06), ("selection", 0.09)])
def test_the_questions_of_a_family_share_the_level_equally(name, expected):
    """Women are asked about twice, as a whole and at a stage, ages once: three questions where one family is named."""
    estimate = at(0.03, level=0.8)
    measures = [
        comparison(WOMEN, estimate=estimate, error=0.02, metric=ADJUSTED),
        *(each | {"metric": ADJUSTED} for each in family([1.0, 1.0, 1.0], 0.02)),
        comparison(WOMEN, estimate=1.0, error=0.02, metric=AT_STAGES) | {"given": {"stage": "contacted"}},
    ]
    charter = amended(ADJUSTED, family=name)
    found = verdict(measures, charter=charter, of=PROFILED, indicator=f"{ADJUSTED}_gender", rule=HOLM)
    found = found["comparisons"][0]
    assert found["p_breach"] == pytest.approx(expected, rel=1e-4)
    assert found["share"] == pytest.approx(0.03 / expected)
    ages = verdict(measures, charter=charter, of=PROFILED, indicator=f"{ADJUSTED}_age", rule=HOLM)["comparisons"]
    assert [c["share"] for c in ages] == pytest.approx([0.01 / expected] * 3)


def test_what_is_found_leaves_its_part_to_the_others_of_the_family():
    """By hand: half of the level to women, a sixth to each age. p ÷ part: .024, .012, .36, 3. The smallest is held to
    the whole (.012); without it 5/6 is left, so that women have .02; then a third for .12, a sixth for .5."""
    ages = [at(p, level=0.95) for p in (0.002, 0.06, 0.5)]
    measures = [comparison(WOMEN, estimate=at(0.012, level=0.95), error=0.02), *family(ages, 0.02)]
    women, older = (
        verdict(measures, indicator=f"selection_rate_ratio_{name}", rule=HOLM) for name in ("gender", "age")
    )
    found = [c["p_watch"] for c in (*women["comparisons"], *older["comparisons"])]
    assert found == pytest.approx([0.02, 0.012, 0.12, 0.5], rel=1e-4)


def test_a_question_without_a_breach_level_takes_no_part_of_that_correction():
    measures = [
        comparison(WOMEN, estimate=at(0.03, level=0.8), error=0.02, metric=ADJUSTED),
        comparison(WOMEN, estimate=1.0, error=0.02, metric=AT_STAGES) | {"given": {"stage": "contacted"}},
    ]
    charter = amended(AT_STAGES, threshold={"breach": None})
    for rule, share in ((HOLM, 0.5), (ALL_STAY, 0.61), (RULE, 0.98)):  # at the watch level the stage leaves its part
        whole, stages = (
            verdict(measures, charter=charter, of=PROFILED, indicator=f"{name}_gender", rule=rule)["comparisons"][0]
            for name in (ADJUSTED, AT_STAGES)
        )
        assert (whole["p_breach"], whole["share"]) == (pytest.approx(0.03, rel=1e-4), pytest.approx(share, abs=0.01))
        assert stages["p_breach"] is None


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
    measures = [
        comparison(WOMEN, estimate=0.6, error=0.02, metric=ADJUSTED),
        *(each | {"metric": ADJUSTED} for each in family([1.0, 1.0, 1.0], 0.02)),
        comparison(WOMEN, estimate=at(0.026, level=0.8), error=0.02, metric=AT_STAGES)
        | {"given": {"stage": "contacted"}},
    ]
    charter = amended(ADJUSTED, family="selection")
    by_rule = [
        verdict(measures, charter=charter, of=PROFILED, indicator=f"{AT_STAGES}_gender", rule=rule)["comparisons"][0]
        for rule in (HOLM, RULE)
    ]
    assert by_rule[0]["p_breach"] == pytest.approx(0.052, rel=1e-3)
    assert by_rule[1]["p_breach"] < 0.05 < by_rule[0]["p_breach"]


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
