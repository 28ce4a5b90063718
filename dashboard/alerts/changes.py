"""What changed since somebody last looked: the states of articles, questions and drift, and the alerts about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from sqlalchemy import Connection, delete, insert, select

from boussole.audits.alert_settings import AlertSettings, Digest
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES, capital, inside
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.charter.document.answers.verdict import CALLING, Verdict, severity
from boussole.charter.drift.system_drift import THEMES, Drift, drift_of, read_all
from boussole.charter.records.database import open_records, reading
from boussole.charter.records.models import AlertState
from boussole.dashboard.alerts import outbox
from boussole.dashboard.alerts.channels import required_channels
from boussole.dashboard.alerts.words import AlertSay, teller
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.markup.words.addresses import answer_href, drift_href, system_href
from boussole.dashboard.server.access.database import now as this_moment
from boussole.dashboard.server.access.database import stamp
from boussole.dashboard.views.answers.asked import question_of, sentence_of
from boussole.dashboard.views.drift.summary import summary
from boussole.dashboard.views.drift.words import period_words, state_words, theme_words, why_not
from boussole.dashboard.views.scene import Scene, excess, load

Direction = Literal["worse", "lost", "better", "other"]
UNFAVOURABLE = ("worse", "lost")
"""What `only = "worse"` lets through: that something can no longer be told is never good news."""
BLIND = (Verdict.UNKNOWN, Verdict.NOT_EXAMINED)
"""States in which nothing is known."""
WAITS = {"not_mature", "not_audited"}
"""Reasons that time removes: a part of drift that waits for its outcomes or its audit has not changed."""
UNCOMPARED = ("is_reference", "no_earlier", "overlaps")
"""Windows of drift in which there is nothing to compare yet."""


@dataclass(frozen=True, kw_only=True)
class StateChange:
    """One change of `article/ARTICLE`, `question/ARTICLE/QUESTION` or `drift/PART`; `before` is None when it is new."""

    system: str
    subject: str
    before: str | None
    after: str

    @property
    def kind(self) -> str:
        return self.subject.partition("/")[0]

    @property
    def name(self) -> str:
        """Of the article, the question or the part."""
        return self.subject.rpartition("/")[2]

    @property
    def direction(self) -> Direction:
        return direction(self.before, self.after)


def direction(before: str | None, after: str) -> Direction:
    """For the worse, for the better, or lost: it was known, and is no longer.

    >>> direction("kept", "watch"), direction("broken", "watch"), direction("broken", "unknown")
    ('worse', 'better', 'lost')
    >>> direction(None, "broken"), direction("unknown", "kept"), direction("not_examined", "unknown")
    ('worse', 'better', 'other')
    """
    if after in BLIND:
        return "lost" if before is not None and before not in BLIND else "other"
    if after == "kept":
        return "better"
    worse = before not in CALLING or severity(after) < severity(before)
    return "worse" if worse else "better"


def changes_between(known: Mapping[str, str], states: Mapping[str, str], *, system: str) -> list[StateChange]:
    """The changes from what was known to what is; of what nobody had looked at, only what needs attention is one.

    >>> found = changes_between({"article/a": "kept"}, {"article/b": "watch", "article/c": "kept"}, system="s")
    >>> [(each.name, each.before, each.after) for each in found]
    [('a', 'kept', 'not_examined'), ('b', None, 'watch')]
    """
    found = []
    for subject in dict.fromkeys([*known, *states]):
        before, after = known.get(subject), states.get(subject, Verdict.NOT_EXAMINED.value)
        if before != after and (before is not None or after in CALLING):
            found.append(StateChange(system=system, subject=subject, before=before, after=after))
    return sorted(found, key=lambda each: each.subject)


def due_at(now: dt.datetime, digest: Digest, settings: AlertSettings, zone: dt.tzinfo) -> dt.datetime:
    """The moment (UTC) from which what is found now is sent: at once, or with the next digest.

    >>> from zoneinfo import ZoneInfo
    >>> moment = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)  # a Friday
    >>> found = [due_at(moment, each, AlertSettings(), ZoneInfo("Europe/Paris")) for each in ("off", "daily", "weekly")]
    >>> [each.isoformat() for each in found]
    ['2026-11-27T09:00:00+00:00', '2026-11-28T06:00:00+00:00', '2026-11-30T06:00:00+00:00']
    """
    if digest == "off":
        return now
    day = now.astimezone(zone).date()
    while True:
        found = dt.datetime.combine(day, dt.time(settings.digest_hour), tzinfo=zone)
        if found > now and (digest == "daily" or not day.weekday()):
            return found.astimezone(dt.UTC)
        day += dt.timedelta(days=1)


def check(
    workspace: Workspace,
    *,
    systems: Collection[str] | None = None,
    now: dt.datetime | None = None,
    dry_run: bool = False,
) -> list[StateChange]:
    """Looks at every system (or at some), and queues what changed since somebody looked last: one transaction for each.

    Nothing is written with `dry_run`, or where another process has noted something of the same system meanwhile.
    Raises BoussoleError where no channel is set up, or one names a system that does not exist.
    """
    required_channels(workspace)
    now = now or this_moment()
    if not dry_run and workspace.governance.exists():
        open_records(workspace)
    before = _known(workspace)
    scene = load(workspace, today=now.astimezone(workspace.settings.zone).date())
    found: list[StateChange] = []
    for system in sorted(set(scene.standing) if systems is None else set(systems)):
        known = before.get(system, {})
        drift = _drift(workspace, scene, system)
        states = {**states_of(scene.standing.get(system)), **_drift_states(drift, known)}
        if known == states:
            continue
        changes = changes_between(known, states, system=system)
        rows = _rows(workspace, changes, scene, drift, now)
        if dry_run or _noted(workspace, system, known, states, rows, now=now):
            found += changes
    return found


def _known(workspace: Workspace) -> dict[str, dict[str, str]]:
    with reading(workspace) as connection:
        return {} if connection is None else _states(connection)


def _states(connection: Connection) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in connection.execute(select(AlertState.__table__)):
        found.setdefault(row.system, {})[row.subject] = row.state
    return found


def _noted(
    workspace: Workspace,
    system: str,
    known: Mapping[str, str],
    states: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    *,
    now: dt.datetime,
) -> bool:
    with open_records(workspace).begin() as connection:
        if _states(connection).get(system, {}) != known:
            return False
        connection.execute(delete(AlertState).where(AlertState.system == system))
        noted = [{"system": system, "subject": name, "state": state} for name, state in states.items()]
        if noted:
            connection.execute(insert(AlertState), noted)
        outbox.queue(connection, rows, now=now)
    return True


def _rows(
    workspace: Workspace, changes: Sequence[StateChange], scene: Scene, drift: Drift | None, now: dt.datetime
) -> list[dict[str, Any]]:
    rows = []
    for change in changes:
        texts = {lang: texts_of(change, scene, drift, lang, on=now) for lang in LANGUAGES}
        for channel in required_channels(workspace).values():
            if not channel.takes(change.system, unfavourable=change.direction in UNFAVOURABLE):
                continue
            due = due_at(now, channel.settings.digest, workspace.settings.alerts, workspace.settings.zone)
            rows.append(
                {
                    "channel": channel.name,
                    "system": change.system,
                    "subject": change.subject,
                    "direction": change.direction,
                    "texts": texts,
                    "due_at": stamp(due),
                }
            )
    return rows


def states_of(standing: Standing | None) -> dict[str, str]:
    """The states of articles and questions; what nobody examined has none."""
    if standing is None:
        return {}
    found = {f"article/{each.article}": str(each.verdict) for each in standing.articles}
    found |= {f"question/{each.article}/{each.indicator}": str(each.verdict) for each in standing.verdicts}
    return {name: state for name, state in found.items() if state != Verdict.NOT_EXAMINED}


def _drift(workspace: Workspace, scene: Scene, system: str) -> Drift | None:
    declared = scene.systems.get(system)
    if declared is None or declared.columns is None:
        return None
    try:
        found = drift_of(
            workspace, declared, against="reference", step="month", today=scene.facts.as_of, charter=scene.charter
        )
    except BoussoleError:  # no decision yet, or no lake: the data page says so
        return None
    return None if found.series.unfinished else found


def _drift_states(drift: Drift | None, known: Mapping[str, str]) -> dict[str, str]:
    """The state of each part of drift in the last month that tells of it; where none does, what was known stays."""
    found = {name: state for name, state in known.items() if name.startswith("drift/")}
    if drift is not None:
        found |= {f"drift/{theme}": state for theme in THEMES for _, state in _months(drift, theme)}
    return found


def _months(drift: Drift, theme: str) -> Iterator[tuple[int, str]]:
    for at, (point, each) in enumerate(zip(drift.series.points, read_all(drift), strict=True)):
        found = each[theme]
        waits = not point.reason and set(found.reasons.values()) <= WAITS
        if point.reason not in UNCOMPARED and not (found.state == "not_examined" and waits):
            yield at, found.state


# The words of a change, as pages say it.


def texts_of(change: StateChange, scene: Scene, drift: Drift | None, lang: str, *, on: dt.datetime) -> dict[str, Any]:
    """The title of an alert, its paragraphs, and the path of the page that shows it."""
    say, tell = speaker(lang), teller(lang)
    verdict = _verdict(change, scene)
    standing = scene.standing.get(change.system)
    lines = [
        str(question_of(scene.charter, verdict, say)) if verdict else "",
        _sentence(change, scene, drift, say, tell),
        tell("Found on {date}.", date=say.date(on.date())),
    ]
    if change.kind != "drift" and isinstance(standing, AuditDocument):
        period = say.period(standing.window.start, standing.window.end)
        lines.append(tell("Period examined: {period} (entry {n} of the ledger).", period=period, n=str(standing.entry)))
    return {
        "title": tell(
            "{system}: {place}, {moved}",
            system=str(scene.title(change.system, say)),
            place=_place(change, scene, say, tell),
            moved=moved(change, say, tell),
        ),
        "lines": [each for each in lines if each],
        "page": _page(change, verdict, say),
    }


def moved(change: StateChange, say: Say, tell: AlertSay) -> str:
    """From which state to which."""

    def state(name: str) -> str:
        return state_words(name, say) if change.kind == "drift" else word(name, say)

    after = state(change.after)
    if change.before is None:
        return tell("“{after}” when first looked at", after=after)
    before = state(change.before)
    if change.direction == "lost":
        if change.after == Verdict.UNKNOWN:
            return tell("was “{before}”; we cannot tell any more", before=before)
        return tell("was “{before}”; is no longer examined", before=before)
    return tell("from “{before}” to “{after}”", before=before, after=after)


def _place(change: StateChange, scene: Scene, say: Say, tell: AlertSay) -> str:
    if change.kind == "drift":
        return tell("Drift, {theme}", theme=inside(theme_words(change.name, say)))
    id_ = change.subject.split("/")[1]
    article = scene.articles(say).get(id_, id_)
    return tell("one question of “{article}”", article=article) if change.kind == "question" else article


def _verdict(change: StateChange, scene: Scene) -> VerdictDocument | None:
    standing = scene.standing.get(change.system)
    if change.kind != "question" or standing is None:
        return None
    return next((each for each in standing.verdicts if each.indicator == change.name), None)


def _sentence(change: StateChange, scene: Scene, drift: Drift | None, say: Say, tell: AlertSay) -> str:
    """The figure in one sentence, as its page says it; of an article, that of its worst question."""
    if change.kind == "drift":
        return _drift_sentence(change, drift, say, tell)
    standing = scene.standing[change.system]
    verdict = _verdict(change, scene)
    if change.kind == "article":
        summary_ = next((each for each in standing.articles if each.article == change.name), None)
        if summary_ is None:
            return tell("The charter has this article no longer.")
        if summary_.capped_by:
            entries = ", ".join(map(str, summary_.capped_by))
            return tell("An open finding of an outside authority holds it there (entry {n} of the ledger).", n=entries)
        same = [
            each for each in standing.verdicts if each.article == change.name and each.verdict == change.after != "kept"
        ]
        verdict = max(same, key=lambda each: excess(standing, each)) if same else None
        if verdict is None:
            return tell(
                "{answered} of {asked} questions are answered.",
                answered=capital(say.whole(summary_.answered)),
                asked=say.whole(summary_.asked),
            )
    if verdict is None:
        return tell("The charter asks this question no longer.")
    return sentence_of(scene.charter, verdict, say, system=scene.systems.get(change.system))


def _drift_sentence(change: StateChange, drift: Drift | None, say: Say, tell: AlertSay) -> str:
    """What the drift page says on top of the month. Incidents are left out: not every reader may see them."""
    months = [] if drift is None else list(_months(drift, change.name))
    if drift is None or not months:
        return ""
    end = months[-1][0] + 1
    series, read = replace(drift.series, points=drift.series.points[:end]), read_all(drift)[:end]
    last = series.points[-1]
    if last.reason is not None:
        period, why = period_words(last.window, say), why_not(last.reason, series.system, say)
        return tell("{period} is not compared: {why}.", period=capital(period), why=why)
    reasons = dict.fromkeys(read[-1][change.name].reasons.values())
    if change.after not in BLIND or not reasons:
        return summary(series, read, [], say).headline
    why = ", ".join(why_not(reason, series.system, say) for reason in reasons)
    return tell("{theme}: {why}.", theme=theme_words(change.name, say), why=why)


def _page(change: StateChange, verdict: VerdictDocument | None, say: Say) -> str:
    query = {"lang": say.lang}
    if change.kind == "drift":
        return drift_href(change.system, query=query)
    if verdict is not None:
        return answer_href(change.system, verdict.indicator, query=query)
    return system_href(change.system, query=query, anchor=change.name if change.kind == "article" else "")
