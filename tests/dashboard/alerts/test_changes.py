"""What is a change, and which way: no state is lost, none is told twice, and not knowing is never good news."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.alert_settings import AlertSettings
from boussole.dashboard.alerts.detect import due_at
from boussole.dashboard.alerts.letters import MOST, MOST_QUESTIONS, layout
from boussole.dashboard.alerts.messages import BLIND, NOT_ASKED, ChangeMessage, KnownState, direction, is_told
from boussole.dashboard.alerts.verdicts import _walked
from tests.as_json import changes_between

STATES = ("kept", "watch", "broken", "unknown", "not_examined")
TABLE = {
    ("kept", "watch"): "worse",
    ("kept", "broken"): "worse",
    ("watch", "broken"): "worse",
    ("unknown", "watch"): "worse",
    ("unknown", "broken"): "worse",
    ("not_examined", "watch"): "worse",
    ("not_examined", "broken"): "worse",
    ("broken", "watch"): "better",
    ("broken", "kept"): "better",
    ("watch", "kept"): "better",
    ("unknown", "kept"): "better",
    ("not_examined", "kept"): "better",
    ("kept", "unknown"): "lost",
    ("watch", "unknown"): "lost",
    ("broken", "unknown"): "lost",
    ("kept", "not_examined"): "lost",
    ("watch", "not_examined"): "lost",
    ("broken", "not_examined"): "lost",
    ("unknown", "not_examined"): "other",
    ("not_examined", "unknown"): "other",
}


def test_every_pair_of_states_has_its_direction() -> None:
    pairs = {pair for pair in product(STATES, STATES) if pair[0] != pair[1]}
    assert {pair: direction(*pair) for pair in pairs} == TABLE


@pytest.mark.parametrize("before", [*STATES, None])
@pytest.mark.parametrize("after", [*BLIND])
def test_that_nobody_can_tell_is_never_good_news(before: str | None, after: str) -> None:
    assert direction(before, after) in ("lost", "other")


def document(states: dict[str, str]) -> dict[str, object]:
    verdicts = [{"article": "a", "indicator": name, "verdict": state} for name, state in states.items()]
    return {"articles": [], "verdicts": verdicts}


@pytest.mark.costly
@given(st.lists(st.dictionaries(st.sampled_from("xyz"), st.sampled_from(STATES), max_size=3), min_size=1, max_size=8))
def test_what_is_told_leads_from_each_state_to_the_next_without_a_gap(steps: list[dict[str, str]]) -> None:
    known: dict[str, KnownState] = {}
    told: dict[str, list[tuple[str | None, str]]] = {}
    for number, step in enumerate(steps, 1):
        day = f"2026-01-{number:02}"
        found, known = changes_between(
            known, document(step), system="s", window=(day, day), entry=number, cause=lambda *_: "audit"
        )
        for each in found:
            told.setdefault(each.name, []).append((each.before, each.after))
    for name, moves in told.items():
        first = next(at for at, step in enumerate(steps) if name in step)
        real = [None, *(step.get(name, NOT_ASKED) for step in steps[first:])]
        assert known[f"question/a/{name}"].state == real[-1]
        assert moves == [pair for pair in pairwise(real) if pair[0] != pair[1] and is_told(*pair)]


def walk(states: str, known: KnownState | None) -> tuple[list[tuple[str | None, str]], KnownState | None]:
    names = {"k": "kept", "w": "watch", "u": "unknown", "b": "broken"}
    windows = [(f"2026-{at:02}-01", f"2026-{at:02}-28") for at in range(1, len(states) + 1)]
    found, after = _walked("s", "drift/inputs", [(w, names[s]) for w, s in zip(windows, states, strict=True)], known)
    return [(each.before, each.after) for each in found], after


def test_drift_that_came_and_went_between_two_looks_is_told_both_ways() -> None:
    first, known = walk("kk", None)
    assert first == []
    found, known = walk("kkwk", known)
    assert found == [("kept", "watch"), ("watch", "kept")]
    assert known == KnownState(state="kept", since="2026-04-01", window_end="2026-04-28")
    assert walk("kkwk", known)[0] == []


def test_drift_of_a_month_that_is_read_anew_is_told() -> None:
    _, known = walk("kk", None)
    found, known = walk("kw", known)
    assert found == [("kept", "watch")]
    assert known is not None
    assert known.since == "2026-02-01"


def test_a_first_look_at_drift_tells_what_has_moved_and_since_when() -> None:
    assert walk("kku", None)[0] == []
    found, known = walk("kww", None)
    assert found == [(None, "watch")]
    assert known is not None
    assert known.since == "2026-02-01"


@given(
    st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 31), timezones=st.just(dt.UTC)),  # noqa: DTZ001
    st.integers(0, 23),
)
def test_a_digest_is_due_at_its_hour_within_a_day_or_a_week(now: dt.datetime, hour: int) -> None:
    settings = AlertSettings(digest_hour=hour, timezone="Europe/Paris")
    daily, weekly = due_at(now, "daily", settings), due_at(now, "weekly", settings)
    here = daily.astimezone(settings.zone)
    assert now < daily <= now + dt.timedelta(hours=49 if hour == 2 else 25)
    assert here.hour == hour or (hour == 2 and here.hour == 3)  # the hour that summer time leaves out
    assert daily <= weekly <= now + dt.timedelta(days=7, hours=1)
    assert weekly.astimezone(settings.zone).weekday() == 0
    assert due_at(now, "off", settings) == now


def said(number: int, before: str, after: str, subject: str = "question/a/x") -> ChangeMessage:
    texts = {"system": "S", "place": "A", "moved": f"{before} {after}", "sentence": "."}
    facts = {"start": "2026-01-01", "end": "2026-01-31", "entry": 1, "texts": {"en": texts}}
    return ChangeMessage(
        number=number,
        system="s",
        subject=subject,
        before=before,
        after=after,
        direction=direction(before, after),
        detected_at="2026-02-01T00:00:00Z",
        facts=facts,
    )


def read(items: list[ChangeMessage]) -> list[list[int]]:
    return [
        [each.number for each in (*entry.heads, *entry.questions)]
        for section in layout(items).sections
        for entry in section.entries
    ]


def test_what_came_and_went_is_read_in_its_order_and_the_worst_article_first() -> None:
    items = [
        said(1, "unknown", "kept", "question/c/y"),
        said(2, "broken", "kept", "article/a"),
        replace(said(3, "kept", "broken", "article/a"), detected_at="2026-03-01T00:00:00Z"),
        said(4, "kept", "watch", "question/b/z"),
    ]
    assert read(items) == [[2], [3], [4], [1]]
    shown = layout(items)
    assert (shown.changes, shown.unfavourable, shown.more) == (4, 2, 0)


def test_questions_stand_under_their_article_or_together_where_it_has_not_changed() -> None:
    items = [
        said(1, "kept", "watch", "question/a/x"),
        said(2, "kept", "broken", "article/a"),
        said(3, "kept", "broken", "question/a/y"),
        said(4, "broken", "kept", "question/b/z"),
        said(5, "kept", "watch", "question/b/w"),
        said(6, "kept", "watch", "drift/inputs"),
        said(7, "kept", "watch", "drift/score"),
    ]
    assert read(items) == [[2, 3, 1], [5, 4], [6, 7]]
    shown = layout(items)
    assert (shown.changes, shown.unfavourable) == (5, 4)
    assert shown.only is None


def test_what_is_too_long_says_how_much_more_there_is() -> None:
    items = [said(at, "kept", "watch", f"article/x{at}") for at in range(1, MOST + 4)]
    shown = layout(items)
    assert (shown.changes, shown.more) == (MOST + 3, 3)
    assert sum(len(section.entries) for section in shown.sections) == MOST
    many = [said(at, "kept", "watch", f"question/a/x{at}") for at in range(1, MOST_QUESTIONS + 3)]
    (entry,) = layout(many).sections[0].entries
    assert (len(entry.questions), entry.more, layout(many).changes) == (MOST_QUESTIONS, 2, MOST_QUESTIONS + 2)
