"""Question 6.6: decisions by versions that had been examined when they decided."""

from __future__ import annotations

import datetime as dt

import pytest
import yaml
from pydantic import ValidationError

from boussole.audits.declaration import declaration
from boussole.audits.systems import System
from boussole.charter.document.versions import DecidedBy
from boussole.charter.record_types.kinds import Case
from tests.charter.builders import CHARTER, amended, plain, system
from tests.charter.incidents.made import facts
from tests.charter.test_left_out import left_out
from tests.charter.test_recorded import day, judged
from tests.written import system_text

ASKED = "examined_version"
TODAY = dt.date(2026, 4, 5)


def decided(version: str | None, first: str, last: str, n: int) -> DecidedBy:
    return DecidedBy(version=version, first=day(first), last=day(last), n=n)


MARCH = decided("1.4", "2026-03-01", "2026-03-31", 900)
NEW = decided("2.0", "2026-03-20", "2026-03-31", 100)


def answer(
    *versions: DecidedBy, examined: dict[str, str] | None = None, today: dt.date = TODAY, said=(), charter=CHARTER
):
    known = {"1.4": "2026-02-20"} if examined is None else examined
    about = system(versions={name: {"examined_on": on} for name, on in known.items()})
    return judged(ASKED, about, facts=facts(*said, today=today), versions=versions, charter=charter)


LEVELS = amended(ASKED, threshold={"tolerance": None, "watch": 0.99, "breach": 0.5})
"""A charter that holds the share to levels instead of tolerating no case."""
WRITES = System.model_validate(
    yaml.safe_load(
        system_text(
            "chatft",
            """
generations: {id: id, at: at, input: null, output: null, model_version: model}
versions: {"1.4": {examined_on: 2026-02-20}}
""",
            kind="generation",
        )
    )
)
UNNAMED = decided(None, "2026-03-01", "2026-03-31", 1000)


def test_all_by_an_examined_version_is_kept_unless_somebody_reports_a_case():
    found = answer(MARCH)
    assert (found["verdict"], found["reason"]) == ("kept", "record_kept")
    assert (found["counted"]["due"], found["counted"]["good"], found["counted"]["until"]) == (900, 900, "2026-03-31")
    assert {"named", "texts"} & found["counted"].keys() == set()
    assert plain(found["sentence"]["en"]) == (
        "Yes. All 900 decisions counted were made by a version of the model that had been examined before."
    )
    said = Case(role="Agency", on=day("2026-03-25"), indicator=ASKED, system="matchft", happened_on=day("2026-03-20"))
    assert answer(MARCH, said=(said,))["reason"] == "case_to_confirm"


def test_of_a_system_that_only_writes_texts_are_counted():
    found = judged(ASKED, WRITES, facts=facts(today=TODAY), versions=(MARCH, NEW))
    assert found["counted"]["texts"] is True
    assert "Of 1,000 texts, 100 were written by a version of the model that the register does not name" in plain(
        found["sentence"]["en"]
    )
    assert "100 ont été écrits par une version du modèle que le registre ne dit pas examinée" in plain(
        found["sentence"]["fr"]
    )
    alone = judged(ASKED, WRITES, facts=facts(today=TODAY), versions=(MARCH,))
    assert plain(alone["sentence"]["en"]) == (
        "Yes. All 900 texts counted were written by a version of the model that had been examined before."
    )


HOLE = {"last": "2026-03-07", "days": 24, "again": "2026-03-18"}


@pytest.mark.parametrize("log", ["decisions", "generations"])
def test_versions_of_a_log_that_does_not_let_it_be_known_keep_nothing(log):
    """Who leaves out the days on which another version decided has examined nothing."""
    about = WRITES if log == "generations" else system(versions={"1.4": {"examined_on": "2026-02-20"}})

    def found(given, *versions):
        return judged(ASKED, about, facts=facts(today=TODAY), versions=versions, left_out=given)

    whole = left_out(0)
    assert found(whole, MARCH)["verdict"] == "kept"
    assert found(whole | {"ends": [{"log": "contacts", "last": "2026-03-07", "days": 24}]}, MARCH)["verdict"] == "kept"
    hole = found(whole | {"ends": [{"log": log, **HOLE}]}, MARCH)
    assert (hole["verdict"], hole["reason"], hole["counted"]["good"]) == ("unknown", "log_stops", 900)
    assert "ne contient rien du 8 mars 2026 au 17 mars 2026" in plain(hole["sentence"]["fr"])
    aside = found(left_out(10), MARCH)
    assert (aside["verdict"], aside["reason"], aside["counted"]["good"]) == ("unknown", "too_much_left_out", 900)
    assert plain(aside["sentence"]["en"]).startswith("We cannot tell. Of 1,000")
    assert found(left_out(10) | {"ends": [{"log": log, **HOLE}]}, MARCH, NEW)["verdict"] == "watch"


