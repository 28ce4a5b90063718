"""What came in and was not counted is told beside what was, by hand-made logs whose rows one can count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.counts.left_out import DecisionCounts
from boussole.audits.decisions import ingest
from boussole.audits.decisions.correction import resubmit
from boussole.audits.decisions.overview import exclude
from boussole.audits.decisions.quarantine import RowSelection, discard, export
from boussole.audits.errors import SourceError
from boussole.audits.lake import reading, writing
from boussole.audits.retention.purge import purge
from boussole.audits.runs import measure_window
from boussole.audits.windows import EmptyWindowError
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import rerun
from boussole.charter.records import stored_audits
from boussole.dashboard.markup.words import speaker
from tests.as_json import left_out_words
from tests.audits.privacy.helpers import rows_of
from tests.written import system_text, written_workspace

MONTHLY = """
timezone: UTC
columns:
  id: ref
  decided_at: day
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
groups:
  sex: {column: sex, reference: M}
windows: {audit: month}
"""
MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)


def made(home: Path, body: str = MONTHLY) -> Workspace:
    return written_workspace(home, system_text("loans", body))


def rows(month: int, n: int, *, start: int = 0, granted: str = "yes", day: int = 9) -> list[str]:
    return [f"{month}-{start + i},2026-{month:02}-{day:02},{granted},{'F' if i % 2 else 'M'}\n" for i in range(n)]


def bring(workspace: Workspace, lines: Sequence[str], *, header: str = "ref,day,granted,sex\n", **more: Any) -> None:
    path = workspace.home / f"{len(list(workspace.home.glob('*.csv')))}.csv"
    path.write_text(header + "".join(lines), encoding="utf-8")
    ingest(workspace, workspace.system("loans"), path, **more)


def left_out(workspace: Workspace, start: dt.date | None = None) -> DecisionCounts:
    end = None if start is None else (start + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    found = measure_window(workspace, workspace.system("loans"), start=start, end=end).left_out
    assert found is not None
    return found


@pytest.mark.costly
def test_rows_set_aside_count_to_the_period_of_their_day_and_to_every_one_where_it_cannot_be_read(
    tmp_path: Path,
) -> None:
    workspace = made(tmp_path / "w")
    bad_in_march, bad_in_april = rows(3, 5, start=500, granted="maybe"), rows(4, 2, start=500, granted="maybe")
    undated = [line.replace("2026-03-09", "soon") for line in rows(3, 3, start=900)]
    future = [line.replace("2026-03-09", "2999-01-01") for line in rows(3, 1, start=950)]
    bring(workspace, [*rows(3, 200), *rows(4, 90), *bad_in_march, *bad_in_april, *undated, *future])
    march, april = left_out(workspace, MARCH), left_out(workspace, APRIL)
    assert (march.counted, march.set_aside, march.undated, march.other_periods) == (200, 9, 4, 90)
    assert (april.counted, april.set_aside, april.undated, april.other_periods) == (90, 6, 4, 200)
    assert march.share == pytest.approx(9 / 209)
    assert march.by_reason == (
        ("granted", "neither a `selected` nor a `not_selected` value", 5),
        ("day", "not a date (write 2026-09-30 or 2026-09-30T14:05:00)", 3),
        ("day", "the date is before 1990 or in the future", 1),
    )


@pytest.mark.costly
def test_where_nearly_all_are_left_out_no_verdict_rests_on_the_rest(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    said = [("yes" if i % 3 else "no") if i < 310 else "maybe" for i in range(2480)]
    lines = [f"{i},2026-03-09,{granted},{'F' if i % 2 else 'M'}\n" for i, granted in enumerate(said)]
    bring(workspace, lines)
    document = run_audit(workspace, workspace.system("loans")).written()
    told = document["left_out"]
    assert (told["rows"], told["counted"], told["set_aside"], told["limit"]) == (2480, 310, 2170, 0.01)
    assert told["limited"]
    assert told["share"] == 0.875
    measured = [each for each in document["verdicts"] if each["comparisons"]]
    assert measured
    assert {(each["verdict"], each["reason"]) for each in measured} == {("unknown", "too_much_left_out")}
    assert any(measure["status"] == "ok" for measure in document["measures"])  # figures stay


@pytest.mark.costly
def test_a_correction_that_a_french_spreadsheet_saved_has_decimal_commas_and_its_own_dates(tmp_path: Path) -> None:
    workspace = made(
        tmp_path / "w", MONTHLY.replace("decision:", "score: {column: points, range: [0, 1]}\n  decision:")
    )
    system, out = workspace.system("loans"), tmp_path / "aside.csv"
    good = [f"{line.strip()},0.25\n" for line in rows(3, 100)]
    bad = [f"{line.strip()},0.75\n" for line in rows(3, 4, start=500, granted="été", day=30)]
    bring(workspace, [*good, *bad], header="ref,day,granted,sex,points\n")
    export(workspace, system, out)
    names, *lines = out.read_text(encoding="utf-8").splitlines()
    saved = [line.replace("0.75", "0;75").replace("2026-03-30", "30/03/2026").replace("été", "yes") for line in lines]
    saved = [line.replace("neither a `selected` nor a", "né") for line in saved]  # a letter that is no UTF-8
    swapped = [text.translate(str.maketrans(",;", ";,")) for text in (names, *saved)]
    out.write_bytes("\r\n".join([*swapped, ""]).encode("cp1252"))
    report = resubmit(workspace, system, out)
    assert (report.accepted, report.quarantined) == (4, 0)
    assert left_out(workspace).set_aside == 0
    found = rows_of(workspace, "SELECT day, score, count(*) FROM lake.loans.decisions GROUP BY ALL ORDER BY ALL")
    assert found == [(dt.date(2026, 3, 9), 0.25, 100), (dt.date(2026, 3, 30), 0.75, 4)]


@pytest.mark.costly
def test_rows_of_an_excluded_run_are_told_and_no_part_of_the_share(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    bring(workspace, rows(3, 100))
    bad = rows(3, 7, start=800, granted="maybe")
    bring(workspace, [*rows(3, 40, start=500), *bad], origin="mlflow:r1/decisions.csv")
    assert left_out(workspace).set_aside == 7
    exclude(workspace, workspace.system("loans"), "mlflow:r1", reason="deleted")
    found = left_out(workspace)
    assert (found.counted, found.set_aside, found.excluded, found.share) == (100, 0, 47, 0)


def test_a_row_counts_as_many_as_it_stands_for(tmp_path: Path) -> None:
    """One whose weight cannot be read, as many as the others on average: (60 + 40) ÷ 2."""
    workspace = made(tmp_path / "w", MONTHLY.replace("decision:", "weight: n\n  decision:"))
    header = "ref,day,granted,sex,n\n"
    lines = ["a,2026-03-09,yes,F,60\n", "b,2026-03-09,no,M,40\n", "c,2026-03-09,maybe,M,300\n"]
    bring(workspace, [*lines, "d,2026-03-09,no,F,many\n"], header=header)
    found = left_out(workspace)
    assert (found.counted, found.set_aside) == (100, 350)


@pytest.mark.costly
def test_of_a_whole_log_rows_set_aside_after_its_last_counted_day_are_a_part_too(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", MONTHLY.replace("month", "all"))
    bring(workspace, [*rows(3, 50), *rows(4, 50, granted="maybe"), *rows(2, 10, granted="maybe")])
    assert left_out(workspace).set_aside == 60
    part = measure_window(workspace, workspace.system("loans"), start=MARCH, end=dt.date(2026, 3, 8 + 1)).left_out
    assert part is not None
    assert part.other_periods == 0


@pytest.mark.costly
def test_a_window_without_decisions_is_refused_and_says_where_there_are_some(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    bring(workspace, [*rows(3, 100), *rows(5, 100), *rows(4, 6, granted="maybe")])
    with pytest.raises(EmptyWindowError, match=r"no decision from 2026-04-01 to 2026-04-30 \(6 rows") as refused:
        run_audit(workspace, workspace.system("loans"), start=APRIL, end=dt.date(2026, 4, 30))
    assert refused.value.next_step is not None
    assert "2026-03, 2026-05" in refused.value.next_step
    assert stored_audits(workspace) == []


@pytest.mark.costly
def test_what_was_left_out_is_found_again_may_change_since_and_cannot_be_hidden(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    system = workspace.system("loans")
    bring(workspace, [*rows(3, 300), *rows(3, 4, start=900, granted="maybe")])
    document = run_audit(workspace, system).written()
    assert document["left_out"]["set_aside"] == 4
    (again,) = rerun(workspace, stored_audits(workspace))
    assert again.ok
    bring(workspace, [*rows(4, 50), *rows(3, 9, start=1900, granted="maybe")])
    (again,) = rerun(workspace, stored_audits(workspace))
    assert again.ok
    assert again.recount is not None
    assert again.recount.then == ()
    assert left_out(workspace, MARCH).set_aside == 13
    (stored,) = stored_audits(workspace)
    hidden = stored.text.replace('"set_aside":4', '"set_aside":0')
    assert hidden != stored.text
    (again,) = rerun(workspace, [type(stored)(**{**vars(stored), "text": hidden})])  # its evidence says otherwise
    assert "left_out.set_aside" in {difference.key for difference in again.differences}


@pytest.mark.slow
def test_a_purge_leaves_that_rows_were_set_aside(tmp_path: Path) -> None:
    """The same is told, and the same cap, before and after; of the rows, their month is left."""
    workspace = made(tmp_path / "w", MONTHLY.replace("decision:", "weight: n\n  decision:"))
    header = "ref,day,granted,sex,n\n"
    good = [f"{line.strip()},{2 + 2 * (i % 2)}\n" for i, line in enumerate([*rows(3, 300), *rows(4, 90)])]
    bad = [f"{line.strip()},5\n" for line in rows(3, 6, start=500, granted="CANARY")]
    undated = [line.replace("2026-03-09", "soon") for line in bad]
    unweighed = [f"{line.strip()},many\n" for line in rows(3, 2, start=800)]
    bring(workspace, [*good, *bad, *[f"u{line}" for line in undated], *unweighed], header=header)
    bring(workspace, [f"{line.strip()},1\n" for line in rows(6, 50)], header=header)
    with writing(workspace) as connection:
        connection.execute("UPDATE lake.main.ingested SET \"at\" = '2026-04-30' WHERE origin = '0.csv'")
    march, april = left_out(workspace, MARCH), left_out(workspace, APRIL)
    assert (march.counted, march.set_aside, march.undated) == (900, 6 * 5 + 6 * 5 + 2 * 3, 6 * 5)
    assert (april.counted, april.set_aside) == (270, 30)
    june = left_out(workspace, dt.date(2026, 6, 1))
    assert june.set_aside == 0  # the undated came with decisions of March and April
    then = run_audit(workspace, workspace.system("loans"), start=MARCH, end=dt.date(2026, 3, 31)).written()
    (gone,) = purge(workspace, before=dt.date(2026, 5, 1))
    assert gone.rows == {"decisions": 390, "quarantine": 14}
    for month, before in ((MARCH, march), (APRIL, april), (dt.date(2026, 6, 1), june)):
        assert left_out(workspace, month) == before
    now = run_audit(workspace, workspace.system("loans"), start=MARCH, end=dt.date(2026, 3, 31)).written()
    assert now["left_out"] == then["left_out"]
    assert now["left_out"]["limited"]
    kept = "SELECT DISTINCT day, value, content, fingerprint, mark FROM lake.loans.quarantine WHERE \"column\" <> 'day'"
    with reading(workspace) as connection:
        assert connection.execute(kept) == [(MARCH, None, None, None, None)]
    assert purge(workspace, before=dt.date(2026, 5, 1)) == []
    with pytest.raises(SourceError, match="set aside with its content"):
        export(workspace, workspace.system("loans"), tmp_path / "aside.csv")


@pytest.mark.slow
def test_a_purge_of_one_month_leaves_undated_rows_to_it_whose_source_stays(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    undated = [line.replace("2026-03-09", "soon") for line in rows(3, 4, start=500)]
    bring(workspace, [*rows(3, 100), *rows(4, 90), *undated])
    bring(workspace, rows(5, 20))
    purge(workspace, before=APRIL)
    assert [left_out(workspace, month).undated for month in (MARCH, APRIL, dt.date(2026, 5, 1))] == [4, 4, 0]
    purge(workspace, before=dt.date(2026, 5, 1))
    assert [left_out(workspace, month).undated for month in (MARCH, APRIL, dt.date(2026, 5, 1))] == [4, 4, 0]


WRITING = """
timezone: UTC
generations:
  {id: ref, at: day, output: null, input: null, use: task, tokens_out: tokens, calls: {places: [Paris]}, place: place}
