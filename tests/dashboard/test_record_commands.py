"""`boussole record`: each kind can be stated, and what cannot be is said with the next step."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.records import statements
from boussole.charter.records.in_force import in_force
from boussole.dashboard.cli.main import app
from tests.written import system_text

BY = ["--role", "Secretariat", "--on", "2026-03-01"]


@pytest.fixture
def home(tmp_path):
    made = Workspace.create(tmp_path / "home")
    text = system_text("chat", "", kind="generation")
    (made.home / "systems" / "chat.yaml").write_text(text, encoding="utf-8")
    (made.home / "systems" / "form.yaml").write_text(system_text("form", "", kind="declared"), encoding="utf-8")
    (tmp_path / "letter.pdf").write_bytes(b"signed")
    return made.home


def run(home, *arguments):
    return CliRunner().invoke(app, ["--workspace", str(home), *arguments])


def done(home, *arguments):
    result = run(home, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


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
    shown = done(home, "record", "list", "--kind", "finding").splitlines()
    assert shown == ["4\tfinding\t2026-03-01\tall systems\tSecretariat\tauthority CNIL, title SAN-2026-003"]
    assert "* 0.2" in done(home, "charter", "versions")
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
