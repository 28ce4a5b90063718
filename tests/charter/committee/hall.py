"""A committee in a real workspace, for tests that seal."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Who, committee_state, do
from boussole.charter.committee.acts.meeting import begin_vote, convene, open_session
from boussole.charter.committee.meetings.sessions import Session, session
from boussole.charter.record_types.acts import Act, Attendance, Mandate, Office
from tests.charter.committee.desk import AGENDA, CALLED, DAY, HOUR, SAID, START, m

NAME = "external"


def who(on: dt.date = DAY, by: int | None = None) -> Who:
    return Who(role="Secretariat", on=on, by=m(by) if by else None)


class Hall:
    """A workspace with a committee; `of` is the session it was made for, if any."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.of = workspace, -1

    @classmethod
    def seat(cls, home: Path, *, members: int = 5) -> Hall:
        """A new workspace with members, the first of whom is the chair."""
        return cls.in_(Workspace.create(home), members=members)

    @classmethod
    def in_(cls, workspace: Workspace, *, members: int = 5) -> Hall:
        """The same members in a workspace."""
        made = cls(workspace)
        for number in range(1, members + 1):
            made.do(Mandate, on=CALLED, member=m(number), college="sciences", start=CALLED)
        made.do(Office, on=CALLED, member=m(1), office="chair", start=CALLED)
        return made

    def do(self, kind: type[Act], **fields: Any) -> int:
        return do(self.workspace, kind(**{**SAID, "on": DAY, **fields})).entry

    def session(self, *present: int, **changes: Any) -> int:
        """An open session with some members there."""
        values = {"starts": START, "ends": START + 2 * HOUR, "place": "Room 1", "agenda": AGENDA} | changes
        of = convene(self.workspace, NAME, who=who(CALLED), **values).entry
        for number in present:
            self.do(Attendance, of=of, member=m(number), mode="in_person", at=START)
        open_session(self.workspace, NAME, of=of, who=who())
        return of

    def vote(self, of: int, *, secret: bool = False, item: str = "matchft", **more: Any) -> int:
        values = {"title": "Adopt", **more}
        return begin_vote(self.workspace, NAME, of=of, item=item, secret=secret, who=who(), **values).entry

    @property
    def house(self):
        return committee_state(self.workspace, NAME)

    def found(self, of: int) -> Session:
        return session(self.house, of)
