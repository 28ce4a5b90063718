"""What pages read, kept between two looks: drawing a page again costs seconds, and audits change a few times a day."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from boussole.audits.lake.catalogue import place_of
from boussole.audits.languages import LANGUAGES
from boussole.audits.ledger.notes import Note
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.charter.committee.papers.drafts import Drafted
from boussole.charter.committee.papers.drafts import drafts as written_together
from boussole.charter.document import AuditDocument
from boussole.charter.drift.system_drift import drift_of, with_versions
from boussole.charter.judging.coverage import coverage
from boussole.charter.record_types.acts import Attendance, Ballot, Opening, Participation, Proxy, Recusal
from boussole.charter.records.checkpoints import sign_checkpoint
from boussole.charter.records.notes.outside import Outside
from boussole.charter.records.notes.outside import outside as seen_outside
from boussole.charter.records.store.audits import audits_of
from boussole.charter.records.store.lookup import last_entry
from boussole.charter.registry.due import due
from boussole.dashboard.amendment import CharterView, look
from boussole.dashboard.article_view import ArticlePage, Chosen
from boussole.dashboard.article_view import article_page as written
from boussole.dashboard.cache import newest
from boussole.dashboard.committee.chamber import Chamber
from boussole.dashboard.committee.chamber import chambers as seated
from boussole.dashboard.committee.evidence import Evidence, evidence_of
from boussole.dashboard.drifting.query import DriftQuery
from boussole.dashboard.drifting.view import DriftPage
from boussole.dashboard.drifting.view import drift_page as drawn_drift
from boussole.dashboard.evidence_facts import Verified
from boussole.dashboard.evidence_facts import verified as verify_here
from boussole.dashboard.facts import Facts, load_facts
from boussole.dashboard.fairness.asking import Chosen as Looked
from boussole.dashboard.fairness.asking import span
from boussole.dashboard.fairness.view import Explorer
from boussole.dashboard.fairness.view import explorer as looked_at
from boussole.dashboard.register_choice import Register
from boussole.dashboard.scene import Scene, as_decided, load
from boussole.dashboard.search.index import Index
from boussole.dashboard.search.pieces import pieces
from boussole.dashboard.system_view import SystemPage
from boussole.dashboard.system_view import system_page as drawn
from boussole.dashboard.words import speaker

Stamp = tuple[tuple[str, int, int], ...]
A_WHILE, A_MINUTE = 15.0, 60.0
IN_SESSION = tuple(act.kind for act in (Attendance, Ballot, Opening, Participation, Proxy, Recusal))
"""Acts that no page shows that is kept."""


def today() -> dt.date:
    """The day on this machine."""
    return dt.datetime.now(dt.UTC).astimezone().date()


def scene(workspace: Workspace) -> Scene:
    """The workspace as pages see it today, read anew on another day, or when one of its files has changed."""
    return _scene(workspace.home, stamp(workspace), today())


def system_page(workspace: Workspace, system: str, lang: str) -> SystemPage:
    """The page of an audited system."""
    return _system_page(workspace.home, stamp(workspace), today(), system, lang)


def article_page(workspace: Workspace, chosen: Chosen, lang: str) -> ArticlePage | None:
    """The page of an article; None where the charter in force has no such article."""
    return _article_page(workspace.home, stamp(workspace), today(), chosen, lang)


def explorer(workspace: Workspace, chosen: Looked, lang: str) -> Explorer | None:
    """A view of the fairness explorer; None where no audit has measured groups."""
    return _explorer(workspace.home, stamp(workspace), today(), chosen, lang)


def index(workspace: Workspace, lang: str) -> Index:
    """Everything that can be found, in one language."""
    return _index(workspace.home, stamp(workspace), house_stamp(workspace), today(), lang)


def entries(workspace: Workspace) -> int:
    """How many entries the ledger has."""
    last = last_entry(workspace)
    return 0 if last is None else last + 1


def register(workspace: Workspace, today: dt.date) -> Register:
    """The register as its page sees it, on one day."""
    seen = facts(workspace, within=A_MINUTE)
    oldest = {
        name: held.oldest.date()
        for name, state in seen.lake.systems.items()
        if (held := state.of("decisions")) and held.oldest is not None
    }
    found = _register(workspace.home, stamp(workspace), today, tuple(sorted(oldest.items())))
    return replace(found, trouble=seen.trouble) if seen.trouble else found


def duties(workspace: Workspace) -> Register:
    """The register without what the lake knows: a page that needs no data does not wait for it."""
    return _register(workspace.home, stamp(workspace), today(), ())


def facts(workspace: Workspace, *, within: float = 0.0) -> Facts:
    """The state of the data, read anew when a sync, an import or a purge has changed it.

    A look that failed is not kept: the next one tries again. `within` so many seconds, what the lake held then will do:
    it takes a second to read, and a sync changes it all the time.
    """
    files = _stamp([workspace.home / SETTINGS_FILE, *sorted(workspace.home.glob("systems/*"))])
    held = _LAST.get(workspace.home)
    if held is not None and held.files == files and time.monotonic() - held.at < within:
        return held.facts
    try:
        found = _facts(workspace.home, (*files, *_stamp(_lake(workspace))))
    except _TroubleError as error:
        return error.facts
    _LAST[workspace.home] = _Look(at=time.monotonic(), files=files, facts=found)
    return found


def chambers(workspace: Workspace) -> dict[str, Chamber]:
    """The committees of the workspace by id, as they stand today."""
    return _chambers(workspace.home, house_stamp(workspace), today())


def evidence(workspace: Workspace, committee: str, session: int) -> Evidence | None:
    """The pack that a session works on, and what has changed since; None while there is none."""
    return _evidence(workspace.home, stamp(workspace), today(), committee, session)


def drafts(workspace: Workspace, committee: str) -> list[Drafted]:
    """What is being written in a committee, as it was saved last."""
    return _drafts(workspace.home, house_stamp(workspace), committee)


def charter(workspace: Workspace, against: str, today: dt.date) -> CharterView:
    """The charter as its page sees it, beside another version of it."""
    return _charter(workspace.home, stamp(workspace), against, today)


def drift_page(workspace: Workspace, asked: DriftQuery, lang: str, *, fine: bool, with_incidents: bool) -> DriftPage:
    """How a system has moved, drawn anew when decisions come or an audit is made.

    `fine`: weeks and days may be seen. Raises BoussoleError where it has no decision.
    """
    shadows = sorted((workspace.reports / "shadow").glob("*/*.json"))
    seen_at = (*stamp(workspace), *_stamp([*_lake(workspace), *shadows]))
    return _drift_page(workspace.home, seen_at, today(), (asked, lang, fine, with_incidents))


def with_decisions(workspace: Workspace) -> list[str]:
    """The systems that have decisions, in the order of the register. Raises BoussoleError where nobody can say."""
    known = facts(workspace, within=A_WHILE).known.systems
    return [name for name in scene(workspace).systems if name in known and known[name].of("decisions")]


def verified(workspace: Workspace) -> Verified | None:
    """Whether the ledger and what it seals hold, verified anew when a file has changed; None when that is too much."""
    return _verified(workspace.home, (*_records(workspace), *_sealed(workspace)))


def checkpoint(workspace: Workspace) -> Note:
    """A checkpoint of the whole ledger, verified and signed anew when a file has changed.

    Raises LedgerError where the ledger does not hold, or has no entry yet.
    """
    keys = _stamp([workspace.home / SETTINGS_FILE, *sorted(workspace.keys.glob("ledger*"))])
    return _checkpoint(workspace.home, (*_records(workspace), *_sealed(workspace), *keys))


def outside(workspace: Workspace) -> Outside:
    """Who outside has checked the ledger, read anew when it, what they signed or the settings have changed."""
    home = workspace.home
    files = [home / SETTINGS_FILE, *sorted(workspace.checkpoints.glob("*/*")), *sorted(workspace.keys.glob("ledger*"))]
    return _outside(home, (*_records(workspace), *_stamp(files)))


def warm(workspace: Workspace) -> None:
    """Draw every page ahead, in both languages, so that nobody waits for the first look."""
    register(workspace, today())
    seen = scene(workspace)
    for lang in LANGUAGES:
        for article in seen.charter.articles:
            article_page(workspace, Chosen(article=article.id), lang)
        for system in seen.latest:
            system_page(workspace, system, lang)


def stamp(workspace: Workspace) -> Stamp:
    """What pages depend on: name, time and size of the files of the workspace, and the last entry of its ledger.

    What members do in a session, twenty of them in a few minutes, changes no page that is kept.
    """
    home = workspace.home
    files = _stamp([home / SETTINGS_FILE, *sorted([*home.glob("systems/*"), *home.glob("charter/*")])])
    last = _last_entry(home, _records(workspace))
    return (*files, ("ledger", -1 if last is None else last, 0))


def house_stamp(workspace: Workspace) -> Stamp:
    """What the pages of a committee depend on: the same files, its own, and whatever is written to the records."""
    home = workspace.home
    files = sorted(path for kind in ("systems", "charter", "committees") for path in home.glob(f"{kind}/*"))
    return (*_records(workspace), *_stamp([home / SETTINGS_FILE, *files]))


def _records(workspace: Workspace) -> Stamp:
    return _stamp([workspace.governance, workspace.home / f"{workspace.governance.name}-wal"])


def _sealed(workspace: Workspace) -> Stamp:
    """The files that sealed records rest on; the moment at which a file was put in its place cannot be chosen."""
    found = [*workspace.evidence.glob("*"), *workspace.documents.glob("*")]
    return tuple((str(path), seen.st_ctime_ns, seen.st_size) for path in sorted(found) if (seen := _stat(path)))


@newest(4)
def _last_entry(home: Path, _stamp: Stamp) -> int | None:
    return last_entry(Workspace(home), besides=IN_SESSION)


def _lake(workspace: Workspace) -> list[Path]:
    """What changes with every write to the lake, and with every sync."""
    catalogue = place_of(workspace)
    return [catalogue, catalogue.with_name(f"{catalogue.name}-wal"), workspace.lake / "sync.json"]


def _stamp(watched: Sequence[Path]) -> Stamp:
    return tuple((str(path), found.st_mtime_ns, found.st_size) for path in watched if (found := _stat(path)))


def _stat(path: Path) -> os.stat_result | None:
    """What a file is like; nothing for one that is not there, or for a journal that the first reader opens empty."""
    found = path.stat() if path.exists() else None
    return None if found and path.name.endswith("-wal") and not found.st_size else found


@newest(4)
def _scene(home: Path, _stamp: Stamp, today: dt.date) -> Scene:
    return load(Workspace(home), today=today)


@newest(8)
def _charter(home: Path, _stamp: Stamp, against: str, today: dt.date) -> CharterView:
    return look(Workspace(home), against=against, today=today)


@newest(4)
def _register(home: Path, _stamp: Stamp, today: dt.date, oldest: tuple[tuple[str, dt.date], ...]) -> Register:
    seen = _scene(home, _stamp, today)
    found = due(seen.charter, seen.uses, facts=seen.facts, oldest=dict(oldest))
    return Register(
        charter=seen.charter, uses=seen.uses, coverage=coverage(seen.charter, seen.uses), due=found, today=today
    )


@newest(400)
def _drift_page(home: Path, _stamp: Stamp, today: dt.date, shown: tuple[DriftQuery, str, bool, bool]) -> DriftPage:
    workspace, (asked, lang, fine, with_incidents) = Workspace(home), shown
    drift = drift_of(workspace, workspace.system(asked.system), against=asked.against, step=asked.by, today=today)
    return drawn_drift(
        scene(workspace),
        with_versions(drift, workspace, today=today),
        asked,
        speaker(lang),
        query={"lang": lang},
        systems=with_decisions(workspace),
        fine=fine,
        with_incidents=with_incidents,
    )


@newest(4)
def _chambers(home: Path, _stamp: Stamp, today: dt.date) -> dict[str, Chamber]:
    return seated(Workspace(home), today=today)


@newest(16)
def _evidence(home: Path, _stamp: Stamp, today: dt.date, committee: str, session: int) -> Evidence | None:
    return evidence_of(Workspace(home), chambers(Workspace(home))[committee].house, session, today=today)


@newest(8)
def _drafts(home: Path, _stamp: Stamp, committee: str) -> list[Drafted]:
    return written_together(Workspace(home), committee)


@newest(4)
def _index(home: Path, seen_at: Stamp, house_at: Stamp, today: dt.date, lang: str) -> Index:
    return Index(pieces(_scene(home, seen_at, today), _chambers(home, house_at, today), speaker(lang)))


@newest(400)
def _explorer(home: Path, seen_at: Stamp, today: dt.date, chosen: Looked, lang: str) -> Explorer | None:
    seen = _scene(home, seen_at, today)
    system = chosen.system if chosen.system in seen.latest else next(iter(seen.latest), "")
    windows = _windows(home, seen_at, system)
    when = next((each for each in windows if span(each) == chosen.period), next(iter(windows), None))
    told = [as_decided(Workspace(home), each) if each is when else each for each in windows]
    return looked_at(seen, told, chosen, speaker(lang), query={"lang": lang})


@newest(8)
def _windows(home: Path, _stamp: Stamp, system: str) -> Sequence[AuditDocument]:
    """The audits of a system, one for each window, the latest first."""
    last = {span(document): document for document in audits_of(Workspace(home), system)}
    return sorted(last.values(), key=lambda document: (document.window.end, span(document)), reverse=True)


@newest(400)
def _system_page(home: Path, seen_at: Stamp, today: dt.date, system: str, lang: str) -> SystemPage:
    return drawn(_scene(home, seen_at, today), system, speaker(lang), query={"lang": lang})


@newest(400)
def _article_page(home: Path, seen_at: Stamp, today: dt.date, chosen: Chosen, lang: str) -> ArticlePage | None:
    return written(_scene(home, seen_at, today), chosen, speaker(lang), on=today, query={"lang": lang})


@newest(4)
def _verified(home: Path, _stamp: Stamp) -> Verified | None:
    return verify_here(Workspace(home))


@newest(4)
def _checkpoint(home: Path, _stamp: Stamp) -> Note:
    return sign_checkpoint(Workspace(home))


@newest(4)
def _outside(home: Path, _stamp: Stamp) -> Outside:
    return seen_outside(Workspace(home))


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What the lake held at a moment of this process, with the files of settings and systems as they were."""

    at: float
    files: Stamp
    facts: Facts


_LAST: dict[Path, _Look] = {}


class _TroubleError(Exception):
    """Facts that are not to be kept."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts


@newest(4)
def _facts(home: Path, _stamp: Stamp) -> Facts:
    found = load_facts(Workspace(home))
    if found.trouble:
        raise _TroubleError(found)
    return found
