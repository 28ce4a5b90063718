"""What changes between the questions of two charters, and how it is said in French and English."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

from boussole.audits.languages import LANGUAGES, Catalogue, date_words, number, typeset
from boussole.audits.systems.kinds import Texts
from boussole.charter.amending.plain import plainly
from boussole.charter.judging.families import said
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.charter.text.judged import judged
from boussole.charter.text.model import Article, Charter, Indicator, Law, Threshold

TOLD = {
    "charter_adopted": "The charter, which was a proposal, is adopted on {after}.",
    "charter_no_longer_adopted": "The charter, which was adopted, is a proposal again.",
    "id_changed": "It is another charter: “{after}” instead of “{before}”.",
    "alpha_changed": "The risk of error accepted in each test goes from {before} to {after}.",
    "power_changed": "The chance of seeing a gap, with which missing decisions are counted, goes from {before} to "
    "{after}.",
    "left_out_tightened": "The share of decisions set aside from which on nothing is judged goes from {before} to "
    "{after}.",
    "left_out_loosened": "The share of decisions set aside from which on nothing is judged goes from {before} to "
    "{after}.",
    "left_out_wording": "What is said of the share set aside from which on nothing is judged changes; the share does "
    "not.",
    "languages_changed": "The languages of the charter go from {before} to {after}.",
    "college_added": "A college appears: {after}.",
    "college_removed": "A college disappears: {before}.",
    "college_renamed": "A college changes its name: “{after}” instead of “{before}”.",
    "head_changed": "The charter's setting “{field}” goes from {before} to {after}.",
    "charter_wording": "The charter's own texts are worded otherwise ({field}).",
    "article_added": "A new article appears, number {order}: {after}.",
    "article_removed": "An article disappears, number {order}: {before}.",
    "article_moved": "The article “{article}” moves from place {before} to place {after}.",
    "text_official": "The article “{article}”, which was draft wording, is now the official text.",
    "text_draft": "The article “{article}”, which was the official text, is draft wording again.",
    "article_wording": "The article “{article}” is worded otherwise ({field}); nothing else changes.",
    "question_added": "A new question appears, {number}: “{after}”",
    "question_removed": "A question is no longer asked, {number}: “{before}”",
    "question_moved": "Question {number} moves from “{before}” to “{after}”.",
    "question_renumbered": "Question {before} becomes question {after}.",
    "metric_changed": "Question {number} is judged by {after}; it was judged by {before}.",
    "family_changed": "Question {number}: allowance for false alarms is made over “{after}” instead of “{before}”.",
    "weight_changed": "Question {number} counts for {after} beside others of its family, and no longer for {before}.",
    "evidence_changed": "Question {number} is {after}; it was {before}.",
    "setting_changed": "Question {number}: “{field}” goes from {before} to {after}.",
    "level_tightened": "Question {number}: {level} goes from {before} to {after}.",
    "level_loosened": "Question {number}: {level} goes from {before} to {after}.",
    "level_changed": "Question {number}: {level} goes from {before} to {after}.",
    "level_added": "Question {number}: {level} appears, {after}.",
    "level_removed": "Question {number}: {level} disappears; it was {before}.",
    "threshold_adopted": "Question {number}: the threshold, which was proposed, is adopted on {after}.",
    "threshold_proposed": "Question {number}: the threshold, which was adopted, is only proposed again.",
    "threshold_dated": "Question {number}: the threshold is dated {after} instead of {before}.",
    "validity_changed": "Question {number}: an attestation is valid for {after} instead of {before}.",
    "attester_changed": "Question {number} is attested by “{after}”; it was by “{before}”.",
    "frequency_changed": "Question {number} is asked {after}; it was asked {before}.",
    "kinds_added": "Question {number} is now also asked of {after}.",
    "kinds_removed": "Question {number} is no longer asked of {before}.",
    "law_added": "Question {number} now also answers to: {after}.",
    "law_removed": "Question {number} no longer answers to: {before}.",
    "question_wording": "Question {number} is worded otherwise ({field}); what is judged does not change.",
    "law_text_added": "A text of law is added: {after}.",
    "law_text_removed": "A text of law is removed: {before}.",
    "law_text_dated": "{title}: in force from {after} instead of {before}.",
    "law_text_wording": "What is said of a text of law is worded otherwise: {after}.",
}
EFFECTS = {"tighter": "That is tighter.", "looser": "That is looser."}
FELT = (
    "left_out_tightened",
    "left_out_loosened",
    "level_tightened",
    "level_loosened",
    "validity_changed",
    "frequency_changed",
)
"""Kinds of change that can go either way, so that their sentence says which."""
LEVEL_NAMES = {
    "threshold.watch": "the watch level",
    "threshold.breach": "the breach level",
    "threshold.tolerance": "the tolerated share of cases",
}
WORDS = {
    "measured": "measured",
    "attested": "attested",
    "every_audit": "at every audit",
    "monthly": "every month",
    "quarterly": "every quarter",
    "yearly": "every year",
    "once": "once",
    "selection": "systems that select",
    "ranking": "systems that rank",
    "generation": "systems that write",
    "declared": "systems that are only declared",
    "title": "title",
    "notice": "notice",
    "rules": "rules",
    "words": "what people are called",
    "commitment": "commitment",
    "why": "why it matters",
    "text": "source or date of the text",
    "question": "question",
    "computed": "how it is computed",
    "broken_if": "what would break it",
    "good_answer": "the answer that keeps it",
    "related": "related questions",
    "threshold.breaks_from": "the first day of which a case breaks it",
    "threshold.watch_alpha": "how often chance alone may put it beyond the watch level",
    "justification": "reason of the threshold",
    "source": "source of the threshold",
}
"""Keys of a charter as they are said."""
WORDED = ("evidence", "frequency", "kinds")
"""Fields whose values are keys that are said."""
FOR_HUNDRED, GAP, IN_HUNDRED, NOTHING = "{n} for 100", "a gap of {n} in 100", "{n} in 100", "nothing"
MONTHS = ("one month", "{n} months")
NO_END, AS_OTHERS = "no limit", "as for all questions"


def told(
    kind: str,
    effect: str,
    *,
    article: Article | None,
    indicator: Indicator | None,
    field: str,
    sides: tuple[Any, Any],
    scale: str | None,
    title: Texts | None,
) -> dict[str, str]:
    """The sentence that says a change between its two sides, in every language of Boussole."""
    return {
        lang: _ChangeTeller(lang, field, scale).told(kind, effect, article, indicator, sides, title)
        for lang in LANGUAGES
    }


@dataclass(frozen=True)
class _ChangeTeller:
    lang: str
    field: str
    scale: str | None

    def told(  # noqa: PLR0917 (the parts of one sentence)
        self,
        kind: str,
        effect: str,
        article: Article | None,
        indicator: Indicator | None,
        sides: tuple[Any, Any],
        title: Texts | None,
    ) -> str:
        before, after = (self._side(value) for value in sides)
        names = {
            "before": before,
            "after": after,
            "field": ", ".join(self._say(WORDS.get(name, name)) for name in self.field.split(", ")),
            "level": self._say(LEVEL_NAMES.get(self.field, "")),
            "number": indicator.number if indicator else "",
            "order": str(article.order) if article else "",
            "article": said(article.title, self.lang) if article else "",
            "title": said(title, self.lang) if title else "",
        }
        sentence = self._say(TOLD[kind]).format(**names)
        return typeset(f"{sentence} {self._say(EFFECTS[effect])}" if kind in FELT else sentence, self.lang)

    def _say(self, message: str) -> str:
        return Catalogue(LOCALE, self.lang).gettext(message) if message else ""

    def _side(self, value: Any) -> str:
        if self.field in LEVEL_NAMES:
            return self._level(value, None if self.field == "threshold.tolerance" else self.scale)
        if self.field == "valid_months":
            return self._months(value)
        if self.field == "threshold.watch_alpha":
            return self._say(AS_OTHERS) if value is None else self._level(value, "share")
        if isinstance(value, list):
            return ", ".join(self._side(each) for each in value) or self._say(NOTHING)
        return self._say(WORDS[value]) if self.field in WORDED and value else self._value(value)

    def _value(self, value: Any) -> str:
        if isinstance(value, dt.date):
            return date_words(value, self.lang)
        if isinstance(value, dict) and value and all(len(key) == 2 for key in value):
            return plainly(value, self.lang)
        if isinstance(value, dict):
            return ", ".join(f"{key} = {each}" for key, each in value.items()) or self._say(NOTHING)
        if isinstance(value, float):
            return self._number(value)
        return self._say(NOTHING) if value is None else str(value)

    def _months(self, value: int | None) -> str:
        if value is None:
            return self._say(NO_END)
        return Catalogue(LOCALE, self.lang).ngettext(*MONTHS, value).format(n=value)

    def _level(self, value: float | None, scale: str | None) -> str:
        if value is None:
            return self._say(NOTHING)
        if scale == "ratio":
            return self._say(FOR_HUNDRED).format(n=self._number(100 * value))
        if scale == "share":
            return self._say(IN_HUNDRED).format(n=self._number(100 * value))
        return self._say(GAP).format(n=self._number(100 * value)) if scale == "difference" else self._number(value)

    def _number(self, value: float) -> str:
        digits = next((n for n in range(7) if abs(round(value, n) - value) < 1e-9), 7)
        return number(value, self.lang, digits)


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
