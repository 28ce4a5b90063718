"""A witness outside looks at a server every day: honest days, grown and rewritten ledgers, answers that are lies."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.errors import LedgerError
from boussole.audits.ledger.checkpoint import cosign, kept_checkpoint, parse_checkpoint, parse_request
from boussole.audits.ledger.keys import SIGNATURE, check, make_key, parse_note, parse_verifier
from boussole.audits.signing.key import workspace_key
from boussole.audits.witness import server
from boussole.audits.workspace import Workspace
from boussole.charter.records import request_of, sign_checkpoint
from boussole.charter.records.notes.outside import State, outside
from boussole.dashboard.app.server import routes
from boussole.dashboard.server.access import sessions
from tests.dashboard.api.test_cosignatures import knows
from tests.end_to_end.test_kept_checkpoint import boussole, forked, grow, plain_sqlite, put

URL = "http://localhost:8501"
TELLING = [sys.executable, "-c", "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"]


class Machines:
    """A server with a workspace, and a witness with its folder; what the server answers can be replaced."""

    def __init__(self, home, monkeypatch):
        self.home, self.patch = home, monkeypatch
        workspace = Workspace.create(home / "server")
        grow(workspace, range(1, 4))
        self.folder = home / "agents"
        key = boussole("ledger", "keygen", self.folder, "--name", "example.org/agents").stdout.strip()
        self.workspace = knows(workspace, SimpleNamespace(verifier=parse_verifier(key)))
        self.log = str(workspace_key(workspace.keys).verifier)
        self.token = home / "token"
        self.token.write_text(sessions.new_token(workspace, role="witness", label="agents", days=30), encoding="utf-8")
        self.told = home / "told"
        self.settings(alert_command=[*TELLING, str(self.told)])
        self.answers(self.served())

    def served(self):
        return TestClient(Starlette(routes=routes(self.workspace.home))).stream

    def answers(self, stream):
        self.patch.setattr("boussole.audits.witness.server.httpx.stream", stream)

    def says(self, *texts, status=200):
        """A server that answers each request with the next of these texts."""
        left = iter(texts)

        def handle(_request):
            return httpx.Response(status, stream=httpx.ByteStream(next(left).encode()))

        self.answers(httpx.Client(transport=httpx.MockTransport(handle)).stream)

    def settings(self, **settings):
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
        (self.folder / "witness.toml").write_text(text, encoding="utf-8")

    def look(self, *options, key=True):
        given = ["--log", self.log] if key else []
        given += ["--token-file", self.token] if "--token-file" not in options else []
        return boussole("ledger", "witness", URL, "--folder", self.folder, *given, *options)

    @property
    def kept(self):
        return (self.folder / "kept.checkpoint").read_bytes()

    def replaced(self, days):
        """Another ledger under the same key in its place."""
        put(self.workspace, forked(self.workspace, self.home / "other", days))


@pytest.fixture
def machines(tmp_path, monkeypatch):
    return Machines(tmp_path, monkeypatch)


def test_an_honest_day_and_a_grown_ledger(machines):
    first = machines.look()
    assert (first.exit_code, "The first checkpoint that is kept" in first.stderr) == (0, True), first.stderr
    grow(machines.workspace, range(10, 15))
    again = machines.look(key=False)
    assert again.exit_code == 0, again.stderr
    assert "The entries that were kept (4) are unchanged; 5 more came since." in again.stderr
    assert machines.look(key=False).exit_code == 0, "the same ledger again"
    seen = outside(machines.workspace)
    assert (seen.state(dt.datetime.now(dt.UTC)), seen.last.size) == (State.recent, seen.size)
    keys = [parse_verifier(machines.log), parse_verifier((machines.folder / "college.vkey").read_text())]
    assert len(check(parse_note(machines.kept.decode()), keys).signers) == 2
    assert not machines.told.exists()


def test_no_workspace_is_needed_and_the_token_is_in_no_word(machines, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOUSSOLE_HOME", raising=False)
    done = machines.look()
    assert done.exit_code == 0
    assert machines.token.read_text(encoding="utf-8") not in done.stdout + done.stderr
    left = {path.name for path in machines.folder.iterdir() if not path.name.startswith(".")}
    keys = {"college.key", "college.vkey", "ledger.vkey"}
    assert left == {"answered.json", "kept.checkpoint", "witness.toml"} | keys


def test_the_token_comes_from_the_environment_too(machines, monkeypatch, tmp_path):
    empty = tmp_path / "empty"
    empty.write_text("", encoding="utf-8")
    refused = machines.look("--token-file", empty)
    assert (refused.exit_code, "not sent back" in refused.stderr) == (2, True), refused.stderr
    monkeypatch.setenv("BOUSSOLE_TOKEN", machines.token.read_text(encoding="utf-8"))
    assert boussole("ledger", "witness", URL, "--folder", machines.folder).exit_code == 0


def test_the_key_is_believed_at_first_use_only_if_asked(machines):
    assert "the public key of the ledger is not known yet" in machines.look(key=False).stderr
    assert not (machines.folder / "kept.checkpoint").exists()
    done = machines.look("--trust-first", key=False)
    assert (done.exit_code, "compare it by another way" in done.stderr) == (0, True)
    assert (machines.folder / "ledger.vkey").read_text(encoding="utf-8").strip() == machines.log
    other = make_key("boussole/ledger/x", kind=SIGNATURE).verifier
    assert machines.look("--log", str(other), key=False).exit_code == 2


def diverged(machines, why):
    """Told, with exit code 1, by the program that is set up, and proved by files; what is kept is as it was."""
    before = machines.kept
    done = machines.look(key=False)
    assert (done.exit_code, why in done.stderr) == (1, True), done.stderr
    assert machines.kept == before
    (place,) = (machines.folder / "divergences").iterdir()
    assert (place / "kept.checkpoint").read_bytes() == before
    assert why in (place / "divergence.txt").read_text(encoding="utf-8")
    told = machines.told.read_text(encoding="utf-8")
    assert "ce n’est pas celui que ce témoin conserve" in told
    assert "it is not the one that this witness keeps" in told
    assert str(place) in told
    files = {path.name: path.read_bytes() for path in place.iterdir()}
    assert machines.look(key=False).exit_code == 1, "tomorrow as well"
    assert {path.name: path.read_bytes() for path in place.iterdir()} == files
    return place


@pytest.mark.attack("ledger", "a server rewrites its ledger under its own key, and a witness looks")
@pytest.mark.parametrize("days", [range(11, 14), range(11, 20)], ids=["as long", "longer"])
def test_a_rewritten_ledger_is_proved(machines, days):
    machines.look()
    machines.replaced(days)
    place = diverged(machines, "no longer those of the checkpoint that is kept")
    both = [
        parse_request((place / name).read_text(encoding="utf-8")) for name in ("kept.checkpoint", "received.checkpoint")
    ]
    log = parse_verifier((place / "ledger.vkey").read_text(encoding="utf-8"))
    assert all(check(each.note, [log]).signers for each in both), "anybody can tell from these files alone"
    assert both[0].checkpoint.root != both[1].checkpoint.root


@pytest.mark.attack("ledger", "a server goes back to an older ledger, and a witness looks")
def test_a_rolled_back_ledger_is_proved(machines, tmp_path):
    shutil.copytree(machines.workspace.home, tmp_path / "copy")
    grow(machines.workspace, range(10, 13))
    machines.look()
    put(machines.workspace, Workspace(tmp_path / "copy"))
    place = diverged(machines, "entries were removed")
    assert parse_checkpoint((place / "received.checkpoint").read_text(encoding="utf-8"))[1].size == 4


@pytest.mark.attack("ledger", "a server signs its ledger with another key, and a witness looks")
def test_another_key_is_proved(machines):
    machines.look()
    (machines.workspace.keys / "ledger.key").unlink()
    diverged(machines, "not signed by the ledger's key")


@pytest.mark.costly
@pytest.mark.attack("ledger", "a server keeps the proof back, or gives a wrong one")
def test_a_proof_that_is_missing_or_wrong_is_a_divergence(machines, tries):
    machines.look()
    before = machines.kept
    grow(machines.workspace, range(10, 15))
    note = str(sign_checkpoint(machines.workspace))
    line = "A" * 43 + "="
    for lie in (note, f"old 3\n{line}\n\n{note}", f"old 4\n{line}\n\n{note}", f"old 4\n\n{note}", f"old 9\n\n{note}"):
        tries.add()
        machines.says(lie)
        assert machines.look(key=False).exit_code == 1, lie
        assert machines.kept == before
    machines.answers(machines.served())
    assert machines.look(key=False).exit_code == 0, "the truth is still taken"


def test_what_is_no_answer_is_exit_2_and_changes_nothing(machines):
    machines.look()
    before = machines.kept
    for answer in ("", "<html>portal</html>", "x" * 300_000, "old 3\nnonsense\n\n"):
        machines.says(answer)
        assert machines.look(key=False).exit_code == 2, answer[:30]
    machines.says(json.dumps({"error": "\x1b[2Jno", "where": "", "next_step": "\u202egnp"}), status=403)
    done = machines.look(key=False)
    assert (done.exit_code, "\x1b" in done.stderr, "\u202e" in done.stderr) == (2, False, False)
    assert machines.kept == before
    assert not machines.told.exists(), "a day without an answer is no alarm yet"


def test_a_server_that_no_longer_signs_is_told_at_once(machines):
    machines.look()
    with plain_sqlite(machines.workspace) as connection:
        connection.execute("UPDATE entries SET payload = '{}' WHERE position = 1")
    done = machines.look(key=False)
    assert (done.exit_code, "the ledger does not hold" in done.stderr) == (2, True), done.stderr
    assert "its own server no longer signs it" in machines.told.read_text(encoding="utf-8")


def test_days_without_an_answer_are_told(machines):
    machines.look()
    path = machines.folder / server.ANSWERED
    noted = json.loads(path.read_text(encoding="utf-8"))
    machines.says("<html>", "<html>")
    assert machines.look(key=False).exit_code == 2
    assert not machines.told.exists()
    earlier = dt.datetime.fromisoformat(noted["answered"]) - dt.timedelta(days=3)
    path.write_text(json.dumps({**noted, "answered": earlier.isoformat()}), encoding="utf-8")
    done = machines.look(key=False)
    assert (done.exit_code, "No valid answer for 3 days." in done.stderr) == (2, True)
    assert "aucune réponse valable depuis trois jours" in machines.told.read_text(encoding="utf-8")


def test_an_alert_that_fails_hides_nothing(machines):
    machines.look()
    machines.replaced(range(11, 14))
    machines.settings(alert_command=["/no/such/program"])
    done = machines.look(key=False)
    assert (done.exit_code, "Nobody was told: /no/such/program: FileNotFoundError." in done.stderr) == (1, True)
    machines.settings()
    assert "Nobody else is told" in machines.look(key=False).stderr
    told = machines.home / "by option"
    command = " ".join([sys.executable, str(machines.home / "tell.py"), f"'{told}'"])
    (machines.home / "tell.py").write_text("import sys; open(sys.argv[1], 'w').write(sys.stdin.read())")
    assert machines.look("--alert-command", command, key=False).exit_code == 1
    assert "kept in" in told.read_text(encoding="utf-8")


@pytest.mark.costly
def test_an_address_of_apprise_is_told(machines, monkeypatch):
    sent = []
    monkeypatch.setattr("boussole.dashboard.alerts.witness.notify", lambda plugin, **said: sent.append(said) or "")
    machines.look()
    machines.replaced(range(11, 14))
    (machines.folder / "witness.toml").write_text('[alert]\nurl_file = "address"\n', encoding="utf-8")
    (machines.folder / "address").write_text("jsons://user:secret@hooks.example.org/token\n", encoding="utf-8")
    done = machines.look(key=False)
    assert (done.exit_code, len(sent)) == (1, 1)
    assert "témoin" in sent[0]["text"]
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    "url", ["http://boussole.example.org", "ftp://localhost", "https://me:token@boussole.example.org", "localhost", ""]
)
def test_an_address_that_is_not_safe_is_refused(machines, url):
    done = boussole("ledger", "witness", url, "--folder", machines.folder, "--log", machines.log)
    assert done.exit_code == 2
    assert "token@" not in done.stderr


@pytest.mark.attack("ledger", "two forks of a ledger handed to the same witness at the same moment")
def test_two_at_once_vouch_for_one_ledger_only(machines, tries):
    machines.look()
    since = kept_checkpoint(machines.folder).size
    fork = machines.home / "fork"
    shutil.copytree(machines.workspace.home, fork)
    grow(machines.workspace, [10])
    grow(Workspace(fork), [20, 21])
    both = [request_of(workspace, since=since) for workspace in (machines.workspace, Workspace(fork))]
    files = {path.name: path.read_bytes() for path in machines.folder.iterdir() if path.is_file()}
    for at in range(20):
        folder = machines.home / f"at-once-{at}"
        folder.mkdir()
        for name, content in files.items():
            (folder / name).write_bytes(content)
        tries.add()
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda request, folder=folder: cosigns(folder, request), both))
        assert sum(done) == 1, "each extends what was kept, and not the other"


def cosigns(folder, request):
    try:
        cosign(folder, request)
    except LedgerError:
        return False
    return True
