"""A view of the fairness explorer, kept between two looks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.records.store.audits import audits_of
from boussole.dashboard.pages.fairness.view import Explorer
from boussole.dashboard.pages.fairness.view import explorer as drawn
from boussole.dashboard.runtime.cache import newest
from boussole.dashboard.runtime.stamps import Stamp, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.fairness_choice import FairnessQuery, span
from boussole.dashboard.views.scene import as_decided
from boussole.dashboard.words.speaking import speaker_in


def explorer(workspace: Workspace, chosen: FairnessQuery, lang: str) -> Explorer | None:
    """A view of the fairness explorer; None where no audit has measured groups."""
    return _explorer(workspace.home, stamp(workspace), store.day_in(workspace), chosen, lang)


def documents_of(workspace: Workspace, shown: FairnessQuery) -> list[AuditDocument]:
    """The audits behind a view, by the system and the one or two windows that it shows, in that order."""
    windows = {span(each): each for each in windows_of(workspace, shown.system)}
    return [windows[each] for each in (shown.period, shown.beside) if each in windows]


def windows_of(workspace: Workspace, system: str) -> Sequence[AuditDocument]:
    """The audits of a system, one for each window, the latest first."""
    return _windows(workspace.home, stamp(workspace), system)


@newest(400)
def _explorer(home: Path, seen_at: Stamp, today: dt.date, chosen: FairnessQuery, lang: str) -> Explorer | None:
    seen = store.scene_at(home, seen_at, today)
    system = chosen.system if chosen.system in seen.latest else next(iter(seen.latest), "")
    windows = _windows(home, seen_at, system)
    when = next((each for each in windows if span(each) == chosen.period), next(iter(windows), None))
    told = [
        as_decided(Workspace(home), each) if each is when or span(each) == chosen.beside else each for each in windows
    ]
    return drawn(seen, told, chosen, speaker_in(Workspace(home), lang), query={"lang": lang})


@newest(8)
def _windows(home: Path, _stamp: Stamp, system: str) -> Sequence[AuditDocument]:
    last = {span(document): document for document in audits_of(Workspace(home), system)}
    return sorted(last.values(), key=lambda document: (document.window.end, span(document)), reverse=True)
