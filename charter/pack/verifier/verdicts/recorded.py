"""Verdicts that records answer, judged again from the counts that a document tells; the records are not in a pack.

Which versions decided is in the document, and which were examined in the declaration: those are counted again.
"""

from __future__ import annotations

from datetime import date

from ..chances import beta, root
from .judging import LEFT_OUT, STOPS, limited, stops

BY_LOG = 6
"""Since which rule versions that decided keep nothing where too much was left out of the log that names them."""
FRESH_MONTHS = 12
"""Months after its last day from which on a record answers no more."""


def judge(document: dict, charter: dict, declared: dict) -> list[tuple[dict, dict]]:
    """Each verdict of a document that counts of records decide, with what it must say by the path to it.

    Cases that people reported can count for more: where they did, the document tells no counts.
    """
    asked = {each["id"]: each for article in charter["articles"] for each in article["indicators"]}
    found = []
    for verdict in document["verdicts"]:
        indicator, counted = asked.get(verdict.get("template"), {}), verdict.get("counted")
        if indicator.get("records") == "same_texts":
            continue
        if indicator.get("records") and counted is None and verdict.get("cases") is None:
            named = any(each["version"] is not None for each in document.get("versions") or [])
            uncounted = indicator["records"] == "versions_examined" and declared.get("versions") and named
            found.append((verdict, _by_version(document, declared) if uncounted else {"verdict": "not_examined"}))
        elif indicator.get("records") and counted is not None:
            claims = _claims(counted, indicator, document["as_of"], charter)
            if indicator["records"] == "versions_examined":
                claims.update(_by_version(document, declared))
                claims.update(_unknown(claims["verdict"], indicator, document, charter))
            found.append((verdict, claims))
        elif counted is not None:
            raise ValueError(f"the charter asks {verdict['indicator']} of no records, and the document counts some")
    return found


def _claims(counted: dict, indicator: dict, as_of: str, charter: dict) -> dict:
    due, good = counted["due"], counted["good"]
    verdict, reason = _answer(counted, indicator, as_of, int(charter["confirm_days"]))
    return {
        "verdict": verdict,
        "reason": reason,
        "counted.due": good + counted["late"] + counted["overdue"] + counted["refused"],
        "counted.bound": min(3 / due, 1.0) if due and due == good else None,
        **_ends(counted),
    }


def _unknown(verdict: str, indicator: dict, document: dict, charter: dict) -> dict:
    """What a verdict on versions must say where it would be kept by a log that does not let it be known."""
    if verdict != "kept":
        return {}
    if document.get("rule", 1) >= BY_LOG and limited(indicator, document, charter):
        return {"verdict": "unknown", "reason": LEFT_OUT}
    return {"verdict": "unknown", "reason": STOPS} if stops(indicator, document) else {}


def _ends(counted: dict) -> dict:
    """The interval of a sample, from how many independent cases it is worth."""
    if counted.get("size") is None:
        return {"counted.low": None, "counted.high": None}
    share, size = counted["good"] / counted["due"], float(counted["size"])
    k = share * size
    low = root(lambda x: beta(k, size - k + 1, x) - 0.025, 0.0, 1.0) if share > 0 else 0.0
    high = root(lambda x: beta(k + 1, size - k, x) - 0.975, 0.0, 1.0) if share < 1 else 1.0
    return {"counted.low": low, "counted.high": high}


def _answer(counted: dict, indicator: dict, as_of: str, confirm_days: int) -> tuple[str, str]:
    threshold, limit = indicator["threshold"], (indicator.get("params") or {}).get("late_days")
    if _old(counted["until"], as_of, (indicator.get("params") or {}).get("fresh_days")):
        return "unknown", "record_old"
    if not counted["due"] and not counted.get("untold"):
        return "unknown", "nothing_due"
    if threshold["tolerance"] is not None:
        return _without_tolerance(counted, confirm_days)
    if limit is not None and (counted.get("waited") or 0) > limit:
        return "broken", "record_ignored"
    return _share(counted, threshold)


def _share(counted: dict, threshold: dict) -> tuple[str, str]:
    """What was done, held to the levels; what nobody knows of is never taken for done."""
    share = counted["good"] / counted["due"] if counted["due"] else 1.0
    if counted.get("teams") is not None:
        return _sampled(counted, share, threshold)
    for verdict, level in (("broken", threshold["breach"]), ("watch", threshold["watch"])):
        if level is not None and share < level:
            return verdict, "record_below"
    return ("unknown", "record_untold") if counted.get("untold") else ("kept", "record_enough")


def _sampled(counted: dict, share: float, threshold: dict) -> tuple[str, str]:
    """The same of a sample, by its interval."""
    watch, breach = threshold["watch"], threshold["breach"]
    if breach is not None and counted["high"] < breach:
        return "broken", "record_below"
    if watch is not None and share < watch:
        return "watch", "record_below"
    if counted.get("untold"):
        return "unknown", "record_untold"
    if counted.get("sealed_late"):
        return "unknown", "record_unproven"
    level = watch if breach is None else breach
    return ("kept", "record_enough") if level is None or counted["low"] >= level else ("unknown", "record_few")


def _without_tolerance(counted: dict, confirm_days: int) -> tuple[str, str]:
    if counted["late"]:
        return "broken", "record_late"
    if (counted["past_due"] or 0) > confirm_days:
        return "broken", "record_missing"
    if counted["overdue"]:
        return "watch", "record_overdue"
    if counted["refused"]:
        return "watch", "record_refused"
    return ("unknown", "record_untold") if counted.get("untold") else ("kept", "record_kept")


def _by_version(document: dict, declared: dict) -> dict:
    """How many decisions were made by versions that had been examined when they decided, and how many were not."""
    examined = {name: each["examined_on"] for name, each in (declared.get("versions") or {}).items()}
    told = document.get("versions") or []
    named = [each for each in told if each["version"] is not None]
    known = [each for each in named if each["version"] in examined]
    missing = [each for each in named if each["version"] not in examined]
    good = sum(each["n"] for each in known if examined[each["version"]] <= each["first"])
    today = date.fromisoformat(document["as_of"])
    waited = [max((today - date.fromisoformat(each["first"])).days, 0) for each in missing]
    return {
        "counted.good": good,
        "counted.late": sum(each["n"] for each in known) - good,
        "counted.overdue": sum(each["n"] for each in missing),
        "counted.untold": sum(each["n"] for each in told if each["version"] is None) or None,
        "counted.past_due": max(waited) if waited else None,
    }


def _old(until: str, as_of: str, days: int | None) -> bool:
    """Whether a record ended more than so many days, or a year, before: a year later, on the day, it still answers."""
    last, today = date.fromisoformat(until), date.fromisoformat(as_of)
    if days is not None:
        return (today - last).days > days
    return (today.year, today.month, today.day) > (last.year + FRESH_MONTHS // 12, last.month, last.day)
