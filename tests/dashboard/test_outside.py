"""What the foot of every page, the evidence page and `verify` say of checks from outside, and when they warn."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess

import pytest

from boussole.audits.ledger.checkpoint import CheckpointStanding
from boussole.audits.workspace import Workspace
from boussole.charter.records.notes.outside import Check, Outside, Stamp, State, outside
from boussole.dashboard.app import frame
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views import store
from boussole.dashboard.views.parts.notices import foot, line
from tests.dashboard.api.test_cosignatures import KEY, knows
from tests.end_to_end.test_kept_checkpoint import boussole, grow, run

NOW = dt.datetime(2026, 11, 28, 8, 0, tzinfo=dt.UTC)
EN, FR = speaker("en"), speaker("fr")
DAY = dt.timedelta(days=1)


def seen(*checks, **more):
    return Outside(**{"size": 12, "checks": checks, "witness_days": 7, "timestamp_days": None, **more})


def check(days, *, size=9, name="example.org/agents", **more):
    return Check(witness=name, at=NOW - days * DAY, size=size, **more)


def stamp(days, standing=CheckpointStanding.holds):
    return Stamp(at=NOW - days * DAY, authority="CN=TSA", fingerprint="ab" * 32, size=9, standing=standing)


LINES = {
    "nobody": (seen(), "Nobody outside checks the ledger.", ""),
    "not yet": (seen(Check(witness="a")), "No witness outside has checked the ledger yet.", "watch"),
    "recent": (
        seen(check(1), check(9, name="b")),
        "The ledger was checked from outside on 27 November 2026, by example.org/agents. Three entries since.",
        "",
    ),
    "nothing new": (
        seen(check(0, size=12)),
        "The ledger was checked from outside on 28 November 2026, by example.org/agents. No entry since.",
        "",
    ),
    "late": (
        seen(check(8)),
        "The ledger was last checked from outside eight days ago, by example.org/agents, on 20 November 2026.",
        "watch",
    ),
    "rewritten": (
        seen(check(1), check(2, name="b", standing=CheckpointStanding.rewritten)),
        "The ledger is not the one that b checked from outside.",
        "broken",
    ),
    "unreadable": (
        seen(check(1), Check(witness="b", problem="x")),
        "What b cosigned of the ledger does not hold or cannot be read.",
        "broken",
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_one_line_says_who_checked_and_warns_when_nobody_did(name):
    found, text, tone = LINES[name]
    (said,) = line(found, EN, now=NOW)
    assert (str(said.text), said.tone) == (text, tone)
    assert str(line(found, FR, now=NOW)[0].text) != text
    shown = foot(found, EN, now=NOW, href="/evidence")
    assert ("<strong" in shown) is bool(tone)


@pytest.mark.parametrize(
    ("found", "state", "said"),
    [
        (seen(), State.unset, ""),
        (seen(timestamp_days=30), State.never, "one is required every 30 days"),
        (seen(timestamp_days=30, stamp=stamp(29)), State.recent, ""),
        (seen(timestamp_days=30, stamp=stamp(31)), State.late, "one is required every 30 days"),
        (seen(stamp=stamp(400)), State.recent, ""),
        (seen(stamp=stamp(1, CheckpointStanding.rewritten)), State.broken, "is not the one that was timestamped"),
    ],
)
def test_a_timestamp_that_is_required_and_missing_is_told_at_every_foot(found, state, said):
    assert found.stamp_state(NOW) is state
    told = [str(each.text) for each in line(found, EN, now=NOW)]
    assert len(told) == (2 if said else 1)
    assert said in told[-1]


def test_what_cannot_be_read_is_said(tmp_path, monkeypatch):
    workspace = Workspace.create(tmp_path / "w")
    monkeypatch.setenv("BOUSSOLE_HOME", str(workspace.home))
    monkeypatch.setattr(frame, "kept_query", dict)
    assert "Nobody outside checks the ledger." in frame.checked_outside(EN)
    (workspace.home / "boussole.toml").write_text('[ledger]\nwitnesses = ["x"]\n', encoding="utf-8")
    assert "cannot be read" in frame.checked_outside(EN)


def test_it_is_read_anew_when_a_cosignature_arrives(tmp_path):
    workspace = knows(Workspace.create(tmp_path / "w"), KEY)
    grow(workspace, [1])
    run(workspace, "ledger", "key")
    before = store.outside(workspace)
    handed = tmp_path / "new.checkpoint"
    run(workspace, "ledger", "checkpoint", handed)
    from boussole.charter.records.notes.outside import take_cosignature
    from boussole.dashboard.cli.ledger import checkpoint_in

    note, _ = checkpoint_in(handed)
    take_cosignature(workspace, str(note.signed(KEY)), now=dt.datetime.now(dt.UTC))
    assert (before.last, store.outside(workspace).last.size) == (None, 2)


@pytest.fixture
def authority(tmp_path):
    """A timestamp authority made with OpenSSL: answers a request as one would."""
    home = tmp_path / "authority"
    home.mkdir()
    (home / "x.cnf").write_text(
        "[req]\ndistinguished_name=d\nprompt=no\n[d]\nCN=Test TSA\n"
        "[ca]\nbasicConstraints=critical,CA:true\nkeyUsage=keyCertSign\n"
        "[tsa]\nextendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
        "[t]\ndefault_tsa=p\n[p]\nserial=./serial\ndigests=sha256\ndefault_policy=1.2.3.4\nsigner_digest=sha256\n"
        "signer_cert=./tsa.pem\nsigner_key=./tsa.key\ness_cert_id_alg=sha256\n"
    )
    (home / "serial").write_text("01\n")

    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], cwd=home, check=True, capture_output=True)

    new = ["req", "-config", "x.cnf", "-newkey", "rsa:2048", "-nodes"]
    root = ["-x509", "-extensions", "ca", "-days", "3", "-keyout", "root.key", "-out", "root.pem"]
    openssl(*new, *root, "-subj", "/CN=Test Root")
    openssl(*new, "-subj", "/CN=Test TSA", "-keyout", "tsa.key", "-out", "tsa.csr")
    signing = ["-CA", "root.pem", "-CAkey", "root.key", "-extfile", "x.cnf", "-extensions", "tsa", "-days", "2"]
    openssl("x509", "-req", "-in", "tsa.csr", *signing, "-out", "tsa.pem")

    def stamps(query):
        openssl("ts", "-reply", "-config", "x.cnf", "-section", "p", "-queryfile", query, "-out", "reply.tsr")
        return home / "reply.tsr", home / "root.pem"

    return stamps


@pytest.mark.costly
def test_a_timestamp_is_filed_and_required(tmp_path, authority):
    workspace = knows(Workspace.create(tmp_path / "w"), timestamp_days=30)
    grow(workspace, [1, 2])
    handed = tmp_path / "new.checkpoint"
    assert run(workspace, "ledger", "checkpoint", handed).exit_code == 0
    done = run(workspace, "verify", "--ledger")
    assert (done.exit_code, "A timestamp is required every 30 days" in done.stderr) == (1, True), done.stderr
    assert run(workspace, "ledger", "timestamp", handed).exit_code == 0
    reply, root = authority(f"{handed}.tsq")
    given = ("ledger", "timestamp", handed, "--reply", reply, "--authority", root)
    assert "Filed in" in run(workspace, *given).stderr
    done = run(workspace, "verify", "--ledger")
    assert (done.exit_code, "by CN=Test Root" in done.stderr) == (3, True), done.stderr
    found = outside(workspace)
    later = found.stamp.at + 31 * DAY
    assert [found.stamp_state(at) for at in (found.stamp.at, later)] == [State.recent, State.late]
    other = Workspace.create(tmp_path / "other")
    grow(other, [5])
    assert "Not filed: the checkpoint is not one of this workspace's ledger." in run(other, *given).stderr
    assert not other.checkpoints.exists()


@pytest.mark.costly
@pytest.mark.attack("ledger", "a ledger rewritten behind a timestamp or a cosignature that the server itself keeps")
def test_verify_holds_the_ledger_to_what_was_signed_outside(tmp_path, authority, tries):
    workspace = knows(Workspace.create(tmp_path / "w"), KEY)
    grow(workspace, [1, 2])
    handed = tmp_path / "new.checkpoint"
    run(workspace, "ledger", "checkpoint", handed)
    run(workspace, "ledger", "timestamp", handed)
    reply, root = authority(f"{handed}.tsq")
    run(workspace, "ledger", "timestamp", handed, "--reply", reply, "--authority", root)
    assert run(workspace, "verify", "--ledger").exit_code == 3  # it holds; no checkpoint was given
    other = Workspace.create(tmp_path / "other")
    grow(other, [5, 6])
    shutil.copy(workspace.keys / "ledger.key", other.keys / "ledger.key")
    shutil.copytree(workspace.checkpoints, other.checkpoints)
    tries.add()
    done = run(other, "verify", "--ledger")
    assert (done.exit_code, "not those that were stamped (rewritten)" in done.stderr) == (1, True), done.stderr
    for path in workspace.checkpoints.glob("timestamps/*.tsr"):
        path.write_bytes(path.read_bytes()[:-5])
    tries.add()
    done = run(workspace, "verify", "--ledger")
    assert "does not hold" in done.stderr
    assert outside(workspace).stamp is None


def test_without_a_workspace_nothing_is_filed(tmp_path, monkeypatch):
    from tests.audits.ledger.test_notes import FILES, TEST_CHECKPOINT

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOUSSOLE_HOME", raising=False)
    (tmp_path / "c").write_text(TEST_CHECKPOINT, encoding="utf-8")
    done = boussole("ledger", "timestamp", "c", "--reply", FILES / "reply.tsr", "--authority", FILES / "root.pem")
    assert (done.exit_code, "Not filed: no workspace was named." in done.stderr) == (0, True), done.stderr
