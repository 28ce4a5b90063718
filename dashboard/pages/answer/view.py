"""The page of one answer as data: the sentence, its picture, what was done about it, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital
from boussole.audits.metrics.footprint import OF_YEAR, PER_TEXT, SPREAD
from boussole.audits.systems import System
from boussole.charter.amending.plain import plainly
from boussole.charter.committee.advising.advice import recommended_about
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.judging.wording.naming import about
from boussole.charter.record_types.acts import Referral
from boussole.charter.text.left_out import REASON, STOPS
from boussole.charter.text.model import Indicator
from boussole.dashboard.markup.words.addresses import (
    answer_href,
    article_href,
    committee_href,
    evidence_href,
    incidents_href,
    recommendations_href,
    system_href,
)
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of, threshold_words
from boussole.dashboard.views.answers.course import AroundStart, Course, Past, around_start, course
from boussole.dashboard.views.answers.short import beside, of_window_alone, short_answer, told_by
from boussole.dashboard.views.answers.small_print import Cap, background, caps, left_out_words, missing_words
from boussole.dashboard.views.answers.teams import ByTeam, by_team
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.charts.charts import svg
from boussole.dashboard.views.charts.dots import NARROW, WIDE
from boussole.dashboard.views.charts.hundred import hundred, hundred_chart, hundred_text
from boussole.dashboard.views.followed import opinions_about
from boussole.dashboard.views.needs import needed
from boussole.dashboard.views.scene import Scene, period_of
from boussole.dashboard.views.system import Question, Section, section

# What was done about an answer: recommendations, opinions, incidents and matters put to a committee about it.


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing that was done: what it is, what it says, what became of it, and where it is told whole."""

    kind: str
    text: str
    became: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What of others' work somebody may see: that of committees, and incidents."""

    committee: bool
    incidents: bool


def done(
    scene: Scene,
    chambers: Iterable[Chamber],
    say: Say,
    *,
    article: str,
    system: str,
    reader: Reader,
    query: dict[str, str],
) -> list[Deed]:
    """All that concerns the article of a question and the system, or all systems; what is open first of each kind."""
    seated = list(chambers)
    found = _recommended(scene, say, article=article, system=system, query=query, reader=reader)
    found += _opinions(seated, say, article=article, system=system, query=query, inside=reader.committee)
    if reader.incidents:
        found += _incidents(scene, say, article=article, system=system, query=query)
    if reader.committee:
        found += _referrals(seated, say, article=article, system=system, query=query)
    return found


def _recommended(
    scene: Scene, say: Say, *, article: str, system: str, query: dict[str, str], reader: Reader
) -> list[Deed]:
    states = {
        "overdue": say("answer overdue"),
        "waiting": say("answer awaited"),
        "answered": say("answered"),
        "in_progress": say("in progress"),
        "done": say("done"),
        "dropped": say("dropped"),
    }
    return [
        Deed(
            kind=say("Recommendation"),
            text=say.written(each.said.text or each.said.body),
            became=states[each.state],
            href=recommendations_href(query=query)
            if reader.committee
            else evidence_href(query=query, entry=str(each.entry)),
        )
        for each in recommended_about(article, scene.facts)
        if each.said.system in (None, "", system)
    ]


def _opinions(
    chambers: Iterable[Chamber], say: Say, *, article: str, system: str, query: dict[str, str], inside: bool
) -> list[Deed]:
    every = opinions_about(chambers, say, query=query, inside=inside, article=article)
    about = {each.entry for each in opinions_about(chambers, say, query=query, inside=inside, system=system)}
    return [
        Deed(kind=say("Opinion"), text=each.title, became=each.sense, href=each.href)
        for each in every
        if each.entry in about
    ]


def _incidents(scene: Scene, say: Say, *, article: str, system: str, query: dict[str, str]) -> list[Deed]:
    return [
        Deed(
            kind=say("Incident"),
            text=say.written(each.incident.title),
            became=say("open") if each.closure is None else say("closed"),
            href=incidents_href(query=query, anchor=f"i-{each.entry}"),
        )
        for each in incidents(scene.facts)
        if each.incident.system == system and article in each.incident.articles
    ]


def _referrals(
    chambers: Iterable[Chamber], say: Say, *, article: str, system: str, query: dict[str, str]
) -> list[Deed]:
    return [
        Deed(
            kind=say("Referral"),
            text=say.written(said.subject),
            became=say("opinion asked for by {date}", date=say.date(said.due_on)) if said.due_on else "",
            href=committee_href(chamber.id, query=query),
        )
        for chamber in chambers
        for _, said in chamber.house.standing(Referral)
        if said.system == system and (not said.articles or article in said.articles)
    ]


