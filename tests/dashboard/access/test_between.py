"""Members of one committee, and of two: nobody reads, changes, ends, erases or acts what is another's."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import time

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.committee import acting
from boussole.charter.committee.acting import committee_state, do
from boussole.charter.committee.acts.meeting import end_vote, vote_openly
from boussole.charter.committee.papers.drafts import begin, comment, comments, draft, drafts, save
from boussole.charter.committee.people.directory import name_member
from boussole.charter.committee.rules import TEMPLATES
from boussole.charter.record_types.acts import (
    Ballot,
    CommitteeQuestion,
    Dissent,
    Interest,
    Mandate,
    MandateEnd,
    Recusal,
    Referral,
)
from boussole.charter.records.statements import statements
from boussole.dashboard.server import forms
from boussole.dashboard.server.access import database, log, sessions
from boussole.dashboard.server.access.permissions import Action
from boussole.dashboard.server.access.sessions import digest
from boussole.dashboard.server.routes import ROUTES
from boussole.dashboard.views import store
from boussole.dashboard.views.parts import context
from boussole.dashboard.views.records.calling import COMMITTEE_ACT as COMMITTEE
from boussole.dashboard.views.records.calling import SESSION_ACT as SESSION
from tests.charter.committee.desk import CALLED, DAY, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.dashboard.access.conftest import BROWSER, COOKIE, PROOF, browser
from tests.dashboard.access.test_matrix import look
from tests.dashboard.committee.hand import OPEN_AT, act
from tests.sparing import slow_case

A, B = 2, 3
CLAIMS = (
    "by", "member", "voter", "giver", "author", "person", "subject", "sub", "user", "who", "as", "signed_in", "role",
)  # fmt: skip
"""Names of fields by which a careless form would take somebody's word for who they are."""
POSING = {"x-forwarded-user": "bob", "x-remote-user": "bob", "remote-user": "bob", "x-boussole-member": m(B)}
ASIDE = "Ce que l’on s’écrit en marge"
UNSAID = "Ce que la commission n’a pas encore dit"
HERE = {"cora": ("ethics-chair", 1), "ada": ("ethics-member", A), "sara": ("ethics-secretary", 0)}
"""Those of the committee: with their role at the provider, and the number under which they sit."""
ELSEWHERE = {
    "ines": ("ethics-chair", 11), "ivan": ("ethics-member", 12), "fred": ("partners", 13),
    "nina": ("ethics-secretary", 0),
}  # fmt: skip
"""The same of the other committee."""
BESIDE = {"zoe": "stewards", "rita": "all", "tom": "it"}
OUTSIDE = ["ines", "zoe", *map(slow_case, ("ivan", "fred", "nina", "rita", "tom"))]


@pytest.fixture
def hall(workspace, oidc, monkeypatch):
    """The external committee at an open session, with a draft; the internal one beside it; all of them can sign in."""
    (workspace.home / "committees").mkdir()
    for name in ("external", "internal"):
        shutil.copy(TEMPLATES / f"{name}.yaml", workspace.home / "committees")
    with (workspace.home / "boussole.toml").open("a") as file:
        file.write('secretaries = {external = ["sara@example.org"], internal = ["Nina@example.org"]}\n')
    made = Hall.in_(type(workspace)(workspace.home))
    for number in (11, 12, 13):
        seat = {"member": m(number), "college": "direction", "start": CALLED}
        do(workspace, Mandate(committee="internal", role="Secretariat", on=CALLED, **seat))
    for name, (role, number) in {**HERE, "bob": ("ethics-member", B), **ELSEWHERE}.items():
        oidc.knows(name, role)
        if number:
            name_member(workspace, m(number), name=name.title(), contact=f"{name}@example.org")
    body = {"title": UNSAID, "sense": "favourable", "words": UNSAID, "reservations": []}
    for name, role in BESIDE.items():
        oidc.knows(name, role)
    made.of = made.session(1, 2, 3, 4, 5)
    made.draft = begin(workspace, NAME, body=body, author="secretary").id
    comment(workspace, made.draft, text=ASIDE, author=m(2))
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
    known = digest(number)
    for claimed in (known, known[:16], row.subject, m(B), f"{m(B)}.{number[:10]}", number[:-1], number[::-1]):
        tries.add()
        thief = browser(workspace)
        for name in (COOKIE, "boussole_local", "__Host-boussole"):
            thief.cookies.set(name, claimed)
        assert thief.get(PROOF).status_code == 401
        assert thief.get(PROOF, headers={"authorization": f"Bearer {claimed}"}).status_code == 401
    assert sessions.by_session(workspace, ada.cookies[COOKIE]).member == m(A)
    tries.add()
    two, opened = f"{COOKIE}={ada.cookies[COOKIE]}; boussole_local=chair.{m(B)}; member={m(B)}", browser(workspace)
    opened.headers.update({**BROWSER, "cookie": two})
    send(opened, "/ask/-", committee=NAME, text="Who?", addressee="Data", due_on="2026-10-15")
    assert {said.by for said in acts_of(hall, CommitteeQuestion)} == {m(A)}


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
    assert {each.author for each in drafts(workspace, NAME) if each.id != hall.draft} == {m(A)}
    for of in ("999", "-1", "0", "1 OR 1=1", "../1", str(made.id) + ".0"):
        tries.add()
        assert send(ada, f"/drafts/discard/{of}", sure="1").status_code == 404
    assert len(drafts(workspace, NAME)) == 3
    assert committee_state(workspace, NAME).acts


