"""What is a change, and which way: each is found once, none is lost, and not knowing is never good news."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.alert_settings import AlertSettings
from boussole.audits.errors import BoussoleError
from boussole.charter.record_types.kinds import Attestation, KeptFile
from boussole.charter.records import seal
from boussole.dashboard.alerts import changes
from boussole.dashboard.alerts.changes import StateChange, changes_between, check, direction, due_at
from boussole.dashboard.alerts.outbox import KEPT, alerts, finish
from tests.dashboard.alerts.conftest import House, Post

STATES = ("kept", "watch", "broken", "unknown", "not_examined")
TABLE = {
    "kept": {"watch": "worse", "broken": "worse", "unknown": "lost", "not_examined": "lost"},
    "watch": {"kept": "better", "broken": "worse", "unknown": "lost", "not_examined": "lost"},
    "broken": {"kept": "better", "watch": "better", "unknown": "lost", "not_examined": "lost"},
    "unknown": {"kept": "better", "watch": "worse", "broken": "worse", "not_examined": "other"},
    "not_examined": {"kept": "better", "watch": "worse", "broken": "worse", "unknown": "other"},
}
Q, DRIFT = "question/equite/impact_ratio_gender", "question/securite/drift_psi"


def test_every_pair_of_states_has_its_direction() -> None:
    found = {before: {after: direction(before, after) for after in STATES if after != before} for before in STATES}
    assert found == TABLE


SEEN = st.dictionaries(st.sampled_from("xyz"), st.sampled_from(STATES[:4]), max_size=3)


@given(SEEN, SEEN)
def test_changes_lead_from_what_was_known_to_what_is(known: dict[str, str], states: dict[str, str]) -> None:
    """But of what nobody had looked at: that it is kept, or that nobody can tell, is no change."""
    after = dict(known)
    for each in changes_between(known, states, system="s"):
        assert after.get(each.subject) == each.before != each.after
        after[each.subject] = each.after
    unseen = {name: state for name, state in states.items() if name not in known and state in ("kept", "unknown")}
    assert {name: state for name, state in after.items() if state != "not_examined"} | unseen == states


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC)),  # noqa: DTZ001
    st.integers(0, 23),
)
def test_a_digest_is_due_at_its_hour_within_a_day_or_a_week(now: dt.datetime, hour: int) -> None:
    settings, zone = AlertSettings(digest_hour=hour), ZoneInfo("Europe/Paris")
    daily, weekly = due_at(now, "daily", settings, zone), due_at(now, "weekly", settings, zone)
    here = daily.astimezone(zone)
    assert now < daily <= now + dt.timedelta(hours=49 if hour == 2 else 25)
    assert here.hour == hour or (hour == 2 and here.hour == 3)  # the hour that summer time leaves out
    assert daily <= weekly <= now + dt.timedelta(days=7, hours=1)
    assert weekly.astimezone(zone).weekday() == 0
    assert due_at(now, "off", settings, zone) == now


def moves(found: Sequence[StateChange], subject: str = Q) -> list[tuple[str | None, str]]:
    return [(each.before, each.after) for each in found if each.subject == subject]


@pytest.fixture
def watched(house: House, dead_post: Post) -> House:
    house.settings(dead_post.channel())
    return house


def test_a_first_look_tells_only_what_needs_attention(watched: House) -> None:
    check(watched.workspace)
    watched.audit(1, impact_ratio_gender="kept", impact_ratio_age="watch", precision_gender="unknown")
    assert {(each.subject, each.before, each.after) for each in check(watched.workspace)} == {
        ("question/equite/impact_ratio_age", None, "watch"),
        ("article/equite", None, "watch"),
    }


def test_a_look_back_at_an_old_month_changes_nothing_that_stands(watched: House) -> None:
    watched.audit(2, impact_ratio_gender="kept")
    check(watched.workspace)
    watched.audit(1, impact_ratio_gender="broken")
    assert check(watched.workspace) == []


def test_that_something_is_no_longer_known_or_asked_is_said_so(watched: House) -> None:
    watched.audit(1, impact_ratio_gender="kept", drift_psi="broken")
    check(watched.workspace)
    watched.audit(2, impact_ratio_gender="unknown", without="drift_psi")
    assert {each.direction for each in check(watched.workspace)} == {"lost"}
    texts = {each.subject: each.texts for each in reversed(alerts(watched.workspace))}
    assert texts[Q]["en"]["title"].endswith("was “Kept”; we cannot tell any more")
    assert texts[Q]["fr"]["title"].endswith("était «\u202fTenu\u202f»\u202f; on ne sait plus")
    assert texts[DRIFT]["en"]["title"].endswith("was “Not kept”; is no longer examined")
    assert texts[DRIFT]["en"]["lines"][0] == "The charter asks this question no longer."


@pytest.mark.costly
def test_what_people_state_and_what_expires_is_a_change(watched: House) -> None:
    watched.audit(1, impact_ratio_gender="kept")
    check(watched.workspace)
    now = dt.datetime.now(dt.UTC)
    said = {"indicator": "work_got_better", "answer": "broken", "valid_until": now.date() + dt.timedelta(days=90)}
    letter = KeptFile(sha256="ab" * 32, name="survey.pdf", size=1)
    seal(watched.workspace, Attestation(role="Staff", on=now.date(), document=letter, **said))
    work = "question/humain/work_got_better"
    assert moves(check(watched.workspace), work)[0] == (None, "broken")
    assert moves(check(watched.workspace, now=now + dt.timedelta(days=100)), work) == [("broken", "unknown")]


def test_who_looks_while_another_notes_a_change_notes_nothing(watched: House, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.moved()
    words, others = changes.texts_of, []

    def meanwhile(*arguments: object, **options: object) -> object:
        monkeypatch.setattr(changes, "texts_of", words)
        others.extend(check(watched.workspace))
        return words(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(changes, "texts_of", meanwhile)
    assert check(watched.workspace) == []
    assert moves(others) == [("kept", "watch")]
    assert len(alerts(watched.workspace)) == 2


def test_a_check_that_fails_is_made_up_for_by_the_next(watched: House, monkeypatch: pytest.MonkeyPatch) -> None:
    watched.moved()
    with monkeypatch.context() as patched:
        patched.setattr("boussole.dashboard.alerts.outbox.json.dumps", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            check(watched.workspace)
    assert alerts(watched.workspace) == []
    assert moves(check(watched.workspace)) == [("kept", "watch")]


def test_each_channel_gets_what_it_asks_for(house: House, dead_post: Post) -> None:
    asked = {"all": "", "worse": 'only = "worse"', "other": 'systems = ["compas"]'}
    house.settings(*(dead_post.channel(name, more) for name, more in asked.items()))
    house.audit(1, impact_ratio_gender="kept", drift_psi="watch")
    check(house.workspace)
    house.audit(2, impact_ratio_gender="unknown", drift_psi="kept")
    queued = {each.id for each in alerts(house.workspace)}
    check(house.workspace)
    found = {(each.channel, each.subject) for each in alerts(house.workspace) if each.id not in queued}
    assert found == {("all", Q), ("all", DRIFT), ("all", "article/securite"), ("worse", Q)}


def test_what_lay_in_the_outbox_for_a_year_is_forgotten(watched: House) -> None:
    watched.audit(1, impact_ratio_gender="watch", drift_psi="watch")
    long_ago = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    check(watched.workspace, now=long_ago)
    *others, first = alerts(watched.workspace)
    finish(watched.workspace, [first], problem="", now=long_ago + dt.timedelta(days=2))
    watched.audit(2, impact_ratio_gender="kept", drift_psi="watch")
    check(watched.workspace, now=long_ago + KEPT + dt.timedelta(days=1))
    kept = {each.texts["en"]["title"]: each.found_at for each in alerts(watched.workspace)}
    assert first.found_at in kept.values()
    left = {name for name, at in kept.items() if at == first.found_at}
    assert not left & {each.texts["en"]["title"] for each in others}


@pytest.mark.parametrize(("more", "told"), [(None, "no channel is set up"), ('systems = ["matchtf"]', "'matchft'")])
def test_no_channel_or_an_unknown_system_is_told(house: House, dead_post: Post, more: str | None, told: str) -> None:
    house.settings(*([] if more is None else [dead_post.channel(more=more)]))
    with pytest.raises(BoussoleError, match=told):
        check(house.workspace)
    assert not house.workspace.governance.exists()