windows: {audit: month}
"""


@pytest.mark.costly
def test_texts_set_aside_count_to_their_day_and_a_purge_leaves_what_was_told(tmp_path: Path) -> None:
    """Of a system that only writes, as of one that decides: a row counts to its day, without one to all of its file."""
    workspace = Workspace.create(tmp_path / "w")
    text = system_text("writer", WRITING, kind="generation")
    (workspace.home / "systems" / "writer.yaml").write_text(text, encoding="utf-8")
    system = workspace.system("writer")
    lines = [f"{m}-{i},2026-{m:02}-09T11:00:00,mail,{i},Paris\n" for m in (3, 4) for i in range(60)]
    bad = ["x,2026-03-09T11:00:00,mail,-5,Paris\n", "y,soon,mail,5,Paris\n"]
    path = workspace.home / "texts.csv"
    path.write_text("ref,day,task,tokens,place\n" + "".join([*lines, *bad]), encoding="utf-8")
    assert ingest(workspace, system, path, log="generations").quarantined == 2

    def told() -> list[tuple[int, int]]:
        days = ((MARCH, dt.date(2026, 3, 31)), (APRIL, dt.date(2026, 4, 30)))
        found = [measure_window(workspace, system, start=start, end=end).left_out for start, end in days]
        return [(each.set_aside, each.undated) for each in found if each is not None]

    assert told() == [(2, 1), (1, 1)]
    purge(workspace, before=APRIL)
    assert told() == [(2, 1), (1, 1)]
    purge(workspace, before=dt.date(2026, 5, 1))
    assert told() == [(2, 1), (1, 1)]


@pytest.mark.costly
def test_a_corrected_row_goes_with_a_purge(tmp_path: Path) -> None:
    workspace, name = made(tmp_path / "w"), tmp_path / "aside.csv"
    bring(workspace, [*rows(3, 100), *rows(3, 4, start=500, granted="maybe")])
    export(workspace, workspace.system("loans"), name)
    name.write_text(name.read_text(encoding="utf-8").replace("maybe", "no"), encoding="utf-8")
    resubmit(workspace, workspace.system("loans"), name)
    with writing(workspace) as connection:
        connection.execute("UPDATE lake.main.ingested SET \"at\" = '2026-03-30'")
    purge(workspace, before=APRIL)
    assert rows_of(workspace, "FROM lake.loans.quarantine") == []
    assert (left_out(workspace, MARCH).counted, left_out(workspace, MARCH).set_aside) == (104, 0)


AGENCIES = """
agencies:
  {agency: agency, month: month, started: started, people: people, count: returns,
   outcomes: {all: {title: {fr: retours, en: returns}}}}
