"""The page of an answer, kept between two looks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.drift.counts import read_versions
from boussole.audits.errors import BoussoleError, NoLakeError
from boussole.audits.lake import reading
from boussole.audits.workspace import Workspace
from boussole.charter.records import documents_of
from boussole.dashboard.pages.answer.course import Past
from boussole.dashboard.pages.answer.done import Reader
from boussole.dashboard.pages.answer.view import AnswerPage
from boussole.dashboard.pages.answer.view import answer_page as drawn
from boussole.dashboard.runtime.cache import newest
from boussole.dashboard.runtime.stamps import Stamp, house_stamp, lake_files, stamp, stamp_of
from boussole.dashboard.views import store
from boussole.dashboard.views.scene import as_decided
from boussole.dashboard.words.say import speaker


def answer_page(workspace: Workspace, system: str, key: str, lang: str, *, reader: Reader) -> AnswerPage | None:
    """The answer of a system to a question; None where it is asked no such question."""
    seen_at = (*stamp(workspace), *house_stamp(workspace), *stamp_of(lake_files(workspace)))
    return _page(workspace.home, seen_at, store.day_in(workspace), (system, key, lang, reader))


@newest(400)
def _page(home: Path, seen_at: Stamp, today: dt.date, shown: tuple[str, str, str, Reader]) -> AnswerPage | None:
    system, key, lang, reader = shown
    workspace = Workspace(home)
    scene = store.scene_at(home, stamp(workspace), today)
    past = _past(home, seen_at, system) if system in scene.latest else Past(audits={})
    say = speaker(lang, main=Workspace(home).settings.language)
    chambers = list(store.chambers(workspace).values())
    return drawn(scene, system, key, say, past=past, chambers=chambers, reader=reader, query={"lang": lang})


@newest(8)
def _past(home: Path, _stamp: Stamp, system: str) -> Past:
    """The audits of a system and the versions of its model; what cannot be read is said."""
    workspace = Workspace(home)
    audits = {window: as_decided(workspace, each) for window, each in documents_of(workspace, system).items()}
    declared = workspace.systems.get(system)
    if declared is None:
        return Past(audits=audits)
    try:
        with reading(workspace) as connection:
            return Past(audits=audits, versions=read_versions(connection, declared))
    except NoLakeError:
        return Past(audits=audits)
    except BoussoleError as error:
        return Past(audits=audits, lost=str(error.what))
