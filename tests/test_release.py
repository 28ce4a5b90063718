"""A release: the same bytes from the same commit, every package listed with its hash, and no forged one passes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.project_copy import ran

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.slow


def run(clone: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return ran(sys.executable, ".ci/release.py", *arguments, cwd=clone)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = tmp_path_factory.mktemp("release") / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(there)], check=True)
    return there


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ours", "other"):
        key = Ed25519PrivateKey.generate()
        (folder / f"{name}.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        (folder / f"{name}.pub").write_bytes(public)
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def made(clone: Path, keys: dict[str, Path]) -> Path:
    out = clone.parent / "dist"
    done = run(clone, out, "--key", keys["ours.pem"])
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture
def dist(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "dist"))


def test_it_holds_and_names_its_signer(clone: Path, dist: Path, keys: dict[str, Path]) -> None:
    done = run(clone, dist, "--verify", "--key", keys["ours.pub"])
    assert (done.returncode, done.stdout) == (0, "As stated: the same bytes were built again.\n")
    assert "Nobody's signature was checked" in run(clone, dist, "--verify").stdout


def test_the_sbom_lists_every_package_of_the_lock_file_with_its_hashes(dist: Path) -> None:
    held = json.loads((dist / "boussole.cdx.json").read_text(encoding="utf-8"))
    assert (held["bomFormat"], held["specVersion"]) == ("CycloneDX", "1.6")
    listed = {(each["name"].lower(), each["version"]) for each in held["components"]}
    locked = set(re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / "requirements.lock").read_text(), flags=re.M))
    assert listed == locked
    assert all(any("hashes" in found for found in each["externalReferences"]) for each in held["components"])
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        assert "boussole/charter/pack/verify.py" in wheel.namelist()


@pytest.mark.attack("releases", "wheel, SBOM or statement is changed, added to, or signed by somebody else")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("wheel", "it was changed"),
        ("sbom", "it was changed"),
        ("another file", "the statement does not name it"),
        ("gone", "it is not the file that the statement names"),
        ("signed by another", "was not signed with this key"),
        ("payload", "was not signed with this key"),
        ("signature removed", "the statement is not signed"),
    ],
)
def test_a_forged_release_is_told(clone: Path, dist: Path, keys: dict[str, Path], change: str, says: str) -> None:
    wheel, statement, key = next(dist.glob("*.whl")), dist / "provenance.intoto.json", keys["ours.pub"]
    held = json.loads(statement.read_text(encoding="utf-8"))
    if change in ("wheel", "sbom"):
        path = wheel if change == "wheel" else dist / "boussole.cdx.json"
        path.write_bytes(path.read_bytes() + b" ")
    elif change == "another file":
        (dist / "boussole-0.2.0-py3-none-any.whl").write_bytes(b"x")
    elif change == "gone":
        wheel.unlink()
    elif change == "signed by another":
        key = keys["other.pub"]
    elif change == "payload":
        held["payload"] = held["payload"][:-8] + "AAAAAAA="
        statement.write_text(json.dumps(held), encoding="utf-8")
    else:
        statement.write_bytes(base64.b64decode(held["payload"]))
    done = run(clone, dist, "--verify", "--key", key)
    assert done.returncode == 1
    assert says in done.stdout


@pytest.mark.attack("releases", "the statement names a wheel that was not built from its commit")
def test_a_wheel_that_was_not_built_from_its_commit_is_told(clone: Path, dist: Path) -> None:
    wheel, statement = next(dist.glob("*.whl")), dist / "provenance.intoto.json"
    told = json.loads(base64.b64decode(json.loads(statement.read_text(encoding="utf-8"))["payload"]))
    with zipfile.ZipFile(wheel, "a") as more:
        more.writestr("boussole/dashboard/backdoor.py", "import os")
    told["subject"][0]["digest"]["sha256"] = hashlib.sha256(wheel.read_bytes()).hexdigest()
    statement.write_text(json.dumps(told), encoding="utf-8")
    done = run(clone, dist, "--verify")
    assert done.returncode == 1
    assert "it is another" in done.stdout


def test_what_is_not_committed_is_not_released(clone: Path, tmp_path: Path) -> None:
    (clone / "stray.py").write_text("x = 1\n", encoding="utf-8")
    try:
        done = run(clone, tmp_path / "new")
    finally:
        (clone / "stray.py").unlink()
    assert done.returncode == 2
    assert "not committed" in done.stderr
    assert list(tmp_path.iterdir()) == []