"""


@pytest.mark.costly
def test_counts_by_agency_set_aside_keep_the_question_about_them_from_an_answer(tmp_path: Path) -> None:
    """Agencies of which the counts of the months after their start cannot be read are no part of what is better."""
    workspace = made(tmp_path / "w", MONTHLY + AGENCIES)
    system, counts = workspace.system("loans"), tmp_path / "agencies.csv"
    bring(workspace, rows(3, 100))
    lines = [
        f"a{a},2025-{m:02}-01,{'2025-05-01' if a < 20 else ''},{100 + a},"
        f"{'lost' if a < 8 and m > 5 else 30 + (a * m) % 5 + (20 if a < 20 and m > 4 else 0)}\n"
        for a in range(40)
        for m in range(1, 13)
    ]
    counts.write_text("agency,month,started,people,returns\n" + "".join(lines), "utf-8")
    ingest(workspace, system, counts, log="agencies")
    document = run_audit(workspace, system).written()
    assert document["left_out"]["agencies"] == {
        "rows": 480, "counted": 424, "set_aside": 56, "share": pytest.approx(56 / 480), "limited": True,
    }  # fmt: skip
    (told,) = (v for v in document["verdicts"] if v["indicator"] == "better_than_before")
    assert (told["verdict"], told["reason"]) == ("unknown", "too_much_left_out")
    assert told["sentence"]["en"].startswith("We cannot tell. Of 480 counts by agency, 56 were set aside (12 in 100):")
    assert left_out_words(document, speaker("en")) == "counts by agency set aside: 56 of 480"
    assert all(again.ok for again in rerun(workspace, stored_audits(workspace)))


@pytest.mark.costly
def test_outcomes_set_aside_are_told_and_keep_questions_about_outcomes_from_an_answer(tmp_path: Path) -> None:
    """Two of three cannot be read: what rests on decisions alone is judged, what rests on outcomes is not."""
    outcome = 'outcome: {column: repaid, positive: ["1"], observed_for: all, absent: negative}\n  decision:'
    workspace = made(tmp_path / "w", MONTHLY.replace("decision:", outcome))
    system, late = workspace.system("loans"), tmp_path / "late.csv"
    bring(workspace, rows(3, 100))
    assert "outcomes" not in run_audit(workspace, system).written()["left_out"]
    late.write_text("ref,repaid\n3-1,1\n,1\n,0\n", encoding="utf-8")
    ingest(workspace, system, late, log="outcomes")
    document = run_audit(workspace, system).written()
    told = document["left_out"]
    assert told["outcomes"] == {"rows": 3, "counted": 1, "set_aside": 2, "share": pytest.approx(2 / 3), "limited": True}
    assert (told["set_aside"], told["limited"]) == (0, False)
    reasons = {each["template"]: each["reason"] for each in document["verdicts"] if each["comparisons"]}
    assert reasons["true_positive_rate_difference"] == "too_much_left_out"
    assert reasons["selection_rate_ratio"] != "too_much_left_out"
    (sentence,) = (v["sentence"] for v in document["verdicts"] if v["template"] == "true_positive_rate_difference")
    assert sentence["en"].startswith("We cannot tell. Of 3 outcomes, 2 were set aside (67 in 100): from 1 in 100 on,")
    assert "Sur 3 résultats, 2 ont été mis de côté (67 sur 100)" in sentence["fr"].replace("\xa0", " ")
    assert left_out_words(document, speaker("en")) == "outcomes set aside: 2 of 3"
    assert left_out_words(document, speaker("fr")) == "résultats mis de côté\u202f: 2 sur 3"
    assert all(again.ok for again in rerun(workspace, stored_audits(workspace)))
    discard(workspace, system, RowSelection(), reason="unreadable", role="Credit", log="outcomes")
    assert left_out(workspace).beside == {}


@pytest.mark.slow
def test_a_reference_of_which_much_was_set_aside_is_no_measure_of_drift(tmp_path: Path) -> None:
    """The window is whole, and what is told of it is judged; how far it moved from half a reference is not."""
    text = MONTHLY.replace(
        "windows: {audit: month}",
        "features: [n]\nwindows: {audit: month, reference: 2026-03-01/2026-03-31}",
    )
    workspace = made(tmp_path / "w", text)
    header = "ref,day,granted,sex,n\n"
    lines = {month: [f"{line[:-1]},{i % 7}\n" for i, line in enumerate(rows(month, 300))] for month in (3, 4)}
    bad = [f"{line[:-1]},1\n" for line in rows(3, 200, start=500, granted="maybe")]
    bring(workspace, [*lines[3], *bad, *lines[4]], header=header)
    april = {"start": APRIL, "end": dt.date(2026, 4, 30)}
    document = run_audit(workspace, workspace.system("loans"), **april).written()
    told = document["left_out"]
    assert told["reference"] == {"rows": 500, "counted": 300, "set_aside": 200, "share": 0.4, "limited": True}
    assert (told["set_aside"], told["limited"]) == (0, False)
    verdicts = {each["template"]: each for each in document["verdicts"] if each["comparisons"]}
    drift = verdicts["likeness_to_reference"]
    assert (drift["verdict"], drift["reason"]) == ("unknown", "too_much_left_out")
    assert "Of 500 decisions of the reference period, 200 were set aside (40 in 100)" in drift["sentence"]["en"]
    assert "Sur 500 décisions de la période de référence, 200 ont été mises de côté" in drift["sentence"]["fr"]
    assert verdicts["selection_rate_ratio"]["reason"] != "too_much_left_out"
    assert (
        left_out_words(document, speaker("en")) == "300 in other periods; set aside in the reference period: 200 of 500"
    )
    assert all(again.ok for again in rerun(workspace, stored_audits(workspace)))
    whole = run_audit(workspace, workspace.system("loans"), start=MARCH, end=dt.date(2026, 3, 31)).written()
    assert "reference" not in whole["left_out"]  # it is the window itself
