"""A stray value in a column of groups, such as a person's name: where it may stand, and where it never does."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from boussole.audits.decisions import ingest
from boussole.audits.decisions.ingesting import RefusedSourceError
from boussole.audits.decisions.overview import overview
from boussole.audits.decisions.quarantine import export
from boussole.audits.errors import BoussoleError, SourceError
from boussole.audits.lake import reading
from boussole.audits.retention.purge import purge
from boussole.audits.runs import measure_window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from tests.attacks import Tries
from tests.audits.privacy.helpers import files_of, found_in_clear, found_when_opened
from tests.sparing import slow_case
from tests.written import system_text, written_workspace

NAME = "Dupont-Canari"
DECLARED = "{column: sex, values: {F: {en: women, fr: femmes}, M: {en: men, fr: hommes}}}"
GROUPS = {
    "pool": DECLARED,
    "set_aside": DECLARED.replace("}}}", "}}, undeclared: set_aside}"),
    "free": "{column: sex}",
}


def text(group: str) -> str:
    return system_text(
        "loans",
        f"""
columns:
  id: ref
  decided_at: when
  decision: {{column: granted, selected: ["yes"], not_selected: ["no"]}}
  score: {{column: score, range: [0, 1]}}
  person: who
groups:
  sex: {group}
  age: {{column: age, bands: [40]}}
intersections: [[sex, age]]
windows: {{audit: month}}
privacy: {{pseudonymise: [ref, who], retain_days: 365}}
""",
    )


def workspace_of(folder: Path, group: str) -> Workspace:
    return written_workspace(folder / "w", text(group))


def rows(strays: int, *, month: str = "2025-03", stray: str = NAME, each: int = 150, seed: int = 0) -> list[str]:
    values = ["F"] * each + ["M"] * each + [stray] * strays
    return [
        f"{month}{i},{month}-{1 + i % 28:02d},{'yes' if (i * 7 + seed) % 3 else 'no'},{(i % 90) / 100},P{month}{i},"
        f"{value},{20 + i % 50}"
        for i, value in enumerate(values)
    ]


def bring(workspace: Workspace, folder: Path, lines: list[str], name: str = "rows.csv"):
    path = folder / name
    path.write_text("\n".join(["ref,when,granted,score,who,sex,age", *lines]) + "\n", encoding="utf-8")
    return ingest(workspace, workspace.system("loans"), path)


def declared(workspace: Workspace, text: str) -> Workspace:
    (workspace.home / "systems" / "loans.yaml").write_text(text, encoding="utf-8")
    return Workspace(workspace.home)


def counts(workspace: Workspace) -> dict[str | None, int]:
    with reading(workspace) as connection:
        return dict(connection.execute("SELECT g_sex, count(*) FROM lake.loans.decisions GROUP BY 1").fetchall())


def outside(workspace: Workspace) -> set[str]:
    """The files that are read without the lake's keys, and hold the name."""
    held = (workspace.lake, workspace.keys)  # its files, and the catalogue with their keys
    return {
        path.name
        for path in files_of(workspace)
        if not any(map(path.is_relative_to, held)) and NAME.encode() in path.read_bytes()
    }


@pytest.mark.costly
def test_values_that_are_not_declared_are_pooled(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, GROUPS["pool"])
    report = bring(workspace, tmp_path, [*rows(2), "x1,2025-03-05,yes,0.5,Px,,30"])
    assert (report.accepted, report.quarantined) == (303, 0)
    assert counts(workspace) == {"F": 150, "M": 150, "undeclared": 2, None: 1}
    (change,) = report.changes
    assert (change.kind, change.column, change.detail) == ("undeclared_value", "sex", "2")
    assert change.sentence() == (
        "column 'sex': rows with a value that the system file does not declare, counted as undeclared (2)"
    )


