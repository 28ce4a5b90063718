"""Two committees: whoever has a place in one neither reads the drafts of the other nor acts in it."""

from __future__ import annotations

import datetime as dt
import shutil

import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee import acting
from boussole.charter.committee.acting import do
from boussole.charter.committee.papers.drafts import begin, comment, comments, drafts
from boussole.charter.committee.people.directory import name_member
from boussole.charter.committee.rules import TEMPLATES
from boussole.charter.record_types.acts import Mandate
from boussole.charter.records.statements import statements
from boussole.dashboard.server.access import sessions
from boussole.dashboard.server.routes import ROUTES
from boussole.dashboard.views.parts import context
from boussole.dashboard.views.records.calling import COMMITTEE_ACT as COMMITTEE
from boussole.dashboard.views.records.calling import SESSION_ACT as SESSION
from tests.charter.committee.desk import CALLED, DAY, m
from tests.charter.committee.hall import NAME, Hall
from tests.dashboard.access.test_between_members import COOKIE, Query, send, told
from tests.dashboard.access.test_matrix import look
from tests.dashboard.committee.hand import OPEN_AT, act
from tests.sparing import slow_case

ASIDE = "Ce que l’on s’écrit en marge"
UNSAID = "Ce que la commission n’a pas encore dit"
HERE = {"cora": ("ethics-chair", 1), "ada": ("ethics-member", 2), "sara": ("ethics-secretary", 0)}
"""Those of the committee: with their role at the provider, and the number under which they sit."""
ELSEWHERE = {
    "ines": ("ethics-chair", 11),
    "ivan": ("ethics-member", 12),
    "fred": ("partners", 13),
    "nina": ("ethics-secretary", 0),
}
"""The same of the other committee."""


@pytest.fixture
def hall(workspace, oidc, monkeypatch):
    """The external committee at an open session, with a draft; the internal one beside it."""
    (workspace.home / "committees").mkdir()
    for name in ("external", "internal"):
        shutil.copy(TEMPLATES / f"{name}.yaml", workspace.home / "committees")
    with (workspace.home / "boussole.toml").open("a") as file:
        file.write('secretaries = {external = ["sara@example.org"], internal = ["Nina@example.org"]}\n')
    made = Hall.in_(type(workspace)(workspace.home))
    for number in (11, 12, 13):
        seat = {"member": m(number), "college": "direction", "start": CALLED}
        do(workspace, Mandate(committee="internal", role="Secretariat", on=CALLED, **seat))
    for name, (role, number) in {**HERE, **ELSEWHERE}.items():
        oidc.knows(name, role)
        if number:
            name_member(workspace, m(number), name=name.title(), contact=f"{name}@example.org")
    body = {"title": UNSAID, "sense": "favourable", "words": UNSAID, "reservations": []}
    oidc.knows("zoe", "stewards")
    oidc.knows("rita", "all")
    made.of = made.session(1, 2, 3, 4, 5)
    made.draft = begin(workspace, NAME, body=body, author="secretary").id
    comment(workspace, made.draft, text=ASIDE, author=m(2))
    monkeypatch.setattr(acting, "here_and_now", lambda _: OPEN_AT)
    monkeypatch.setattr(Workspace, "today", lambda _: DAY)
    return made


def pages(hall):
    """Every page that shows what a committee is writing, or could."""
    return (
        ("drafts", {"committee": NAME}),
        ("draft", {"number": str(hall.draft)}),
        ("committee", {"committee": NAME}),
        ("session", {"session": str(hall.of)}),
    )


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
@pytest.mark.attack("drafts", "a member, chair, secretary or partner of one committee reads what another is writing")
@pytest.mark.parametrize("name", [*list(ELSEWHERE)[:1], *map(slow_case, list(ELSEWHERE)[1:])])
def test_nobody_reads_the_drafts_of_another_committee(hall, seen, name, tries):
    for page, query in pages(hall):
        tries.add()
        assert UNSAID not in seen(name, page, query), page


@pytest.mark.costly
@pytest.mark.parametrize("name", [*list(HERE)[:1], *map(slow_case, list(HERE)[1:])])
def test_who_belongs_to_a_committee_reads_what_it_writes(hall, seen, name):
    shown = [page for page, query in pages(hall) if UNSAID in seen(name, page, query)]
    leads = ["session"] if name in ("cora", "sara") else []
    assert shown == ["drafts", "draft", "committee", *leads]


@pytest.mark.costly
@pytest.mark.attack("drafts", "the drafts of a committee, asked for by those who work beside it")
@pytest.mark.parametrize("role", ["stewards", slow_case("it"), slow_case("all")])
def test_who_works_beside_a_committee_does_not_see_what_it_writes(hall, seen, oidc, role, tries):
    oidc.knows("zoe", role)
    for page, query in pages(hall):
        tries.add()
        assert UNSAID not in seen("zoe", page, query), page


@pytest.mark.costly
@pytest.mark.attack("drafts", "a comment is read, written or erased by those of another committee, or beside it")
@pytest.mark.parametrize("name", [*list(ELSEWHERE)[:1], *map(slow_case, [*list(ELSEWHERE)[1:], "zoe", "rita"])])
def test_nobody_reads_or_writes_comments_on_a_draft_of_another_committee(hall, at, seen, name, tries):
    for page, query in pages(hall):
        tries.add()
        assert ASIDE not in seen(name, page, query), page
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


WHY = {
    "ines": "has no mandate",
    "ivan": "has no mandate",
    "fred": "has no mandate",
    "nina": "do not name you as a secretary of this committee",
}


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


def test_settings_that_name_no_committee_are_told(workspace):
    with (workspace.home / "boussole.toml").open("a") as file:
        file.write('secretaries = {extern = ["sara@example.org"]}\n')
    with pytest.raises(BoussoleError, match="there is no committee 'extern' in this workspace"):
        sessions.check_roles(type(workspace)(workspace.home))
