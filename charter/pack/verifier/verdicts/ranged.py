"""Verdicts on figures that are known as a range, judged again from what a document tells of them."""

from __future__ import annotations

from .judging import LEFT_OUT, STOPS, limited, stops

SPREAD = "electricity_spread"
METRICS = ("emissions_of_useful_text", "footprint_of_year", "discarded_tokens_ratio", SPREAD)
MOST_UNKNOWN = 0.01


def judge(document: dict, charter: dict) -> list[tuple[dict, dict]]:
    """Each verdict of a document that a range answers, with what it must say by the path to it."""
    asked = {each["id"]: each for article in charter["articles"] for each in article["indicators"]}
    found = []
    for verdict in document["verdicts"]:
        indicator = asked.get(verdict.get("template"))
        if indicator is None or indicator["metric"] not in METRICS:
            if verdict.get("estimated") is not None:
                raise ValueError(f"the charter asks {verdict['indicator']} of no range, and the document tells one")
            continue
        measures = [each for each in document["measures"] if each["metric"] == indicator["metric"]]
        if measures:
            found.append((verdict, _claims(measures[0], indicator, document, charter)))
    return found


def _claims(measure: dict, indicator: dict, document: dict, charter: dict) -> dict:
    """What a verdict must say."""
    if measure["status"] != "ok":
        return {"comparisons": 0, "verdict": "unknown", "reason": measure["reason"]}
    params = measure["params"]
    low, high = params["range"]
    if measure["interval"] is not None:
        low, high = measure["interval"]["low"], measure["interval"]["high"]
    verdict, reason = _answer(measure, (low, high), indicator["threshold"])
    if verdict == "kept" and limited(indicator, document, charter):
        return {"comparisons": 0, "verdict": "unknown", "reason": LEFT_OUT}
    if verdict == "kept" and stops(indicator, document):
        verdict, reason = "unknown", STOPS
    told = {"estimated.low": low, "estimated.high": high, "estimated.expected": params.get("expected")}
    return {"comparisons": 0, "verdict": verdict, "reason": reason, "estimated.estimate": params["range"], **told}


def _answer(measure: dict, ends: tuple[float, float], threshold: dict) -> tuple[str, str]:
    params, watch, breach = measure["params"], threshold.get("watch"), threshold.get("breach")
    low, high = params.get("expected") or ends
    if measure["metric"] == SPREAD and watch is not None and high > watch:
        return "unknown", "range_too_wide"
    if measure["metric"] == SPREAD and not params.get("metered"):
        return "unknown", "range_unmetered"
    if breach is not None and ends[0] > breach:
        return "broken", "range_beyond_breach"
    if watch is not None and low > watch:
        return "watch", "range_beyond_watch"
    if watch is None or high > watch:
        return "unknown", "range_undecided"
    many = params.get("unknown", 0) > MOST_UNKNOWN * params.get("all", 0)
    return ("unknown", "range_unknown_calls") if many else ("kept", "range_within")
