"""Packs as folders: what no manifest names, and no pack has, is refused."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.charter.pack.verifier import files, main
from boussole.charter.pack.verifier.pack import Pack
from boussole.charter.pack.verifier.tally import Tally
from tests.attacks import Tries
from tests.charter.pack_attacks.judging import relisted, run

Damage = Callable[[Path], str]


def _extra(folder: Path) -> str:
    (folder / "audits" / "more.json").write_text("{}", encoding="utf-8")
    return "audits/more.json"


def _extra_folder(folder: Path) -> str:
    (folder / "audits" / "more").mkdir()
    return "audits/more"


def _renamed(folder: Path) -> str:
    path = next((folder / "audits").iterdir())
    path.rename(path.with_suffix(".JSON"))
    return f"{path.stem}.JSON"


def _other_case(folder: Path) -> str:
    shutil.copy(folder / "README.md", folder / "readme.md")
    return "readme.md"


def _other_form(folder: Path) -> str:
    (folder / "cells" / "1\u0301.csv").write_text("", encoding="utf-8")
    return "1\\u0301.csv"


def _out_of_it(folder: Path) -> str:
    """The file that is listed, with its hash, but elsewhere."""
    path = folder / "code.json"
    path.rename(folder.parent / "code.json")
    path.symlink_to("../code.json")
    return "code.json"


def _within_it(folder: Path) -> str:
    (folder / "systems" / "more").symlink_to("../audits")
    return "systems/more"


def _folder_out_of_it(folder: Path) -> str:
    (folder / "charters").rename(folder.parent / "charters")
    (folder / "charters").symlink_to("../charters")
    return "charters"


def _pipe(folder: Path) -> str:
    (folder / "code.json").unlink()
    os.mkfifo(folder / "code.json")
    return "code.json"


def _manifest_is_a_pipe(folder: Path) -> str:
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    return "manifest.json"


def _escapes(folder: Path) -> str:
    (folder / "\x1b[2J\x1b[1mall holds").write_text("", encoding="utf-8")
    return "\\x1b[2J\\x1b[1mall holds"


def _sparse(folder: Path) -> str:
    """A file of 8 GB that needs no room."""
    with (folder / "code.json").open("r+b") as file:
        file.truncate(8 << 30)
    return "code.json"


def _many(folder: Path) -> str:
    for i in range(files.MOST_FILES + 1):
        (folder / "cells" / f"{i}.csv").touch()
    return str(files.MOST_FILES)


FOLDERS = [
    _extra,
    _extra_folder,
    _renamed,
    _other_case,
    _other_form,
    _out_of_it,
    _within_it,
    _folder_out_of_it,
    _pipe,
    _manifest_is_a_pipe,
    _escapes,
    _sparse,
    _many,
]


@pytest.mark.attack("evidence pack", "files, folders, links and pipes that the manifest does not name")
@pytest.mark.parametrize("damage", FOLDERS)
def test_a_folder_that_holds_something_else_is_refused(copy: Path, trusted: Path, damage: Damage) -> None:
    name = damage(copy)
    code, said = run(trusted, copy)
    assert (code, name in said, "This pack is refused" in said) == (1, True, True), said
    assert "\x1b" not in said
    assert "Everything" not in said


@pytest.mark.attack("evidence pack", "files that no pack has, listed in a manifest made anew")
def test_a_file_that_no_pack_has_is_refused_though_listed(copy: Path, trusted: Path, tries: Tries) -> None:
    names = ("more.txt", "audits/more.json", "rows/" + "0" * 64 + ".csv", "audits/1-offers-2026-01-3\u0661.json", ".x")
    for name in names:
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text("{}", encoding="utf-8")
        tries.add()
    relisted(copy)
    code, said = run(trusted, copy)
    assert (code, "This pack is refused" in said) == (1, True), said
    assert all(ascii(name)[1:-1] in said for name in names), said


@pytest.mark.attack("evidence pack", "a manifest that says a name twice, or names files outside of the pack")
@pytest.mark.parametrize("name", ["../secret", "/etc/hostname", "audits/../../secret", "a\\b", "C:x", "README.md/", ""])
def test_a_manifest_names_nothing_outside_of_the_pack(copy: Path, trusted: Path, name: str) -> None:
    (copy.parent / "secret").write_text("secret", encoding="utf-8")
    manifest = json.loads((copy / "manifest.json").read_bytes())
    manifest["files"][name] = sha256_hex(b"secret")
    (copy / "manifest.json").write_bytes(canonical_json(manifest))
    code, said = run(trusted, copy)
    assert (code, "This pack is refused" in said) == (1, True), said


@pytest.mark.attack("evidence pack", "a manifest that says a name twice, or names files outside of the pack")
def test_a_manifest_that_says_a_name_twice_is_no_manifest(copy: Path, trusted: Path) -> None:
    text = (copy / "manifest.json").read_bytes()
    (copy / "manifest.json").write_bytes(text.replace(b'"README.md":', b'"README.md":"0","README.md":', 1))
    code, said = run(trusted, copy)
    assert (code, "a key stands twice" in said or "it is not JSON" in said) == (2, True), said


class _Turned(files.Folder):
    """The files of a pack, one of them with other bytes."""

    def __init__(self, home: Path, name: str, content: bytes) -> None:
        super().__init__(home)
        self._turned = {name: content}

    def read(self, name: str) -> bytes:
        return self._turned.get(name) or super().read(name)


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "each letter of its proofs turned, the manifest made anew")
@pytest.mark.parametrize("turn", [1, 2, 32])
def test_no_proof_holds_that_is_written_otherwise(pack: Path, tries: Tries, turn: int) -> None:
    """Nor where it says the same: hashes in capitals, base64 with bits that nobody reads."""
    for path in sorted(pack.glob("ledger/*[fn]")):
        content = path.read_bytes()
        for place in range(len(content)):
            turned = content[:place] + bytes([content[place] ^ turn]) + content[place + 1 :]
            assert not _proved(Pack(_Turned(pack, path.relative_to(pack).as_posix(), turned))), (path.name, place)
            tries.add()


def _proved(pack: Pack) -> bool:
    tally = Tally()
    try:
        main._ledger(pack, tally, [], [])
    except (ValueError, KeyError, TypeError):
        return False
    return not tally.problems


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "JSON that is nested a hundred thousand times")
@pytest.mark.parametrize("name", ["manifest.json", "code.json", "ledger/consistency.json"])
def test_deep_nesting_is_no_traceback(copy: Path, trusted: Path, name: str) -> None:
    (copy / name).write_bytes(b"[" * 100_000 + b"]" * 100_000)
    if name != "manifest.json":
        relisted(copy)
    code, said = run(trusted, copy)
    assert (code in (1, 2), "Traceback" in said) == (True, False), said[-500:]
