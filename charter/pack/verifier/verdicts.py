"""Verdicts compared with what a document states under them: figures, levels, p-values and intervals.

A comparison is *not kept* only where its p-value for the breach level is at most the error level of the charter, *to
watch* where that for the watch level is, and *kept* only where that for the good side is and the figure does not lie
beyond the watch level. A question is as bad as the worst of its comparisons, an article as its worst question. The
p-values themselves are not computed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from .tally import Tally

ORDER = ("broken", "watch", "unknown", "kept")
SEVERITY = ("broken", "watch", "unknown", "not_examined", "kept")
REASONS = {"broken": "beyond_breach", "watch": "beyond_watch", "kept": "all_kept"}
LEFT_OUT, STOPS, UNDECIDED, NO_GAP = "too_much_left_out", "log_stops", "too_few_decisions", "no_gap_left"
GRACE_DAYS = 3
"""A log may end so many days before its window does."""
FEWEST = 10
"""Decisions for each class of a distance, on average: it decides nothing where either window has fewer."""
LOGS = {
    "reference": "reference",
    "outcomes": "outcome",
    "contacts": "contacts closings smartphones replies notices",
    "human_actions": "reviews reading_time",
    "usage": "purposes trained_users",
    "accounts": "accounts",
    "agencies": "agencies",
    "generations": "allowed_places called_models text_outcomes adverts personal_kinds marks reworked_texts "
    "texts_in_time",
    "search_controls": "search_controls triggers",
}
"""The logs other than that of the window, and what questions may need that rests on each."""
TOLERANCE = 1e-6
"""Ends of intervals are found by approximation."""


class Verdicts:
    """The verdicts of one document, under its charter."""

    def __init__(self, document: dict, charter: dict, system: dict) -> None:
        self.document, self.charter, self.system = document, charter, system
        self.alpha = float(charter["alpha"])
        self.ways = {
            (article["id"], way["id"]): way
            for article in charter["articles"]
            for indicator in article["indicators"]
            for way in _ways(indicator)
        }

    def check(self, name: str, tally: Tally) -> tuple[int, int]:
        """Compares each verdict with its comparisons; returns how many rest on some, and how many on none."""
        compared = 0
        verdicts = self.document["verdicts"]
        names = [(verdict["article"], verdict["indicator"]) for verdict in verdicts]
        tally.check(f"{name}: a question is answered twice", holds=len(names) == len(set(names)))
        for article, indicator in self._unanswered():
            tally.check(f"{name}: the question {article}/{indicator} of the charter is not answered", holds=False)
        tally.claims(f"{name}: what was left out", self.document.get("left_out"), self._shares())
        for verdict in verdicts:
            where = f"{name}: {verdict['article']}/{verdict['indicator']}"
            way = self.ways.get((verdict["article"], verdict["template"]))
            if way is None:
                tally.check(f"{where}: the charter asks no such question", holds=False)
                continue
            for key in ("watch", "breach", "tolerance", "watch_alpha"):
                tally.compare(
                    f"{where}: {key} of its threshold", verdict["threshold"].get(key), way["threshold"].get(key)
                )
            asked = {each["id"]: each["status"] for each in self._answering(way, verdict)}
            found = [each["measure"] for each in verdict["comparisons"]]
            # A question that nothing answers, as no figure has a value, may list none of them.
            empty = not found and verdict["verdict"] in {"unknown", "not_examined"} and "ok" not in asked.values()
            whole = empty or (set(asked) == set(found) and len(found) == len(asked))
            tally.check(f"{where}: it leaves out a comparison, or repeats one", holds=whole)
            if verdict["comparisons"]:
                compared += 1
                self._check_question(verdict, way, where, tally)
        self._check_articles(name, tally)
        return compared, len(verdicts) - compared

    def _unanswered(self) -> Iterator[tuple[str, str]]:
        """Questions that the charter asks of every system of this kind, and that have no verdict in any wording."""
        answered = {(verdict["article"], verdict["template"]) for verdict in self.document["verdicts"]}
        for article in self.charter["articles"]:
            for indicator in article["indicators"]:
                asked = indicator["applies"] == "always" and self.system["kind"] in indicator["kinds"]
                if indicator["for_each"] == "groups":
                    asked = asked and bool(self.system.get("groups"))
                if asked and not any((article["id"], way["id"]) in answered for way in _ways(indicator)):
                    yield article["id"], indicator["id"]

    def _answering(self, way: dict, verdict: dict) -> Iterator[dict]:
        """The figures of the document that a question is about, and that can be compared with a level."""
        if way["evidence"] != "measured":
            return
        for each in self.document["measures"]:
            params = each["params"]
            if each["metric"] != way["metric"] or "scale" not in params or not set(each["given"]) <= {"stage"}:
                continue
            if any(params.get(key) != value for key, value in way["params"].items()):
                continue
            if way["subject"] is not None and (each["group"]["feature"] == "score") != (way["subject"] == "score"):
                continue
            if way["for_each"] != "groups" or each["by"] == verdict["by"]:
                yield each

    def _check_question(self, verdict: dict, way: dict, where: str, tally: Tally) -> None:
        """The verdict of a question is that of its worst comparison, each of which follows from its p-values."""
        limited, stops = self._limited(way), self._stops(way)
        for each in verdict["comparisons"]:
            self._check_comparison(each, way, f"{where}: {each['measure']}", tally)
        answers = [each["verdict"] for each in verdict["comparisons"]]
        worst = min(answers, key=ORDER.index)
        reasons = [each["reason"] for each in verdict["comparisons"] if each["verdict"] == "unknown"]
        first = next((each for each in (STOPS, UNDECIDED) if each in reasons), reasons[0] if reasons else None)
        tally.check(f"{where}: a log stops, and it is kept", holds=not (stops and worst == "kept"))
        if limited:
            worst, first = "unknown", LEFT_OUT
        if way["threshold"]["tolerance"] is not None:  # what people state can make it worse, never milder
            tally.check(f"{where}: it is milder than its comparisons", holds=_at_least(verdict["verdict"], worst))
            return
        tally.compare(f"{where}: verdict", verdict["verdict"], worst)
        tally.compare(f"{where}: reason", verdict["reason"], REASONS.get(worst, first))

    def _check_comparison(self, each: dict, way: dict, where: str, tally: Tally) -> None:
        measure = self._measure(each)
        if measure is None:
            tally.check(f"{where}: the document has no figure that it rests on", holds=False)
            return
        levels = {name: _level(measure, way["threshold"][name]) for name in ("watch", "breach")}
        tally.claims(f"{where} levels", each["levels"], dict(levels))
        p_values = [each["p_watch"], each["p_breach"], each["p_kept"]]
        if measure["status"] != "ok":
            expected: set[tuple[str, object]] = {("unknown", measure["reason"])}
            tally.compare(f"{where}: p-values of a figure that is not shown", p_values, [None, None, None])
        else:
            complete = all(p is not None for p in (p_values[0], p_values[2])) and (p_values[1] is None) == (
                levels["breach"] is None
            )
            tally.check(f"{where}: a p-value is missing, or stands without a level", holds=complete)
            expected = self._expected(each, measure, way, levels) if complete else set()
        tally.check(
            f"{where}: it says {each['verdict']} ({each['reason']}), and what it states gives "
            + " or ".join(f"{verdict} ({reason})" for verdict, reason in sorted(expected, key=str)),
            holds=(each["verdict"], each["reason"]) in expected,
        )
        if each["interval"] is not None:
            _check_interval(each, measure, levels, where, tally)

    def _measure(self, each: dict) -> dict | None:
        """The figure that a comparison rests on: of the window, of recent windows, or of all that count together."""
        several = self.document.get("accumulated") or {"measures": []}
        if each.get("recent") is not None:
            found = [m for m in several.get("recent", ()) if m["params"]["recent"] == each["recent"]]
        else:
            found = (
                self.document["measures"] if each.get("alone") else [*several["measures"], *self.document["measures"]]
            )
        return next((m for m in found if m["id"] == each["measure"]), None)

    def _expected(self, each: dict, measure: dict, way: dict, levels: dict) -> set[tuple[str, object]]:
        """The verdicts that the stated p-values allow, each with its reason."""
        if self._limited(way):
            return {("unknown", LEFT_OUT)}
        test, p_values = measure["params"]["test"], (each["p_breach"], each["p_watch"], each["p_kept"])
        if test["kind"] == "noncentral_chi2":
            windows = test["scale_reference"], test["scale"] - test["scale_reference"]
            if max(windows) > 1 / (FEWEST * (test["df"] + 1)):
                return {("unknown", UNDECIDED)}
        at_breach, at_watch, at_good = (p is not None and p <= self.alpha for p in p_values)
        found: tuple[str, object] = ("unknown", UNDECIDED)
        if at_breach and self._breaks(way):
            found = ("broken", None)
        elif at_breach or at_watch:
            found = ("watch", None)
        elif at_good and not _beyond(measure, levels["watch"]):
            found = ("unknown", STOPS) if self._stops(way) else ("kept", None)
        elif measure["params"]["scale"] == "effect":  # what improves nothing visible is to be watched
            return {("watch", None), *([("unknown", NO_GAP)] if test["kind"] == "gap_share" else [])}
        return {found}

    def _breaks(self, way: dict) -> bool:
        """Whether a breach level breaks the promise: by itself, or because the question that it needs is bad too."""
        needed = way.get("breach_with")
        if needed is None:
            return True
        bad = ("broken",) if way.get("breach_when") == "broken" else ("broken", "watch")
        names = {
            w["id"] for a in self.charter["articles"] for i in a["indicators"] if i["id"] == needed for w in _ways(i)
        }
        return any(v["template"] in names and v["verdict"] in bad for v in self.document["verdicts"])

    # --- what was left out

    def _shares(self) -> dict:
        """What a document must say of the share that it left out, by its own counts and the limit of the charter."""
        said = self.document.get("left_out")
        if said is None:
            return {}
        limit = (self.charter.get("left_out") or {}).get("limit")
        found = {"counted": self.document["decisions"], "limit": limit}
        for prefix, part in {"": said, **{f"{log}.": said[log] for log in LOGS if said.get(log)}}.items():
            rows = part["counted"] + part["set_aside"]
            share = part["set_aside"] / rows if rows else None
            reached = share is not None and limit is not None and share >= limit
            found |= {f"{prefix}rows": rows, f"{prefix}share": share, f"{prefix}limited": reached}
        return found

    def _limited(self, way: dict) -> bool:
        """Whether so much of what a question rests on was left out that the charter concludes nothing from the rest."""
        shares = self._shares()
        return any(shares.get(key, False) for key in ("limited", *(f"{log}.limited" for log in _logs(way))))

    def _stops(self, way: dict) -> bool:
        """Whether a log that a question rests on ends so early that nothing can be kept by it."""
        decides = any(each["metric"] == "selection_rate" for each in self.document["measures"])
        logs = {"decisions" if decides else "generations", *_logs(way)}
        end = date.fromisoformat(self.document["window"]["end"])
        ends = (self.document.get("left_out") or {}).get("ends") or []
        return any(each["log"] in logs and (end - date.fromisoformat(each["last"])).days > GRACE_DAYS for each in ends)

    # --- articles

    def _check_articles(self, name: str, tally: Tally) -> None:
        """An article is as bad as its worst question; findings of authorities can only make it worse."""
        stated, asked = self.document["articles"], [article["id"] for article in self.charter["articles"]]
        tally.compare(f"{name}: articles", [each["article"] for each in stated], asked)
        for each in stated:
            where = f"{name}: article {each['article']}"
            verdicts = [v["verdict"] for v in self.document["verdicts"] if v["article"] == each["article"]]
            examined = [v for v in verdicts if v != "not_examined"]
            worst = min(examined, key=ORDER.index) if examined else "not_examined"
            if worst == "kept" and len(examined) < len(verdicts):
                worst = "unknown"
            tally.compare(f"{where}: questions asked", each["asked"], len(verdicts))
            tally.compare(f"{where}: questions answered", each["answered"], sum(v in REASONS for v in verdicts))
            if each.get("capped_by"):
                tally.check(f"{where}: it is milder than its questions", holds=_at_least(each["verdict"], worst))
            else:
                tally.compare(f"{where}: verdict", each["verdict"], worst)


def _ways(indicator: dict) -> list[dict]:
    """A question in each wording in which the charter asks it."""
    others = [{**indicator, **other} for other in indicator.get("otherwise") or []]
    return [indicator, *({**way, "threshold": way["threshold"] or indicator["threshold"]} for way in others)]


def _logs(way: dict) -> list[str]:
    """The logs that a question rests on, other than that of the window."""
    return [log for log, needs in LOGS.items() if set(needs.split()) & set(way["needs"])]


def _at_least(verdict: str, other: str) -> bool:
    """Whether a verdict is at least as bad as another."""
    return SEVERITY.index(verdict) <= SEVERITY.index(other)


def _level(measure: dict, stated: float | None) -> float | None:
    """A level of the charter on the side on which a comparison is bad."""
    below, scale = measure["params"]["bad_side"] == "below", measure["params"]["scale"]
    if stated is None:
        return None
    if scale == "ratio":
        return stated if below else 1 / stated
    return 0.0 - stated if below and scale != "share" else stated


def _beyond(measure: dict, level: float) -> bool:
    return bool(measure["value"] < level if measure["params"]["bad_side"] == "below" else measure["value"] > level)


def _check_interval(each: dict, measure: dict, levels: dict, where: str, tally: Tally) -> None:
    """The interval lies on the side of a level on which the verdict says that the figure is."""
    below = measure["params"]["bad_side"] == "below"
    sign = 1 if below else -1
    low, high = each["interval"]["low"], each["interval"]["high"]
    good, bad = (low, high) if below else (high, low)
    kept = levels["watch"] if levels["breach"] is None else levels["breach"]
    reach = {"broken": (bad, levels["breach"], -sign), "kept": (good, kept, sign)}
    if measure["params"]["scale"] != "effect":
        reach["watch"] = (bad, levels["watch"], -sign)
    if each["verdict"] in reach:
        end, level, side = reach[each["verdict"]]
        holds = end is not None and side * (end - level) >= -TOLERANCE * max(1.0, abs(level))
        tally.check(f"{where}: its interval does not show that it is {each['verdict']}", holds=holds)
    ends = low is None or high is None or low <= high + TOLERANCE
    tally.check(f"{where}: the ends of its interval are turned round", holds=ends)
