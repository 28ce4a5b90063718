"""The first page as data: what it says has changed; and the compass, with its table, to take along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.charter.committee.meetings.sessions import session
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import compass_href
from boussole.dashboard.views.chamber import EarlierEvidence, Met, News, changed_answers, news
from boussole.dashboard.views.compass import CompassLine, line
from boussole.dashboard.views.scene import JudgedQuestion, Scene, answers

# What the first page says has changed: since a session, or since the audits before where no committee met; as data.


ANSWERS, MOST_CHANGES = 2, 3
"""How many changed answers the first page names, and how much in all."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed. `told`: what is said of the answers where none differs, or where there is nothing to compare."""

    title: str
    answers: Sequence[CompassLine]
    told: str
    news: Sequence[News]
    more: tuple[str, str] | None


def since_session(
    scene: Scene, met: Met, then: EarlierEvidence, say: Say, *, query: dict[str, str], incidents: bool, every: bool
) -> Changes:
    """What changed since a session. `incidents`: whoever looks may see these; `every`: nothing is left for later."""
    day = session(met.chamber.house, met.session).day
    told = news(scene, met, then, say, query=query, incidents=incidents)
    title = say("What has changed since the session of {date}", date=say.date(day))
    return _shown(scene, changed_answers(scene, then), told, say, query=query, title=title, every=every)


def since_audit(scene: Scene, say: Say, *, query: dict[str, str], every: bool) -> Changes:
    """What changed since the audits before: where no committee met, or whoever looks sees the work of none."""
    days = [each.until if isinstance(each, AuditDocument) else each.end for each in scene.previous.values()]
    if not days:
        nothing = say("This is the first audit: there is nothing to compare yet.")
        return Changes(title=say("What has changed"), answers=(), told=nothing, news=(), more=None)
    title = say("What has changed since the audit up to {date}", date=say.date(max(days)))
    return _shown(scene, _between_audits(scene), [], say, query=query, title=title, every=every)


def _shown(
    scene: Scene,
    found: Sequence[tuple[JudgedQuestion, str]],
    told: Sequence[News],
    say: Say,
    *,
    query: dict[str, str],
    title: str,
    every: bool,
) -> Changes:
    answers = found if every else found[:ANSWERS]
    rest = told if every else told[: MOST_CHANGES - len(answers)]
    left, n = len(answers) + len(rest) < len(found) + len(told), len(found) + len(told)
    whole = (say("See all {n} changes", n=say.whole(n)), compass_href(query=query, changes="all", anchor="changes"))
    return Changes(
        title=title,
        answers=[line(scene, finding, say, query=query, before=earlier) for finding, earlier in answers],
        told="" if found else say("No verdict has changed."),
        news=rest,
        more=whole if left else None,
    )


def _between_audits(scene: Scene) -> list[tuple[JudgedQuestion, str]]:
    found = []
    for finding in answers(scene):
        previous = scene.previous.get(finding.system)
        if previous is None:
            continue
        before = {v.indicator: v.verdict for v in previous.verdicts}
        earlier = before.get(finding.verdict.indicator, "not_examined")
        if earlier != finding.key:
            found.append((finding, earlier))
    return found


# What can be taken along of the first page: the compass, with its table.
