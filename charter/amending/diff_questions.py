"""What differs in one question of two charters: its levels, its measure, who is asked, who attests, its law."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from boussole.audits.systems.kinds import Texts
from boussole.charter.amending.diff_words import ChangeValues, told
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
    *,
    article: Article | None = None,
    of: Indicator | None = None,
    field: str | None = None,
    before: Any = None,
    after: Any = None,
    scale: str | None = None,
    title: Texts | None = None,
) -> CharterChange:
    values = ChangeValues(
        article=article, indicator=of, field=field, before=before, after=after, scale=scale, title=title
    )
    return CharterChange(
        kind=kind,
        effect=effect,
        sentence=told(kind, effect, values),
        article=article.id if article else None,
        indicator=of.id if of else None,
        field=field,
        before=values.plain(before),
        after=values.plain(after),
    )


LEVELS = ("watch", "breach", "tolerance")
THRESHOLD = (*LEVELS, "status", "since", "justification", "source")
"""Parts of a threshold with a rule of their own."""
WORDING = ("label", "question", "computed", "broken_if", "good_answer", "related")
OFTEN = ("once", "yearly", "quarterly", "monthly", "every_audit")
"""Frequencies, the rarest first."""


def moved(old: Article, before: Indicator, new: Article, after: Indicator) -> Iterator[CharterChange]:
    if old.id != new.id:
        yield change("question_moved", "neutral", article=new, of=after, before=old.title, after=new.title)
    if before.number != after.number:
        yield change(
            "question_renumbered",
            "neutral",
            article=new,
            of=after,
            field="number",
            before=before.number,
            after=after.number,
        )


def in_question(
    old: Indicator, new: Indicator, article: Article, before: Charter, after: Charter
) -> Iterator[CharterChange]:
    """What differs in one question. Fields without a rule of their own are named as settings."""
    told_apart = {"id", "number", "threshold", "valid_months", "attested_by", "frequency", "kinds", "law", "otherwise"}
    for name in Indicator.model_fields:
        earlier, later = getattr(old, name), getattr(new, name)
        if earlier == later or name in told_apart or name in WORDING:
            continue
        kind = f"{name}_changed" if name in ("metric", "family", "evidence", "weight") else "setting_changed"
        yield change(kind, "unclear", article=article, of=new, field=name, before=earlier, after=later)
    ways = [[way.id for way in each.ways] for each in (old, new)]
    if ways[0] != ways[1]:
        yield change(
            "setting_changed", "unclear", article=article, of=new, field="otherwise", before=ways[0], after=ways[1]
        )
    yield from _thresholds(old, new, article)
    yield from _attestation(old, new, article)
    yield from _reach(old, new, article, before, after)
    names = [name for name in WORDING if getattr(old, name) != getattr(new, name)]
    names += [name for name in ("justification", "source") if _of(old, name) != _of(new, name)]
    if names:
        yield change("question_wording", "neutral", article=article, of=new, field=", ".join(names))


def _reach(
    old: Indicator, new: Indicator, article: Article, before: Charter, after: Charter
) -> Iterator[CharterChange]:
    gained, lost = _lists(old.kinds, new.kinds)
    if gained:
        yield change("kinds_added", "tighter", article=article, of=new, field="kinds", after=gained)
    if lost:
        yield change("kinds_removed", "looser", article=article, of=new, field="kinds", before=lost)
    gained, lost = _lists(old.law, new.law)
    if gained:
        titles = [_law(before, after, name).title for name in gained]
        yield change("law_added", "neutral", article=article, of=new, field="law", after=titles)
    if lost:
        titles = [_law(before, after, name).title for name in lost]
        yield change("law_removed", "neutral", article=article, of=new, field="law", before=titles)


def _of(indicator: Indicator, name: str) -> Any:
    return getattr(indicator.threshold, name)


def _law(before: Charter, after: Charter, name: str) -> Law:
    return after.laws.get(name) or before.laws[name]


def _lists(before: Sequence[str], after: Sequence[str]) -> tuple[list[str], list[str]]:
    return [each for each in after if each not in before], [each for each in before if each not in after]


def _thresholds(old: Indicator, new: Indicator, article: Article) -> Iterator[CharterChange]:
    scale = scale_of(new) if scale_of(new) == scale_of(old) else None
    for name in Threshold.model_fields:
        if name not in THRESHOLD and _of(old, name) != _of(new, name):
            field = f"threshold.{name}"
            sides = _of(old, name), _of(new, name)
            fewer = name == "watch_alpha" and (sides[1] or math.inf) < (sides[0] or math.inf)
            effect: Effect = "unclear" if name != "watch_alpha" else "looser" if fewer else "tighter"
            yield change(
                "setting_changed", effect, article=article, of=new, field=field, before=sides[0], after=sides[1]
            )
    for name in LEVELS:
        before, after = _of(old, name), _of(new, name)
        if before == after:
            continue
        kind, effect = _level(before, after, "gap" if name == "tolerance" else scale)
        yield change(
            kind, effect, article=article, of=new, field=f"threshold.{name}", before=before, after=after, scale=scale
        )
    if _of(old, "status") != _of(new, "status"):
        kind = "threshold_adopted" if _of(new, "status") == "adopted" else "threshold_proposed"
        yield change(kind, "neutral", article=article, of=new, field="threshold.status", after=_of(new, "since"))
    elif _of(old, "since") != _of(new, "since"):
        yield change(
            "threshold_dated",
            "neutral",
            article=article,
            of=new,
            field="threshold.since",
            before=_of(old, "since"),
            after=_of(new, "since"),
        )


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


def _attestation(old: Indicator, new: Indicator, article: Article) -> Iterator[CharterChange]:
    if old.valid_months != new.valid_months:
        effect: Effect = "tighter" if (new.valid_months or 10**6) < (old.valid_months or 10**6) else "looser"
        yield change(
            "validity_changed",
            effect,
            article=article,
            of=new,
            field="valid_months",
            before=old.valid_months,
            after=new.valid_months,
        )
    if old.attested_by != new.attested_by:
        yield change(
            "attester_changed",
            "neutral",
            article=article,
            of=new,
            field="attested_by",
            before=old.attested_by,
            after=new.attested_by,
        )
    if old.frequency != new.frequency:
        effect = "tighter" if OFTEN.index(new.frequency) > OFTEN.index(old.frequency) else "looser"
        yield change(
            "frequency_changed",
            effect,
            article=article,
            of=new,
            field="frequency",
            before=old.frequency,
            after=new.frequency,
        )
