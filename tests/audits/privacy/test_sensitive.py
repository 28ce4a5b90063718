"""Sensitive values come from their own file, for the people it names, until their legal basis ends."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boussole.audits.cubes.update import rebuild as count_anew
from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.decisions.sensitive import refresh
from boussole.audits.errors import SourceError
from boussole.audits.lake import writing
from boussole.audits.retention.purge import purge
from boussole.audits.retention.rotation import rotate
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
from tests.audits.privacy.helpers import cubes, found_in_clear, found_when_opened, rows_of
from tests.written import system_text

SYSTEM = system_text(
    "jobs",
    """
columns:
  id: ref
  decided_at: when
  decision: {column: called, selected: ["yes"], not_selected: ["no"]}
  score: {column: score, range: [0, 1]}
  person: who
groups:
  gender: {column: sex}
  disability: {column: rqth, from: sensitive, basis: "Article 9(2)(j)", expires: EXPIRES}
  birth: {column: year, bands: [1980, 2000], from: sensitive, basis: "Article 9(2)(j)", expires: 2199-12-31}
intersections: [[gender, disability]]
privacy: {pseudonymise: [who]}
sensitive: {path: "secret.csv", key: person}
""",
)
PEOPLE = (
    "person,rqth,year\n p1 ,ZEBRA,1970\np2,no,1990\np2,no,1990\np3,ZEBRA,1990\np3,no,1990\np4,=cmd(),old\np5,,2001\n"
)
LOG = "ref,when,called,score,who,sex\n" + "".join(
    f"r{i},2026-0{1 + i % 2}-03,{'yes' if i % 2 else 'no'},0.{i},p{i},{'FM'[i % 2]}\n" for i in range(1, 8)
)
STORED = "SELECT id, g_disability, g_birth FROM lake.jobs.decisions ORDER BY id"
EXPECTED = [
    ("r1", "ZEBRA", "<1980"),
    ("r2", "no", "1980-1999"),  # the same twice
    ("r3", None, "1980-1999"),  # two different values
    ("r4", None, None),  # a formula, and no number
    ("r5", None, "2000+"),
    ("r6", None, None),  # not in the file
    ("r7", None, None),
]


@pytest.fixture
def jobs(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "jobs")
    declare(made, "2199-12-31")
    (made.home / "secret.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    return made


def declare(workspace: Workspace, expires: str, path: str = "secret.csv") -> Workspace:
    text = SYSTEM.replace("EXPIRES", expires).replace("secret.csv", path)
    (workspace.home / "systems" / "jobs.yaml").write_text(text, encoding="utf-8")
    return Workspace(workspace.home)


def bring(workspace: Workspace, path: Path) -> IngestReport:
    return ingest(workspace, workspace.system("jobs"), path)


@pytest.mark.costly
def test_values_are_joined_by_the_clear_person(jobs: Workspace, tmp_path: Path) -> None:
    report = bring(jobs, tmp_path / "log.csv")
    assert rows_of(jobs, STORED) == EXPECTED
    assert [change.sentence() for change in report.changes] == [
        "column 'rqth': different values for one person, read as unknown (1 of the people)"
    ]
    daily = rows_of(jobs, """SELECT value1, sum(n)::INT FROM lake.jobs.daily WHERE "by" = 'disability' GROUP BY ALL""")
    assert sorted(daily, key=str) == [("ZEBRA", 1), ("no", 1), (None, 5)]


@pytest.mark.costly
def test_a_sensitive_column_in_the_log_is_not_read_and_told(jobs: Workspace, tmp_path: Path) -> None:
    lines = LOG.splitlines()
    (tmp_path / "log.csv").write_text("\n".join([f"{lines[0]},RQTH", *(f"{line},LEAK" for line in lines[1:])]))
    report = bring(jobs, tmp_path / "log.csv")
    assert rows_of(jobs, STORED) == EXPECTED
    assert "column 'RQTH': sensitive, so it must not travel with a log: not read" in [
        change.sentence() for change in report.changes
    ]
    assert found_when_opened(jobs, [b"LEAK"]) == set()


@pytest.mark.costly
def test_people_who_are_added_or_taken_out_are_joined_anew(jobs: Workspace, tmp_path: Path) -> None:
    bring(jobs, tmp_path / "log.csv")
    system = jobs.system("jobs")
    assert (refresh(jobs, system), refresh(jobs, system)) != (None, None)  # the first joining is noted once
    rotate(jobs)
    (jobs.home / "secret.csv").write_text("person,rqth,year\np2,no,1990\np6,ZEBRA,1985\n", encoding="utf-8")
    done = refresh(jobs, system)
    assert done
    assert (done.rows, done.months) == (4, (dt.date(2026, 1, 1), dt.date(2026, 2, 1)))
    unknown = [(f"r{i}", None, None) for i in (3, 4, 5)]
    two, six = ("r2", "no", "1980-1999"), ("r6", "ZEBRA", "1980-1999")
    assert rows_of(jobs, STORED) == [("r1", None, None), two, *unknown, six, ("r7", None, None)]
    before = cubes(jobs, "jobs")
    with writing(jobs) as connection:
        count_anew(connection, system)
    assert cubes(jobs, "jobs") == before
    assert refresh(jobs, system) is None


@pytest.mark.costly
def test_after_its_end_nothing_of_it_is_held(jobs: Workspace, tmp_path: Path) -> None:
    bring(jobs, tmp_path / "log.csv")
    assert found_when_opened(jobs, [b"ZEBRA"])
    assert found_in_clear(jobs, [b"ZEBRA"]) >= {("catalog.sqlite", b"ZEBRA")}
    later = declare(jobs, "2026-11-01")
    assert purge(later, today=dt.date(2026, 11, 1)) == []  # on its last day it is still in force
    (found,) = purge(later, today=dt.date(2026, 11, 2))
    assert (found.groups, found.rows, found.before) == (("disability",), {}, None)
    (jobs.home / "secret.csv").unlink()  # the organisation's own file is not Boussole's to remove
    assert found_when_opened(later, [b"ZEBRA"]) == set()
    assert found_in_clear(later, [b"ZEBRA"]) == set()
    assert rows_of(later, STORED) == [(ref, None, birth) for ref, _, birth in EXPECTED]
    before = cubes(later, "jobs")
    with writing(later) as connection:
        count_anew(connection, later.system("jobs"))
    assert cubes(later, "jobs") == before
    assert purge(later, today=dt.date(2026, 11, 3)) == []
    (jobs.home / "secret.csv").write_text(PEOPLE, encoding="utf-8")
    (tmp_path / "more.csv").write_text(LOG.replace("\nr", "\ns"), encoding="utf-8")
    bring(declare(jobs, "2020-01-01"), tmp_path / "more.csv")  # nor is it joined any more
    assert found_when_opened(jobs, [b"ZEBRA"]) == set()


BAD_FILES = {
    "missing": (None, "is not there"),
    "no key": ("who,rqth,year\np1,ZEBRA,1\n", "missing column: person"),
    "no names": ("p1,ZEBRA,1970\np2,no,1990\n", "missing columns: person, rqth, year"),
    "not UTF-8": (b"person,rqth,year\np1,ZEBRA\xff\xfe,1970\n", r"cannot be read \(InvalidInputException\)"),
    "ragged": ("person,rqth,year\np1,ZEBRA\n" * 3, r"cannot be read|missing column"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_refuses_the_import_without_quoting_it(jobs: Workspace, tmp_path: Path, name: str) -> None:
    content, message = BAD_FILES[name]
    path = jobs.home / "secret.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SourceError, match=message) as caught:
        bring(jobs, tmp_path / "log.csv")
    assert "ZEBRA" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert rows_of(jobs, "SELECT count(*) FROM lake.main.ingested") == [(0,)]


@pytest.mark.costly
def test_commands_join_anew(jobs: Workspace, tmp_path: Path) -> None:
    bring(jobs, tmp_path / "log.csv")
    call = ["--workspace", str(jobs.home)]
    said = CliRunner().invoke(app, [*call, "sync"]).stderr
    assert "jobs: joined to secret.csv anew, 0 row(s) changed." in said
    assert "anew" not in CliRunner().invoke(app, [*call, "sync"]).stderr
    (jobs.home / "secret.csv").write_text(f"{PEOPLE}p7,no,1999\n", encoding="utf-8")
    said = CliRunner().invoke(app, [*call, "cubes", "rebuild"]).stderr
    assert "jobs: joined to secret.csv anew, 1 row(s) changed." in said
    (jobs.home / "secret.csv").unlink()
    ended = CliRunner().invoke(app, [*call, "sync"])
    assert ended.exit_code == 2
    assert "secret.csv: the file of sensitive values is not there" in ended.stderr
