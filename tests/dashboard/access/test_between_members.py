"""Two members of one committee, each signed in: neither reads, changes, ends, erases or acts what is the other's."""

from __future__ import annotations

import re

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.committee import acting
from boussole.charter.committee.acting import committee_state
from boussole.charter.committee.acts.meeting import end_vote, vote_openly
from boussole.charter.committee.papers.drafts import begin, draft, drafts, save
from boussole.charter.committee.people.directory import name_member
from boussole.charter.record_types.acts import Ballot, CommitteeQuestion, Dissent, Interest, Recusal, Referral
from boussole.dashboard.server import forms
from boussole.dashboard.server.access import database, log, sessions
from boussole.dashboard.server.access.permissions import Action
from boussole.dashboard.server.access.sessions import digest
from boussole.dashboard.server.routes import ROUTES
from boussole.dashboard.views.parts import context
from tests.charter.committee.desk import DAY, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.dashboard.access.conftest import BROWSER, browser
from tests.dashboard.access.test_matrix import look
from tests.dashboard.committee.hand import OPEN_AT, act

A, B, CHAIR = 2, 3, 1
COOKIE = "boussole_session"
CLAIMS = (
    "by",
    "member",
    "voter",
    "giver",
    "author",
    "person",
    "subject",
    "sub",
    "user",
    "who",
    "as",
    "signed_in",
    "role",
)
"""Names of fields by which a careless form would take somebody's word for who they are."""
POSING = {"x-forwarded-user": "bob", "x-remote-user": "bob", "remote-user": "bob", "x-boussole-member": m(B)}


@pytest.fixture
def hall(workspace, oidc, monkeypatch):
    """A committee at an open session, with an open vote; ada and bob are members of it, and both sign in."""
    made = Hall.in_(workspace)
    for number, name in ((CHAIR, "cora"), (A, "ada"), (B, "bob")):
        name_member(workspace, m(number), name=name.title(), contact=f"{name}@example.org")
        oidc.knows(name, "ethics-chair" if number == CHAIR else "ethics-member")
    made.of = made.session(1, 2, 3, 4, 5)
    monkeypatch.setattr(acting, "here_and_now", lambda _: OPEN_AT)
    monkeypatch.setattr(Workspace, "today", lambda _: DAY)
    return made


def send(client, path: str, **fields: str):
    """A form as a page sends it, with every word for somebody else that a request can hold."""
    sent = {**dict.fromkeys((f"f-{name}" for name in CLAIMS), m(B)), **dict.fromkeys(CLAIMS, m(B))}
    sent |= {f"f-{name}": value for name, value in fields.items()}
    files = {name: (None, value) for name, value in sent.items()}
    return client.post(f"{path}?spoken=en&by={m(B)}&member={m(B)}", files=files, headers=POSING)


def acts_of(hall, kind):
    return [said for _, said in hall.house.standing(kind)]


