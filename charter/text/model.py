"""The models of a charter: articles, questions, thresholds, law. Unknown keys are errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, StringConstraints, model_serializer, model_validator

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.kinds import Identifier, Kind, Strict, Texts

Evidence = Literal["measured", "attested"]
Applies = Literal["always", "favourable", "harm", "selective_labels", "controls", "training", "texts"]
Need = Literal[
    "decision",
    "outcome",
    "reference",
    "score",
    "features",
    "controls",
    "stages",
    "actors",
    "ranks",
    "person",
    "contacts",
    "closings",
    "smartphones",
    "replies",
    "reviews",
    "reading_time",
    "agencies",
    "purposes",
    "notices",
    "accounts",
    "allowed_places",
    "called_models",
    "text_outcomes",
    "adverts",
    "personal_kinds",
    "search_controls",
    "triggers",
    "trained_users",
    "marks",
    "reworked_texts",
    "texts_in_time",
]
Frequency = Literal["every_audit", "monthly", "quarterly", "yearly", "once"]
Answer = Literal["yes", "no", "open"]
Subject = Literal["score", "features"]
Records = Literal[
    "incidents_in_time",
    "explanations_in_time",
    "trained_first",
    "errors_noticed",
    "versions_examined",
    "opinions_followed",
    "uses_registered",
    "rules_published",
    "same_texts",
]
"""What can be counted in the records that a workspace keeps anyway."""
DAYS_OF: Mapping[Records, tuple[str, ...]] = {
    "opinions_followed": ("publish_days", "reply_days", "late_days"),
    "uses_registered": ("fresh_days",),
}
"""The days that a charter sets for what is counted, in `params`."""
SAME_TEXTS: Records = "same_texts"
"""What is not counted but tested: what texts differ in that were written for pairs of requests."""
CUES = "cues"
"""The parameter that names what must be changed in the requests before the promise is kept."""
FrameworkKind = Literal["law", "standard", "practice"]
Word = Literal["person", "agent"]
TextStatus = Literal["draft wording", "official"]
LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Words = Annotated[str, StringConstraints(min_length=1)]
OWN_FAMILIES = ("question", "indicator")
"""Families of one indicator; any other name is shared by several of an article."""
BEFORE = {"looks": "each"}
"""What charters meant before they could say it."""
ARTICLES = (3, 12)
"""Fewest and most articles of a charter."""


class Framework(Strict):
    """A law, a standard or a practice of which questions answer to single provisions."""

    title: Texts = Field(description="Its name")
    kind: FrameworkKind = Field("law", description="`law` binds, a `standard` is chosen, a `practice` is a landmark")
    where: Texts | None = Field(None, description="Where it applies, and to whom")
    note: Texts | None = Field(None, description="What a reader must know of it")


class Law(Strict):
    """A provision that questions answer to, or that no question covers."""

    title: Texts = Field(description="Its name, with its number")
    framework: Identifier | None = Field(None, description="The law, standard or practice that it is part of")
    asks: Texts | None = Field(None, description="What it asks, in one plain sentence")
    in_force: dt.date = Field(description="First day on which it applies")
    until: dt.date | None = Field(None, description="Last day on which it applies; absent: no end is known")
    source: Words = Field(description="Where its text is published")
    to_check: bool = Field(False, description="True while the date rests on a secondary source")
    note: Texts | None = Field(None, description="What a reader must know of it")
    uncovered: Texts | None = Field(None, description="Why no question of this charter answers to it")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.in_force:
            raise ValueError(f"it would end on {self.until} before it begins on {self.in_force}")
        return self


class LawFile(Strict):
    """The file `law.yaml`."""

    frameworks: dict[Identifier, Framework] = Field(default_factory=dict, description="Laws, standards, practices")
    provisions: dict[Identifier, Law] = Field(default_factory=dict, description="Their provisions, named in `law`")


class Threshold(Strict):
    """Levels stated for the favourable direction: a ratio under 1, a gap or distance as a magnitude."""

    watch: float | None = Field(None, ge=0, allow_inf_nan=False, description="Beyond it, the question is watched")
    breach: float | None = Field(
        None, ge=0, allow_inf_nan=False, description="Beyond it, the promise is broken; absent: left to a vote"
    )
    watch_alpha: float | None = Field(
        None,
        gt=0,
        lt=0.5,
        description="How often chance alone may put it beyond the watch level, in place of the charter's `alpha`: "
        "smaller where that level is no difference at all, which is where it stands while nothing is wrong",
    )
    tolerance: float | None = Field(
        None, gt=0, lt=1, description="Zero tolerance: one confirmed case breaks; kept only when 3/n is under this"
    )
    breaks_from: dt.date | None = Field(
        None, description="Zero tolerance: first day of which a confirmed case breaks; one of an earlier day is watched"
    )
    status: Literal["proposed", "adopted"] = Field(description="Whether the committee has voted it")
    since: dt.date = Field(description="When it was proposed or adopted")
    justification: Texts | None = Field(None, description="Why this level, in plain words")
    source: str | None = Field(None, description="The norm, publication or vote it comes from")

    @model_validator(mode="after")
    def _of_cases(self) -> Self:
        if self.breaks_from is not None and self.tolerance is None:
            raise ValueError("`breaks_from` is of cases that are not tolerated: add a `tolerance`, or remove it")
        return self

    @model_serializer(mode="wrap")
    def _as_before(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """A level of all days that errs as all others is written, and hashed, as before there were others."""
        found: dict[str, Any] = written(self)
        later = ("breaks_from", "watch_alpha")
        return {name: value for name, value in found.items() if name not in later or value is not None}

    def post_hoc(self, window_start: dt.date, *, proven: dt.date | None) -> bool:
        """Whether it was adopted after the window had begun, so that it may have been chosen to fit.

        `proven`: the day from which the ledger proves its adoption, None where it holds none.

        >>> level = Threshold(watch=0.95, status="adopted", since=dt.date(2026, 7, 2))
        >>> [level.post_hoc(dt.date(2026, 7, day), proven=dt.date(2026, 6, 1)) for day in (1, 2)]
        [True, False]
        >>> level.post_hoc(dt.date(2026, 7, 2), proven=None)
        True
        """
        return self.status == "adopted" and (proven is None or max(self.since, proven) > window_start)


class Otherwise(Strict):
    """How a question is asked of systems of which it cannot be asked as it is worded; the rest stays the same."""

    id: Identifier = Field(description="Its name for other files and documents; it never changes")
    question: Texts = Field(description="May name {system}, {decision}, {group} and {controls}")
    metric: Identifier = Field(description="The judged measure")
    params: dict[str, bool | int | float | str] = Field(
        default_factory=dict, description="Which of its figures, by a parameter they carry"
    )
    subject: Subject | None = Field(None, description="For drift: the score, or the features watched")
    applies: Applies = Field("always", description="As for the question itself")
    needs: list[Need] = Field(default_factory=list, description="What the system file must declare")
    computed: Texts = Field(description="What is counted, in plain words")
    threshold: Threshold | None = Field(None, description="Its own levels; absent: those of the question")
    broken_if: Texts = Field(description="What would make the promise broken")


class Indicator(Strict):
    """One question of an article, and how it is answered."""

    id: Identifier = Field(description="Its name for other files and documents; it never changes")
    number: Annotated[str, StringConstraints(pattern=r"^\d+\.\d+[a-z]?$")] = Field(
        description="What people call it: 3.1"
    )
    label: Texts | None = Field(None, description="What it is about in at most five words, for tables")
    question: Texts = Field(description="May name {system}, {decision}, {group} and {controls}")
    good_answer: Answer = Field("yes", description="The answer that keeps the promise; `open`: neither yes nor no")
    evidence: Evidence = Field(description="From decisions, or a statement of a person")
    metric: Identifier | None = Field(None, description="The judged measure; null while it cannot be measured yet")
    records: Records | None = Field(
        None, description="What is counted in the records instead of the decisions: everything that came due in a year"
    )
    params: dict[str, bool | int | float | str] = Field(
        default_factory=dict,
        description="Which of its figures, by a parameter they carry; of what `records` count, its days",
    )
    subject: Subject | None = Field(None, description="For drift: the score, or the features watched")
    kinds: list[Kind] = Field(min_length=1, description="Kinds of system it is asked of")
    applies: Applies = Field(
        "always",
        description="`favourable` or `harm`: what being selected is; `selective_labels`: where outcomes are known for "
        "the selected alone; `controls`: where the system file declares some; `training`: where its log of uses says "
        "who was trained when; `texts`: of a system that writes texts and decides nothing",
    )
    for_each: Literal["groups"] | None = Field(None, description="One question per group attribute and intersection")
    family: Identifier = Field(
        "question",
        description="What the correction for many comparisons spans: one `question`, the `indicator` over all "
        "attributes, or all indicators of the article that name the same family",
    )
    weight: float = Field(
        1.0, gt=0, allow_inf_nan=False, description="What it counts beside the other questions of its family"
    )
    needs: list[Need] = Field(default_factory=list, description="What the system file must declare")
    breach_with: Identifier | None = Field(
        None, description="Broken only where this question of the article is watched or broken too; else watched"
    )
    breach_when: Literal["watched", "broken"] = Field(
        "watched",
        description="How the question of `breach_with` must stand for this one to be broken: `watched` or broken, or "
        "`broken` alone",
    )
    computed: Texts = Field(description="What is counted or attested, in plain words")
    threshold: Threshold = Field(description="From which level on it is watched or broken, and why")
    broken_if: Texts = Field(description="What would make the promise broken")
    frequency: Frequency = Field(description="How often it is asked")
    attested_by: Texts | None = Field(None, description="The role that attests")
    register_answers: Literal["dates"] | None = Field(
        None, description="`dates`: the register's dates answer it, unless somebody attests worse"
    )
    valid_months: int | None = Field(None, ge=1, description="An older attestation answers nothing")
    law: list[Identifier] = Field(default_factory=list, description="Provisions of `law.yaml` that it answers to")
    related: list[Identifier] = Field(default_factory=list, description="Questions shown beside it, never in its place")
    otherwise: list[Otherwise] = Field(
        default_factory=list,
        description="How it is asked where it cannot be asked so: the first that applies and has what it needs",
    )

    @model_serializer(mode="wrap")
    def _as_before(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out defaults, so that a question that counts like any other has the hash that it always had."""
        found: dict[str, Any] = written(self)
        usual = {"weight": 1, "records": None, "label": None, "breach_with": None, "breach_when": "watched"}
        return {name: value for name, value in found.items() if name not in usual or value != usual[name]}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.evidence == "attested" and (self.metric or self.valid_months is None or self.attested_by is None):
            raise ValueError("an attested question has no `metric`, and needs `attested_by` and `valid_months`")
        if self.evidence == "measured" and (self.valid_months is not None or self.attested_by is not None):
            raise ValueError("`attested_by` and `valid_months` are for attested questions")
        self._counted()
        if self.otherwise and not self.metric:
            raise ValueError("`otherwise` says how else a measured question is asked, and this one has no `metric`")
        if self.breach_when != "watched" and self.breach_with is None:
            raise ValueError("`breach_when` says how the question of `breach_with` must stand, and there is none")
        for each in self.ways:
            if each.metric and each.threshold.watch is None and each.threshold.tolerance is None:
                raise ValueError(
                    f"the measure '{each.metric}' is judged, so it needs a `threshold.watch` or a `tolerance`"
                )
        return self

    def _counted(self) -> None:
        level = self.threshold
        if self.records is None:
            return
        if self.evidence == "attested" or self.metric or self.for_each:
            raise ValueError("a question that `records` answer is `measured`, has no `metric`, and is asked once")
        if (level.tolerance is None) == (level.watch is None):
            raise ValueError("a question that `records` answer needs a `threshold.watch` or a `threshold.tolerance`")
        if any(each is not None and not 0 < each <= 1 for each in (level.watch, level.breach)):
            raise ValueError("a level of what `records` count is a share of what was due: above 0, up to 1")
        if level.breach is not None and level.breach >= (level.watch or 0):
            raise ValueError("the breach level of what `records` count lies below its watch level")

    @property
    def ways(self) -> list[Indicator]:
        """The question as it is asked first, then as it is asked otherwise; of a system, it is asked in one way."""
        return [self, *(self._asked_otherwise(each) for each in self.otherwise)]

    def _asked_otherwise(self, other: Otherwise) -> Indicator:
        own = {name: getattr(other, name) for name in Otherwise.model_fields if name != "threshold"}
        return self.model_copy(update={**own, "threshold": other.threshold or self.threshold, "otherwise": []})

    @property
    def wording(self) -> str:
        """The hash of what is asked, in all languages: a statement answers the question as it stood, and no other."""
        words = {"question": self.question, "computed": self.computed, "broken_if": self.broken_if}
        return sha256_hex(canonical_json(words))


