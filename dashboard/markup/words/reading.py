"""How to read each kind of figure: said beside it, on request, in plain words."""

from __future__ import annotations

from typing import Literal

from boussole.dashboard.markup.words.say import Say

Kind = Literal["hundred", "shares", "ratios", "drift", "calibration", "rose", "trend", "waterfall"]


def reading(kind: Kind, say: Say) -> list[str]:
    """What the marks of a figure mean, one sentence or two each."""
    interval = say(
        "The bar around a dot is its 95% interval: the true figure very probably lies within it. The fewer people"
        " there are, the wider it is."
    )
    decides = say(
        "The bar around a dot is the interval that decides: what lies outside it is very unlikely, all comparisons and "
        "all looks of the year considered. Wholly beyond the breach level, a group is not kept; wholly beyond the "
        "watch level, it is to be watched. The 95% interval of a figure by itself stands in the table."
    )
    shape = say(
        "The shape and the colour of a dot are its verdict: a disc is kept, a triangle to watch, a square not "
        "kept, a half-filled disc means that we cannot tell."
    )
    dashes = say(
        "The dashed lines are the thresholds. A dot beyond one is not enough: the gap must also be too wide for "
        "chance to explain it. Until then we cannot tell; a dot beyond the watch level is never kept."
    )
    hidden = say(
        "A group without a dot keeps its place and says why: most often its figure is hidden to protect people."
    )
    shares = say(
        "Each line is a group of people. The dot is its share, from 0 to 100%: further right is a larger share."
    )
    ratios = say(
        "Each line is a group of people. The dot says how many of them are selected when 100 people with the same"
        " profile are in the group they are compared with: at 100% both are treated alike."
    )
    hundred = say(
        "Each line is a group of people. The dot is its figure for 100: of the group compared with, or of its own "
        "people where two shares are compared."
    )
    found = {
        "hundred": [hundred, decides, shape, dashes, hidden],
        "shares": [shares, decides, shape, dashes, hidden],
        "ratios": [ratios, decides, shape, dashes, hidden],
        "drift": [
            say(
                "Each line is a watched feature. The dot says how far its spread has moved since the reference "
                "period: 0 is no change at all."
            ),
            decides,
            shape,
            say(
                "The dashed line is the level from which a change is watched. A change is not a fault: it asks "
                "for a look."
            ),
        ],
        "calibration": [
            say(
                "Along the bottom, what the score announces; up the side, what really happened. On the diagonal "
                "both are the same."
            ),
            say("Below the diagonal the score announced too much, above it too little."),
            interval,
        ],
        "rose": [
            say("Each branch is an article of the charter, each ring a system, from the inside out."),
            shape,
            say(
                "The needle points at what most needs attention: the worst verdict, then the widest gap, then the"
                " oldest."
            ),
            say("The table beside it says the same."),
        ],
        "waterfall": [
            say(
                "Read it from the top: each line is a stage, in order. The bar goes from where the group stood before "
                "the stage to where it stands after it (the dot), where 100 of the group compared with got as far."
            ),
            say("A long bar is a stage at which the gap opens, or closes where the dot lies right of its bar."),
            say("The name of each stage says who acts there; the table adds up what each of them opens."),
        ],
        "trend": [
            say("Each line is a system, each column a month. The mark is what the audit of that month said."),
            say(
                "A blue line above a month says that the charter had changed: verdicts before and after may not "
                "compare."
            ),
        ],
    }
    return found[kind]