@pytest.mark.costly
@pytest.mark.attack("members", "a member acts as another: ballot, proxy, dissent, question, interest, standing aside")
def test_nobody_acts_as_another_member(hall, at, tries):
    decided = hall.vote(hall.of, item="minutes")
    vote_openly(hall.workspace, NAME, vote=decided, voter=m(4), choice="for", who=who(by=4))
    tally = end_vote(hall.workspace, NAME, vote=decided, who=who()).entry
    vote, ada, before = hall.vote(hall.of), at("ada"), len(hall.house.acts)
    due = {"due_on": "2026-10-15", "addressee": "Data", "text": "Why?"}
    tried = [
        (act("cast", hall.of, vote), {"choice": "against", "voter": m(A)}),
        (act("dissent", hall.of, tally), {"sort": "dissent", "text": "No."}),
        (act("ask", hall.of, "matchft"), due),
        ("/ask/-", {"committee": NAME, **due}),
        (f"/committee-act/refer-ourselves/{NAME}", {"subject": "MatchFT", "text": "Why?"}),
        (f"/committee-act/interest/{NAME}", {"text": "Shares"}),
        (act("recuse", hall.of, "minutes"), {"ground": "interest"}),
    ]
    for path, fields in tried:
        tries.add(2 * len(CLAIMS) + len(POSING) + 2)
        last = str(hall.house.acts[-1].entry)  # what is referred just before an interest in it is declared
        done = send(ada, path, seen=last, of=last, **fields)
        assert "done=" in done.headers["location"], (path, told(done))
    refused = send(ada, act("give-proxy", hall.of), seen=last, holder=m(A))  # bob's, to herself
    assert "sent=" in refused.headers["location"]
    made = [each.statement for each in hall.house.acts[before:]]
    assert {type(said) for said in made} == {Dissent, CommitteeQuestion, Referral, *OWN}
    assert {(said.by, said.signed_in, said.role) for said in made} == {(m(A), True, "member")}
    for kind, field in OWN.items():
        assert {getattr(said, field) for said in made if isinstance(said, kind)} == {m(A)}, kind


OWN = {Ballot: "voter", Recusal: "member", Interest: "member", Dissent: "member"}
"""Acts that name whose they are, apart from who acts."""


def told(answer, reader: str = "ada") -> str:
    """Why a form was not taken."""
    problem = forms.problem_of(re.search(r"sent=([\w-]+)", answer.headers["location"])[1], reader)
    return problem.text if problem else ""


@pytest.mark.costly
@pytest.mark.attack("ballots", "a member votes for another, or changes what another voted, secret or open")
@pytest.mark.parametrize("secret", [False, True])
def test_nobody_votes_or_votes_anew_for_another(hall, at, tries, secret):
    vote = hall.vote(hall.of, secret=secret)
    path, ada, bob = act("cast", hall.of, vote), at("ada"), at("bob")
    assert "sent=" in send(ada, path, voter=m(B), choice="against").headers["location"]
    files = {"f-choice": (None, "for"), "f-voter": (None, m(B))}
    bob.post(f"{path}?spoken=en", files=files)
    before = len(hall.house.acts)
    for voter in (m(B), m(B).upper(), f" {m(B)}", m(1), "bob", "*"):
        tries.add()
        told = send(ada, path, voter=voter, choice="against")
        assert "sent=" in told.headers["location"], voter
    assert len(hall.house.acts) == before


@pytest.mark.costly
@pytest.mark.attack("forms", "a member reads what another typed by the token of a form that was not taken")
def test_nobody_reads_what_another_typed(hall, at, monkeypatch, tries):
    vote = hall.vote(hall.of)
    path = act("dissent", hall.of, vote)
    files = {"f-sort": (None, ""), "f-text": (None, "what bob alone should read")}
    ada, bob = at("ada"), at("bob")
    token = re.search(r"sent=([\w-]+)", bob.post(f"{path}?spoken=en", files=files).headers["location"])[1]
    pages = (("session", {"session": str(hall.of)}), ("questions", {}), ("committee", {}), ("drafts", {}), ("ask", {}))
    for name, query in pages:
        tries.add()
        monkeypatch.setattr(context.st, "query_params", Query(sent=token, **query))
        monkeypatch.setattr(sessions, "cookie", {COOKIE: ada.cookies[COOKIE], "boussole_local": m(B)}.get)
        assert "bob alone" not in " ".join(look(name)), name
    monkeypatch.setattr(context.st, "query_params", Query(sent=token, **pages[0][1]))
    monkeypatch.setattr(sessions, "cookie", {COOKIE: bob.cookies[COOKIE]}.get)
    assert "bob alone" in " ".join(look("session")), "bob finds it again"
    for reader in ("ada", "", m(B), "local"):
        tries.add()
        assert forms.problem_of(token, reader) is None


