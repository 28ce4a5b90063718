"""The internal follow-up committee has all that the external one has, and its members vote, ask and dissent."""

from __future__ import annotations

import shutil

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import committee_state, do
from boussole.charter.committee.acts.issuing import opinion_text
from boussole.charter.committee.acts.meeting import convene, open_session
from boussole.charter.committee.papers.drafts import begin
from boussole.charter.committee.rules import TEMPLATES, packaged
from boussole.charter.record_types.acts import Attendance, Ballot, CommitteeQuestion, Dissent, Mandate, Office
from boussole.dashboard.app.server import guarded
from boussole.dashboard.pages.session.forms import act_routes, paper_routes
from tests.charter.committee.desk import AGENDA, CALLED, DAY, HOUR, START, m
from tests.charter.committee.hall import who
from tests.dashboard.committee.hand import Hand, act
from tests.dashboard.committee.test_looks import look

INTERNAL = "internal"
TEXT = {"title": "On MatchFT", "sense": "favourable", "words": "The very words."}


class Inside:
    """An open session of the internal committee, in a workspace that has it beside the external one."""

    def __init__(self, home):
        self.workspace = Workspace.create(home)
        folder = home / "committees"
        folder.mkdir(exist_ok=True)
        for name in ("external", INTERNAL):
            shutil.copy(TEMPLATES / f"{name}.yaml", folder)
        college = packaged(INTERNAL).colleges[0].id
        for number in (1, 2, 3):
            self.do(Mandate, on=CALLED, member=m(number), college=college, start=CALLED)
        self.do(Office, on=CALLED, member=m(1), office="chair", start=CALLED)
        call = {"starts": START, "ends": START + 2 * HOUR, "place": "Room 1", "agenda": AGENDA, "urgent": False}
        self.of = convene(self.workspace, INTERNAL, who=who(CALLED), **call).entry
        for number in (1, 2, 3):
            self.do(Attendance, of=self.of, member=m(number), mode="in_person", at=START)
        open_session(self.workspace, INTERNAL, of=self.of, who=who())

    def do(self, kind, **fields):
        return do(self.workspace, kind(**{"committee": INTERNAL, "role": "Secretariat", "on": DAY, **fields})).entry

    @property
    def house(self):
        return committee_state(self.workspace, INTERNAL)


@pytest.fixture
def inside(tmp_path, monkeypatch, on_the_day):
    made = Inside(tmp_path / "w")
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.workspace.home))
    return made


def test_its_members_vote_on_a_text_they_read_and_dissent_and_ask(inside, be):
    hand, of = Hand(inside), inside.of
    home = inside.workspace.home
    hand.client = TestClient(
        Starlette(routes=guarded([*act_routes(home), *paper_routes(home)], home)), follow_redirects=False
    )
    begin(inside.workspace, INTERNAL, body=TEXT, author=m(2))
    hand.done(act("freeze", of))
    hand.done(f"/session-paper/file/{of}")
    subject = opinion_text(inside.workspace, 1)[0].sha256
    vote = hand.done(act("vote", of, "matchft"), title="Adopt", subject=subject)
    be("follow_up", m(2))
    page = look("session", session=str(of), lang="en")
    for said in ("A vote is open.", "The very words.", "Draft no. 1, version 1", "/session-paper-file/", 'id="cast-'):
        assert said in page
    for number, choice in ((1, "for"), (2, "for"), (3, "against")):
        hand.done(act("cast", of, vote), role="follow_up", by=number, choice=choice)
    decision = hand.done(act("count", of, vote))
    hand.done(act("dissent", of, decision), role="follow_up", by=3, sort="dissent", text="Too early.")
    hand.done(act("note", of, "matchft"), text="Said.")
    asked = {"text": "Why?", "addressee": "Direction", "due_on": "2026-10-15"}
    hand.done(act("ask", of), role="follow_up", by=3, **asked)
    kinds = (Ballot, Dissent, CommitteeQuestion)
    assert [len(inside.house.standing(kind)) for kind in kinds] == [3, 1, 1]
    hand.done(act("close", of), at="2026-09-15T15:00")
    hand.done(act("minutes", of))
    hand.done(f"/session-paper/minutes/{of}")
    page = look("session", session=str(of), lang="en")
    assert page.count("/session-paper-file/") == 6  # the file in two languages, the minutes in two forms of each
