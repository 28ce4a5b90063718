"""Where a form of a record stands: who looks, in which language, and what it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.records.facts import Facts, facts_of
from boussole.charter.records.in_force import in_force
from boussole.charter.text.model import Charter
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.records.place import Place
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.figure import Figure
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class Setting:
    """`of` is what the address names; `chamber` the committee, `place` the session and `figure` the figure that a form
    is about, if any.

    `scene` and the `known` committees are given where a page has them already; `proposed` are values that the form
    starts with, by field.
    """

    person: Person
    say: Say
    of: str = ""
    workspace: Workspace | None = None
    scene: Scene | None = None
    known: Mapping[str, Chamber] | None = None
    chamber: Chamber | None = None
    place: Place | None = None
    figure: Figure | None = None
    proposed: Mapping[str, str] = field(default_factory=dict)

    @property
    def here(self) -> Workspace:
        """The workspace."""
        return self.workspace or Workspace.find()

    @cached_property
    def charter(self) -> Charter:
        """The charter in force."""
        return self.scene.charter if self.scene else in_force(self.here).charter

    @cached_property
    def systems(self) -> Mapping[str, System]:
        """The systems that decide."""
        if self.chamber is not None:
            return self.chamber.systems
        return self.scene.systems if self.scene else self.here.deciding

    @cached_property
    def facts(self) -> Facts:
        """What people have stated."""
        return self.scene.facts if self.scene else facts_of(self.here, as_of=store.day_in(self.here))

    @cached_property
    def chambers(self) -> Mapping[str, Chamber]:
        """The committees of the workspace."""
        return self.known if self.known is not None else store.chambers(self.here)

    @property
    def today(self) -> dt.date:
        """The day, on the committee's own clock where there is one."""
        return self.chamber.now.date() if self.chamber else store.day_in(self.here)

    @property
    def house(self) -> Chamber:
        """The committee that the form is about; there is one."""
        if self.chamber is None:
            raise LookupError("this form is about no committee")
        return self.chamber

    @property
    def session(self) -> Place:
        """The session that the form is about; there is one."""
        if self.place is None:
            raise LookupError("this form is about no session")
        return self.place
