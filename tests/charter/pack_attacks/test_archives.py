"""Packs as archives: more than a pack, or bytes with two meanings, are refused; nothing is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.charter.pack.verifier import files
from tests.attacks import Tries
from tests.charter.pack_attacks.judging import run


def rewritten(pack: Path, target: Path, change: Callable[[zipfile.ZipFile], None]) -> Path:
    """The archive of the pack with something done to it before it is closed."""
    with zipfile.ZipFile(pack.with_name("pack.zip")) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            new.writestr(info, old.read(info), zipfile.ZIP_DEFLATED)
        change(new)
    return target


def _more(name: str, content: bytes = b"x") -> Callable[[zipfile.ZipFile], None]:
    return lambda packed: packed.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)


def _link(packed: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("pack/cells/9.csv")
    info.external_attr = 0o120777 << 16
    packed.writestr(info, "../../secret")


def _packed(size: int, how: int, level: int | None = None) -> Callable[[zipfile.ZipFile], None]:
    return lambda packed: packed.writestr("pack/cells/9.csv", bytes(size), how, level)


def _twice(packed: zipfile.ZipFile) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed.writestr("pack/code.json", b"{}")


def _thousands(packed: zipfile.ZipFile) -> None:
    for i in range(files.MOST_FILES + 1):
        packed.writestr(f"pack/cells/{i + 1000}.csv", b"")


def _comment(packed: zipfile.ZipFile) -> None:
    packed.comment = b"All promises kept"


LARGE, DEFLATED = files.MOST_BYTES, zipfile.ZIP_DEFLATED
ARCHIVES = {
    "a file more": (_more("pack/cells/9.csv"), "cells/9.csv"),
    "a file beside the pack": (_more("other/x"), "other/x"),
    "out of the folder": (_more("pack/../../evil"), "pack/../../evil"),
    "from the root": (_more("/etc/evil"), "/etc/evil"),
    "with a backslash": (_more("pack\\..\\evil"), "evil"),
    "a drive": (_more("C:/evil"), "C:/evil"),
    "another case": (_more("pack/readme.md"), "readme.md"),
    "another form": (_more("pack/cells/1\u0301.csv"), "1\\u0301.csv"),
    "an empty folder": (_more("pack/evil/", b""), "evil"),
    "code": (_more("pack/argparse.py"), "argparse.py"),
    "a program that starts": (_more("pack/__main__.py"), "__main__.py"),
    "a link": (_link, "cells/9.csv"),
    "twice": (_twice, "code.json"),
    "a large file": (_packed(LARGE + 1, DEFLATED, 1), f"cells/9.csv: it is larger than {LARGE >> 20} MB"),
    "a bomb": (_packed(20 << 20, DEFLATED, 9), "cells/9.csv"),
    "another compression": (_packed(1000, zipfile.ZIP_LZMA), "cells/9.csv"),
    "too many files": (_thousands, str(files.MOST_FILES)),
    "a comment": (_comment, "belong to no file"),
}


@pytest.mark.attack("evidence pack", "archives: zip-slip, links, names twice or alike, bombs, bytes of no file")
@pytest.mark.parametrize(("change", "name"), ARCHIVES.values(), ids=ARCHIVES)
def test_an_archive_that_holds_something_else_is_refused(
    pack: Path, trusted: Path, tmp_path: Path, change: Callable[[zipfile.ZipFile], None], name: str
) -> None:
    place = rewritten(pack, tmp_path / "pack.zip", change)
    code, said = run(trusted, place, cwd=tmp_path)
    assert (code, name in said, "This pack is refused" in said) == (1, True, True), said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pack.zip"]  # nothing was unpacked


@pytest.mark.costly
def test_an_archive_of_another_tool_is_refused_with_the_way_out(pack: Path, trusted: Path, tmp_path: Path) -> None:
    """With folders, and sizes that come after each file: two readers may see two packs in it, but not in a folder."""
    stream = io.BytesIO()

    class OneWay(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            return stream.write(data)  # type: ignore[arg-type]

    with zipfile.ZipFile(OneWay(), "w", zipfile.ZIP_DEFLATED) as new:
        for path in sorted(pack.rglob("*")):
            new.write(path, f"other/{path.relative_to(pack).as_posix()}")
    (tmp_path / "new.zip").write_bytes(stream.getvalue())
    code, said = run(trusted, tmp_path / "new.zip")
    assert (code, "unpack it, and verify the folder" in said) == (1, True), said
    with zipfile.ZipFile(tmp_path / "new.zip") as packed:
        packed.extractall(tmp_path)
    code, said = run(trusted, tmp_path / "other")
    assert code == 0, said


def sizes_that_lie(data: bytes) -> bytes:
    """The directory says that a file is small; its content is a bomb."""
    place = data.rindex(b"PK\x01\x02")
    return data[: place + 24] + struct.pack("<L", 10) + data[place + 28 :]


def two_files_in_one(data: bytes) -> bytes:
    """Two names of the directory lead to the same content."""
    first, second = data.index(b"PK\x01\x02"), data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    return data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]


FORGED: dict[str, Callable[[bytes], bytes]] = {
    "sizes that lie": sizes_that_lie,
    "before": lambda data: b"#!/bin/sh\nrm -rf ~\n" + data,
    "after": lambda data: data + b"more",
    "an archive in an archive, of which one or the other is read": lambda data: data + data,
    "cut": lambda data: data[:-30],
    "flipped content": lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "another name before the content": lambda data: data.replace(b"pack/README.md", b"pack/readme.MD", 1),
    "two files in one": two_files_in_one,
}


@pytest.mark.attack("evidence pack", "archives whose bytes say one thing to one reader and another to another")
@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_an_archive_with_two_meanings_is_refused(
    pack: Path, trusted: Path, tmp_path: Path, forge: Callable[[bytes], bytes]
) -> None:
    place = rewritten(pack, tmp_path / "pack.zip", lambda packed: None)
    place.write_bytes(forge(place.read_bytes()))
    code, said = run(trusted, place)
    assert (code in (1, 2), "Everything" in said, "Traceback" in said) == (True, False, False), said


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "archives with bytes turned: read without fault, or refused")
def test_turned_bytes_of_an_archive_are_refused_or_change_nothing(pack: Path, tmp_path: Path, tries: Tries) -> None:
    """Every byte of what an archive says of its files, and of their heads; here the reader alone, not all figures."""
    data = pack.with_name("pack.zip").read_bytes()
    must = {path.relative_to(pack).as_posix(): path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    place = tmp_path / "pack.zip"
    start = data.index(b"PK\x01\x02")
    for at in [*range(400), *range(start, len(data), 3)]:
        place.write_bytes(data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :])
        tries.add()
        try:
            with files.Archive(place) as found:
                same = {name: found.read(name) for name in found.names} == must
        except (files.RefusedError, OSError):
            continue
        assert same, at
