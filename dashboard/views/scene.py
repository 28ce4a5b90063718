"""What pages look at: the charter, the systems and their latest audits, and what most needs attention in them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, MeasureDocument, Standing, VerdictDocument, by_article
from boussole.charter.document.answers.verdict import URGENT, Verdict
from boussole.charter.document.measures import by_id
from boussole.charter.judging.by_article import current, unmeasured
from boussole.charter.judging.coverage import Use
from boussole.charter.records import AuditSummary, kept_charters, latest_audits, summaries
from boussole.charter.records.facts import Facts, facts_of
from boussole.charter.records.in_force import in_force
from boussole.charter.text.model import Article, Charter
from boussole.dashboard.markup.elements import ORDER
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.drawings import SystemRing

NOTHING = Facts(as_of=dt.date.min)
"""Where nobody states anything: in a report of one audit, for example."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """One workspace as pages see it, on a day.

    `latest` and `previous` hold audits by system; `history` all audits in short, oldest window first; `versions` the
    number of each charter version by its hash.
    """

    charter: Charter
    systems: Mapping[str, System]
    latest: Mapping[str, AuditDocument]
    previous: Mapping[str, AuditDocument | AuditSummary]
    history: Mapping[str, Sequence[AuditSummary]] = field(default_factory=dict)
    facts: Facts = NOTHING
    versions: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def standing(self) -> Mapping[str, Standing]:
        """The latest audit of each system, and what people have stated of uses that no audit has measured."""
        if self.facts is NOTHING:
            return self.latest
        others = {
            name: unmeasured(self.charter, system, self.facts)
            for name, system in self.systems.items()
            if name not in self.latest and system.status != "retired"
        }
        return {**self.latest, **others}

    @cached_property
    def examined(self) -> Mapping[str, Standing]:
        """Of those that stand, the audited ones, and those of which something was stated that answers a question."""
        return {
            name: document
            for name, document in self.standing.items()
            if name in self.latest or any(each.verdict != Verdict.NOT_EXAMINED for each in document.articles)
        }

    @cached_property
    def uses(self) -> Sequence[Use]:
        """Every system of the register with its verdicts as they stand, in the order of the ids."""
        return [self._use(name, system) for name, system in self.systems.items()]

    def _use(self, name: str, system: System) -> Use:
        found = self.standing.get(name) or unmeasured(self.charter, system, self.facts)
        articles = {summary.article: summary.verdict for summary in found.articles}
        return Use(system=system, verdicts=found.verdicts, articles=articles, audit=self.latest.get(name))

    def title(self, system_id: str, say: Say) -> str:
        """The name of a system; its id when its file is gone."""
        system = self.systems.get(system_id)
        return say.text(system.title, system_id) if system else system_id

    def titles(self, say: Say) -> dict[str, str]:
        """The names of all systems, by id."""
        return {name: self.title(name, say) for name in self.systems}

    def articles(self, say: Say) -> dict[str, str]:
        """Ids and names of the articles, in the order of the charter."""
        return {article.id: say.text(article.title) for article in self.charter.articles}

    def article(self, article_id: str) -> Article | None:
        return next((article for article in self.charter.articles if article.id == article_id), None)


@dataclass(frozen=True, kw_only=True)
class JudgedQuestion:
    """One judged question of one system."""

    system: str
    article: str
    verdict: VerdictDocument
    until: dt.date
    """The last day that it is about."""

    @property
    def key(self) -> Verdict:
        return self.verdict.verdict


def load(workspace: Workspace, *, today: dt.date | None = None) -> Scene:
    """Everything the pages of a workspace need, from its records alone."""
    judging, systems = in_force(workspace), workspace.systems
    facts = facts_of(workspace, as_of=today or workspace.today(), adopted=judging.adopted)
    latest = latest_audits(workspace)
    history: dict[str, list[AuditSummary]] = {system: [] for system in latest}
    for each in summaries(workspace):
        if each.system in history:
            history[each.system].append(each)
    previous = {
        system: shown
        for system, found in history.items()
        if (shown := _before(found, latest[system].until)) is not None
    }
    standing = {
        name: current(each, charter=judging.charter, system=systems[name], facts=facts) if name in systems else each
        for name, each in latest.items()
    }
    return Scene(
        charter=judging.charter,
        systems=systems,
        latest=standing,
        previous=previous,
        history=history,
        facts=facts,
        versions={each.sha256: each.version for each in kept_charters(workspace)},
    )


def before(history: Sequence[AuditDocument], latest: AuditDocument) -> AuditDocument | None:
    """The last audit of a window that ended earlier."""
    return next((each for each in reversed(history) if each.until < latest.until), None)


def _before(history: Sequence[AuditSummary], end: dt.date) -> AuditSummary | None:
    return next((each for each in reversed(history) if each.end < end), None)


def rings(scene: Scene, say: Say) -> list[SystemRing]:
    """One ring per system of which something was examined."""
    return [
        SystemRing(
            title=scene.title(system, say),
            verdicts=by_article(document),
        )
        for system, document in scene.examined.items()
    ]


def findings(scene: Scene) -> list[JudgedQuestion]:
    """Every question that was examined, what most needs attention first: worst, then widest, then oldest."""
    found = [
        JudgedQuestion(system=system, article=verdict.article, verdict=verdict, until=document.until)
        for system, document in scene.examined.items()
        for verdict in document.verdicts
        if verdict.verdict != Verdict.NOT_EXAMINED
    ]
    documents = scene.examined
    return sorted(found, key=lambda f: (ORDER.index(f.key), -excess(documents[f.system], f.verdict), f.until, f.system))


def answers(scene: Scene) -> list[JudgedQuestion]:
    """The same, then every question that is asked and that nobody has examined."""
    untouched = [
        JudgedQuestion(system=system, article=verdict.article, verdict=verdict, until=document.until)
        for system, document in scene.examined.items()
        for verdict in document.verdicts
        if verdict.verdict == Verdict.NOT_EXAMINED
    ]
    return [*findings(scene), *untouched]


def needle(scene: Scene) -> str | None:
    """The article that most needs attention, unless all that was examined is kept."""
    first = next(iter(findings(scene)), None)
    return first.article if first and first.key in URGENT else None


def excess(document: Standing, verdict: VerdictDocument) -> float:
    """How far the worst comparison lies from its level, as a multiple of it (1: on the level), ratios by logarithm."""
    threshold = verdict.threshold
    level = (threshold.breach or threshold.watch) if threshold else None
    if not level:
        return 0.0
    values = by_id(document.judged_measures)
    chosen = [each.measure for each in verdict.comparisons if each.verdict == verdict.verdict]
    return max((_distance(values[name], level) for name in chosen if name in values), default=0.0)


def _distance(measure: MeasureDocument, level: float) -> float:
    value, scale = measure.value, measure.params.scale
    if value is None or level == 1:
        return 0.0
    if scale != "ratio":
        return abs(value) / level
    return abs(math.log(value) / math.log(level)) if value else math.inf


# How the window of an audit is called, and where a question stands on the page of its system.


def anchor_of(verdict: VerdictDocument) -> str:
    """Where a question stands on its system's page."""
    return f"{verdict.article}-{verdict.indicator}"


def period(document: AuditDocument, say: Say) -> str:
    """The window of an audit in words: "September 2026", else "from 1 to …"."""
    window = document.window
    return say.period(window.start, window.end)


def period_of(document: AuditDocument, measure: MeasureDocument | None, say: Say) -> str:
    """The days that a figure counts: those of its audit, and those before that count with them."""
    return say.period(counted_since(measure) or document.window.start, document.window.end)


def counted_since(measure: MeasureDocument | None) -> dt.date | None:
    """The first day that a figure counts, where that lies before its audit."""
    if measure is None:
        return None
    return measure.params.since or measure.params.first_day
