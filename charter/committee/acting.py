"""Acting: every act is held to the rules by what stands at that moment, and sealed in the same transaction."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from boussole.audits.drift.series import Examined
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.committee.advising import opinions
from boussole.charter.committee.meetings import sessions
from boussole.charter.committee.people import members
from boussole.charter.committee.placeholders import needs_words, needs_written
from boussole.charter.committee.referrals import matters
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.rules import committee as rules_of
from boussole.charter.committee.rules import committees
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voted import texts_in
from boussole.charter.committee.voting import presence, votes
from boussole.charter.committee.voting.presence import over
from boussole.charter.record_types.acts import (
    ACTS,
    Act,
    Annulment,
    Attendance,
    Ballot,
    Cancellation,
    Closing,
    CommitteeAnswer,
    CommitteeQuestion,
    Consensus,
    Convocation,
    Dissent,
    FrozenPack,
    Hearing,
    Interest,
    ItemNote,
    Mandate,
    MandateEnd,
    Minutes,
    NoQuorum,
    Office,
    Opening,
    Opinion,
    Participation,
    Proxy,
    Publication,
    PublicationDecision,
    Rapporteur,
    Recusal,
    Referral,
    Rules,
    RulesInForce,
    SessionPaper,
    Tally,
    Vote,
)
from boussole.charter.records import SealedStatement, open_records, summaries
from boussole.charter.records.database import reading
from boussole.charter.records.statements import find, statements_in, write


def _admit_rules(house: CommitteeState, act: RulesInForce) -> None:
    if act.rules.id != house.committee:
        raise RefusedError("apart", entry=act.rules.id)
    in_force = house.adopted
    if act.act == "adopted" and in_force is not None and in_force.rules == act.rules:
        raise RefusedError("in_force")


ADMIT: dict[type[Act], Callable[[CommitteeState, Any], None]] = {
    RulesInForce: _admit_rules,
    Mandate: members.admit_mandate,
    MandateEnd: members.admit_mandate_end,
    Office: members.admit_office,
    Proxy: presence.admit_proxy,
    Interest: members.admit_interest,
    Recusal: presence.admit_recusal,
    Referral: matters.admit_referral,
    Rapporteur: matters.admit_rapporteur,
    Hearing: matters.admit_hearing,
    FrozenPack: matters.admit_pack,
    CommitteeQuestion: matters.admit_question,
    CommitteeAnswer: matters.admit_answer,
    ItemNote: sessions.admit_note,
    SessionPaper: sessions.admit_paper,
    Convocation: sessions.admit_convocation,
    Cancellation: sessions.admit_cancellation,
    Attendance: presence.admit_attendance,
    Opening: presence.admit_opening,
    NoQuorum: presence.admit_no_quorum,
    Closing: presence.admit_closing,
    Vote: votes.admit_vote,
    Ballot: votes.admit_ballot,
    Participation: votes.admit_ballot,
    Tally: votes.admit_tally,
    Annulment: votes.admit_annulment,
    Consensus: votes.admit_consensus,
    Dissent: votes.admit_dissent,
    Opinion: opinions.admit_opinion,
    PublicationDecision: opinions.admit_publication_decision,
    Publication: opinions.admit_publication,
    Minutes: opinions.admit_minutes,
}
"""What the rules ask of each kind of act; of one that is not here, no more than its model does."""


def admit(house: CommitteeState, act: Act) -> None:
    """Holds an act to the rules, by what stood before it. Raises RefusedError."""
    if type(act) in ADMIT:
        ADMIT[type(act)](house, act)


LATEST: dict[type[Act], Callable[[Any], Hashable]] = {
    RulesInForce: lambda act: act.act,
    MandateEnd: lambda act: act.of,
    Office: lambda act: act.office,
    Rapporteur: lambda act: act.of,
    Attendance: lambda act: (act.of, act.member),
    PublicationDecision: lambda act: act.of,
    ItemNote: lambda act: (act.of, act.item),
}
"""Kinds of which the act sealed last counts, and what it counts for."""


@dataclass(frozen=True, kw_only=True)
class Who:
    """Who acts, in which role, and on which day: the fields that all acts share."""

    role: str
    on: dt.date
    by: str | None = None
    signed_in: bool = False


class Turn:
    """A transaction in which one committee acts, and no other writer does."""

    def __init__(self, connection: Connection, house: CommitteeState) -> None:
        self.connection, self.house = connection, house

    def seal(self, act: Act, *, anew: bool = False) -> SealedStatement:
        """Hold an act to the rules and seal it; one that stands already, word for word, is returned as it is.

        `anew`: words that others came after are said once more. Raises RefusedError, and nothing of the turn is kept.
        """
        if act.committee != self.house.committee:
            raise RefusedError("apart", entry=act.committee)
        known = find(self.connection, act)
        if known is not None and self._counts(known, act):
            return known
        if known is not None and anew:
            return self.seal(act.model_copy(update={"anew": known.entry}), anew=True)
        if known is not None:
            raise RefusedError("no_longer", entry=known.entry)
        self._needs_written(act)
        rules = self.house.rules
        if not isinstance(act, RulesInForce) and not self.house.knows_rules(rules.sha256):
            self._write(RulesInForce(**_said(act), act="used", rules=rules))
        admit(self.house, act)
        return self._write(act)

    def _needs_written(self, act: Act) -> None:
        needs_written(act)
        if isinstance(act, (Vote, Consensus)) and act.subject is not None:
            text = texts_in(self.connection, act.committee).get(act.subject)
            if text is not None:
                needs_words(text.wording)

    def seal_once(self, act: Act, *, seen: int) -> SealedStatement:
        """Seal an act that a form sent when entry `seen` was the last; what it sealed already is returned as it is."""
        known = find(self.connection, act)
        while known is not None and not self._counts(known, act):
            if known.entry > seen:
                return known
            act = act.model_copy(update={"anew": known.entry})
            known = find(self.connection, act)
        return self.seal(act)

    def _write(self, act: Act) -> SealedStatement:
        sealed = write(self.connection, act)
        self.house = self.house.plus(sealed)
        return sealed

    def _counts(self, known: SealedStatement, act: Act) -> bool:
        """Whether the same words, sealed before, still count: nobody took them back, and none came after them."""
        standing = self.house.standing(type(act))
        if known.entry not in dict(standing):
            return False
        of = LATEST.get(type(act))
        if of is not None:
            return [entry for entry, each in standing if of(each) == of(act)][-1] == known.entry
        return not isinstance(act, Vote) or not over(self.house, known.entry)


@contextmanager
def turn(workspace: Workspace, name: str) -> Iterator[Turn]:
    """Opens the transaction in which a committee acts: from what is read to what is sealed."""
    text = rules_of(workspace, name)
    with open_records(workspace).begin() as connection:
        yield Turn(connection, _house(connection, text))


def do(workspace: Workspace, act: Act, *, anew: bool = False) -> SealedStatement:
    """Seals one act in a transaction of its own. Raises RefusedError when the rules do not allow it."""
    with turn(workspace, act.committee) as now:
        return now.seal(act, anew=anew)


def committee_state(workspace: Workspace, name: str, *, before: int | None = None) -> CommitteeState:
    """The state of a committee, made of all its acts; with `before`, of those before an entry of the ledger."""
    text = rules_of(workspace, name)
    with reading(workspace) as connection:
        return CommitteeState(text=text) if connection is None else _house(connection, text, before=before)


def here_and_now(rules: Rules) -> dt.datetime:
    """The moment in the time zone of a committee, to the minute."""
    now = dt.datetime.now(zoneinfo.ZoneInfo(rules.timezone))
    return now.replace(second=0, microsecond=0, tzinfo=None)


def _house(connection: Connection, text: Rules, *, before: int | None = None) -> CommitteeState:
    sealed = statements_in(connection, kinds=[kind.kind for kind in ACTS], before=before)
    mine = [each for each in sealed if isinstance(each.statement, Act) and each.statement.committee == text.id]
    return CommitteeState(text=text, acts=tuple(mine))


def _said(act: Act) -> dict[str, Any]:
    return {"committee": act.committee, "role": act.role, "on": act.on, "signed_in": act.signed_in}


def examined(workspace: Workspace, system: str) -> Examined:
    """A function that gives, for a window, the last one before it that a committee worked on, else that was audited."""
    packed = [
        Window(each.start, each.end)
        for name in committees(workspace)
        for _, pack in committee_state(workspace, name).standing(FrozenPack)
        for each in pack.audits
        if each.system == system
    ]
    audited = [Window(each.start, each.end) for each in summaries(workspace, system=system)]
    return lambda window: last_before(window, packed) or last_before(window, audited)


def last_before(window: Window, others: Iterable[Window]) -> Window | None:
    """The one that ends last of those that end before a window begins; of several, the longest.

    >>> import datetime as dt
    >>> day = lambda number: dt.date(2026, 1, number)
    >>> first, second, third = Window(day(1), day(2)), Window(day(3), day(4)), Window(day(5), day(6))
    >>> last_before(third, [first, second, third]) == second, last_before(first, [second])
    (True, None)
    """
    earlier = [each for each in others if each.end < window.start]
    return max(earlier, key=lambda each: (each.end, -each.start.toordinal()), default=None)
