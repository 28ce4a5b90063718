"""The small print of an answer: what was measured, its threshold and law, what was left out, and what caps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from boussole.audits.languages import Catalogue, inside, typeset
from boussole.audits.metrics import errors
from boussole.audits.metrics.cases import UNTRAINED_SHARE
from boussole.audits.metrics.forgotten import NEVER, NEVER_RATIO
from boussole.audits.mixed import joined
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, LeftOut, PartLeftOut, Standing, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.document.left_out import LogEnd
from boussole.charter.judging.wording.findings import finding
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.charter.record_types.kinds import Finding
from boussole.charter.text.judged import judged
from boussole.charter.text.left_out import GRACE_DAYS
from boussole.charter.text.model import Charter, Indicator, Law
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import evidence_href
from boussole.dashboard.views.answers.asked import sight_words, threshold_words
from boussole.dashboard.views.charts.groups import group_of
from boussole.dashboard.views.charts.tables import signed
from boussole.dashboard.views.scene import Scene, period, period_of

# What an audit did not count, in words: it stands beside every verdict.


def left_out_words(document: Standing, say: Say, *, elsewhere: bool = True) -> str:
    """How many decisions were counted, and how many not, by why; empty where all were, or nothing is said of it."""
    told = document.left_out if isinstance(document, AuditDocument) else None
    if told is None:
        return ""
    parts = []
    if told.set_aside:
        counted, rows = say.whole(told.counted), say.whole(told.rows)
        parts += [say("{n} of {rows} decisions counted", n=counted, rows=rows), _aside(told, say)]
    if told.discarded:
        parts.append(say("{n} discarded by hand", n=say.whole(told.discarded)))
    if told.excluded:
        parts.append(say("{n} of excluded runs", n=say.whole(told.excluded)))
    if told.other_periods and elsewhere:
        parts.append(say("{n} in other periods", n=say.whole(told.other_periods)))
    if apart := told.set_apart:
        parts.append(say("{n} about groups too small to be told, set apart", n=say.whole(apart)))
    parts += beside_words(told, say)
    return say.apart(parts)


def beside_words(told: LeftOut, say: Say) -> Iterator[str]:
    """What was set aside of what some questions rest on beside the window."""
    parts: tuple[tuple[PartLeftOut | None, Callable[[str], str]], ...] = (
        (told.reference, lambda n: say("set aside in the reference period: {n}", n=n)),
        (told.outcomes, lambda n: say("outcomes set aside: {n}", n=n)),
        (told.contacts, lambda n: say("messages set aside: {n}", n=n)),
        (told.human_actions, lambda n: say("decisions of agents set aside: {n}", n=n)),
        (told.usage, lambda n: say("uses set aside: {n}", n=n)),
        (told.accounts, lambda n: say("accounts set aside: {n}", n=n)),
        (told.generations, lambda n: say("texts set aside: {n}", n=n)),
        (told.agencies, lambda n: say("counts by agency set aside: {n}", n=n)),
        (told.search_controls, lambda n: say("controls set aside: {n}", n=n)),
    )
    for part, said in parts:
        if part:
            yield said(_of(part, say))
    for each in told.ends or ():
        if each.days > GRACE_DAYS:
            yield _unknown_from(each, say)


def _unknown_from(end: LogEnd, say: Say) -> str:
    if end.again is not None:
        day = dt.timedelta(days=1)
        return say(
            "{log} holds nothing from {first} to {last}",
            log=_log(end.log, say),
            first=say.date(end.last + day),
            last=say.date(end.again - day),
        )
    return say("{log} stops on {date}", log=_log(end.log, say), date=say.date(end.last))


def _log(log: str, say: Say) -> str:
    words = {
        "contacts": say("the log of messages"),
        "human_actions": say("the log of what agents decide"),
        "usage": say("the log of uses"),
        "generations": say("the log of texts"),
        "search_controls": say("the log of controls"),
        "decisions": say("the log of decisions"),
    }
    return words[log]


def _of(part: PartLeftOut, say: Say) -> str:
    return say("{n} of {rows}", n=say.whole(part.set_aside), rows=say.whole(part.rows))


def _aside(told: LeftOut, say: Say) -> str:
    n, undated = say.whole(told.set_aside), told.undated
    if undated:
        return say("{n} set aside ({undated} of them without a readable date)", n=n, undated=say.whole(undated))
    return say("{n} set aside", n=n)


def read_words(document: AuditDocument, say: Say, *, period: str, verdict: VerdictDocument | None = None) -> str:
    """How many decisions, or texts, an audit or a verdict rests on, of which days, and what was not counted."""
    rows = say.whole(document.decisions)
    texts = document.of_texts
    read = (
        say("{n} texts, {period}", n=rows, period=period)
        if texts
        else say("{n} decisions, {period}", n=rows, period=period)
    )
    since = _since(document, verdict)
    if since is not None:
        read = say(
            "{n} decisions since {date}, {own} of them in the last period ({period})",
            n=say.whole(since[0]),
            date=say.date(since[1]),
            own=say.whole(document.decisions),
            period=period,
        )
    left_out = left_out_words(document, say, elsewhere=since is None)
    return say.apart([part for part in (read, left_out) if part])


def _since(document: AuditDocument, verdict: VerdictDocument | None) -> tuple[int, dt.date] | None:
    """All decisions of the windows that a verdict rests on together, and since when; None where it rests on one."""
    found = document.accumulated
    if found is None or verdict is None:
        return None
    together = {each.id for each in found.measures}
    rests = {each.recent for each in verdict.comparisons if each.measure in together and not each.alone}
    most = None if None in rests else max((each for each in rests if each is not None), default=0)
    everybody = (each for each in found.figures if each.id == "selection_rate" and each.params.recent == most)
    counted = next((each for each in everybody if each.n), None)
    since = found.since if most is None or counted is None else counted.params.since
    return None if counted is None or counted.n is None or since is None else (counted.n, since)


# The small print of a question: what was measured, the threshold and its reason, the law, the evidence.


OUTCOME_METRICS = frozenset(comparison.metric for comparison in errors.COMPARISONS)
"""The judged measures that rest on what became of people."""


def small_print(
    document: Standing, verdict: VerdictDocument, say: Say, *, charter: Charter, system: System | None = None
) -> list[tuple[str, str]]:
    """What goes with every figure: its threshold, what it counts and what is missing, its place in the ledger."""
    audit, entry = (document if isinstance(document, AuditDocument) else None), document.entry
    decisions = read_words(audit, say, period=period(audit, say), verdict=verdict) if audit else ""
    sealed = say("entry {n} of the ledger", n=say.whole(entry)) if entry is not None else ""
    counts = audit.evidence.cubes[:19] + "…" if audit else ""
    pairs = [
        (say("Threshold"), threshold_words(document, verdict, say, charter=charter)),
        (say("Decisions"), decisions),
        (say("People"), people_words(audit, verdict, say) if audit else ""),
        (say("Reviews"), review_words(document, verdict, say)),
        (say("What would be seen"), sight_words(document, verdict, say, alpha=charter.alpha, system=system)),
        (say("Missing outcomes"), missing_words(document, verdict, say, system=system)),
        (say("Evidence"), " · ".join(part for part in (sealed, counts) if part)),
    ]
    return [(name, value) for name, value in pairs if value]


def people_words(document: AuditDocument, verdict: VerdictDocument, say: Say) -> str:
    """How many people a figure counts that follows them through months, and through which; empty of other figures."""
    if verdict.metric != NEVER_RATIO:
        return ""
    found = next((each for each in document.measures if each.metric == NEVER and not each.by), None)
    if found is None or found.n is None:
        return ""
    days = period_of(document, found, say)
    return say("{n} people assessed at least once, {period}", n=say.whole(found.n), period=days)


def review_words(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    """How many reviews, or agents, a figure rests on, and how many were left out; of agents only teams are told of."""
    found = next((m for m in document.judged_measures if m.metric == verdict.metric), None)
    if found is None or found.n is None or not (judged(found.metric).reviews or found.metric == UNTRAINED_SHARE):
        return ""
    left, older = found.params.left_out or 0, found.params.older or 0
    if found.metric == UNTRAINED_SHARE:
        n, small = say.whole(found.n), say.whole(left)
        return say("{n} agents counted, of teams of 11 or more; {left} of smaller teams are left out.", n=n, left=small)
    parts = [say("{n} counted, of teams of 11 agents or more.", n=say.whole(found.n))]
    if left:
        parts.append(say("{n} of smaller teams are left out.", n=say.whole(left)))
    if older:
        parts.append(say("{n} are older than what they review, and are left out.", n=say.whole(older)))
    if untimed := found.params.untimed or 0:
        parts.append(say("{n} do not say how long they took, or over how many words.", n=say.whole(untimed)))
    return " ".join(parts)


def missing_words(
    document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None, none: bool = True
) -> str:
    """How many outcomes are missing behind a figure, and for which group most often; `none`: also that none is."""
    if verdict.metric not in OUTCOME_METRICS or system is None or verdict.reason == "selective_labels":
        return ""
    measures = [m for m in document.judged_measures if m.metric.startswith("missing_outcome_share")]
    everybody = next((m for m in measures if not m.by), None)
    if everybody is not None and everybody.reason == "absent_is_negative":
        return say("An outcome that is not recorded counts as negative.")
    if everybody is None or everybody.value is None:
        return ""
    if not everybody.value:
        return say("All outcomes that are due are known.") if none else ""
    share = say("{n} of the outcomes that are due are not known.", n=say.percent(everybody.value))
    gaps = [m for m in measures if m.by == verdict.by and m.params.scale is not None and m.value is not None]
    parts = [share]
    if gaps:
        widest = max(gaps, key=lambda measure: abs(given(measure.value)))
        told = finding(widest, verdict="unknown", catalogue=Catalogue(LOCALE, say.lang), system=system)
        parts.append(f"{typeset(told, say.lang)}.")
    return " ".join([*parts, bounds_words(document, verdict, say, system=system)]).strip()


def bounds_words(document: Standing, verdict: VerdictDocument, say: Say, *, system: System) -> str:
    """Between what the least certain gap must lie whatever the missing outcomes are; nothing where none is missing."""
    compared = {comparison.measure for comparison in verdict.comparisons}
    bounded = [m for m in document.judged_measures if m.id in compared and m.params.bounds is not None]
    if not bounded:
        return ""
    widest = max(bounded, key=lambda measure: _width(measure.params.bounds))
    low, high = (signed(100 * end, say) for end in given(widest.params.bounds))
    group = group_of(widest, say, system=system)
    return say(
        "If all were known, the gap of “{group}” could be anything from {low} to {high} points.",
        group=group,
        low=low,
        high=high,
    )


def _width(bounds: tuple[float, float] | None) -> float:
    low, high = given(bounds)
    return high - low


def background(
    verdict: VerdictDocument, indicator: Indicator | None, charter: Charter, say: Say
) -> list[tuple[str, str]]:
    """What is measured, why from this level, what would break the promise, and the law."""
    if indicator is None:
        return []
    threshold = verdict.threshold
    pairs = [
        (say("Question"), indicator.number),
        (say("Measure"), measure_words(indicator, say)),
        (say("Why this level"), say.text(threshold.justification if threshold else None)),
        (say("Not kept if"), say.text(indicator.broken_if)),
        (say("Law"), joined(" · ", [law_words(law, say) for law in charter.law_of(indicator)])),
    ]
    return [(name, value) for name, value in pairs if value]


def measure_words(indicator: Indicator | None, say: Say) -> str:
    """What was counted, in plain words, then the metric's own name."""
    if indicator is None:
        return ""
    name = f" ({indicator.metric})" if indicator.metric else ""
    return say.text(indicator.computed).rstrip(".") + name


