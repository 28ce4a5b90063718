"""What witnesses send: only a valid cosignature of a known one is taken, and no older one takes its place."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.ledger.checkpoint import Checkpoint, parse_checkpoint, parse_request
from boussole.audits.ledger.keys import COSIGNATURE, SIGNATURE, Signature, SigningKey, make_key, parse_note
from boussole.audits.signing.key import workspace_key
from boussole.audits.workspace import Workspace
from boussole.charter.records.notes.outside import State, outside
from boussole.dashboard.app.server import routes
from boussole.dashboard.server.access import sessions
from boussole.dashboard.server.access.permissions import STRANGERS
from boussole.dashboard.server.routes import ROUTES
from tests.dashboard.api.described import bearer
from tests.end_to_end.test_kept_checkpoint import grow

KEY = make_key("example.org/agents", kind=COSIGNATURE)
OTHER = make_key("example.org/second", kind=COSIGNATURE)
PATH = "/api/ledger/cosignatures"


def knows(workspace, *keys, **more):
    """The workspace knows these witnesses."""
    settings = {"witnesses": [str(key.verifier) for key in keys], **more}
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
    (workspace.home / "boussole.toml").write_text(f"[ledger]\n{text}", encoding="utf-8")
    return Workspace(workspace.home)


class Server:
    """A workspace of three entries, asked over its API with the token of a witness."""

    def __init__(self, home):
        workspace = Workspace.create(home)
        grow(workspace, range(1, 3))
        self.workspace = knows(workspace, KEY, OTHER)
        self.client = TestClient(Starlette(routes=routes(workspace.home)))
        self.token = sessions.new_token(workspace, role="witness", label="agents", days=30)
        self.bearer = {**bearer(self.token), "content-type": "text/plain"}

    def get(self, path):
        return self.client.get(path, headers=self.bearer)

    def send(self, text):
        return self.client.post(PATH, content=str(text), headers=self.bearer)

    def fetched(self):
        return parse_request(self.get("/api/ledger/checkpoint?since=0").text)

    @property
    def seen(self):
        """What the evidence page and every foot know, read anew."""
        return {each.witness: (each.size, each.at) for each in outside(Workspace(self.workspace.home)).checks}


@pytest.fixture
def server(tmp_path):
    return Server(tmp_path / "w")


def moment(hours=0):
    return dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(hours=hours)


def test_a_cosignature_is_taken_and_shown(server):
    request, at = server.fetched(), moment(-1)
    done = server.send(request.note.signed(KEY, at=at))
    size = request.checkpoint.size
    assert (done.status_code, done.json()["entries"], done.json()["witness"]) == (200, size, KEY.name)
    assert server.seen == {KEY.name: (size, at), OTHER.name: (0, None)}
    assert server.get("/api/ledger/key").text.strip() == str(workspace_key(server.workspace.keys).verifier)
    grow(server.workspace, [7])
    found = server.client.get("/api/ledger/outside").json()
    assert (found["state"], found["entries"] - found["witnesses"][0]["entries"]) == ("recent", 1)


def test_where_cosignatures_are_sent_nothing_is_read(server):
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        done = server.client.request(method, PATH, headers=server.bearer)
        assert (done.status_code, done.headers["allow"]) == (405, "POST"), "and no entry of that name is looked for"


def forged(note, key):
    """A line in the name of a key that it did not make."""
    line = Signature(key.name, key.verifier.id, b"\0" * 72)
    return replace(note, signatures=(*note.signatures, line))


def flipped(text):
    """The same with one character of the last signature changed."""
    return f"{text[:-10]}{'A' if text[-10] != 'A' else 'B'}{text[-9:]}"


def resigned(server, size, root, key=None):
    """Another checkpoint under a key."""
    own = workspace_key(server.workspace.keys)
    return Checkpoint(origin=own.name, size=size, root=root).note.signed(key or own)


FOREIGN, NEW = Checkpoint(origin="other", size=1, root="00" * 32), make_key("x", kind=SIGNATURE)
BAD = {
    "no cosignature": (403, lambda server, note: note),
    "a key that nobody knows": (403, lambda server, note: note.signed(make_key("example.org/x", kind=COSIGNATURE))),
    "another key under a known name": (403, lambda server, note: note.signed(make_key(KEY.name, kind=COSIGNATURE))),
    "a forged line": (403, lambda server, note: forged(note, KEY)),
    "a signature without a time": (403, lambda server, note: note.signed(SigningKey(KEY.name, SIGNATURE, KEY.secret))),
    "from a day that has not come": (403, lambda server, note: note.signed(KEY, at=moment(48))),
    "a checkpoint of another ledger": (404, lambda server, note: FOREIGN.note.signed(KEY)),
    "a checkpoint that the ledger did not sign": (404, lambda server, note: replace(note, signatures=()).signed(KEY)),
    "a checkpoint under a new key": (404, lambda server, note: resigned(server, 1, "00" * 32, NEW).signed(KEY)),
    "other entries": (409, lambda server, note: resigned(server, 2, "ab" * 32).signed(KEY)),
    "more entries than there are": (409, lambda server, note: resigned(server, 99, "ab" * 32).signed(KEY)),
    "no note": (400, lambda server, note: "hello"),
    "nothing": (400, lambda server, note: ""),
    "no text": (400, lambda server, note: "\udcff"),
    "far too much": (413, lambda server, note: "x" * 200_000),
}


@pytest.mark.attack("ledger", "cosignatures posted that no known witness made, or of another ledger")
@pytest.mark.parametrize("name", BAD)
def test_what_is_no_cosignature_of_a_known_witness_is_not_taken(server, name, tries):
    status, make = BAD[name]
    sent = str(make(server, server.fetched().note)).encode(errors="replace")
    tries.add()
    done = server.client.post(PATH, content=sent, headers=server.bearer)
    assert done.status_code == status, done.text
    assert set(done.json()) == {"error", "where", "next_step"}
    assert server.seen == {KEY.name: (0, None), OTHER.name: (0, None)}
    assert not list(server.workspace.checkpoints.glob("witnesses/*.checkpoint"))


@pytest.mark.attack("ledger", "an old cosignature posted again, so that it passes for a new one")
def test_an_older_cosignature_takes_the_place_of_no_later_one(server, tries):
    early = server.fetched().note.signed(KEY, at=moment(-72))
    late = server.fetched().note.signed(KEY, at=moment(-48))
    assert server.send(early).status_code == server.send(late).status_code == 200
    grow(server.workspace, [7])
    longer = server.fetched().note.signed(KEY, at=moment(-24))
    assert server.send(longer).status_code == 200
    seen = server.seen
    for old in (early, late, longer, late):
        tries.add()
        done = server.send(old)
        assert (done.status_code, done.json()["entries"]) == (200, seen[KEY.name][0])
        assert server.seen == seen


@pytest.mark.attack("ledger", "lines of others, or thousands of them, posted beside a cosignature")
def test_nothing_but_the_cosignature_is_kept(server):
    note = forged(server.fetched().note.signed(OTHER), KEY)
    many = replace(note, signatures=(*note.signatures, *[Signature("x", b"abcd", b"y" * 40)] * 500))
    assert server.send(many).status_code == 200
    (kept,) = server.workspace.checkpoints.glob("witnesses/*.checkpoint")
    names = [line.name for line in parse_note(kept.read_text(encoding="utf-8")).signatures]
    assert names == [workspace_key(server.workspace.keys).name, OTHER.name]


@pytest.mark.costly
@pytest.mark.attack("access", "a witness's token tried on every other address, and other tokens on its own")
def test_a_witness_may_do_nothing_else(server, tries):
    mine = {"/api/ledger/checkpoint", "/api/ledger/key", "/evidence/checkpoint", PATH}
    for route in routes(server.workspace.home):
        if route.path in mine or ROUTES[route.path] in STRANGERS:
            continue
        path = re.sub(r"\{\w+(:int)?\}", "1", route.path)
        for method in ("GET", "POST"):
            if method in route.methods:
                tries.add()
                assert server.client.request(method, path, headers=server.bearer).status_code == 403, (method, path)
    note = server.fetched().note.signed(KEY)
    for role in sessions.OF_TOKENS:
        other = sessions.new_token(server.workspace, role=role, label=role, days=1, reason="a test")
        tries.add()
        done = server.client.post(PATH, content=str(note), headers={**server.bearer, **bearer(other)})
        assert done.status_code == (200 if role == "witness" else 403), role


def test_what_a_witness_saw_is_held_to_the_ledger_at_every_look(server):
    server.send(server.fetched().note.signed(KEY, at=moment(-1)))
    (kept,) = server.workspace.checkpoints.glob("witnesses/*.checkpoint")
    text = kept.read_text(encoding="utf-8")
    _, checkpoint = parse_checkpoint(text)
    rewritten = resigned(server, checkpoint.size, "cd" * 32).signed(KEY)
    for changed in (str(rewritten), str(resigned(server, 50, "cd" * 32).signed(KEY)), flipped(text), ""):
        kept.write_text(changed, encoding="utf-8")
        assert outside(server.workspace).state(moment()) is State.broken, changed
    kept.write_text(text, encoding="utf-8")
    assert outside(server.workspace).state(moment()) is State.recent
    (server.workspace.keys / "ledger.key").unlink()
    assert outside(server.workspace).state(moment()) is State.broken, "the ledger's key was replaced"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"witnesses": ["x"]}, "a witness is no key of a college"),
        ({"witnesses": [str(make_key("log", kind=SIGNATURE).verifier)]}, "a witness is no key of a college"),
        ({"witnesses": [str(KEY.verifier)] * 2}, "two witnesses have the same name"),
        ({"witness_days": 0}, "witness_days"),
        ({"timestamp_days": 0}, "timestamp_days"),
    ],
)
def test_bad_settings_are_told(server, settings, said):
    with pytest.raises(Exception, match=said):
        outside(knows(server.workspace, **settings))