@pytest.mark.parametrize(
    ("today", "expected"),
    [  # decided first on 20 March: thirty days later is 19 April
        ("2026-04-19", ("watch", "record_overdue")),
        ("2026-04-20", ("broken", "record_missing")),
    ],
)
def test_a_version_that_nobody_examined_is_watched_first(today, expected):
    found = answer(MARCH, NEW, today=day(today))
    assert (found["verdict"], found["reason"]) == expected
    assert (found["counted"]["good"], found["counted"]["overdue"], found["counted"]["named"]) == (900, 100, ["2.0"])
    assert plain(answer(MARCH, NEW)["sentence"]["fr"]) == (
        "À surveiller. Sur 1 000 décisions, 100 ont été prises par une version du modèle que le registre ne dit pas "
        "examinée : 2.0. Après le 19 avril 2026, la charte la tient pour non examinée."
    )


@pytest.mark.parametrize(
    ("examined", "expected"),
    [
        ("2026-03-20", ("kept", "record_kept")),  # on the day itself is in time
        ("2026-03-21", ("broken", "record_late")),
        ("2026-04-02", ("broken", "record_late")),
    ],
)
def test_a_version_is_examined_before_it_decides(examined, expected):
    found = answer(MARCH, NEW, examined={"1.4": "2026-02-20", "2.0": examined})
    assert (found["verdict"], found["reason"]) == expected
    assert found["counted"]["late"] == (0 if expected[0] == "kept" else 100)


@pytest.mark.parametrize(
    ("versions", "examined"), [((), None), ((MARCH,), {}), ((decided(None, "2026-03-01", "2026-03-31", 5),), None)]
)
def test_without_names_on_both_sides_nobody_has_looked(versions, examined):
    found = answer(*versions, examined=examined)
    assert (found["verdict"], found["reason"], found["counted"]) == ("not_examined", "no_version", None)


def test_decisions_of_no_version_are_not_kept():
    found = answer(MARCH, decided(None, "2026-03-01", "2026-03-31", 7))
    assert (found["verdict"], found["reason"], found["counted"]["untold"]) == ("unknown", "record_untold", 7)
    assert found["counted"]["due"] == 900
    assert plain(found["sentence"]["en"]) == (
        "We cannot tell yet. Of 7 decisions the log does not say which version of the model made them; all others were "
        "made by versions that had been examined before."
    )


@pytest.mark.parametrize(
    ("versions", "examined", "expected"),
    [
        ((decided("1.4", "2026-03-01", "2026-03-01", 1), UNNAMED), None, ("unknown", "record_untold")),
        ((MARCH, NEW), None, ("watch", "record_below")),
        ((MARCH, NEW, UNNAMED), None, ("watch", "record_below")),
        ((NEW,), None, ("broken", "record_below")),
        ((MARCH,), None, ("kept", "record_enough")),
    ],
)
def test_a_share_that_leaves_decisions_untold_is_not_kept(versions, examined, expected):
    found = answer(*versions, examined=examined, charter=LEVELS)
    assert (found["verdict"], found["reason"]) == expected
    assert "All" not in found["sentence"]["en"]


def test_a_share_is_told_with_what_it_leaves_untold():
    found = answer(decided("1.4", "2026-03-01", "2026-03-01", 1), UNNAMED, charter=LEVELS)
    assert plain(found["sentence"]["fr"]) == (
        "On ne peut pas encore le dire. Décisions dont le journal nomme la version : 1 ; prises par une version "
        "examinée avant : 1. De 1 000 décisions, le journal ne dit pas quelle version du modèle les a prises."
    )
    found = answer(MARCH, NEW, charter=LEVELS)
    assert plain(found["sentence"]["en"]) == (
        "To be watched. Decisions of which the log names the version: 1,000; made by one that had been examined "
        "before: 900. Below 99 in 100, the charter asks to watch."
    )


def test_an_audit_of_long_ago_answers_no_more():
    assert answer(MARCH, today=day("2027-03-31"))["verdict"] == "kept"
    found = answer(MARCH, today=day("2027-04-01"))
    assert (found["verdict"], found["reason"]) == ("unknown", "record_old")
    assert plain(found["sentence"]["en"]) == (
        "We cannot tell any more: the last record ends on 31 March 2026, more than a year ago."
    )


def test_a_version_examined_tomorrow_is_refused_and_none_changes_no_declaration():
    tomorrow = (dt.datetime.now(system().zone).date() + dt.timedelta(days=1)).isoformat()
    with pytest.raises(ValidationError, match=r"versions\.3\.0\.examined_on.*lies in the future"):
        system(versions={"3.0": {"examined_on": tomorrow}})
    assert "versions" not in declaration(system())
    assert declaration(system(versions={"1.4": {"examined_on": "2026-02-20"}}))["versions"] == {
        "1.4": {"examined_on": "2026-02-20", "document": None}
    }
