"""Each change is found once: in the order of the audits, with its cause, whoever else looks, and nothing else is."""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import Attestation, KeptFile, Withdrawal
from boussole.charter.records import seal
from boussole.dashboard.alerts.detect import check
from boussole.dashboard.alerts.messages import Message, SubjectChange
from boussole.dashboard.alerts.outbox import messages
from tests.dashboard.alerts.conftest import House, Post

GENDER, DRIFT = "impact_ratio_gender", "drift_psi"
Q = f"question/equite/{GENDER}"
WORK = "question/humain/work_got_better"


def moves(changes: Sequence[SubjectChange], subject: str = Q) -> list[tuple[str | None, str]]:
    return [(each.before, each.after) for each in changes if each.subject == subject]


@pytest.fixture
def told(house: House, dead_post: Post) -> House:
    house.settings(dead_post.channel())
    return house


def test_a_first_audit_tells_only_what_needs_attention(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept", impact_ratio_age="watch", precision_gender="unknown")
    found = check(told.workspace).changes
    assert {(each.subject, each.before, each.after) for each in found if each.system == "matchft"} == {
        ("question/equite/impact_ratio_age", None, "watch"),
        ("article/equite", None, "watch"),
    }


def test_a_first_audit_of_a_system_that_was_known_before_tells_only_what_needs_attention(told: House) -> None:
    check(told.workspace)
    told.audit(1, impact_ratio_gender="kept", impact_ratio_age="unknown", drift_psi="watch")
    found = [each for each in check(told.workspace).changes if each.system == "matchft"]
    assert {(each.subject, each.before, each.after) for each in found} == {
        ("article/securite", None, "watch"),
        (f"question/securite/{DRIFT}", None, "watch"),
    }
    told.audit(2, impact_ratio_gender="not_examined", impact_ratio_age="kept", drift_psi="watch")
    told.audit(3, impact_ratio_gender="kept", impact_ratio_age="kept", drift_psi="watch")
    found = list(check(told.workspace).changes)
    assert moves(found) == [("kept", "not_examined"), ("not_examined", "kept")]
    assert moves(found, "question/equite/impact_ratio_age") == [("unknown", "kept")]


def test_a_first_look_says_since_when_it_has_been_so(told: House) -> None:
    for month, verdict in enumerate(("watch", "kept", "watch", "watch"), 1):
        told.audit(month, impact_ratio_gender=verdict)
    (found,) = [each for each in check(told.workspace).changes if each.subject == Q]
    assert (found.start, found.end) == ("2026-03-01", "2026-04-28")


@pytest.mark.costly
def test_a_change_is_found_once_however_often_somebody_looks(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept")
    check(told.workspace)
    entry = told.audit(2, impact_ratio_gender="watch")
    found = [check(told.workspace).changes for _ in range(5)]
    assert [moves(each) for each in found] == [[("kept", "watch")], [], [], [], []]
    assert {each.subject for each in found[0]} == {Q, "article/equite"}
    assert found[0][0].entry == entry
    assert len(messages(told.workspace)) == 1


def test_what_came_and_went_between_two_looks_is_told_both_ways(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept")
    check(told.workspace)
    told.audit(2, impact_ratio_gender="broken")
    told.audit(3, impact_ratio_gender="kept")
    found = check(told.workspace).changes
    assert moves(found) == [("kept", "broken"), ("broken", "kept")]
    assert [(each.since, each.start) for each in found if each.subject == Q] == [
        ("2026-01-01", "2026-02-01"),
        ("2026-02-01", "2026-03-01"),
    ]
    assert moves(found, "article/equite") == [("unknown", "broken"), ("broken", "unknown")]


def test_a_look_back_at_an_old_month_changes_nothing_that_stands(told: House) -> None:
    told.audit(2, impact_ratio_gender="kept")
    check(told.workspace)
    told.audit(1, impact_ratio_gender="broken")
    assert check(told.workspace).changes == []


def test_the_same_month_audited_again_is_named_as_that(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept")
    check(told.workspace)
    told.audit(1, decisions=1200, impact_ratio_gender="watch")
    found = check(told.workspace)
    assert moves(found.changes) == [("kept", "watch")]
    assert {each.cause for each in found.changes} == {"again"}
    assert "audited again" in found.messages[0].items[0].facts["texts"]["en"]["cause"]


def test_that_we_cannot_tell_any_more_is_said_so(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept", drift_psi="broken")
    check(told.workspace)
    told.audit(2, impact_ratio_gender="unknown", drift_psi="not_examined")
    (message,) = check(told.workspace).messages
    texts = {each.subject: each.facts["texts"] for each in message.items}
    assert texts[Q]["en"]["moved"] == "was “Kept”; we cannot tell any more"
    assert texts[Q]["fr"]["moved"] == "était «\u202fTenu\u202f»\u202f; on ne sait plus"
    assert texts[f"question/securite/{DRIFT}"]["en"]["moved"] == "was “Not kept”; is no longer examined"
    assert {each.direction for each in message.items} == {"lost"}


def test_a_question_that_the_charter_drops_is_told(told: House) -> None:
    told.audit(1, impact_ratio_gender="broken")
    check(told.workspace)
    told.audit(2, without=GENDER)
    found = check(told.workspace)
    assert moves(found.changes) == [("broken", "not_asked")]
    (item,) = [each for each in found.messages[0].items if each.subject == Q]
    texts = item.facts["texts"]["en"]
    assert texts["moved"] == "was “Not kept”; the charter no longer asks it"
    assert "women" in texts["question"], "it is still told in words"
    assert item.direction == "lost"


@pytest.mark.costly
def test_what_people_state_is_told_once_as_that(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept")
    check(told.workspace)
    today = dt.datetime.now(dt.UTC).date()
    attested = Attestation(
        role="Staff",
        on=today,
        indicator="work_got_better",
        answer="broken",
        valid_until=today + dt.timedelta(days=90),
        document=KeptFile(sha256="ab" * 32, name="survey.pdf", size=1),
    )
    sealed = seal(told.workspace, attested)
    found = check(told.workspace)
    assert moves(found.changes, WORK)[0][1] == "broken"
    assert {each.cause for each in found.changes} == {"stated"}
    assert check(told.workspace).changes == []
    told.audit(2, impact_ratio_gender="kept")
    assert check(told.workspace).changes == [], "a new audit does not tell it again"
    later = check(told.workspace, today=today + dt.timedelta(days=100)).changes
    assert moves(later, WORK) == [("broken", "unknown")], "it has expired"
    assert check(told.workspace, today=today + dt.timedelta(days=101)).changes == []
    seal(told.workspace, Withdrawal(role="Staff", on=today, of=sealed.entry, text="Another firm's."))
    assert moves(check(told.workspace).changes, WORK)[0][0] == "unknown"


def test_two_who_look_at_the_same_time_find_a_change_once(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept")
    check(told.workspace)
    told.audit(2, impact_ratio_gender="watch")
    others: list[SubjectChange] = []

    def other() -> None:
        if not others:
            others.extend(check(told.workspace).changes)

    assert check(told.workspace, meanwhile=other).changes == []
    assert moves(others) == [("kept", "watch")]
    assert len(messages(told.workspace)) == 1


@pytest.mark.costly
def test_somebody_who_looked_before_an_audit_does_not_undo_what_was_found_after_it(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept")
    check(told.workspace)
    told.audit(2, impact_ratio_gender="watch")
    found: list[list[tuple[str | None, str]]] = []

    def audited_and_told() -> None:
        if not found:
            found.append([])
            told.audit(3, impact_ratio_gender="broken")
            found[0] = moves(check(told.workspace).changes)

    late = check(told.workspace, meanwhile=audited_and_told).changes
    assert (found[0], late) == ([("kept", "watch"), ("watch", "broken")], [])
    assert check(told.workspace).changes == []


@pytest.mark.costly
def test_many_at_once_queue_one_message(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept")
    check(told.workspace)
    told.audit(2, impact_ratio_gender="broken")
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(check(told.workspace).changes))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 0, 0, 2]
    assert len(messages(told.workspace)) == 1


def files(home: Path) -> dict[str, str]:
    return {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.suffix not in (".sqlite-shm", ".sqlite-wal")  # every reader makes them
    }


def test_a_dry_run_tells_the_same_and_writes_nothing(told: House) -> None:
    told.audit(1, impact_ratio_gender="kept")
    check(told.workspace)
    told.audit(2, impact_ratio_gender="watch")
    before = files(told.home)
    dry = check(told.workspace, dry_run=True)
    assert files(told.home) == before
    real = check(told.workspace)
    assert moves(dry.changes) == moves(real.changes) == [("kept", "watch")]
    assert [each.id for each in dry.messages] == [each.id for each in real.messages]
    assert [item.facts for each in dry.messages for item in each.items] == [
        item.facts for each in real.messages for item in each.items
    ]


def queued(house: House, channel: str) -> list[tuple[str, str]]:
    found: list[Message] = [each for each in messages(house.workspace) if each.channel == channel]
    return sorted((item.system, item.subject) for each in found for item in each.items)


def test_each_channel_gets_what_it_asks_for(house: House, dead_post: Post) -> None:
    house.settings(
        dead_post.channel("all"),
        dead_post.channel("worse", 'only = "worse"'),
        dead_post.channel("security", 'articles = ["securite"]'),
        dead_post.channel("other", 'systems = ["compas"]'),
        dead_post.channel("drift", 'about = ["drift"]'),
    )
    house.audit(1, impact_ratio_gender="kept", drift_psi="watch")
    check(house.workspace)
    with sqlite3.connect(house.workspace.governance) as connection:
        connection.execute("DELETE FROM alert_items")
    house.audit(2, impact_ratio_gender="unknown", drift_psi="kept")
    check(house.workspace)
    fairness = [("matchft", Q)]
    security = [("matchft", "article/securite"), ("matchft", f"question/securite/{DRIFT}")]
    assert queued(house, "all") == sorted([*fairness, *security])
    assert queued(house, "worse") == sorted(fairness)
    assert queued(house, "security") == sorted(security)
    assert queued(house, "other") == queued(house, "drift") == []


@pytest.mark.costly
def test_a_digest_gathers_until_it_is_due_and_then_begins_another(house: House, dead_post: Post) -> None:
    house.settings(dead_post.channel("weekly", 'digest = "weekly"'), more="digest_hour = 7")
    monday = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    house.audit(1, impact_ratio_gender="kept")
    check(house.workspace, now=monday)
    for day, verdict in enumerate(("watch", "kept", "broken")):
        house.audit(2 + day, impact_ratio_gender=verdict)
        check(house.workspace, now=monday + dt.timedelta(days=day))
    (digest,) = messages(house.workspace)
    assert digest.due_at == "2026-11-30T06:00:00Z"
    assert [(each.before, each.after) for each in digest.items if each.subject == Q] == [
        ("kept", "watch"),
        ("watch", "kept"),
        ("kept", "broken"),
    ]
    house.audit(8, impact_ratio_gender="kept")
    check(house.workspace, now=monday + dt.timedelta(days=7))
    assert sorted(each.due_at for each in messages(house.workspace)) == ["2026-11-30T06:00:00Z", "2026-12-07T06:00:00Z"]


@pytest.mark.costly
@pytest.mark.parametrize("ended", ["dropped", "sent", "waiting"])
def test_a_digest_that_somebody_dropped_or_has_in_hand_takes_no_more_changes(
    house: House, dead_post: Post, ended: str
) -> None:
    """What is found afterwards, even for the same hour, is told by a message of its own."""
    house.settings(dead_post.channel("weekly", 'digest = "weekly"'))
    monday = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
    house.audit(1, impact_ratio_gender="kept")
    check(house.workspace, now=monday)
    house.audit(2, impact_ratio_gender="watch")
    check(house.workspace, now=monday)
    (first,) = messages(house.workspace)
    with sqlite3.connect(house.workspace.governance) as connection:
        connection.execute("UPDATE alert_messages SET state = ?, attempts = 1", (ended,))
    house.audit(3, impact_ratio_gender="broken")
    check(house.workspace, now=monday)
    other, before = sorted(messages(house.workspace), key=lambda each: each.id == first.id)
    assert other.due_at == before.due_at == first.due_at
    assert [each.after for each in other.items if each.subject == Q] == ["broken"]
    assert [each.after for each in before.items if each.subject == Q] == ["watch"]
    house.audit(4, impact_ratio_gender="kept")
    check(house.workspace, now=monday)
    assert len(messages(house.workspace)) == 3


def test_digests_of_two_workspaces_have_two_numbers(tmp_path: Path, dead_post: Post) -> None:
    """A receiver that keeps one message of each number keeps both."""
    numbers = set()
    for name in ("one", "other"):
        house = House(tmp_path / name)
        house.settings(dead_post.channel("weekly", 'digest = "weekly"'))
        house.audit(1, impact_ratio_gender="watch")
        check(house.workspace, now=dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
        numbers |= {each.id for each in messages(house.workspace)}
    assert len(numbers) == 2


def test_old_messages_are_forgotten_and_those_that_wait_are_not(house: House, dead_post: Post) -> None:
    house.settings(dead_post.channel(), more="keep_days = 30")
    house.audit(1, impact_ratio_gender="watch")
    long_ago = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    check(house.workspace, now=long_ago)
    (first,) = messages(house.workspace)
    house.audit(2, impact_ratio_gender="kept")
    check(house.workspace, now=long_ago + dt.timedelta(days=1))
    with sqlite3.connect(house.workspace.governance) as connection:
        connection.execute(
            "UPDATE alert_messages SET state = 'sent', ended_at = '2026-03-01T01:00:00Z' WHERE id = ?", (first.id,)
        )
    house.audit(3, impact_ratio_gender="broken")
    check(house.workspace, now=long_ago + dt.timedelta(days=40))
    kept = messages(house.workspace)
    assert len(kept) == 2
    assert first.id not in {each.id for each in kept}
    assert all(each.items for each in kept)


def test_without_a_channel_nobody_is_told_and_that_is_said(house: House) -> None:
    house.settings()
    with pytest.raises(BoussoleError, match="no channel is set up"):
        check(house.workspace)
    assert not Workspace(house.home).governance.exists()


@pytest.mark.parametrize(
    ("choice", "told"), [('systems = ["matchtf"]', "'matchft'"), ('articles = ["equit"]', "'equite'")]
)
def test_a_channel_that_names_what_is_not_there_is_told_the_nearest(
    house: House, dead_post: Post, choice: str, told: str
) -> None:
    house.settings(dead_post.channel(more=choice))
    house.audit(1, impact_ratio_gender="kept")
    with pytest.raises(BoussoleError, match=told):
        check(house.workspace)
