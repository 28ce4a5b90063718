"""What people state: sealed word for word, answered by later records, never changed, and found when it was."""

from __future__ import annotations

import datetime as dt
import hashlib
import json

import pytest
from pydantic import ValidationError
from sqlalchemy.exc import IntegrityError

from boussole.audits import ledger
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import (
    Attestation,
    Case,
    Closure,
    Review,
    Withdrawal,
)
from boussole.charter.records import keep_file, open_records, seal, statements, verify_records
from tests.written import finding as finding_of

DAY = dt.date(2026, 9, 1)


@pytest.fixture
def workspace(tmp_path):
    return Workspace.create(tmp_path / "50% odd?")


@pytest.fixture
def letter(workspace, tmp_path):
    path = tmp_path / "Avis du comité (signé).pdf"
    path.write_bytes(b"%PDF a signed letter")
    return keep_file(workspace, path)


def attestation(letter, **changes):
    values = {"role": "Staff representatives", "on": DAY, "indicator": "work_got_better", "answer": "kept"}
    values |= {"valid_until": dt.date(2027, 9, 1), "document": letter, "text": "Enquête : 62 % d’avis favorables."}
    return Attestation(**(values | changes))


def tamper(workspace, statement):
    with open_records(workspace).begin() as connection:
        for act in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS records_no_{act}")
        connection.exec_driver_sql(statement)


def test_a_statement_is_sealed_by_its_hash_alone(workspace, letter):
    sealed = seal(workspace, attestation(letter, system="matchft"))
    with ledger.reader(workspace.governance).begin() as connection:
        (entry,) = ledger.entries(connection)
        (text,) = connection.exec_driver_sql("SELECT document FROM records").scalars()
    assert (entry.kind, sealed.entry) == ("attestation", 0)
    assert entry.payload == {"record": hashlib.sha256(text.encode()).hexdigest(), "system": "matchft"}
    assert json.loads(text)["text"] == "Enquête : 62 % d’avis favorables."
    assert seal(workspace, attestation(letter, system="matchft")) == sealed, "a double click seals once"
    assert statements(workspace) == [sealed]
    assert verify_records(workspace).ok
    for statement in ("DELETE FROM records", "UPDATE records SET kind = 'case'"):
        with open_records(workspace).begin() as connection, pytest.raises(IntegrityError, match="never changed"):
            connection.exec_driver_sql(statement)


def test_a_document_is_kept_once_by_its_content(workspace, letter, tmp_path):
    again = tmp_path / "copy.pdf"
    again.write_bytes(b"%PDF a signed letter")
    assert keep_file(workspace, again).sha256 == letter.sha256 == hashlib.sha256(b"%PDF a signed letter").hexdigest()
    assert [path.name for path in workspace.unsealed.iterdir()] == [letter.sha256]
    seal(workspace, attestation(letter))
    keep_file(workspace, again)
    assert [path.name for path in (workspace.home / "documents").iterdir()] == [letter.sha256]
    assert not list(workspace.unsealed.iterdir())
    assert letter.name == "Avis du comité (signé).pdf"


def test_statements_are_read_by_kind_and_up_to_an_entry(workspace, letter):
    first = seal(workspace, attestation(letter))
    case = seal(workspace, a_case())
    review = seal(workspace, Review(role="Adviser", on=DAY, of=case.entry, outcome="confirmed"))
    assert statements(workspace, kinds=["case", "review"]) == [case, review]
    assert statements(workspace, before=review.entry) == [first, case]


def a_case(**changes):
    values = {"role": "Agency", "on": DAY, "indicator": "undeclared_use", "system": "matchft", "happened_on": DAY}
    return Case(**(values | changes))


