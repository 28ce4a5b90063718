"""What a report is about: the audits of a period, their charters, what moved; and the words in which it is told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from boussole.audits.decisions.written import WrittenTexts, written_texts
from boussole.audits.errors import NoLakeError, ReportError, nearest
from boussole.audits.hashing import canonical_json
from boussole.audits.lake import reading
from boussole.audits.lake.tables import exists, has_table, table
from boussole.audits.languages import LANGUAGES, Catalogue, capital, typeset
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.document.answers.verdict import CALLING
from boussole.charter.document.base import given
from boussole.charter.drift.system_drift import MONTHS, Drift, drift_of
from boussole.charter.judging.by_article import current as brought_up
from boussole.charter.records import audits_of, charter_text, latest_audits, stored_audits, summaries
from boussole.charter.records.facts import facts_of
from boussole.charter.records.in_force import AdoptionAct, in_force, judging_then
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.words import PARIS, Say, count, speaker
from boussole.dashboard.views.answers.course import SystemPast, past_of
from boussole.dashboard.views.chamber import Chamber, chambers
from boussole.dashboard.views.drift.figures import brief
from boussole.dashboard.views.drift.multiples import Multiple
from boussole.dashboard.views.drift.view import DriftPage, DriftQuery, WindowColumn, drift_page
from boussole.dashboard.views.papers import ReportPeriod, in_period
from boussole.dashboard.views.scene import Scene, before

# What reports say: a catalogue of their own beside the one of the pages.


FOLDER = Path(__file__).parent / "locale"
ANSWER = 30
"""Characters of the longest answer ("No."): longer first sentences are findings."""


class ReportSay(Say):
    """Speaks one language with the messages of reports.

    >>> teller("en")("Contents"), teller("fr")("Contents")
    ('Contents', 'Sommaire')
    """

    def __init__(self, lang: str) -> None:
        super().__init__(lang)
        self._catalogue = Catalogue(FOLDER, lang)

    def plural(self, one: str, many: str, n: int, **values: str) -> str:
        """The message for one thing or for `n` of them; the count is a word, as pages write it."""
        text = self._catalogue.ngettext(one, many, n).format(n=count(n, speaker(self.lang)), **values)
        return typeset(capital(text), self.lang)

    def text(self, texts: Mapping[str, str] | None, default: str = "") -> str:
        """The text of a system or charter in this language, in its typography."""
        return typeset(super().text(texts, default), self.lang)


@cache
def teller(lang: str) -> ReportSay:
    """The teller of a language; one that is not spoken here becomes the default."""
    return ReportSay(lang if lang in LANGUAGES else LANGUAGES[0])


def answer_first(sentence: str) -> dict[str, str]:
    """The answer apart from what explains it.

    >>> answer_first("No. 74 for 100.")
    {'lead': 'No.', 'rest': ' 74 for 100.'}
    """
    lead, stop, rest = sentence.partition(". ")
    return {"lead": f"{lead}.", "rest": f" {rest}"} if stop and len(lead) < ANSWER else {"lead": "", "rest": sentence}


# What has moved in a system month by month: the drift page in print, with the figures of every drawing beside it.


Data = dict[str, Any]
WRITTEN = 6
"""Months whose figures stand beside a drawing; all of those shown are attached."""
DRAWN = 12
"""Columns of a part that are drawn, those that moved first; the others are named with their newest figure."""
COLUMNS = 3
"""Systems side by side in one table."""


def drifts(
    workspace: Workspace, latest: Mapping[str, AuditDocument], charters: Mapping[str, Charter], *, as_of: dt.date
) -> dict[str, Drift]:
    """The months of each audited system up to the end of its audit, as read on a day, by the charter that judged it."""
    found = {}
    for system_id, document in latest.items():
        system = workspace.systems.get(system_id)
        if system is None or not _has_decisions(workspace, system):
            continue
        end = document.window.end
        charter = charters[system_id]
        seen = drift_of(workspace, system, against="reference", step="month", today=as_of, until=end, charter=charter)
        if any(point.reason is None for point in seen.series.points):
            found[system_id] = seen
    return found


def _has_decisions(workspace: Workspace, system: System) -> bool:
    try:
        with reading(workspace) as connection:
            if not exists(connection, system):
                return False
            return connection.execute(f"SELECT 1 FROM {table(system, 'daily')} LIMIT 1").fetchone() is not None
    except NoLakeError:
        return False


def section(scene: Scene, drift: Drift, tell: ReportSay) -> Data:
    """The section as the template prints it. Incidents are told by their day: not everybody may read more of them."""
    system = drift.series.system.id
    page = drift_page(
        scene,
        drift,
        DriftQuery(system=system),
        speaker(tell.lang),
        query={},
        systems=[],
        fine=False,
        with_incidents=True,
        incident_titles=False,
    )
    columns = page.columns[-MONTHS:]
    return {
        "title": tell("What has moved, month by month"),
        "subtitle": page.subtitle + ".",
        "tone": page.summary.tone,
        "headline": page.summary.headline,
        "more": [text.replace("`", "") for text in page.summary.more],
        "notes": [text for text, _ in page.notes],
        "timeline": _timeline(page, columns, tell),
        "level": page.level,
        "sections": [{"title": title, **_drawings(found, tell)} for _, title, found in page.sections],
        "gaps": _gaps(page, tell),
    }


def _timeline(page: DriftPage, columns: Sequence[WindowColumn], tell: ReportSay) -> Data:
    happened = list(dict.fromkeys(event for column in columns for event in column.events))
    letters = {event: chr(ord("A") + at) if at < 26 else "…" for at, event in enumerate(happened)}
    return {
        "title": tell("From month to month"),
        "header": [tell("What"), *[" ".join(column.short) for column in columns]],
        "rows": [
            {"name": name, "states": [{"verdict": cell.state, "word": cell.text} for cell in cells[-MONTHS:]]}
            for name, cells in page.rows
        ],
        "meanwhile": tell("Meanwhile"),
        "letters": [" ".join(letters[event] for event in column.events) for column in columns],
        "events": [
            [letters[event], tell("{date}: {what}.", date=tell.date(event.on), what=event.said)] for event in happened
        ],
        "words": [
            {"verdict": state, "word": word}
            for state, word in dict.fromkeys((cell.state, cell.text) for _, cells in page.rows for cell in cells)
        ],
    }


def _drawings(found: Sequence[Multiple], tell: ReportSay) -> Data:
    moved = [each for each in found if each.state in CALLING]
    kept = [*moved, *[each for each in found if each not in moved]][:DRAWN]
    return {
        "drawn": [_drawing(each, tell) for each in found if each in kept],
        "others": {
            "title": tell("Other columns, in the newest period"),
            "header": [tell("Column"), tell("Distance (PSI)"), tell("Reading")],
            "rows": [
                [each.title, _newest_document(each), {"verdict": each.state, "word": each.badge}]
                for each in found
                if each not in kept
            ],
        },
    }


def _newest_document(each: Multiple) -> str:
    return each.rows[-1][brief(each.head)[2]]


def _drawing(each: Multiple, tell: ReportSay) -> Data:
    chosen = brief(each.head)
    rows = list(zip(each.rows, each.states, each.words, strict=True))[-WRITTEN:]
    if set(each.states) == {"not_examined"}:  # nothing to draw: the sentence says why
        rows = []
    return {
        "title": each.title,
        "verdict": each.state,
        "word": each.badge,
        "sentence": " ".join([*each.sentences, each.distance]),
        "svg": each.svg,
        "alt": each.alt,
        "ends": list(each.ends),
        "header": [each.head[at] for at in chosen] + [tell("Reading")],
        "rows": [{**_cells([row[at] for at in chosen]), "verdict": state, "word": word} for row, state, word in rows],
    }


def _cells(cells: Sequence[str]) -> Data:
    """A row; of a month without figures, its name and the reason, which stands where the first figure would."""
    without = not any(cells[3:])
    return {"cells": list(cells[:2] if without else cells), "reason": cells[2] if without else None}


def _gaps(page: DriftPage, tell: ReportSay) -> Data | None:
    if page.gaps is None:
        return None
    return {
        "title": tell("Figures of the audits that moved for good"),
        "told": page.gaps.told,
        "none": "" if page.gaps.moved else tell("None of them moved for good."),
        "header": [tell("Figure"), tell("Before"), tell("Since then"), tell("Moved in"), tell("Reading")],
        "rows": [
            {
                "cells": [each.name, each.before, each.after, capital(each.since)],
                "verdict": each.state,
                "word": each.text,
            }
            for each in page.gaps.moved
        ],
    }


# What a report is about: the audits of a period, the charters that judged them, and their systems.


@dataclass(frozen=True, kw_only=True)
class Edition:
    """One audit of each system: in `sealed` as sealed, in `scene` with what was stated since and the last charter."""

    organisation: str
    period: ReportPeriod | None
    scene: Scene
    sealed: Mapping[str, AuditDocument]
    charters: Mapping[str, Charter]
    """The charter that judged each system; of one that nobody audited, that of the scene."""
    texts: Mapping[str, str]
    """The canonical JSON of each of these charters, by its hash."""
    acts: Mapping[str, AdoptionAct]
    """The adoption by which that charter judged, of the systems where there was one."""
    others: Mapping[str, Sequence[AuditDocument]]
    """Audits of the same period that the report does not show, by system."""
    written: Mapping[str, WrittenTexts] = field(default_factory=dict)
    """What systems that only write wrote in the period of their audit, where the workspace holds it."""
    drifts: Mapping[str, Drift] = field(default_factory=dict)
    """What moved month by month, of the systems whose decisions are in the workspace."""
    chambers: Sequence[Chamber] = ()
    """The committees, with what they had done by the day until which statements count."""
    past: Callable[[str], SystemPast] = lambda _: SystemPast(audits={})
    """The audits of each audited system up to the one that the report is about."""
    moments: Mapping[str, str] = field(default_factory=dict)
    """When the audit of each system was sealed."""
    zone: dt.tzinfo = PARIS
    """The clock on which the report says hours."""
    chosen: Sequence[str] = ()
    """The systems that it was asked to be about; none: all that were audited."""
    registered: int = 0
    """How many systems the workspace knows."""

    def about(self, system_id: str | None) -> bool:
        """Whether something that was said of a system (None: of all) belongs here."""
        return not self.chosen or system_id is None or system_id in self.chosen

    def none(self, at_all: str, about_these: str) -> str:
        """How it is said that there is nothing: of all systems, or of those that were chosen, as others may have it."""
        return about_these if self.chosen else at_all

    def of(self, system_id: str) -> Scene:
        """The scene of one system, with the charter that judged it."""
        return replace(self.scene, charter=self.charters[system_id])

    @property
    def date(self) -> dt.date:
        """The day of the report: that of its newest audit, so that the same records give the same report."""
        return max(document.as_of for document in self.sealed.values())

    @property
    def name(self) -> str:
        """The period as typed, else the last day that was looked at."""
        if self.period:
            return self.period.name
        return max(document.window.end for document in self.sealed.values()).isoformat()


def edition(
    workspace: Workspace, period: ReportPeriod | None, *, today: dt.date | None = None, systems: Sequence[str] = ()
) -> Edition:
    """The audits of a period with what was stated until the last was made, else the newest with that until `today`.

    Raises ReportError when there is none, when one of `systems` is unknown or was not audited then, or when the charter
    of one is not known any more.
    """
    found = _newest(workspace) if period is None else _of_period(workspace, period)
    registered = len({*workspace.systems, *found})
    chosen = _chosen(workspace, found, systems, period)
    found = {name: found[name] for name in chosen or found}
    latest = {system_id: documents[-1] for system_id, documents in sorted(found.items())}
    current = in_force(workspace).charter
    texts = {document.charter.sha256: _text(workspace, document, current) for document in latest.values()}
    charters = {system_id: _charter(texts, document, current) for system_id, document in latest.items()}
    newest = max(latest, key=lambda system_id: given(latest[system_id].entry))
    earlier = {system_id: before(audits_of(workspace, system_id), document) for system_id, document in latest.items()}
    judging = {
        system_id: judging_then(workspace, charters[system_id], before=given(document.entry))
        for system_id, document in latest.items()
    }
    as_of = max(document.as_of for document in latest.values())
    stated_until = as_of if period is not None else max(as_of, today or workspace.today())
    facts = facts_of(workspace, as_of=stated_until)
    known = {name: system for name, system in workspace.systems.items() if not chosen or name in chosen}
    by = {system_id: replace(facts, adopted=each.adopted) for system_id, each in judging.items()}
    scene = Scene(
        charter=charters[newest],
        systems=known,
        latest={
            name: brought_up(each, charter=charters[name], system=known[name], facts=by[name])
            if name in known
            else each
            for name, each in latest.items()
        },
        previous={system_id: document for system_id, document in earlier.items() if document is not None},
        history={
            system_id: summaries(workspace, system=system_id, until=document.window.end)
            for system_id, document in latest.items()
        },
        facts=by[newest],
    )
    return Edition(
        organisation=workspace.settings.organisation,
        period=period,
        scene=scene,
        sealed=latest,
        charters={**dict.fromkeys(scene.examined, scene.charter), **charters},
        texts=texts,
        acts={system_id: each.act for system_id, each in judging.items() if each.act is not None},
        others={system_id: documents[:-1] for system_id, documents in found.items()},
        written=written_of(workspace, latest),
        drifts=drifts(workspace, latest, charters, as_of=as_of),
        chambers=_chambers(workspace, until=stated_until),
        past=cache(lambda name: past_of(workspace, name, until=latest[name].window.end)),
        moments=_moments(workspace, latest),
        zone=workspace.settings.zone,
        chosen=chosen,
        registered=registered,
    )


def _chosen(
    workspace: Workspace,
    found: Mapping[str, Sequence[AuditDocument]],
    systems: Sequence[str],
    period: ReportPeriod | None,
) -> tuple[str, ...]:
    known = {*workspace.systems, *latest_audits(workspace)}
    for name in systems:
        if name not in known:
            raise ReportError(
                f"there is no system '{name}'. {nearest(name, known)}",
                next_step="List the systems with `boussole systems list`.",
            )
        if name not in found:
            when = f"no audit of '{name}' ends in {period.name}." if period else f"'{name}' has not been audited yet."
            raise ReportError(when, next_step=f"Audit it with `boussole audit {name}`, or leave it out.")
    return tuple(sorted(set(systems)))


def _moments(workspace: Workspace, latest: Mapping[str, AuditDocument]) -> dict[str, str]:
    known = {each.entry: each.time for each in stored_audits(workspace)}
    entries = {name: given(document.evidence.entry) for name, document in latest.items()}
    return {name: known[entry] for name, entry in entries.items() if entry in known}


def _chambers(workspace: Workspace, *, until: dt.date) -> list[Chamber]:
    """The committees as they stood on a day: what they did later is no part of the report."""
    return [
        replace(each, house=replace(each.house, acts=[act for act in each.house.acts if act.statement.on <= until]))
        for each in chambers(workspace, today=until).values()
    ]


def _newest(workspace: Workspace) -> dict[str, list[AuditDocument]]:
    found: dict[str, list[AuditDocument]] = {name: [document] for name, document in latest_audits(workspace).items()}
    if not found:
        raise ReportError("no system has been audited yet.", next_step="Run `boussole audit` first.")
    return found


def _of_period(workspace: Workspace, period: ReportPeriod) -> dict[str, list[AuditDocument]]:
    audits = {system_id: audits_of(workspace, system_id) for system_id in latest_audits(workspace)}
    found = {system_id: in_period(documents, period) for system_id, documents in audits.items()}
    found = {system_id: documents for system_id, documents in found.items() if documents}
    if not found:
        ends = sorted({document.window.end.isoformat() for documents in audits.values() for document in documents})
        there = f"The audits there are end on {', '.join(ends[-6:])}." if ends else "No system has been audited yet."
        raise ReportError(
            f"no audit ends in {period.name}. {there}",
            next_step="Choose another period, or audit this one with `boussole audit --from DAY --to DAY`.",
        )
    return found


def _text(workspace: Workspace, document: AuditDocument, current: Charter) -> str:
    """The text of the charter that judged an audit: as the records kept it, else of the one in use."""
    sha256 = document.charter.sha256
    text = charter_text(workspace, sha256)
    if text is None and current.sha256 == sha256:
        return canonical_json(current.document()).decode()
    if text is None:
        raise ReportError(
            f"the records do not hold the text of charter {sha256[:12]}…, which judged '{document.system}'.",
            next_step="Run `boussole audit` again, so that the charter in use judges it.",
        )
    return text


def _charter(texts: Mapping[str, str], document: AuditDocument, current: Charter) -> Charter:
    sha256 = document.charter.sha256
    if current.sha256 == sha256:
        return current
    return Charter.of_sealed(json.loads(texts[sha256]), sha256)


def written_of(workspace: Workspace, latest: Mapping[str, AuditDocument]) -> dict[str, WrittenTexts]:
    """The texts of the period of each audit of a system that only writes, where the workspace holds them."""
    found = {}
    for name, document in latest.items():
        system = workspace.systems.get(name)
        if system is None or not system.only_writes:
            continue
        days = Window(document.window.start, document.window.end)
        try:
            with reading(workspace) as connection:
                held = has_table(connection, system, "generations")
                told = written_texts(connection, system, within=days) if held else None
        except NoLakeError:
            continue
        if told is not None:
            found[name] = told
    return found
