"""Records over the API: every kind as its model says, to whom the pages show it, and nothing that they keep back."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acts.meeting import end_vote, vote_in_secret, vote_openly
from boussole.charter.incidents.book import enter
from boussole.charter.record_types.base import UNTOLD
from boussole.charter.record_types.incidents import Appeal, AppealDecision
from boussole.charter.record_types.kinds import KINDS, Recommendation, Reply, Withdrawal
from boussole.charter.records import seal
from boussole.dashboard.app.server import routes
from boussole.dashboard.server.access import log
from boussole.dashboard.server.access.permissions import COOKIE, SIGNED_IN, TABLE, Action
from boussole.dashboard.server.routes import record_address
from tests.charter.committee.desk import DAY, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.dashboard.api.described import document
from tests.written import system_text

SAID = {"role": "Steward", "on": DAY}
SECRETS = {
    *(("appeal", "blind"), ("ballot", "blind"), ("participation", "box"), ("tally", "salt"), ("tally", "ballots")),
    *((kind, "blind") for kind, model in KINDS.items() if "blind" in model.model_fields),
}
"""What is sealed to keep something else a secret: of which words an entry is, and what somebody voted."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """Records of several kinds: some were withdrawn, some are about such ones, one vote is over and one is not."""
    made = Workspace.create(tmp_path_factory.mktemp("records") / "w")
    (made.home / "systems" / "chat.yaml").write_text(system_text("chat", "", kind="generation"), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def entries(workspace):
    """The entries of these records, by name."""
    days = {"decided_on": DAY - dt.timedelta(days=9), "received_on": DAY}
    appeal = {**SAID, **days, "system": "chat", "asks": "contest", "ground": "data"}
    found = {
        "appeal": enter(workspace, Appeal(**appeal, number="r_0000000a", text="Kept words")).entry,
        "gone": enter(workspace, Appeal(**appeal, number="r_0000000b", text="Words of a mistake")).entry,
    }
    decision = AppealDecision(**SAID, of=found["gone"], outcome="upheld", reviewed=True, text="Decided by mistake")
    found["decision"] = enter(workspace, decision).entry
    found["withdrawn"] = seal(workspace, Withdrawal(**SAID, of=found["gone"], text="Entered twice")).entry
    advice = {"text": "Do it", "body": "DPA", "outside": True, "addressee": "Direction", "due_on": DAY}
    found["advice"] = seal(workspace, Recommendation(**SAID, **advice, system="chat")).entry
    early = {**SAID, "on": DAY - dt.timedelta(days=30)}
    found["early"] = seal(workspace, Recommendation(**early, **advice)).entry
    found["reply"] = seal(workspace, Reply(**SAID, of=found["advice"], text="Yes", accepted="yes")).entry
    return found


@pytest.fixture(scope="module")
def hall(workspace, entries):
    made = Hall.in_(workspace)
    made.of = made.session(1, 2, 3, 4, 5)
    return made


@pytest.fixture(scope="module")
def client(workspace):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOUSSOLE_ACCESS", json.dumps({"api_per_minute": 5000}))
        yield TestClient(Starlette(routes=routes(workspace.home)))


def listed(client, kind, *, role="steward", **asked):
    client.cookies.set(COOKIE, role)
    done = client.get(record_address(kind), params=asked)
    assert done.status_code == 200, done.text
    return done.json()["items"]


def test_what_keeps_a_secret_is_marked_and_described_nowhere():
    marked = {
        (kind, name)
        for kind, model in KINDS.items()
        for name, field in model.model_fields.items()
        if UNTOLD in field.metadata
    }
    assert marked == SECRETS
    for name in ("blind", "salt", "nonce", "box"):
        assert not [
            shape
            for shape, each in document()["components"]["schemas"].items()
            if shape.endswith("Record") and name in each["properties"]
        ]
    assert "ShownBallot" not in document()["components"]["schemas"]


@pytest.mark.costly
@pytest.mark.attack("the API", "records of every kind as every role, by requests made by hand")
@pytest.mark.parametrize("role", SIGNED_IN)
def test_each_role_reads_the_kinds_that_it_may_see(client, role, tries):
    client.cookies.set(COOKIE, role)
    for kind, model in KINDS.items():
        tries.add()
        may = role in TABLE[Action[model.read_action]]
        assert client.get(record_address(kind)).status_code == (200 if may else 403), kind


def test_records_are_asked_for_by_system_committee_and_day(client, entries, hall):
    def asked(kind, **more):
        return [each["entry"] for each in listed(client, kind, **more)]

    assert asked("recommendation", system="chat") == [entries["advice"]]
    assert asked("recommendation", since=DAY.isoformat()) == [entries["advice"]]
    assert asked("convocation", committee=NAME) == [hall.of]
    assert client.get(record_address("recommendation"), params={"system": "none"}).status_code == 404
    assert "external" in client.get(record_address("vote"), params={"committee": "externall"}).json()["error"]
    assert client.get(record_address("vote"), params={"system": "chat"}).status_code == 400, "no vote has a system"
    page = client.get(record_address("recommendation"), params={"take": 1}).json()
    assert (page["total"], page["next"]) == (2, "/api/records/recommendation?take=1&skip=1")
    assert client.get(record_address("recommendation"), params={"take": 501}).status_code == 400


@pytest.mark.costly
@pytest.mark.attack("the API", "words of a record that was withdrawn, and of what is about it")
def test_what_was_withdrawn_is_not_told_nor_what_is_about_it(client, entries, workspace, tries):
    address = record_address("withdrawal")
    assert [each["entry"] for each in listed(client, "appeal")] == [entries["appeal"]]
    assert listed(client, "appeal_decision") == []
    for kind in KINDS:
        tries.add()
        assert "mistake" not in json.dumps(listed(client, kind)), kind
    assert [each["of"] for each in listed(client, "withdrawal")] == [entries["gone"]]
    looks = [row.role for row in log.entries(workspace) if (row.event, row.place) == ("look", address)]
    assert looks == ["steward"], "it is about a single appeal"
    assert listed(client, "withdrawal", role="member") == [], "who may not see appeals sees nothing that is about one"
    assert len(listed(client, "reply", role="reader")) == 1


@pytest.mark.costly
@pytest.mark.attack("the API", "what somebody votes while the vote is open, and in secret")
@pytest.mark.parametrize("secret", [False, True])
def test_while_a_vote_is_open_nobody_reads_how_it_stands(client, hall, secret, tries):
    kind = "participation" if secret else "ballot"
    vote = hall.vote(hall.of, secret=secret, title=f"Secret: {secret}")
    for number in range(1, 6):
        cast = vote_in_secret if secret else vote_openly
        cast(hall.workspace, NAME, vote=vote, voter=m(number), choice="for", who=who(by=number))
        for role in SIGNED_IN:
            tries.add()
            if role in TABLE[Action.SEE_COMMITTEE]:
                assert listed(client, kind, role=role) == []
    end_vote(hall.workspace, NAME, vote=vote, who=who())
    found = listed(client, kind)
    assert {each["voter"] for each in found} == {m(number) for number in range(1, 6)}
    assert [each.get("choice") for each in found] == [None if secret else "for"] * 5
    told = json.dumps([listed(client, each) for each in ("tally", kind)])
    for word in ("salt", "nonce", "blind", "box", "ballots"):
        assert f'"{word}"' not in told
