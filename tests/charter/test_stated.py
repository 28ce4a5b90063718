"""Verdicts that rest on what people state: until when, confirmed by whom, capped by which authority."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest

from boussole.audits.languages import french
from boussole.charter.deadlines.days import months_later
from boussole.charter.record_types import kinds
from boussole.charter.records import SealedStatement
from boussole.charter.records.facts import Facts
from tests.as_json import current, judge, summarise
from tests.charter.builders import CHARTER, WOMEN, amended, comparison, plain, system
from tests.written import LETTER
from tests.written import finding as finding_of_security

START, END = dt.date(2026, 7, 1), dt.date(2026, 7, 31)
DAY = dt.date(2026, 8, 1)


def facts(*given: kinds.Statement, as_of: dt.date = DAY) -> Facts:
    """Statements sealed one after the other, from entry 10 on."""
    return Facts(
        as_of=as_of,
        sealed=tuple(SealedStatement(entry=10 + i, sealed_on=each.on, statement=each) for i, each in enumerate(given)),
    )


def found(indicator: str, given: Facts, **changes: Any) -> dict[str, Any]:
    """What is said of one question."""
    charter = changes.pop("charter", CHARTER)
    documents = judge(charter, system(), [], window_start=START, window_end=END, facts=given)
    return next(document for document in documents if document["template"] == indicator)


def survey(**changes: Any) -> kinds.Attestation:
    """Staff representatives said in March that work got better."""
    values = {"role": "Staff representatives", "on": dt.date(2026, 3, 1), "indicator": "work_got_better"}
    values |= {"answer": "kept", "valid_until": dt.date(2027, 3, 1), "document": LETTER}
    return kinds.Attestation(**(values | changes))


def case(**changes: Any) -> kinds.Case:
    values = {"role": "Agency", "on": dt.date(2026, 7, 20), "indicator": "undeclared_use", "system": "matchft"}
    return kinds.Case(**(values | {"happened_on": dt.date(2026, 7, 10)} | changes))


def inspection(**changes: Any) -> kinds.Inspection:
    """4,000 calls were read by people who see nine undeclared uses out of ten: 3,600 are as good as seen."""
    values = {"role": "Quality team", "on": END, "indicator": "undeclared_use", "system": "matchft"}
    values |= {"start": START, "end": END, "examined": 4000, "found": 0, "recall": 0.9}
    return kinds.Inspection(**(values | changes))


def review(of: int, outcome: str = "confirmed", **changes: Any) -> kinds.Review:
    return kinds.Review(**({"role": "Data protection officer", "on": DAY, "of": of, "outcome": outcome} | changes))


def test_without_a_statement_nobody_has_looked():
    told = found("work_got_better", facts())
    assert (told["verdict"], told["reason"], told["statement"]) == ("not_examined", "not_attested", None)


@pytest.mark.parametrize("answer", ["kept", "watch", "broken"])
def test_a_statement_answers_and_says_who_and_until_when(answer):
    told = found("work_got_better", facts(survey(answer=answer)))
    assert (told["verdict"], told["reason"]) == (answer, "attested")
    assert told["statement"] == {
        "entry": 10,
        "role": "Staff representatives",
        "on": "2026-03-01",
        "valid_until": "2027-03-01",
        "document": "ab" * 32,
        "renew": False,
    }
    assert plain(told["sentence"]["en"]).endswith(
        "Stated by: Staff representatives, on 1 March 2026, with a document; valid until 1 March 2027."
    )


@pytest.mark.parametrize(
    ("as_of", "verdict", "renew"),
    [
        (dt.date(2026, 12, 30), "kept", False),
        (dt.date(2026, 12, 31), "kept", True),  # 60 days before 1 March 2027
        (dt.date(2027, 3, 1), "kept", True),
        (dt.date(2027, 3, 2), "unknown", True),
    ],
)
def test_it_asks_to_be_renewed_then_expires_into_unknown(as_of, verdict, renew):
    told = found("work_got_better", facts(survey(), as_of=as_of))
    assert (told["verdict"], told["statement"]["renew"]) == (verdict, renew)
    if verdict == "unknown":
        assert told["reason"] == "attestation_expired"
        assert "expired on 1 March 2027" in told["sentence"]["en"]


ANSWERS = ("kept", "watch", "broken")
PAIRS = list(itertools.product(ANSWERS, ANSWERS))
OLD, NEW = dt.date(2026, 3, 1), dt.date(2026, 5, 1)
SOON = dt.date(2026, 6, 1)
VOID = {"expired": {"valid_until": SOON}, "reworded": {"asked": "ab" * 32}}


def answered(*given: kinds.Statement, as_of: dt.date = DAY) -> tuple[str, int]:
    """The verdict, and the entry of the statement that counts."""
    told = found("work_got_better", facts(*given, as_of=as_of))
    return told["verdict"], told["statement"]["entry"]


def own(**changes: Any) -> kinds.Attestation:
    return survey(system="matchft", **changes)


@pytest.mark.parametrize("system", [None, "matchft"])
@pytest.mark.parametrize("answers", PAIRS)
def test_of_statements_about_the_same_the_later_counts(answers, system):
    first, second = answers
    earlier, later = survey(answer=first, on=OLD, system=system), survey(answer=second, on=NEW, system=system)
    assert answered(earlier, later) == (second, 11)
    assert answered(later, earlier) == (second, 10)  # sealed late: the day it was made counts
    assert answered(earlier, survey(answer=second, on=OLD, system=system)) == (second, 11)


@pytest.mark.parametrize("answers", PAIRS)
def test_a_later_statement_about_all_counts_only_where_it_says_worse(answers):
    ours, of_all = answers
    worse = ANSWERS.index(of_all) > ANSWERS.index(ours)
    for day in (OLD, NEW):  # on the same day, the one sealed later
        given = (own(answer=ours, on=OLD), survey(answer=of_all, on=day))
        assert answered(*given) == ((of_all, 11) if worse else (ours, 10))
    # What is said later of one system replaces what was said of all.
    assert answered(survey(answer=of_all, on=OLD), own(answer=ours, on=NEW)) == (ours, 11)


@pytest.mark.parametrize("void", VOID)
@pytest.mark.parametrize("answer", ANSWERS)
def test_what_was_said_of_all_before_does_not_come_back_when_the_other_expires(answer, void):
    """Somebody looked at this system since, and it was broken: an older, wider answer cannot stand for it."""
    assert answered(survey(answer=answer, on=OLD), own(answer="broken", on=NEW, **VOID[void])) == ("unknown", 11)


@pytest.mark.parametrize("days", [(OLD, NEW), (NEW, OLD)])
def test_one_about_a_system_that_is_withdrawn_leaves_what_is_said_of_all(days):
    ours, of_all = days
    assert answered(own(answer="broken", on=ours), survey(on=of_all), WITHDRAWN) == ("kept", 11)
    assert answered(own(on=ours), survey(answer="broken", on=of_all), WITHDRAWN) == ("broken", 11)


def test_what_is_said_of_another_system_says_nothing_here():
    other = survey(answer="broken", on=SOON, system="chatft")
    assert answered(own(), survey(answer="watch", on=NEW), other) == ("watch", 11)


LATER, WITHDRAWN = DAY + dt.timedelta(days=10), kinds.Withdrawal(role="Secretariat", on=DAY, of=10)


@pytest.mark.parametrize(
    ("question", "given", "as_of", "verdict"),
    [
        ("work_got_better", [survey()], dt.date(2026, 2, 28), "not_examined"),  # said a day later
        ("work_got_better", [survey(), WITHDRAWN], DAY, "not_examined"),
        ("work_got_better", [survey(), WITHDRAWN.model_copy(update={"on": LATER})], DAY, "kept"),
        ("work_got_better", [survey(), WITHDRAWN.model_copy(update={"on": LATER})], LATER, "not_examined"),
        ("undeclared_use", [case(), review(10, on=LATER)], DAY, "watch"),
        ("undeclared_use", [case(), review(10, on=LATER)], LATER, "broken"),
    ],
)
def test_nothing_says_anything_of_a_day_before_its_own(question, given, as_of, verdict):
    """Who looks at a past day, or computes its audit again, sees what stood on it."""
    assert found(question, facts(*given, as_of=as_of))["verdict"] == verdict


def test_a_review_that_is_withdrawn_leaves_the_case_open_again():
    given = [case(), review(10, "refuted"), kinds.Withdrawal(role="Secretariat", on=LATER, of=11)]
    for as_of, reason in ((DAY, "cases_refuted"), (LATER, "case_to_confirm")):
        assert found("undeclared_use", facts(*given, as_of=as_of))["reason"] == reason


@pytest.mark.parametrize(
    ("given", "as_of", "expected"),
    [
        ([case(), review(10)], DAY, ("broken", "case_confirmed")),
        ([case()], dt.date(2026, 8, 19), ("watch", "case_to_confirm")),
        ([case()], dt.date(2026, 8, 20), ("broken", "case_unconfirmed")),  # 31 days
        ([case(), review(10, "refuted")], DAY, ("unknown", "cases_refuted")),
        ([case(), review(10), review(10, "refuted")], DAY, ("unknown", "cases_refuted")),
        ([case(), review(10, "refuted"), inspection()], DAY, ("kept", "rule_of_three")),
        ([inspection(found=2)], DAY, ("watch", "case_to_confirm")),
        ([inspection(found=2), review(10)], DAY, ("broken", "case_confirmed")),
        ([case(happened_on=dt.date(2026, 6, 30))], DAY, ("not_examined", "no_purposes")),
        ([case(system="chatft")], DAY, ("not_examined", "no_purposes")),
    ],
)
def test_zero_tolerance(given, as_of, expected):
    told = found("undeclared_use", facts(*given, as_of=as_of))
    assert (told["verdict"], told["reason"]) == expected


@pytest.mark.parametrize(
    ("given", "as_of", "breaks_from", "expected"),
    [
        ([case(), review(10)], DAY, 11, ("watch", "case_confirmed", 1)),  # of 10 July
        ([case(), review(10)], DAY, 10, ("broken", "case_confirmed", None)),
        ([case()], dt.date(2026, 8, 20), 11, ("watch", "case_unconfirmed", 1)),
        ([case()], DAY, 11, ("watch", "case_to_confirm", None)),
        (
            [case(), case(happened_on=dt.date(2026, 7, 12)), review(10), review(11)],
            DAY,
            11,
            ("broken", "case_confirmed", 1),
        ),
        ([inspection(found=2), review(10)], DAY, 2, ("watch", "case_confirmed", 2)),  # perhaps of 1 July
        ([inspection(found=2), review(10)], DAY, 1, ("broken", "case_confirmed", None)),
    ],
)
def test_a_case_breaks_from_the_day_that_the_charter_says(given, as_of, breaks_from, expected):
    day = dt.date(2026, 7, breaks_from)
    charter = amended("undeclared_use", threshold={"breaks_from": day})
    told = found("undeclared_use", facts(*given, as_of=as_of), charter=charter)
    assert (told["verdict"], told["reason"], told["cases"].get("early")) == expected
    assert told["threshold"]["breaks_from"] == day.isoformat()
    assert (
        "de rompre la promesse" in told["sentence"]["fr"]
        or "ne rompt la promesse qu’à partir du" in told["sentence"]["fr"]
    ) == (expected[0] == "watch" and bool(expected[2]))


def test_kept_only_under_the_rule_of_three_at_the_recall():
    """3 ÷ (4,000 × 0.9) = 0.00083, under the tolerance of 0.001; with 3,333 examined it would be 0.001."""
    told = found("undeclared_use", facts(inspection()))
    assert (told["verdict"], told["cases"]["bound"]) == ("kept", pytest.approx(3 / 3600))
    assert plain(told["sentence"]["en"]) == (
        "Yes. No case among 4,000 examined, by people who see 90 cases in 100: it is very unlikely that there are more "
        "than 8.4 in 10,000. The charter allows fewer than 10."
    )
    assert told["sentence"]["fr"] == french(told["sentence"]["fr"])
    fewer = found("undeclared_use", facts(inspection(examined=3333)))
    assert (fewer["verdict"], fewer["reason"]) == ("unknown", "too_few_examined")
    assert fewer["cases"]["more"] == 1  # 2,999.7 seen; above 3,000 is enough
    assert "it would take about 1 more to tell" in fewer["sentence"]["en"]


def test_inspections_add_up():
    days = ((START, dt.date(2026, 7, 15)), (dt.date(2026, 7, 16), END))
    halves = [
        inspection(examined=2000, recall=recall, start=start, end=end)
        for recall, (start, end) in zip((0.8, 1.0), days, strict=True)
    ]
    assert found("undeclared_use", facts(*halves))["cases"]["bound"] == pytest.approx(3 / 3600)


def finding(**changes: Any) -> kinds.Finding:
    return finding_of_security(**({"cap": "watch"} | changes))


def summaries(given: Facts) -> dict[str, dict[str, Any]]:
    documents = judge(CHARTER, system(), [], window_start=START, window_end=END, facts=given)
    return {each["article"]: each for each in summarise(CHARTER, documents, system="matchft", facts=given)}


def test_a_finding_caps_its_articles_until_the_day_of_its_closure():
    assert summaries(facts())["securite"]["verdict"] == "not_examined"
    capped = summaries(facts(finding()))
    assert (capped["securite"]["verdict"], capped["securite"]["capped_by"]) == ("watch", [10])
    assert (capped["humain"]["verdict"], capped["humain"]["capped_by"]) == ("not_examined", [])
    assert summaries(facts(finding(system="chatft")))["securite"]["capped_by"] == []
    closed = kinds.Closure(role="Secretariat", on=LATER, of=10, document=LETTER)
    for as_of, by in ((DAY, [10]), (LATER, [])):
        assert summaries(facts(finding(), closed, as_of=as_of))["securite"]["capped_by"] == by


def test_a_cap_never_makes_an_article_better():
    confirmed = facts(case(), review(10), finding(articles=["finalite"], cap="watch"))
    assert summaries(confirmed)["finalite"]["verdict"] == "broken"
    assert summaries(facts(finding(articles=["finalite"], cap="broken")))["finalite"]["verdict"] == "broken"


def test_the_days_are_those_of_the_charter():
    assert plain(found("undeclared_use", facts(case()))["sentence"]["en"]) == (
        "To be watched. One case was reported on 20 July 2026: a human must confirm or refute it by 19 August 2026."
    )
    patient = CHARTER.model_copy(update={"confirm_days": 90})
    told = found("undeclared_use", facts(case(), as_of=dt.date(2026, 10, 1)), charter=patient)
    assert told["verdict"] == "watch"
    short = amended("work_got_better", valid_months=3)
    assert found("work_got_better", facts(survey()), charter=short)["verdict"] == "unknown"


def test_a_month_later_is_a_day_of_the_next_month():
    assert months_later(dt.date(2027, 12, 31), 2) == dt.date(2028, 2, 29)


EXAMINED = {"trial": "2025-03-03", "ethics_review": "2025-03-03", "works_council": "2025-02-20"}


def examined_first(dates: dict[str, str], *given: kinds.Statement) -> dict[str, Any]:
    use = system(dates=dates, impact_assessment={"done_on": "2025-01-20"})
    documents = judge(CHARTER, use, [], window_start=START, window_end=END, facts=facts(*given))
    return next(each for each in documents if each["indicator"] == "examined_first")


@pytest.mark.parametrize(
    ("dates", "verdict", "told"),
    [
        (
            EXAMINED,
            "kept",
            "Yes. By the register, every examination it needs took place by the day it started (3 March 2025).",
        ),
        (
            {**EXAMINED, "works_council": "2025-09-01"},
            "broken",
            "No. By the register, it started on 3 March 2025, before: the consultation of the works council "
            "(1 September 2025).",
        ),
        ({"trial": "2025-03-03"}, "not_examined", "Not examined: nobody has handed in the statement"),
    ],
)
def test_the_register_answers_what_its_dates_say(dates, verdict, told):
    found_ = examined_first(dates)
    assert found_["verdict"] == verdict
    assert plain(found_["sentence"]["en"]).startswith(told)
    assert found_["sentence"]["fr"] == french(found_["sentence"]["fr"])


@pytest.mark.parametrize(
    ("dates", "answer", "expected"),
    [
        (EXAMINED, "broken", ("broken", "attested")),
        (EXAMINED, "kept", ("kept", "attested")),
        ({**EXAMINED, "works_council": "2025-09-01"}, "kept", ("broken", "started_first")),
    ],
)
def test_of_a_statement_and_the_dates_of_the_register_the_worse_counts(dates, answer, expected):
    told = examined_first(dates, survey(indicator="examined_first", answer=answer, on=dt.date(2026, 7, 1)))
    assert (told["verdict"], told["reason"]) == expected


def test_a_sample_of_longer_than_the_window_answers_nothing_of_it_but_its_cases_count():
    """It touches one day of the window: nobody knows how many of what was examined lie in it."""
    wider = inspection(start=dt.date(2026, 1, 1), end=START, on=START)
    told = found("undeclared_use", facts(wider))
    assert (told["verdict"], told["cases"]) == ("not_examined", None)
    found_one = inspection(start=dt.date(2026, 1, 1), end=START, on=START, found=1)
    told = found("undeclared_use", facts(found_one, as_of=dt.date(2026, 7, 20)))
    assert (told["verdict"], told["cases"]["examined"]) == ("watch", 0)


def test_the_same_sample_told_twice_counts_once_at_the_lower_recall():
    """2,000 at .9 leave 3 / 1,800, more than 1 in 1,000; told twice they are still 2,000."""
    once, twice = inspection(examined=2000), inspection(examined=2000, text="Corrected.", recall=0.8)
    told = found("undeclared_use", facts(once, twice))
    assert (told["verdict"], told["cases"]["examined"], told["cases"]["recall"]) == ("unknown", 2000, 0.8)
    halves = [
        inspection(examined=2000, end=dt.date(2026, 7, 15)),
        inspection(examined=2000, start=dt.date(2026, 7, 16)),
    ]
    assert found("undeclared_use", facts(*halves))["cases"]["examined"] == 4000


def test_an_inspection_never_hides_what_was_measured():
    """A question that is measured and tolerates no case: the ratio of .5 stays broken, whatever people examined."""
    charter = amended("selection_rate_ratio", threshold={"tolerance": 0.001})
    measures = [comparison(WOMEN, estimate=0.5, error=0.01)]
    verdicts = judge(charter, system(), measures, window_start=START, window_end=END, facts=facts())
    window = {"start": START.isoformat(), "end": END.isoformat()}
    document = {"window": window, "measures": measures, "verdicts": verdicts, "articles": summarise(charter, verdicts)}
    given = facts(inspection(indicator="selection_rate_ratio"))
    standing = current(document, charter=charter, system=system(), facts=given)["verdicts"]
    told = {each["indicator"]: each["verdict"] for each in standing}
    assert told["selection_rate_ratio_gender"] == "broken"


def test_a_statement_answers_the_question_as_it_was_worded():
    """An amendment that asks something else under the same name leaves no "kept" behind."""
    wording = CHARTER.indicator("work_got_better").wording
    stated = facts(survey(asked=wording))
    assert found("work_got_better", stated)["verdict"] == "kept"
    reworded = amended("work_got_better", question={"fr": "Le salaire a-t-il augmenté ?", "en": "Did pay go up?"})
    told = found("work_got_better", stated, charter=reworded)
    assert (told["verdict"], told["reason"]) == ("unknown", "question_reworded")
    assert "as it was worded before" in told["sentence"]["en"]
    assert told["sentence"]["fr"] == french(told["sentence"]["fr"])
    stricter = amended("work_got_better", valid_months=11)
    assert found("work_got_better", stated, charter=stricter)["verdict"] == "kept"
    for asked, answer in ((CHARTER.indicator("undeclared_use").wording, "kept"), ("ab" * 32, "not_examined")):
        assert found("undeclared_use", facts(inspection(asked=asked)))["verdict"] == answer


def test_what_the_charter_in_force_no_longer_asks_rests_on_no_statement():
    stated = facts(survey(), as_of=DAY)
    verdicts = judge(CHARTER, system(), [], window_start=START, window_end=END, facts=stated)
    document = {
        "window": {"start": START.isoformat(), "end": END.isoformat()},
        "measures": [],
        "verdicts": verdicts,
        "articles": summarise(CHARTER, verdicts),
    }
    renamed = amended("work_got_better", id="work_better")
    today = current(document, charter=renamed, system=system(), facts=facts(survey(indicator="work_better"), as_of=DAY))
    names = {each["indicator"]: each["verdict"] for each in today["verdicts"]}
    assert "work_got_better" not in names
    assert names["work_better"] == "kept"
    assert len(names) == len(verdicts)
