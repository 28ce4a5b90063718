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


def _renamed(folder: Path) -> None:
    path = next((folder / "audits").iterdir())
    path.rename(path.with_suffix(".JSON"))


def _out_of_it(folder: Path, name: str) -> None:
    """What is listed, with its hashes, but elsewhere."""
    (folder / name).rename(folder.parent / name)
    (folder / name).symlink_to(f"../{name}")


def _pipe(folder: Path, name: str) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)


def _many(folder: Path) -> None:
    for i in range(files.MOST_FILES + 1):
        (folder / "cells" / f"{i}.csv").touch()


FOLDERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file more": (lambda at: (at / "audits" / "more.json").write_text("{}"), "audits/more.json"),
    "a folder more": (lambda at: (at / "audits" / "more").mkdir(), "audits/more"),
    "renamed": (_renamed, ".JSON"),
    "another case": (lambda at: shutil.copy(at / "README.md", at / "readme.md"), "readme.md"),
    "another form": (lambda at: (at / "cells" / "1\u0301.csv").touch(), "1\\u0301.csv"),
    "a link out of it": (lambda at: _out_of_it(at, "code.json"), "code.json"),
    "a link within it": (lambda at: (at / "systems" / "more").symlink_to("../audits"), "systems/more"),
    "a folder out of it": (lambda at: _out_of_it(at, "charters"), "charters"),
    "a pipe": (lambda at: _pipe(at, "code.json"), "code.json"),
    "a manifest that is a pipe": (lambda at: _pipe(at, "manifest.json"), "manifest.json"),
    "escapes": (lambda at: (at / "\x1b[2J\x1b[1mall holds").touch(), "\\x1b[2J\\x1b[1mall holds"),
    "8 GB that need no room": (lambda at: os.truncate(at / "code.json", 8 << 30), "code.json"),
    "too many": (_many, str(files.MOST_FILES)),
}


@pytest.mark.attack("evidence pack", "files, folders, links and pipes that the manifest does not name")
@pytest.mark.parametrize(("damage", "name"), FOLDERS.values(), ids=FOLDERS)
def test_a_folder_that_holds_something_else_is_refused(
    copy: Path, trusted: Path, damage: Callable[[Path], object], name: str
) -> None:
    damage(copy)
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
