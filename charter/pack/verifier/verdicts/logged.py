"""Verdicts on what a log counts and the charter does not tolerate at all, judged again from what a document tells."""

from __future__ import annotations

from .judging import LEFT_OUT, limited

METRICS = ("written_after_stop_share",)


def judge(document: dict, charter: dict) -> list[tuple[dict, dict]]:
    """Each verdict of a document that a log of cases answers, with what it must say by the path to it.

    What people reported and found of cases is in no pack: it is taken as the document tells it.
    """
    asked = {
        each["id"]: each
        for article in charter["articles"]
        for each in article["indicators"]
        if each["metric"] in METRICS
    }
    found = []
    for verdict in document["verdicts"]:
        indicator = asked.get(verdict.get("template"))
        if indicator is None and verdict.get("logged") is not None:
            raise ValueError(f"the charter asks {verdict['indicator']} of no log, and the document counts some cases")
        measures = [each for each in document["measures"] if indicator and each["metric"] == indicator["metric"]]
        if measures and indicator:
            found.append((verdict, _claims(measures[0], verdict, limited(indicator, document, charter))))
    return found


def _claims(measure: dict, told_of: dict, too_much: bool) -> dict:
    """What a verdict must say."""
    claims: dict = {"comparisons": 0}
    reported = told_of.get("cases")
    told = measure["status"] == "ok"
    n, cases = measure["n"], measure["params"].get("cases")
    if reported and (reported["confirmed"] or reported["late"] or reported["open"]):
        verdict = "broken" if reported["confirmed"] or reported["late"] else "watch"
        claims["verdict"] = verdict
    else:
        refuted = _refuted(told_of.get("logged"), reported)
        verdict, reason = _answer(measure, cases, refuted)
        if verdict == "kept" and too_much:
            return {**claims, "verdict": "unknown", "reason": LEFT_OUT}
        claims.update(verdict=verdict, reason=reason)
    if told:
        people = measure["params"].get("people")
        bound = None if cases else min(3 / (people or n), 1.0)
        claims.update({"logged.people": people, "logged.n": n, "logged.cases": cases, "logged.bound": bound})
    return claims


def _refuted(logged: dict | None, reported: dict | None) -> int:
    """How many refuted cases are of the window alone: some of those that the document counts of it and around it."""
    told = (logged or {}).get("refuted", 0)
    every = reported["refuted"] if reported else 0
    if told > every:
        raise ValueError(f"{told} cases of the window were refuted, and {every} in all")
    return int(told)


def _answer(measure: dict, cases: int, refuted: int) -> tuple[str, str]:
    if measure["status"] != "ok":
        return ("watch", "logged_hidden") if measure["params"].get("some") else ("unknown", measure["reason"])
    if cases > refuted:
        return "watch", "logged_case"
    return ("unknown", "logged_refuted") if cases else ("kept", "logged_none")
