"""What it means that the same scores are followed by other outcomes, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.drift.compared import OUTCOME
from boussole.audits.drift.meaning import SHIFT, TILT
from boussole.audits.drift.series import Point
from boussole.dashboard.views.drift.words import period_words
from boussole.dashboard.words.say import Say


def meaning_words(point: Point, moved: Sequence[str], say: Say) -> list[str]:
    """Of a window in which one or both figures moved."""
    found = []
    shift, tilt = (point.measure(name, OUTCOME) for name in (SHIFT, TILT))
    if SHIFT in moved and shift is not None:
        month = period_words(point.window, say)
        observed, expected = (say.number(100 * shift.params[name], 1) for name in ("observed", "expected"))
        found.append(
            say(
                "{month}: of 100 people whose outcome is known, it was positive for {observed}; at the same scores it "
                "would have been for {expected} before.",
                month=month[:1].upper() + month[1:],
                observed=observed,
                expected=expected,
            )
        )
    if TILT in moved and tilt is not None and tilt.value is not None:
        less, more = (
            say("High and low scores lie closer together in their outcomes than before: scores tell less."),
            say("High and low scores lie farther apart in their outcomes than before: scores tell more."),
        )
        found.append(less if tilt.value < 0 else more)
    return found
