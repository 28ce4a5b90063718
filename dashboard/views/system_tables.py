"""What is told of a system beside its answers: its questions as a matrix, what it wrote, and what is not examined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import floor, log10

from boussole.audits.decisions.written import TaskTexts, WrittenTexts
from boussole.audits.languages import inside, number
from boussole.audits.metrics.footprint import OF_YEAR
from boussole.audits.mixed import MixedText, joined
from boussole.audits.systems import System
from boussole.charter.amending.plain import plainly
from boussole.charter.document import Standing, VerdictDocument, by_article
from boussole.charter.document.answers.verdict import CALLING
from boussole.charter.judging.coverage import FOLLOWED, coverage
from boussole.charter.judging.families import NOT_RECORDED
from boussole.charter.judging.follow_up import examined_before_start
from boussole.charter.text.model import Indicator
from boussole.dashboard.markup.elements import ORDER, word
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import answer_href, article_href
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of
from boussole.dashboard.views.answers.small_print import Cap, caps
from boussole.dashboard.views.charts.groups import By, attribute_name
from boussole.dashboard.views.incidents_and_work import reported_words, work_words
from boussole.dashboard.views.register import examined_words
from boussole.dashboard.views.register_words import coverage_words
from boussole.dashboard.views.scene import Scene, anchor_of


@dataclass(frozen=True, kw_only=True)
class VerdictCell:
    """One mark: `name` tells it from all others, for those who hear the links of a page."""

    verdict: str
    name: str
    href: str
    anchor: str


@dataclass(frozen=True, kw_only=True)
class QuestionRow:
    """One question: its cells by column, None where it is not asked of one, or `alone` where of no groups."""

    number: str
    text: str
    cells: Sequence[VerdictCell | None]
    alone: VerdictCell | None

    @property
    def verdicts(self) -> set[str]:
        """What its marks say."""
        return {cell.verdict for cell in (self.alone, *self.cells) if cell is not None}


@dataclass(frozen=True, kw_only=True)
class ArticleRows:
    """One article: how it stands, and its questions, those that somebody has examined apart from the others."""

    id: str
    title: str
    href: str
    verdict: str
    examined: Sequence[QuestionRow]
    untouched: Sequence[QuestionRow]


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """All questions of a system. `ending` are the words in which all questions about groups end."""

    ending: str
    columns: Sequence[str]
    articles: Sequence[ArticleRows]
    caps: Sequence[Cap]

    @property
    def parted(self) -> tuple[list[ArticleRows], list[ArticleRows], list[ArticleRows]]:
        """The examined questions: those that call for attention, and the others where there are many."""
        examined = [each for each in self.articles if each.examined]
        calling = _of(examined, lambda row: not row.verdicts.isdisjoint(CALLING))
        if not calling or sum(len(each.examined) for each in examined) <= FEW_ROWS:
            return examined, [], []
        kept = _of(examined, lambda row: row.verdicts == {"kept"})
        return calling, kept, _of(examined, lambda row: row.verdicts.isdisjoint(CALLING) and row.verdicts != {"kept"})

    @property
    def untouched(self) -> int:
        """How many questions nobody has examined, one of each way to group people."""
        rows = (row for article in self.articles for row in article.untouched)
        return sum(row.alone is not None or sum(cell is not None for cell in row.cells) for row in rows)


FEW_ROWS = 30
"""So many questions are taken in at one look."""


def _of(articles: Sequence[ArticleRows], wanted: Callable[[QuestionRow], bool]) -> list[ArticleRows]:
    found = [replace(each, examined=[row for row in each.examined if wanted(row)]) for each in articles]
    return [each for each in found if each.examined]


def shared_ending(texts: Sequence[str]) -> str:
    """The words in which all of several texts in the page's language end; empty where one is nothing else.

    >>> shared_ending(["Are women seen as often?", "Are men called as often?"]), shared_ending(["Why?"])
    ('as often?', '')
    """
    different = list(dict.fromkeys(texts))
    if len(different) < 2 or any(isinstance(text, MixedText) for text in different):
        return ""
    split = [text.split(" ") for text in different]
    n = 0
    while all(n + 2 < len(words) and words[-n - 1] == split[0][-n - 1] for words in split):
        n += 1
    return " ".join(split[0][len(split[0]) - n :]) if n else ""


def matrix(scene: Scene, system: str, say: Say, *, query: dict[str, str]) -> Matrix:
    """The questions that the charter in force asks of a system, with the verdicts as they stand."""
    document = scene.standing[system]
    examined = [each for each in document.verdicts if each.verdict != "not_examined"]
    columns = list(dict.fromkeys(each.by for each in examined if each.by))
    stands = by_article(document)
    made = _Making(scene=scene, system=system, say=say, query=query, columns=columns)
    ending = shared_ending([made.text(each) for each in examined if each.by and not made.label(each)])
    articles = [
        ArticleRows(
            id=article.id,
            title=say.text(article.title),
            href=article_href(article.id, query=query),
            verdict=stands.get(article.id, "not_examined"),
            examined=made.rows([e for e in examined if e.article == article.id], ending=ending, short=True),
            untouched=made.rows(
                [e for e in document.verdicts if e.article == article.id and e.verdict == "not_examined"]
            ),
        )
        for article in scene.charter.articles
    ]
    return Matrix(
        ending=ending,
        columns=[attribute_name(by, say, system=scene.systems.get(system)) for by in columns],
        articles=[each for each in articles if each.examined or each.untouched],
        caps=caps(scene, say, query=query, system=system),
    )


@dataclass(frozen=True, kw_only=True)
class _Making:
    scene: Scene
    system: str
    say: Say
    query: dict[str, str]
    columns: Sequence[By]

    def text(self, verdict: VerdictDocument) -> str:
        """A question about groups without the groups that it is about."""
        indicator = indicator_of(self.scene.charter, verdict)
        return (
            plainly(indicator.question, self.say.lang)
            if indicator
            else question_of(self.scene.charter, verdict, self.say)
        )

    def label(self, verdict: VerdictDocument) -> str:
        indicator = indicator_of(self.scene.charter, verdict)
        return self.say.text(indicator.label) if indicator and indicator.label else ""

    def rows(self, verdicts: Sequence[VerdictDocument], *, ending: str = "", short: bool = False) -> list[QuestionRow]:
        together: dict[tuple[str, bool], list[VerdictDocument]] = {}
        for each in verdicts:
            grouped = each.by is not None and each.by in self.columns
            name = str(each.template or each.indicator) if grouped else each.indicator
            together.setdefault((name, grouped), []).append(each)
        return [
            self._row(found, ending if grouped else "", grouped=grouped, short=short)
            for (_, grouped), found in together.items()
        ]

    def _row(self, found: Sequence[VerdictDocument], ending: str, *, grouped: bool, short: bool) -> QuestionRow:
        first = found[0]
        indicator = indicator_of(self.scene.charter, first)
        text = self.text(first) if grouped else question_of(self.scene.charter, first, self.say)
        label = self.label(first) if short else ""
        if not label and ending:
            text = text.removesuffix(ending).rstrip() + "\u00a0…"
        by_columns = {each.by: each for each in found}
        cells = [self._cell(by_columns[by]) if by in by_columns else None for by in self.columns] if grouped else []
        return QuestionRow(
            number=indicator.number if indicator else "",
            text=label or text,
            cells=cells,
            alone=None if grouped else self._cell(first),
        )

    def _cell(self, verdict: VerdictDocument) -> VerdictCell:
        question = question_of(self.scene.charter, verdict, self.say)
        return VerdictCell(
            verdict=verdict.verdict,
            name=self.say("{verdict}: {text}", verdict=word(verdict.verdict, self.say), text=inside(question)),
            href=answer_href(self.system, verdict.indicator, query=self.query),
            anchor=anchor_of(verdict),
        )


@dataclass(frozen=True, kw_only=True)
class WrittenView:
    """What a system wrote: texts, tasks, where its models ran, and what it costs a year by register and audit."""

    texts: str
    period: str
    outcomes: bool
    tasks: Sequence[Sequence[str]]
    ran: Sequence[str] | None
    costs: str
    took: str


def written(told: WrittenTexts, system: System, document: Standing | None, say: Say) -> WrittenView:
    """What a system that writes wrote in some days; no text is shown, and nothing of an agent or a team."""
    yearly = system.costs.yearly
    places = [
        say("{place}: {n}", place=place or say("elsewhere, or not told"), n=say.whole(n)) for place, n in told.places
    ]
    return WrittenView(
        texts=say.whole(told.texts),
        period=say.period(told.first.isoformat(), told.last.isoformat()),
        outcomes=bool(told.outcomes),
        tasks=[_task(each, say, outcomes=bool(told.outcomes)) for each in told.tasks],
        ran=places if told.ran else None,
        costs="" if yearly is None else say("{euros} € a year", euros=say.whole(yearly)),
        took=_took(document, say),
    )


def _task(each: TaskTexts, say: Say, *, outcomes: bool) -> list[str]:
    shares = [say.percent(n / each.texts, 0) for n in each.became] if each.became else ["—"] * 3
    return [each.task or say("other tasks, or not told"), say.whole(each.texts), *(shares if outcomes else [])]


def _took(document: Standing | None, say: Say) -> str:
    spent = next((v.estimated for v in document.verdicts if v.metric == OF_YEAR), None) if document else None
    if spent is None or "co2e_kg" not in spent.ranges:
        return ""
    (low, high), (least, most) = spent.ranges["co2e_kg"], spent.ranges["water_l"]
    names = {"low": _digits(low, say), "high": _digits(high, say)}
    names |= {"least": _digits(least, say), "most": _digits(most, say), "year": f"{spent.numbers['year']:.0f}"}
    return say("{low} to {high} kg of CO₂ equivalent and {least} to {most} litres of water in {year}", **names)


def _digits(value: float, say: Say) -> str:
    """A number with as many decimals as leave two digits to read."""
    return number(value, say.lang, 0 if value == 0 else min(max(1 - floor(log10(value)), 0), 8))


NAMED = 4
"""Systems that are named one by one; of more, only the number is told."""
DATED = "examined_first"
"""The question to which the dates of the register say something too."""
TRAINED = "trained_before_use"
"""The question that the record of training answers."""
REPORTED = "incidents_in_time"
"""The question that the record of incidents answers."""
"""The question that the register answers for all uses together."""
DECLARED = (
    "no_groups", "no_outcome", "no_reference", "no_score", "no_features", "no_controls", "no_stages",
    "no_decision", "no_actors", "no_ranks", "no_person", "no_contacts", "no_agencies", "no_reviews", "no_reading_time",
    "no_closings", "no_smartphones", "no_replies", "no_purposes", "no_notices", "no_accounts",
    "no_triggers", "no_search_controls", "no_trained_users",
    "no_allowed_places", "no_called_models", "no_text_outcomes", "no_adverts", "no_personal_kinds",
    "no_marks", "no_reworked_texts", "no_texts_in_time",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Lacking:
    """The systems for which nobody has looked at a question for the same reason, and what it would take."""

    systems: str
    why: str
    needed: str


def lacking(
    scene: Scene, indicator: Indicator | None, places: Sequence[tuple[str, Standing, VerdictDocument]], say: Say
) -> list[Lacking]:
    """One entry a reason, in the order in which systems come; one for all where nobody is asked."""
    if indicator is not None and not places:
        why = say("This question is asked of no system of the register.")
        return [Lacking(systems="", why=why, needed="")]
    by_reason: dict[str, list[str]] = {}
    said: dict[str, str] = {}
    for system, _, verdict in places:
        if verdict.verdict == "not_examined":
            sentence = sentence_of(scene.charter, verdict, say, system=scene.systems.get(system))
            names = by_reason.setdefault(str(verdict.reason or sentence), [])
            title = scene.title(system, say)
            names += [] if title in names else [title]
            said.setdefault(str(verdict.reason or sentence), sentence)
    return [
        Lacking(systems=_systems(names, say), why=said[reason], needed=needed(reason, indicator, say))
        for reason, names in by_reason.items()
    ]


def in_register(
    scene: Scene, indicator: Indicator | None, places: Sequence[tuple[str, Standing, VerdictDocument]], say: Say
) -> list[str]:
    """What the register itself says beside a question on coverage, reports, training or dates of examination."""
    if indicator is not None and indicator.id == FOLLOWED:
        return [
            say("In the register: {answer}", answer=inside(coverage_words(coverage(scene.charter, scene.uses), say)))
        ]
    if indicator is not None and indicator.id == REPORTED:
        return reported_words(scene, list(dict.fromkeys(name for name, _, _ in places)), say)[:NAMED]
    if indicator is not None and indicator.id == TRAINED:
        return work_words(scene, list(dict.fromkeys(name for name, _, _ in places)), say)[:NAMED]
    if indicator is None or indicator.id != DATED:
        return []
    systems = [scene.systems[name] for name, _, _ in places if name in scene.systems]
    found = [(examined_before_start(system, today=scene.facts.as_of), system) for system in systems]
    found.sort(key=lambda each: ORDER.index(each[0].verdict))
    return [
        say(
            "Dates in the register, {system}: {answer}",
            system=scene.title(system.id, say),
            answer=examined_words(answer, say),
        )
        for answer, system in found[:NAMED]
    ]


def _systems(names: Sequence[str], say: Say) -> str:
    return joined(", ", names) if len(names) <= NAMED else say("{n} systems", n=say.whole(len(names)))


def needed(reason: str, indicator: Indicator | None, say: Say) -> str:
    """What it would take to answer; empty where the reason is not known here."""
    sample = indicator is not None and indicator.threshold.tolerance is not None
    if reason in ("too_few_examined", "cases_refuted") or (reason == "not_measured_yet" and sample):
        return say("It would take a sample that people inspect, and that somebody records with what they found.")
    if reason == "not_measured_yet":
        return say("It would take data on what is to be counted, and a measure of it.")
    if reason in ("not_attested", "attestation_expired", "question_reworded") and indicator is not None:
        months = indicator.valid_months or 12
        return say.plural(
            "It would take a statement with its document, which holds for one month at most.",
            "It would take a statement with its document, which holds for {n} months at most.",
            months,
        )
    if reason in DECLARED:
        return say("It would take these data in the log, and a line in the file of the system that says so.")
    audits = {
        "not_audited": say("It would take decisions in the log, and an audit of them."),
        **dict.fromkeys(
            (*NOT_RECORDED.values(), "record_old"),
            say("It would take that somebody records it, as it happens."),
        ),
        "no_stocktaking": say("It would take a stock of uses and models: `boussole record stocktaking`."),
        **dict.fromkeys(
            ("no_pairs", "pairs_old"),
            say("It would take a test with pairs of requests: `boussole texts pairs draw`, `run` and `seal`."),
        ),
        "pairs_missing": say("It would take a test that changes all that the charter names (`cues`)."),
        "pairs_few": say("It would take a test with more pairs of requests: more names, ages, places or tasks."),
        "no_public_rules": say(
            "It would take that the file of the system says where its rules are published and when they were brought "
            "up to date, or why they are not (`public_rules`)."
        ),
        "no_version": say(
            "It would take the version in the log (`columns.model_version`), and in the file of the system the "
            "versions that were examined, each with its day (`versions`)."
        ),
        "record_untold": say("It would take the name of the version in each line of the log."),
        "nothing_due": say("It would take time: nothing has come due in the last twelve months."),
        "no_measure": say("It would take an audit of a period whose decisions hold these data."),
        "few_corrections": say("It would take more corrections: more people put in or taken out by agents."),
        "few_selected": say("It would take more people who are selected, in each group."),
        "few_moved_on": say("It would take more people at each stage, some who move on and some who do not."),
        "few_lists_tell": say("It would take more lists, of more different people."),
        **dict.fromkeys(
            ("short_span", "no_earlier_months", "no_stop"), say("It would take time: more months in the log.")
        ),
        **dict.fromkeys(
            ("few_agencies", "nobody_started"),
            say("It would take more agencies that start, and others that do not, with their counts."),
        ),
        "short_before": say("It would take counts of more months before the start."),
        "part_of_month": say("It would take an audit of whole months."),
        "one_cluster": say("It would take calls of several teams, on several days."),
    }
    return audits.get(reason, "")
