"""Verdicts on what a log counts and the charter does not tolerate at all, judged again from what a document tells."""

from __future__ import annotations

from .judging import LEFT_OUT, OF_CASES, STOPS, limited, stops

OF_TEXTS = ("unlawful_adverts_share", "personal_data_outside_share")
BY_UPPER_END = ("personal_data_outside_share",)
"""Measures that are watched where what there is at most is beyond the level."""
MOST_UNREAD = 0.01


def judge(document: dict, charter: dict) -> list[tuple[dict, dict]]:
    """Each verdict of a document that a log of cases answers, with what it must say by the path to it.

    What people reported and found of cases is in no pack: it is taken as the document tells it.
    """
    asked = {
        each["id"]: each
        for article in charter["articles"]
        for each in article["indicators"]
        if each["metric"] in OF_CASES
    }
    found = []
    for verdict in document["verdicts"]:
        indicator = asked.get(verdict.get("template"))
        if indicator is None and verdict.get("logged") is not None:
            raise ValueError(f"the charter asks {verdict['indicator']} of no log, and the document counts some cases")
        measures = [each for each in document["measures"] if indicator and each["metric"] == indicator["metric"]]
        if measures and indicator:
            watch, too_much = indicator["threshold"].get("watch"), limited(indicator, document, charter)
            claims = _claims(measures[0], verdict, too_much, watch, stops=stops(indicator, document))
            found.append((verdict, claims))
    return found


def _claims(measure: dict, told_of: dict, too_much: bool, watch: float | None, *, stops: bool) -> dict:
    """What a verdict must say."""
    claims: dict = {"comparisons": 0}
    reported = told_of.get("cases")
    told, cases = measure["status"] == "ok", measure["params"].get("cases")
    lacking = measure["params"].get("lacking")
    if reported and (reported["confirmed"] or reported["late"] or (reported["open"] and not lacking)):
        breaking = reported["confirmed"] + reported["late"] - (reported.get("early") or 0)
        verdict = "broken" if breaking > 0 else "watch"
        claims["verdict"] = verdict
    else:
        refuted = _refuted(told_of.get("logged"), reported)
        verdict, reason = _answer(measure, cases, refuted)
        if lacking:
            verdict, reason = "broken", "logged_lacking" if told else "logged_hidden"
        elif verdict != "watch" and measure["params"].get("beyond"):
            verdict, reason = "watch", "logged_beyond"
        elif measure["metric"] in OF_TEXTS:
            verdict, reason = _of_texts(measure, verdict, reason, watch)
        elif verdict != "watch" and watch is not None and _unlabelled(measure) > watch:
            verdict, reason = "watch", "logged_unlabelled"
        if verdict == "kept" and too_much:
            return {**claims, "verdict": "unknown", "reason": LEFT_OUT}
        if verdict == "kept" and stops:
            verdict, reason = "unknown", STOPS
        claims.update(verdict=verdict, reason=reason)
    return {**claims, **_counted(measure, told_of)}


def _counted(measure: dict, told_of: dict) -> dict:
    """What a verdict must say of the counts of the log."""
    claims: dict = {}
    told, n, cases = measure["status"] == "ok", measure["n"], measure["params"].get("cases")
    detected = measure["params"].get("detected")
    if told:
        people = measure["params"].get("people")
        bound = detected["bound"] if detected else None if cases else min(3 / (people or n), 1.0)
        claims.update({"logged.people": people, "logged.n": n, "logged.cases": cases, "logged.bound": bound})
    if told or measure["params"].get("unlabelled"):
        beside = ("unlabelled", "lacking", "hours", "beyond", "unused", "kinds")
        claims.update({f"logged.{name}": measure["params"].get(name) for name in beside})
    if detected and (told or "logged" in told_of):
        names = ("texts", "flagged", "annotated", "found", "reported", "right", "share", "most")
        claims["logged.detected"] = {name: detected[name] for name in names}
    return claims


def _of_texts(measure: dict, verdict: str, reason: str, watch: float | None) -> tuple[str, str]:
    """What was found in all texts, or drafts, with what the reader misses; and too much that nobody could read."""
    found = measure["params"].get("detected")
    if verdict == "watch":
        return verdict, reason
    if found and watch is not None:
        by_most = measure["metric"] in BY_UPPER_END and found["flagged"] and found["most"] > watch
        if found["share"] > watch or by_most:
            return "watch", "logged_rate"
        if verdict == "kept" and found["most"] > watch:
            return "unknown", "logged_wide"
    return (
        ("unknown", "logged_unread") if verdict == "kept" and _unlabelled(measure) > MOST_UNREAD else (verdict, reason)
    )


def _unlabelled(measure: dict) -> float:
    """The share of all that was logged of which nobody can tell."""
    unlabelled = measure["params"].get("unlabelled")
    return float(unlabelled / measure["params"]["all"]) if unlabelled else 0.0


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
