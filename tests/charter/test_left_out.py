"""What was set aside caps what a log can answer, from the share on that the charter states."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any

import pytest

from boussole.audits.counts.log_ends import LOGS
from boussole.audits.cubes.contacts import national
from boussole.charter.amending.diff import diff_document
from boussole.charter.auditing.replay import judged_again
from boussole.charter.document import LeftOut, MeasureInShort
from boussole.charter.judging.families import asked_of
from boussole.charter.templates import TEMPLATES
from boussole.charter.text.left_out import GRACE_DAYS, held_to
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Article, Charter
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.small_print import beside_words
from tests.as_json import judge
from tests.charter.builders import CHARTER, START, WOMEN, comparison, everybody, system
from tests.charter.test_stated import facts, inspection, survey
from tests.written import LEFT_OUT, summary

BROKEN = comparison(WOMEN, estimate=0.60, error=0.01)
KEPT = comparison(WOMEN, estimate=0.99, error=0.01)
END = dt.date(2026, 7, 31)


def left_out(set_aside: int, rows: int = 1000) -> dict[str, Any]:
    told = {"rows": rows, "counted": rows - set_aside, "set_aside": set_aside, "share": set_aside / rows}
    return {name: each for name, each in LEFT_OUT.items() if name not in ("limit", "limited")} | told


def judged(measures: list[Any], aside: dict[str, Any] | None, charter: Charter = CHARTER, **more: Any) -> Any:
    return {
        each["indicator"]: each
        for each in judge(charter, system(), measures, window_start=START, window_end=END, left_out=aside, **more)
    }


@pytest.mark.parametrize(("measure", "free"), [(BROKEN, "broken"), (KEPT, "kept")])
def test_from_the_share_on_that_the_charter_states_nothing_is_judged_by_the_rest(measure: Any, free: str) -> None:
    name = "selection_rate_ratio_gender"
    assert CHARTER.left_out is not None
    assert CHARTER.left_out.limit == 0.01
    below, at = judged([measure], left_out(9))[name], judged([measure], left_out(10))[name]
    assert below["verdict"] == free
    assert (at["verdict"], at["reason"]) == ("unknown", "too_much_left_out")
    (compared,) = at["comparisons"]
    assert (compared["verdict"], compared["reason"], compared["more_decisions"]) == (
        "unknown",
        "too_much_left_out",
        None,
    )
    assert compared["p_breach"] == below["comparisons"][0]["p_breach"]  # what was counted stays in sight
    assert at["sentence"]["en"].startswith(
        "We cannot tell. Of 1,000 decisions, 10 were set aside (1.0 in 100): from 1 in"
    )
    assert at["sentence"]["fr"].startswith(
        "On ne sait pas. Sur 1\u202f000 décisions, 10 ont été mises de côté (1,0 sur 100)"
    )


def test_what_has_no_comparison_says_what_was_left_out_and_what_nobody_looked_at_stays_not_examined() -> None:
    name = "selection_rate_ratio_gender"
    assert judged([everybody(10)], left_out(0))[name]["reason"] == "no_comparison"
    assert judged([everybody(10)], left_out(990))[name]["reason"] == "too_much_left_out"
    told = judged([KEPT], left_out(875))[name]["sentence"]  # the figure stays in the sentence
    assert "(88 in 100)" in told["en"]
    assert "99 people are contacted among women where 100 are among men" in told["en"]
    assert told["en"].endswith("; this counts only what is left.")
    assert told["fr"].endswith("\u202f; ce chiffre ne compte que ce qui reste.")
    unexamined = [
        {indicator for indicator, each in judged([], left_out(n)).items() if each["verdict"] == "not_examined"}
        for n in (0, 500)
    ]
    assert unexamined[0] == unexamined[1] != set()


def test_a_charter_that_states_no_share_and_a_document_that_does_not_tell_keep_the_rule_of_their_time() -> None:
    silent = CHARTER.model_copy(update={"left_out": None})
    for charter, aside in ((silent, left_out(900)), (CHARTER, None)):
        assert judged([KEPT], aside, charter)["selection_rate_ratio_gender"]["verdict"] == "kept"
    aside = LeftOut.unlimited(left_out(900))
    assert held_to(silent, aside).written() == {**left_out(900), "limit": None, "limited": False}
    assert held_to(CHARTER, aside).limited
    before = Charter.of_sealed({k: v for k, v in CHARTER.document().items() if k != "left_out"}, "0" * 64)
    assert not held_to(before, aside).limited
    for source in (None, *TEMPLATES.values()):
        rule = load_charter(source).left_out
        assert rule is not None
        assert (rule.limit, rule.status, bool(rule.justification)) == (0.01, "proposed", True)


def test_what_people_attest_or_report_does_not_rest_on_the_log() -> None:
    for given, name, answer in ((survey(), "work_got_better", "kept"), (inspection(), "undeclared_use", "kept")):
        free, capped = (judged([KEPT], left_out(n), facts=facts(given))[name] for n in (0, 500))
        assert free["verdict"] == capped["verdict"] == answer
        assert free["sentence"] == capped["sentence"]


def test_another_charter_judges_stored_audits_by_its_own_share() -> None:
    strict = CHARTER.model_copy(
        update={"left_out": CHARTER.left_out.model_copy(update={"limit": 0.001}) if CHARTER.left_out else None}
    )
    stored = replace(
        summary("matchft", START, END, measures=[MeasureInShort.of(KEPT)]), left_out=LeftOut.unlimited(left_out(5))
    )
    found = []
    for charter in (CHARTER, strict):
        again = judged_again(stored, asked_of(charter, system()), [])
        found += [v.verdict for v in again if v.indicator == "selection_rate_ratio_gender"]
    assert found == ["kept", "unknown"]


def test_a_change_of_the_share_is_told_with_its_direction() -> None:
    rule = CHARTER.left_out
    assert rule is not None
    silent, loose, worded = (
        CHARTER.model_copy(update={"left_out": changed})
        for changed in (None, rule.model_copy(update={"limit": 0.2}), rule.model_copy(update={"status": "adopted"}))
    )
    found = [
        diff_document(before, after)["changes"]
        for before, after in ((silent, CHARTER), (CHARTER, loose), (CHARTER, silent), (CHARTER, worded))
    ]
    assert [[(each["kind"], each["effect"]) for each in changes] for changes in found] == [
        [("left_out_tightened", "tighter")],
        [("left_out_loosened", "looser")],
        [("left_out_loosened", "looser")],
        [("left_out_wording", "neutral")],
    ]
    assert "goes from 0.01 to 0.2. That is looser." in str(found[1])
    assert "passe de 0,01 à 0,2." in str(found[1])
    json.dumps(found)


def test_where_a_log_stops_before_the_window_ends_a_good_figure_keeps_nothing() -> None:
    """Four days are one more than nobody works at the end of a month; what is broken stays broken."""
    resting = CHARTER.model_copy(update={"articles": [_resting_on_messages(each) for each in CHARTER.articles]})
    declared = system(contacts={"person": "who", "at": "sent", "kind": "kind"})

    def found(measure: Any, log: str, days: int, charter: Charter = resting) -> Any:
        ends = [{"log": log, "last": str(END - dt.timedelta(days=days)), "days": days}]
        aside = {**left_out(0), "ends": ends, "limit": None, "limited": False}
        every = judge(charter, declared, [measure], window_start=START, window_end=END, left_out=aside)
        return next(each for each in every if each["indicator"] == "selection_rate_ratio_gender")

    assert found(KEPT, "contacts", 3)["verdict"] == "kept"
    stops = found(KEPT, "contacts", 4)
    assert (stops["verdict"], stops["reason"]) == ("unknown", "log_stops")
    assert stops["sentence"]["en"].startswith(
        "We cannot tell. The log of messages stops on 27 July 2026, 4 days before"
    )
    assert found(BROKEN, "contacts", 4)["verdict"] == "broken"
    assert found(KEPT, "human_actions", 4)["verdict"] == "kept"  # another log, on which it does not rest
    assert found(KEPT, "contacts", 4, CHARTER)["verdict"] == "kept"
    # Whoever leaves a fortnight of decisions out of the log has not kept the promise in it.
    hole = {"log": "decisions", "last": "2026-07-07", "days": 24, "again": "2026-07-18"}
    kept, broken = (
        judged([each], left_out(0) | {"ends": [hole]})["selection_rate_ratio_gender"] for each in (KEPT, BROKEN)
    )
    assert (kept["verdict"], kept["reason"], broken["verdict"]) == ("unknown", "log_stops", "broken")
    assert "ne contient rien du 8 juillet 2026 au 17 juillet 2026" in kept["sentence"]["fr"]


@pytest.mark.parametrize("log", LOGS)
def test_the_small_print_names_each_log_that_is_not_known_to_the_end(log: str) -> None:
    """In both languages, whether it stops or has a hole."""
    for lang in ("en", "fr"):
        stops = {"log": log, "last": "2026-03-08", "days": 23}
        for end in (stops, {**stops, "again": "2026-03-19"}):
            told = LeftOut.model_validate({**left_out(0), "ends": [end], "limit": None, "limited": False})
            (words,) = beside_words(told, speaker(lang))
            assert (
                words.startswith(("the log of ", "le journal des ")) and "March 2026" in words
            ) or "mars 2026" in words
            assert ("holds nothing" in words or "ne contient rien" in words) == ("again" in end)


def _resting_on_messages(article: Article) -> Article:
    asked = [each.model_copy(update={"needs": ["contacts"]}) for each in article.indicators]
    return article.model_copy(update={"indicators": asked})


def test_so_many_days_nobody_works_at_the_end_of_a_month() -> None:
    """Weekends, public holidays of all France, and a day between two of these, at the ends of twenty-five years."""
    one, years, longest = dt.timedelta(days=1), range(2021, 2046), 0
    holidays = {*national(range(2020, 2047))}
    for end in (dt.date(year, month, 1) - one for year in years for month in range(1, 13)):
        around = [end + days * one for days in range(-9, 9)]
        closed = {day for day in around if day.weekday() > 4 or day in holidays}
        closed |= {day for day in around if {day - one, day + one} <= closed}
        longest = max(longest, next(days for days in range(9) if end - days * one not in closed))
    assert longest == GRACE_DAYS
