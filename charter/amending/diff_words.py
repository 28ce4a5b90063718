"""How a change between two charters is said, in French and English."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from boussole.audits.languages import LANGUAGES, Catalogue, date_words, number, typeset
from boussole.audits.systems.kinds import Texts
from boussole.charter.amending.plain import plainly
from boussole.charter.judging.families import said
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.charter.text.model import Article, Indicator

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
