"""Finding what changed, in words written once, and putting it into the outbox: one transaction for each system.

Everything here stands on pages that every role may see: whole months, groups that are large enough, no row, no person.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from boussole.audits.alert_settings import AlertSettings, Digest
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES, capital, inside
from boussole.audits.workspace import Workspace
from boussole.charter.document import ArticleVerdict, AuditDocument, Standing, VerdictDocument
from boussole.charter.records.database import open_records, reading
from boussole.charter.records.models import AlertState, AlertSystem
from boussole.dashboard.alerts.channels import Channel, channels, check_choices
from boussole.dashboard.alerts.messages import (
    BLIND,
    NOT_ASKED,
    AlertSay,
    ChangeMessage,
    KnownState,
    Message,
    MessageDraft,
    SubjectChange,
    keep,
    queue,
    teller,
)
from boussole.dashboard.alerts.outbox import forget
from boussole.dashboard.alerts.verdicts import SystemMark, drifted, verdicts
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.markup.words.addresses import answer_href, drift_href, system_href
from boussole.dashboard.server.access.database import now as this_moment
from boussole.dashboard.server.access.database import stamp
from boussole.dashboard.views.answers.asked import question_of, sentence_of
from boussole.dashboard.views.drift.words import state_words, theme_words
from boussole.dashboard.views.scene import Scene, excess, load

Texts = dict[str, str]


def facts(change: SubjectChange, scene: Scene) -> dict[str, Any]:
    """What is kept of a change: its window, its cause, and its texts in every language."""
    return {
        "start": change.start,
        "end": change.end,
        "since": change.since,
        "entry": change.entry,
        "cause": change.cause,
        "texts": {lang: _texts(change, scene, speaker(lang), teller(lang)) for lang in LANGUAGES},
    }


def _texts(change: SubjectChange, scene: Scene, say: Say, tell: AlertSay) -> Texts:
    verdict = _verdict(change, change.document)
    asked = verdict or _verdict(change, change.former)
    return {
        "system": str(scene.title(change.system, say)),
        "place": str(_place(change, scene, say, tell)),
        "question": str(question_of(scene.charter, asked, say)) if asked else "",
        "moved": moved(change, say, tell),
        "sentence": str(_sentence(change, scene, verdict, say, tell)),
        "whole": _whole(change, scene, say, tell),
        **_times(change, say, tell),
        "cause": _cause(change, scene, tell),
        "page": _page(change, verdict, say),
    }


def moved(change: SubjectChange, say: Say, tell: AlertSay) -> str:
    """From which state to which. That something can't be told any more says so, and is never good news."""
    if change.after == NOT_ASKED:
        return tell("was “{before}”; the charter no longer asks it", before=_state(change, change.before, say))
    after = _state(change, change.after, say)
    if change.before in (None, NOT_ASKED):
        return tell("“{after}” when first looked at", after=after)
    before = _state(change, change.before, say)
    if change.direction == "lost":
        if change.after == "unknown":
            return tell("was “{before}”; we cannot tell any more", before=before)
        return tell("was “{before}”; is no longer examined", before=before)
    return tell("from “{before}” to “{after}”", before=before, after=after)


def _state(change: SubjectChange, state: str | None, say: Say) -> str:
    return state_words(state or "", say) if change.kind == "drift" else word(state or "", say)


def _place(change: SubjectChange, scene: Scene, say: Say, tell: AlertSay) -> str:
    if change.kind == "drift":
        return tell("Drift, {theme}", theme=inside(theme_words(change.name, say)))
    article = scene.articles(say).get(change.article, change.article)
    return tell("one question of “{article}”", article=article) if change.kind == "question" else article


def _whole(change: SubjectChange, scene: Scene, say: Say, tell: AlertSay) -> str:
    """Of a question: how its article stands, so that one that got better makes nobody believe that all is well."""
    if change.kind != "question":
        return ""
    name = scene.articles(say).get(change.article, change.article)
    found = next((each for each in _articles(change) if each.article == change.article), None)
    if found is None:
        return tell("{article}: the charter has this article no longer", article=name)
    return tell("{article}: as a whole “{verdict}”", article=name, verdict=word(found.verdict, say))


def _articles(change: SubjectChange) -> Sequence[ArticleVerdict]:
    return () if change.document is None else change.document.articles


