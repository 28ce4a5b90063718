"""A session ends: when its time is over, when nobody uses it, when an administrator says so, with the mandate."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.people.directory import name_member
from boussole.charter.record_types.acts import MandateEnd
from boussole.dashboard.server.access import database, identity, permissions, sessions
from boussole.dashboard.server.access.permissions import Role
from boussole.dashboard.server.access.sessions import SignedOutError
from tests.charter.committee.desk import m
from tests.charter.committee.hall import Hall
from tests.dashboard.access.conftest import SETTINGS

START = dt.datetime(2026, 9, 10, 9, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
GIVEN = "of the provider"


class Clock:
    """What time it is, for the sessions."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = START
        for module in (sessions, database):
            patch.setattr(module, "now", lambda: self.now)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def claims(monkeypatch) -> dict[str, object]:
    """What the provider says when it is asked again."""
    said: dict[str, object] = {"sub": "s1", "email": "ada@example.org", "email_verified": True}
    said |= {"roles": ["stewards"], "name": "Ada"}
    monkeypatch.setattr(sessions, "userinfo", lambda *_: said)
    return said


def signing_in(home: Path) -> Workspace:
    text = SETTINGS.format(issuer="https://id.example", address="https://boussole.example")
    (home / "boussole.toml").write_text(text.replace("recheck_seconds = 0", "recheck_seconds = 300"), encoding="utf-8")
    return Workspace(home)


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    return signing_in(Workspace.create(tmp_path / "w").home)


def why(workspace: Workspace, number: str) -> str:
    with pytest.raises(SignedOutError) as caught:
        sessions.by_session(workspace, number)
    return caught.value.reason


def test_it_ends_after_the_longest_time_though_used_and_when_nobody_uses_it(workspace, clock, claims):
    number = sessions.begin(workspace, claims, token=GIVEN)
    for _ in range(8 * 60 // 20 - 1):
        clock.now += 20 * MINUTE
        assert sessions.by_session(workspace, number).role is Role.STEWARD
    clock.now += 20 * MINUTE
    assert why(workspace, number) == "expired"
    another = sessions.begin(workspace, claims, token=GIVEN)
    clock.now += 30 * MINUTE
    assert why(workspace, another) == "expired"


def test_the_provider_is_asked_again_when_its_word_is_old(workspace, clock, claims):
    number = sessions.begin(workspace, claims, token=GIVEN)
    claims["roles"] = ["all"]
    clock.now += 4 * MINUTE
    assert sessions.by_session(workspace, number).role is Role.STEWARD
    clock.now += MINUTE
    assert sessions.by_session(workspace, number).role is Role.READER
    claims["sub"] = "somebody else"
    clock.now += 5 * MINUTE
    assert why(workspace, number) == "revoked"


def test_an_administrator_ends_it(workspace, clock, claims):
    numbers = [sessions.begin(workspace, claims, token=GIVEN) for _ in range(2)]
    assert [row.subject for row in database.open_sessions(workspace)] == ["s1", "s1"]
    assert database.revoke(workspace, sessions.digest(numbers[0])[:8]) == 1
    assert why(workspace, numbers[0]) == "ended"
    assert database.revoke(workspace, "s1") == 1
    assert database.revoke(workspace, "%") == 0
    assert database.open_sessions(workspace) == []
    clock.now += 10 * 24 * 60 * MINUTE
    assert database.forget_sessions(workspace, before=clock.now) == 2
    assert why(workspace, numbers[0]) == "nobody"


@pytest.mark.attack("sessions", "numbers of sessions are made up")
def test_a_made_up_number_is_nobody(workspace):
    for number in ("", "x", sessions.digest(""), "' OR 1=1 --"):
        assert why(workspace, number) == "nobody"


@pytest.fixture
def seated(tmp_path) -> Hall:
    """A committee of five whose members sign in; the second is reached at ada@example.org."""
    hall = Hall.seat(tmp_path / "seated")
    hall.workspace = signing_in(hall.workspace.home)
    name_member(hall.workspace, m(2), name="Ada", contact="Ada@Example.org")
    return hall


def test_a_mandate_that_ends_counts_at_once(seated, clock, claims):
    claims["roles"] = ["ethics-member"]
    number = sessions.begin(seated.workspace, claims, token=GIVEN)
    me = sessions.by_session(seated.workspace, number)
    assert (me.role, me.member) == (Role.MEMBER, m(2))
    who = me.who(START.date())
    assert (who.by, who.signed_in) == (m(2), True)
    seated.do(MandateEnd, on=START.date(), of=2, last_day=START.date() - dt.timedelta(days=1))
    assert why(seated.workspace, number) == "no_mandate"


UNVERIFIED: list[object] = [False, None, "false", "", 0]


@pytest.mark.attack("members", "the seat of another is taken by an address that nobody vouches for")
@pytest.mark.parametrize(
    "changed", [{"email": "other@example.org"}, {"email": None}, *({"email_verified": each} for each in UNVERIFIED)]
)
def test_a_member_without_a_seat_does_not_get_in(seated, clock, claims, changed):
    claims |= {"roles": ["ethics-chair"]} | changed
    with pytest.raises(SignedOutError, match="no mandate of this member"):
        sessions.begin(seated.workspace, claims, token=GIVEN)


def test_a_server_that_others_reach_never_becomes_local(workspace, monkeypatch):
    monkeypatch.setattr(permissions, "_started", {})
    assert not permissions.is_local(workspace)
    (workspace.home / "boussole.toml").write_text("", encoding="utf-8")
    with pytest.raises(BoussoleError, match="start it again"):
        permissions.is_local(Workspace(workspace.home))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('roles = {a = "chairman"}', "Did you mean 'chair'"),
        ('roles = {a = "operator"}', "'operator' is no role"),
        ('issuer = "http://id.example"', "issuer starts with https://"),
        ('address = ""', "these are needed as well: address"),
        ('isuer = "x"', "issuer"),
        ('acr = {stewart = ["mfa"]}', "Did you mean 'steward'"),
        ('amr = {operator = ["mfa"]}', "'operator' is no role"),
        ("acr = {steward = []}", "acr"),
        ('acr = {steward = ["a b"]}', "acr"),
        ("reauthenticate_minutes = 0", "reauthenticate_minutes"),
        ('secretaries = {extern = ["sara@example.org"]}', "there is no committee 'extern' in this workspace"),
    ],
)
def test_bad_settings_are_told(workspace, line, said):
    key = line.partition(" ")[0]
    path = workspace.home / "boussole.toml"
    kept = [row for row in path.read_text(encoding="utf-8").splitlines() if not row.startswith(key)]
    path.write_text("\n".join([*kept, line]), encoding="utf-8")
    with pytest.raises(BoussoleError, match=said):
        identity.check_roles(Workspace(workspace.home))


def test_local_mode_binds_to_this_machine_only(tmp_path):
    home = Workspace.create(tmp_path / "w").home
    (home / "boussole.toml").write_text('[access]\nlisten = "0.0.0.0"\n', encoding="utf-8")
    with pytest.raises(BoussoleError, match="loopback address only"):
        _ = Workspace(home).settings


def test_a_provider_that_cannot_take_roles_back_is_not_used(monkeypatch):
    monkeypatch.setattr(identity, "_asked", lambda *_: {"issuer": "https://id.example"})
    with pytest.raises(identity.ProviderError, match="no userinfo endpoint"):
        identity.metadata("https://id.example/none")


def test_moments_sort_as_texts():
    assert database.moment(database.stamp(START)) == START
