"""What the OSCAL documents say in words of their own, in every language."""

from __future__ import annotations

from boussole.audits.languages import Catalogue
from boussole.charter.judging.wording.sentences import LOCALE

SATISFIED_WHEN = (
    "A target is “satisfied” only where the verdict is kept. OSCAL knows two states: all other verdicts are "
    "“not-satisfied”, and the property “verdict” says which: broken (reason “fail”), watch, unknown or not_examined "
    "(reason “other”: not shown to be kept, which is not the same as broken). No threshold here is a legal one."
)
HIDDEN = (
    "Groups that are hidden because they are small are in no observation; a finding says how many of its comparisons "
    "have no value."
)
PLAN = "Assessment plan of the charter “{title}”, version {version}"
RESULTS = "Assessment results under the charter “{title}”, version {version}"
RESULT = "{system}, {start} to {end}"
ABOUT = "{n} decisions of this window were counted, and judged by the charter's questions."
CONTEXT = "The AI systems that the register of this organisation declares"
ACTIVITY = "Counting all decisions of a window by group, and judging the comparisons by one-sided tests"
TASK = "Audit of {system}, every window of the kind “{window}”"
STATES = {
    "kept": "Kept.",
    "watch": "To watch: beyond the watch level, not shown to be beyond the breach level.",
    "broken": "Broken: very unlikely to be a matter of chance alone.",
    "unknown": "We cannot tell.",
    "not_examined": "Nobody has examined this yet.",
}
NO_VALUE = "{n} comparison(s) of this question have no value that may be shown."
RISK = "The promise is broken: {question}"
EVIDENCE = "The audit document as the ledger seals it, entry {entry}"


class OscalWords:
    """The words of one language."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._catalogue = Catalogue(LOCALE, lang)

    def __call__(self, message: str, **values: object) -> str:
        """A message with its values."""
        return self._catalogue.gettext(message).format(**values)
