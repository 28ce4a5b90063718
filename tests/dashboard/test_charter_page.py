"""The charter page: what is in force, what a draft would change, who adopted what, and how an adoption is recorded."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.amending.diff import diff
from boussole.charter.auditing.replay import ABSENT, Replay, VerdictChange
from boussole.charter.record_types.kinds import Adoption
from boussole.charter.records import statements
from boussole.charter.records.in_force import AdoptionAct, CharterInUse, InForce, adopt, in_force
from boussole.charter.text.loading import PACKAGED, load_charter
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.charter.forms import adopting, adoption_routes
from boussole.dashboard.pages.charter.view import CharterView, charter_page, look
from boussole.dashboard.server.access.permissions import SIGNED_IN, TABLE, Action, Person
from boussole.dashboard.views.law import law_page
from tests.charter.builders import CHARTER, amended, system
from tests.dashboard.posting import Forms

FR, EN = speaker("fr"), speaker("en")
ACT = AdoptionAct(
    entry=4,
    on=dt.date(2026, 7, 1),
    sealed_on=dt.date(2026, 7, 3),
    role="Comité éthique",
    document="ab" * 32,
    sha256=CHARTER.sha256,
)
VERSIONS = (
    CharterInUse(sha256="9f" * 32, version="0.0", entry=0, first_used_on=dt.date(2026, 1, 5)),
    CharterInUse(sha256=CHARTER.sha256, version="0.2", entry=3, first_used_on=dt.date(2026, 7, 3), acts=(ACT,)),
)


def moved(before="watch", after="broken", **changes):
    values = {"system": "matchft", "start": "2026-08-01", "end": "2026-08-31", "entry": 9, "article": "equite"}
    values |= {"indicator": "adjusted_selection_rate_ratio_gender", "template": "adjusted_selection_rate_ratio"}
    return VerdictChange(**(values | {"by": ["gender"], "before": before, "after": after} | changes))


def seen(*changes, drafted=True, fault=""):
    tighter = amended("adjusted_selection_rate_ratio", threshold={"breach": 0.9}).model_copy(update={"version": "0.3"})
    replay = Replay(version="0.3", sha256="cd" * 32, windows=3, verdicts=120, changes=changes, unknown_systems=[])
    amendment = {
        "charter": tighter,
        "drafted": drafted,
        "changes": tuple(diff(CHARTER, tighter)),
        "replay": replay,
        "since": dt.date(2025, 11, 26),
    }
    return CharterView(
        judging=InForce(charter=CHARTER, act=ACT),
        versions=VERSIONS,
        amendment=amendment,
        fault=fault,
        systems={"matchft": system()},
    )


def test_levels_that_call_themselves_adopted_are_told_from_those_that_are():
    charter = amended("adjusted_selection_rate_ratio", threshold={"status": "adopted"})
    for adopted, count, told in (
        ({}, 0, " One calls itself adopted, and no adoption in the ledger proves it."),
        ({"adjusted_selection_rate_ratio": ACT.proven_on}, 1, ""),
    ):
        judging = InForce(charter=charter, act=ACT if adopted else None, adopted=adopted)
        page = charter_page(replace(seen(), judging=judging), EN, query={})
        asked = len([each for article in charter.articles for each in article.indicators])
        assert page["lead"].endswith(
            f"Of {asked} thresholds, {count} are adopted and {asked - 1} are proposed. None is a legal threshold.{told}"
        )
        (question,) = [each for part in page["parts"] for each in part["questions"] if each["number"] == "3.1b"]
        assert ("(threshold adopted by its own word on" in question["levels"]) is (not adopted)


def test_a_draft_shows_its_changes_and_the_past_verdicts_that_would_be_others():
    changes = [
        moved("kept", "unknown", start="2026-09-01", end="2026-09-30"),
        moved(),
        moved(start="2026-09-01", end="2026-09-30"),
    ]
    other = charter_page(seen(*changes), EN, query={})["other"]
    assert other.title == "The draft: version 0.3"
    assert [(group["effect"], list(group["sentences"])) for group in other.changes] == [
        ("tighter", ["Question 3.1b: the breach level goes from 80 for 100 to 90 for 100. That is tighter."])
    ]
    assert other.replayed.endswith("were judged again. Three would have been others.")
    assert other.counts == ["Watch → Not kept: 2", "Kept → We cannot tell: 1"]
    assert [(past["period"], past["before"], past["after"]) for past in other.past] == [
        ("September 2026", "watch", "broken"),
        ("August 2026", "watch", "broken"),
        ("September 2026", "kept", "unknown"),
    ]
    assert other.past[0]["question"].startswith("3.1b With comparable profiles")
    assert other.past[0]["question"].endswith("as often in one group as in another (sex)?")
    assert "boussole charter adopt" in other.command


def test_a_kept_version_is_no_draft_and_a_question_may_be_absent():
    other = charter_page(seen(moved(ABSENT, "watch"), drafted=False), EN, query={})["other"]
    assert (other.title, other.command) == ("Version 0.3, beside the one in force", "")
    assert (other.counts, other.past[0]["before"]) == (["Not asked → Watch: 1"], None)
    html = Template("pages/charter/charter.html", EN)("amendment", other)
    assert "Not asked" in html


@pytest.mark.parametrize("say", [FR, EN])
def test_markup_in_a_text_is_text(say):
    bad = CHARTER.model_copy(update={"title": {"fr": "<script>", "en": "<script>"}})
    shown = seen(fault="a `tab` <b>")
    page = charter_page(
        CharterView(judging=InForce(charter=bad), versions=(), amendment=None, fault=shown.fault, systems={}),
        say,
        query={},
    )
    template = Template("pages/charter/charter.html", say)
    html = "".join(template(part, page) for part in ("head", "text", "versions"))
    assert "<script>" not in html
    assert "<b>" not in html
    assert "&lt;script&gt;" in html
    assert "boussole charter check" in html


def test_a_faulty_draft_judges_nothing_and_is_said(workspace_home):
    (workspace_home.home / "charter").mkdir()
    (workspace_home.home / "charter" / "charter.yaml").write_text("id: [", encoding="utf-8")
    found = look(workspace_home, against="", today=dt.date(2026, 11, 26))
    assert found.judging.charter.sha256 == CHARTER.sha256
    assert found.amendment is None
    assert "charter.yaml" in found.fault


def test_a_charter_without_law_says_so(scene):
    charter = scene.charter.model_copy(update={"laws": {}, "frameworks": {}, "articles": []})
    made = law_page(replace(scene, charter=charter, latest={}), EN, on=dt.date(2026, 11, 26), query={})
    assert made["headline"] == "This charter names no text of law."
    template = Template("pages/law/law.html", EN)
    assert "<table" not in "".join(template(each, made) for each in ("head", "summary", "provisions"))


@pytest.fixture
def workspace_home(tmp_path):
    from boussole.audits.workspace import Workspace
    from boussole.charter.records.in_force import adopt

    made = Workspace.create(tmp_path / "home")
    (tmp_path / "opinion.pdf").write_bytes(b"adopted")
    adopt(made, CHARTER, role="Committee", on=dt.date(2026, 11, 1), document=tmp_path / "opinion.pdf")
    return made


VOTE = ("vote.txt", b"Adopted by all.", "text/plain")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    made = Workspace.create(tmp_path / "home")
    (made.home / "charter").mkdir()
    for path in PACKAGED.glob("*.yaml"):
        (made.home / "charter" / path.name).write_bytes(path.read_bytes())
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.home))
    return made


@pytest.fixture
def client(workspace):
    return Forms(workspace, adoption_routes, role="chair", base="/charter/")


def raised(workspace, version="9.0"):
    """Another text of the workspace, with a number of its own."""
    path = workspace.home / "charter" / "charter.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    changed = [f'version: "{version}"' if line.startswith("version:") else line for line in lines]
    path.write_text("\n".join(changed) + "\n", encoding="utf-8")


def fields(workspace, **changed):
    said = {"charter": load_charter(workspace).sha256, "role": "External ethics committee", "on": "2026-03-01"}
    return {**said, "document": VOTE, **changed}


def test_it_is_the_adoption_that_the_command_makes(workspace, client, tmp_path):
    given = fields(workspace)
    told = client.done("adopt", **given)
    assert client.done("adopt", **given) == told
    (each,) = statements(workspace, kinds=[Adoption.kind])
    (tmp_path / "vote.txt").write_bytes(VOTE[1])
    other = Workspace.create(tmp_path / "other")
    role = "External ethics committee · chair"
    done = adopt(other, load_charter(workspace), role=role, on=dt.date(2026, 3, 1), document=tmp_path / "vote.txt")
    assert each.statement == done.statement
    judging = in_force(workspace)
    assert judging.act is not None
    assert judging.charter.sha256 == load_charter(workspace).sha256
    assert (workspace.documents / each.statement.document.sha256).read_bytes() == VOTE[1]


@pytest.mark.parametrize("role", SIGNED_IN)
def test_it_is_offered_to_those_who_adopt_rules_while_there_is_a_text_to_adopt(workspace, client, role):
    may, me = role in TABLE[Action.SET_RULES], Person(role=role)
    offered = [title for title, _ in adopting(workspace, me, FR)]
    assert offered == (["Enregistrer que le comité a adopté ce texte"] if may else [])
    if may:
        client.done("adopt", **fields(workspace))
        assert adopting(workspace, me, EN) == []
        raised(workspace)
        assert len(adopting(workspace, me, EN)) == 1
        (workspace.home / "charter" / "charter.yaml").write_text("nothing: [", encoding="utf-8")
        assert adopting(workspace, me, EN) == []
    else:
        client.be(role.value)
        assert client.send("adopt", **fields(workspace)).status_code == 403


def test_a_text_that_changed_since_it_was_shown_is_not_adopted(workspace, client):
    given = fields(workspace)
    raised(workspace)
    found = client.wrong("adopt", lang="fr", **given)
    assert "a changé depuis l’affichage" in found.text
    assert statements(workspace) == []


@pytest.mark.parametrize(
    ("changed", "at", "told"),
    [
        ({"on": "2026-02-01"}, "on", "La version en vigueur a été adoptée le 1er"),
        ({"on": "2199-01-01"}, "on", "n’est pas encore"),
        ({"document": ("", b"", "")}, "document", "Rien n’est rempli"),
        ({"role": ""}, "role", "Rien n’est rempli"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(workspace, client, changed, at, told):
    client.done("adopt", **fields(workspace))
    raised(workspace)
    found = client.wrong("adopt", lang="fr", **fields(workspace, **changed))
    assert (found.at, told in found.text) == (at, True), found.text
    assert len(statements(workspace)) == 1