class TextOrigin(Strict):
    """Whose words an article is written in."""

    status: TextStatus = Field(description="Whether the organisation has made the words its own")
    source: Words = Field(description="Who wrote them")
    date: dt.date = Field(description="When")


class Why(Strict):
    """Why it matters, for the two kinds of people it touches."""

    person: Texts = Field(description="For somebody concerned by decisions")
    agent: Texts = Field(description="For somebody who works with the system")


class Article(Strict):
    """One promise of the charter."""

    id: Identifier = Field(description="Its name, and that of its file")
    order: int = Field(ge=1, description="Its place in the charter")
    title: Texts = Field(description="Its name, for readers")
    commitment: Texts = Field(description="The promise, in one sentence")
    why: Why = Field(description="Why it matters")
    text: TextOrigin = Field(description="Whose words these are")
    indicators: list[Indicator] = Field(min_length=1, description="The questions that tell whether it is kept")

    @property
    def ways(self) -> list[Indicator]:
        """Every question in every way it is asked, in the order of the text."""
        return [way for indicator in self.indicators for way in indicator.ways]


class College(Strict):
    """One of the groups that sit on the committee."""

    id: Identifier = Field(description="Its name for other files")
    title: Texts = Field(description="Its name, for readers")


class LeftOut(Strict):
    """From which share of decisions that could not be counted on an audit judges nothing."""

    limit: float = Field(gt=0, lt=1, description="That share: 0.01 is 1 in 100")
    status: Literal["proposed", "adopted"] = Field(description="Whether the committee has voted it")
    since: dt.date = Field(description="When it was proposed or adopted")
    justification: Texts = Field(description="Why this share, in plain words")
    source: Words = Field(description="The norm, publication or vote it comes from")


