"""“To watch” is said on the side of its level where a comparison is bad: in sentences and beside lines of charts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from boussole.charter.judging.statistics.testing import oriented, past
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.views.charts.charts import level_lines
from boussole.dashboard.views.charts.groups import GroupRow, RateThreshold
from tests.as_json import threshold_words

UNDER = {"fr": "à surveiller sous ", "en": ("watch under ", "to be watched under ")}
OVER = {"fr": "à surveiller au-delà de ", "en": ("watch over ", "to be watched over ")}
SIDES = st.sampled_from(["below", "above"])
SCALES = st.sampled_from(["ratio", "difference"])
LEVELS = st.floats(0.05, 0.95)
LANGS = st.sampled_from(["fr", "en"])


def said(text: str, lang: str) -> tuple[bool, bool]:
    """Whether a text says “under”, and whether it says “over”, of what is to be watched."""
    found = []
    for sides in (UNDER, OVER):
        words = sides[lang] if isinstance(sides[lang], tuple) else (sides[lang],)
        found.append(any(word in text.lower() for word in words))
    return found[0], found[1]


def is_bad_under(at: float, side: str) -> bool:
    """Where the judging itself says that a value is past its level."""
    assert past(at - 0.01, at, bad_side=side) != past(at + 0.01, at, bad_side=side)
    return past(at - 0.01, at, bad_side=side)


def sentence(at: float, side: str, scale: str, say: Say) -> str:
    test = {"kind": "score_ratio", "k": [3, 300], "n": [10, 1000]}
    params = {"test": test, "bad_side": side, "scale": scale}
    measure = {"id": "m/sex=F", "by": ["sex"], "group": {"sex": "F"}, "value": at, "params": params}
    told: dict[str, Any] = dict.fromkeys(("p_breach", "p_watch", "p_kept", "more_decisions", "reason"))
    levels = {"watch": at, "breach": None}
    compared = {"measure": "m/sex=F", "against": "rest", "verdict": "unknown", "adjusted": False, "levels": levels}
    threshold = {"watch": 0.9, "breach": None, "status": "proposed", "post_hoc": False}
    return str(
        threshold_words({"measures": [measure]}, {"comparisons": [told | compared], "threshold": threshold}, say)
    )


@given(level=LEVELS, side=SIDES, scale=SCALES, lang=LANGS)
def test_a_sentence_names_the_side_that_is_bad(level: float, side: str, scale: str, lang: str) -> None:
    """For ratios that are bad under 1 and over it, and for differences on both sides of 0."""
    at = oriented(level, scale=scale, bad_side=side)
    under = is_bad_under(at, side)
    assert said(sentence(at, side, scale, speaker(lang)), lang) == (under, not under)


@given(level=LEVELS, side=SIDES, scale=SCALES, lang=LANGS)
def test_the_line_of_a_chart_names_the_same_side(level: float, side: str, scale: str, lang: str) -> None:
    at, say = oriented(level, scale=scale, bad_side=side), speaker(lang)
    row = GroupRow(label="F", value=0.5, levels=(RateThreshold(kind="watch", at=at, bad_side=side),))
    [line] = level_lines([row], say, say.number)
    under = is_bad_under(at, side)
    assert said(line.label, lang) == (under, not under)
