"""People on no list in six months, computed again from the rows that count them.

Sources: Miettinen & Nurminen (1985), Stat. in Medicine 4:213; Rao & Scott (1992), Biometrics 48:577; Yitzhaki (1991),
J. Business & Economic Statistics 9:235.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from ..buckets import effective_buckets
from ..chances import quantile
from ..groups import Claims, ends
from ..rows import BUCKETS, Group, Rows
from ..scores import Interval, ratio_interval, wilson
from ..system import By, System, label

SHARE, RATIO, GINI = "never_shortlisted_rate", "never_shortlisted_rate_ratio", "shortlisting_gini"
MONTHS, CURVE, FEWEST_IN_PART, FEWEST_LISTS = 6, 10, 11, 10
METHOD = "miettinen_nurminen_lists"


class Forgotten:
    """Computes measures of people on no list again."""

    def __init__(self, system: System, rows: Rows, measures: Sequence[dict]) -> None:
        self.system, self.rows = system, rows
        self.hidden = {
            (tuple(m["by"]), tuple(m["group"][name] for name in m["by"]))
            for m in measures
            if m["metric"] == SHARE and m["status"] == "suppressed" and m["group"]
        }

    def claims(self, measure: dict) -> Claims | None:
        """What this measure must say; None where it is none of these."""
        if measure["metric"] not in (SHARE, RATIO, GINI):
            return None
        by = tuple(measure["by"])
        own = tuple(measure["group"][name] for name in by) if measure["group"] else ()
        made = {SHARE: self._share, RATIO: self._ratio, GINI: self._gini}[measure["metric"]]
        return {**made(by, own), "params.first_day": self._day("since"), "params.months": self._months()}

    def _day(self, part: str) -> str:
        return next(str(row["window"]) for row in self.rows.forgotten if row["part"] == part)

    def _months(self) -> int:
        first, last = (date.fromisoformat(self._day(part)) for part in ("since", "until"))
        return min(MONTHS, round(((last - first).days + 1) / (365.25 / 12)))

    def _of(self, by: By, part: str) -> list[tuple[Group, dict[str, str | None]]]:
        """The rows of a part and an attribute, each after its group."""
        found = [row for row in self.rows.forgotten if row["part"] == part and row["by"] == "*".join(by)]
        return [(tuple(row[f"value{i + 1}"] for i in range(len(by))), row) for row in found]

    def people(self, by: By) -> dict[Group, tuple[int, int]]:
        """Of each group, people on no list, and all."""
        found: dict[Group, tuple[int, int]] = {}
        for group, row in self._of(by, "people"):
            k, n = found.get(group, (0, 0))
            found[group] = k + int(row["n"] or 0) * int(row["decision"] == "1"), n + int(row["n"] or 0)
        return found

    def _share(self, by: By, own: Group) -> Claims:
        k, n = self.people(by)[own]
        return {"value": k / n, "n": n, **ends(wilson(k, n))}

    def _ratio(self, by: By, own: Group) -> Claims:
        people, reference = self.people(by), self.system.reference(by)
        others = [g for g in people if None not in g and g != own and (by, g) not in self.hidden]
        others = [reference] if reference else others
        pairs = [people[own], tuple(sum(people[group][i] for group in others) for i in (0, 1))]
        (k1, n1), (k0, n0) = pairs
        once, listed = ([self._lists(by, part, groups) for groups in ([own], others)] for part in ("once", "listed"))
        worth = design_effect(once, listed, (k1, k0), (n1, n0))
        if worth is None:
            return {"value": None}
        effect, df = worth
        cases, sizes = (k1 / effect, k0 / effect), (n1 / effect, n0 / effect)
        side = "above" if self.system.favourable else "below"
        test = {"kind": "score_ratio", "k": list(cases), "n": list(sizes), "df": df, "method": METHOD}
        return {
            "value": k1 / n1 / (k0 / n0),
            "n": n1 + n0,
            **ends(ratio_interval(cases, sizes, METHOD, quantile(0.975, {"df": df}))),
            "params.values": [k1 / n1, k0 / n0],
            "params.design_effect": effect,
            "params.test": test if self._months() == MONTHS else {**test, "only_beyond": side},
            "params.against": label(by, reference) if reference else "rest",
            "params.bad_side": side,
            "params.scale": "ratio",
        }

    def _lists(self, by: By, part: str, groups: Sequence[Group]) -> list[int]:
        """People of some groups by the bucket of their lists."""
        found = [0] * BUCKETS
        for group, row in self._of(by, part):
            if group in groups:
                found[int(row["bucket"] or 0)] += int(row["n"] or 0)
        return found

    def _gini(self, by: By, own: Group) -> Claims:
        rows = [row for group, row in self._of(by, "times") if group == own]
        often = sorted((int(row["bin"] or 0), int(row["n"] or 0)) for row in rows)
        people, whole = sum(n for _, n in often), sum(x * n for x, n in often)
        value, error = gini(often)
        half = quantile(0.975, {}) * error
        claims: Claims = {"value": value, "n": people}
        claims |= ends(Interval(max(0.0, value - half), min(1.0, value + half), "jackknife") if error else None)
        if people >= CURVE * FEWEST_IN_PART:
            claims["params.lorenz"] = [held(often, people * part / CURVE) / whole for part in range(1, CURVE + 1)]
        return claims


def gini(often: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """The Gini coefficient of values that so many people have, and its standard error by the jackknife over people."""
    people, whole = sum(n for _, n in often), sum(x * n for x, n in often)
    apart = [sum(m * abs(x - y) for y, m in often) for x, _ in often]
    sums = sum(n * far for (_, n), far in zip(often, apart))
    value = sums / (2 * people * whole)
    if people < 2 or len(often) < 2:
        return value, 0.0
    left = [
        (sums - 2 * far) / (2 * (people - 1) * (whole - x)) if whole > x else 0.0 for (x, _), far in zip(often, apart)
    ]
    mean = math.fsum(n * each for (_, n), each in zip(often, left)) / people
    squares = math.fsum(n * (each - mean) ** 2 for (_, n), each in zip(often, left))
    return value, math.sqrt((people - 1) / people * squares)


def held(often: Sequence[tuple[int, int]], people: float) -> float:
    """What so many people with fewest have together; of the last value a part."""
    found = 0.0
    for x, n in often:
        found += x * min(n, max(people, 0.0))
        people -= n
    return found


def design_effect(
    once: Sequence[list[int]], listed: Sequence[list[int]], forgotten: tuple[int, int], people: tuple[int, int]
) -> tuple[float, float] | None:
    """By how much people who stand on lists together vary more than people alone, and degrees of freedom; None where
    lists are too few to tell."""
    used = [b for b, pair in enumerate(zip(*listed)) if sum(pair)]
    lists = worth_of_lists([[on / n for on in side] for side, n in zip(listed, people)])
    if lists < FEWEST_LISTS:
        return None
    m, held = len(used), [max(count, 1) for count in forgotten]
    alone = math.fsum(1 / count - 1 / n for count, n in zip(held, people))
    pairs = [(once[0][b] / held[0], once[1][b] / held[1]) for b in used]
    together = [a + b for a, b in pairs]
    if m / (m - 1) * math.fsum(c * c for c in together) <= alone:
        return 1.0, lists - 1
    telling = worth_of_lists([[a for a, _ in pairs], [b for _, b in pairs]])
    if telling < FEWEST_LISTS:
        return None
    mean = math.fsum(a - b for a, b in pairs) / m
    apart = m / (m - 1) * math.fsum((a - b - mean) ** 2 for a, b in pairs)
    return max(1.0, apart / alone), telling - 1


def worth_of_lists(sides: Sequence[Sequence[float]]) -> float:
    """How many buckets of lists of even size what they change in two groups is worth; 0 where they change nothing."""
    both, varies = [math.fsum(pair) for pair in zip(*sides)], [math.fsum(c * c for c in side) for side in sides]
    if not any(varies):
        return 0.0
    parts = [square**2 / effective_buckets(side) for side, square in zip(sides, varies) if square]
    return min(effective_buckets(both), math.fsum(varies) ** 2 / math.fsum(parts))
