"""Entering what happened: held to its rules by what stands at that moment, and sealed in the same transaction."""

from __future__ import annotations

from difflib import get_close_matches

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.referrals.asking import known_audit
from boussole.charter.incidents.book import Book, admit, faults, hold_words
from boussole.charter.incidents.refusals import EntryRefusedError
from boussole.charter.judging.families import asked_of
from boussole.charter.record_types.incidents import Incident
from boussole.charter.record_types.kinds import STATED, Statement, Withdrawal
from boussole.charter.records import SealedStatement, open_records, seal, statements
from boussole.charter.records.blinding import blinded
from boussole.charter.records.documents.files import settled_file
from boussole.charter.records.in_force import in_force
from boussole.charter.records.statements import check_reference, find, statements_in, write


def record(workspace: Workspace, statement: Statement) -> SealedStatement:
    """Seal what somebody states, by the way that is its kind's. The reason of a withdrawal is as public, and stays as
    long, as the record that it is about: it is held to what may be written there.

    Raises EntryRefusedError when its rules do not allow it, BoussoleError as `charter.records.seal` does.
    """
    if statement.governed:
        return enter(workspace, statement)
    if isinstance(statement, Withdrawal):
        hold_words(statement)
    return seal(workspace, statement)


def enter(workspace: Workspace, statement: Statement) -> SealedStatement:
    """Seal an entry about an incident or an appeal; one that stands already, word for word, is returned as it is.

    Raises EntryRefusedError when its rules do not allow it, BoussoleError as `charter.records.seal` does.
    """
    statement = blinded(workspace, statement)
    if isinstance(statement, Incident):
        _fits(workspace, statement)
    records = open_records(workspace)
    with settled_file(workspace, statement.document), records.begin() as connection:
        book = Book(statements_in(connection, kinds=STATED))
        known = find(connection, statement)
        if known is not None:
            book.stands(known.entry, type(statement))
            return known
        check_reference(connection, statement)
        admit(book, statement)
        return write(connection, statement)


def _fits(workspace: Workspace, incident: Incident) -> None:
    """Held to what there is: an audit is one of its system, and a question one that the charter asks of it."""
    if incident.audit is not None:
        known_audit(workspace, incident.audit, incident.system)
    if incident.question is None:
        return
    charter, system = in_force(workspace).charter, workspace.system(incident.system)
    asked = {each.indicator.id for each in asked_of(charter, system).questions}
    if incident.question not in asked:
        known = [each.id for each in charter.ways]
        if incident.question in known:
            raise EntryRefusedError("not_asked", question=incident.question, system=incident.system)
        (closest,) = get_close_matches(incident.question, known, n=1, cutoff=0)
        raise EntryRefusedError("no_such_question", question=incident.question, closest=closest)


def number_to_entry(workspace: Workspace, word: str) -> int:
    """The entry of an appeal, from its number or its entry. Raises BoussoleError where there is none."""
    book = Book(statements(workspace, kinds=["appeal"]))
    found = int(word) if word.isascii() and word.isdigit() and len(word) < 12 else book.appeal_of(word)
    if found is None:
        raise BoussoleError(f"there is no appeal '{word}'.", next_step="See `boussole appeal list`.")
    return found


def faults_in(workspace: Workspace) -> list[tuple[int, EntryRefusedError]]:
    """The entries of a ledger that may not have been entered."""
    return list(faults(statements(workspace, kinds=STATED)))
