"""Incidents and appeals as they stand at a moment, and what may be entered next, computed entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any, TypeVar

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.committee.referrals.asking import known_audit
from boussole.charter.deadlines.incidents import told
from boussole.charter.incidents.personal import traces
from boussole.charter.incidents.refusals import EntryRefusedError
from boussole.charter.judging.families import asked_of
from boussole.charter.record_types.incidents import Appeal, AppealDecision, Incident, IncidentClosure, IncidentUpdate
from boussole.charter.record_types.inputs import words_in
from boussole.charter.record_types.kinds import STATED, Case, Finding, Inspection, Statement, Withdrawal
from boussole.charter.record_types.planting import PlantedErrors, Planting
from boussole.charter.records import SealedStatement, open_records, seal, statements
from boussole.charter.records.blinding import blinded
from boussole.charter.records.documents.files import settled_file
from boussole.charter.records.in_force import in_force
from boussole.charter.records.statements import check_reference, find, statements_in, write

S = TypeVar("S", bound=Statement)
SHOWN_BY = (Finding, Case, Inspection)
"""What an incident may name as what shows it."""


class Book:
    """The statements that stand, in the order they were sealed."""

    def __init__(self, sealed: Iterable[SealedStatement] = ()) -> None:
        self._by_entry: dict[int, Statement] = {}
        self._about: dict[int, list[int]] = {}
        self._gone: set[int] = set()
        self._numbers: dict[str, int] = {}
        for each in sealed:
            self.add(each)

    def add(self, sealed: SealedStatement) -> None:
        """Adds one more statement."""
        said = sealed.statement
        if isinstance(said, Withdrawal):
            self._gone.add(said.of)
            return
        self._by_entry[sealed.entry] = said
        of = getattr(said, "of", None)
        if of is not None:
            self._about.setdefault(of, []).append(sealed.entry)
        if isinstance(said, Appeal):
            self._numbers.setdefault(said.number, sealed.entry)

    def appeal_of(self, number: str) -> int | None:
        """The entry of the appeal with a number, whether it was withdrawn or not."""
        return self._numbers.get(number)

    def stands(self, entry: int, kind: type[S]) -> S:
        """The statement of an entry; raises EntryRefusedError where there is none or it was withdrawn."""
        if entry in self._gone:
            raise EntryRefusedError("withdrawn", entry=entry)
        said = self._by_entry.get(entry)
        if not isinstance(said, kind):
            raise EntryRefusedError("apart", entry=entry)
        return said

    def about(self, kind: type[Any], entry: int) -> list[tuple[int, Any]]:
        """The statements of a kind that stand and are about an entry."""
        found = [(at, self._by_entry[at]) for at in self._about.get(entry, ()) if at not in self._gone]
        return [(at, said) for at, said in found if isinstance(said, kind)]

    def standing(self, kind: type[S]) -> list[S]:
        """All statements of a kind that stand."""
        return [said for at, said in self._by_entry.items() if at not in self._gone and isinstance(said, kind)]

    def shows(self, entry: int) -> bool:
        """Whether an entry is one that an incident may name."""
        return entry not in self._gone and isinstance(self._by_entry.get(entry), SHOWN_BY)


def admit(book: Book, said: Statement) -> None:
    """Holds a statement to the rules of its kind. Raises EntryRefusedError."""
    hold_words(said)
    if type(said) in ADMIT:
        ADMIT[type(said)](book, said)


def hold_words(said: Statement) -> None:
    """Raises EntryRefusedError where what somebody wrote seems to lead to a person."""
    for name in words_in(type(said)):
        for trace in traces(getattr(said, name) or ""):
            raise EntryRefusedError(f"personal_{trace}").about(name)


def _admit_incident(book: Book, said: Incident) -> None:
    for entry in said.findings:
        if not book.shows(entry):
            raise EntryRefusedError("no_evidence", entry=entry)


def _open_incident(book: Book, said: IncidentUpdate | IncidentClosure) -> Incident:
    incident = book.stands(said.of, Incident)
    if said.on < incident.on:
        raise EntryRefusedError("before_known", date=incident.on)
    closed = book.about(IncidentClosure, said.of)
    if closed:
        raise EntryRefusedError("is_closed", entry=closed[-1][0])
    return incident


def _admit_update(book: Book, said: IncidentUpdate) -> None:
    incident = _open_incident(book, said)
    for moment in (said.known_at, said.reported_at):
        if moment is not None and moment < incident.known_at:
            raise EntryRefusedError("before_known", date=incident.known_at.date())


def _admit_closure(book: Book, said: IncidentClosure) -> None:
    """What had to be reported was, late or not: closing an incident ends no duty."""
    incident = _open_incident(book, said)
    stands = told(said.of, incident, book.about(IncidentUpdate, said.of), None, today=said.on)
    if any(each.report is None for each in stands.deadlines):
        raise EntryRefusedError("not_reported")


def _admit_appeal(book: Book, said: Appeal) -> None:
    if book.appeal_of(said.number) is not None:
        raise EntryRefusedError("number_taken")


def _admit_decision(book: Book, said: AppealDecision) -> None:
    appeal = book.stands(said.of, Appeal)
    if said.on < appeal.received_on:
        raise EntryRefusedError("after_decision", date=appeal.received_on)
    if said.sheet is not None and appeal.asks != "explanation":
        raise EntryRefusedError("no_explanation", entry=said.of)
    if said.sheet is not None and book.about(AppealDecision, said.of):
        raise EntryRefusedError("explained_already", entry=said.of)


def _admit_planting(book: Book, said: Planting) -> None:
    if any(each.commitment == said.commitment for each in book.standing(Planting)):
        raise EntryRefusedError("commitment_taken")


def _admit_planted(book: Book, said: PlantedErrors) -> None:
    """It is what a protocol announced, which nobody has answered yet, and not more of it."""
    found = [each for each in book.standing(Planting) if each.commitment == said.commitment]
    if not found or found[0].system != said.system:
        raise EntryRefusedError("no_protocol")
    if any(each.commitment == said.commitment for each in book.standing(PlantedErrors)):
        raise EntryRefusedError("planted_already")
    if said.on <= found[0].end:
        raise EntryRefusedError("protocol_lasts", date=found[0].end)
    if said.planted > found[0].errors:
        raise EntryRefusedError("too_many_planted", errors=found[0].errors)


GOVERNED = ("incident", "appeal", "work")
"""The commands whose records are held here; what is not in `ADMIT` says nothing that leads to a person, and no more."""
ADMIT: dict[type[Statement], Callable[[Book, Any], None]] = {
    Incident: _admit_incident,
    IncidentUpdate: _admit_update,
    IncidentClosure: _admit_closure,
    Appeal: _admit_appeal,
    AppealDecision: _admit_decision,
    Planting: _admit_planting,
    PlantedErrors: _admit_planted,
}
"""What each kind asks."""


def faults(sealed: Iterable[SealedStatement]) -> Iterator[tuple[int, EntryRefusedError]]:
    """The entries that may not have been entered, given those before them, each with the reason."""
    book = Book()
    for each in sealed:
        if each.statement.governed in GOVERNED:
            try:
                admit(book, each.statement)
            except EntryRefusedError as reason:
                yield each.entry, reason
        book.add(each)


def record(workspace: Workspace, statement: Statement) -> SealedStatement:
    """Seal what somebody states, by the way that is its kind's.

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
