"""The questions that a charter asks of one system, each with the comparisons that answer it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.errors import BoussoleError, CharterError, nearest
from boussole.audits.languages import LANGUAGES, bracketed, inside, typeset
from boussole.audits.metrics.through import shared_between
from boussole.audits.systems.kinds import Texts
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import MeasureInShort
from boussole.charter.records import open_records
from boussole.charter.records.in_force import in_force
from boussole.charter.text.judged import judged
from boussole.charter.text.model import SAME_TEXTS, Article, Charter, Indicator, Need, Records

Attribute = tuple[str, ...]

SELECTED = {True: {"en": "selected", "fr": "retenues"}, False: {"en": "flagged", "fr": "signalées"}}
"""What being selected is called where the system file has no `decision.title`: favourable, harm."""
NOT_AUDITED = "not_audited"
"""Why a measured question of a system that no audit has measured is not examined."""
NOT_RECORDED: dict[Records, str] = {
    "incidents_in_time": "no_incident",
    "explanations_in_time": "no_request",
    "trained_first": "no_training",
    "errors_noticed": "no_planting",
    "versions_examined": "no_version",
    "opinions_followed": "no_opinion",
    "uses_registered": "no_stocktaking",
    "rules_published": "no_public_rules",
    "same_texts": "no_pairs",
}
"""Why a question that records answer is not examined while there are none: their absence proves nothing."""
NO_GROUPS = {"en": "groups", "fr": "groupes"}
NO_CONTROLS = {"en": "criteria to be declared", "fr": "critères à déclarer"}


@dataclass(frozen=True, kw_only=True)
class JudgedFigures:
    """The figures of one comparison that are held to the watch and to the breach level; the graver one decides."""

    together: MeasureInShort
    watch: MeasureInShort
    breach: MeasureInShort
    windows: tuple[MeasureInShort, ...] = ()
    """All that could decide."""


@dataclass(frozen=True, kw_only=True)
class SystemQuestion:
    """One indicator as asked of one system: of one attribute where it is asked for each group attribute."""

    article: Article
    indicator: Indicator
    id: str
    by: Attribute | None = None
    comparisons: tuple[MeasureInShort, ...] = ()
    own: tuple[MeasureInShort, ...] = ()
    """Those of the window of the audit alone, in the same order."""
    recent: tuple[tuple[MeasureInShort, ...], ...] = ()
    """Of each, the same over recent windows alone."""
    heard: tuple[JudgedFigures, ...] = ()
    """Of each, which windows decide; none by the rules before the fifth."""
    logged: MeasureInShort | None = None
    """What a log counts of what is not tolerated: held to no level, and so no comparison."""
    ranged: MeasureInShort | None = None
    """A figure that is known as a range: held to a level by its ends, and so no comparison."""
    unexamined: str | None = None

    @property
    def family(self) -> str:
        """The key of the family that the correction for many comparisons spans."""
        own = {"question": f"question {self.id}", "indicator": f"indicator {self.indicator.id}"}
        return own.get(self.indicator.family, f"article {self.article.id} {self.indicator.family}")


@dataclass(frozen=True, kw_only=True)
class SystemQuestions:
    """What a charter asks of a system, whatever was measured: the questions without their comparisons."""

    charter: Charter
    system: System
    questions: tuple[SystemQuestion, ...]

    def answered(
        self, measures: Sequence[MeasureInShort] | None, together: Sequence[MeasureInShort] = ()
    ) -> list[SystemQuestion]:
        """The questions with the measures that answer them, of the window (None: no audit) and of all windows."""
        if measures is None:
            return [replace(each, unexamined=each.unexamined or NOT_AUDITED) for each in self.questions]
        by_metric: dict[str, list[MeasureInShort]] = {}
        for measure in measures:
            by_metric.setdefault(measure.metric, []).append(measure)
        since = {each.id: each for each in together if each.params.recent is None}
        lately: dict[str, list[MeasureInShort]] = {}
        for each in together:
            if each.params.recent is not None:
                lately.setdefault(each.id, []).append(each)
        return [
            _answered(question, by_metric.get(question.indicator.metric or "", []), since, lately)
            for question in self.questions
        ]


def asked_of(charter: Charter, system: System) -> SystemQuestions:
    """All questions that fit the system, in order; raises CharterError when two would bear the same id."""
    found = [
        question
        for article in charter.articles
        for indicator in article.indicators
        if (way := way_of(indicator, system)) is not None
        for question in _expanded(article, way, system)
    ]
    for question_id, count in Counter(question.id for question in found).items():
        if count > 1:
            raise CharterError(
                f"{count} questions about '{system.id}' would be called '{question_id}'.",
                next_step="Rename one of the indicators, or one of the groups of the system.",
            )
    return SystemQuestions(charter=charter, system=system, questions=tuple(found))


def questions(charter: Charter, system: System, measures: Sequence[MeasureInShort] | None) -> list[SystemQuestion]:
    """All questions that fit the system with their measures; raises CharterError when two would bear the same id."""
    return asked_of(charter, system).answered(measures)


def way_of(indicator: Indicator, system: System) -> Indicator | None:
    """The first way to ask a question that fits a system and has what it needs, else the one that lacks something."""
    fitting = [way for way in indicator.ways if system.kind in way.kinds and applies(way, system)]
    first = next((way for way in fitting if way.applies == "texts"), next(iter(fitting), None))
    return next((way for way in fitting if _lacking(way, system) is None), first)


def applies(indicator: Indicator, system: System) -> bool:
    """Whether an indicator has a meaning for this system: harm or favour, outcomes of the selected, controls."""
    columns = system.columns
    if indicator.applies == "training":
        return system.usage is not None and system.usage.trained
    if indicator.applies == "texts":
        return system.only_writes
    if indicator.applies == "always" or columns is None:
        return indicator.applies == "always"
    if indicator.applies == "controls":
        return bool(system.controls)
    if indicator.applies == "selective_labels":
        return columns.outcome is not None and columns.outcome.observed_for == "selected"
    return columns.favourable == (indicator.applies == "favourable")


def _expanded(article: Article, indicator: Indicator, system: System) -> Iterator[SystemQuestion]:
    reason = _unexamined(indicator, system)
    attributes: list[Attribute | None] = [None]
    if indicator.for_each == "groups" and reason is None:
        attributes = list(system.attributes)
    for by in attributes:
        name = "_".join([indicator.id, *(by or ())])
        yield SystemQuestion(article=article, indicator=indicator, id=name, by=by, unexamined=reason)


def _answered(
    question: SystemQuestion,
    measures: Sequence[MeasureInShort],
    since: Mapping[str, MeasureInShort],
    lately: Mapping[str, Sequence[MeasureInShort]],
) -> SystemQuestion:
    if question.unexamined:
        return question
    if judged(question.indicator.metric).scale == "range":
        ranged = next(iter(measures), None)
        return replace(question, ranged=ranged, unexamined=None if ranged else "no_measure")
    if judged(question.indicator.metric).one_case:
        logged = next(iter(measures), None)
        return replace(question, logged=logged, unexamined=None if logged else "no_measure")
    own = tuple(m for m in measures if _answers(m, question.indicator, question.by))
    comparisons = tuple(since.get(each.id, each) for each in own)
    everybody = question.indicator.for_each is None and not comparisons
    unlogged = judged(question.indicator.metric).needs_log and not measures
    missing = "no_measure" if everybody or unlogged else None
    recent = tuple(tuple(lately.get(each.id, ())) for each in own)
    return replace(question, comparisons=comparisons, own=own, recent=recent, unexamined=missing)


def _answers(measure: MeasureInShort, indicator: Indicator, by: Attribute | None) -> bool:
    comparison = measure.params.scale is not None and set(measure.given) <= {"stage"}
    if not comparison:
        return False
    if any(measure.params.get(key) != value for key, value in indicator.params.items()):
        return False
    if indicator.subject is not None:
        return ((measure.group or {}).get("feature") == "score") == (indicator.subject == "score")
    return by is None or measure.by == by


def _unexamined(indicator: Indicator, system: System) -> str | None:
    if indicator.evidence == "attested":
        return "not_attested"
    if indicator.records is not None:
        return NOT_RECORDED[indicator.records]
    if indicator.metric is None:
        return "not_measured_yet"
    if (need := _lacking(indicator, system)) is not None:
        return f"no_{need}"
    return "no_groups" if indicator.for_each == "groups" and not system.groups else None


def _lacking(indicator: Indicator, system: System) -> Need | None:
    """The first thing that a question, or its measure, needs and the system file does not declare."""
    has = _declared(system)
    needs: list[Need] = ["decision", *indicator.needs] if judged(indicator.metric).decided else indicator.needs
    return next((need for need in needs if not has[need]), None)


def _declared(system: System) -> dict[Need, bool]:
    columns, sent = system.columns, system.contacts
    human = columns.human if columns is not None else None
    texts = system.generations.texts if system.generations is not None else None
    called = system.generations.calls if system.generations is not None else None
    closings = sent is not None and sent.reply_at is not None and sent.closes_at is not None
    return {
        "decision": system.decides,
        "outcome": columns is not None and columns.outcome is not None,
        "reference": system.windows.reference is not None,
        "score": columns is not None and columns.score is not None,
        "features": bool(system.features),
        "controls": bool(system.controls),
        "stages": columns is not None and bool(columns.stages),
        "actors": shared_between([system.actors.get(name) for name in system.log.stages]) if columns else False,
        "ranks": columns is not None and columns.request is not None and columns.rank is not None,
        "person": columns is not None and columns.person is not None,
        "contacts": sent is not None,
        "closings": closings,
        "smartphones": closings and sent is not None and sent.smartphone is not None,
        "replies": sent is not None and sent.reply_at is not None,
        "reviews": human is not None and human.agent is not None,
        "reading_time": human is not None and None not in (human.agent, human.seconds, human.words),
        "agencies": system.agencies is not None,
        "accounts": system.accounts is not None,
        "trained_users": system.usage is not None and system.usage.trained,
        "search_controls": system.search_controls is not None,
        "triggers": system.search_controls is not None and system.search_controls.told,
        "notices": sent is not None and bool(sent.notices),
        "allowed_places": called is not None and called.bounded,
        "adverts": texts is not None and bool(texts.adverts),
        "personal_kinds": texts is not None and bool(texts.personal),
        "reworked_texts": system.generations is not None and system.generations.reviewed,
        "texts_in_time": system.generations is not None and system.generations.timed,
        "marks": texts is not None and texts.marking is not None,
        "called_models": called is not None and bool(called.models),
        "text_outcomes": called is not None and system.generations is not None and bool(system.generations.outcome),
        "purposes": system.usage is not None and system.usage.bounded,
    }


def asked(question: SystemQuestion, system: System) -> dict[str, str]:
    """The question in plain words, in every language of Boussole, with the system's own names in it."""
    return {lang: worded(question.indicator, system, lang, by=question.by) for lang in LANGUAGES}


