"""The form by which a question is asked, about a figure or in general."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.model import Form
from boussole.dashboard.records.form import record_form
from boussole.dashboard.records.routes import forms_on
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.figure import Figure
from boussole.dashboard.words.say import Say

NONE = "-"
"""What an address says where a question is about no figure."""


def place_of(figure: Figure | None) -> str:
    """How a route names a figure."""
    return f"{figure.system}.{figure.key}" if figure else NONE


def setting_of(figure: Figure | None, chambers: Mapping[str, Chamber], me: Person, say: Say) -> Setting:
    """What a question is about, as whoever asks has seen it."""
    seen = {"audit": str(figure.audit or ""), "addressee": figure.owner} if figure else {}
    return Setting(person=me, say=say, of=place_of(figure), known=chambers, figure=figure, proposed=seen)


def asking(figure: Figure | None, chambers: Mapping[str, Chamber], me: Person, say: Say, *, words: str = "") -> Form:
    """A question, about a figure or in general; it starts with `words`, if any."""
    ((model, form),) = forms_on("ask")
    at = setting_of(figure, chambers, me, say)
    return record_form(model, form, replace(at, proposed={**at.proposed, "text": words}))
