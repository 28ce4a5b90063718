"""Packs that attack whoever judges them: nothing in a pack is executed, and what no manifest names is refused."""

from __future__ import annotations

import io
import os
import py_compile
import shutil
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from audits.hashing import canonical_json, sha256_hex
from audits.workspace import Workspace
from charter.pack import HERE, pack_files, write
from charter.pack.verifier import archive, canonical, files
from charter.records import sign_checkpoint, stored_audits
from tests.attacks import Tries

CODE = "import pathlib\npathlib.Path({mark!r}).touch()\n"
SHADOWS = (
    "argparse.py",
    "json/__init__.py",
    "hashlib.py",
    "__future__.py",
    "os.py",
    "typing.py",
    "pathlib.py",
    "subprocess.py",
    "importlib/__init__.py",
    "sitecustomize.py",
    "usercustomize.py",
    "encodings/__init__.py",
    "boussole_verifier/__init__.py",
    "verifier/argparse.py",
    "argparse.pth",
)
Damage = Callable[[Path], str]


@pytest.fixture(scope="module")
def pack(audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> Path:
    workspace = audited_offers(tmp_path_factory.mktemp("offers") / "w")
    made = pack_files(workspace, stored_audits(workspace)[:1], note=sign_checkpoint(workspace))
    folder = tmp_path_factory.mktemp("pack") / "pack"
    write(made, folder)
    return folder


@pytest.fixture
def copy(pack: Path, tmp_path: Path) -> Path:
    shutil.copytree(pack, tmp_path / "pack")
    return tmp_path / "pack"


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The verifier alone, as somebody keeps it who does not trust those in packs."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copy(HERE / "verify.py", folder)
    shutil.copytree(HERE / "verifier", folder / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "verify.py"


def run(
    *command: object, cwd: Path | None = None, options: tuple[str, ...] = ("-I", "-S"), **env: str
) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, *options, *map(str, command)],
        env=env,
        cwd=cwd,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def relisted(folder: Path) -> None:
    """The manifest of a forger who lists whatever lies in the folder."""
    manifest = canonical.read((folder / "manifest.json").read_bytes())
    assert isinstance(manifest, dict)
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    manifest["files"] = {path.relative_to(folder).as_posix(): sha256_hex(path.read_bytes()) for path in found}
    (folder / "manifest.json").write_bytes(canonical_json(manifest))


def armed(folder: Path, name: str, mark: Path) -> None:
    """Puts code into the pack that leaves a mark where it is executed."""
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(CODE.format(mark=str(mark)), encoding="utf-8")


@pytest.mark.attack("evidence pack", "code in a pack named like a module that the verifier imports")
@pytest.mark.parametrize("listed", [False, True], ids=["not listed", "listed by a forger"])
def test_no_code_of_a_pack_is_executed(copy: Path, trusted: Path, tmp_path: Path, listed: bool, tries: Tries) -> None:
    """By the verifier within it, one laid over it, and one kept elsewhere, however it is started."""
    mark = tmp_path / "executed"
    for name in SHADOWS:
        armed(copy, name, mark)
    if listed:
        relisted(copy)
    ways: dict[str, tuple[tuple[object, ...], tuple[str, ...]]] = {
        "within, isolated": ((copy / "verify.py",), ("-I", "-S")),
        "within, as people start it": ((copy / "verify.py",), ()),
        "within, without site": ((copy / "verify.py",), ("-S",)),
        "elsewhere, isolated": ((trusted, copy), ("-I", "-S")),
        "elsewhere, as people start it": ((trusted, copy), ()),
        "elsewhere, from within the pack": ((trusted, "."), ()),
    }
    for way, (command, options) in ways.items():
        code, said = run(*command, cwd=copy, options=options)
        assert not mark.exists(), way
        assert (code, "argparse.py" in said, "json/__init__.py" in said) == (1, True, True), (way, said)
        tries.add(len(SHADOWS))


@pytest.mark.attack("evidence pack", "a compiled module in the verifier's __pycache__ in place of its source")
def test_compiled_modules_of_a_pack_are_not_executed(copy: Path, tmp_path: Path, tries: Tries) -> None:
    mark, evil = tmp_path / "executed", tmp_path / "evil.py"
    evil.write_text(CODE.format(mark=str(mark)), encoding="utf-8")
    for source in sorted((copy / "verifier").glob("*.py")):
        cached = copy / "verifier" / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc"
        cached.parent.mkdir(exist_ok=True)
        compiled = Path(py_compile.compile(str(evil), cfile=str(cached), doraise=True) or "")
        stat = source.stat()  # so that Python takes it for what this source was compiled to
        head = compiled.read_bytes()[:8] + struct.pack("<LL", int(stat.st_mtime), stat.st_size)
        compiled.write_bytes(head + compiled.read_bytes()[16:])
        tries.add()
    code, said = run(copy / "verify.py")
    assert not mark.exists()
    assert (code, "verifier/__pycache__" in said) == (1, True), said


@pytest.mark.attack("evidence pack", "PYTHONPATH and a sitecustomize that lead into the pack")
def test_the_surroundings_play_no_part(copy: Path, trusted: Path, tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    for name in SHADOWS:
        armed(copy, name, mark)
    surroundings = {"PYTHONPATH": str(copy), "PYTHONSTARTUP": str(copy / "argparse.py"), "PYTHONUSERBASE": str(copy)}
    assert run(trusted, copy, cwd=copy, **surroundings)[0] == 1
    assert not mark.exists()


@pytest.mark.attack("evidence pack", "PYTHONPATH that names another json: the verifier restarts without it")
def test_the_verifier_restarts_isolated(pack: Path, trusted: Path, tmp_path: Path) -> None:
    (tmp_path / "path").mkdir()
    armed(tmp_path / "path", "json.py", tmp_path / "executed")
    code, said = run(trusted, pack, options=(), PYTHONPATH=str(tmp_path / "path"))
    assert code == 0, said
    assert not (tmp_path / "executed").exists()


def test_a_verifier_kept_elsewhere_judges_a_folder_and_an_archive(pack: Path, trusted: Path) -> None:
    for place in (pack, pack.with_name("pack.zip")):
        code, said = run(trusted, place)
        assert code == 0, said
        assert "The verifier in this pack is the one that judges it" in said
        assert "Everything that was checked holds" in said
    assert run(trusted)[0] == 2
    assert run(trusted, pack / "missing")[0] == 2


@pytest.mark.attack("evidence pack", "a verifier in the pack that says that all holds")
def test_a_forged_verifier_is_not_believed(copy: Path, trusted: Path, tries: Tries) -> None:
    forged = 'print("Everything that was checked holds: 7874 checks.")\n'
    for name in ("verify.py", "verifier/main.py", "verifier/more.py"):
        (copy / name).write_text(forged, encoding="utf-8")
        tries.add()
    relisted(copy)
    code, said = run(trusted, copy)
    assert "is not the one that judges it" in said
    assert all(name in said for name in ("verify.py", "verifier/main.py", "verifier/more.py"))
    assert (code, "verify.py: it is not the file that code.json lists" in said) == (1, True)


# --- folders ---------------------------------------------------------------------------------------------------------


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
    manifest = canonical.read((copy / "manifest.json").read_bytes())
    assert isinstance(manifest, dict)
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


@pytest.mark.attack("evidence pack", "JSON that is nested a hundred thousand times")
@pytest.mark.parametrize("name", ["manifest.json", "code.json", "ledger/consistency.json"])
def test_deep_nesting_is_no_traceback(copy: Path, trusted: Path, name: str) -> None:
    (copy / name).write_bytes(b"[" * 100_000 + b"]" * 100_000)
    if name != "manifest.json":
        relisted(copy)
    code, said = run(trusted, copy)
    assert (code in (1, 2), "Traceback" in said) == (True, False), said[-500:]


# --- archives --------------------------------------------------------------------------------------------------------


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


def _large(packed: zipfile.ZipFile) -> None:
    packed.writestr("pack/cells/9.csv", bytes(files.MOST_BYTES + 1), zipfile.ZIP_DEFLATED, 1)


def _deflated_bomb(packed: zipfile.ZipFile) -> None:
    packed.writestr("pack/cells/9.csv", bytes(20 << 20), zipfile.ZIP_DEFLATED, 9)


def _lzma(packed: zipfile.ZipFile) -> None:
    packed.writestr("pack/cells/9.csv", bytes(1000), zipfile.ZIP_LZMA)


def _twice(packed: zipfile.ZipFile) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed.writestr("pack/code.json", b"{}")


def _thousands(packed: zipfile.ZipFile) -> None:
    for i in range(files.MOST_FILES + 1):
        packed.writestr(f"pack/cells/{i + 1000}.csv", b"")


def _comment(packed: zipfile.ZipFile) -> None:
    packed.comment = b"All promises kept"


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
    "a large file": (_large, f"cells/9.csv: it is larger than {files.MOST_BYTES >> 20} MB"),
    "a bomb": (_deflated_bomb, "cells/9.csv"),
    "another compression": (_lzma, "cells/9.csv"),
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


def test_an_archive_that_was_written_anew_is_judged(pack: Path, trusted: Path, tmp_path: Path) -> None:
    """By another tool, with folders and sizes that come after each file: what matters is the files in it."""
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
    assert code == 0, said


def sizes_that_lie(data: bytes) -> bytes:
    """The directory says that a file is small; its content is a bomb."""
    place = data.rindex(b"PK\x01\x02")
    return data[: place + 24] + struct.pack("<L", 10) + data[place + 28 :]


def before(data: bytes) -> bytes:
    return b"#!/bin/sh\nrm -rf ~\n" + data


def after(data: bytes) -> bytes:
    return data + b"more"


def two_directories(data: bytes) -> bytes:
    """An archive in an archive: which one is read depends on who reads."""
    return data + data


def cut(data: bytes) -> bytes:
    return data[:-30]


def flipped_content(data: bytes) -> bytes:
    return data[:200] + bytes([data[200] ^ 1]) + data[201:]


def other_local_name(data: bytes) -> bytes:
    """The name before the content is another than the name in the directory."""
    return data.replace(b"pack/README.md", b"pack/readme.MD", 1)


def two_files_in_one(data: bytes) -> bytes:
    """Two names of the directory lead to the same content."""
    first, second = data.index(b"PK\x01\x02"), data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 4)
    return data[: second + 42] + data[first + 42 : first + 46] + data[second + 46 :]


@pytest.mark.attack("evidence pack", "archives whose bytes say one thing to one reader and another to another")
@pytest.mark.parametrize(
    "forge",
    [sizes_that_lie, before, after, two_directories, cut, flipped_content, other_local_name, two_files_in_one],
)
def test_an_archive_with_two_meanings_is_refused(
    pack: Path, trusted: Path, tmp_path: Path, forge: Callable[[bytes], bytes]
) -> None:
    place = rewritten(pack, tmp_path / "pack.zip", lambda packed: None)
    place.write_bytes(forge(place.read_bytes()))
    code, said = run(trusted, place)
    assert (code in (1, 2), "Everything" in said, "Traceback" in said) == (True, False, False), said


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
            with archive.Archive(place) as found:
                same = {name: found.read(name) for name in found.names} == must
        except (files.RefusedError, OSError):
            continue
        assert same, at


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.mark.attack("evidence pack", "code in a pack that `boussole verify` judges")
def test_the_command_judges_with_its_own_verifier(
    boussole: Callable[..., subprocess.CompletedProcess[str]], copy: Path, pack: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "executed"
    for name in SHADOWS:
        armed(copy, name, mark)
    for name in ("verify.py", "verifier/main.py"):
        armed(copy, name, mark)
    done = boussole("verify", copy, cwd=copy)
    assert (done.returncode, "This pack is refused" in done.stdout, mark.exists()) == (1, True, False), done.stderr
    done = boussole("verify", pack.with_name("pack.zip"), cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The verifier in this pack is that of Boussole" in done.stdout


def test_how_the_command_is_asked(command: Callable[..., subprocess.CompletedProcess[str]], pack: Path) -> None:
    listed = command("verify", pack, "--list").stdout
    assert "      auc/gender=F" in listed
    assert "auc/gender=F" not in command("verify", pack).stdout
    for wrong in (("verify", pack, "--ledger"), ("verify", "--list"), ("verify", pack, "--key", "x")):
        assert command(*wrong).returncode == 2, wrong
