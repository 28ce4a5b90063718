"""What stands around an answer: what was done about it and what is not known behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from boussole.audits.languages import capital
from boussole.audits.metrics.footprint import OF_YEAR, PER_TEXT, SPREAD
from boussole.audits.systems import System
from boussole.charter.committee.advising.advice import recommended_about
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.document import Standing, VerdictDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.judging.wording.naming import about
from boussole.charter.record_types.acts import Referral
from boussole.charter.text.left_out import REASON, STOPS
from boussole.charter.text.model import Indicator
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import (
    committee_href,
    evidence_href,
    incidents_href,
    recommendations_href,
)
from boussole.dashboard.views.answers.short import of_window_alone, told_by
from boussole.dashboard.views.answers.small_print import left_out_words, missing_words
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.charts.groups import group_of
from boussole.dashboard.views.committee_words import opinions_about
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system_tables import needed


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing that was done: what it is, what it says, what became of it, and where it is told whole."""

    kind: str
    text: str
    became: str
    href: str


@dataclass(frozen=True, kw_only=True)
class ReadingRights:
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
    reader: ReadingRights,
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
    scene: Scene, say: Say, *, article: str, system: str, query: dict[str, str], reader: ReadingRights
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
        _gone(document, verdict, say, system),
        _left_out(document, verdict, say),
        missing_words(document, verdict, say, system=system, none=False),
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
    n = sum(each.verdict == Verdict.UNKNOWN and each.reason != "small_group" for each in verdict.comparisons)
    if verdict.verdict == "unknown" or not n:
        return ""
    return say.plural("For one comparison we cannot tell.", "For {n} comparisons we cannot tell.", n)


def _unconfirmed(verdict: VerdictDocument, say: Say) -> str:
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


def _gone(document: Standing, verdict: VerdictDocument, say: Say, system: System | None) -> str:
    asked = [each for told in verdict.comparisons if (each := document.judged_by_id.get(told.measure)) is not None]
    answered = [each for each in asked if each.status == "ok" and each.params.since is not None]
    by = {each.by for each in answered}
    others = {(each.by, each.values_of_group) for each in asked if each not in answered}
    gone = [
        each
        for each in document.measures
        if each.metric == "selection_rate" and each.group and each.by in by and each.n == 0
        if (each.by, each.values_of_group) not in others
    ]
    if not gone:
        return ""
    groups = ", ".join(say("“{value}”", value=group_of(each, say, system=system)) for each in gone)
    return say.plural(
        "This period holds nobody of {groups}: the periods before it answer.",
        "This period holds nobody of {n} groups ({groups}): the periods before it answer.",
        len(gone),
        groups=groups,
    )


def _left_out(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    told = left_out_words(document, say, elsewhere=False) if verdict.comparisons else ""
    return capital(told) + "." if told else ""
