"""What a mark must say, from where a figure and its bar lie against the levels: the rule said again."""

from __future__ import annotations

Ends = tuple[float | None, float | None]


def mark_of(value: float, bar: Ends, *, watch: float, breach: float | None) -> str:
    """The verdict that a reader sees. Bad is above where the breach level lies above the watch level, else below."""
    low, high = bar
    if low is None and high is None:
        return "unknown"
    if breach is not None and breach > watch:
        return mark_of(-value, (_minus(high), _minus(low)), watch=-watch, breach=-breach)
    if breach is not None and high is not None and high < breach:
        return "broken"
    if high is not None and high < watch:
        return "watch"
    if value < watch:
        return "unknown"
    return "kept" if low is not None and low > (watch if breach is None else breach) else "unknown"


def turned(value: float, bar: Ends, *, watch: float) -> str:
    """The same of one level, where bad is above it."""
    return mark_of(-value, (_minus(bar[1]), _minus(bar[0])), watch=-watch, breach=None)


def _minus(end: float | None) -> float | None:
    return None if end is None else -end
