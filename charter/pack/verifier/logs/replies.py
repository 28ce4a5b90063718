"""Replies of groups computed again from the rows: too late for the list, and how soon; people are the clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..buckets import filled
from ..figures.stages import Strata, within
from ..groups import Claims, Groups, share, two_groups
from ..rates import SELECTION, counted
from ..rows import BUCKETS, Table, empty
from ..system import By

PARTS = {"late_reply_share": "late", "late_reply_ratio": "late", "prompt_reply_share": "prompt"}
CONTROLLED = "silent_control_ratio"
SIDES = {
    "reached_in_time_ratio": ("reached", "without", "with"),
    "silent_shortlisting_ratio": ("silent", "silent", "replied"),
    CONTROLLED: ("controlled", "silent", "replied"),
}
HARMS = (CONTROLLED,)
"""Those of which a case is a harm: of few people it is not told."""
NOBODY = [0] * BUCKETS
SAID = ("value", "params.values", "params.test")
MEDIAN, WAIT = "median_reply_minutes", "wait"
HELD = {"late_reply_share": "late", "prompt_reply_share": "prompt", MEDIAN: "answered"}
"""Of each figure of groups, the part whose people it is about."""


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
            return {**self._sides(*SIDES[metric]), "params.bad_side": "above" if metric in HARMS else "below"}
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

    def wrongly_told(self, measures: Sequence[dict]) -> Iterator[str]:
        """What is told of few people, by itself or as what all others leave; and what is hidden as small and is not."""
        for metric, part in HELD.items():
            mine = [each for each in measures if each["metric"] == metric]
            for by in {tuple(each["by"]) for each in mine} - {()}:
                apart = self.groups.shown.apart(by)
                left = {group: size for group, size in self._sizes(part, by).items() if group not in apart}
                every = len(left)
                for each in (each for each in mine if tuple(each["by"]) == by and each["status"] != "suppressed"):
                    own = left.pop(tuple(each["group"][name] for name in by), NOBODY)
                    if self._few(own):
                        yield f"{each['id']} is told of too few people"
                if len(left) < every and self._few([sum(sizes) for sizes in zip(NOBODY, *left.values())]):
                    yield f"{metric} of others by {'*'.join(by)} tells of too few people"
        yield from self._harmed(measures)
        everybody = self._sizes(HELD[MEDIAN], ()).get((), NOBODY)
        few = not sum(everybody) or self._few(everybody)
        for each in (each for each in measures if each["metric"] == MEDIAN):
            if few and each["status"] != "suppressed":
                yield f"{each['id']} is told of too few people"
            if each["reason"] == "small_group" and not few and not self._small(each):
                yield f"{each['id']} is hidden as small and is not"

    def _harmed(self, measures: Sequence[dict]) -> Iterator[str]:
        """What is told of a harm that came to too few people."""
        for each in (each for each in measures if each["metric"] in HARMS and each["status"] == "ok"):
            if any(self._few(cases) for cases in self._cases(*SIDES[each["metric"]])):
                yield f"{each['id']} is told of too few people"

    def _small(self, measure: dict) -> bool:
        """Whether a group has too few people in one of the parts, or must be hidden of its decisions."""
        by = tuple(measure["by"])
        own = tuple(measure["group"][name] for name in by) if measure["group"] else ()
        hidden = own in self.groups.shown.hidden("decisions", by)
        return hidden or any(self._few(self._sizes(part, by).get(own, NOBODY)) for part in HELD.values())

    def _sizes(self, part: str, by: By) -> dict[tuple, list[int]]:
        """Rows of each group by bucket."""
        return {
            group: [sum(map(sum, decisions)) for decisions in cells] for group, cells in self._table(part, by).items()
        }

    def _few(self, sizes: list[int]) -> bool:
        """Whether these are some, and of fewer people than the limit: each filled bucket holds one."""
        limit = self.groups.system.limit
        return sum(sizes) > 0 and (sum(sizes) < limit or len(filled(sizes)) < min(limit, BUCKETS))

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

    def _cases(self, part: str, *sides: str) -> list[list[int]]:
        """The cases of each side by bucket, within strata that hold people of both."""
        rows = [row for row, _ in self.rows.replies.get(part, []) if row.by in sides]
        held = set.intersection(*({row.stratum for row in rows if row.by == side} for side in sides))
        found = {side: [0] * BUCKETS for side in sides}
        for row in rows:
            if row.decision and row.stratum in held:
                found[row.by][row.bucket] += row.n
        return list(found.values())

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
            "params.scale": "ratio",
        }