class Head(Strict):
    """The head file of a charter (`charter.yaml`)."""

    id: Identifier = Field(description="The same from version to version")
    version: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")] = Field(description="Human version number")
    adopted_on: dt.date | None = Field(
        None, description="As the text says; what counts is the adoption that the ledger holds"
    )
    languages: list[LanguageCode] = Field(min_length=1, description="Every text is in each of them, and in no other")
    title: Texts = Field(description="Its name, for readers")
    notice: Texts = Field(description="Printed beside every threshold")
    colleges: list[College] = Field(min_length=1, description="Who sits on the committee")
    alpha: float = Field(0.05, gt=0, lt=0.5, description="Level of every one-sided test")
    power: float = Field(0.8, gt=0.5, lt=1, description="Power at which missing decisions are counted")
    looks: Literal["year", "each"] = Field(
        "year", description="What `alpha` spans: all looks of a system in a year, or each look by itself"
    )
    confirm_days: int = Field(30, ge=1, description="Days after which a case that nobody confirmed counts as confirmed")
    renew_days_before: int = Field(60, ge=0, description="Days before an attestation expires when its renewal is due")
    left_out: LeftOut | None = Field(
        None,
        description="From which share of decisions set aside on every question that rests on the log is *we cannot "
        "tell*; absent: whatever the share",
    )
    rules: dict[Identifier, Texts] = Field(description="How verdicts are reached, in plain words")
    words: dict[Word, Texts] = Field(
        default_factory=dict,
        description="What pages call people here, with their article: `person` (concerned by decisions: a borrower), "
        "`agent` (works with a system: an adviser)",
    )