@pytest.mark.costly
def test_most_values_undeclared_are_told_by_their_number_and_what_to_do(tmp_path: Path) -> None:
    """A log that spells its values otherwise: the report says so, names none, and the page says it in words."""
    workspace = workspace_of(tmp_path, GROUPS["pool"])
    report = bring(workspace, tmp_path, [line.replace(",F,", ",Female,") for line in rows(1, each=40)])
    (change,) = report.changes
    assert (change.kind, change.column, change.detail) == ("mostly_undeclared", "sex", "41 of 81")
    assert change.sentence() == (
        "column 'sex': most rows have a value that the system file does not declare, counted as undeclared; if the log "
        "only spells values otherwise, declare its spelling in `values` for what comes next (41 of 81)"
    )
    assert "Female" not in repr(report)
    assert [each.kind for each in overview(workspace).systems["loans"].changed] == ["mostly_undeclared"]


@pytest.mark.costly
def test_many_rows_of_one_person_name_no_value(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, GROUPS["free"])
    bring(workspace, tmp_path, rows(0))
    lines = [f"y{i},2025-04-05,yes,0.5,Pme,{NAME},30" for i in range(30)]
    report = bring(workspace, tmp_path, lines, "april.csv")
    assert [(each.kind, each.detail) for each in report.changes] == [("rare_value", "1")]


@pytest.mark.costly
def test_values_that_are_not_declared_are_set_aside(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, GROUPS["set_aside"])
    report = bring(workspace, tmp_path, rows(3))
    assert (report.accepted, report.quarantined) == (300, 3)
    assert [r.sentence() for r in report.rejections] == [
        "column 'sex': not one of the values that the system file declares (3 rows, the first is row 301)"
    ]
    assert counts(workspace) == {"F": 150, "M": 150}
    out = tmp_path / "aside.csv"
    assert export(workspace, workspace.system("loans"), out) == 3
    out.write_text(out.read_text(encoding="utf-8").replace(NAME, "F"), encoding="utf-8")
    corrected = ingest(workspace, workspace.system("loans"), out, origin="quarantine:aside.csv")
    assert (corrected.accepted, corrected.cleared) == (3, 3)
    assert counts(workspace) == {"F": 153, "M": 150}


def test_a_file_of_undeclared_values_alone_is_refused_where_they_are_set_aside(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, GROUPS["set_aside"])
    with pytest.raises(RefusedSourceError) as caught:
        bring(workspace, tmp_path, rows(3, each=0))
    assert NAME not in str(caught.value)


@pytest.mark.parametrize(
    ("group", "told"),
    [
        ("{column: sex, undeclared: set_aside}", "needs `values`"),
        ("{column: sex, values: [F, M], reference: H}", "reference must be one of the declared `values`.*F, M"),
        ("{column: sex, values: [F, undeclared]}", "'undeclared' is what values that are not declared are called"),
        ("{column: sex, values: [F, F]}", "a value is given twice"),
        (f"{{column: sex, values: {list(range(61))}}}", "`groups.sex`: 61 groups are too many to compare .at most 60"),
        (f"{{column: sex, bands: {list(range(60))}}}", "`groups.sex`: 61 groups are too many"),
        (f"{{column: sex, values: {list(range(60))}}}", None),
        ("{column: sex, values: [true, 1, x y]}", None),
    ],
)
def test_what_a_system_file_may_declare(tmp_path: Path, group: str, told: str | None) -> None:
    if told is None:
        assert workspace_of(tmp_path, group).system("loans").groups["sex"].closed
    else:
        with pytest.raises(BoussoleError, match=told):
            workspace_of(tmp_path, group).system("loans")


def test_crossings_of_declared_values_are_bounded(tmp_path: Path) -> None:
    wide = text(f"{{column: sex, values: {list(range(60))}}}").replace("bands: [40]", "bands: [30, 40, 50]")
    with pytest.raises(BoussoleError, match=r"the intersection \[sex, age\]: 240 groups are too many .*at most 200"):
        written_workspace(tmp_path / "w", wide).system("loans")


@pytest.mark.costly
def test_too_many_values_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, GROUPS["free"])
    lines = [line.replace(NAME, f"{NAME}{i}") for i, line in enumerate(rows(70))]
    with pytest.raises(SourceError) as caught:
        bring(workspace, tmp_path, lines)
    said = str(caught.value)
    assert "this file brings 72 groups, too many to compare (at most 60); the column 'sex' alone has 72" in said
    assert "values: [A, B]" in said
    assert NAME not in said
    bring(workspace, tmp_path, rows(0), "good.csv")
    assert counts(workspace) == {"F": 150, "M": 150}
    with pytest.raises(SourceError, match="has 72 different values"):  # those that are there count too
        bring(workspace, tmp_path, [line.replace("2025-03", "2025-04") for line in lines][300:], "more.csv")