def worded(indicator: Indicator, system: System, lang: str, *, by: Attribute | None = None) -> str:
    """A question in the system's own names; of all its attributes where it is asked of none."""
    texts = indicator.question
    lang = spoken(texts, lang)
    text = texts[lang]
    names = {
        "system": said(system.title, lang),
        "decision": decision(system, lang),
        "group": _attribute(by, system, lang),
        "controls": controls(system, lang),
    }
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    return typeset(text, lang)


def decision(system: System, lang: str) -> str:
    """What being selected is called, as a past participle: "contactées", "contacted"."""
    columns = system.columns
    titles = columns.decision.title if columns is not None and columns.decision is not None else None
    return said(titles or SELECTED[columns is None or columns.favourable], lang)


def _attribute(by: Attribute | None, system: System, lang: str) -> str:
    names = by or tuple(system.groups)
    titles = [inside(said(system.groups[name].title or {lang: name}, lang)) for name in names]
    return (" × " if by else ", ").join(titles) or said(NO_GROUPS, lang)


def controls(system: System, lang: str) -> str:
    """What people are compared within, as it stands in brackets: `occupation family [ROME], distance`."""
    titles = [inside(said(control.title or {lang: name}, lang)) for name, control in system.controls.items()]
    return bracketed(", ".join(titles)) or said(NO_CONTROLS, lang)


