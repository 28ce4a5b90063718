"""What a member who signed in does is sealed under their own number, as authenticated; until their mandate ends."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from boussole.charter.committee.acting import committee_state, do
from boussole.charter.committee.people.directory import name_member
from boussole.charter.record_types.acts import CommitteeQuestion, Mandate, MandateEnd
from boussole.dashboard.views import store
from tests.charter.committee.desk import m

COMMITTEE = {"committee": "external", "role": "Secretariat"}
BROWSER = {"origin": "http://localhost:8501"}


@pytest.fixture
def today(workspace) -> dt.date:
    return store.day_in(workspace)


@pytest.fixture
def mandates(workspace, oidc, today):
    """Two members who sit since yesterday; the second is Ada. The entries of their mandates."""
    start = today - dt.timedelta(days=1)
    made = [
        do(workspace, Mandate(**COMMITTEE, on=start, member=m(number), college="sciences", start=start)).entry
        for number in (1, 2)
    ]
    name_member(workspace, m(2), name="Ada", contact="ada@example.org")
    oidc.knows("ada", "ethics-member")
    return made


def ask(client, today, **claimed):
    due = (today + dt.timedelta(days=30)).isoformat()
    sent = {"committee": "external", "text": "Why?", "addressee": "Data", "due_on": due, **claimed}
    return client.post("/ask/-?spoken=en", files={key: (None, value) for key, value in sent.items()}, headers=BROWSER)


def questions(workspace):
    return [act for _, act in committee_state(workspace, "external").standing(CommitteeQuestion)]


@pytest.mark.attack("members", "an act is sealed under another's number that a request claims")
def test_it_is_sealed_under_their_number_whatever_the_request_claims(client, sign_in, workspace, mandates, today):
    sign_in("ada")
    done = ask(client, today, by=m(1), member=m(1), role="chair", signed_in="")
    assert "done=" in done.headers["location"]
    (said,) = questions(workspace)
    assert (said.by, said.role, said.signed_in) == (m(2), "member", True)


@pytest.fixture(params=["Pacific/Midway", "Pacific/Kiritimati"])
def far_machine(request, monkeypatch):
    """A machine where it is another day than in the house: one of the two is, at any hour."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.costly
@pytest.mark.usefixtures("far_machine")
def test_nothing_is_sealed_once_the_mandate_has_ended(client, sign_in, workspace, mandates, today):
    sign_in("ada")
    assert "done=" in ask(client, today).headers["location"]
    asked = questions(workspace)
    last_day = today - dt.timedelta(days=1)
    do(workspace, MandateEnd(**COMMITTEE, on=today, of=mandates[1], last_day=last_day))
    assert ask(client, today, text="Why again?").status_code == 401
    assert questions(workspace) == asked
    assert sign_in("ada").headers["location"] == "/?refused=no_mandate"
