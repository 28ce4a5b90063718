"""Verdicts on texts written for pairs of requests, judged again from the differences that a document tells.

All ways to turn the signs of the clusters are counted with whole numbers of any length, or drawn again; the measures of
the single texts are not in a pack.
"""

from __future__ import annotations

import hashlib
import math
from datetime import date

from ..chances import normal, root
from ..scores import holm

RECORDS = "same_texts"
WORK, DRAWS, SEED = 10_000_000, 9_999, "boussole pairs"
FRESH_MONTHS = 12


def judge(document: dict, charter: dict) -> list[tuple[dict, dict]]:
    """Each verdict of a document that a test with pairs decides, with what it must say by the path to it.

    Where cases that people reported decide, the verdict stands as it is sealed, and the figures are computed again.
    """
    asked = {each["id"]: each for article in charter["articles"] for each in article["indicators"]}
    found = []
    for verdict in document["verdicts"]:
        indicator, told = asked.get(verdict.get("template"), {}), verdict.get("paired")
        if indicator.get("records") != RECORDS:
            if told is not None:
                raise ValueError(f"the charter asks {verdict['indicator']} of no pairs, and the document tells some")
            continue
        if told is None and verdict.get("cases") is None:
            found.append((verdict, {"verdict": "not_examined", "reason": "no_pairs"}))
        elif told is not None:
            found.append((verdict, _claims(verdict, told, indicator, document["as_of"], charter)))
    return found


def _claims(verdict: dict, told: dict, indicator: dict, as_of: str, charter: dict) -> dict:
    level, power, rows = indicator["threshold"]["watch"], charter["power"], told["differences"]
    p_values = [sign_flip_p(each["changes"]) for each in rows]
    corrected = holm(p_values, [1.0] * len(p_values))
    claims: dict = {}
    again = []
    for i, (each, p, p_holm) in enumerate(zip(rows, p_values, corrected)):
        must = {
            "difference": sum(each["changes"]) / each["pairs"],
            "p": p,
            "p_holm": p_holm,
            "detectable": detectable(each["changes"], each["pairs"], level / len(rows), power),
            "matters": float(indicator["params"][each["measure"]]),
        }
        again.append({**each, **must})
        claims.update({f"paired.differences.{i}.{name}": value for name, value in must.items()})
    missing = _missing(rows, indicator["params"])
    answer, reason = _answer(again, level, told["on"], as_of, whole=not missing)
    claims["paired.missing"] = missing or None
    claims["paired.needed"] = _needed(again) if reason == "pairs_few" else None
    if not str(verdict["reason"]).startswith("case_"):
        claims.update({"verdict": answer, "reason": reason})
    return claims


def _answer(rows: list[dict], level: float, on: str, as_of: str, *, whole: bool) -> tuple[str, str]:
    if _old(on, as_of):
        return "unknown", "pairs_old"
    if any(each["p_holm"] < level for each in rows):
        return "watch", "pairs_differ"
    if not whole:
        return "unknown", "pairs_missing"
    seen = [
        each["detectable"] is not None and each["detectable"] <= each["matters"] > abs(each["difference"])
        for each in rows
    ]
    return ("kept", "pairs_alike") if all(seen) else ("unknown", "pairs_few")


def _missing(rows: list[dict], params: dict) -> list[str]:
    """What the charter wants to be changed, and some measure of the test has not."""
    told = {(each["cue"], each["measure"]) for each in rows}
    measures = [name for name in params if name != "cues"]
    return [cue for cue in params["cues"].split() if any((cue, name) not in told for name in measures)]


def _needed(rows: list[dict]) -> int | None:
    if any(each["detectable"] is None for each in rows):
        return None
    return max(
        math.ceil(int(each["pairs"]) * (float(each["detectable"]) / float(each["matters"])) ** 2) for each in rows
    )


def sign_flip_p(changes: list[int]) -> float:
    """The share of all ways to turn signs whose sum is as far from 0 as the one seen; or of those drawn, and itself.

    Ways are counted in one number, a field of bits for each sum of a part of the sizes.
    """
    sizes, seen = [abs(each) for each in changes if each], abs(sum(changes))
    if len(sizes) * sum(sizes) > WORK:
        return _drawn(sizes, seen)
    bits, total = len(sizes) + 1, sum(sizes)
    ways = 1
    for size in sizes:
        ways += ways << (bits * size)
    field, mask = ways.to_bytes((bits * (total + 1) + 7) // 8, "little"), (1 << bits) - 1
    far = 0
    for s in range(total + 1):
        if abs(2 * s - total) >= seen:
            start = bits * s
            piece = int.from_bytes(field[start // 8 : (start + bits + 7) // 8], "little")
            far += (piece >> (start % 8)) & mask
    return min(1.0, far / (1 << len(sizes)))


def _drawn(sizes: list[int], seen: int) -> float:
    far, total, pieces = 0, sum(sizes), range(-(-len(sizes) // 256))
    for draw in range(DRAWS):
        told = b"".join(hashlib.sha256(f"{SEED} {draw} {piece}".encode()).digest() for piece in pieces)
        part = sum(size for i, size in enumerate(sizes) if told[i // 8] >> (7 - i % 8) & 1)
        far += abs(2 * part - total) >= seen
    return (far + 1) / (DRAWS + 1)


def detectable(changes: list[int], pairs: int, level: float, power: float) -> float | None:
    """The smallest difference of a pair that the test finds with a power: by its spread, or in the fewest clusters."""
    k, needed = len(changes), math.ceil(1 - math.log2(level))
    if k < needed or not pairs:
        return None
    mean = sum(changes) / k
    spread = math.sqrt(math.fsum((each - mean) ** 2 for each in changes) / (k - 1)) * math.sqrt(k) / pairs
    share = root(lambda q: _at_least(needed, k, q) - power, 0.0, 1.0)
    rare: float = 1 - (1 - share) ** (k / pairs)
    return max((_z(1 - level / 2) + _z(power)) * spread, rare)


def _at_least(needed: int, k: int, q: float) -> float:
    return math.fsum(math.comb(k, i) * q**i * (1 - q) ** (k - i) for i in range(needed, k + 1))


def _z(chance: float) -> float:
    return root(lambda z: normal(z) - chance, -40.0, 40.0)


def _old(on: str, as_of: str) -> bool:
    """Whether a test was made more than a year before: a year later, on the day, it still answers."""
    last, today = date.fromisoformat(on), date.fromisoformat(as_of)
    return (today.year, today.month, today.day) > (last.year + FRESH_MONTHS // 12, last.month, last.day)
