"""The sheet of one decision, by `boussole explain` and in the browser: what it never shows, and who agrees to it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from functools import partial

import pytest
from pypdf import PdfReader
from sqlalchemy import func, select, update
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError
from boussole.charter.deadlines.appeals import appeals
from boussole.charter.deadlines.items import Sources
from boussole.charter.judging.recorded import counted
from boussole.charter.records.database import reading as reading_records
from boussole.charter.records.facts import facts_of
from boussole.charter.records.store.audits import How, places_of
from boussole.dashboard.app.server import routes
from boussole.dashboard.cli.main import app
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.server.access import log
from boussole.dashboard.server.access.database import access, now, reading, sheet_table, stamp
from boussole.dashboard.server.access.permissions import COOKIE, AccessError, Person, Role
from boussole.dashboard.views import explanation
from boussole.dashboard.views.explanation_sheet import part_blocks
from boussole.experiments.weights.version_models import VersionModel
from tests.dashboard.explained import DECIDED, asked, model, workspace_in

ALONE = ["explain", "D07", "--system", "jobs", "--reason", "request"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return workspace_in(tmp_path_factory.mktemp("explain"))


@pytest.fixture
def known_model(monkeypatch):
    monkeypatch.setattr(explanation, "model_of", lambda *_: model())


def run(workspace, *words):
    return CliRunner().invoke(app, ["--workspace", str(workspace.home), *map(str, words)])


def refused(workspace, *words) -> str:
    result = run(workspace, *words)
    assert result.exit_code != 0
    return str(result.exception)


def printed(workspace, lang: str, decision: str = "D07") -> str:
    result = run(workspace, "explain", decision, "--system", "jobs", "--reason", "request", "--lang", lang)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


@pytest.mark.costly
def test_a_draft_has_the_four_parts_in_both_languages_and_seals_nothing(shared, known_model):
    english, french = (printed(shared, lang) for lang in ("en", "fr"))
    for n in "1234":
        assert f"\n{n}. " in english
        assert f"\n{n}. " in french
    assert "you are not among the people called" in english.replace("\n", " ")
    assert "vous n’êtes pas parmi les personnes appelées" in french.replace("\n", " ")
    assert 0 < english.index("This sheet is a draft") < english.index("A computer tool took part")
    assert "Checked: computed again from these data with version v9" in english
    assert "Where it comes from: Your file" in english
    assert "Where it comes from: Not told by the service" in english
    with reading_records(shared) as connection:
        assert connection is None or not [e for e in ledger.entries(connection) if e.kind == "appeal_decision"]
    looks = [each.place for each in log.entries(shared) if each.event == "look"]
    assert looks == ["boussole explain: request"]  # the same look within five minutes is one line


def test_it_shows_nobody_else_and_no_sensitive_value(shared, known_model):
    told = " ".join(printed(shared, "en").split())
    for other in (*(f"D{n:02d}" for n in range(40) if n != 7), "OFFER", "PERSON"):
        assert other not in told
    assert "Not used to compute the score: sex, age." in told
    assert " F " not in told
    assert "38" not in told  # the age: 31 + 7
    assert "you were at place 4" in told


def test_a_sensitive_input_of_the_model_is_said_to_be_one(shared, monkeypatch):
    monkeypatch.setattr(
        explanation, "model_of", lambda *_: VersionModel(inputs=("years", "km", "age"), lack="unreadable")
    )
    told = " ".join(printed(shared, "en").split())
    assert "The tool also read data about you that are sensitive: age." in told
    assert "Not used to compute the score: sex." in told


def test_without_a_model_no_weight_is_made_up(shared):
    told = " ".join(printed(shared, "en").split())
    assert "The weight of the criteria cannot be told." in told
    assert "No model, or more than one, is kept as version v9" in told
    assert "Weight (points)" not in told
    assert "This sheet is not complete" in told
    assert "that could not be checked here" in told  # whether groups were used


@pytest.mark.costly
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", "The log holds nothing of a person for this decision"),
        ("false", "this person kept what the tool proposed"),
        ("true", "this person decided otherwise than the tool proposed"),
    ],
)
def test_what_a_person_did_is_told_as_the_log_has_it(tmp_path, said, words):
    told = " ".join(printed(workspace_in(tmp_path, human=said), "en").split())
    assert words in told


@pytest.mark.costly
def test_an_answer_is_a_record_with_its_day_sealed_without_its_content(tmp_path, known_model):
    workspace = workspace_in(tmp_path)
    request, out = asked(workspace), tmp_path / "sheet.pdf"
    done = run(workspace, *ALONE, "--request", request.number, "--out", out, "--role", "Case handler", "--lang", "fr")
    assert done.exit_code == 0, (done.output, done.exception)
    pdf = out.read_bytes()
    text = " ".join(page.extract_text() for page in PdfReader(out).pages)
    (found,) = appeals(facts_of(workspace, as_of=workspace.today()))
    said = found.decision[1]
    assert (said.outcome, said.on, said.sheet) == ("upheld", workspace.today(), hashlib.sha256(pdf).hexdigest())
    assert [(each.entry, each.how) for each in places_of(workspace, [said.sheet])] == [
        (found.decision[0], How.attached)
    ]
    records = workspace.governance.read_bytes()
    assert not any(each in records for each in (b"D07", b"PERSON", b"OFFER"))
    assert request.number in text
    assert "brouillon" not in text
    read = PdfReader(out)
    assert read.root_object["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in read.root_object
    assert read.root_object["/Lang"].startswith("fr")
    assert out.stat().st_mode & 0o077 == 0
    counts = explanations(workspace)
    assert (counts.good, counts.refused) == (1, 0)
    again = [*ALONE, "--request", request.number, "--out", tmp_path / "again.pdf", "--role", "Case handler"]
    assert "was answered already" in refused(workspace, *again)
    assert not (tmp_path / "again.pdf").exists()


def explanations(workspace):
    facts = facts_of(workspace, as_of=workspace.today())
    return counted("explanations_in_time", Sources(facts=facts, system=workspace.system("jobs")))


@pytest.mark.costly
def test_an_answer_that_lacks_what_the_law_asks_is_not_counted_as_one(tmp_path):
    workspace = workspace_in(tmp_path)
    asked(workspace)
    out = tmp_path / "sheet.pdf"
    done = run(workspace, *ALONE, "--request", "r_00000001", "--out", out, "--role", "Case handler")
    assert "lacks something that the law asks" in done.stderr
    counts = explanations(workspace)
    assert (counts.good, counts.refused) == (0, 1)


@pytest.mark.costly
def test_no_answer_reaches_the_wrong_person_or_the_wrong_clock(tmp_path):
    workspace, out = workspace_in(tmp_path), tmp_path / "sheet.pdf"
    asked(workspace, 1, asks="contest")
    asked(workspace, 2, decided_on=DECIDED - dt.timedelta(days=1))
    asked(workspace, 3, system="others")
    told = {
        "r_00000001": "asks for no explanation",
        "r_00000002": "must not reach the wrong person",
        "r_00000003": "is about a decision of “others”",
        "r_0000000a": "There is no such request",
    }
    for number, words in told.items():
        assert words in refused(workspace, *ALONE, "--request", number, "--out", out, "--role", "Case handler")
    assert "--out FILE.pdf and --role" in refused(workspace, *ALONE, "--request", "r_00000001")
    answer = [*ALONE, "--request", "r_00000001", "--role", "Case handler"]
    assert "ends in .pdf" in refused(workspace, *answer, "--out", tmp_path / "sheet.txt")
    assert "1 to 150 characters" in refused(workspace, "explain", "D07", "--system", "jobs", "--reason", " ")
    assert list(tmp_path.glob("sheet.*")) == []


@pytest.mark.parametrize("reason", ["for Mme Durand", "demande 1234567X", "anna@exemple.fr", "call 06 12 34 56 78"])
def test_a_reason_that_leads_to_a_person_is_not_kept(shared, reason):
    noted = len(log.entries(shared))
    told = refused(shared, "explain", "D07", "--system", "jobs", "--reason", reason)
    assert "leads to a person" in told
    assert reason not in told
    assert len(log.entries(shared)) == noted


@pytest.mark.costly
def test_the_reason_of_a_withdrawal_is_held_to_what_may_be_sealed(tmp_path):
    workspace = workspace_in(tmp_path)
    asked(workspace)
    (found,) = appeals(facts_of(workspace, as_of=workspace.today()))
    withdraw = ["record", "withdraw", found.entry, "--role", "Agent", "--on", workspace.today(), "--text"]
    assert "name somebody" in refused(workspace, *withdraw, "Mme Durand took it back.")
    assert run(workspace, *withdraw, "The person took it back.").exit_code == 0
    assert not appeals(facts_of(workspace, as_of=workspace.today()))


def test_a_decision_of_which_the_log_tells_no_proposal_is_not_said_to_be_otherwise(shared, known_model):
    known = explanation.explanation(shared, shared.system("jobs"), ["D07"])
    for human in (True, False):
        told = dataclasses.replace(known, decision=dataclasses.replace(known.decision, selected=None, human=human))
        (_, part, *_) = part_blocks(told, speaker("en"))
        assert "does not say what the tool had proposed" in str(part)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("reads", "complete", "words"),
    [
        (("years", "km"), True, "wrote down when it decided. They were not computed again here."),
        (("years", "km", "age"), False, "They are not all of them: the tool reads other criteria"),
        (None, False, "nobody knows whether these are all of them"),
    ],
)
def test_logged_weights_are_complete_only_where_it_is_known_what_the_model_reads(
    tmp_path, monkeypatch, reads, complete, words
):
    monkeypatch.setattr(explanation, "model_of", lambda *_: VersionModel(inputs=reads, lack="not_additive"))
    workspace = workspace_in(tmp_path, weights=True)
    known = explanation.explanation(workspace, workspace.system("jobs"), ["D07"])
    assert (known.weights.logged, known.complete) == (True, complete)
    told = " ".join(printed(workspace, "en").split())
    assert words in told
    assert ("This sheet is not complete" in told) is not complete
    for said in ("Years of experience: raised your score. ", "Weight (points): +1.25", "Weight (points): −0.75"):
        assert said in told
    assert "years_weight" not in told


WHY = {"system": "jobs", "decision": ["D07"], "request": "", "reason": "request 1"}


def person(role: Role, who: str) -> Person:
    return Person(role=role, subject=who, authenticated=True)


STEWARD, HANDLER = person(Role.STEWARD, "sub-1"), person(Role.AGENT, "sub-2")


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    made = workspace_in(tmp_path)
    monkeypatch.setenv("BOUSSOLE_HOME", str(made.home))
    monkeypatch.setattr(explanation, "model_of", lambda *_: model())
    return made


def places(workspace) -> list[tuple[str, str, str]]:
    return [
        (each.subject, each.role, each.place) for each in log.entries(workspace) if each.place.startswith("/explain ")
    ]


@pytest.mark.costly
def test_nobody_sees_a_decision_before_somebody_else_has_agreed(workspace):
    made = log.open_sheet(workspace, STEWARD, **WHY)
    for one in (STEWARD, HANDLER):
        with pytest.raises(BoussoleError, match="Nobody has agreed"):
            log.shown_sheet(workspace, one, made.id)
    with pytest.raises(AccessError):  # a steward does not agree, not even another one
        log.settle_sheet(workspace, person(Role.STEWARD, "sub-9"), made.id, agreed=True)
    with pytest.raises(BoussoleError, match="it takes two people"):  # who asked has become a case handler since
        log.settle_sheet(workspace, person(Role.AGENT, "sub-1"), made.id, agreed=True)
    log.settle_sheet(workspace, HANDLER, made.id, agreed=True)
    assert [log.shown_sheet(workspace, one, made.id).decision for one in (STEWARD, HANDLER)] == [["D07"]] * 2
    with pytest.raises(BoussoleError, match="agreed to already"):
        log.settle_sheet(workspace, person(Role.AGENT, "sub-3"), made.id, agreed=False)


@pytest.mark.costly
def test_a_reason_that_leads_to_a_person_asks_for_nothing(workspace, client):
    with pytest.raises(BoussoleError, match="leads to a person"):
        log.open_sheet(workspace, STEWARD, **{**WHY, "reason": "for Mme Durand"})
    fields = {"system": "jobs", "decision": "D07", "request": "-"}
    back = sent(client, "steward", "/explain/open", reason="call 06 12 34 56 78", **fields)
    assert "sent=" in back.headers["location"]
    assert log.sheet_requests(workspace, STEWARD) == []
    assert not any("06 12" in place for _, _, place in places(workspace))


@pytest.mark.costly
def test_it_is_open_to_these_two_and_to_nobody_else(workspace):
    made = log.open_sheet(workspace, STEWARD, **WHY)
    log.settle_sheet(workspace, HANDLER, made.id, agreed=True)
    for other in (person(Role.STEWARD, "sub-3"), person(Role.AGENT, "sub-4")):
        assert log.sheet_requests(workspace, other) == []
        with pytest.raises(BoussoleError, match="two people who agreed"):
            log.shown_sheet(workspace, other, made.id)
    for role in set(Role) - {Role.STEWARD, Role.AGENT, Role.OPERATOR}:
        with pytest.raises(AccessError):
            log.shown_sheet(workspace, person(role, "sub-1"), made.id)
    for role in set(Role) - {Role.STEWARD, Role.OPERATOR}:
        with pytest.raises(AccessError):
            log.open_sheet(workspace, person(role, "sub-1"), **WHY)


@pytest.mark.costly
def test_what_is_turned_down_or_over_is_gone_with_the_number_of_the_decision(workspace):
    made = log.open_sheet(workspace, STEWARD, **WHY)
    assert log.settle_sheet(workspace, HANDLER, made.id, agreed=False) is None
    assert log.sheet_requests(workspace, STEWARD) == []
    made = log.open_sheet(workspace, STEWARD, **WHY)
    log.settle_sheet(workspace, HANDLER, made.id, agreed=True)
    with access(workspace) as connection:
        over = stamp(dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
        connection.execute(update(sheet_table).values(expires_at=over))
    with pytest.raises(BoussoleError, match="its time is over"):
        log.shown_sheet(workspace, STEWARD, made.id)
    with access(workspace) as connection:
        assert connection.execute(sheet_table.select()).all() == []


@pytest.mark.costly
def test_each_step_and_each_look_is_noted_with_its_reason_and_without_the_decision(workspace):
    made = log.open_sheet(workspace, STEWARD, **WHY)
    log.settle_sheet(workspace, HANDLER, made.id, agreed=True)
    log.shown_sheet(workspace, STEWARD, made.id)
    n = made.id[:8]
    assert places(workspace) == [
        ("sub-1", "steward", f"/explain asked, {n}: request 1"),
        ("sub-2", "agent", f"/explain agreed, {n}: request 1"),
        ("sub-1", "steward", f"/explain saw, {n}: request 1"),
    ]
    assert not any("D07" in place for _, _, place in places(workspace))


@pytest.mark.costly
def test_what_is_over_is_erased_though_nobody_opens_the_page(workspace, monkeypatch):
    """The next thing that is noted of anybody erases it: a number of a decision does not outlive its hours."""
    log.open_sheet(workspace, STEWARD, **WHY)

    def held() -> int:
        with reading(workspace) as connection:
            return connection.execute(select(func.count()).select_from(sheet_table)).scalar_one()

    assert held() == 1
    late = now() + log.WAITING
    monkeypatch.setattr("boussole.dashboard.server.access.log.now", lambda: late)
    log.note(workspace, "sign_in", subject="sub-7")
    assert held() == 0


def test_what_is_refused_is_noted(workspace):
    made = log.open_sheet(workspace, STEWARD, **WHY)
    for who, why in ((STEWARD, "not agreed"), (person(Role.AGENT, "sub-1"), "agreed alone")):
        with pytest.raises(BoussoleError):
            (log.shown_sheet if who is STEWARD else partial(log.settle_sheet, agreed=True))(workspace, who, made.id)
        refused = [each.place for each in log.entries(workspace) if each.event == "refused"]
        assert refused[-1] == f"/explain {why}, {made.id[:8]}"
    log.settle_sheet(workspace, HANDLER, made.id, agreed=True)
    with pytest.raises(BoussoleError):
        log.shown_sheet(workspace, person(Role.AGENT, "sub-8"), made.id)
    assert [each.subject for each in log.entries(workspace) if each.event == "refused"] == ["sub-1", "sub-1", "sub-8"]


@pytest.fixture
def client(workspace):
    return TestClient(Starlette(routes=routes(workspace.home)), follow_redirects=False)


def sent(client, role: str, path: str, **fields: str):
    client.cookies.set(COOKIE, role)
    return client.post(path, files={PREFIX + name: (None, value) for name, value in fields.items()})


@pytest.mark.costly
def test_from_the_request_to_the_sheet_in_the_hand_of_the_person(workspace, client):
    number = asked(workspace).number
    fields = {"system": "jobs", "decision": "D07", "request": number, "reason": "to answer it"}
    assert sent(client, "agent", "/explain/open", **fields).status_code == 403
    assert sent(client, "steward", "/explain/open", **fields).headers["location"].startswith("/explain?done=asked")
    (found,) = log.sheet_requests(workspace, Person(role=Role.STEWARD, subject="local"))
    client.cookies.set(COOKIE, "steward")
    early = client.get(f"/explain-file/{found.id}?lang=en")
    assert (early.status_code, "Nobody has agreed" in early.text) == (409, True)
    assert sent(client, "steward", f"/explain/confirm/{found.id}", agreed="yes").status_code == 403
    assert sent(client, "agent", f"/explain/issue/{found.id}", spoken="en").status_code == 404
    agreed = sent(client, "agent", f"/explain/confirm/{found.id}", agreed="yes")
    assert agreed.headers["location"] == f"/explain?sheet={found.id}"
    done = sent(client, "agent", f"/explain/issue/{found.id}", spoken="en")
    assert (done.status_code, done.headers["content-type"]) == (200, "application/pdf")
    (answer,) = appeals(facts_of(workspace, as_of=workspace.today()))
    taken = [client.get(f"/explain-file/{found.id}") for _ in range(2)]
    assert [hashlib.sha256(each.content).hexdigest() for each in taken] == [answer.decision[1].sheet] * 2
    assert done.content == taken[0].content
    assert any("/explain handed out" in place for _, _, place in places(workspace))
    assert (answer.decision[1].role, answer.decision[1].signed_in) == ("agent", False)
    twice = sent(client, "agent", f"/explain/issue/{found.id}", spoken="fr")
    assert "sent=" in twice.headers["location"]
    assert len(facts_of(workspace, as_of=workspace.today()).sealed) == 2
    for role in ("chair", "member", "data_scientist", "auditor", "reader", "administrator"):
        client.cookies.set(COOKIE, role)
        assert client.get(f"/explain-file/{found.id}").status_code == 403
