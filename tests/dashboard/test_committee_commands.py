"""`boussole committee`, `record`, `incident`, `appeal`: all can be stated; what is refused is, with the next step."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml
from typer.testing import CliRunner

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import committee_state
from boussole.charter.record_types.acts import Participation
from boussole.charter.records import statements, verify_records
from boussole.charter.records.in_force import in_force
from boussole.dashboard.cli.main import app
from tests.dashboard.posting import workspace_of

ON = ["--on", "2026-09-15"]
CALLED = ["--on", "2026-09-01"]
AT = ["--at", "2026-09-15T14:00"]
TIMES = ["--starts", "2026-09-15 14:00", "--ends", "2026-09-15 17:00", "--place", "Salle 1"]
OPINION = {"title": "MatchFT", "sense": "reserved", "words": "Le comité…", "reservations": ["Jusqu’au printemps."]}


def run(home, *arguments, answer=None):
    return CliRunner().invoke(app, ["--workspace", str(home), *map(str, arguments)], input=answer)


def done(home, *arguments, answer=None):
    result = run(home, *arguments, answer=answer)
    assert result.exit_code == 0, (arguments, result.output, result.exception)
    return result


def act(home, *arguments, answer=None):
    """The entry of an act."""
    return int(done(home, "committee", *arguments, answer=answer).stdout.split()[-1])


def refused(home, *arguments, answer=None):
    result = run(home, "committee", *arguments, answer=answer)
    assert isinstance(result.exception, BoussoleError), result.output
    return str(result.exception)


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A committee of four, and the same in an open session at which three are there and one gave a proxy."""
    folder = tmp_path_factory.mktemp("founded")
    made = workspace_of(folder / "seated", chat="generation")
    for name in ("Awa Diop", "Li Wei", "Jean Martin", "Zoé Petit"):
        act(made.home, "seat", "--college", "sciences", "--from", "2026-01-01", "--name", name, *CALLED)
    act(made.home, "office", "chair", "--member", "Awa Diop", "--from", "2026-01-01", *CALLED)
    home = shutil.copytree(made.home, folder / "open")
    agenda = folder / "agenda.yaml"
    agenda.write_text(yaml.safe_dump([{"id": "chat", "title": "ChatFT", "kind": "opinion"}]), encoding="utf-8")
    of = act(home, "convene", *TIMES, "--agenda", agenda, "--remote", *CALLED)
    act(home, "attend", of, "--member", "Awa Diop", "--member", "li wei", *AT, *ON)
    act(home, "attend", of, "--member", "Jean Martin", "--mode", "remote", *AT, *ON)
    act(home, "proxy", of, "--from", "Zoé Petit", "--to", "Li Wei", *ON)
    act(home, "open", of, *ON)
    return folder, of


@pytest.fixture
def home(founded, tmp_path):
    return shutil.copytree(founded[0] / "seated", tmp_path / "home")


@pytest.fixture
def held(founded, tmp_path):
    """The workspace with the open session, and the session's entry."""
    return shutil.copytree(founded[0] / "open", tmp_path / "home"), founded[1]


def drafted(home):
    path = home.parent / "opinion.yaml"
    path.write_text(yaml.safe_dump(OPINION, allow_unicode=True), encoding="utf-8")
    done(home, "committee", "draft", path)
    return path