# What is not known behind an answer: why nobody can tell, what would settle it, what was left out, who is hidden.


def not_known(
    document: Standing, verdict: VerdictDocument, indicator: Indicator | None, say: Say, *, system: System | None
) -> list[str]:
    """In a few sentences; one that says that nothing is known to be missing where nothing is."""
    if verdict.verdict == "not_examined":
        return [needed(verdict.reason or "", indicator, say) or say("Nobody has looked at this question yet.")]
    found = [
        _settles(document, verdict, indicator, say),
        _undecided(verdict, say),
        _unconfirmed(verdict, say),
        _hidden(document, verdict, say),
        _left_out(document, verdict, say),
        missing_words(document, verdict, say, system=system),
    ]
    if verdict.statement is not None:
        found.append(say("This rests on a statement: nobody has measured it here."))
    if verdict.paired is not None:
        found.append(
            say(
                "Texts are compared on average, for these requests alone; what no measure counts, such as which offers "
                "are named, is not seen."
            )
        )
    if verdict.estimated is not None and verdict.metric in (PER_TEXT, OF_YEAR, SPREAD):
        found.append(
            say(
                "What a call takes is estimated from the size of its model, but where it was metered: only the two "
                "ends are known."
            )
        )
    told = [each for each in found if each]
    return told or [say("Nothing is hidden or left out of this answer.")]


def _settles(document: Standing, verdict: VerdictDocument, indicator: Indicator | None, say: Say) -> str:
    """What would settle an answer that is not known."""
    found = told_by(document, verdict)
    if verdict.verdict != "unknown":
        return ""
    lacks = {
        REASON: say("It would take the lines that were set aside, mended and counted."),
        STOPS: say("It would take the rest of the log: bring it in, then audit these days again."),
    }
    if verdict.reason in lacks:
        return lacks[verdict.reason]
    if found is None:
        return _lacking(document, verdict, indicator, say)
    if of_window := of_window_alone(found[1], say):
        return of_window
    if found[0].more_decisions is None:
        return say("The figure lies too near a level, or the cases are too rare.")
    return say("About {n} more decisions would settle it.", n=about(found[0].more_decisions, say.lang))


def _lacking(document: Standing, verdict: VerdictDocument, indicator: Indicator | None, say: Say) -> str:
    """What an answer without any figure lacks: more people, time, a record or statement, or what no decision brings."""
    compared = {each.measure for each in verdict.comparisons}
    statuses = {each.status for each in document.judged_measures if each.id in compared}
    if "suppressed" in statuses:
        return say("It would take more decisions about the groups that are hidden.")
    if verdict.reason in ("no_outcomes", "not_mature"):
        return say("It would take time: what became of people cannot be read yet.")
    return needed(verdict.reason or "", indicator, say) or say(
        "No number of decisions would help: the data themselves lack what it takes."
    )


def _undecided(verdict: VerdictDocument, say: Say) -> str:
    """How many groups nobody can tell of, where others decide the answer."""
    n = sum(each.verdict == Verdict.UNKNOWN and each.reason != "small_group" for each in verdict.comparisons)
    if verdict.verdict == "unknown" or not n:
        return ""
    return say.plural("For one comparison we cannot tell.", "For {n} comparisons we cannot tell.", n)


def _unconfirmed(verdict: VerdictDocument, say: Say) -> str:
    """How many cases that a log shows nobody has looked at: a machine alone breaks no promise."""
    if verdict.logged is None:
        return ""
    judged = (verdict.cases.confirmed if verdict.cases is not None else 0) + (verdict.logged.refuted or 0)
    n = verdict.logged.cases - judged - (verdict.logged.lacking or 0)
    if n < 1:
        return ""
    return say.plural(
        "Nobody has confirmed or refuted one of these cases yet.",
        "Nobody has confirmed or refuted {n} of these cases yet.",
        n,
    )