@pytest.mark.costly
@pytest.mark.parametrize("strays", [3, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 10))])
@pytest.mark.parametrize("kind", [*list(GROUPS)[:1], *map(slow_case, list(GROUPS)[1:])])
@pytest.mark.attack("small groups", "a person's name in the column of a group, looked for in all that leaves the lake")
def test_a_name_in_a_column_of_groups_leaves_by_no_way(
    tmp_path: Path, kind: str, strays: int, tries: Tries, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace = workspace_of(tmp_path, GROUPS[kind])
    system = workspace.system("loans")
    reports = [bring(workspace, tmp_path, rows(strays))]
    reports += [bring(workspace, tmp_path, rows(strays, month="2025-04", stray=f"{NAME}s", seed=1), "april.csv")]
    march = run_audit(workspace, system, start=dt.date(2025, 3, 1), end=dt.date(2025, 3, 31)).written()
    april = run_audit(workspace, system, start=dt.date(2025, 4, 1), end=dt.date(2025, 4, 30)).written()
    for said in (*reports, march, april, capsys.readouterr()):
        tries.add()
        assert NAME not in repr(said)
    assert not outside(workspace)
    tries.add()
    assert not found_when_opened_of_evidence(workspace)
    tries.add()


def found_when_opened_of_evidence(workspace: Workspace) -> set[str]:
    return {name for name, _ in found_when_opened(workspace, [NAME.encode()]) if name.endswith(".parquet")}


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(GROUPS))
@pytest.mark.attack("small groups", "a name in the column of a group, looked for in every file after a purge")
def test_a_name_stands_nowhere_after_a_purge(tmp_path: Path, kind: str, tries: Tries) -> None:
    workspace = workspace_of(tmp_path, GROUPS[kind])
    system = workspace.system("loans")
    bring(workspace, tmp_path, rows(3))
    bring(workspace, tmp_path, rows(0, month="2026-10"), "young.csv")
    if kind != "pool":
        assert found_when_opened(workspace, [NAME.encode()])
    march = {"start": dt.date(2025, 3, 1), "end": dt.date(2025, 3, 31)}
    before = run_audit(workspace, system, **march).written()
    with reading(workspace) as connection:
        totals = connection.execute("SELECT sum(n), count(DISTINCT value1) FROM lake.loans.cells WHERE \"by\" = 'sex'")
        held = totals.fetchone()
    purge(workspace, today=dt.date(2026, 11, 28))
    purge(workspace, before=dt.date(2100, 1, 1)) if kind == "set_aside" else None  # rows set aside go by their arrival
    assert not found_in_clear(workspace, [NAME.encode()])
    tries.add(len(files_of(workspace)))
    assert not found_when_opened(workspace, [NAME.encode()])
    tries.add()
    with reading(workspace) as connection:
        now = connection.execute(
            "SELECT sum(n), count(DISTINCT value1) FROM lake.loans.cells WHERE \"by\" = 'sex'"
        ).fetchone()
    assert now == held
    assert NAME not in repr(before)


@pytest.mark.costly
def test_what_is_measured_of_the_others_does_not_depend_on_the_text(tmp_path: Path) -> None:
    """A free group with a stray value, and a declared one: the same figures of the groups that can be told."""
    told = []
    for kind in ("free", "pool"):
        workspace = workspace_of(tmp_path / kind, GROUPS[kind])
        bring(workspace, tmp_path / kind, rows(3))
        document = run_audit(workspace, workspace.system("loans")).written()
        told.append({m["id"]: (m["value"], m["n"]) for m in document["measures"] if m["value"] is not None})
    assert told[0].keys() == told[1].keys()
    for name, (value, n) in told[0].items():
        assert told[1][name] == (pytest.approx(value, rel=1e-12), n), name
    assert told[0]["selection_rate/sex=F"][1] == 150


