"""A server and a witness on two machines, as they run in a house: real processes, TLS, tokens, and what goes wrong."""

from __future__ import annotations

import json
import shutil
import sys

import pytest

from benchmarks.process import BOUSSOLE
from boussole.audits.ledger.checkpoint import cosign, parse_request
from boussole.audits.signing.key import workspace_key
from boussole.audits.workspace import Workspace
from boussole.charter.records import request_of
from boussole.charter.records.notes.outside import outside
from boussole.dashboard.server.access import sessions
from tests.end_to_end.machines import Machines
from tests.end_to_end.test_kept_checkpoint import boussole, forked, grow, put

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

    def look(self, *options):
        given = ["--folder", self.folder, "--token-file", self.home / "token"]
        return self.machines.run([BOUSSOLE, "ledger", "witness", self.machines.url, *given, *options])

    @property
    def kept(self):
        return (self.folder / "kept.checkpoint").read_text(encoding="utf-8")


@pytest.fixture
def scene(tmp_path):
    made = Scene(tmp_path, Machines(tmp_path))
    try:
        made.machines.start(made.workspace.home)
        yield made
    finally:
        made.machines.stop()


@pytest.mark.slow
@pytest.mark.attack("ledger", "a server on another machine rewrites its ledger or falls silent, or is asked by others")
def test_a_month_of_a_witness_on_another_machine(scene, tries):
    honest_days(scene)
    tries.add(strangers(scene) + 1)
    dishonest_day(scene)
    silence(scene)


def honest_days(scene):
    first = scene.look("--log", scene.log)
    assert first.returncode == 0, first.stderr
    grow(scene.workspace, [10, 11, 12])
    again = scene.look()
    assert (again.returncode, "3 more came since" in again.stderr) == (0, True), again.stderr
    found = outside(scene.workspace)
    assert (found.last.witness, found.last.size, found.size) == ("example.org/agents", found.size, found.size)


def strangers(scene):
    """What is posted over the network without a cosignature, or with another token, is not taken."""
    reader = sessions.new_token(scene.workspace, role="reader", label="reader", days=1)
    posts = [("nonsense", scene.token, 400), (scene.kept, reader, 403), (scene.kept, scene.token, 200)]
    for note, token, status in posts:
        assert scene.machines.ask("POST", COSIGNATURES, token=token, body=note)[0] == status
    assert scene.machines.ask("GET", "/api/ledger", token=scene.token)[0] == 403
    return len(posts) + 1


def dishonest_day(scene):
    """A rewritten ledger under the same key, and then the honest one again."""
    honest, before = scene.home / "honest", scene.kept
    shutil.copytree(scene.workspace.home, honest)
    put(scene.workspace, forked(scene.workspace, scene.home / "rewritten", range(1, 20)))
    done = scene.look()
    assert (done.returncode, "the ledger was rewritten" in done.stderr) == (1, True), done.stderr
    assert scene.kept == before
    (place,) = (scene.folder / "divergences").iterdir()
    assert str(place) in scene.told.read_text(encoding="utf-8")
    put(scene.workspace, Workspace(honest))
    assert scene.look().returncode == 0, "the honest ledger is back"


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
