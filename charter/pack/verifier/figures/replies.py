"""Replies of groups computed again from the rows: too late for the list, and how soon; people are the clusters."""

from __future__ import annotations

from ..groups import Claims, Groups, share, two_groups
from ..rates import SELECTION, counted
from ..rows import Table, empty
from ..system import By

PARTS = {"late_reply_share": "late", "late_reply_ratio": "late", "prompt_reply_share": "prompt"}
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
