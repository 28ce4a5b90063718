"""What a record says is shown at its entry of the ledger, to those who may see it and to nobody else."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.charter.record_types.acts import Ballot, Referral
from boussole.charter.record_types.kinds import KINDS, Inspection, Recommendation
from boussole.charter.records.readable import Records
from boussole.charter.records.statements import SealedStatement
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.evidence.view import contents_of
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from tests.charter.committee.desk import m
from tests.charter.committee.hall import Hall
from tests.charter.incidents.made import appeal, decision, incident

EN, FR = speaker("en"), speaker("fr")
DAY = dt.date(2026, 9, 15)
BASE = {"committee": "external", "role": "Secretariat", "on": DAY}
REFERRAL = Referral(
    **BASE, origin="authority", sender="Médiateur", subject="L’âge dans MatchFT <b>", text="Est-ce juste ?",
    due_on=dt.date(2026, 10, 1),
)  # fmt: skip


def told(said, role=Role.MEMBER, *, say=EN, before=()):
    sealed = [SealedStatement(entry=n, sealed_on=DAY, statement=each) for n, each in enumerate((*before, said))]
    found = Records({each.entry: each for each in sealed}).at(len(before))
    assert found is not None
    return contents_of(found, role, say, member=lambda name: f"({name})")


def test_a_no_is_told_where_it_says_something_and_numbers_have_their_decimals():
    of = {"role": "Auditor", "on": DAY, "text": "Do it", "addressee": "Director", "due_on": DAY, "body": "CNIL"}
    for outside, words in ((True, "an outside authority"), (False, "a committee")):
        assert dict(told(Recommendation(**of, outside=outside)).says)["Who recommends?"] == words
    seen = Inspection(
        role="auditor", on=DAY, indicator="no_x", system="matchft", start=DAY, end=DAY, examined=1200, found=0,
        recall=0.875,
    )  # fmt: skip
    assert dict(told(seen, Role.ADMINISTRATOR, say=FR).says) == {
        "Au nom de qui\u202f?": "Audit",
        "Quel jour ?": "15 septembre 2026",
        "Premier jour": "15 septembre 2026",
        "Dernier jour": "15 septembre 2026",
        "Examinés": "1 200",
        "Cas trouvés": "0",
        "Part des vrais cas que la méthode trouve": "0,875",
    }
    whole = seen.model_copy(update={"recall": 1.0, "role": "Direction · auditor"})
    shown = dict(told(whole, Role.ADMINISTRATOR).says)
    assert shown["Of true cases, the share that the method finds"] == "1"
    assert shown["In whose name?"] == "Direction · Auditor"


@pytest.mark.parametrize("role", list(Role))
def test_only_whoever_may_see_it_is_told(role):
    for said, before in ((REFERRAL, ()), (incident(), ()), (appeal(text="Secret"), ()), (decision(0), (appeal(),))):
        shown = told(said, role, before=before)
        may = allowed(role, Action[KINDS[said.kind].read_action])
        assert shown.kept_from is not may
        assert bool(shown.says) is may
        assert may or not shown.subject


def test_a_vote_that_is_under_way_is_told_to_nobody(hall: Hall) -> None:
    vote = hall.vote(hall.of)
    ballot = hall.do(Ballot, of=vote, voter=m(1), choice="for")
    records = Records.of(hall.workspace)
    assert [records.at(entry) for entry in (ballot, -1, 10_000)] == [None] * 3
