"""`boussole committee`: a whole session by command, and what is refused with the next step."""

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
from boussole.charter.records import verify_records
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
