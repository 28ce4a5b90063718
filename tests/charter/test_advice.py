"""What outside authorities found and what was recommended: what is open, what is overdue, what was answered."""

from __future__ import annotations

import datetime as dt

from boussole.charter.committee.advising.advice import findings_about, recommended_about
from boussole.charter.record_types.kinds import (
    Closure,
    Finding,
    FollowUp,
    Recommendation,
    Reply,
    Statement,
    Withdrawal,
)
from boussole.charter.records.facts import Facts
from tests.charter.incidents.made import facts as facts_at
from tests.written import LETTER
from tests.written import finding as finding_of

TODAY = dt.date(2026, 11, 26)


def facts(*given: Statement) -> Facts:
    return facts_at(*given, today=TODAY)


def finding(on: str, *articles: str) -> Finding:
    return finding_of(on=dt.date.fromisoformat(on), articles=list(articles))


def recommendation(due: str, *articles: str) -> Recommendation:
    said = {"role": "Secretariat", "on": dt.date(2026, 1, 5), "body": "Committee", "outside": False}
    due_on = dt.date.fromisoformat(due)
    return Recommendation(**said, addressee="Data department", due_on=due_on, articles=list(articles))


def test_open_findings_come_first_then_the_latest_and_those_of_other_articles_not_at_all() -> None:
    given = facts(
        finding("2026-03-01", "equite"),
        finding("2026-05-01", "securite"),
        finding("2026-01-01", "equite", "securite"),
        finding("2026-02-01", "equite"),
        Closure(role="Secretariat", on=dt.date(2026, 6, 1), of=0, document=LETTER),
    )
    assert [(each.entry, each.closed) for each in findings_about("equite", given)] == [
        (3, None),
        (2, None),
        (0, (4, dt.date(2026, 6, 1))),
    ]


def test_recommendations_are_overdue_waiting_in_progress_answered_settled_in_that_order() -> None:
    given = facts(
        recommendation("2026-12-20", "equite"),
        recommendation("2026-11-25", "equite"),
        recommendation("2026-11-26", "equite"),
        recommendation("2026-02-01", "equite"),
        recommendation("2026-03-01", "equite"),
        recommendation("2026-04-01", "equite"),
        recommendation("2026-04-01", "securite"),
        Reply(role="Data department", on=dt.date(2026, 2, 1), of=3, accepted="no"),
        Reply(role="Data department", on=dt.date(2026, 2, 1), of=4, accepted="yes"),
        FollowUp(role="Data department", on=dt.date(2026, 3, 1), of=4, state="in_progress"),
        FollowUp(role="Data department", on=dt.date(2026, 5, 1), of=4, state="done"),
        Reply(role="Data department", on=dt.date(2026, 2, 1), of=5, accepted="partly"),
        FollowUp(role="Data department", on=dt.date(2026, 3, 1), of=5, state="in_progress"),
    )
    found = recommended_about("equite", given)
    assert [(each.entry, each.state) for each in found] == [
        (1, "overdue"),
        (2, "waiting"),
        (0, "waiting"),
        (5, "in_progress"),
        (3, "answered"),
        (4, "done"),
    ]
    last = found[-1]
    assert last.reply is not None
    assert last.follow_up is not None
    assert (last.reply[0], last.follow_up[0]) == (8, 10)
    gone = Withdrawal(role="Secretariat", on=TODAY, of=0)
    assert recommended_about("equite", facts(recommendation("2026-12-20", "equite"), gone)) == []