def stage(measure: MeasureInShort, system: System, lang: str) -> str:
    """What a reader calls the stage that a measure is about: its title in the system file, else its column."""
    name = measure.given["stage"]
    titles = system.columns.stage_titles if system.columns is not None else {}
    return said(titles.get(name, {lang: name}), lang)


def spoken(texts: Texts, lang: str) -> str:
    """The language that a text is read in: the one asked for, else the first it is written in.

    >>> spoken({"de": "Wer?", "en": "Who?"}, "fr")
    'de'
    """
    return lang if lang in texts else next(iter(texts))


def said(texts: Texts, lang: str) -> str:
    """A text in a language, else in the first one it is written in."""
    return texts.get(lang) or next(iter(texts.values()))


def question_of(workspace: Workspace, name: str, *, attested: bool = False, tolerance: bool = False) -> Indicator:
    """A question of the charter in force, of the kind that such a record can answer."""
    indicators = {each.id: each for each in charter_to_answer(workspace).ways}
    fitting = {
        each.id
        for each in indicators.values()
        if (attested and each.evidence == "attested") or (tolerance and takes_cases(each))
    }
    if name not in fitting:
        what = "is not attested" if attested else "tolerates cases: it is answered by measures"
        problem = f"the question '{name}' {what}" if name in indicators else f"the charter has no question '{name}'"
        raise BoussoleError(f"{problem}. {nearest(name, fitting)}", next_step="See `boussole charter show`.")
    return indicators[name]


def takes_cases(indicator: Indicator) -> bool:
    """Whether a case that a person reports and confirms breaks the promise."""
    return indicator.threshold.tolerance is not None or indicator.records == SAME_TEXTS


def question_by_records(workspace: Workspace, records: Records) -> Indicator:
    """The question of the charter in force that such records answer. Raises BoussoleError where there is none."""
    found = next((each for each in charter_to_answer(workspace).ways if each.records == records), None)
    if found is None:
        raise BoussoleError(
            f"no question of the charter in force is answered by `records: {records}`.",
            next_step="See `boussole charter show`; an amendment can ask it.",
        )
    return found


def asked_of_system(workspace: Workspace, question: str, system: str | None) -> str | None:
    """The id of a system that the question is asked of, or none: all of them."""
    if system is None:
        return None
    found = workspace.system(system)
    if question not in {asked.indicator.id for asked in asked_of(charter_to_answer(workspace), found).questions}:
        raise BoussoleError(
            f"the question '{question}' is not asked of '{system}', which is of kind {found.kind}.",
            next_step="See which kinds it is asked of in `boussole charter show --json -`.",
        )
    return found.id


def charter_to_answer(workspace: Workspace) -> Charter:
    """The charter in force; records of an earlier Boussole are brought up to date first, since one is to be written."""
    open_records(workspace)
    return in_force(workspace).charter
