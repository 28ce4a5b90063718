"""Packs with code in them: nothing of it is executed, by no verifier that was kept elsewhere and not by the command."""

from __future__ import annotations

import py_compile
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.attacks import Tries
from tests.charter.pack_attacks.judging import SHADOWS, armed, relisted, run


@pytest.mark.costly
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
    armed(tmp_path, evil.name, mark)
    for source in sorted((copy / "verifier").rglob("*.py")):
        cached = source.parent / "__pycache__" / f"{source.stem}.{sys.implementation.cache_tag}.pyc"
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


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "PYTHONPATH that names another json: the verifier restarts without it")
def test_the_verifier_restarts_isolated(pack: Path, trusted: Path, tmp_path: Path) -> None:
    (tmp_path / "path").mkdir()
    armed(tmp_path / "path", "json.py", tmp_path / "executed")
    code, said = run(trusted, pack, options=(), PYTHONPATH=str(tmp_path / "path"))
    assert code == 0, said
    assert not (tmp_path / "executed").exists()


@pytest.mark.costly
def test_a_verifier_kept_elsewhere_judges_a_folder_and_an_archive(pack: Path, trusted: Path) -> None:
    for place in (pack, pack.with_name("pack.zip")):
        code, said = run(trusted, place)
        assert code == 0, said
        assert "The verifier in this pack is the one that judges it" in said
        assert "Everything that was checked holds" in said
    assert run(trusted)[0] == 2
    assert run(trusted, pack / "missing")[0] == 2


@pytest.mark.costly
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


@pytest.mark.slow
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


@pytest.mark.costly
def test_how_the_command_is_asked(command: Callable[..., subprocess.CompletedProcess[str]], pack: Path) -> None:
    listed = command("verify", pack, "--list").stdout
    assert "      auc/gender=F" in listed
    assert "auc/gender=F" not in command("verify", pack).stdout
    for wrong in (("verify", pack, "--ledger"), ("verify", "--list"), ("verify", pack, "--key", "x")):
        assert command(*wrong).returncode == 2, wrong