def pages(hall):
    """Every page that shows what a committee is writing, or could."""
    own = {"committee": NAME}
    draft, session = {"number": str(hall.draft)}, {"session": str(hall.of)}
    return (("drafts", own), ("draft", draft), ("committee", own), ("session", session))


@pytest.fixture
def seen(hall, at, monkeypatch):
    """What somebody sees on a page."""
    browsers = {}

    def by(name: str, page: str, query: dict[str, str]) -> str:
        client = browsers.setdefault(name, None) or at(name)
        browsers[name] = client
        monkeypatch.setattr(context.st, "query_params", Query(**query))
        monkeypatch.setattr(sessions, "cookie", {COOKIE: client.cookies[COOKIE]}.get)
        return " ".join(look(page)).replace(f'value="{UNSAID}"', "")

    return by


@pytest.mark.costly
@pytest.mark.parametrize("name", [*list(HERE)[:1], *map(slow_case, list(HERE)[1:])])
def test_who_belongs_to_a_committee_reads_what_it_writes(hall, seen, name):
    shown = [page for page, query in pages(hall) if UNSAID in seen(name, page, query)]
    leads = ["session"] if name in ("cora", "sara") else []
    assert shown == ["drafts", "draft", "committee", *leads]


@pytest.mark.costly
@pytest.mark.attack(
    "drafts", "who is of another committee, or works beside it, reads a draft, or reads and writes comments"
)
@pytest.mark.parametrize("name", OUTSIDE)
def test_nobody_outside_a_committee_reads_its_drafts_or_reads_and_writes_comments(hall, at, seen, name, tries):
    for page, query in pages(hall):
        tries.add()
        shown = seen(name, page, query)
        assert (UNSAID in shown, ASIDE in shown) == (False, False), page
    client, before = at(name), comments(hall.workspace, hall.draft)
    for path, fields in (("comment", {"text": "Mine"}), ("erase", {"comment": str(before[0].id)}), ("write", {})):
        tries.add()
        done = send(client, f"/drafts/{path}/{hall.draft}", **fields)
        assert done.status_code == 403 or "sent=" in done.headers["location"], path
    assert comments(hall.workspace, hall.draft) == before


ACTING = {"convene", "preside", "seat", "set_rules", "issue"}
"""Actions of a chair or a secretariat, by the names of their actions."""


def forms_of(hall):
    """Every form by which a committee is led, its drafts are written, or it recommends; some as they would be taken."""
    day = DAY + dt.timedelta(days=60)
    named = {"starts": f"{day}T14:00", "ends": f"{day}T16:00", "place": "Room 1", "agenda": "One"}
    draft = {"title": "Mine", "words": "Mine"}
    due = {"committee": NAME, "addressee": "Data", "due_on": str(day), "text": "Do."}
    filled = {
        f"{COMMITTEE}/convene/{NAME}": named,
        f"{COMMITTEE}/seat/{NAME}": {"member": m(99), "name": "Eve", "college": "sciences", "start": str(DAY)},
        f"{COMMITTEE}/office/{NAME}": {"member": m(3), "office": "chair", "start": str(DAY)},
        act("vote", hall.of, "matchft"): {"title": "Adopt", "subject": ""},
        act("consensus", hall.of, "matchft"): {"title": "Adopt", "subject": ""},
        act("close", hall.of): {"at": "2026-09-15T16:00"},
        "/recommendations/own": due,
        f"/drafts/save/{hall.draft}": draft,
        f"/drafts/discard/{hall.draft}": {"sure": "yes"},
        f"/drafts/new/{NAME}": {"title": "Mine"},
    }
    every = [path.replace("{of}", NAME) for path in ROUTES if path.startswith(COMMITTEE) and led(path)]
    every += [path.replace("{of}", str(hall.of)) for path in ROUTES if path.startswith(f"{SESSION}/") and led(path)]
    return {path: filled.get(path, {}) for path in (*every, *filled)}