def _verdict(change: SubjectChange, document: Standing | None) -> VerdictDocument | None:
    """The verdict of a document that a change of a question is about."""
    if change.kind != "question" or document is None:
        return None
    return next((each for each in document.verdicts if each.indicator == change.name), None)


def _sentence(change: SubjectChange, scene: Scene, verdict: VerdictDocument | None, say: Say, tell: AlertSay) -> str:
    """The figure in one sentence, as the page says it."""
    if change.kind == "drift":
        return change.told[say.lang]
    if change.kind == "article":
        return _of_article(change, scene, say, tell)
    if verdict is None:
        return tell("The charter asks this question no longer.")
    return sentence_of(scene.charter, verdict, say, system=scene.systems.get(change.system))


def _of_article(change: SubjectChange, scene: Scene, say: Say, tell: AlertSay) -> str:
    """What decides the verdict of an article: its worst question, an open finding, or how many are answered."""
    document = change.document
    summary = next((each for each in _articles(change) if each.article == change.name), None)
    if summary is None or document is None:
        return tell("The charter has this article no longer.")
    same = [
        each for each in document.verdicts if each.article == change.name and each.verdict == change.after != "kept"
    ]
    if same:
        worst = max(same, key=lambda each: excess(document, each))
        return sentence_of(scene.charter, worst, say, system=scene.systems.get(change.system))
    if summary.capped_by:
        entries = ", ".join(map(str, summary.capped_by))
        return tell("An open finding of an outside authority holds it there (entry {n} of the ledger).", n=entries)
    return tell(
        "{answered} of {asked} questions are answered.",
        answered=capital(say.whole(summary.answered)),
        asked=say.whole(summary.asked),
    )


def _times(change: SubjectChange, say: Say, tell: AlertSay) -> Texts:
    """Since when it is so, what was before, and of which period the audit is."""
    date, before, period = say.date(change.start), "", ""
    since = tell("Found on {date}.", date=date) if _undated(change) else tell("Since {date}.", date=date)
    if change.before is not None and change.since is not None and change.before not in (NOT_ASKED, *BLIND):
        state = _state(change, change.before, say)
        if change.since < change.start:
            before = tell("Before: “{before}”, since {date}.", before=state, date=say.date(change.since))
        else:  # the same window, looked at again
            since, before = "", tell("For the same period it was “{before}” before.", before=state)
    if isinstance(change.document, AuditDocument) and change.entry is not None:
        name = say.period(change.document.window.start, change.document.window.end)
        period = tell("Period examined: {period} (entry {n} of the ledger).", period=name, n=str(change.entry))
    return {"since": since, "before": before, "period": period}


def _undated(change: SubjectChange) -> bool:
    """Whether it is known only that it was found: no audit of a period says it."""
    return change.kind != "drift" and (change.entry is None or change.cause.startswith("stated"))


def _cause(change: SubjectChange, scene: Scene, tell: AlertSay) -> str:
    """Why, where it is not simply that a new period was looked at."""
    judged = change.document.charter if isinstance(change.document, AuditDocument) else None
    version = judged.version if judged and change.start != scene.facts.as_of.isoformat() else scene.charter.version
    return {
        "again": tell("The same period was audited again, and its figures are others now."),
        "rule": tell("The rule by which comparisons become verdicts changed, not the figures."),
        "charter": tell("The charter changed, not the figures: version {version} judges now.", version=version),
        "charter_and_audit": tell("The charter changed as well: version {version} judges now.", version=version),
        "stated": tell("It follows from what people stated or from a date that has passed: nothing was measured anew."),
        "stated_or_charter": tell(
            "It follows from what people stated or from the text of the charter: nothing was measured anew."
        ),
        "decisions_again": tell("Decisions of that month have come in or were corrected since."),
    }.get(change.cause, "")


def _page(change: SubjectChange, verdict: VerdictDocument | None, say: Say) -> str:
    """The path of the page that shows it, in the language of the text."""
    query = {"lang": say.lang}
    if change.kind == "drift":
        return drift_href(change.system, query=query)
    if verdict is not None:
        return answer_href(change.system, verdict.indicator, query=query)
    return system_href(change.system, query=query, anchor=change.name if change.kind == "article" else "")


# When a message is due: at once, or with the next digest.


DAY = dt.timedelta(days=1)


