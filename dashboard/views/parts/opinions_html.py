"""Opinions as HTML, by their names of before: until no page asks for them here."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Child, Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.forms.model import PageForms
from boussole.dashboard.views.followed import OpinionView, ReplyWords

_FILE = "views/parts/opinions.html"


def answered(each: ReplyWords) -> Html:
    return Template(_FILE, Say("en"))("answered", each)


def opinion(each: OpinionView, say: Say, acting: PageForms | None = None) -> Html:
    return Template(_FILE, say)("opinion", each, acting)


def beside(found: Sequence[OpinionView], say: Say) -> Html:
    return Template(_FILE, say)("beside", found)


def ask_link(href: str, say: Say, *, of: Child = None) -> Html | None:
    return Template(_FILE, say)("ask_link", href, of)