@pytest.mark.costly
def test_a_session_from_its_convocation_to_what_became_of_its_opinion(held):
    home, session = held
    matter = act(home, "refer", "--subject", "ChatFT", "--sender", "Direction", "--system", "chat", *ON)
    act(home, "rapporteur", matter, "--member", "Li Wei", *ON)
    act(home, "hear", matter, "--heard", "Un agent", "--text", "Il relit tout.", "--session", session, *ON)
    act(home, "freeze", session, *ON)
    asked = act(home, "ask", "--to", "DSI", "--due", "2026-10-15", "--text", "Pourquoi ?", "--system", "chat",
                "--question", "undeclared_use", "--session", session, "--member", "Li Wei", *ON)  # fmt: skip
    letter = home.parent / "letter.pdf"
    letter.write_bytes(b"%PDF")
    shown = done(home, "committee", "questions", *ON).stdout
    assert shown == f"{asked}\twaiting\t2026-10-15\tDSI\tPourquoi ?\n"
    act(home, "answer", asked, "--role", "DSI", "--document", letter, *ON)
    drafted(home)
    act(home, "recuse", session, "--member", "Jean Martin", "--item", "chat", "--ground", "choice", *ON)
    vote = act(home, "vote", session, "--item", "chat", "--title", "Avis sur ChatFT", "--draft", 1, *ON)
    act(home, "cast", vote, "--member", "Awa Diop", "--choice", "for", *ON)
    act(home, "cast", vote, "--member", "Li Wei", "--choice", "for", *ON)
    act(home, "cast", vote, "--member", "Zoé Petit", "--by", "Li Wei", "--choice", "against", *ON)
    counted = done(home, "committee", "count", vote, *ON)
    assert "For: 2, against: 1, abstained: 0: adopted." in counted.stderr
    decision = int(counted.stdout.split()[-1])
    act(home, "dissent", decision, "--member", "Zoé Petit", "--text", "Trop tôt.", *ON)
    opinion = act(home, "issue", decision, "--draft", 1, "--referral", matter, "--system", "chat", "--article",
                  "equite", *ON)  # fmt: skip
    act(home, "publish", opinion, *ON)
    act(home, "published", opinion, "--where", "Registre public", *ON)
    act(home, "recommend", "--opinion", opinion, "--to", "DRH", "--due", "2026-12-01", "--text", "Former.", *ON)
    done(home, "record", "reply", opinion, "--accepted", "partly", "--role", "Direction", *ON, "--text", "Oui, mais.")
    listed = done(home, "committee", "opinions", "--on", "2026-10-01")
    assert listed.stdout == f"{opinion}\ton_time\ton_time\tpartly\tMatchFT\n"
    assert "On time: 2 of 2" in listed.stderr
    assert "\tovertime" not in done(home, "committee", "recommendations", *ON).stdout
    assert (
        f"{opinion + 3}\toverdue\t2026-12-01" in done(home, "committee", "recommendations", "--on", "2027-01-01").stdout
    )
    act(home, "close", session, "--at", "2026-09-15T16:30", *ON)
    written = done(home, "committee", "minutes", session, "--lang", "fr")
    act(home, "seal-minutes", session, *ON)
    assert "- Opinion divergente (Zoé Petit)" in written.stdout.replace("\u202f", " ")
    assert "absent, procuration à Li Wei" in written.stdout
    data = json.loads(done(home, "committee", "minutes", session, "--json", "-").stdout)
    assert data["items"][0]["decisions"][0]["adopted"]
    assert "0 of which do not hold" in done(home, "committee", "check").stderr
    assert "The ledger holds" in run(home, "verify", "--ledger").stderr
    assert verify_records(Workspace(home)).ok


def test_a_secret_vote_is_asked_for_unseen_and_found_again_by_its_receipt(held):
    home, session = held
    vote = act(home, "vote", session, "--item", "chat", "--title", "Suspendre", "--secret", *ON)
    told = refused(home, "cast", vote, "--member", "Li Wei", "--choice", "for", *ON)
    assert "a command line is kept by the machine" in told
    assert "was not cast" in refused(home, "cast", vote, "--member", "Li Wei", *ON, answer="oui\n")
    assert committee_state(Workspace(home), "external").standing(Participation) == []
    receipts = []
    for name, choice in (("Awa Diop", "against"), ("Li Wei", "for"), ("Jean Martin", "against")):
        cast = done(home, "committee", "cast", vote, "--member", name, *ON, answer=f"{choice}\n")
        assert f"{choice}\n" not in cast.stdout
        receipts.append((cast.stderr.split()[-1], choice))
    assert "is no vote that is over" in refused(home, "receipt", vote, receipts[0][0])
    done(home, "committee", "count", vote, *ON)
    for receipt, choice in receipts:
        assert done(home, "committee", "receipt", vote, receipt).stdout == f"{choice}\n"
    assert run(home, "committee", "receipt", vote, "0" * 32).exit_code == 1


