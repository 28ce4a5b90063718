"""The audit document `boussole.audit/1` as models: JSON becomes them where it is read, its schema is made of them."""

from charter.document.articles import ArticleVerdict
from charter.document.audit import (
    AuditDocument,
    CharterOfAudit,
    Evidence,
    Judged,
    Standing,
    Unmeasured,
    by_article,
    worst_of,
)
from charter.document.comparisons import Comparison, IntervalOfTests, Levels, ThresholdOfVerdict
from charter.document.left_out import LeftOut, PartLeftOut, ReasonLeftOut
from charter.document.measures import IntervalOfMeasure, MeasureDocument, MeasureInShort, Params
from charter.document.references import AnswerChanged, ReferenceChanged, Since
from charter.document.texts import TextsDocument
from charter.document.verdicts import (
    CasesTold,
    DatesTold,
    StatementTold,
    VerdictDocument,
    VerdictInShort,
    VerdictReached,
)
from charter.document.windows import WindowOfAudit

__all__ = [
    "AnswerChanged",
    "ArticleVerdict",
    "AuditDocument",
    "CasesTold",
    "CharterOfAudit",
    "Comparison",
    "DatesTold",
    "Evidence",
    "IntervalOfMeasure",
    "IntervalOfTests",
    "Judged",
    "LeftOut",
    "Levels",
    "MeasureDocument",
    "MeasureInShort",
    "Params",
    "PartLeftOut",
    "ReasonLeftOut",
    "ReferenceChanged",
    "Since",
    "Standing",
    "StatementTold",
    "TextsDocument",
    "ThresholdOfVerdict",
    "Unmeasured",
    "VerdictDocument",
    "VerdictInShort",
    "VerdictReached",
    "WindowOfAudit",
    "by_article",
    "worst_of",
]