@pytest.mark.parametrize("of", [0, 7])
def test_a_record_is_about_another_of_the_right_kind_and_of_no_day_to_come(workspace, letter, of):
    seal(workspace, attestation(letter))
    with pytest.raises(BoussoleError, match=f"about a case or inspection; entry {of} is "):
        seal(workspace, Review(role="Adviser", on=DAY, of=of, outcome="confirmed"))
    with pytest.raises(BoussoleError, match="has not come yet"):
        seal(workspace, a_case(on=dt.date(2999, 1, 1)))
    assert len(statements(workspace)) == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda f: attestation(f, valid_until=DAY), "holds until a day after"),
        (lambda f: attestation(f, answer="yes"), "kept"),
        (lambda f: attestation(f, role=" "), "at least 1 character"),
        (lambda f: attestation(f, document=None), "document"),
        (lambda f: a_case(happened_on=DAY + dt.timedelta(days=1)), "the day it happened"),
        (lambda f: attestation(f, name="Somebody"), "Extra inputs"),
    ],
)
def test_a_statement_that_says_too_little_or_too_much_is_refused(letter, make, message):
    with pytest.raises(ValidationError, match=message):
        make(letter)


@pytest.mark.parametrize(("content", "message"), [(b"", "is empty"), (None, "no such document"), (b"12", "larger")])
def test_a_document_that_cannot_be_kept_is_named(workspace, tmp_path, monkeypatch, content, message):
    monkeypatch.setattr("boussole.charter.records.documents.files.LARGEST", 1)
    if content is not None:
        (tmp_path / "letter.pdf").write_bytes(content)
    with pytest.raises(BoussoleError, match=message) as raised:
        keep_file(workspace, tmp_path / "letter.pdf")
    assert "letter.pdf" in raised.value.where
    assert not (workspace.home / "documents").exists()
    assert not workspace.unsealed.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET document = replace(document, '62', '92')",
        "UPDATE records SET system = 'other'",
        "UPDATE records SET kind = 'case' WHERE kind = 'attestation'",
        "DELETE FROM records",
    ],
)
def test_a_changed_statement_is_found(workspace, letter, statement):
    seal(workspace, attestation(letter, system="matchft"))
    tamper(workspace, statement)
    assert verify_records(workspace).bad_index == 0


def test_what_ends_a_finding_comes_after_it(workspace, letter):
    finding = seal(workspace, finding_of(on=DAY, document=letter))
    closure = Closure(role="Secretariat", on=DAY - dt.timedelta(days=1), of=finding.entry, document=letter)
    with pytest.raises(BoussoleError, match="a closure of 2026-08-31 would come before it"):
        seal(workspace, closure)
    assert statements(workspace) == [finding]
    seal(workspace, closure.model_copy(update={"on": DAY}))
    seal(workspace, Withdrawal(role="Secretariat", on=DAY, of=finding.entry, text="Entered twice."))
    assert [each.statement.kind for each in statements(workspace)] == ["finding", "closure", "withdrawal"]


def test_words_that_were_answered_or_withdrawn_since_are_not_taken_for_sealed_anew(workspace, letter):
    """A case reported again after its withdrawal, or confirmed again after it was refuted, would have been lost."""
    case = seal(workspace, a_case())
    confirmed = Review(role="Adviser", on=DAY, of=case.entry, outcome="confirmed")
    seal(workspace, confirmed)
    assert seal(workspace, confirmed).entry == 1
    seal(workspace, Review(role="Adviser", on=DAY, of=case.entry, outcome="refuted"))
    with pytest.raises(BoussoleError, match="sealed at entry 1, and entry 2 came after"):
        seal(workspace, confirmed)
    seal(workspace, Withdrawal(role="Secretariat", on=DAY, of=case.entry, text="By mistake."))
    with pytest.raises(BoussoleError, match="sealed at entry 0, and entry 3 came after"):
        seal(workspace, a_case())
    assert seal(workspace, a_case(text="Reported anew.")).entry == 4
    for answer in ("broken", "kept"):
        seal(workspace, attestation(letter, answer=answer))
    with pytest.raises(BoussoleError, match="entry 6 came after"):
        seal(workspace, attestation(letter, answer="broken"))


def test_a_record_that_was_dated_back_is_told(workspace, letter):
    """Adoptions count from the day they were sealed: moving it would make post hoc levels look old."""
    seal(workspace, attestation(letter))
    tamper(workspace, "UPDATE records SET created_at = '2026-01-01T00:00:00.000000Z'")
    found = verify_records(workspace)
    assert (found.ok, found.bad_index) == (False, 0)
    assert "moment at which it was sealed" in found.problem
