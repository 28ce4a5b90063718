"""What is said above a form where it depends on the moment; what it always says stands with the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from charter.records.work import FEWEST
from dashboard.records.setting import Setting


def _survey(at: Setting) -> str:
    return at.say(
        "The file is read once and kept nowhere: only means are sealed, and groups of fewer than {n} are hidden. "
        "It holds one row for each person, or means already, in columns named theme, n, mean and perhaps group.",
        n=at.say.whole(FEWEST),
    )


NOTES: Mapping[tuple[str, str], Callable[[Setting], str]] = {("work", "survey"): _survey}
"""By page and form."""
