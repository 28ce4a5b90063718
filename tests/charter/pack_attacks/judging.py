"""What a forger does to any pack, and how a verifier is run on it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from boussole.audits.hashing import canonical_json, sha256_hex

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
    manifest = json.loads((folder / "manifest.json").read_bytes())
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    manifest["files"] = {path.relative_to(folder).as_posix(): sha256_hex(path.read_bytes()) for path in found}
    (folder / "manifest.json").write_bytes(canonical_json(manifest))


def armed(folder: Path, name: str, mark: Path) -> None:
    """Puts code into the pack that leaves a mark where it is executed."""
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(CODE.format(mark=str(mark)), encoding="utf-8")
