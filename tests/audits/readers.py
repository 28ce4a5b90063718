"""Readers of published tables who solve for hidden cells with linear programs of their own."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from boussole.audits.measures import NO_OUTCOME, Cells
from boussole.audits.suppression.rules import Suppression, suppress
from boussole.audits.systems.model import System
from tests.written import sample

LIMIT = 11
OPTIMAL, UNBOUNDED = 0, 3
Row = tuple[tuple[str | None, ...], int, int | None, int]
"""Values of the attributes, decision, outcome, how many decisions."""


def system(*attributes: str, intersections: Iterable[tuple[str, ...]] = (), outcome: str | None = None) -> System:
    columns: dict[str, Any] = {"id": "id", "period": "2025-01-01", "decision": {"column": "d", "selected": [1]}}
    if outcome:
        columns["outcome"] = {"column": "y", "positive": [1], "observed_for": outcome, "absent": "missing"}
    return sample(columns, attributes, intersections=intersections, privacy={"suppress_below": LIMIT})


def tables(rows: Iterable[Row], of: System) -> list[Cells]:
    rows, names = list(rows), list(of.groups)
    found = []
    for by in [(), *of.attributes]:
        keys = [tuple(row[0][names.index(name)] for name in by) for row in rows]
        groups = list(dict.fromkeys(keys))
        counts = np.zeros((len(groups), 1, 2, 3), dtype=np.int64)
        for key, (_, d, y, n) in zip(keys, rows, strict=True):
            counts[groups.index(key), 0, d, NO_OUTCOME if y is None else y] += n
        found.append(Cells(by=by, groups=tuple(groups), counts=counts, clustered=False))
    return found


def least_and_most(aim: Any, rows: Any, known: Any, *, may_be: Iterable[int] = (OPTIMAL,)) -> tuple[float, float]:
    """What a sum of cells can be, none of them negative, where sums of them are known."""
    held = coo_array(np.array(rows))
    ends = [linprog(sign * aim, A_eq=held, b_eq=known, bounds=(0, None), method="highs") for sign in (1, -1)]
    assert all(end.status in may_be for end in ends), [end.message for end in ends]
    least, most = (end.fun if end.status == OPTIMAL else -np.inf for end in ends)
    return least, -most


class Solver:
    """A reader who adds up what is told of cells, and solves for them."""

    may_be: tuple[int, ...] = (OPTIMAL,)

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.known: list[float] = []

    def learn(self, mask: Any, count: float) -> None:
        self.rows.append(mask)
        self.known.append(float(count))

    def range(self, mask: Any) -> tuple[float, float]:
        return least_and_most(mask, self.rows, self.known, may_be=self.may_be)


class Attacker:
    """A reader who knows every shown count and solves for people with each full combination of attributes."""

    def __init__(self, published: list[Cells], hidden: Iterable[Any], of: System, count: Callable[..., Any]) -> None:
        self.names = list(of.groups)
        values = {name: self._values(published, name) for name in self.names}
        self.people = list(itertools.product(*(values[name] for name in self.names)))
        self.true: dict[Any, float] = {}
        rows, known = [], []
        for table in published:
            for group, counts in zip(table.groups, table.counts, strict=True):
                key = (table.by, group)
                self.true[key] = float(count(counts))
                if key not in set(hidden):
                    rows.append(self._row(table.by, group))
                    known.append(self.true[key])
            for absent in self._absent(table, values):
                rows.append(self._row(table.by, absent))
                known.append(0.0)
        self.rows, self.known = np.array(rows), np.array(known)

    @staticmethod
    def _values(published: list[Cells], name: str) -> list[Any]:
        return [group[0] for table in published if table.by == (name,) for group in table.groups]

    @staticmethod
    def _absent(table: Cells, values: dict[str, list[Any]]) -> list[Any]:
        return [g for g in itertools.product(*(values[n] for n in table.by)) if g not in table.groups]

    def _row(self, by: tuple[str, ...], group: tuple[Any, ...]) -> Any:
        wanted = dict(zip(by, group, strict=True))
        return np.array(
            [float(all(dict(zip(self.names, p, strict=True))[k] == v for k, v in wanted.items())) for p in self.people]
        )

    def range(self, key: Any) -> tuple[float, float]:
        return least_and_most(self._row(*key), self.rows, self.known)


def decisions(counts: Any) -> Any:
    return counts.sum()


class JointAttacker:
    """A reader who knows every count of decisions and outcomes that is shown, and solves for people."""

    def __init__(self, published: list[Cells], found: Suppression, of: System) -> None:
        self.plain = Attacker(published, (), of, decisions)
        rows, known = [], []
        for table in published:
            for group, counts in zip(table.groups, table.counts.sum(axis=1), strict=True):
                key = (table.by, group)
                seen = [] if key in found.decisions else [np.repeat([[d == 0], [d == 1]], 3, axis=1) for d in (0, 1)]
                if key not in found.outcomes:
                    seen = [np.arange(6).reshape(2, 3) == i for i in range(6)]
                rows += [self._row(key, mask) for mask in seen]
                known += [float(counts[mask].sum()) for mask in seen]
        self.rows, self.known = np.array(rows), np.array(known)

    def _row(self, key: Any, mask: Any) -> Any:
        return np.kron(self.plain._row(*key), mask.ravel().astype(float))

    def range(self, key: Any, mask: Any) -> tuple[float, float]:
        return least_and_most(self._row(key, mask), self.rows, self.known)


SEEN = {
    "all": [np.array([[1, 0, 0], [1, 0, 0]], dtype=bool), np.array([[0, 1, 0], [0, 1, 0]], dtype=bool)],
    "selected": [np.array([[0, 0, 0], [1, 1, 0]], dtype=bool)],
}
"""What must stay uncertain: negative and positive outcomes; in selective logs, how many of the selected have one."""


def check_outcomes(rows: list[Row], of: System, observed_for: str) -> dict[Any, str]:
    """Check that no hidden count of outcomes follows from all that is shown at once; returns what is hidden."""
    published = tables(rows, of)
    found = suppress(published, system=of)
    everybody, *others = published
    every = {(table.by, group): "small_group" for table in others for group in table.groups}
    attacker = JointAttacker(published, found, of)
    blind = JointAttacker(published, Suppression(decisions=found.decisions, outcomes=every), of)
    for mask in SEEN[observed_for]:
        if everybody.counts.sum(axis=(0, 1))[mask].sum() < LIMIT:
            continue
        for table in others:
            for group, counts in zip(table.groups, table.counts.sum(axis=1), strict=True):
                key, true = (table.by, group), counts[mask].sum()
                small = 0 < true < LIMIT
                assert not small or key in found.outcomes, key
                if key not in found.outcomes:
                    continue
                low, high = attacker.range(key, mask)
                least, most = blind.range(key, mask)  # what decisions alone tell: nobody was assessed who was not there
                assert high - low >= min(LIMIT, most - least) - 1e-5, (key, low, high)
                assert not small or (low <= least + 1e-5 and high >= min(LIMIT, most) - 1e-5), (key, low, high)
    return dict(found.outcomes)


def check(rows: list[Row], of: System) -> dict[Any, str]:
    """Everything small is hidden, and no hidden cell is found out; returns what is hidden."""
    published = tables(rows, of)
    hidden = suppress(published, system=of).decisions
    attacker = Attacker(published, hidden, of, decisions)
    total = attacker.true[((), ())]
    for key, size in attacker.true.items():
        if key[0] and 0 < size < LIMIT:
            assert hidden[key] == "small_group"
    for key, reason in hidden.items():
        low, high = attacker.range(key)
        if total < LIMIT:
            continue
        assert high - low >= LIMIT - 1e-6, key
        if reason == "small_group":
            assert low <= 1e-6, key
            assert high >= LIMIT - 1e-6, key
    return dict(hidden)


def rows_of(counts: dict[tuple[str | None, ...] | str, int]) -> list[Row]:
    """Half of each group selected."""
    return [
        (key if isinstance(key, tuple) else (key,), d, None, n // 2 + (n % 2) * (d == 0))
        for key, n in counts.items()
        for d in (0, 1)
    ]
