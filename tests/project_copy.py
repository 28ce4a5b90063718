"""A copy of the project that a test changes: files written, or texts in them replaced, and the program run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
Change = Mapping[str, str | Mapping[str, str]]
"""By file: its text, where it is a new one; else what is written in place of what: of a text that stands there once, or
of nothing, which is at the end."""


def ran(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """A program that has ended, however it ended, and what it said."""
    return subprocess.run([*map(str, words)], check=False, capture_output=True, text=True, **options)


def copy_with(change: Change, folder: Path) -> Path:
    """The project in a folder, changed."""
    shutil.copytree(ROOT / "src", folder / "src", symlinks=True)
    for name in ("audits", "charter", "experiments", "dashboard"):
        shutil.copytree(ROOT / name, folder / name)  # compiled modules too: to compile them takes longest
    for name, edits in change.items():
        path = folder / name
        if isinstance(edits, str):
            assert not path.exists(), f"{name} is no new file"
            path.parent.mkdir(exist_ok=True)
            path.write_text(edits, encoding="utf-8")
            continue
        text = path.read_text(encoding="utf-8")
        for old, new in edits.items():
            assert old == "" or text.count(old) == 1, f"{name} has no `{old}` to write beside, or several"
            text = text.replace(old, new) if old else text.rstrip("\n") + "\n" + new
        path.write_text(text, encoding="utf-8")
    return folder


def run_in(folder: Path, code: str, *words: str, input: str = "") -> str:  # noqa: A002 (as subprocess has it)
    """What a script prints that imports the copy."""
    env = {**os.environ, "PYTHONPATH": str(folder / "src")}
    done = ran(sys.executable, "-c", code, *words, cwd=folder, env=env, input=input)
    assert done.returncode == 0, done.stderr
    return done.stdout
