"""What differs in one question of two charters: its levels, its measure, who is asked, who attests, its law."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

from boussole.audits.systems.kinds import Texts
from boussole.charter.amending.diff_words import told
from boussole.charter.text.judged import judged
from boussole.charter.text.model import Article, Charter, Indicator, Law, Threshold

Effect = Literal["tighter", "looser", "neutral", "unclear"]


@dataclass(frozen=True, kw_only=True)
class CharterChange:
    """One thing that differs; `effect` says whether the promise is harder to keep, or `unclear` where both may be."""

    kind: str
    effect: Effect
    sentence: Mapping[str, str]
    article: str | None = None
    indicator: str | None = None
    field: str | None = None
    before: Any = None
    after: Any = None

    def document(self) -> dict[str, Any]:
        """The change as JSON."""
        return asdict(self)


def change(
    kind: str,
    effect: Effect,
    field: str | None = None,
    before: Any = None,
    after: Any = None,
    *,
    article: Article | None = None,
    of: Indicator | None = None,
    scale: str | None = None,
    title: Texts | None = None,
) -> CharterChange:
    sentence = told(
        kind,
        effect,
        article=article,
        indicator=of,
        field=field or "",
        sides=(before, after),
        scale=scale,
        title=title,
    )
    return CharterChange(
        kind=kind,
        effect=effect,
        sentence=sentence,
        article=article.id if article else None,
        indicator=of.id if of else None,
        field=field,
        before=_plain(before),
        after=_plain(after),
    )


def _plain(value: Any) -> Any:
    """A side as JSON."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return [_plain(each) for each in value] if isinstance(value, list) else value


LEVELS = ("watch", "breach", "tolerance")
THRESHOLD = (*LEVELS, "status", "since")
"""Parts of a threshold with a rule of their own."""
WORDING = ("label", "question", "computed", "broken_if", "good_answer", "related")
NEUTRAL = {"number": "question_renumbered", "attested_by": "attester_changed"}
OFTEN = ("once", "yearly", "quarterly", "monthly", "every_audit")
"""Frequencies, the rarest first."""


APART = ("id", "threshold", "law", "otherwise", *WORDING)
"""Fields of a question whose changes are told by a rule of their own."""


def in_question(
    old: Indicator, new: Indicator, places: tuple[Article, Article], before: Charter, after: Charter
) -> Iterator[CharterChange]:
    """What differs in one question, and in its place. Fields without a rule of their own are named as settings."""
    tell = partial(change, article=places[1], of=new)
    if places[0].id != places[1].id:
        yield tell("question_moved", "neutral", None, places[0].title, places[1].title)
    for name in Indicator.model_fields:
        earlier, later = getattr(old, name), getattr(new, name)
        if earlier == later or name in APART:
            continue
        if name == "kinds":
            gained, lost = _lists(earlier, later)
            yield from [tell("kinds_added", "tighter", name, None, gained)] if gained else []
            yield from [tell("kinds_removed", "looser", name, lost)] if lost else []
        else:
            kind, effect = _setting(name, earlier, later)
            yield tell(kind, effect, name, earlier, later)
    ways = [[way.id for way in each.ways] for each in (old, new)]
    if ways[0] != ways[1]:
        yield tell("setting_changed", "unclear", "otherwise", *ways)
    yield from _thresholds(old, new, tell)
    laws = [[_law(before, after, name).title for name in names] for names in _lists(old.law, new.law)]
    yield from [tell("law_added", "neutral", "law", None, laws[0])] if laws[0] else []
    yield from [tell("law_removed", "neutral", "law", laws[1])] if laws[1] else []
    names = [name for name in WORDING if getattr(old, name) != getattr(new, name)]
    names += [name for name in ("justification", "source") if _of(old, name) != _of(new, name)]
    if names:
        yield tell("question_wording", "neutral", ", ".join(names))


def _setting(name: str, earlier: Any, later: Any) -> tuple[str, Effect]:
    """The kind of a change of one field, and whether it makes the promise harder to keep."""
    if name == "valid_months":
        return "validity_changed", "tighter" if (later or math.inf) < (earlier or math.inf) else "looser"
    if name == "frequency":
        return "frequency_changed", "tighter" if OFTEN.index(later) > OFTEN.index(earlier) else "looser"
    if name in NEUTRAL:
        return NEUTRAL[name], "neutral"
    return (f"{name}_changed" if name in ("metric", "family", "evidence", "weight") else "setting_changed"), "unclear"


def _of(indicator: Indicator, name: str) -> Any:
    return getattr(indicator.threshold, name)


def _law(before: Charter, after: Charter, name: str) -> Law:
    return after.laws.get(name) or before.laws[name]


def _lists(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    return [each for each in after if each not in before], [each for each in before if each not in after]


def _thresholds(old: Indicator, new: Indicator, tell: Callable[..., CharterChange]) -> Iterator[CharterChange]:
    scale = scale_of(new) if scale_of(new) == scale_of(old) else None
    changed = {
        name: (_of(old, name), _of(new, name))
        for name in Threshold.model_fields
        if _of(old, name) != _of(new, name) and name not in ("justification", "source")
    }
    for name, (before, after) in changed.items():
        if name not in THRESHOLD:
            fewer = name == "watch_alpha" and (after or math.inf) < (before or math.inf)
            effect: Effect = "unclear" if name != "watch_alpha" else "looser" if fewer else "tighter"
            yield tell("setting_changed", effect, f"threshold.{name}", before, after)
    for name in LEVELS:
        if name in changed:
            kind, effect = _level(*changed[name], "gap" if name == "tolerance" else scale)
            yield tell(kind, effect, f"threshold.{name}", *changed[name], scale=scale)
    if "status" in changed:
        kind = "threshold_adopted" if changed["status"][1] == "adopted" else "threshold_proposed"
        yield tell(kind, "neutral", "threshold.status", None, _of(new, "since"))
    elif "since" in changed:
        yield tell("threshold_dated", "neutral", "threshold.since", *changed["since"])


def _level(before: float | None, after: float | None, scale: str | None) -> tuple[str, Effect]:
    """Nearer to parity is tighter: upwards for a ratio, downwards for a gap, a distance or a tolerated share.

    >>> _level(0.8, 0.85, "ratio"), _level(0.1, 0.15, "difference"), _level(None, 0.8, "ratio")
    (('level_tightened', 'tighter'), ('level_loosened', 'looser'), ('level_added', 'tighter'))
    """
    if before is None:
        return "level_added", "tighter"
    if after is None:
        return "level_removed", "looser"
    if scale is None:
        return "level_changed", "unclear"
    tighter = after > before if scale == "ratio" else after < before
    return ("level_tightened", "tighter") if tighter else ("level_loosened", "looser")


def scale_of(indicator: Indicator) -> str | None:
    """The scale of a question's levels: that of its measure, else as the order of its levels shows; None: unknown."""
    if scale := judged(indicator.metric).scale:
        return scale
    watch, breach = indicator.threshold.watch, indicator.threshold.breach
    if watch is None or breach is None or watch == breach:
        return None
    return "ratio" if breach < watch else "gap"