def due_at(now: dt.datetime, digest: Digest, settings: AlertSettings) -> dt.datetime:
    """The moment (UTC) at which what is found now is to be sent: the next digest begins after it.

    >>> settings = AlertSettings(digest_hour=7, timezone="Europe/Paris")
    >>> moment = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)  # a Friday
    >>> [due_at(moment, digest, settings).isoformat() for digest in ("off", "daily", "weekly")]
    ['2026-11-27T09:00:00+00:00', '2026-11-28T06:00:00+00:00', '2026-11-30T06:00:00+00:00']
    """
    if digest == "off":
        return now
    here = now.astimezone(settings.zone)
    day = here.date()
    while True:
        found = dt.datetime.combine(day, dt.time(settings.digest_hour), tzinfo=settings.zone)
        if found > now and (digest == "daily" or not day.weekday()):
            return found.astimezone(dt.UTC)
        day += DAY


# Finding what changed and putting it into the outbox: one transaction for each system.
#
# What is compared is read first, without keeping anybody waiting. If somebody else has noted something of the same
# system
# meanwhile, nothing is written and it is looked at again: so a change is found once, however many look.


TRIES = 5


@dataclass(frozen=True, kw_only=True)
class SystemCheck:
    """One system as it was looked at: what was known before, what changed, and what is known now."""

    system: str
    was: Mapping[str, KnownState]
    seen_before: SystemMark
    changes: Sequence[SubjectChange]
    known: Mapping[str, KnownState]
    seen: SystemMark

    @property
    def nothing_new(self) -> bool:
        return (self.seen_before, dict(self.was)) == (self.seen, dict(self.known))


@dataclass(frozen=True, kw_only=True)
class AlertCheck:
    """What a check found: the changes, and the messages that tell them."""

    changes: Sequence[SubjectChange]
    messages: Sequence[Message]