def led(path):
    return ROUTES[path].name.lower() in ACTING


@pytest.mark.costly
@pytest.mark.attack(
    "committees", "a chair or secretary of one committee calls, seats, presides, issues or writes in another"
)
@pytest.mark.parametrize("name", [*list(ELSEWHERE)[:1], *map(slow_case, list(ELSEWHERE)[1:])])
def test_nobody_acts_in_a_committee_in_which_they_have_no_place(hall, at, workspace, name, tries):
    client, before = at(name), [each.entry for each in statements(workspace)]
    kept = drafts(workspace, NAME)
    for path, fields in forms_of(hall).items():
        tries.add()
        done = send(client, path, seen=str(before[-1]), **fields)
        assert "done=" not in done.headers.get("location", ""), path
        if fields and done.status_code != 403:
            assert WHY[name] in told(done, name), (path, told(done, name))
    assert [each.entry for each in statements(workspace)] == before
    assert drafts(workspace, NAME) == kept


WHY = dict.fromkeys(("ines", "ivan", "fred"), "has no mandate")
WHY["nina"] = "do not name you as a secretary of this committee"


@pytest.mark.costly
def test_the_secretary_whom_the_settings_name_acts(hall, at, workspace):
    client = at("sara")
    for path, fields in forms_of(hall).items():
        if fields and "discard" not in path and "close" not in path and "consensus" not in path:
            done = send(client, path, seen="99999", **fields)
            assert "sent=" not in done.headers["location"], (path, told(done, "sara"))
    assert len(drafts(workspace, NAME)) == 2


@pytest.mark.parametrize(
    ("committees", "named", "of"),
    [
        (["external"], {}, {"external"}),
        (["external", "internal"], {}, set()),
        (["external", "internal"], {"external": "sara"}, {"external"}),
        (["external", "internal"], {"external": "SARA", "internal": "sara"}, {"external", "internal"}),
        (["external", "internal"], {"external": "nina"}, set()),
        (["external"], {"external": "nina"}, set()),
    ],
)
def test_of_which_committees_somebody_is_secretary(workspace, oidc, at, committees, named, of):  # noqa: PLR0917
    (workspace.home / "committees").mkdir()
    for name in committees:
        shutil.copy(TEMPLATES / f"{name}.yaml", workspace.home / "committees")
    with (workspace.home / "boussole.toml").open("a") as file:
        file.writelines(f'secretaries.{name} = ["{who}@example.org"]\n' for name, who in named.items())
    oidc.knows("sara", "ethics-secretary")
    found = sessions.by_session(type(workspace)(workspace.home), at("sara").cookies[COOKIE])
    assert found.secretary_of == of


@pytest.mark.attack("committees", "an address that the provider does not vouch for passes for that of a secretary")
def test_an_address_that_nobody_vouches_for_is_no_secretarys(workspace, oidc, at):
    with (workspace.home / "boussole.toml").open("a") as file:
        file.write('secretaries = {external = ["sara@example.org"]}\n')
    oidc.knows("eve", "ethics-secretary", email="sara@example.org", email_verified=False)
    found = sessions.by_session(type(workspace)(workspace.home), at("eve").cookies[COOKIE])
    assert (found.role.value, found.secretary_of) == ("secretary", frozenset())


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
def test_nothing_is_sealed_once_the_mandate_has_ended(at, sign_in, workspace, oidc):
    today = store.day_in(workspace)
    start, of = today - dt.timedelta(days=1), {"committee": NAME, "role": "Secretariat"}
    for number in (1, A):
        seat = {"member": m(number), "college": "sciences", "start": start}
        made = do(workspace, Mandate(**of, on=start, **seat)).entry
    name_member(workspace, m(A), name="Ada", contact="ada@example.org")
    oidc.knows("ada", "ethics-member")
    ada = at("ada")
    due = {"committee": NAME, "addressee": "Data", "due_on": str(today + dt.timedelta(days=30))}
    assert "done=" in send(ada, "/ask/-", text="Why?", **due).headers["location"]
    asked = committee_state(workspace, NAME).standing(CommitteeQuestion)
    do(workspace, MandateEnd(**of, on=today, of=made, last_day=start))
    assert send(ada, "/ask/-", text="Why again?", **due).status_code == 401
    assert len(asked) == len(committee_state(workspace, NAME).standing(CommitteeQuestion)) == 1
    assert sign_in("ada").headers["location"] == "/?refused=no_mandate"