def _hidden(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    compared = {each.measure for each in verdict.comparisons}
    n = sum(each.id in compared and each.status == "suppressed" for each in document.judged_measures)
    return (
        say.plural(
            "One group is hidden: its figure would expose too few people.",
            "{n} groups are hidden: their figures would expose too few people.",
            n,
        )
        if n
        else ""
    )


def _left_out(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    """What was not counted; that nobody knows where the audit is older than its record of that."""
    if verdict.comparisons and isinstance(document, AuditDocument) and document.left_out is None:
        return say("This audit does not record what was left out.")
    told = left_out_words(document, say, elsewhere=False) if verdict.comparisons else ""
    return capital(told) + "." if told else ""


# The page of one answer as data.


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The groups for a hundred people, in both widths, and what the drawing says in words."""

    wide: str
    narrow: str
    alt: str


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What an answer rests on: the version and the fingerprint of its charter, the fingerprint of its counts, and the
    entry of its audit."""

    version: str
    charter: str
    counts: str
    entry: int | None


@dataclass(frozen=True, kw_only=True)
class AnswerPage:
    """The whole page. `detail` is all that goes with the figure, `section` its article with what stands beside it,
    `asked` what a question is about."""

    system: str
    key: str
    title: str
    system_href: str
    article: str
    article_href: str
    question: str
    verdict: str
    sentence: str
    beside: Sequence[str]
    whole: str
    when: str
    picture: Picture | None
    around: Sequence[AroundStart]
    teams: ByTeam | None
    course: Course | None
    lost: str
    promised: str
    level: str
    deeds: Sequence[Deed]
    unknown: Sequence[str]
    caps: Sequence[Cap]
    detail: Question | None
    section: Section
    asked: Sequence[tuple[str, str]]
    citation: Citation
    proof: str
    href: str
    audited: bool
    other_charter: bool


def answer_page(
    scene: Scene,
    system: str,
    key: str,
    say: Say,
    *,
    past: Past,
    chambers: Iterable[Chamber],
    reader: Reader,
    query: dict[str, str],
) -> AnswerPage | None:
    """The answer of a system to a question; None where the charter asks it no such question."""
    document = scene.standing.get(system)
    verdict = next((each for each in document.verdicts if each.indicator == key), None) if document else None
    article = scene.article(verdict.article) if verdict else None
    if document is None or verdict is None or article is None:
        return None
    declared, title = scene.systems.get(system), scene.title(system, say)
    indicator = indicator_of(scene.charter, verdict)
    parts = section(document, article, scene.charter, declared, say, only=key)
    sentence = short_answer(scene.charter, document, verdict, say, system=declared, title=title)
    of_a_period = verdict.verdict != "not_examined" and not verdict.rests_on_statements
    told = told_by(document, verdict)
    audited = isinstance(document, AuditDocument)
    when = (
        period_of(document, told[1] if told else None, say)
        if isinstance(document, AuditDocument) and of_a_period
        else ""
    )
    return AnswerPage(
        system=system,
        key=key,
        title=title,
        system_href=system_href(system, query=query),
        article=say.text(article.title),
        article_href=article_href(article.id, query=query, anchor=_anchor(indicator.id if indicator else "")),
        question=question_of(scene.charter, verdict, say),
        verdict=verdict.verdict,
        sentence=sentence,
        beside=beside(document, verdict, say, system=declared),
        whole=sentence_of(scene.charter, verdict, say, system=declared),
        when=when,
        picture=picture(document, verdict, say, system=declared),
        around=around_start(document, verdict, say, system=declared),
        teams=by_team(document, verdict, say),
        course=course(scene, system, verdict, past, say, query=query, single=reader.incidents),
        lost=past.lost,
        promised=plainly(indicator.question, say.lang) if indicator else question_of(scene.charter, verdict, say),
        level=threshold_words(document, verdict, say),
        deeds=done(scene, chambers, say, article=article.id, system=system, reader=reader, query=query),
        unknown=not_known(document, verdict, indicator, say, system=declared),
        caps=caps(scene, say, query=query, article=article.id, system=system),
        detail=next((each for each in parts.questions if each.key == key), None),
        section=parts,
        asked=background(verdict, indicator, scene.charter, say),
        citation=_citation(scene, document),
        proof=evidence_href(query=query, entry="" if document.entry is None else str(document.entry)),
        href=answer_href(system, key, query={"lang": say.lang}),
        audited=audited,
        other_charter=isinstance(document, AuditDocument) and document.charter.sha256 != scene.charter.sha256,
    )


def _anchor(indicator: str) -> str:
    return f"q-{indicator}" if indicator else ""


def picture(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> Picture | None:
    """The dots of a question, for a hundred people; None where it compares no groups."""
    found = hundred(document, verdict, say, system=system)
    if found is None:
        return None
    minimum = system.privacy.suppress_below if system else 11
    wide, narrow = (
        svg(hundred_chart(found, say, minimum=minimum, layout=layout), say.lang) for layout in (WIDE, NARROW)
    )
    return Picture(wide=wide, narrow=narrow, alt=hundred_text(found, say, minimum=minimum))


def _citation(scene: Scene, document: Standing) -> Citation:
    judged = document.charter if isinstance(document, AuditDocument) else None
    return Citation(
        version=judged.version if judged else scene.charter.version,
        charter=judged.sha256 if judged else scene.charter.sha256,
        counts=document.evidence.cubes if isinstance(document, AuditDocument) else "",
        entry=document.entry,
    )
