"""Since when windows count together: no window is passed over in which the system was the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from .judging import LOOKS

BY_TOGETHER = 3
"""Since which rule windows count together."""
MOST_LOOKS = 60
"""Kinds of window that are looked at oftener in a year are judged by themselves."""
Period = tuple[date, date]


def passed_over(
    document: dict, earlier: Mapping[int, dict], declared: Callable[[dict], dict], *, evidence: bool
) -> list[str]:
    """The first days of windows before that of a document which it does not count, though nothing had changed.

    `earlier`: audits that were sealed before it, by their entry; `declared`: what one says of its system; `evidence`:
    whether their rows are there, so that none of it was lost.
    """
    own, kind = declared(document), str((declared(document).get("windows") or {}).get("audit", "month"))
    window, told = _window(document), document.get("accumulated") or {"windows": [], "because": None}
    if document.get("rule", 1) < BY_TOGETHER or not 1 < LOOKS[kind] <= MOST_LOOKS or window != period(window[0], kind):
        return []
    last = {_window(each): each for _, each in sorted(earlier.items()) if each["system"] == document["system"]}
    counted = [date.fromisoformat(each["start"]) for each in told["windows"]]
    found = []
    for _ in range(2 * LOOKS[kind] - 2):
        window = period(window[0] - timedelta(days=1), kind)
        if window[0] in counted or window not in last:
            continue
        before = last[window]
        if _compared(declared(before)) != _compared(own) or not _same_version(before, document, own):
            break
        further = any(each < window[0] for each in counted)
        if further or (told["because"] != "evidence" and (counted or evidence)):
            found.append(window[0].isoformat())
    return found


def _compared(declared: dict) -> tuple:
    """What makes decisions those of another system: columns, who is compared with whom, within what."""
    columns = {name: each for name, each in (declared.get("columns") or {}).items() if name != "stage_titles"}
    if columns.get("decision"):
        columns["decision"] = {name: each for name, each in columns["decision"].items() if name != "title"}
    groups = {
        name: {key: each for key, each in group.items() if key not in ("title", "expires", "basis")}
        for name, group in (declared.get("groups") or {}).items()
    }
    return columns, groups, declared.get("intersections") or [], sorted(declared.get("controls") or {})


def _same_version(before: dict, now: dict, declared: dict) -> bool:
    """Whether one version of the model alone decided in both windows, where the log names versions; of several, most
    rows say which, and they may have come later."""
    if not (declared.get("columns") or {}).get("model_version"):
        return True
    names = [{each["version"] for each in document.get("versions") or ()} for document in (before, now)]
    return len(names[0]) == 1 and names[0] == names[1]


def _window(document: dict) -> Period:
    return date.fromisoformat(document["window"]["start"]), date.fromisoformat(document["window"]["end"])


def period(day: date, kind: str) -> Period:
    """The week, month or quarter that holds a day."""
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    months = 3 if kind == "quarter" else 1
    first = (day.month - 1) // months * months + 1
    after = date(day.year + (first + months > 12), (first + months - 1) % 12 + 1, 1)
    return date(day.year, first, 1), after - timedelta(days=1)
