"""The audit document `boussole.audit/1` as models: JSON becomes them where it is read, its schema is made of them."""

from boussole.audits.measure_params import Band, Params, StoredTest
from boussole.charter.document.answers.verdict import ArticleVerdict
from boussole.charter.document.answers.verdicts import (
    AnsweringStatement,
    CaseCounts,
    Comparison,
    IntervalOfTests,
    Levels,
    LoggedCases,
    PairedDifference,
    PairedTest,
    RecordCounts,
    RegisterDates,
    ThresholdOfVerdict,
    VerdictDocument,
    VerdictInShort,
    VerdictReasons,
)
from boussole.charter.document.audit import (
    AuditDocument,
    CharterOfAudit,
    Evidence,
    Standing,
    SystemVerdicts,
    UnmeasuredSystem,
    by_article,
    worst_of,
)
from boussole.charter.document.left_out import LeftOut, PartLeftOut, ReasonLeftOut
from boussole.charter.document.measures import IntervalOfMeasure, MeasureDocument, MeasureInShort
from boussole.charter.document.references import AnswerChange, PreviousAudit, ReferenceChanged, WindowOfAudit

__all__ = [
    "AnswerChange",
    "AnsweringStatement",
    "ArticleVerdict",
    "AuditDocument",
    "Band",
    "CaseCounts",
    "CharterOfAudit",
    "Comparison",
    "Evidence",
    "IntervalOfMeasure",
    "IntervalOfTests",
    "LeftOut",
    "Levels",
    "LoggedCases",
    "MeasureDocument",
    "MeasureInShort",
    "PairedDifference",
    "PairedTest",
    "Params",
    "PartLeftOut",
    "PreviousAudit",
    "ReasonLeftOut",
    "RecordCounts",
    "ReferenceChanged",
    "RegisterDates",
    "Standing",
    "StoredTest",
    "SystemVerdicts",
    "ThresholdOfVerdict",
    "UnmeasuredSystem",
    "VerdictDocument",
    "VerdictInShort",
    "VerdictReasons",
    "WindowOfAudit",
    "by_article",
    "worst_of",
]
