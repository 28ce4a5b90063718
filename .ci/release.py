"""What is handed to others: the wheel, the list of what it needs (SBOM), and a statement of how it was built.

    python .ci/release.py DIST [--key SECRET.pem]
    python .ci/release.py DIST --verify [--key PUBLIC.pem]

The wheel is built twice from the commit, and has to be the same both times. The SBOM is CycloneDX 1.6, from the lock
file, with the hash of each package. The statement is in-toto's, with the provenance of SLSA 1 as its predicate; with a
key (Ed25519, PEM) it is signed in a DSSE envelope. `--verify` builds the wheel once more from the commit that the
statement names, and holds everything to it. Exit code 0: as stated; 1: not; 2: it cannot be done.
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import importlib.metadata
import io
import json
import os
import platform
import subprocess
import sys
import tarfile
import tempfile
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import Error as EnvelopeError
from securesystemslib.signer import CryptoSigner, SSlibKey

ROOT = Path(__file__).resolve().parent.parent
STATEMENT, SBOM = "provenance.intoto.json", "boussole.cdx.json"
IN_TOTO, SLSA = "https://in-toto.io/Statement/v1", "https://slsa.dev/provenance/v1"
PAYLOAD = "application/vnd.in-toto+json"
BUILD, BUILDER = "urn:boussole:make-release:1", "urn:boussole:make-release"
TOOLS = ("hatchling", "cyclonedx-bom")
OF_LOCK = ("requirements", "--pyproject", "pyproject.toml", "--output-reproducible", "--spec-version", "1.6")


class ReleaseError(Exception):
    """What keeps a release from being made."""


def git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build_wheel(commit: str, out: Path) -> Path:
    """The wheel of a commit, from nothing but what that commit holds."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
    epoch = git("show", "-s", "--format=%ct", commit)
    with tempfile.TemporaryDirectory() as source:
        with tarfile.open(fileobj=io.BytesIO(packed)) as files:
            files.extractall(source, filter="data")
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out.resolve())],
            cwd=source,
            check=True,
            capture_output=True,
            env={**os.environ, "SOURCE_DATE_EPOCH": epoch},
        )
    (wheel,) = out.glob("*.whl")
    return wheel


def build_twice(commit: str, out: Path) -> Path:
    """The same, built a second time elsewhere, to show that the build depends on nothing else."""
    wheel = build_wheel(commit, out)
    with tempfile.TemporaryDirectory() as other:
        if sha256(build_wheel(commit, Path(other))) != sha256(wheel):
            raise ReleaseError("two builds of the same commit differ: the wheel could not be built again by others.")
    return wheel


def write_sbom(commit: str, out: Path) -> Path:
    """What the wheel needs, with versions and hashes, as its lock file has them."""
    path = out / SBOM
    with tempfile.TemporaryDirectory() as source:
        for name in ("requirements.lock", "pyproject.toml"):
            (Path(source) / name).write_text(git("show", f"{commit}:{name}") + "\n", encoding="utf-8")
        subprocess.run(
            [sys.executable, "-m", "cyclonedx_py", *OF_LOCK, "-o", str(path.resolve()), "requirements.lock"],
            cwd=source,
            check=True,
            capture_output=True,
            env={**os.environ, "SOURCE_DATE_EPOCH": git("show", "-s", "--format=%ct", commit)},
        )
    return path


def statement(commit: str, files: list[Path], *, begun: dt.datetime) -> dict[str, Any]:
    """Which files were built, from what, with what, when."""
    lock = hashlib.sha256(git("show", f"{commit}:requirements.lock").encode() + b"\n").hexdigest()
    tools = [{"name": name, "annotations": {"version": importlib.metadata.version(name)}} for name in TOOLS]
    return {
        "_type": IN_TOTO,
        "subject": [{"name": path.name, "digest": {"sha256": sha256(path)}} for path in files],
        "predicateType": SLSA,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD,
                "externalParameters": {"commit": commit},
                "internalParameters": {"python": platform.python_version()},
                "resolvedDependencies": [
                    {"name": "source", "digest": {"gitCommit": commit}},
                    {"name": "requirements.lock", "digest": {"sha256": lock}},
                    *tools,
                ],
            },
            "runDetails": {
                "builder": {"id": BUILDER},
                "metadata": {
                    "invocationId": f"urn:uuid:{uuid.uuid4()}",
                    "startedOn": f"{begun:%Y-%m-%dT%H:%M:%SZ}",
                    "finishedOn": f"{dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}",
                },
            },
        },
    }