@pytest.mark.costly
def test_enough_people_give_a_value_its_name(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, GROUPS["free"])
    bring(workspace, tmp_path, rows(60, stray="X"))
    run = measure_window(workspace, workspace.system("loans"))
    assert "selection_rate/sex=X" in {measure.id for measure in run.measures if measure.value is not None}


@pytest.mark.costly
def test_the_same_word_stands_for_a_value_in_every_window(tmp_path: Path) -> None:
    """So that what one audit has set apart is apart in the next."""
    workspace = workspace_of(tmp_path, GROUPS["free"])
    system = workspace.system("loans")
    bring(workspace, tmp_path, [*rows(3), *rows(3, month="2025-04")])
    groups = Counter[str]()
    for start, end in (("2025-03-01", "2025-03-31"), ("2025-04-01", "2025-04-30")):
        document = run_audit(
            workspace, system, start=dt.date.fromisoformat(start), end=dt.date.fromisoformat(end)
        ).written()
        apart = [m for m in document["measures"] if m["metric"] == "selection_rate" and m["reason"] == "set_apart"]
        groups.update(m["group"]["sex"] for m in apart if m["by"] == ["sex"])
        assert document["decisions"] == 300
    ((word, times),) = groups.items()
    assert word.startswith("rare-")
    assert times == 2


@pytest.mark.costly
def test_a_growing_table_brings_the_same_rows_again(tmp_path: Path) -> None:
    """Also once a value was declared: rows stay as they came in, and are not set aside as changed."""
    workspace = workspace_of(tmp_path, GROUPS["pool"])
    bring(workspace, tmp_path, rows(4, stray="X"))
    later = declared(workspace, text(DECLARED.replace("}}}", "}, X: {}}}")))
    again = bring(later, tmp_path, [*rows(4, stray="X"), "new,2025-03-08,yes,0.5,Pn,X,33"], "later.csv")
    assert (again.known, again.accepted, again.quarantined) == (304, 1, 0)
    assert counts(later) == {"F": 150, "M": 150, "undeclared": 4, "X": 1}


@pytest.mark.costly
def test_values_that_are_declared_only_later_leave_the_lake_as_it_is(tmp_path: Path) -> None:
    """Its rows hold the text; the file declares values since: nobody is moved, and the text is told nowhere."""
    workspace = workspace_of(tmp_path, GROUPS["free"])
    bring(workspace, tmp_path, rows(3))
    later = declared(workspace, text(GROUPS["pool"]))
    document = run_audit(later, later.system("loans")).written()
    assert document["decisions"] == 300
    assert NAME not in repr(document)
    assert not outside(later)
    again = bring(later, tmp_path, [*rows(3), "new,2025-03-08,yes,0.5,Pn,F,33"], "later.csv")
    assert (again.known, again.quarantined) == (303, 0)


AFTER = "was declared after the decisions of 'loans' came in.*another `id`"
RQTH = "{from: sensitive, column: rqth, basis: consent, expires: 2099-01-01}"


@pytest.mark.costly
@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("controls: {job: {column: job}}\ngroups:\n", f"`controls.job` {AFTER}"),
        ("groups:\n  job: {column: job}\n", f"`groups.job` {AFTER}"),
        (  # what is joined at the door is joined by a rebuild
            f"sensitive: {{path: sensitive.csv, key: who}}\ngroups:\n  rqth: {RQTH}\n",
            "`groups.rqth` .*boussole cubes rebuild",
        ),
    ],
)
def test_what_was_declared_after_the_import_is_named(tmp_path: Path, more: str, told: str) -> None:
    workspace = workspace_of(tmp_path, GROUPS["free"])
    bring(workspace, tmp_path, rows(0))
    people = "".join(f"P2025-03{i},{'yn'[i % 2]}\n" for i in range(300))
    (workspace.home / "sensitive.csv").write_text("who,rqth\n" + people, encoding="utf-8")
    later = declared(workspace, text(GROUPS["free"]).replace("groups:\n", more))
    with pytest.raises(BoussoleError, match=told):
        measure_window(later, later.system("loans"))
