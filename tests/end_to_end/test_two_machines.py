"""A server and a witness on two machines, as they run in a house: real processes, TLS, tokens, and what goes wrong."""

from __future__ import annotations

import json
import shutil
import sys

import pytest

from benchmarks.process import BOUSSOLE
from boussole.audits.ledger.checkpoint import cosign, parse_request
from boussole.audits.ledger.keys import COSIGNATURE, SIGNATURE, check, make_key, parse_verifier
from boussole.audits.signing.key import workspace_key
from boussole.audits.workspace import Workspace
from boussole.charter.records import request_of
from boussole.charter.records.notes.outside import outside
from boussole.dashboard.server.access import sessions
from tests.end_to_end.machines import Machines
from tests.end_to_end.test_kept_checkpoint import boussole, grow

SETTINGS = """
[access]
issuer = "https://id.example.org"
client_id = "boussole"
address = "https://boussole.example.org"
hosts = ["{host}"]
roles = {{staff = "reader"}}
[ledger]
witnesses = ["{witness}"]
"""
COSIGNATURES = "/api/ledger/cosignatures"
TELL = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"


class Scene:
    """The server's workspace and the witness's folder, on their machines."""

    def __init__(self, home, machines):
        self.home, self.machines = home, machines
        self.workspace = Workspace.create(home / "server")
        grow(self.workspace, [1, 2, 3])
        self.folder = home / "witness"
        self.witness = boussole("ledger", "keygen", self.folder, "--name", "example.org/agents").stdout.strip()
        self.log = str(workspace_key(self.workspace.keys).verifier)
        settings = SETTINGS.format(host=machines.server, witness=self.witness)
        (self.workspace.home / "boussole.toml").write_text(settings, encoding="utf-8")
        self.workspace = Workspace(self.workspace.home)
        self.token = sessions.new_token(self.workspace, role="witness", label="agents", days=9)
        (home / "token").write_text(self.token, encoding="utf-8")
        self.told = home / "told"
        command = json.dumps([sys.executable, "-c", TELL, str(self.told)])
        (self.folder / "witness.toml").write_text(f"alert_command = {command}\n", encoding="utf-8")

    def look(self, *options, folder=None):
        given = ["--folder", folder or self.folder, "--token-file", self.home / "token"]
        return self.machines.run([BOUSSOLE, "ledger", "witness", self.machines.url, *given, *options])

    def post(self, note, token=None):
        return self.machines.ask("POST", COSIGNATURES, token=token or self.token, body=str(note))

    @property
    def kept(self):
        return (self.folder / "kept.checkpoint").read_text(encoding="utf-8")

    def put(self, home):
        """Another database in place of the server's, as whoever runs it could."""
        for path in self.workspace.home.glob("governance.sqlite*"):
            path.unlink()
        for path in home.glob("governance.sqlite*"):
            shutil.copy(path, self.workspace.home / path.name)
        shutil.copytree(home / "evidence", self.workspace.evidence, dirs_exist_ok=True)

    def forked(self, name, days):
        """Another ledger under the same key."""
        other = Workspace.create(self.home / name)
        grow(other, days)
        shutil.copy(self.workspace.keys / "ledger.key", other.keys / "ledger.key")
        return other


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path, Machines(tmp_path))
    try:
        made.machines.start(made.workspace.home)
        yield made
    finally:
        made.machines.stop()


@pytest.mark.slow
@pytest.mark.attack("ledger", "a server on another machine rewrites, rolls back, forges, replays or falls silent")
def test_a_month_of_a_witness_on_another_machine(scene, tries):
    honest_days(scene)
    tries.add(posts_of_strangers(scene))
    tries.add(dishonest_days(scene))
    silence(scene)


def honest_days(scene):
    first = scene.look("--log", scene.log)
    assert first.returncode == 0, first.stderr
    grow(scene.workspace, [10, 11, 12])
    again = scene.look()
    assert (again.returncode, "3 more came since" in again.stderr) == (0, True), again.stderr
    found = outside(scene.workspace)
    assert (found.last.witness, found.last.size, found.size) == ("example.org/agents", found.size, found.size)


def posts_of_strangers(scene):
    """Forged, replayed and foreign cosignatures, and other tokens: nothing of it changes what is kept."""
    before, path = outside(scene.workspace), scene.workspace.checkpoints
    files = {each.name: each.read_bytes() for each in path.glob("witnesses/*.checkpoint")}
    fresh = request_of(scene.workspace, since=0).note
    stranger = make_key("example.org/agents", kind=COSIGNATURE)
    reader = sessions.new_token(scene.workspace, role="reader", label="reader", days=1)
    old = scene.kept
    posts = [
        (fresh.signed(stranger), scene.token, 403),
        (fresh, scene.token, 403),
        (fresh.signed(make_key("x", kind=SIGNATURE)), scene.token, 403),
        (old.replace("\n7\n", "\n8\n"), scene.token, 404),
        ("nonsense", scene.token, 400),
        (old, reader, 403),
        (old, "boussole_00000000_" + "a" * 43, 401),
        (old, scene.token, 200),
    ]
    for note, token, status in posts:
        answer = scene.post(note, token)
        assert answer[0] == status, (answer, str(note))
        assert outside(scene.workspace).last == before.last
        assert {each.name: each.read_bytes() for each in path.glob("witnesses/*.checkpoint")} == files
    assert scene.machines.ask("GET", "/api/ledger", token=scene.token)[0] == 403
    return len(posts) + 1


def dishonest_days(scene):
    """A rewritten ledger, one that was rolled back, and one under another key: each is told and proved."""
    honest = scene.home / "honest"
    shutil.copytree(scene.workspace.home, honest)
    rewritten = scene.forked("rewritten", range(1, 20)).home
    older = scene.forked("older", [1]).home
    for place, why in ((rewritten, "the ledger was rewritten"), (older, "entries were removed")):
        scene.put(place)
        diverged(scene, why)
    scene.put(honest)
    assert scene.look().returncode == 0, "the honest ledger is back"
    shutil.copytree(scene.folder, scene.home / "other-witness")
    for name in ("kept.checkpoint", "ledger.vkey"):
        (scene.home / "other-witness" / name).unlink()
    wrong = make_key(scene.log.partition("+")[0], kind=SIGNATURE).verifier
    done = scene.look("--log", str(wrong), folder=scene.home / "other-witness")
    assert (done.returncode, "not signed by the ledger's key" in done.stderr) == (1, True), done.stderr
    return 3


def diverged(scene, why):
    before = scene.kept
    known = set((scene.folder / "divergences").glob("*"))
    done = scene.look()
    assert (done.returncode, why in done.stderr) == (1, True), done.stderr
    assert scene.kept == before
    (place,) = set((scene.folder / "divergences").glob("*")) - known
    log, both = parse_verifier(scene.log), ("kept.checkpoint", "received.checkpoint")
    notes = [parse_request((place / name).read_text(encoding="utf-8")).note for name in both]
    assert all(check(note, [log]).signers for note in notes), "anybody can tell from these two files"
    assert str(place) in scene.told.read_text(encoding="utf-8")


def silence(scene):
    """The server does not answer, then it is down; the witness keeps what it has, and can still cosign by hand."""
    before = scene.kept
    for fall_silent in (scene.machines.mute, scene.machines.stop):
        fall_silent()
        done = scene.look()
        assert (done.returncode, "does not answer" in done.stderr) == (2, True), done.stderr
    assert scene.kept == before
    since = parse_request(before).checkpoint.size
    grow(scene.workspace, [25])
    assert cosign(scene.folder, request_of(scene.workspace, since=since)).text.split("\n")[1] == str(since + 1)
