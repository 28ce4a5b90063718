"""The page of an answer, kept between two looks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.answer.done import Reader
from boussole.dashboard.pages.answer.view import AnswerPage
from boussole.dashboard.pages.answer.view import answer_page as drawn
from boussole.dashboard.runtime.cache import newest
from boussole.dashboard.runtime.stamps import Stamp, house_stamp, lake_files, stamp, stamp_of
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.course import Past
from boussole.dashboard.views.answers.past import past_of
from boussole.dashboard.words.speaking import speaker_in


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
    say = speaker_in(Workspace(home), lang)
    chambers = list(store.chambers(workspace).values())
    return drawn(scene, system, key, say, past=past, chambers=chambers, reader=reader, query={"lang": lang})


@newest(8)
def _past(home: Path, _stamp: Stamp, system: str) -> Past:
    """The audits of a system and the versions of its model; what cannot be read is said."""
    return past_of(Workspace(home), system)