class Charter(Head):
    """A whole charter, its articles in order; `sha256` is the hash of its canonical JSON."""

    frameworks: dict[Identifier, Framework] = Field(default_factory=dict)
    laws: dict[Identifier, Law] = Field(default_factory=dict)
    articles: list[Article]
    sha256: str = ""

    @classmethod
    def of_sealed(cls, document: Mapping[str, Any], sha256: str) -> Self:
        """A charter from the JSON it was sealed as; raises pydantic's ValueError when this version cannot read it."""
        return cls.model_validate({**BEFORE, **document, "sha256": sha256})

    def document(self) -> dict[str, Any]:
        """The charter as it is hashed and published: JSON, without its own hash."""
        return self.model_dump(mode="json", exclude={"sha256"})

    def article(self, article_id: str) -> Article:
        """One article by its id (KeyError if there is none)."""
        return {article.id: article for article in self.articles}[article_id]

    @property
    def ways(self) -> list[Indicator]:
        """Every question of every article, in every way it is asked."""
        return [way for article in self.articles for way in article.ways]

    def indicator(self, indicator_id: str) -> Indicator:
        """One question by its id, or that of another way to ask it (KeyError if there is none)."""
        return {way.id: way for way in self.ways}[indicator_id]

    def law_of(self, indicator: Indicator) -> list[Law]:
        """The texts of law that a question answers to."""
        return [self.laws[name] for name in indicator.law]
