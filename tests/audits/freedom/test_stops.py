"""Messages after a STOP, worked out by hand: who had said it, since when it counts, and what a purge leaves."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from boussole.audits.counts.corrections import read_logs
from boussole.audits.counts.read import SHARES
from boussole.audits.lake import reading, writing
from boussole.audits.measures import Measure
from boussole.audits.metrics.freedom import AFTER_STOP, contact_measures
from boussole.audits.retention.purge import purge
from boussole.audits.systems.logs.contacts import OFTEN, STOPPED
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.freedom.test_hours import MARCH, SYSTEM, bring, counted, month_of
from tests.audits.freedom.test_shares import SYSTEM as OFFERS
from tests.audits.freedom.test_shares import rows
from tests.sparing import slow_case


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    (made.home / "systems" / "offers.yaml").write_text(SYSTEM, encoding="utf-8")
    return Workspace(made.home)


def stopped(workspace: Workspace, window: Window = MARCH) -> tuple[int, int]:
    """Who was written to all the same, of who had said STOP; the same from the cube and from the rows."""
    found = counted(workspace, window)
    assert found == counted(workspace, window, exact=True)
    return found[STOPPED]


LAST = "other,2026-03-31T19:00:00,contact,,75"


@pytest.mark.costly
@pytest.mark.parametrize(
    ("messages", "found"),
    [
        slow_case([], (0, 0)),  # nobody said STOP
        slow_case(["p,2026-03-10T10:00:00,STOP,,75"], (0, 1)),
        (["p,2026-03-10T10:00:00,stop,,75", "p,2026-03-11T10:00:00,contact,,75"], (0, 1)),  # 24 hours sharp
        (["p,2026-03-10T10:00:00,Opt-Out,,75", "p,2026-03-11T10:00:01,contact,,75"], (1, 1)),
        slow_case(["p,2026-03-10T10:00:00,STOP,,75", "p,2026-03-09T10:00:00,contact,,75"], (0, 1)),  # before
        (  # two of them: the first counts, and who is written to twice counts once
            [
                "p,2026-03-10T10:00:00,STOP,,75",
                "p,2026-03-20T10:00:00,STOP,,75",
                "p,2026-03-12T10:00:00,contact,,75",
                "p,2026-03-13T10:00:00,contact,,75",
            ],
            (1, 1),
        ),
        slow_case(["p,2026-03-31T10:00:00,STOP,,75"], (0, 0)),  # no message left since it was in force
        slow_case(["p,2026-02-10T10:00:00,STOP,,75", "q,2026-03-02T10:00:00,STOP,,75"], (0, 2)),
        slow_case(
            ["p,2026-03-10,STOP,,75", "p,2026-03-11T23:00:00,contact,,75"], (0, 1)
        ),  # a day alone counts from its end
        (["p,2026-03-10,STOP,,75", "p,2026-03-12T00:01:00,contact,,75"], (1, 1)),
        slow_case(["p,2026-03-10T10:00:00,STOP,,75", "p,2026-04-11T10:00:01,contact,,75"], (0, 1)),  # a case of April
    ],
)
def test_who_is_written_to_after_a_stop(workspace: Workspace, messages: list[str], found: tuple[int, int]) -> None:
    bring(workspace, *messages, LAST)
    assert stopped(workspace) == found


@pytest.mark.costly
def test_a_stop_that_comes_late_and_one_of_a_month_before_count(workspace: Workspace) -> None:
    bring(workspace, "p,2026-03-12T10:00:00,contact,,75", LAST)
    assert stopped(workspace) == (0, 0)
    bring(workspace, "p,2026-02-10T10:00:00,STOP,,75", name="late")
    assert stopped(workspace) == (1, 1)


@pytest.mark.costly
def test_a_purge_does_not_forget_who_said_stop(workspace: Workspace) -> None:
    bring(
        workspace,
        "p,2026-02-10T10:00:00,STOP,2026-02-10T10:00:00,75",
        "p,2026-02-10T09:00:00,contact,,75",
        "old,2022-02-10T10:00:00,STOP,,75",  # more than three years ago
        "old,2022-02-10T09:00:00,contact,,75",
        LAST,
    )
    assert stopped(workspace) == (0, 2)
    with writing(workspace) as connection:
        connection.execute("ALTER TABLE lake.offers.contacts ADD COLUMN later VARCHAR")
        connection.execute("UPDATE lake.offers.contacts SET later = '?', smartphone = 'no', closes_at = \"at\"")
    (gone,) = purge(workspace, before=dt.date(2026, 3, 1), today=dt.date(2026, 4, 1))
    assert gone.rows == {"contacts": 3}
    with reading(workspace) as connection:
        left = connection.execute(
            'SELECT * EXCLUDE (batch, "row", id, bucket, person) FROM lake.offers.contacts '
            "WHERE day < DATE '2026-03-01'"
        ).fetchall()
        names = [each[0] for each in connection.description or ()]
    said = {"kind": "STOP", "at": dt.datetime.fromisoformat("2026-02-10T10:00:00"), "day": dt.date(2026, 2, 10)}
    assert [dict(zip(names, row, strict=True)) for row in left] == [dict.fromkeys(names) | said]
    assert {"reply_at", "department", "closes_at", "smartphone", "later"} <= {*names}
    bring(workspace, "p,2026-04-07T10:00:00,contact,,75", "old,2026-04-07T10:00:00,contact,,75", name="april")
    assert counted(workspace, month_of("2026-04-01"))[STOPPED] == (1, 1)
    assert purge(workspace, before=dt.date(2026, 3, 1), today=dt.date(2026, 4, 1)) == []


def after_stop(*stops: tuple[int, int, int]) -> Measure:
    read = rows(**{OFTEN: [(b, 0, 10) for b in range(40)], STOPPED: [*stops]})
    (found,) = (each for each in contact_measures(read, OFFERS) if each.metric == AFTER_STOP)
    return found


def test_the_share_worked_out_by_hand() -> None:
    found = after_stop((3, 2, 48), (7, 0, 50))
    assert (found.value, found.n, found.clusters, found.params) == (0.02, 100, 2, {"cases": 2, "hours": 24})
    assert found.interval is not None
    # Wilson by hand: (p + z²/2n ∓ z √(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n)
    z, p, n = 1.959964, 0.02, 100
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    ends = [(p + z * z / (2 * n) + side * half) / (1 + z * z / n) for side in (-1, 1)]
    assert [found.interval.low, found.interval.high] == pytest.approx(ends, rel=1e-5)


@pytest.mark.parametrize(
    ("stops", "status", "reason", "params"),
    [
        ((0, 0, 10), "suppressed", "small_group", {"some": False}),
        ((0, 1, 9), "suppressed", "small_group", {"some": True}),  # that there is one is never hidden
        ((0, 0, 11), "ok", None, {"cases": 0, "hours": 24}),
    ],
)
def test_of_few_people_no_number_is_told(stops, status, reason, params) -> None:
    found = after_stop(stops)
    assert (found.status, found.reason, found.params) == (status, reason, params)


@pytest.mark.costly
def test_a_log_without_a_stop_says_nothing(workspace: Workspace) -> None:
    bring(workspace, LAST)
    with reading(workspace) as connection:
        read = read_logs(connection, workspace.system("offers"), MARCH)["contacts"]
    found = {each.metric: each for each in contact_measures(read, OFFERS)}
    assert (found[AFTER_STOP].status, found[AFTER_STOP].reason) == ("undefined", "no_stop")
    assert read.schema == SHARES
