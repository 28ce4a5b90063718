"""Effects on work: surveys keep means and no rows, small groups are hidden with what would give them away."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.incidents.book import enter
from boussole.charter.incidents.refusals import EntryRefusedError
from boussole.charter.record_types.work import Answers, Consultation, Mean, Survey, TimeSaved, Training
from boussole.charter.records import verify_records
from boussole.charter.work.survey import SurveyLayout, aggregated, consultations, rows_of, surveys, times, trained
from tests.charter.incidents.made import facts as facts_at

LAYOUT = SurveyLayout(columns={"autonomy": "Q1", "load": "Q2"}, group="team")
DAY = dt.date(2026, 10, 1)


def people(**teams: tuple[int, float]) -> list[dict[str, Any]]:
    """Rows: for each team how many, and what all of them answered."""
    return [{"team": team, "Q1": str(v).replace(".", ","), "Q2": v} for team, (n, v) in teams.items() for _ in range(n)]


def test_answers_of_people_become_means_and_no_row_stays():
    found = aggregated(people(North=(20, 4), South=(30, 2)), LAYOUT)
    assert found.answered == 50
    assert found.everybody.themes["autonomy"] == Mean(n=50, mean=2.8)
    assert [(each.group, each.themes["load"].mean) for each in found.groups] == [("North", 4.0), ("South", 2.0)]
    turned = aggregated(people(North=(20, 4)), SurveyLayout(columns={"load": "Q2"}, reverse=["load"]))
    assert turned.everybody.themes["load"].mean == 2.0
    rows = [{"theme": "meaning", "group": g, "n": str(n), "mean": m} for g, n, m in (("A", 20, "3,5"), ("B", 30, 4))]
    found = aggregated(rows, SurveyLayout(columns={}))  # means that come aggregated are taken as they are
    assert (found.answered, found.everybody.themes["meaning"].mean) == (50, 3.8)
    assert [each.group for each in found.groups] == ["A", "B"]


def test_a_small_group_is_hidden_with_another_that_would_give_it_away():
    found = aggregated(people(North=(20, 4), South=(30, 2), East=(3, 1)), LAYOUT)
    assert ([each.group for each in found.groups], found.hidden) == (["South"], 2)
    blank = [{"team": "", "Q1": 1, "Q2": 1}] * 4
    found = aggregated([*people(North=(20, 4), South=(30, 2)), *blank], LAYOUT)
    assert ([each.group for each in found.groups], found.hidden) == (["South"], 1)


@pytest.mark.costly
@given(st.lists(st.tuples(st.sampled_from(["A", "B", "C", "D", ""]), st.integers(1, 5)), min_size=11, max_size=90))
def test_what_is_left_after_subtraction_is_never_a_small_group(answers):
    found = aggregated([{"team": team, "Q1": v, "Q2": v} for team, v in answers], LAYOUT)
    shown = sum(each.themes["autonomy"].n for each in found.groups)
    assert all(each.themes["autonomy"].n >= 11 for each in found.groups)
    rest = len(answers) - shown
    assert rest == 0 or rest >= 11 or not found.groups


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([], "no rows"),
        (people(North=(10, 4)), "Fewer than 11"),
        ([{"team": "a", "Q1": 3}] * 12, "no column “Q2”"),
        ([{"team": "a", "Q1": "x", "Q2": 1}] * 12, "Row 2, column “Q1”: this is no number"),
        ([{"team": "a", "Q1": "nan", "Q2": 1}] * 12, "this is no number"),
        ([{"team": "a", "Q1": 3, "Q2": 9}] * 12, "Row 2: an answer lies outside the scale from 1 to 5"),
        ([{"theme": "pay", "n": 20, "mean": 3}], "its theme is none of"),
        ([{"theme": "load", "n": "", "mean": 3}], "their mean is missing"),
    ],
)
def test_a_file_that_cannot_be_counted_is_told_by_row_and_column_and_never_by_what_it_holds(rows, told):
    with pytest.raises(BoussoleError, match=told) as raised:
        aggregated(rows, LAYOUT)
    assert "'x'" not in str(raised.value)


def test_csv_and_spreadsheets_are_read_alike():
    assert rows_of("a.csv", "\ufeffteam;Q1\nNord;4,5\n".encode()) == [{"team": "Nord", "Q1": "4,5"}]
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for line in (["team", "Q1"], ["Nord", 4.5], [None, None]):
        book.active.append(line)
    book.save(stream)
    assert rows_of("a.xlsx", stream.getvalue()) == [{"team": "Nord", "Q1": 4.5}]
    for name, content in (("a.xlsx", b"no spreadsheet"), ("a.csv", b"\xff\xfe\x00"), ("a.csv", b"")):
        with pytest.raises(BoussoleError, match=r"cannot be read|is empty"):
            rows_of(name, content)


def survey(end: dt.date = DAY, *, mean: float = 3.0, on: dt.date | None = None, **more: Any) -> Survey:
    everybody = Answers(themes={"autonomy": Mean(n=50, mean=mean)})
    values = {"role": "follow_up", "on": on or end, "start": end, "end": end, "answered": 50, "lowest": 1, "highest": 5}
    return Survey(**({**values, "everybody": everybody} | more))


def facts(*said):
    return facts_at(*said, today=dt.date(2026, 11, 27))


def test_a_survey_stands_beside_the_one_before_and_grows_old():
    last = surveys(facts(survey(dt.date(2025, 10, 1), mean=3.4), survey()))[None]
    assert [(each.theme, each.mean, each.moved) for each in last.themes] == [("autonomy", 3.0, -0.4)]
    assert (last.falls, last.fresh) == (["autonomy"], True)
    assert not surveys(facts(survey(dt.date(2025, 10, 1))))[None].fresh
    other = survey(dt.date(2025, 10, 1), mean=3.4, lowest=0)
    assert surveys(facts(other, survey()))[None].before is None


def test_training_time_and_consultations_are_told_the_latest_first():
    base = {"role": "follow_up", "on": DAY, "start": dt.date(2026, 1, 1), "end": dt.date(2026, 6, 30)}
    course = Training(**base, system="chat", course="AI calendar", users=100, trained=80, before=60)
    saved = TimeSaved(
        **base, system="chat", hours=1200, people=40, method="Timed", spent=[{"what": "Reception", "share": 60}]
    )
    steps = [
        Consultation(role="follow_up", on=DAY, step="announced", body="CSE", planned_on=dt.date(2026, 12, 15)),
        Consultation(role="follow_up", on=dt.date(2026, 9, 1), step="expert", body="CSE"),
    ]
    found = facts(course, saved, *steps)
    assert trained(found)["chat"].before == 60
    assert times(found)[0][1].spent[0].what == "Reception"
    assert [said.step for _, said in consultations(found)] == ["announced", "expert"]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: survey(answered=10), "greater than or equal to 11"),
        (lambda: survey(mean=6.0), "outside the scale"),
        (lambda: survey(invited=20), "than were invited"),
        (lambda: survey(groups=[Answers(themes={"load": Mean(n=20, mean=3)})]), "groups have a name"),
        (lambda: Training(role="x", on=DAY, start=DAY, end=DAY, course="c", users=20, trained=5, before=6),
         "More were"),
        (
            lambda: TimeSaved(role="x", on=DAY, start=DAY, end=DAY, system="a", hours=1, people=20, method="m",
                              spent=[{"what": "a", "share": 60}, {"what": "b", "share": 60}]),
            "add up to 100",
        ),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_refused(make, told):
    with pytest.raises(ValidationError, match=told):
        make()


def test_they_are_sealed_and_name_nobody(tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    assert enter(workspace, survey()).entry == 0
    with pytest.raises(EntryRefusedError, match="name somebody"):
        enter(workspace, Consultation(role="x", on=DAY, step="opinion", body="CSE", text="Avis de Mme Durand."))
    assert verify_records(workspace).ok
