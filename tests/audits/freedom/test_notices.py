"""First messages and their notices, worked out by hand: which is the first, which notice counts, what is purged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.cubes.logs import recount
from boussole.audits.errors import SystemFileError
from boussole.audits.lake import writing
from boussole.audits.metrics.notices import notice_measures
from boussole.audits.retention.purge import purge
from boussole.audits.systems.logs.contacts import FIRST, LACKING, UNTOLD
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits import logged
from tests.audits.logged import APRIL, MARCH, read_log, sides
from tests.written import system_text, written_workspace

CONTACTS = """
contacts:
  person: who
  at: sent
  kind: kind
  template: template
  notices: {A1: {approved_on: 2026-01-05, document: n° 2}, A2: {approved_on: 2026-03-10}, B1: {missing: too long}}
"""


def made(tmp_path: Path, contacts: str = CONTACTS) -> Workspace:
    return written_workspace(tmp_path / "w", system_text("offers", contacts, kind="generation"))


def bring(workspace: Workspace, *rows: str, name: str = "sent") -> None:
    logged.bring(workspace, "contacts", "who,sent,kind,template", *rows, name=name)


def first(workspace: Workspace, window: Window = MARCH, *, exact: bool = False) -> tuple[tuple[int, int], ...]:
    """Cases and all: without an approved notice, without a template, with one that lacks the notice."""
    contacts, read = workspace.system("offers").contacts, read_log(workspace, "contacts", window, exact=exact)
    assert contacts is not None
    assert read is not None
    names = [contacts.part(part) for part in (FIRST, UNTOLD, LACKING)]
    assert {*names} <= {*read["part"].to_pylist()}  # counted, be it 0
    return tuple(sides(read, name) for name in names)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("messages", "found"),
    [
        (["p,2026-03-02T10:00:00,contact,A1"], ((0, 1), (0, 1), (0, 1))),
        (["p,2026-03-02T10:00:00,contact, A1 "], ((0, 1), (0, 1), (0, 1))),
        (["p,2026-03-02T10:00:00,contact,C9"], ((1, 1), (0, 1), (0, 1))),  # nobody knows that template
        (["p,2026-03-02T10:00:00,contact,A2"], ((1, 1), (0, 1), (0, 1))),  # approved eight days later
        (["p,2026-03-10T08:00:00,contact,A2"], ((0, 1), (0, 1), (0, 1))),  # on the day itself
        (["p,2026-03-02T10:00:00,contact,B1"], ((1, 1), (0, 1), (1, 1))),
        (["p,2026-03-02T10:00:00,contact,"], ((0, 0), (1, 1), (0, 0))),
        (  # only the first counts
            ["p,2026-03-02T10:00:00,contact,A1", "p,2026-03-03T10:00:00,contact,C9"],
            ((0, 1), (0, 1), (0, 1)),
        ),
        (  # a STOP is no message
            ["p,2026-03-01T10:00:00,STOP,", "p,2026-03-02T10:00:00,contact,A1"],
            ((0, 1), (0, 1), (0, 1)),
        ),
        (  # at one moment, one is enough
            ["p,2026-03-02T10:00:00,contact,C9", "p,2026-03-02T10:00:00,reminder,A1"],
            ((0, 1), (0, 1), (0, 1)),
        ),
        (  # the first one came in February
            ["p,2026-02-20T10:00:00,contact,C9", "p,2026-03-02T10:00:00,contact,C9"],
            ((0, 0), (0, 0), (0, 0)),
        ),
    ],
)
def test_the_first_message_to_a_person(tmp_path: Path, messages: list[str], found: tuple[tuple[int, int], ...]) -> None:
    workspace = made(tmp_path)
    bring(workspace, *messages)
    assert first(workspace) == found == first(workspace, exact=True)


@pytest.mark.costly
def test_an_earlier_message_that_comes_late_is_the_first(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    bring(workspace, "p,2026-04-02T10:00:00,contact,C9")
    assert first(workspace, APRIL)[0] == (1, 1)
    bring(workspace, "p,2026-03-02T10:00:00,contact,A1", name="late")
    assert first(workspace, APRIL)[0] == (0, 0) == first(workspace, APRIL, exact=True)[0]
    assert first(workspace)[0] == (0, 1)


@pytest.mark.costly
def test_notices_named_after_the_import_are_counted_from_the_rows_and_never_of_rows_that_were_purged(
    tmp_path: Path,
) -> None:
    workspace = made(tmp_path, "contacts: {person: who, at: sent, kind: kind, template: template}\n")
    bring(workspace, "p,2026-03-02T10:00:00,contact,C9", "q,2026-04-02T10:00:00,contact,A1")
    file = workspace.home / "systems" / "offers.yaml"
    file.write_text(system_text("offers", CONTACTS, kind="generation"), encoding="utf-8")
    workspace = Workspace(workspace.home)
    assert (first(workspace)[0], first(workspace, APRIL)[0]) == ((1, 1), (0, 1))
    purge(workspace, before=dt.date(2026, 4, 1), today=dt.date(2026, 5, 1))
    system = workspace.system("offers")
    assert notice_measures(read_log(workspace, "contacts"), system) == []


@pytest.mark.costly
def test_who_was_written_to_before_a_purge_is_no_new_person_in_what_was_counted(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    bring(workspace, "p,2026-02-02T10:00:00,contact,A1", "p,2026-04-20T10:00:00,contact,C9", "q,2026-04-21,contact,A1")
    purge(workspace, before=dt.date(2026, 3, 1), today=dt.date(2026, 5, 1))
    assert first(workspace, APRIL)[0] == (0, 1) == first(workspace, APRIL, exact=True)[0]
    with writing(workspace) as connection:
        recount(connection, workspace.system("offers"), "contacts")
    assert first(workspace, APRIL)[0] == (0, 1)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("notices: {A1: {approved_on: 2026-01-05}}", "`notices` are those of the column `template`"),
        ("template: t, notices: {A1: {}}", "give exactly one of `approved_on` and `missing`"),
        ("template: t, notices: {A1: {missing: none, document: n}}", "belongs to a notice that was approved"),
    ],
)
def test_notices_that_say_nothing_are_refused(tmp_path: Path, written: str, told: str) -> None:
    workspace = made(tmp_path, f"contacts: {{person: who, at: sent, kind: kind, {written}}}")
    with pytest.raises(SystemFileError, match=told):
        workspace.system("offers")


@pytest.mark.costly
def test_the_measure_and_its_interval(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    bring(
        workspace,
        *(f"p{i},2026-03-02T10:00:00,contact,A1" for i in range(80)),
        *(f"q{i},2026-03-02T10:00:00,contact,B1" for i in range(3)),
        *(f"r{i},2026-03-02T10:00:00,contact," for i in range(2)),
    )
    system = workspace.system("offers")
    (found,) = notice_measures(read_log(workspace, "contacts"), system)
    assert found.params == {"cases": 3, "unlabelled": 2, "all": 85, "lacking": 3}
    assert (found.interval.low, found.interval.high) == pytest.approx(proportion_confint(3, 83, method="wilson"))