def test_rules_are_written_adopted_and_printed(home):
    done(home, "committee", "new", "internal")
    assert "not adopted them yet" in done(home, "committee", "rules", "--committee", "internal").stderr
    act(home, "adopt", "--committee", "internal", *ON)
    printed = done(home, "committee", "rules", "--committee", "internal")
    assert yaml.safe_load(printed.stdout)["sessions"]["notice_days"] == 8
    assert "Adopted on 2026-09-15" in printed.stderr
    items = yaml.safe_load(done(home, "committee", "agenda", "--committee", "internal", "--lang", "en").stdout)
    assert items[0]["title"] == "Approval of the minutes of the last session"
    assert "there is no committee 'press'" in refused(home, "members", "--committee", "press")


def test_members_are_seated_replaced_named_and_forgotten(home):
    rows = [line.split("\t") for line in done(home, "committee", "members", *ON).stdout.splitlines()]
    assert [(row[1], row[5]) for row in rows] == [
        ("Awa Diop", "chair"), ("Li Wei", "member"), ("Jean Martin", "member"), ("Zoé Petit", "member"),
    ]  # fmt: skip
    seat = ["--college", "sciences", "--from", "2026-10-01", "--name", "Ana Lima", "--replaces", rows[3][6]]
    act(home, "seat", *seat, *ON)
    act(home, "end-mandate", rows[2][6], "--last-day", "2026-09-30", *ON)
    after = done(home, "committee", "members", "--on", "2026-10-01").stdout
    assert [line.split("\t")[1] for line in after.splitlines()] == ["Awa Diop", "Li Wei", "Ana Lima"]
    done(home, "committee", "name", "--member", "Ana Lima", "--name", "Ana de Lima")
    done(home, "committee", "forget", "--member", "Li Wei")
    assert "no member is 'Li Wei'" in refused(home, "interest", "--member", "Li Wei", "--system", "chat", *ON)
    act(home, "interest", "--member", "Ana de Lima", "--system", "chat", "--on", "2026-10-02")


def test_a_session_is_moved_cancelled_or_called_again(home, tmp_path):
    assert "there are 4 days" in refused(home, "convene", *TIMES, "--on", "2026-09-11")
    of = act(home, "convene", *TIMES, *CALLED)
    moved = ["--starts", "2026-09-22 14:00", "--ends", "2026-09-22 17:00", "--place", "Salle 2"]
    act(home, "convene", *moved, "--amends", of, *CALLED)
    assert done(home, "committee", "sessions").stdout == f"{of}\tcalled\t2026-09-22T14:00\tordinary\tSalle 2\n"
    act(home, "no-quorum", of, "--on", "2026-09-22")
    again = ["--starts", "2026-09-29 14:00", "--ends", "2026-09-29 17:00", "--place", "Salle 2"]
    second = act(home, "convene", *again, "--second-call-of", of, "--on", "2026-09-22")
    act(home, "cancel", second, "--text", "Grève.", "--on", "2026-09-23")
    assert done(home, "committee", "sessions").stdout.splitlines()[-1].startswith(f"{second}\tcancelled\t")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", "--to", "DSI", "--due", "2026-10-15", "--text", "?", "--group", "a=b"], "Name the system too"),
        (["ask", "--to", "DSI", "--due", "2026-10-15", "--text", "?", "--system", "chatt"], "no system 'chatt'"),
        (["ask", "--to", "DSI", "--due", "2026-10-15", "--text", "?", "--system", "chat", "--audit", 0], "is no audit"),
        (["ask", "--to", "D", "--due", "2026-10-15", "--text", "?", "--system", "chat", "--group", "x"], "is no group"),
        (
            ["ask", "--to", "D", "--due", "2026-10-15", "--text", "?", "--system", "chat", "--question", "undeclared"],
            "Did you mean 'undeclared_use'",
        ),
        (["ask", "--to", "DSI", "--due", "2026-01-15", "--text", "Why?"], "is due on the day it is asked"),
        (["draft", "missing.yaml"], "cannot be read"),
        (["drafts", "--number", 7], "there is no draft 7"),
        (["issue", 0, "--draft", 7], "there is no draft 7"),
        (["open", 99], "no act of this committee"),
        (["new", "press"], "no template 'press'"),
    ],
)
def test_what_cannot_be_done_is_said_with_the_next_step(home, arguments, told):
    assert told in refused(home, *arguments, *(ON if arguments[0] in ("ask", "issue", "open") else []))