def check(
    workspace: Workspace,
    *,
    systems: Collection[str] | None = None,
    now: dt.datetime | None = None,
    today: dt.date | None = None,
    dry_run: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> AlertCheck:
    """Looks at every system (or at some), and queues what changed since somebody looked last.

    With `dry_run` nothing is written, not even that somebody looked. `meanwhile` is called between looking and writing.

    Raises BoussoleError where no channel is set up, or one names a system or an article that is not there.
    """
    ways, now = channels(workspace), now or this_moment()
    if not dry_run and workspace.governance.exists():
        open_records(workspace)  # brings older records up to date before anything reads them
    scene = load(workspace, today=today or now.astimezone(workspace.settings.zone).date())
    check_choices(ways, systems=workspace.systems, articles={each.id: each for each in scene.charter.articles})
    found: list[SubjectChange] = []
    messages: dict[str, Message] = {}
    for system in sorted(set(scene.standing) if systems is None else set(systems)):
        looked = _looked(workspace, scene, system)
        if looked.nothing_new and looked.seen_before.version:
            continue
        if dry_run:
            queued = _would(workspace, scene, looked, ways, now)
        else:
            queued, looked = _noted(workspace, scene, looked, ways, now=now, meanwhile=meanwhile)
        found += looked.changes
        for each in queued:
            before = messages.get(each.id)
            messages[each.id] = replace(each, items=[*before.items, *each.items]) if before else each
    return AlertCheck(changes=found, messages=list(messages.values()))


def _looked(workspace: Workspace, scene: Scene, system: str) -> SystemCheck:
    with reading(workspace) as connection:
        seen, known = _seen(connection, system) if connection is not None else (SystemMark(), {})
    judged = verdicts(workspace, scene, system, seen, known)
    moved = drifted(workspace, scene, system, judged.known)
    return SystemCheck(
        system=system,
        was=known,
        seen_before=seen,
        changes=[*judged.changes, *moved.changes],
        known=moved.known,
        seen=judged.seen,
    )


def _seen(connection: Connection, system: str) -> tuple[SystemMark, dict[str, KnownState]]:
    row = connection.execute(select(AlertSystem.__table__).where(AlertSystem.system == system)).first()
    if row is None:
        return SystemMark(), {}
    states = connection.execute(select(AlertState.__table__).where(AlertState.system == system))
    known = {
        each.subject: KnownState(state=each.state, since=each.since, window_end=each.window_end) for each in states
    }
    return SystemMark(version=row.version, seen_until=row.seen_until, audit=row.audit, charter=row.charter), known


def _noted(
    workspace: Workspace,
    scene: Scene,
    looked: SystemCheck,
    ways: Mapping[str, Channel],
    *,
    now: dt.datetime,
    meanwhile: Callable[[], None],
) -> tuple[list[Message], SystemCheck]:
    """Writes what was found, unless somebody else did meanwhile: then it is looked at again."""
    for _ in range(TRIES):
        meanwhile()
        items = _items(workspace, scene, looked, now)
        with open_records(workspace).begin() as connection:
            seen, _known = _seen(connection, looked.system)
            if seen == looked.seen_before:
                return _write(workspace, connection, looked, items, ways=ways, now=now), looked
        looked = _looked(workspace, scene, looked.system)
        if looked.nothing_new:
            return [], looked
    raise BoussoleError(
        f"others kept noting changes of '{looked.system}'.", next_step="Run `boussole alerts check` again."
    )


def _items(
    workspace: Workspace, scene: Scene, looked: SystemCheck, now: dt.datetime
) -> list[tuple[ChangeMessage, str]]:
    """The changes as they are told, not numbered yet, each with its key."""
    return [
        (
            ChangeMessage(
                number=-at,
                system=change.system,
                subject=change.subject,
                before=change.before,
                after=change.after,
                direction=change.direction,
                detected_at=stamp(now),
                facts=facts(change, scene),
            ),
            _key(workspace, change, looked.seen_before.version + 1, at),
        )
        for at, change in enumerate(looked.changes, 1)
    ]


def _key(workspace: Workspace, change: SubjectChange, version: int, at: int) -> str:
    """What makes a change this one: its subject, both states, the audit, and how often its system had changed."""
    what = [str(workspace.home), change.system, change.subject, change.before, change.after, change.entry, version, at]
    return sha256_hex(json.dumps(what).encode())


def _write(
    workspace: Workspace,
    connection: Connection,
    looked: SystemCheck,
    items: Sequence[tuple[ChangeMessage, str]],
    *,
    ways: Mapping[str, Channel],
    now: dt.datetime,
) -> list[Message]:
    """Notes what is known now, the changes, and the messages that tell them, in the caller's transaction."""
    _keep(connection, looked)
    forget(connection, before=now - dt.timedelta(days=workspace.settings.alerts.keep_days))
    numbered = [(replace(told, number=keep(connection, told, key)), key) for told, key in items]
    keys = {told.number: key for told, key in numbered}
    drafts = _drafts(workspace, [told for told, _ in numbered], ways, now)
    return [queue(connection, draft, keys) for draft in drafts]


def _keep(connection: Connection, looked: SystemCheck) -> None:
    system, seen = looked.system, looked.seen
    for model in (AlertSystem, AlertState):
        connection.execute(delete(model).where(model.system == system))
    connection.execute(
        insert(AlertSystem).values(
            system=system,
            version=looked.seen_before.version + 1,
            seen_until=seen.seen_until,
            audit=seen.audit,
            charter=seen.charter,
        )
    )
    states = [
        {"system": system, "subject": name, "state": each.state, "since": each.since, "window_end": each.window_end}
        for name, each in looked.known.items()
    ]
    if states:
        connection.execute(insert(AlertState), states)


def _drafts(
    workspace: Workspace, items: Sequence[ChangeMessage], ways: Mapping[str, Channel], now: dt.datetime
) -> list[MessageDraft]:
    """One message for each channel that takes any of the changes of a system."""
    return [
        MessageDraft(
            home=str(workspace.home),
            channel=way.name,
            digest=way.digest,
            system=taken[0].system,
            now=now,
            due=due_at(now, way.digest, way.settings),
            items=taken,
        )
        for way in ways.values()
        if (taken := [each for each in items if way.takes(each)])
    ]


def _would(
    workspace: Workspace, scene: Scene, looked: SystemCheck, ways: Mapping[str, Channel], now: dt.datetime
) -> list[Message]:
    """The messages that would be queued, under the numbers that they would have."""
    items = _items(workspace, scene, looked, now)
    keys = {told.number: key for told, key in items}
    return [draft.message(draft.number(keys)) for draft in _drafts(workspace, [told for told, _ in items], ways, now)]