class Query(dict[str, str]):
    """What an address asks."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)


@pytest.mark.costly
@pytest.mark.attack("sessions", "a member takes the session of another: by a cookie, a header, a reference or a digest")
def test_nobody_is_let_in_as_another(hall, at, workspace, tries):
    ada, bob = at("ada"), at("bob")
    number = bob.cookies[COOKIE]
    (row,) = [each for each in database.open_sessions(workspace) if each.subject == "bob"]
    for claimed in (
        digest(number),
        digest(number)[:16],
        row.subject,
        m(B),
        f"{m(B)}.{number[:10]}",
        number[:-1],
        number[::-1],
    ):
        tries.add()
        thief = browser(workspace)
        for name in (COOKIE, "boussole_local", "__Host-boussole"):
            thief.cookies.set(name, claimed)
        assert thief.get("/evidence/checkpoint").status_code == 401
        assert thief.get("/evidence/checkpoint", headers={"authorization": f"Bearer {claimed}"}).status_code == 401
    assert sessions.by_session(workspace, ada.cookies[COOKIE]).member == m(A)
    tries.add()
    two = f"{COOKIE}={ada.cookies[COOKIE]}; boussole_local=chair.{m(B)}; member={m(B)}"
    send(browser_with(workspace, two), "/ask/-", committee=NAME, text="Who?", addressee="Data", due_on="2026-10-15")
    assert {said.by for said in acts_of(hall, CommitteeQuestion)} == {m(A)}


def browser_with(workspace, cookies: str):
    opened = browser(workspace)
    opened.headers.update({**BROWSER, "cookie": cookies})
    return opened


@pytest.mark.attack(
    "appeals and rows", "a member asks for single appeals, rows or who looked, by any address and method"
)
def test_a_member_reaches_nothing_about_single_people(hall, at, workspace, tries):
    ada = at("ada")
    closed = {Action.SEE_ROWS, Action.SEE_APPEALS, Action.SEE_ACCESS, Action.ENTER_APPEAL, Action.SEE_DRIFT_REPORT}
    paths = [path for path, action in ROUTES.items() if action in closed]
    assert len(paths) == 9
    for path, method in ((path, method) for path in paths for method in ("GET", "HEAD", "POST")):
        tries.add()
        plain = re.sub(r"\{\w+(:int)?\}", "1", path)
        done = ada.request(method, plain, headers=POSING | {"x-http-method-override": "POST", "x-role": "steward"})
        assert done.status_code in (403, 405), (method, path)
    assert {row.subject for row in log.entries(workspace) if row.event == "refused"} == {"ada"}


@pytest.mark.costly
@pytest.mark.attack("drafts", "a draft is read, written or erased in the name of another, or of a committee not theirs")
def test_a_draft_is_saved_under_the_name_of_who_saves(hall, at, workspace, tries):
    body = {"title": "On MatchFT", "sense": None, "words": "bob's", "reservations": []}
    made = begin(workspace, NAME, body=body, author=m(B))
    ada, fields = at("ada"), {"title": "On MatchFT", "words": "ada's"}
    tries.add(2 * len(CLAIMS))
    assert "sent=" in send(ada, f"/drafts/save/{made.id}", **fields).headers["location"], "bob writes in it"
    save(workspace, made.id, body={**body, "words": "bob's, saved"}, author=m(B))
    send(ada, f"/drafts/write/{made.id}")
    assert "saved=" in send(ada, f"/drafts/save/{made.id}", **fields).headers["location"]
    assert draft(workspace, made.id).author == m(A)
    send(ada, f"/drafts/new/{NAME}", title="Mine")
    assert {each.author for each in drafts(workspace, NAME)} == {m(A)}
    for of in ("999", "-1", "0", "1 OR 1=1", "../1", str(made.id) + ".0"):
        tries.add()
        assert send(ada, f"/drafts/discard/{of}", sure="1").status_code == 404
    assert len(drafts(workspace, NAME)) == 2
    assert committee_state(workspace, NAME).acts