def law_words(law: Law, say: Say) -> str:
    """A text of law; since when, where it does not apply yet; and whether that date is still to be checked."""
    text = say.text(law.title)
    if law.in_force <= dt.datetime.now(tz=say.zone).date():
        return text
    date = say.date(law.in_force)
    if law.to_check:
        return say("{law} (from {date}, date to be checked)", law=text, date=date)
    return say("{law} (from {date})", law=text, date=date)


def recompute(document: AuditDocument) -> str:
    """The command that recomputes an audit."""
    window = document.window
    return f"boussole audit --system {document.system} --from {window.start} --to {window.end} --dry-run --json -"


# Open findings of outside authorities: no article they name can be better, which is said beside its verdict.


@dataclass(frozen=True, kw_only=True)
class Cap:
    """A finding that is open: what it says, for how many articles, and where it is sealed."""

    entry: int
    text: str
    href: str


def caps(scene: Scene, say: Say, *, query: Mapping[str, str], article: str = "", system: str = "") -> list[Cap]:
    """The findings that hold an article of a system down as its summary says; of all of them where none is named."""
    entries = {
        entry
        for name, document in scene.standing.items()
        for summary in document.articles
        for entry in (summary.capped_by or ())
        if system in ("", name) and article in ("", summary.article)
    }
    findings = {each.entry: each.statement for each in scene.facts.sealed if isinstance(each.statement, Finding)}
    return [
        Cap(
            entry=entry,
            text=finding_words(findings[entry], scene, say),
            href=evidence_href(query=dict(query), entry=str(entry)),
        )
        for entry in sorted(entries & set(findings))
    ]


def finding_words(finding: Finding, scene: Scene, say: Say) -> str:
    """What an authority found, and what follows from it."""
    names = scene.articles(say)
    articles = joined(", ", [names.get(name, name) for name in finding.articles])
    return say(
        "{authority}, {date}: “{title}”. Until this finding is closed, no better than “{verdict}”: {articles}.",
        authority=say.written(finding.authority),
        date=say.date(finding.on),
        title=say.written(finding.title),
        verdict=inside(word(finding.cap, say)),
        articles=scene.title(finding.system, say) + " · " + articles if finding.system else articles,
    )
