"""The audit document `boussole.audit/1` as models: JSON becomes them where it is read, its schema is made of them."""

from boussole.charter.document.articles import ArticleVerdict
from boussole.charter.document.audit import (
    AuditDocument,
    CharterOfAudit,
    Evidence,
    Judged,
    Standing,
    Unmeasured,
    by_article,
    worst_of,
)
from boussole.charter.document.comparisons import Comparison, IntervalOfTests, Levels, ThresholdOfVerdict
from boussole.charter.document.left_out import LeftOut, PartLeftOut, ReasonLeftOut
from boussole.charter.document.measures import (
    Band,
    IntervalOfMeasure,
    MeasureDocument,
    MeasureInShort,
    Params,
    StoredTest,
)
from boussole.charter.document.references import AnswerChanged, ReferenceChanged, Since
from boussole.charter.document.texts import TextsDocument
from boussole.charter.document.verdicts import (
    CasesTold,
    DatesTold,
    StatementTold,
    VerdictDocument,
    VerdictInShort,
    VerdictReached,
)
from boussole.charter.document.windows import WindowOfAudit

__all__ = [
    "AnswerChanged",
    "ArticleVerdict",
    "AuditDocument",
    "Band",
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
    "StoredTest",
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
