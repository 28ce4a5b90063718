"""Replies of groups computed again from the rows: too late for the list, and how soon; people are the clusters."""

from __future__ import annotations

from ..figures.stages import Strata, within
from ..groups import Claims, Groups, share, two_groups
from ..rates import SELECTION, counted
from ..rows import BUCKETS, Table, empty
from ..system import By

PARTS = {"late_reply_share": "late", "late_reply_ratio": "late", "prompt_reply_share": "prompt"}
SIDES = {
    "reached_in_time_ratio": ("reached", "without", "with"),
    "silent_shortlisting_ratio": ("silent", "silent", "replied"),
}
SAID = ("value", "params.values", "params.test")
MEDIAN, WAIT = "median_reply_minutes", "wait"


class Replies:
    """Computes measures of replies again."""

    def __init__(self, groups: Groups) -> None:
        self.groups, self.rows = groups, groups.rows

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where it is none of these."""
        metric, by = measure["metric"], tuple(measure["by"])
        own = tuple(measure["group"][name] for name in by) if measure["group"] else ()
        if metric == MEDIAN:
            return self._median(by, own)
        if metric in SIDES:
            return self._sides(*SIDES[metric])
        if metric not in PARTS:
            return None
        table = self._table(PARTS[metric], by)
        if metric != "late_reply_ratio":
            return share(counted([table[own]], SELECTION), True)
        shown = self.groups.shown.of(by, "late", table)
        against, other = self.groups.against(by, own, shown)
        return {
            **two_groups([table[own]], other, SELECTION, "ratio", True),
            "params.against": against,
            "params.bad_side": "above",
            "params.scale": "ratio",
        }

    def _table(self, part: str, by: By) -> Table:
        found: Table = {}
        for row, _ in self.rows.replies.get(part, []):
            if row.by == "*".join(by):
                found.setdefault(row.group, empty())[row.bucket][row.decision][row.outcome] += row.n
        return found

    def _median(self, by: By, own: By) -> Claims:
        """The least number of minutes within which half of the replies came."""
        rows = [(m, row.n) for row, m in self.rows.replies.get(WAIT, []) if (row.by, row.group) == ("*".join(by), own)]
        n, seen = sum(each for _, each in rows), 0
        for minutes, each in sorted(rows):
            seen += each
            if 2 * seen >= n:
                return {"value": float(minutes), "n": n}
        return {"value": None, "n": 0}

    def _sides(self, part: str, *sides: str) -> Claims:
        """Two sides of everybody, compared within strata that hold people of both."""
        strata: list[Strata] = [{}, {}]
        rows = [row for row, _ in self.rows.replies.get(part, []) if row.by in sides]
        for row in rows:
            name = str(row.stratum)
            cases, every = strata[sides.index(row.by)].setdefault(name, ([0] * BUCKETS, [0] * BUCKETS))
            every[row.bucket] += row.n
            cases[row.bucket] += row.n if row.decision else 0
        one, two = strata
        held = sorted(name for name in one if name in two)
        found = within([one[name] for name in held], [two[name] for name in held], True)
        buckets = [sum(side[name][1][b] for side in strata for name in held) for b in range(BUCKETS)]
        return {
            **{path: value for path, value in found.items() if path in SAID or path.startswith("interval")},
            "n": sum(buckets),
            "clusters": sum(1 for n in buckets if n),
            "params.strata": len(held),
            "params.covered": sum(buckets) / sum(row.n for row in rows),
            "params.bad_side": "below",
            "params.scale": "ratio",
        }
