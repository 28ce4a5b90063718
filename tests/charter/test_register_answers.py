"""Questions 1.5 and 5.4: uses registered and followed by the stock taken last, rules published by the register."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from boussole.audits.declaration import declaration
from boussole.charter.record_types.base import Stocktaking
from boussole.charter.record_types.kinds import Withdrawal
from tests.charter.builders import CHARTER, amended, plain, system
from tests.charter.incidents.made import facts
from tests.charter.test_recorded import day, judged

USES, RULES = "registered_and_followed", "public_register"
TODAY = "2026-03-31"
LEVELS = {"tolerance": None, "watch": 0.99}


def stock(on: str = "2026-03-15", **changes) -> Stocktaking:
    values = {"role": "Steward", "on": day(on), "uses": 87, "examined": 87, "grave": 0, "models": 12}
    return Stocktaking(**(values | changes))


FOUND = stock("2026-02-20", unregistered=["a"])


def uses(*said, today: str = TODAY, charter=CHARTER):
    return judged(USES, system(), facts=facts(*said, today=day(today)), charter=charter)


def rules(said: dict | None, *, today: str = TODAY, charter=CHARTER, **changes):
    about = system(public_rules=said, **changes)
    return judged(RULES, about, facts=facts(today=day(today)), charter=charter)


def answer(found) -> tuple[str, str]:
    return found["verdict"], found["reason"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("kept", "record_kept")),
        ({"examined": 18}, ("unknown", "record_untold")),  # 69 of lower risk, of which nobody knows
        ({"examined": 18, "grave": 1}, ("watch", "record_refused")),
        ({"unregistered": ["stray"]}, ("watch", "record_overdue")),
        ({"examined": 0}, ("unknown", "record_untold")),
        ({"uses": 0, "examined": 0, "models": 0}, ("unknown", "nothing_due")),
    ],
)
def test_stock_says_whether_all_are_registered_and_followed(changes, expected):
    assert answer(uses(stock(**changes))) == expected
    gone = Withdrawal(role="Steward", on=day("2026-03-20"), of=0, text="Wrong server.")
    for said in ((), (stock(**changes), gone)):
        assert answer(uses(*said)) == ("not_examined", "no_stocktaking")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"uses": 1001, "examined": 1}, ("unknown", "record_untold")),  # of a thousand nobody knows
        ({"uses": 5, "examined": 0, "models": 0}, ("unknown", "record_untold")),
        ({"examined": 86, "grave": 1}, ("watch", "record_below")),
        ({"unregistered": ["stray"]}, ("watch", "record_below")),
        ({}, ("kept", "record_enough")),
    ],
)
def test_a_share_of_uses_that_leaves_some_untold_is_not_kept(changes, expected):
    found = uses(stock(**changes), charter=amended(USES, threshold=LEVELS))
    assert answer(found) == expected
    assert ("Sous 99 sur 100, la charte demande de surveiller" in plain(found["sentence"]["fr"])) == (
        expected[0] == "watch"
    )


def test_what_is_not_published_is_not_said_to_be_where_a_level_judges_it():
    charter = amended(RULES, threshold=LEVELS)
    found = rules({"missing": "Not written yet."}, charter=charter)
    assert answer(found) == ("watch", "record_below")
    assert plain(found["sentence"]["en"]).startswith("To be watched. By the register, its rules are not published.")


@pytest.mark.parametrize(
    ("said", "today", "expected"),
    [
        ([FOUND], "2026-03-22", "record_overdue"),
        ([FOUND], "2026-03-23", "record_missing"),
        ([FOUND, stock(unregistered=["a", "b"])], TODAY, "record_missing"),  # still there: known since the first time
        ([FOUND, stock(unregistered=["b"])], TODAY, "record_overdue"),
        ([FOUND, stock()], TODAY, "record_kept"),
        ([stock(), FOUND], TODAY, "record_kept"),  # by day, not by entry
    ],
)
def test_a_model_of_no_use_breaks_it_thirty_days_after_it_was_found(said, today, expected):
    assert uses(*said, today=today)["reason"] == expected


def test_stock_of_a_quarter_ago_answers_no_more():
    assert answer(uses(stock("2026-01-01"), today="2026-04-03")) == ("kept", "record_kept")
    found = uses(stock("2026-01-01"), today="2026-04-04")
    assert answer(found) == ("unknown", "record_old")
    assert plain(found["sentence"]["en"]) == (
        "We cannot tell any more: stock was taken last on 1 January 2026, too long ago."
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"examined": 88},
        {"examined": 80, "grave": 8},
        {"models": 0, "unregistered": ["a"]},
        {"unregistered": ["a", "a"]},
        {"models": -1},
    ],
)
def test_stock_that_cannot_be_is_refused(changes):
    with pytest.raises(ValidationError):
        stock(**changes)


@pytest.mark.parametrize(
    ("said", "changes", "expected"),
    [
        (None, {}, ("not_examined", "no_public_rules")),
        ({"updated_on": "2026-01-01", "address": "https://example.org"}, {}, ("kept", "record_kept")),
        ({"updated_on": "2025-03-31", "address": "https://example.org"}, {}, ("kept", "record_kept")),
        ({"updated_on": "2025-03-30", "address": "https://example.org"}, {}, ("watch", "record_overdue")),
        ({"missing": "Not written yet."}, {}, ("broken", "record_late")),
        ({"missing": "Not written yet."}, {"status": "design"}, ("not_examined", "no_public_rules")),
    ],
)
def test_rules_are_published_and_kept_up_to_date(said, changes, expected):
    assert answer(rules(said, **changes)) == expected


def test_what_helps_to_decide_nothing_is_watched():
    said = {"missing": "Not written yet."}
    about = system(public_rules=said).model_copy(update={"kind": "declared", "columns": None, "groups": {}})
    found = judged(RULES, about, facts=facts(today=day(TODAY)))
    assert answer(found) == ("watch", "record_refused")
    assert plain(found["sentence"]["en"]).endswith("about people, which this system does not.")


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"updated_on": "2026-01-01"},
        {"address": "https://example.org"},
        {"updated_on": "2026-01-01", "address": "a", "missing": "b"},
        {"missing": "b", "address": "a"},
    ],
)
def test_what_the_register_cannot_say_is_refused(said):
    with pytest.raises(ValidationError):
        system(public_rules=said)


def test_rules_of_tomorrow_are_refused_and_none_change_no_declaration():
    tomorrow = (dt.datetime.now(system().zone).date() + dt.timedelta(days=1)).isoformat()
    with pytest.raises(ValidationError, match=r"public_rules\.updated_on.*lies in the future"):
        system(public_rules={"updated_on": tomorrow, "address": "https://example.org"})
    assert "public_rules" not in declaration(system())