def release(out: Path, key: Path | None) -> None:
    """Writes wheel, SBOM and statement."""
    if git("status", "--porcelain"):
        raise ReleaseError("there are changes that are not committed: commit them, or put them aside.")
    if any(out.glob("*")):
        raise ReleaseError(f"{out} is not empty: name an empty folder.")
    out.mkdir(parents=True, exist_ok=True)
    begun, commit = dt.datetime.now(dt.UTC), git("rev-parse", "HEAD")
    files = [build_twice(commit, out), write_sbom(commit, out)]
    told = json.dumps(statement(commit, files, begun=begun), indent=2).encode() + b"\n"
    if key is not None:
        envelope = Envelope(told, PAYLOAD, {})
        envelope.sign(CryptoSigner(load_pem_private_key(key.read_bytes(), password=None)))
        told = json.dumps(envelope.to_dict(), indent=2).encode() + b"\n"
    (out / STATEMENT).write_bytes(told)
    for path in (*files, out / STATEMENT):
        print(f"{sha256(path)}  {path.name}")
    print("signed" if key else "not signed: give --key with an Ed25519 key, so that others know who built it")


def read_statement(path: Path, key: Path | None) -> dict[str, Any]:
    """The statement, whose signature is checked if a key is given. Raises ReleaseError where it is not that key's."""
    held = json.loads(path.read_bytes())
    if "payload" not in held:
        if key is not None:
            raise ReleaseError("the statement is not signed.")
        return dict(held)
    envelope = Envelope.from_dict(held)
    if key is not None:
        try:
            envelope.verify([SSlibKey.from_crypto(load_pem_public_key(key.read_bytes()))], threshold=1)
        except EnvelopeError as error:
            raise ReleaseError("the statement was not signed with this key, or was changed.") from error
    return dict(json.loads(envelope.payload))


def problems(out: Path, key: Path | None) -> list[str]:
    """What is not as the statement says, after the wheel was built anew."""
    try:
        told = read_statement(out / STATEMENT, key)
        subjects = {each["name"]: each["digest"]["sha256"] for each in told["subject"]}
        commit = str(told["predicate"]["buildDefinition"]["externalParameters"]["commit"])
    except ReleaseError as error:
        return [str(error)]
    except (KeyError, TypeError, ValueError) as error:
        return [f"the statement cannot be read: {error!r}."]
    there = {path.name: sha256(path) for path in out.iterdir() if path.name != STATEMENT}
    found = [f"{name}: it is not the file that the statement names." for name in subjects if name not in there]
    found += [f"{name}: the statement does not name it." for name in there if name not in subjects]
    found += [f"{name}: it was changed." for name in subjects if there.get(name, subjects[name]) != subjects[name]]
    with tempfile.TemporaryDirectory() as folder:
        try:
            again = [build_wheel(commit, Path(folder)), write_sbom(commit, Path(folder))]
        except subprocess.CalledProcessError:
            return [*found, f"the commit {commit} cannot be built here: is it known in this clone?"]
        found += [
            f"{path.name}: built again from {commit[:12]}, it is another."
            for path in again
            if subjects.get(path.name) != sha256(path)
        ]
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--key", type=Path, help="to sign: a secret key; to verify: the public one (PEM, Ed25519)")
    parser.add_argument("--verify", action="store_true", help="hold the folder to its statement")
    asked = parser.parse_args()
    try:
        if not asked.verify:
            release(asked.folder, asked.key)
            return 0
        found = problems(asked.folder, asked.key)
    except (ReleaseError, OSError, ValueError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 2
    for problem in found:
        print(problem)
    if not found:
        print("As stated: the same bytes were built again." + ("" if asked.key else " Nobody's signature was checked."))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
