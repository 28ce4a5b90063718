"""Evidence packs: verified by a bare Python, every change found, and nothing of a hidden group in an open one."""

from __future__ import annotations

import ast
import csv
import hashlib
import itertools
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from boussole.audits.hashing import canonical_json
from boussole.audits.ledger.checkpoint import parse_checkpoint
from boussole.audits.signing.key import workspace_key
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.pack import pack_files, write
from boussole.charter.pack.building import HERE
from boussole.charter.records import sign_checkpoint, stored_audits
from boussole.dashboard.server.access import log
from tests import offers
from tests.attacks import Tries
from tests.sparing import slow_case

BARE = ["-I", "-S"]
CLUSTERED = pytest.param(True, id="clustered", marks=pytest.mark.slow)


@pytest.fixture(scope="module", params=[pytest.param(False, id="independent"), CLUSTERED])
def workspace(
    request: pytest.FixtureRequest, audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    return audited_offers(tmp_path_factory.mktemp("offers") / "w", clustered=request.param)


def made(workspace: Workspace, folder: Path, *, restricted: bool) -> Path:
    files = pack_files(workspace, stored_audits(workspace), note=sign_checkpoint(workspace), restricted=restricted)
    write(files, folder)
    return folder


@pytest.fixture(scope="module")
def pack(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An open pack of independent rows, a restricted one of clusters."""
    return made(workspace, tmp_path_factory.mktemp("pack") / "pack", restricted=clustered(workspace))


def clustered(workspace: Workspace) -> bool:
    return workspace.system("offers").cluster is not None


@pytest.fixture
def copy(pack: Path, tmp_path: Path) -> Path:
    shutil.copytree(pack, tmp_path / "pack")
    return tmp_path / "pack"


def verify(folder: Path, *options: object) -> tuple[int, str]:
    """As in a bare container: no packages, no environment, no settings, an empty current folder."""
    (folder.parent / "empty").mkdir(exist_ok=True)
    command = [sys.executable, *BARE, str(folder / "verify.py"), *map(str, options)]
    done = subprocess.run(
        command, env={}, cwd=folder.parent / "empty", check=False, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def listed_anew(folder: Path) -> None:
    """The manifest of a forger who knows about it."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for name in manifest["files"]:
        manifest["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    path.write_bytes(canonical_json(manifest))


@pytest.mark.costly
def test_a_pack_holds_and_nothing_is_added_to_it(pack: Path, workspace: Workspace) -> None:
    before = sorted(pack.rglob("*"))
    code, said = verify(pack, "--key", workspace_key(workspace.keys).verifier)
    assert (code, said.splitlines()[-1][:34]) == (0, "Everything that was checked holds:")
    assert f"signed by {workspace_key(workspace.keys).name}" in said
    documents = [audit.document().written() for audit in stored_audits(workspace)]
    tested = [sum(bool(each["comparisons"]) for each in document["verdicts"]) for document in documents]
    assert [int(n) for n in re.findall(r"(\d+) verdicts follow", said)] == tested
    assert min(tested) >= 9
    assert sorted(pack.rglob("*")) == before


def test_the_verifier_imports_only_the_standard_library_and_itself() -> None:
    for path in [HERE / "verify.py", *sorted((HERE / "verifier").rglob("*.py"))]:
        tree = ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [str(node.module)]
            roots = {name.split(".")[0] for name in names}
            assert roots <= {*sys.stdlib_module_names, "verifier"}, path


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "every file changed, lost or added")
def test_every_file_that_is_changed_lost_or_added_is_found(copy: Path, tries: Tries) -> None:
    names = [name for name in json.loads((copy / "manifest.json").read_bytes())["files"] if not name.endswith(".py")]
    for half in (names[::2], names[1::2]):
        for name in half:
            content = (copy / name).read_bytes()
            middle = len(content) // 2
            (copy / name).write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        said = verify(copy)[1]
        tries.add(2 * len(half))
        assert [name for name in half if f"{name}: SHA-256" not in said] == []
        for name in half:
            (copy / name).unlink()
        code, said = verify(copy)
        assert code == 1
        assert [name for name in half if f"{name}: it is missing" not in said] == []
    (copy / "audits" / "more.json").write_text("{}", encoding="utf-8")
    assert "audits/more.json: the manifest does not list it" in verify(copy)[1]
    (copy / "manifest.json").write_text("{}", encoding="utf-8")
    assert verify(copy)[0] == 2


@pytest.mark.attack("evidence pack", "a verifier with a changed module")
@pytest.mark.slow
def test_a_changed_verifier_is_found(copy: Path) -> None:
    path = copy / "verifier" / "figures.py"
    path.write_text(path.read_text(encoding="utf-8") + "# other\n", encoding="utf-8")
    assert "verifier/figures.py: SHA-256" in verify(copy)[1]


def _put(where: str, old: bytes, new: bytes, *, most: int | None = 1) -> Callable[[Path], None]:
    """Says otherwise, once in a file."""

    def forge(folder: Path) -> None:
        for path in sorted(folder.glob(where))[:most]:
            path.write_bytes(re.sub(old, new, path.read_bytes(), count=1))

    return forge


def _counts(folder: Path) -> None:
    """One decision more, in what numbers are computed from."""
    path = next(path for name in ("cells", "rows") for path in sorted(folder.glob(f"{name}/*.csv")))
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(i for i, line in enumerate(lines) if i and not line.startswith('"counts",""'))
    values = lines[at].split(",")
    place = len(values) - 1 - next(i for i, value in enumerate(reversed(values)) if value)
    values[place] = f'"{int(values[place][1:-1]) + 1}"'
    path.write_text("\n".join([*lines[:at], ",".join(values), *lines[at + 1 :]]), encoding="utf-8")


def _proof(folder: Path) -> None:
    path = folder / "ledger" / "entry-1.tlog-proof"
    head, blank, note = path.read_text(encoding="utf-8").partition("\n\n")
    *lines, last = head.split("\n")
    path.write_text("\n".join([*lines, ("B" if last[0] == "A" else "A") + last[1:]]) + blank + note)


def _left_out(folder: Path) -> None:
    """Without the declaration nothing could be computed again."""
    name = f"systems/{next((folder / 'systems').iterdir()).name}"
    (folder / name).unlink()
    (folder / "systems").rmdir()
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    del manifest["files"][name]
    path.write_bytes(canonical_json(manifest))


FORGED = {
    "left out": _left_out,
    "number": _put("audits/*", rb'"decisions":7\d\d', b'"decisions":801'),
    "counts": _counts,
    "proof": _proof,
    "charter": _put("charters/*", rb'"alpha":0\.05', b'"alpha":0.04'),
    "declaration": _put("systems/*", rb'"suppress_below":11', b'"suppress_below":12'),
    "earlier": _put("ledger/consistency.json", rb'"root":"[0-9a-f]{64}"', b'"root":"' + b"0" * 64 + b'"'),
    "checkpoint": _put("ledger/*", rb"\n3\n", b"\n4\n", most=None),
}


@pytest.mark.costly
@pytest.mark.attack(
    "evidence pack", "numbers, charter, declaration, counts or proofs changed, and the manifest made anew"
)
@pytest.mark.parametrize("forged", [*list(FORGED)[:2], *map(slow_case, list(FORGED)[2:])])
def test_a_forger_who_makes_the_manifest_anew_is_found(copy: Path, forged: str) -> None:
    FORGED[forged](copy)
    listed_anew(copy)
    code, said = verify(copy)
    assert code == 1, said
    assert "Files: it cannot be read" not in said
    assert "does not hold" in said


@pytest.mark.slow
@pytest.mark.attack("evidence pack", "another key, and a log rewritten as a whole")
def test_another_key_and_a_kept_checkpoint_of_another_log(pack: Path, workspace: Workspace, tmp_path: Path) -> None:
    stranger = workspace_key(tmp_path / "keys")
    code, said = verify(pack, "--key", stranger.verifier)
    assert (code, f"the checkpoint is not signed by {stranger.name}" in said) == (1, True)
    _, mine = parse_checkpoint(str(sign_checkpoint(workspace)))
    other = mine.__class__(origin=mine.origin, size=mine.size, root="11" * 32).note.signed(stranger)
    (tmp_path / "kept").write_text(str(other), encoding="utf-8")
    code, said = verify(pack, "--checkpoint", tmp_path / "kept")
    assert (code, "the log was rewritten since the kept checkpoint" in said) == (1, True)
    assert verify(pack, "--checkpoint", tmp_path / "missing")[0] == 2
    assert verify(pack, "--what")[0] == 2


@pytest.mark.slow
def test_a_pack_made_since_a_kept_checkpoint_extends_it(tmp_path: Path) -> None:
    workspace = offers.make(tmp_path / "w")
    offers.bring(workspace, offers.frame(rows=400))
    system = workspace.system("offers")
    run_audit(workspace, system, start=offers.JANUARY[0], end=offers.JANUARY[1])
    before = sign_checkpoint(workspace)
    (tmp_path / "kept").write_text(str(before), encoding="utf-8")
    run_audit(workspace, system, start=offers.FEBRUARY[0], end=offers.FEBRUARY[1])
    newest_audit, note = stored_audits(workspace)[1:], sign_checkpoint(workspace)
    with_proof = pack_files(workspace, newest_audit, note=note, since=parse_checkpoint(str(before))[1])
    write(with_proof, tmp_path / "one")
    code, said = verify(tmp_path / "one", "--checkpoint", tmp_path / "kept")
    assert (code, "it extends the checkpoint of 2 entries that you kept" in said) == (0, True)
    write(pack_files(workspace, newest_audit, note=note), tmp_path / "two")
    code, said = verify(tmp_path / "two", "--checkpoint", tmp_path / "kept")
    assert (code, "ask for one made --since it" in said) == (1, True)


def test_the_archive_is_the_folder(pack: Path) -> None:
    with zipfile.ZipFile(pack.with_name("pack.zip")) as packed:
        found = {name.removeprefix("pack/"): packed.read(name) for name in packed.namelist()}
    assert found == {path.relative_to(pack).as_posix(): path.read_bytes() for path in pack.rglob("*") if path.is_file()}


@pytest.mark.costly
def test_a_restricted_pack_is_read_by_its_owner_only(workspace: Workspace, tmp_path: Path) -> None:
    folder = made(workspace, tmp_path / "secret", restricted=True)
    assert [path.stat().st_mode & 0o077 for path in (folder, tmp_path / "secret.zip")] == [0, 0]
    assert "RESTRICTED" in (folder / "README.md").read_text(encoding="utf-8")
    assert "RESTREINT" in (folder / "LISEZMOI.md").read_text(encoding="utf-8")


# --- an open pack gives no hidden group away -----------------------------------------------------------------------


@pytest.mark.costly
def test_an_open_pack_is_made_of_documents_alone(workspace: Workspace, tmp_path: Path) -> None:
    """It is the same, byte for byte, where there is no evidence at all."""
    shutil.copytree(workspace.home, tmp_path / "w")
    bare = Workspace(tmp_path / "w")
    note, audits = sign_checkpoint(workspace), stored_audits(workspace)
    for path in (*bare.evidence.glob("*.parquet"), bare.catalogue):
        path.unlink()
    assert pack_files(bare, audits, note=note) == pack_files(workspace, audits, note=note)


def shown(folder: Path) -> list[tuple[tuple[str, str], str | None, str | None, int, int]]:
    """All cells of selection rates that an open pack shows: window, gender and origin (None: all), selected, all."""
    found = []
    for path in sorted((folder / "audits").iterdir()):
        document = json.loads(path.read_bytes())
        measures = {measure["id"]: measure for measure in document["measures"]}
        window = document["window"]["start"], document["window"]["end"]
        with (folder / "cells" / f"{path.name.split('-')[0]}.csv").open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                measure = measures[row["measure"]]
                group = measure["group"] or {}
                if measure["metric"] == "selection_rate" and set(group) <= {"gender", "origin"}:
                    cell = group.get("gender"), group.get("origin"), int(row["cases"]), int(row["rows"])
                    found.append((window, *cell))
    return found


@pytest.mark.attack("evidence pack", "hidden groups solved for by linear programming over all that an open pack shows")
def test_no_hidden_cell_follows_from_an_open_pack(workspace: Workspace, tmp_path: Path) -> None:
    """To a reader who solves all that it shows, of all windows together, the small group might as well not be there."""
    cells = shown(made(workspace, tmp_path / "pack", restricted=False))
    months = [tuple(map(str, offers.JANUARY)), tuple(map(str, offers.FEBRUARY))]
    names = list(itertools.product(months, "FM", ("here", "there", "few"), (0, 1)))
    rows, sums = [], []
    for (start, end), gender, origin, selected, size in cells:
        inside = [
            start <= month[0] and month[1] <= end and gender in (None, own) and origin in (None, where)
            for month, own, where, _ in names
        ]
        rows += [inside, [held and decision == 1 for held, (*_, decision) in zip(inside, names, strict=True)]]
        sums += [size, selected]
    assert len(rows) > 20
    for month in months:
        few = np.array([name[0] == month and name[2] == "few" for name in names], dtype=float)
        ends = [linprog(sign * few, A_eq=np.array(rows, dtype=float), b_eq=sums).fun * sign for sign in (1, -1)]
        assert ends == pytest.approx([0, 0])  # they are set apart: nothing that the pack holds is about them


@pytest.mark.costly
def test_people_who_are_set_apart_are_in_no_pack_and_their_name_neither(workspace: Workspace, tmp_path: Path) -> None:
    """Their rows enter no figure, so that no evidence holds them. No file declares their name: a word stands for it."""
    folder = made(workspace, tmp_path / "secret", restricted=True)
    for path in (folder / "rows").glob("*.csv"):
        text, sizes = path.read_text(encoding="utf-8"), Counter[str]()
        for row in csv.DictReader(text.splitlines()):
            if row["cube"] == "counts" and row["by"] in ("", "origin"):
                sizes[row["by"]] += int(row["n"])
        assert sizes[""] == sizes["origin"], sizes
        assert sizes[""] == 800 - offers.FEW
        assert "few" not in text
    assert not [path for path in folder.glob("cells/*") if "few" in path.read_text(encoding="utf-8")]


@pytest.mark.costly
def test_the_command(command: Any, workspace: Workspace, tmp_path: Path) -> None:
    done = command("--workspace", workspace.home, "export", "pack", tmp_path / "p", "--system", "offers")
    assert done.returncode == 0, done.stderr
    assert "no count of a hidden group" in done.stderr
    assert verify(tmp_path / "p")[0] == 0
    again = command("--workspace", workspace.home, "export", "pack", tmp_path / "p")
    assert (again.returncode, "never mixed with another" in again.stderr) == (2, True)
    words = ("--workspace", workspace.home, "export", "pack", tmp_path / "q", "--restricted", "--entry", "1")
    unsaid = command(*words)
    assert (unsaid.returncode, "a reason has 1 to 150 characters" in unsaid.stderr) == (2, True)
    assert not (tmp_path / "q").exists()
    secret = command(*words, "--reason", "the audit of 2026")
    assert [(row.event, row.role, row.place) for row in log.entries(workspace)] == [
        ("look", "operator", "boussole export pack --restricted: the audit of 2026")
    ]
    assert "Hand it only to auditors bound to secrecy" in secret.stderr
    nothing = command("--workspace", workspace.home, "export", "pack", tmp_path / "r", "--entry", "99")
    assert (nothing.returncode, (tmp_path / "r").exists()) == (2, False)
