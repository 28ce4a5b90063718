"""How many decisions it takes, as data: of each question, a table of its groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from boussole.audits.languages import capital, inside
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, VerdictDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.judging.statistics.planning import Plan, plans, soonest
from boussole.charter.judging.statistics.testing import lasting
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import answer_href
from boussole.dashboard.views.answers.asked import indicator_of, question_of, way_called, worded_for
from boussole.dashboard.views.charts.groups import attribute_name, group_of, stage_name
from boussole.dashboard.views.charts.tables import VerdictTable
from boussole.dashboard.views.scene import Scene

GAPS = (60, 65, 70, 72, 75, 78, 85, 90)
"""Of 100."""


@dataclass(frozen=True, kw_only=True)
class PlanQuery:
    """What an address asks for: a system, and the gap to be found, for 100."""

    system: str = ""
    gap: str = ""


@dataclass(frozen=True, kw_only=True)
class PlannedAnswer:
    """One answer to a question, of the groups `by` one attribute, and where it is explained: how many decisions it
    rests on, and what each group takes."""

    by: str
    href: str
    rests_on: Sequence[str]
    table: VerdictTable


@dataclass(frozen=True, kw_only=True)
class PlannedQuestion:
    """One question with its number: what it lacks in short, and each of its answers."""

    number: str
    question: str
    lacks: str
    answers: Sequence[PlannedAnswer]


@dataclass(frozen=True, kw_only=True)
class PlanPage:
    """The page. `systems` and `gaps` are choices, each a value with its name; `chosen` are those that hold."""

    systems: Sequence[tuple[str, str]]
    gaps: Sequence[tuple[str, str]]
    chosen: PlanQuery
    headline: str
    more: Sequence[str]
    questions: Sequence[PlannedQuestion]


def plan_page(scene: Scene, asked: PlanQuery, say: Say, *, query: Mapping[str, str]) -> PlanPage | None:
    """What the last audit of a system says of decisions that are still to come; None where nothing was audited."""
    audited = [(name, scene.title(name, say)) for name in scene.latest]
    if not audited:
        return None
    name = asked.system if asked.system in scene.latest else _first_planned(scene) or audited[0][0]
    gap = int(asked.gap) if asked.gap in map(str, GAPS) else None
    document, system = scene.latest[name], scene.systems.get(name)
    found = [] if system is None else plans(document, scene.charter, system, gap=None if gap is None else gap / 100)
    itself = ("", say("a tenth beyond the level"))
    return PlanPage(
        systems=audited,
        gaps=[itself, *((str(each), say("{n} for 100", n=say.whole(each))) for each in GAPS)],
        chosen=PlanQuery(system=name, gap="" if gap is None else str(gap)),
        headline=_headline(found, scene, document, say, system=system),
        more=_more(found, document, say),
        questions=_questions(scene, document, found, say, system=system, query=query),
    )


def _first_planned(scene: Scene) -> str:
    """The first system with a question about groups, so that the page opens on something to plan; none where none."""
    return next(
        (name for name, system in scene.systems.items() if name in scene.latest and _planned(scene, name, system)), ""
    )


def _planned(scene: Scene, name: str, system: System) -> bool:
    return bool(plans(scene.latest[name], scene.charter, system, gap=None))


def _headline(found: Sequence[Plan], scene: Scene, document: AuditDocument, say: Say, *, system: System | None) -> str:
    """The question that can be answered next, and when."""
    if not found:
        return say("No question of the charter asks for such a gap between groups of this system.")
    nearest = soonest(found)
    if nearest is None or nearest.more is None:
        if any(each.verdict == Verdict.UNKNOWN for each in found):
            return say("No question that is open today is answered by waiting.")
        return say("No question about groups is open today.")
    verdict = next(each for each in document.verdicts if each.indicator == nearest.question)
    indicator = indicator_of(scene.charter, verdict)
    return say(
        "Next to be known: question {number}, {group}. {gap}, about {n} more decisions are needed: {time}.",
        number=indicator.number if indicator else "",
        group=inside(_of(nearest, say, system=system)),
        gap=_told_apart(nearest, say),
        n=_about(nearest.more, say),
        time=inside(_time(nearest.more, nearest, say)),
    )


def _more(found: Sequence[Plan], document: AuditDocument, say: Say) -> list[str]:
    """How fast decisions come, how many gaps can be found, and which never will."""
    if not found:
        return []
    ready, never = (sum(part) for part in zip(*((each.more == 0, each.out_of_reach) for each in found), strict=True))
    told = [
        say(
            "About {n} decisions come in a month, as in the last audit ({period}).",
            n=_about(round(found[0].month), say),
            period=say.period(document.window.start, document.window.end),
        ),
        say(
            "Of {all} comparisons, {n} have the decisions that they need.",
            all=say.whole(len(found)),
            n=say.whole(ready),
        ),
    ]
    if never:
        told.append(
            say.plural(
                "One would need more decisions than a year brings, and no more than a year counts together. Wider"
                " groups, or a wider gap, can be told.",
                "{n} would need more decisions than a year brings, and no more than a year counts together. Wider"
                " groups, or a wider gap, can be told.",
                never,
            )
        )
    return told


def _questions(
    scene: Scene,
    document: AuditDocument,
    found: Sequence[Plan],
    say: Say,
    *,
    system: System | None,
    query: Mapping[str, str],
) -> list[PlannedQuestion]:
    """Questions in the order of the charter, each with its answers."""
    verdicts = {verdict.indicator: verdict for verdict in document.verdicts}
    told = []
    for way, each in groupby(found, key=lambda plan: way_called(scene.charter, plan.question)):
        mine = list(each)
        answers = []
        for key, some in groupby(mine, key=lambda plan: plan.question):
            verdict, those = verdicts[key], list(some)
            question = question_of(scene.charter, verdict, say)
            answers.append(
                PlannedAnswer(
                    by=capital(attribute_name(those[0].measure.by, say, system=system)),
                    href=answer_href(str(document.system), key, query=query),
                    rests_on=_rest_on(those, say, system=system),
                    table=_table(those, verdict, question, say, system=system),
                )
            )
        told.append(
            PlannedQuestion(
                number=way.number if way else "",
                question=worded_for(way, None, say) if way else "",
                lacks=_lacks(mine, say),
                answers=answers,
            )
        )
    return told


def _table(
    mine: Sequence[Plan], verdict: VerdictDocument, caption: str, say: Say, *, system: System | None
) -> VerdictTable:
    """One row a group."""
    marks = {comparison.measure: comparison.verdict for comparison in verdict.comparisons}
    first = mine[0]
    head = [
        attribute_name(first.measure.by, say, system=system),
        _told_apart(first, say),
        say("If there is no gap, until it is kept"),
        say("Today"),
    ]
    rows = [
        [
            _of(each, say, system=system),
            _needed(each, each.found, say),
            _needed(each, each.kept, say),
        ]
        for each in mine
    ]
    return VerdictTable(caption=caption, head=head, rows=rows, verdicts=[marks.get(each.measure.id) for each in mine])


def _of(each: Plan, say: Say, *, system: System | None) -> str:
    """The group, and the stage where there is one."""
    group = group_of(each.measure, say, system=system)
    stage = stage_name(each.measure, say, system=system) if each.measure.given else ""
    return say("{group}, {stage}", group=group, stage=inside(stage)) if stage else group


def _told_apart(each: Plan, say: Say) -> str:
    """Which gap is told from which level."""
    gap, level = (100 * abs(value) for value in (each.truth, each.level))
    if each.scale == "ratio":
        return say("To tell {gap} from {level} for 100", gap=say.whole(round(gap)), level=say.whole(round(level)))
    written = [say.number(each, 0 if each == round(each) else 1) for each in (round(gap, 1), round(level, 1))]
    return say("To tell a gap of {gap} points from {level}", gap=written[0], level=written[1])


def _rest_on(mine: Sequence[Plan], say: Say, *, system: System | None) -> list[str]:
    """How many decisions count, since when; of which groups, where not all rest on the same."""
    rests = dict.fromkeys((each.counted, each.since) for each in mine)
    told = []
    for counted, since in rests:
        count = say("{n} decisions count, since {date}.", n=say.whole(counted), date=say.date(since))
        groups = [_of(each, say, system=system) for each in mine if (each.counted, each.since) == (counted, since)]
        told.append(count if len(rests) == 1 else say("{groups}: {told}", groups=say.apart(groups), told=inside(count)))
    return told


def _lacks(mine: Sequence[Plan], say: Say) -> str:
    """What the group that takes longest lacks."""
    if any(each.out_of_reach for each in mine):
        return say("out of reach for one group at least")
    longest = max(mine, key=lambda each: each.more or 0)
    if not longest.more:
        return say("enough decisions")
    n = _about(longest.more, say)
    if not longest.accumulates:
        return say("up to {n} more in one period", n=n)
    return say("up to {n} more: {time}", n=n, time=inside(_time(longest.more, longest, say)))


def _needed(each: Plan, needed: int | None, say: Say) -> str:
    if needed is None:
        return say("no reasonable number")
    if needed <= each.counted:
        return say("enough are there")
    more = needed - each.counted
    if not each.accumulates:
        return say("{n} more in one period", n=_about(more, say))
    if each.beyond(needed):
        return say("{n} more, which no year brings", n=_about(more, say))
    return say("{n} more: {time}", n=_about(more, say), time=inside(_time(more, each, say)))


def _time(decisions: int, each: Plan, say: Say) -> str:
    unit, n = lasting(decisions, each.month)
    if unit == "days":
        return say("less than a month")
    if unit == "years":
        return say("about {n} years", n=say.whole(n))
    return say("about one month") if n == 1 else say("about {n} months", n=say.whole(n))


def _about(n: int, say: Say) -> str:
    """Two figures are enough."""
    return say.whole(round(n, min(0, 2 - len(str(n)))))
