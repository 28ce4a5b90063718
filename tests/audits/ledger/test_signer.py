"""The ledger's key elsewhere: with a program of another account, or in a PKCS#11 token (SoftHSM, softhsm2)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import Checkpoint, parse_checkpoint
from boussole.audits.ledger.keys import check
from boussole.audits.signing.key import known_key, ledger_verifier, signer_of, verifier_of, workspace_key
from boussole.audits.signing.sealing import LAST, seal
from boussole.audits.workspace import Workspace
from boussole.charter.records import sign_checkpoint
from tests.end_to_end.test_kept_checkpoint import boussole, grow, run

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
BOUSSOLE = [str(Path(sys.executable).with_name("boussole")), "ledger", "signer"]


def signed_by(workspace, signer):
    """The workspace is set to a signer."""
    table = json.dumps(signer, separators=(", ", " = "))
    (workspace.home / "boussole.toml").write_text(f"[ledger]\nsigner = {table}\n", encoding="utf-8")
    return Workspace(workspace.home)


@pytest.fixture
def workspace(tmp_path):
    made = Workspace.create(tmp_path / "w")
    grow(made, [1, 2])
    return made


@pytest.fixture
def account(tmp_path):
    """The folder of the account that signs, and its public key."""
    folder = tmp_path / "sealer"
    made = boussole("ledger", "signer", folder, "--new").stdout.strip()
    assert boussole("ledger", "signer", folder, "--public").stdout.strip() == made
    return folder, made


@pytest.mark.costly
def test_a_program_of_another_account_signs(workspace, account):
    folder, public = account
    workspace = signed_by(workspace, {"command": [*BOUSSOLE, str(folder)], "public": public})
    note = sign_checkpoint(workspace)
    assert str(verifier_of(workspace)) == public
    assert check(note, [verifier_of(workspace)]).signers
    assert parse_checkpoint(str(note))[1].origin == known_key(folder).name
    assert not (workspace.keys / "ledger.key").exists(), "the server never has it"
    assert run(workspace, "ledger", "key").stdout.strip() == public


@pytest.mark.costly
def test_a_ledger_keeps_its_key_when_it_moves(workspace, tmp_path):
    before = str(workspace_key(workspace.keys).verifier)
    (tmp_path / "sealer").mkdir()
    shutil.move(workspace.keys / "ledger.key", tmp_path / "sealer" / "ledger.key")
    workspace = signed_by(workspace, {"command": [*BOUSSOLE, str(tmp_path / "sealer")], "public": before})
    assert check(sign_checkpoint(workspace), [verifier_of(workspace)]).signers
    assert str(signer_of(workspace).verifier) == before


def python(code):
    return [sys.executable, "-c", f"import sys; {code}"]


def prints(text):
    return python(f"sys.stdin.read(); sys.stdout.write({text!r})")


LIES = {
    "nothing": (prints(""), "prints no signature"),
    "what is no text": (python("sys.stdout.buffer.write(bytes([255]))"), "prints no signature"),
    "a failure": (python("sys.stderr.write('no \\x1b[2Jpin'); sys.exit(3)"), r"does not sign: no  \[2Jpin"),
    "no program": (["/no/such/program"], "does not answer"),
}


@pytest.mark.attack("ledger", "a signer that lies, fails, or was replaced by one with another key")
@pytest.mark.parametrize("name", LIES)
def test_what_is_no_signature_is_not_used(workspace, account, name):
    command, said = LIES[name]
    workspace = signed_by(workspace, {"command": command, "public": account[1]})
    with pytest.raises(LedgerError, match=said):
        sign_checkpoint(workspace)


@pytest.mark.attack("ledger", "a signer that lies, fails, or was replaced by one with another key")
def test_a_signature_by_another_key_or_of_another_text_is_not_used(workspace, account, tmp_path, tries):
    folder, public = account
    boussole("ledger", "signer", tmp_path / "other", "--new")
    key = known_key(folder)
    own = Checkpoint(origin=key.name, size=2, root="ab" * 32).note.signed(key)
    strange = known_key(tmp_path / "other")
    renamed = Checkpoint(origin=key.name, size=2, root="ab" * 32).note.signed(strange)
    for signed in (own, renamed):
        tries.add()
        lying = signed_by(workspace, {"command": prints(str(signed.signatures[0])), "public": public})
        with pytest.raises(LedgerError, match="not a signature by the public key"):
            sign_checkpoint(lying)


@pytest.mark.attack("ledger", "the account that signs is handed an older ledger, another one, or no checkpoint")
def test_the_account_signs_nothing_that_goes_back(account, tries):
    folder, _ = account
    key = known_key(folder)

    def text(size, root="ab" * 32, origin=key.name):
        return Checkpoint(origin=origin, size=size, root=root).note.text

    for size in (3, 5, 5, 9):
        line = seal(folder, text(size))
        assert key.verifier.holds(line.value, text=text(size))
    for bad, said in (
        (text(8), "goes back"),
        (text(9, "cd" * 32), "goes back"),
        (text(10, origin="boussole/ledger/other"), "no checkpoint of the ledger"),
        ("hello\n", "not a checkpoint"),
        (text(10).rstrip("\n"), "not a"),
        (f"{key.name}\n10\nAAAA\n", "not a checkpoint"),
    ):
        tries.add()
        with pytest.raises(LedgerError, match=said):
            seal(folder, bad)
    assert "\n9\n" in (folder / LAST).read_text(encoding="utf-8")
    changed = (folder / LAST).read_text(encoding="utf-8").replace("\n9\n", "\n2\n")
    (folder / LAST).write_text(changed, encoding="utf-8")
    with pytest.raises(LedgerError, match="it was changed"):
        seal(folder, text(11))


@pytest.mark.costly
def test_signing_makes_no_key(tmp_path):
    (tmp_path / "empty").mkdir()
    done = subprocess.run([*BOUSSOLE, tmp_path / "empty"], input=b"x", capture_output=True, check=False)
    assert (done.returncode, b"there is no key of a ledger here" in done.stderr, done.stdout) == (2, True, b"")
    assert not list((tmp_path / "empty").glob("*.key"))


def test_the_public_key_must_be_given_and_be_its_own(workspace, account):
    folder, public = account
    command = [*BOUSSOLE, str(folder)]
    with pytest.raises(LedgerError, match="the public key of the signer is missing"):
        verifier_of(signed_by(workspace, {"command": command}))
    assert public.startswith("boussole/ledger/")
    key = known_key(folder).verifier
    renamed = type(key)("example.org/log", key.kind, key.public)
    with pytest.raises(LedgerError, match="does not bear the name"):
        verifier_of(signed_by(workspace, {"command": command, "public": str(renamed)}))


@pytest.mark.parametrize("signer", [{}, {"command": ["x"], "pkcs11": {}}, {"command": ["x"], "public": "nonsense"}])
def test_bad_settings_are_told(workspace, signer):
    with pytest.raises(Exception, match=r"signer|pkcs11|public"):
        signer_of(signed_by(workspace, signer))


@pytest.fixture
def token(tmp_path, monkeypatch):
    """A token of SoftHSM with an Ed25519 key that was made in it."""
    assert MODULE.exists(), "SoftHSM is missing: apt-get install softhsm2 (`make test` does it)"
    import pkcs11
    from asn1crypto.core import PrintableString

    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(
        f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n"
    )
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    label = f"t{os.urandom(4).hex()}"
    making = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", "4321", "--so-pin", "8765"]
    subprocess.run(making, check=True, capture_output=True)
    library = pkcs11.lib(str(MODULE))
    library.reinitialize()
    with library.get_token(token_label=label).open(rw=True, user_pin="4321") as session:
        curve = {pkcs11.Attribute.EC_PARAMS: PrintableString("edwards25519").dump()}
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC_EDWARDS, curve, local=True)
        made = pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN
        public, _ = parameters.generate_keypair(mechanism=made, store=True, label="ledger")
        point = bytes(public[pkcs11.Attribute.EC_POINT])[-32:]
    (tmp_path / "pin").write_text("4321\n", encoding="utf-8")
    settings = {"module": str(MODULE), "token": label, "label": "ledger", "pin_file": str(tmp_path / "pin")}
    return settings, ledger_verifier(point)


def test_a_key_in_a_token_signs(workspace, token):
    settings, public = token
    with pytest.raises(LedgerError, match="the public key of the signer is missing") as missing:
        verifier_of(signed_by(workspace, {"pkcs11": settings}))
    assert str(public) in (missing.value.next_step or "")
    workspace = signed_by(workspace, {"pkcs11": settings, "public": str(public)})
    note = sign_checkpoint(workspace)
    assert check(note, [public]).signers
    assert parse_checkpoint(str(note))[1].origin == public.name
    assert not (workspace.keys / "ledger.key").exists()


@pytest.mark.attack("ledger", "a signer that lies, fails, or was replaced by one with another key")
def test_a_token_that_does_not_sign_or_with_another_key_is_told(workspace, token, account, tmp_path):
    settings, public = token
    with pytest.raises(LedgerError, match="not a signature by the public key"):
        sign_checkpoint(signed_by(workspace, {"pkcs11": settings, "public": account[1]}))
    for changed, said in (
        ({"token": "none"}, "the token does not sign"),
        ({"label": "none"}, "the token does not sign"),
        ({"module": "/no/such/library.so"}, "the token does not sign"),
        ({"pin_file": str(tmp_path / "none")}, "the file of the PIN cannot be read"),
    ):
        with pytest.raises(LedgerError, match=said):
            sign_checkpoint(signed_by(workspace, {"pkcs11": {**settings, **changed}, "public": str(public)}))
    (tmp_path / "pin").write_text("9999", encoding="utf-8")
    with pytest.raises(LedgerError, match="PinIncorrect"):
        sign_checkpoint(signed_by(workspace, {"pkcs11": settings, "public": str(public)}))