BY = ["--role", "Secretariat", "--on", "2026-03-01"]


@pytest.fixture
def place(tmp_path):
    (tmp_path / "letter.pdf").write_bytes(b"signed")
    return workspace_of(tmp_path / "place", chat="generation", form="declared").home


def test_every_kind_can_be_stated(place):
    letter = ["--document", str(place.parent / "letter.pdf")]
    survey = ["--question", "work_got_better", "--answer", "watch"]
    done(place, "record", "attestation", *survey, *BY, *letter)
    undeclared = ["--question", "undeclared_use", "--system", "chat"]
    done(place, "record", "case", *undeclared, "--happened-on", "2026-02-01", *BY)
    done(place, "record", "review", "1", "--outcome", "refuted", *BY, "--text", "A test.")
    done(place, "record", "inspection", *undeclared, "--from", "2026-02-01", "--to", "2026-02-28", "--examined", "500",
         "--found", "0", "--recall", "0.9", *BY)  # fmt: skip
    done(place, "record", "finding", "--authority", "CNIL", "--title", "SAN-2026-003", "--article", "securite",
         "--article", "finalite", "--cap", "broken", *BY, *letter)  # fmt: skip
    done(place, "record", "close", "4", *BY, *letter)
    done(place, "record", "recommendation", "--body", "Cour des comptes", "--outside", "--to", "Direction", "--due",
         "2026-09-01", "--text", "Follow every use.", *BY)  # fmt: skip
    done(place, "record", "reply", "6", "--accepted", "partly", "--text", "From June.", *BY)
    done(place, "record", "follow-up", "6", "--state", "in_progress", *BY)
    done(place, "record", "withdraw", "1", "--text", "Entered twice.", *BY)
    done(place, "charter", "adopt", *BY, *letter)
    stated = [each.statement for each in statements(Workspace(place))]
    assert [each.kind for each in stated] == [
        "attestation",
        "case",
        "review",
        "inspection",
        "finding",
        "closure",
        "recommendation",
        "reply",
        "follow_up",
        "withdrawal",
        "adoption",
    ]
    assert str(stated[0].valid_until) == "2027-03-01"
    assert stated[4].articles == ["securite", "finalite"]
    assert stated[6].outside
    assert not any(each.signed_in for each in stated)
    shown = done(place, "record", "list", "--kind", "finding").output.splitlines()
    assert shown == ["4\tfinding\t2026-03-01\tall systems\tSecretariat\tauthority CNIL, title SAN-2026-003"]
    assert "* 0.2" in done(place, "charter", "versions").output
    assert in_force(Workspace(place)).act.role == "Secretariat"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["attestation", "--question", "undeclared_use", "--answer", "kept"], "is not attested. Known: "),
        (["attestation", "--question", "work_got_beter", "--answer", "kept"], "Did you mean 'work_got_better'?"),
        (
            ["attestation", "--question", "work_got_better", "--answer", "kept", "--system", "chatt"],
            "no system 'chatt'",
        ),
        (
            ["case", "--question", "undeclared_use", "--system", "form", "--happened-on", "2026-02-01"],
            "is not asked of",
        ),
        (["finding", "--authority", "CNIL", "--title", "x", "--article", "securit", "--cap", "watch"], "'securite'?"),
        (["close", "0"], "a closure is about a finding; entry 0 is no record"),
        (["attestation", "--question", "work_got_better", "--answer", "kept", "--role", ""], "'role': String should"),
    ],
)
def test_what_cannot_be_stated_is_said_and_nothing_is_recorded(place, arguments, told):
    letter = ["--document", str(place.parent / "letter.pdf")]
    result = run(place, "record", *arguments[:1], *BY, *letter, *arguments[1:])
    assert isinstance(result.exception, BoussoleError)
    assert told in str(result.exception)
    assert statements(Workspace(place)) == []
    # What a record is about is looked up last, in the transaction that seals it: its document is there by then.
    assert (place / "documents").exists() == (arguments[0] == "close")


