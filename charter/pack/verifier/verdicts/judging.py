"""Verdicts judged again: the charter's questions, one-sided tests at its levels, corrected over families."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from ..chances import quantile
from ..rates import COMPARED, GAP_SHARE, NEVER_RATIO
from ..system import System
from .corrections import CorrectedTests, corrected
from .deciding import beyond_watch, interval, settled_by, too_few
from .heard import Heard, heard, told, windows
from .testing import level, watched, ways

ORDER = ("broken", "watch", "unknown", "kept")
DOUBTED = ("broken", "watch")
SEVERITY = ("broken", "watch", "unknown", "not_examined", "kept")
LEFT_OUT = "too_much_left_out"
"""Why a verdict is *unknown* where more was set aside than the charter allows."""
STOPS = "log_stops"
"""Why a verdict is *unknown* that would be *kept*: the log that it rests on ends too early to see that."""
GRACE_DAYS = 3
"""So many days before its window does, a log may end without anything missing."""
OF_REPLIES = ("late_reply_ratio", "reached_in_time_ratio", "silent_shortlisting_ratio", "silent_control_ratio")
BESIDE = {
    "reference": "reference",
    "outcome": "outcomes",
    **dict.fromkeys(("contacts", "closings", "smartphones", "replies", "notices"), "contacts"),
    **dict.fromkeys(("reviews", "reading_time"), "human_actions"),
    **dict.fromkeys(("purposes", "trained_users"), "usage"),
    "accounts": "accounts",
    "agencies": "agencies",
    **dict.fromkeys(("allowed_places", "called_models", "text_outcomes", "adverts", "personal_kinds"), "generations"),
    **dict.fromkeys(("marks", "reworked_texts", "texts_in_time"), "generations"),
    **dict.fromkeys(("search_controls", "triggers"), "search_controls"),
}
"""What a question may need, and what tells how much of it was set aside."""
RULES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
BY_GAP, NO_GAP = 6, "no_gap_left"
"""The rules by which comparisons became verdicts; a document that names none was judged by the first."""
OF_CORRECTIONS = ("put_in_outcome_difference", "gap_by_corrections")
OF_AGENTS = ("reworked_texts_share", "hasty_texts_share")
OF_CASES = (
    "written_after_stop_share", "undeclared_use_share", "first_without_notice_share",
    "accounts_without_second_factor_share", "calls_outside_allowed_share", "unlawful_adverts_share",
    "personal_data_outside_share", "unmarked_texts_share", "controls_from_replies_share",
)  # fmt: skip
"""Measures that count cases of what is not tolerated: no test decides these."""
LATER = (GAP_SHARE, NEVER_RATIO, *OF_CORRECTIONS, *OF_REPLIES, *OF_AGENTS)
"""Measures that documents of earlier versions do not have: questions about them are not examined there."""
LOOKS = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1, "all": 1}
"""How often a year a system is looked at."""


class AnsweredQuestion(NamedTuple):
    """A question of the charter as a document answers it."""

    indicator: dict
    verdict: dict
    family: str
    measures: list[Heard]


class Judging(NamedTuple):
    """What comparisons are judged by. `size`: all decisions of the window; `since`: of those that count together
    (None), and of recent ones, by how many these are."""

    charter: dict
    rule: int
    size: int | None
    since: dict[int | None, int]
    tested: dict[tuple, CorrectedTests]
    doubted: dict[tuple[str, str], set[str]]
    """The questions that the document says are watched or broken, by article and name, and which of these."""


def judge(document: dict, charter: dict, system: System) -> list[tuple[dict, dict]]:
    """Each verdict of a document that tests decide, with what it must say by the path to it."""
    rule = document.get("rule", 1)
    if rule not in RULES:
        raise ValueError(f"the document was judged by a rule that is not known here: {document['rule']}")
    looks = LOOKS[system.window] if charter.get("looks") == "year" else 1
    of, alpha = told(document), float(charter["alpha"])
    asked = [
        AnsweredQuestion(
            indicator,
            verdict,
            family,
            [heard(own, of, indicator["threshold"], rule=rule, alpha=alpha, looks=looks) for own in measures],
        )
        for indicator, verdict, family, measures in _asked(document, charter, system)
    ]
    families: dict[str, list[tuple[AnsweredQuestion, Heard]]] = {}
    for question in asked:
        for each in question.measures:
            if each.watch["status"] == "ok":
                families.setdefault(question.family, []).append((question, each))
    tested = {}
    for members in families.values():
        for (question, each), found in zip(members, corrected(members, looks, alpha, rule)):
            tested[question.verdict["indicator"], each.watch["id"]] = found
    size = next((m["n"] for m in document["measures"] if m["id"] == "selection_rate"), None)
    doubted: dict[tuple[str, str], set[str]] = {}
    for said in document["verdicts"]:
        if said["verdict"] in DOUBTED:
            doubted.setdefault((said["article"], said.get("template") or ""), set()).add(said["verdict"])
    judging = Judging(charter, rule, size, _sizes(document), tested, doubted)
    return [
        (
            question.verdict,
            _claims(
                question,
                judging,
                limited(question.indicator, document, charter),
                stops(question.indicator, document),
            ),
        )
        for question in asked
    ]


def _sizes(document: dict) -> dict[int | None, int]:
    """All decisions of the windows that count together, and of recent ones by how many these are."""
    found = document.get("accumulated") or {"measures": []}
    every = (each for each in (*found["measures"], *(found.get("recent") or ())) if each["id"] == "selection_rate")
    return {each["params"].get("recent"): each["n"] for each in every}


def left_out(document: dict, charter: dict) -> dict:
    """What a document must say of what was not counted, as far as its own counts and the charter give it."""
    said = document.get("left_out")
    if said is None:
        return {}
    limit = (charter.get("left_out") or {}).get("limit")
    beside = {
        f"{name}.{key}": value
        for name in BESIDE.values()
        if name in said
        for key, value in _share(said[name], limit).items()
    }
    ends = {f"ends.{i}.days": days for i, (_, days) in enumerate(_ends(document))}
    return {"counted": document["decisions"], "limit": limit, **_share(said, limit), **beside, **ends}


def _share(part: dict, limit: float | None) -> dict:
    """The part of some rows that was set aside, and whether the charter concludes nothing from the others."""
    rows = part["counted"] + part["set_aside"]
    share = part["set_aside"] / rows if rows else None
    return {"rows": rows, "share": share, "limited": share is not None and limit is not None and share >= limit}


def limited(indicator: dict, document: dict, charter: dict) -> bool:
    """Whether so much was set aside of what a question rests on that the charter judges nothing by what is left."""
    found = left_out(document, charter)
    needs = [BESIDE[need] for need in indicator["needs"] if need in BESIDE]
    return any(found.get(key, False) for key in ("limited", *(f"{name}.limited" for name in needs)))


def stops(indicator: dict, document: dict) -> bool:
    """Whether a log that a question rests on ends so early that nothing can be kept by it."""
    decides = any(each["metric"] == "selection_rate" for each in document["measures"])
    logs = ["decisions" if decides else "generations", *(BESIDE[need] for need in indicator["needs"] if need in BESIDE)]
    return any(log in logs and days > GRACE_DAYS for log, days in _ends(document))


def _ends(document: dict) -> list[tuple[str, int]]:
    """The logs that end before the window does, by what the document says of their last days, and how much earlier."""
    end = date.fromisoformat(document["window"]["end"])
    told = (document.get("left_out") or {}).get("ends") or []
    return [(each["log"], (end - date.fromisoformat(each["last"])).days) for each in told]


def _asked(document: dict, charter: dict, system: System) -> list[tuple[dict, dict, str, list[dict]]]:
    """The measured questions of the charter that ask something of this system, with the measures that answer."""
    verdicts = {(v["article"], v["indicator"]): v for v in document["verdicts"]}
    found = []
    for article in charter["articles"]:
        for indicator in _ways(article, system):
            for by in _attributes(indicator, system):
                measures = [m for m in document["measures"] if _answers(m, indicator, by)]
                told = indicator["metric"] not in LATER or any(
                    m["metric"] == indicator["metric"] for m in document["measures"]
                )
                if not measures and (by is None or not told):
                    continue
                name = "_".join([indicator["id"], *(by or ())])
                verdict = verdicts.get((article["id"], name))
                if verdict is None:
                    raise ValueError(f"the document does not answer the question {article['id']}/{name}")
                family = {"question": f"q {name}", "indicator": f"i {indicator['id']}"}.get(
                    indicator["family"], f"a {article['id']} {indicator['family']}"
                )
                found.append((indicator, verdict, family, measures))
    return found


def _ways(article: dict, system: System) -> Iterator[dict]:
    """Each question in the way it is asked of this system: the first that applies and has what it needs."""
    for indicator in article["indicators"]:
        others = indicator.get("otherwise") or []
        ways = [indicator] + [
            {**indicator, **other, "threshold": other["threshold"] or indicator["threshold"]} for other in others
        ]
        fitting = [way for way in ways if _applies(way["applies"], system)]
        yield from [way for way in fitting if _has(way, system)][:1]


def _has(way: dict, system: System) -> bool:
    """Whether a system declares what a question needs; its measure may need to know what was decided."""
    metric = str(way["metric"] or "").replace("adjusted_", "").replace("stage_", "").replace("cumulative_", "")
    decided = (metric in COMPARED and not metric.startswith("missing_outcome")) or metric == GAP_SHARE
    return all(map(system.has, way["needs"])) and (system.decides or not decided)


def _attributes(indicator: dict, system: System) -> list[tuple | None]:
    """Of which attributes a question is asked: none where it is not asked, or not by tests."""
    asked = indicator["evidence"] == "measured" and indicator["metric"] and system.kind in indicator["kinds"]
    if not asked or indicator["metric"] in OF_CASES:
        return []
    if indicator["for_each"] != "groups":
        return [None]
    return list(system.attributes)


def _applies(when: str, system: System) -> bool:
    return {
        "always": True,
        "favourable": system.has_columns and system.favourable,
        "harm": system.has_columns and not system.favourable,
        "controls": system.has_columns and bool(system.controls),
        "training": system.has("trained_users"),
        "texts": bool(system.declared.get("generations")) and not system.has_columns,
        "selective_labels": system.has_outcome and system.observed_for == "selected",
    }[when]


def _answers(measure: dict, indicator: dict, by: tuple | None) -> bool:
    params = measure["params"]
    if measure["metric"] != indicator["metric"] or "scale" not in params or not set(measure["given"]) <= {"stage"}:
        return False
    if any(params.get(key) != value for key, value in indicator["params"].items()):
        return False
    if indicator["subject"] is not None:
        return bool((measure["group"]["feature"] == "score") == (indicator["subject"] == "score"))
    return by is None or tuple(measure["by"]) == by


def _claims(question: AnsweredQuestion, judging: Judging, limited: bool, stops: bool) -> dict:
    """What a verdict must say."""
    claims: dict = {"comparisons": len(question.measures)}
    found, reasons = [], []
    for i, each in enumerate(question.measures):
        verdict, own, reason = _comparison(question, each, judging)
        if stops and verdict == "kept":
            verdict, reason = "unknown", STOPS
            own.update(verdict=verdict, reason=reason, more_decisions=None)
        if limited and each.watch["status"] == "ok":
            verdict, reason = "unknown", LEFT_OUT
            own = {key: value for key, value in own.items() if not key.startswith("interval")}
            own.update(verdict=verdict, reason=reason, more_decisions=None, interval=None)
        found.append(verdict)
        reasons += [reason] if verdict == "unknown" else []
        claims.update({f"comparisons.{i}.{key}": value for key, value in own.items()})
    verdict = min(found, key=ORDER.index) if found else "unknown"
    first = next((each for each in (STOPS, "too_few_decisions") if each in reasons), None)
    reason = {"broken": "beyond_breach", "watch": "beyond_watch", "kept": "all_kept"}.get(verdict) or (
        "no_comparison" if not found else first or str(reasons[0])
    )
    if limited:
        verdict, reason = "unknown", LEFT_OUT
    if question.indicator["threshold"]["tolerance"] is not None:
        return claims  # what people state can count for more than its comparisons
    return {**claims, "verdict": verdict, "reason": reason}


def _comparison(question: AnsweredQuestion, heard_: Heard, judging: Judging) -> tuple[str, dict, str]:
    p = judging.tested.get((question.verdict["indicator"], heard_.watch["id"]))
    alpha = float(judging.charter["alpha"])
    measure = heard_.decides(broken=p is not None and p.breach is not None and p.breach <= alpha)
    threshold = question.indicator["threshold"]
    levels = {
        f"levels.{name}": None if threshold[name] is None else level(measure, threshold[name])
        for name in ("watch", "breach")
    }
    own: dict = {"measure": measure["id"], "verdict": "unknown", **levels, "reason": measure["reason"]}
    if p is None:
        own.update(p_watch=None, p_breach=None, p_kept=None, interval=None)
        return "unknown", own, str(measure["reason"])
    second = judging.rule > 1
    verdict = "watch" if measure["params"]["scale"] == "effect" else "unknown"
    test, reason = measure["params"]["test"], "too_few_decisions"
    if judging.rule >= BY_GAP and verdict == "watch" and test["kind"] == "gap_share":
        reason = NO_GAP
        if watched(test) < quantile(1 - alpha * p.share, test):
            verdict = "unknown"
    if p.kept <= alpha and not (second and beyond_watch(measure, levels)):
        verdict = "kept"
    for name, chance in (("watch", p.watch), ("broken", p.breach)):
        verdict = name if chance is not None and chance <= alpha else verdict
    few = second and too_few(test)
    verdict = "unknown" if few else verdict
    beyond_level = verdict
    if verdict == "broken" and not _breaks(question, judging):
        verdict = "watch"
    own.update(windows(measure))
    own.update(verdict=verdict, p_breach=p.breach, p_watch=p.watch, p_kept=p.kept, share=p.share)
    if few or not second:
        own["interval"] = None
    else:
        said = next(each for each in question.verdict["comparisons"] if each["measure"] == measure["id"])
        at = {"broken": p.at_breach, "watch": p.at_watch, "kept": alpha}
        own.update(interval(measure, levels, beyond_level, at, said.get("interval") or {}))
    if verdict == "unknown" and reason == NO_GAP:
        own.update(reason=reason, more_decisions=None)
    elif verdict == "unknown":
        since = judging.since.get(measure["params"].get("recent"))
        size = (since if measure["params"].get("since") else judging.size) or measure["n"]
        found = ways(measure, threshold, judging.charter, p.share, size, rule=judging.rule)
        more = settled_by(found, measure, levels, size) if second else min((n for n in found if n), default=None)
        own.update(reason=reason, more_decisions=more)
    return verdict, own, reason


def _breaks(question: AnsweredQuestion, judging: Judging) -> bool:
    """Whether a breach level breaks the promise: by itself, or because the question that it needs is watched or broken,
    or broken alone where the charter asks that."""
    needed, article = question.indicator.get("breach_with"), question.verdict["article"]
    if needed is None:
        return True
    ways = {needed}
    for each in (each for other in judging.charter["articles"] for each in other["indicators"]):
        ways |= {way["id"] for way in each.get("otherwise") or []} if each["id"] == needed else set()
    bad = {"broken"} if question.indicator.get("breach_when") == "broken" else set(DOUBTED)
    return any(bad & judging.doubted.get((article, way), set()) for way in ways)


def articles(document: dict) -> list[dict]:
    """The verdict of each article, from those of its questions; findings of authorities can only make it worse."""
    found = []
    for article in dict.fromkeys(item["article"] for item in document["articles"]):
        verdicts = [v["verdict"] for v in document["verdicts"] if v["article"] == article]
        looked = [v for v in verdicts if v != "not_examined"]
        verdict = min(looked, key=ORDER.index) if looked else "not_examined"
        if verdict == "kept" and len(looked) < len(verdicts):
            verdict = "unknown"
        answered = sum(v in ("broken", "watch", "kept") for v in verdicts)
        item: dict = {"article": article, "answered": answered, "asked": len(verdicts)}
        said = next(each for each in document["articles"] if each["article"] == article)
        capped = said.get("capped_by") and SEVERITY.index(said["verdict"]) <= SEVERITY.index(verdict)
        found.append(item if capped else {**item, "verdict": verdict})
    return found
