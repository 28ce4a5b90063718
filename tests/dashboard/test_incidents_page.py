"""The page of incidents and appeals: what is open and late first, in words, and what each role sees and sends."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.ledger import entry_at
from boussole.charter.record_types.incidents import Appeal, Incident
from boussole.charter.records import statements
from boussole.charter.records.database import reading
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.incidents.view import forms_for, incident_routes, incidents_page
from boussole.dashboard.server.access.permissions import Role
from boussole.dashboard.server.forms import PageForms
from boussole.dashboard.views.incidents_and_work import owed
from tests.charter.incidents.made import appeal, decision, facts
from tests.dashboard.posting import Forms, workspace_of

EN, FR = speaker("en"), speaker("fr")
MARCH = dt.date(2026, 3, 10)


def page(scene, *said, say=EN, today=MARCH, single=False):
    return incidents_page(replace(scene, facts=facts(*said, today=today)), say, query={"lang": "en"}, single=single)


def written(scene, *said, role=Role.STEWARD, say=EN, today=MARCH):
    seen = replace(scene, facts=facts(*said, today=today))
    forms = forms_for(seen, role, say)
    acting = PageForms(query={}, problem=None, forms=forms.of_incident)
    shown = incidents_page(seen, say, query={}, single=role in (Role.STEWARD, Role.AGENT))
    made = Template("pages/incidents/incidents.html", say)
    return (
        made("head", shown)
        + made("incidents", shown, acting, forms.opening)
        + made("appeals", shown, acting, [*forms.deciding, *forms.entering])
    )


def test_committees_see_counts_and_never_a_single_appeal(scene):
    said = [appeal(n) for n in range(1, 15)] + [decision(0)]
    seen = written(scene, *said, role=Role.MEMBER, today=dt.date(2026, 4, 2))
    assert "r_00000001" not in seen
    assert "13 appeals wait beyond their deadline." in seen
    assert "<form" not in seen
    handled = written(scene, *said, role=Role.AGENT, today=dt.date(2026, 4, 2))
    assert "r_00000001" in handled
    assert handled.count('<option value="') > 13
    assert ">r_00000002</option>" in handled
    assert ">r_00000001</option>" not in handled
    assert 'id="incident-close' not in handled


def test_small_counts_by_group_are_hidden(scene):
    said = [appeal(n) for n in range(1, 31)] + [appeal(90, ground="data"), appeal(91, ground="data")]
    shown = page(scene, *said)["appeals"]
    assert dict(shown["grounds"]).keys() == {"The result is wrong", "The data are wrong"}
    assert all(text.startswith("hidden") for _, text in shown["grounds"])
    assert "By ground and by outcome, counts below 11 are hidden" in shown["hidden"]
    assert shown["rows"] == []
    many = page(scene, *said[:30])["appeals"]
    assert (many["grounds"], many["hidden"]) == ([("The result is wrong", "30")], "")


def test_an_appeal_that_is_late_makes_no_other_late(scene):
    """Two appeals wait and one of them is late: two were said to be."""
    later = {"received_on": dt.date(2026, 3, 1)}

    def told(*said, today, say=EN):
        seen = replace(scene, facts=facts(*said, today=today))
        return [(each.line.overdue, each.line.when, each.line.what) for each in owed(seen, say, query={})]

    assert told(appeal(1), appeal(2, **later), today=dt.date(2026, 4, 2)) == [
        (True, "Two days late", "Decide on an appeal that is late"),
        (False, "In 29 days", "Decide on an appeal that waits"),
    ]
    assert told(appeal(1), appeal(2, **later), today=dt.date(2026, 3, 30)) == [
        (False, "Tomorrow", "Decide on two appeals that wait, the first by 31 March 2026")
    ]
    ((late, _, what),) = told(appeal(1), appeal(2, **later), today=dt.date(2026, 5, 11), say=FR)
    assert late
    assert what == "Trancher deux recours en retard, le plus ancien depuis le 31 mars 2026"


@pytest.fixture
def client(tmp_path):
    workspace = workspace_of(tmp_path / "w", chat="generation")
    return Forms(workspace, incident_routes, role="agent", base="/incidents/")


INCIDENT = {"system": "chat", "title": "A leak", "text": "Seen by others.", "severity": "serious",
            "happened_on": "2026-03-01", "known_at": "2026-03-02T09:30", "personal_data": "yes",
            "articles": ["securite", "equite"], "question": "undeclared_use"}  # fmt: skip
APPEAL = {"number": "r_0000000a", "system": "chat", "asks": "contest", "ground": "data", "decided_on": "2026-01-15",
          "received_on": "2026-01-31", "human_review": "yes"}  # fmt: skip


def test_an_incident_is_entered_followed_and_closed_in_the_browser(client):
    assert client.place("open", **INCIDENT) == "/incidents?done=0#done"
    assert client.place("open", **INCIDENT) == "/incidents?done=0#done"
    said = statements(client.workspace)[0].statement
    assert isinstance(said, Incident)
    assert (said.role, said.signed_in, said.articles) == ("agent", False, ["securite", "equite"])
    client.be("steward")  # an agent may not record what became of it
    assert client.wrong("close/0", cause="x", measures="y").text.startswith("It had to be reported")
    for duty in ("gdpr_33", "ai_act_73"):
        client.place("news/0", reported_to="CNIL", reported_at="2026-03-04T10:00", duty=duty)
    assert "done=3" in client.place("close/0", cause="x", measures="y")


def test_nobody_finds_an_outcome_from_the_ledger_by_trying_all(client):
    client.place("appeal", **APPEAL)
    for _ in range(2):
        client.place("decide", of="0", outcome="upheld", on="2026-02-10", reviewed="yes")
    appeal, decision = statements(client.workspace)
    with reading(client.workspace) as connection:
        held = [entry_at(connection, number).payload["record"] for number in (0, 1)]
    for each, hashed in zip((appeal, decision), held, strict=True):
        said = each.statement.model_dump(mode="json") | {"kind": each.statement.kind}
        assert sha256_hex(canonical_json(said)) == hashed
        for blind in ({}, {"blind": None}):
            rest = {key: value for key, value in said.items() if key != "blind"}
            assert sha256_hex(canonical_json(rest | blind)) != hashed


def test_an_appeal_sent_twice_is_entered_once(client):
    assert client.place("appeal", **APPEAL) == client.place("appeal", **APPEAL) == "/incidents?done=0#done"
    assert isinstance(statements(client.workspace)[0].statement, Appeal)
    assert "done=1" in client.place("decide", of="0", outcome="upheld", on="2026-02-10", reviewed="yes")


@pytest.mark.parametrize(
    ("path", "changed", "told"),
    [
        ("open", {"known_at": "2026-02-02T09:30"}, "known before it happened"),
        ("open", {"known_at": "2199-02-02T09:30"}, "has not come yet"),
        ("open", {"system": "other"}, "does not fit: System"),
        ("open", {"text": "Mme Durand"}, "seems to name somebody"),
        ("open", {"text": "Mme\u202fDurand"}, "seems to name somebody"),
        ("open", {"findings": "7"}, "Entry 7 is no finding"),
        ("appeal", {"decided_on": "2026-02-15"}, "before the decision"),
        ("appeal", {"text": "06 12 34 56 78"}, "telephone number"),
        ("decide", {"of": "4", "outcome": "upheld", "on": "2026-02-10"}, "does not fit: Which appeal?"),
        ("appeal", {"number": "DUPONT"}, "cannot be recorded as it stands"),
    ],
)
def test_what_does_not_fit_leads_back(client, path, changed, told):
    given = {"open": INCIDENT, "appeal": APPEAL, "decide": {}}[path]
    assert told in client.wrong(path, **{**given, **changed}).text
    assert statements(client.workspace) == []


def test_what_is_about_nothing_is_not_found(client):
    client.be("steward")
    for path in ("news/7", "close/x"):
        assert client.send(path, text="x").status_code == 404
