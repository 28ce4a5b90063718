"""Uses by agents: what comes in, what is refused, that nobody is named, and that it leaves like any other log."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from boussole.audits.decisions import ingest
from boussole.audits.decisions.correction import resubmit
from boussole.audits.decisions.quarantine import export, list_rows
from boussole.audits.declaration import declaration
from boussole.audits.errors import BoussoleError
from boussole.audits.retention.rotation import rotate
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import found_in_clear, found_when_opened, rows_of
from tests.written import system_text, written_workspace

CHATFT = system_text(
    "chatft",
    """
usage:
  {id: use, at: used_at, task: task, purpose: purpose, team: agency, region: region, role: job, age_band: age,
   trained_on: trained}
privacy: {pseudonymise: [agency], retain_days: 365}
""",
    kind="generation",
)
HEAD = "use,used_at,task,purpose,agency,region,job,age,trained"
USES = (
    "u-CANARY,2026-03-02T09:00:00,letter,reply to a candidate,A12,Bretagne,adviser,25-49,2026-01-15",
    "u-2,2026-03-04T23:30:00,summary,,A12,Bretagne,manager,50+,",
)
COUNT = "SELECT count(*) FROM lake.chatft.usage"


@pytest.fixture
def chatft(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", CHATFT)


def bring_in(workspace: Workspace, *rows: str, name: str = "uses", growing: bool = False):
    path = workspace.home.parent / f"{name}.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return ingest(workspace, workspace.system("chatft"), path, log="usage", growing=growing)


@pytest.mark.costly
def test_a_use_comes_in_whole_and_its_id_only_as_a_keyed_hash(chatft: Workspace) -> None:
    assert chatft.system("chatft").logs == ("usage",)
    assert bring_in(chatft, *USES).accepted == 2
    columns = 'CAST("at" AS VARCHAR), day, task, purpose, region, role, age_band, trained_on'
    first, second = rows_of(chatft, f"SELECT {columns} FROM lake.chatft.usage ORDER BY row")
    assert first == (
        "2026-03-02 09:00:00", dt.date(2026, 3, 2), "letter", "reply to a candidate", "Bretagne", "adviser",
        "25-49", dt.date(2026, 1, 15),
    )  # fmt: skip
    assert second[3] is None
    assert second[-1] is None
    hidden = rows_of(chatft, "SELECT id, team FROM lake.chatft.usage")
    assert {len(value) for row in hidden for value in row} == {32}
    assert found_when_opened(chatft, [b"u-CANARY", b"A12"]) == found_in_clear(chatft, [b"u-CANARY"]) == set()


@pytest.mark.costly
@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("u-3,2026-03-05,letter,,,,,37,", "age", "an exact age is not kept: write a band, such as 25-49"),
        (",2026-03-05,letter,,,,,,", "use", "the id is missing"),
        ("u-3,,letter,,,,,,", "used_at", "the date is missing"),
        ("u-3,2026-03-05,letter,,,,,,soon", "trained", "not a date (write 2026-09-30 or 2026-09-30T14:05:00)"),
        ("u-3,2026-03-05,=cmd(),,,,,,", "task", "a spreadsheet formula, not a value"),
        ("u-2,2026-03-05,letter,,,,,,", "use", "the id appears earlier in the file"),
    ],
)
def test_a_row_that_breaks_the_contract_is_set_aside(chatft: Workspace, row: str, column: str, reason: str) -> None:
    report = bring_in(chatft, *USES, row)
    assert (report.accepted, report.quarantined) == (2, 1)
    (found,) = list_rows(chatft, chatft.system("chatft"))
    assert (found.log, found.column, found.reason) == ("usage", column, reason)
    assert rows_of(chatft, "SELECT value FROM lake.chatft.quarantine") == [(None,)]


@pytest.mark.costly
@pytest.mark.parametrize("growing", [False, True])
def test_a_use_counts_once_and_one_that_differs_is_set_aside(chatft: Workspace, growing: bool) -> None:
    bring_in(chatft, *USES)
    changed = USES[1].replace("summary", "translation")
    report = bring_in(chatft, USES[0], changed, "u-3,2026-03-05,letter,,,,,,", name="again", growing=growing)
    assert (report.accepted, report.known, report.quarantined) == (1, 1, 1)
    assert rows_of(chatft, COUNT) == [(3,)]
    assert report.rejections[0].column == "task"
    # Corrected, it is what the log holds already: nothing waits any more.
    assert bring_in(chatft, *USES, "u-3,2026-03-05,letter,,,,,,", name="corrected").cleared == 1


@pytest.mark.costly
def test_a_rotation_of_keys_leaves_uses_what_they_are(chatft: Workspace) -> None:
    bring_in(chatft, *USES)
    before = rows_of(chatft, "SELECT id, team, task FROM lake.chatft.usage ORDER BY row")
    assert rotate(chatft).columns == 5  # id, agent and team of uses, fingerprint and mark of rows set aside
    after = rows_of(chatft, "SELECT id, team, task FROM lake.chatft.usage ORDER BY row")
    assert [row[2] for row in after] == [row[2] for row in before]
    assert not {row[0] for row in before} & {row[0] for row in after}
    assert bring_in(chatft, *USES, "u-3,2026-03-05,letter,,,,,,", name="again").known == 2


def test_a_system_that_declares_no_uses_is_kept_as_it_always_was(chatft: Workspace) -> None:
    system = chatft.system("chatft")
    assert declaration(system)["usage"]["age_band"] == "age"
    without = System.model_validate({**system.model_dump(by_alias=True), "usage": None, "privacy": {}})
    assert "usage" not in declaration(without)


@pytest.mark.costly
def test_a_use_that_was_set_aside_is_corrected_and_counted(chatft: Workspace) -> None:
    bring_in(chatft, *USES, "u-3,2026-03-05,letter,,,,,37,")
    system, path = chatft.system("chatft"), chatft.home.parent / "aside.csv"
    assert export(chatft, system, path, log="usage") == 1
    path.write_text(path.read_text(encoding="utf-8").replace(",37,", ",25-49,"), encoding="utf-8")
    report = resubmit(chatft, system, path, log="usage")
    assert (report.accepted, report.cleared) == (1, 1)
    assert rows_of(chatft, COUNT) == [(3,)]
    assert list_rows(chatft, system) == []


def test_a_column_that_is_to_be_a_pseudonym_is_kept_in_clear_nowhere(chatft: Workspace) -> None:
    """The team under another key too, whose words are stored as they are."""
    file = chatft.home / "systems" / "chatft.yaml"
    file.write_text(CHATFT.replace("region: region", "region: agency"), encoding="utf-8")
    with pytest.raises(BoussoleError, match=r"words of a log, which are kept as they are: agency"):
        Workspace(chatft.home).system("chatft")