STEWARD = ["--role", "Steward", "--on", "2026-03-02"]
HAPPENED = ["--title", "Left out", "--happened-on", "2026-02-27", "--known", "2026-03-02 09:30"]
CHAT = ["--system", "chat"]


def test_an_incident_from_its_entry_to_its_end(place):
    asked = ["--question", "undeclared_use", "--article", "finalite", "--personal-data"]
    done(place, "incident", "open", *CHAT, "--severity", "serious", *HAPPENED, "--text", "A leak.", *asked, *STEWARD)
    shown = done(place, "incident", "list", "--on", "2026-03-06")
    assert shown.stdout == "0\toverdue\tserious\tchat\t2026-03-05 09:30\tLeft out\n"
    day = ["--role", "Steward", "--on", "2026-03-10"]
    done(place, "incident", "update", 0, *day, "--reported-to", "CNIL", "--reported", "2026-03-10T10:00",
         "--duty", "gdpr_33")  # fmt: skip
    ending = ["--cause", "An old key.", "--measures", "A new one."]
    early = run(place, "incident", "close", 0, *day, *ending)
    assert "no report is recorded" in str(early.exception)
    done(place, "incident", "update", 0, *day, "--reported-to", "Authority", "--reported", "2026-03-10", "--duty",
         "ai_act_73")  # fmt: skip
    done(place, "incident", "close", 0, *day, *ending)
    listed = done(place, "incident", "list", "--on", "2026-03-31")
    assert listed.stdout == "0\tclosed\tserious\tchat\t-\tLeft out\n"
    assert "Reported in time: 1 of 2 reports that were due." in listed.stderr
    assert done(place, "incident", "list", "--open", "--on", "2026-03-31").stdout == ""
    assert run(place, "verify", "--ledger").exit_code == 3


def test_an_appeal_is_known_by_its_number_alone(place):
    entered = ["appeal", "enter", *CHAT, "--asks", "explanation", "--ground", "not_told", "--decided-on", "2026-01-15"]
    number = done(place, *entered, "--received-on", "2026-01-20", "--human-review", *STEWARD).stdout.strip()
    late = done(place, "appeal", "list", "--on", "2026-03-02").stdout
    assert late == f"{number}\t0\tlate\tchat\texplanation\t2026-02-20\t41\t-\n"
    done(place, "appeal", "decide", number, "--outcome", "upheld", "--reviewed", *STEWARD)
    listed = done(place, "appeal", "list", "--on", "2026-03-02")
    assert listed.stdout.split("\t")[-1] == "upheld\n"
    assert "Received: 1, waiting: 0, of these late: 0." in listed.stderr
    assert statements(Workspace(place))[1].statement.of == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["incident", "open", "--system", "chatt", "--severity", "minor", "--text", "x", *HAPPENED], "system 'chatt'"),
        (["incident", "open", *CHAT, "--severity", "minor", "--text", "Mme Durand", *HAPPENED], "name somebody"),
        (["incident", "open", *CHAT, "--severity", "minor", "--text", "x", "--audit", 4, *HAPPENED], "no audit of"),
        (["incident", "open", *CHAT, "--severity", "minor", "--text", "x", "--question", "undeclared", *HAPPENED],
         "closest is “undeclared_use”"),
        (["incident", "close", 3, "--cause", "x", "--measures", "y"], "entry 3 is no record"),
        (["appeal", "decide", "r_00000000", "--outcome", "upheld"], "no appeal 'r_00000000'"),
        (["appeal", "decide", 8, "--outcome", "upheld"], "entry 8 is no record"),
    ],
)  # fmt: skip
def test_what_cannot_be_entered_is_said_and_nothing_is_recorded(place, arguments, told):
    result = run(place, *arguments, *STEWARD)
    assert isinstance(result.exception, BoussoleError), result.output
    assert told in str(result.exception)
    assert statements(Workspace(place)) == []
