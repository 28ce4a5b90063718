"""What an audit says of a system as HTML, by its names of before: until no page asks for it here."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.charts.tables import Table
from boussole.dashboard.views.system import Question, Section, SystemHead

_FILE = "views/parts/system.html"


def head(page: SystemHead, say: Say, *, home: str, data: str) -> Html:
    return Template(_FILE, say)("head", page, home, data)


def counted(counts: Sequence[tuple[str, int]], say: Say) -> Html:
    return Template("views/parts/lists.html", say)("counted", counts)


def article(section: Section, say: Say, *, recompute: str) -> Html:
    return Template(_FILE, say)("article", section, recompute)


def question(
    asked: Question,
    say: Say,
    *,
    recompute: str,
    report: str | None,
    over_time: str | None = None,
    sealed: bool = True,
    seal: str | None = None,
) -> Html:
    return Template(_FILE, say)("question", asked, recompute, report, over_time, sealed, seal)


def places(given: Table, say: Say) -> Html:
    return Template(_FILE, say)("places", given)


def scores(section: Section, say: Say, *, sealed: bool = True) -> Html:
    return Template(_FILE, say)("scores", section, sealed)


def not_examined(section: Section, say: Say) -> Html:
    return Template(_FILE, say)("not_examined", section)
