"""`boussole record`, `incident` and `appeal`: each kind can be stated; what cannot be is said with the next step."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.records import statements
from boussole.charter.records.in_force import in_force
from boussole.dashboard.cli.main import app
from tests.dashboard.posting import workspace_of

BY = ["--role", "Secretariat", "--on", "2026-03-01"]


@pytest.fixture
def home(tmp_path):
    (tmp_path / "letter.pdf").write_bytes(b"signed")
    return workspace_of(tmp_path / "home", chat="generation", form="declared").home


def run(home, *arguments):
    return CliRunner().invoke(app, ["--workspace", str(home), *map(str, arguments)])


def done(home, *arguments):
    result = run(home, *arguments)
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def test_every_kind_can_be_stated(home):
    letter = ["--document", str(home.parent / "letter.pdf")]
    survey = ["--question", "work_got_better", "--answer", "watch"]
    done(home, "record", "attestation", *survey, *BY, *letter)
    undeclared = ["--question", "undeclared_use", "--system", "chat"]
    done(home, "record", "case", *undeclared, "--happened-on", "2026-02-01", *BY)
    done(home, "record", "review", "1", "--outcome", "refuted", *BY, "--text", "A test.")
    done(home, "record", "inspection", *undeclared, "--from", "2026-02-01", "--to", "2026-02-28", "--examined", "500",
         "--found", "0", "--recall", "0.9", *BY)  # fmt: skip
    done(home, "record", "finding", "--authority", "CNIL", "--title", "SAN-2026-003", "--article", "securite",
         "--article", "finalite", "--cap", "broken", *BY, *letter)  # fmt: skip
    done(home, "record", "close", "4", *BY, *letter)
    done(home, "record", "recommendation", "--body", "Cour des comptes", "--outside", "--to", "Direction", "--due",
         "2026-09-01", "--text", "Follow every use.", *BY)  # fmt: skip
    done(home, "record", "reply", "6", "--accepted", "partly", "--text", "From June.", *BY)
    done(home, "record", "follow-up", "6", "--state", "in_progress", *BY)
    done(home, "record", "withdraw", "1", "--text", "Entered twice.", *BY)
    done(home, "charter", "adopt", *BY, *letter)
    stated = [each.statement for each in statements(Workspace(home))]
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
    shown = done(home, "record", "list", "--kind", "finding").output.splitlines()
    assert shown == ["4\tfinding\t2026-03-01\tall systems\tSecretariat\tauthority CNIL, title SAN-2026-003"]
    assert "* 0.2" in done(home, "charter", "versions").output
    assert in_force(Workspace(home)).act.role == "Secretariat"


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
def test_what_cannot_be_stated_is_said_and_nothing_is_recorded(home, arguments, told):
    letter = ["--document", str(home.parent / "letter.pdf")]
    result = run(home, "record", *arguments[:1], *BY, *letter, *arguments[1:])
    assert isinstance(result.exception, BoussoleError)
    assert told in str(result.exception)
    assert statements(Workspace(home)) == []
    # What a record is about is looked up last, in the transaction that seals it: its document is there by then.
    assert (home / "documents").exists() == (arguments[0] == "close")


STEWARD = ["--role", "Steward", "--on", "2026-03-02"]


HAPPENED = ["--title", "Left out", "--happened-on", "2026-02-27", "--known", "2026-03-02 09:30"]


CHAT = ["--system", "chat"]


def test_an_incident_from_its_entry_to_its_end(home):
    asked = ["--question", "undeclared_use", "--article", "finalite", "--personal-data"]
    done(home, "incident", "open", *CHAT, "--severity", "serious", *HAPPENED, "--text", "A leak.", *asked, *STEWARD)
    shown = done(home, "incident", "list", "--on", "2026-03-06")
    assert shown.stdout == "0\toverdue\tserious\tchat\t2026-03-05 09:30\tLeft out\n"
    day = ["--role", "Steward", "--on", "2026-03-10"]
    done(home, "incident", "update", 0, *day, "--reported-to", "CNIL", "--reported", "2026-03-10T10:00",
         "--duty", "gdpr_33")  # fmt: skip
    ending = ["--cause", "An old key.", "--measures", "A new one."]
    early = run(home, "incident", "close", 0, *day, *ending)
    assert "no report is recorded" in str(early.exception)
    done(home, "incident", "update", 0, *day, "--reported-to", "Authority", "--reported", "2026-03-10", "--duty",
         "ai_act_73")  # fmt: skip
    done(home, "incident", "close", 0, *day, *ending)
    listed = done(home, "incident", "list", "--on", "2026-03-31")
    assert listed.stdout == "0\tclosed\tserious\tchat\t-\tLeft out\n"
    assert "Reported in time: 1 of 2 reports that were due." in listed.stderr
    assert done(home, "incident", "list", "--open", "--on", "2026-03-31").stdout == ""
    assert run(home, "verify", "--ledger").exit_code == 3


def test_an_appeal_is_known_by_its_number_alone(home):
    entered = ["appeal", "enter", *CHAT, "--asks", "explanation", "--ground", "not_told", "--decided-on", "2026-01-15"]
    number = done(home, *entered, "--received-on", "2026-01-20", "--human-review", *STEWARD).stdout.strip()
    late = done(home, "appeal", "list", "--on", "2026-03-02").stdout
    assert late == f"{number}\t0\tlate\tchat\texplanation\t2026-02-20\t41\t-\n"
    done(home, "appeal", "decide", number, "--outcome", "upheld", "--reviewed", *STEWARD)
    listed = done(home, "appeal", "list", "--on", "2026-03-02")
    assert listed.stdout.split("\t")[-1] == "upheld\n"
    assert "Received: 1, waiting: 0, of these late: 0." in listed.stderr
    assert statements(Workspace(home))[1].statement.of == 0


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
def test_what_cannot_be_entered_is_said_and_nothing_is_recorded(home, arguments, told):
    result = run(home, *arguments, *STEWARD)
    assert isinstance(result.exception, BoussoleError), result.output
    assert told in str(result.exception)
    assert statements(Workspace(home)) == []
