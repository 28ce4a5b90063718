"""The sheet of one decision in the browser: two people agree to it, it is over after some hours, each look is noted."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import partial

import pytest
from sqlalchemy import func, select, update
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.errors import BoussoleError
from boussole.charter.deadlines.appeals import appeals
from boussole.charter.records.facts import facts_of
from boussole.dashboard.app.server import routes
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.server.access.database import access, now, reading, sheet_table, stamp
from boussole.dashboard.server.access.log import (
    WAITING,
    entries,
    note,
    open_sheet,
    settle_sheet,
    sheet_requests,
    shown_sheet,
)
from boussole.dashboard.server.access.permissions import COOKIE, AccessError, Person, Role
from boussole.dashboard.views import explanation
from tests.dashboard.explained import asked, model, workspace_in

WHY = {"system": "jobs", "decision": ["D07"], "request": "", "reason": "request 1"}


def person(role: Role, who: str) -> Person:
    return Person(role=role, subject=who, authenticated=True)


STEWARD, HANDLER = person(Role.STEWARD, "sub-1"), person(Role.AGENT, "sub-2")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    made = workspace_in(tmp_path)
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.home))
    monkeypatch.setattr(explanation, "model_of", lambda *_: model())
    return made


def places(workspace) -> list[tuple[str, str, str]]:
    return [(each.subject, each.role, each.place) for each in entries(workspace) if each.place.startswith("/explain ")]


@pytest.mark.costly
def test_nobody_sees_a_decision_before_somebody_else_has_agreed(workspace):
    made = open_sheet(workspace, STEWARD, **WHY)
    for one in (STEWARD, HANDLER):
        with pytest.raises(BoussoleError, match="Nobody has agreed"):
            shown_sheet(workspace, one, made.id)
    with pytest.raises(AccessError):  # a steward does not agree, not even another one
        settle_sheet(workspace, person(Role.STEWARD, "sub-9"), made.id, agreed=True)
    with pytest.raises(BoussoleError, match="it takes two people"):  # who asked has become a case handler since
        settle_sheet(workspace, person(Role.AGENT, "sub-1"), made.id, agreed=True)
    settle_sheet(workspace, HANDLER, made.id, agreed=True)
    assert [shown_sheet(workspace, one, made.id).decision for one in (STEWARD, HANDLER)] == [["D07"]] * 2
    with pytest.raises(BoussoleError, match="agreed to already"):
        settle_sheet(workspace, person(Role.AGENT, "sub-3"), made.id, agreed=False)


@pytest.mark.costly
def test_a_reason_that_leads_to_a_person_asks_for_nothing(workspace, client):
    with pytest.raises(BoussoleError, match="leads to a person"):
        open_sheet(workspace, STEWARD, **{**WHY, "reason": "for Mme Durand"})
    fields = {"system": "jobs", "decision": "D07", "request": "-"}
    back = sent(client, "steward", "/explain/open", reason="call 06 12 34 56 78", **fields)
    assert "sent=" in back.headers["location"]
    assert sheet_requests(workspace, STEWARD) == []
    assert not any("06 12" in place for _, _, place in places(workspace))


@pytest.mark.costly
def test_it_is_open_to_these_two_and_to_nobody_else(workspace):
    made = open_sheet(workspace, STEWARD, **WHY)
    settle_sheet(workspace, HANDLER, made.id, agreed=True)
    for other in (person(Role.STEWARD, "sub-3"), person(Role.AGENT, "sub-4")):
        assert sheet_requests(workspace, other) == []
        with pytest.raises(BoussoleError, match="two people who agreed"):
            shown_sheet(workspace, other, made.id)
    for role in set(Role) - {Role.STEWARD, Role.AGENT, Role.OPERATOR}:
        with pytest.raises(AccessError):
            shown_sheet(workspace, person(role, "sub-1"), made.id)
    for role in set(Role) - {Role.STEWARD, Role.OPERATOR}:
        with pytest.raises(AccessError):
            open_sheet(workspace, person(role, "sub-1"), **WHY)


@pytest.mark.costly
def test_what_is_turned_down_or_over_is_gone_with_the_number_of_the_decision(workspace):
    made = open_sheet(workspace, STEWARD, **WHY)
    assert settle_sheet(workspace, HANDLER, made.id, agreed=False) is None
    assert sheet_requests(workspace, STEWARD) == []
    made = open_sheet(workspace, STEWARD, **WHY)
    settle_sheet(workspace, HANDLER, made.id, agreed=True)
    with access(workspace) as connection:
        over = stamp(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
        connection.execute(update(sheet_table).values(expires_at=over))
    with pytest.raises(BoussoleError, match="its time is over"):
        shown_sheet(workspace, STEWARD, made.id)
    with access(workspace) as connection:
        assert connection.execute(sheet_table.select()).all() == []


@pytest.mark.costly
def test_each_step_and_each_look_is_noted_with_its_reason_and_without_the_decision(workspace):
    made = open_sheet(workspace, STEWARD, **WHY)
    settle_sheet(workspace, HANDLER, made.id, agreed=True)
    shown_sheet(workspace, STEWARD, made.id)
    n = made.id[:8]
    assert places(workspace) == [
        ("sub-1", "steward", f"/explain asked, {n}: request 1"),
        ("sub-2", "agent", f"/explain agreed, {n}: request 1"),
        ("sub-1", "steward", f"/explain saw, {n}: request 1"),
    ]
    assert not any("D07" in place for _, _, place in places(workspace))


@pytest.mark.costly
def test_what_is_over_is_erased_though_nobody_opens_the_page(workspace, monkeypatch):
    """The next thing that is noted of anybody erases it: a number of a decision does not outlive its hours."""
    open_sheet(workspace, STEWARD, **WHY)

    def held() -> int:
        with reading(workspace) as connection:
            return connection.execute(select(func.count()).select_from(sheet_table)).scalar_one()

    assert held() == 1
    late = now() + WAITING
    monkeypatch.setattr("boussole.dashboard.server.access.log.now", lambda: late)
    note(workspace, "sign_in", subject="sub-7")
    assert held() == 0


def test_what_is_refused_is_noted(workspace):
    made = open_sheet(workspace, STEWARD, **WHY)
    for who, why in ((STEWARD, "not agreed"), (person(Role.AGENT, "sub-1"), "agreed alone")):
        with pytest.raises(BoussoleError):
            (shown_sheet if who is STEWARD else partial(settle_sheet, agreed=True))(workspace, who, made.id)
        refused = [each.place for each in entries(workspace) if each.event == "refused"]
        assert refused[-1] == f"/explain {why}, {made.id[:8]}"
    settle_sheet(workspace, HANDLER, made.id, agreed=True)
    with pytest.raises(BoussoleError):
        shown_sheet(workspace, person(Role.AGENT, "sub-8"), made.id)
    assert [each.subject for each in entries(workspace) if each.event == "refused"] == ["sub-1", "sub-1", "sub-8"]


@pytest.fixture
def client(workspace):
    return TestClient(Starlette(routes=routes(workspace.home)), follow_redirects=False)


def sent(client, role: str, path: str, **fields: str):
    client.cookies.set(COOKIE, role)
    return client.post(path, files={PREFIX + name: (None, value) for name, value in fields.items()})


@pytest.mark.costly
def test_from_the_request_to_the_sheet_in_the_hand_of_the_person(workspace, client):
    number = asked(workspace).number
    fields = {"system": "jobs", "decision": "D07", "request": number, "reason": "to answer it"}
    assert sent(client, "agent", "/explain/open", **fields).status_code == 403
    assert sent(client, "steward", "/explain/open", **fields).headers["location"].startswith("/explain?done=asked")
    (found,) = sheet_requests(workspace, Person(role=Role.STEWARD, subject="local"))
    client.cookies.set(COOKIE, "steward")
    early = client.get(f"/explain-file/{found.id}?lang=en")
    assert (early.status_code, "Nobody has agreed" in early.text) == (409, True)
    assert sent(client, "steward", f"/explain/confirm/{found.id}", agreed="yes").status_code == 403
    assert sent(client, "agent", f"/explain/issue/{found.id}", spoken="en").status_code == 404
    agreed = sent(client, "agent", f"/explain/confirm/{found.id}", agreed="yes")
    assert agreed.headers["location"] == f"/explain?sheet={found.id}"
    done = sent(client, "agent", f"/explain/issue/{found.id}", spoken="en")
    assert (done.status_code, done.headers["content-type"]) == (200, "application/pdf")
    (answer,) = appeals(facts_of(workspace, as_of=workspace.today()))
    taken = [client.get(f"/explain-file/{found.id}") for _ in range(2)]
    assert [hashlib.sha256(each.content).hexdigest() for each in taken] == [answer.decision[1].sheet] * 2
    assert done.content == taken[0].content
    assert any("/explain handed out" in place for _, _, place in places(workspace))
    assert (answer.decision[1].role, answer.decision[1].signed_in) == ("agent", False)
    twice = sent(client, "agent", f"/explain/issue/{found.id}", spoken="fr")
    assert "sent=" in twice.headers["location"]
    assert len(facts_of(workspace, as_of=workspace.today()).sealed) == 2
    for role in ("chair", "member", "data_scientist", "auditor", "reader", "administrator"):
        client.cookies.set(COOKIE, role)
        assert client.get(f"/explain-file/{found.id}").status_code == 403
