"""What is done in a meeting: opening it, voting, issuing an opinion, proving a ballot."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.systems.loading import explain
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Turn, Who, committee_state, turn
from boussole.charter.committee.acts.packs import freeze
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.drafts import SavedDraft, draft, sealed
from boussole.charter.committee.papers.minutes import seal_minutes
from boussole.charter.committee.placeholders import needs_words
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voting import votes
from boussole.charter.committee.voting.presence import count, presiding
from boussole.charter.committee.voting.votes import Box, admit_ballot, choices_of, open_vote, ready, result
from boussole.charter.record_types.acts import (
    Act,
    Annulment,
    Ballot,
    Choice,
    Consensus,
    Convocation,
    FrozenPack,
    Item,
    Minutes,
    NoQuorum,
    Opening,
    Opinion,
    OpinionText,
    Participation,
    Tally,
    Vote,
)
from boussole.charter.record_types.kinds import Recommendation
from boussole.charter.records import SealedStatement, seal
from boussole.charter.records.blinding import blinded
from boussole.charter.records.models import BallotBox


def issue(
    workspace: Workspace,
    name: str,
    *,
    decision: int,
    who: Who,
    wording: OpinionText,
    referral: int | None = None,
    system: str | None = None,
    articles: Sequence[str] = (),
    replaces: int | None = None,
    written: SavedDraft | None = None,
) -> SealedStatement:
    """Issue an opinion: the words that the decision adopted, to the letter. `written`: the draft they come from."""
    with turn(workspace, name) as now:
        opinion = Opinion(
            **asdict(who),
            committee=name,
            of=decision,
            wording=wording,
            referral=referral,
            system=system,
            articles=list(articles),
            replaces=replaces,
        )
        done = now.seal(opinion)
        if written is not None:
            sealed(now.connection, written.id, version=written.version, entry=done.entry)
        return done


def opinion_text(workspace: Workspace, number: int) -> tuple[OpinionText, SavedDraft]:
    """The words of a draft of an opinion. Raises BoussoleError where it is none, or is not complete."""
    written = draft(workspace, number)
    try:
        found = OpinionText.model_validate(written.body)
    except ValidationError as error:
        raise BoussoleError(
            explain(error, OpinionText), where=f"draft {number}", next_step="Complete it, then try again."
        ) from error
    needs_words(found)
    return found, written


def recommending(workspace: Workspace, name: str, *, opinion: int | None) -> str:
    """What a committee that recommends is called. Raises RefusedError where it issued no such opinion."""
    house = committee_state(workspace, name)
    if opinion is not None:
        house.get(Opinion, opinion)
    title = house.rules.title
    return title.get(workspace.settings.language) or next(iter(title.values()))


def recommend(
    workspace: Workspace,
    name: str,
    *,
    who: Who,
    text: str,
    to: str,
    due_on: dt.date,
    opinion: int | None = None,
    system: str | None = None,
    articles: Sequence[str] = (),
) -> SealedStatement:
    """A recommendation of a committee, by itself or as part of an opinion: who must answer it, and by when."""
    return seal(
        workspace,
        Recommendation(
            role=who.role,
            on=who.on,
            signed_in=who.signed_in,
            body=recommending(workspace, name, opinion=opinion),
            outside=False,
            addressee=to,
            due_on=due_on,
            text=text,
            system=system,
            articles=list(articles),
            committee=name,
            opinion=opinion,
        ),
    )


UNSEEN = "0" * 64
"""Stands for a commitment that is not made yet."""


def vote_openly(workspace: Workspace, name: str, *, vote: int, voter: str, choice: Choice, who: Who) -> SealedStatement:
    """Seals one open vote; the same vote sent twice is sealed once. Raises RefusedError, which says why."""
    said = blinded(workspace, Ballot(**asdict(who), committee=name, of=vote, voter=voter, choice=choice))
    with turn(workspace, name) as now:
        return now.seal(said)


def vote_in_secret(
    workspace: Workspace, name: str, *, vote: int, voter: str, choice: Choice, who: Who
) -> tuple[SealedStatement, str]:
    """Seals that somebody voted in a secret vote, and adds their encrypted ballot to the others.

    Returns the nonce by which the voter finds the ballot at the end; it is kept nowhere else. Raises RefusedError.
    """
    with _keys(workspace) as keys, turn(workspace, name) as now:
        seen = Participation(**asdict(who), committee=name, of=vote, voter=voter, box=UNSEEN)
        admit_ballot(now.house, seen)
        keys.tidy(now.connection)
        before = keys.opened(now, vote)
        after, nonce = votes.with_ballot(vote, before, choice)
        key = keys.new(vote)
        row = {"vote": vote, "key": key, "ballots": votes.locked(after, keys.read(key))}
        now.connection.execute(insert(BallotBox).values(row).on_conflict_do_update(index_elements=["vote"], set_=row))
        return now.seal(seen.model_copy(update={"box": after.commitment})), nonce


def end_vote(workspace: Workspace, name: str, *, vote: int, who: Who) -> SealedStatement:
    """End a vote and seal its result. Of a secret one, the ballots without names; its box and key are destroyed."""
    with _keys(workspace) as keys, turn(workspace, name) as now:
        for entry, _ in now.house.about(Tally, vote):
            return now.house.sealed(entry)
        said, found = open_vote(now.house, vote)
        ready(now.house, vote)
        shown: dict[str, object] = {}
        choices = list(choices_of(now.house, vote).values())
        if said.secret:
            keys.tidy(now.connection)
            last = keys.opened(now, vote)
            if last is None:
                raise RefusedError("box_changed")
            choices = [ballot.choice for ballot in last.ballots]
            shown = {"salt": last.salt, "ballots": list(last.ballots)}
        keys.destroy(now.connection, vote)
        counted = {**vars(result(now.house, vote, choices)), "count": count(now.house, found, said.item), **shown}
        return now.seal(Tally.model_validate({**asdict(who), "committee": name, "of": vote, **counted}))


def annul_vote(workspace: Workspace, name: str, *, vote: int, who: Who, text: str) -> SealedStatement:
    """Declare a vote void, with the reason; the ballots of a secret one are destroyed unseen."""
    with _keys(workspace) as keys, turn(workspace, name) as now:
        keys.tidy(now.connection)
        sealed = now.seal(Annulment(**asdict(who), committee=name, of=vote, text=text))
        keys.destroy(now.connection, vote)
        return sealed


class Keys:
    """The files of the keys to ballot boxes: which one counts, and which are to be destroyed once all is sealed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.outdated: list[str] = []

    def opened(self, now: Turn, vote: int) -> Box | None:
        """The ballots so far, held to what the last participation sealed; None while nobody has voted."""
        sealed = _sealed(now.house, vote)
        row = now.connection.execute(select(BallotBox.key, BallotBox.ballots).where(BallotBox.vote == vote)).first()
        if sealed is None and row is None:
            return None
        if sealed is None or row is None:
            raise RefusedError("box_changed")
        found = votes.unlocked(vote, row.ballots, self.read(row.key))
        if found.commitment != sealed:
            raise RefusedError("box_changed")
        self.outdated.append(row.key)
        return found

    def read(self, name: str) -> bytes:
        """The bytes of a key. Raises RefusedError when it is gone."""
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError as error:
            raise RefusedError("lost_key") from error

    def new(self, vote: int) -> str:
        """Make a key, on disk before anything rests on it, and name it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = f"{vote}-{secrets.token_hex(8)}.key"
        handle = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, votes.new_key())
            os.fsync(handle)
        finally:
            os.close(handle)
        private_files.to_disk(self.folder)
        return name

    def destroy(self, connection: Connection, vote: int) -> None:
        """Remove a box; its key goes once that is sealed."""
        gone = connection.execute(delete(BallotBox).where(BallotBox.vote == vote).returning(BallotBox.key))
        self.outdated.extend(gone.scalars())

    def tidy(self, connection: Connection) -> None:
        """Destroy keys that count for nothing. Only who has the turn may: another's new key would look the same."""
        counting = set(connection.execute(select(BallotBox.key)).scalars())
        for path in self.folder.glob("*.key"):
            if path.name not in counting:
                path.unlink(missing_ok=True)


@contextmanager
def _keys(workspace: Workspace) -> Iterator[Keys]:
    """The keys; the outdated ones are destroyed only once the transaction has ended well."""
    keys = Keys(workspace.keys / "ballots")
    yield keys
    for outdated in keys.outdated:
        (keys.folder / outdated).unlink(missing_ok=True)


def _sealed(house: CommitteeState, vote: int) -> str | None:
    last = house.last(Participation, vote)
    return last[1].box if last else None


def convene(
    workspace: Workspace,
    name: str,
    *,
    who: Who,
    starts: dt.datetime,
    ends: dt.datetime,
    place: str,
    agenda: Sequence[Item],
    kind: Literal["ordinary", "extraordinary"] = "ordinary",
    remote: bool = False,
    urgent: bool = False,
    text: str = "",
    second_call_of: int | None = None,
    amends: int | None = None,
) -> SealedStatement:
    """Call a session under the rules in force, or change one that was called (`amends`)."""
    with turn(workspace, name) as now:
        return now.seal(
            Convocation(
                **asdict(who),
                committee=name,
                session=kind,
                starts=starts,
                ends=ends,
                timezone=now.house.rules.timezone,
                place=place,
                remote=remote,
                agenda=list(agenda),
                urgent=urgent,
                text=text,
                second_call_of=second_call_of,
                amends=amends,
                rules=now.house.rules.sha256,
            )
        )


def open_session(workspace: Workspace, name: str, *, of: int, who: Who, chair: str | None = None) -> SealedStatement:
    """Open a session with its quorum. `chair`: who presides, where neither chair nor deputy is there."""
    with turn(workspace, name) as now:
        found = session(now.house, of)
        known = found.opening
        leads = chair or presiding(now.house, found) or next(iter(found.there), "m_00000000")
        counted = known.count if known else count(now.house, found)
        return now.seal(Opening(**asdict(who), committee=name, of=found.entry, presiding=leads, count=counted))


def record_no_quorum(workspace: Workspace, name: str, *, of: int, who: Who) -> SealedStatement:
    """Record that a session could not begin."""
    with turn(workspace, name) as now:
        found = session(now.house, of)
        counted = found.no_quorum.count if found.no_quorum else count(now.house, found)
        return now.seal(NoQuorum(**asdict(who), committee=name, of=found.entry, count=counted))


def begin_vote(
    workspace: Workspace,
    name: str,
    *,
    of: int,
    item: str,
    title: str,
    secret: bool,
    who: Who,
    subject: str | None = None,
    anew: bool = False,
) -> SealedStatement:
    """Put something to the vote, or once more to another vote. `subject`: the hash of the text, where there is one."""
    with turn(workspace, name) as now:
        vote = Vote(**asdict(who), committee=name, of=of, item=item, title=title, secret=secret, subject=subject)
        return now.seal(vote, anew=anew)


def agree(
    workspace: Workspace, name: str, *, of: int, item: str, title: str, who: Who, subject: str | None = None
) -> SealedStatement:
    """Record a consensus: nobody who was there objected."""
    with turn(workspace, name) as now:
        found = session(now.house, of)
        found.item(item)
        counted = count(now.house, found, item)
        return now.seal(
            Consensus(**asdict(who), committee=name, of=of, item=item, title=title, subject=subject, count=counted)
        )


def _open(workspace: Workspace, name: str, *, of: int, who: Who, presiding: str | None = None) -> SealedStatement:
    return open_session(workspace, name, of=of, who=who, chair=presiding)


def _count(workspace: Workspace, name: str, *, of: int, who: Who) -> SealedStatement:
    return end_vote(workspace, name, vote=of, who=who)


def _annul(workspace: Workspace, name: str, *, of: int, who: Who, text: str) -> SealedStatement:
    return annul_vote(workspace, name, vote=of, who=who, text=text)


def _issue(
    workspace: Workspace,
    name: str,
    *,
    of: int,
    who: Who,
    wording: OpinionText,
    written: SavedDraft | None,
    **more: Any,
) -> SealedStatement:
    return issue(workspace, name, decision=of, who=who, wording=wording, written=written, **more)


COUNTED: Mapping[type[Act], Callable[..., SealedStatement]] = {
    Opening: _open,
    NoQuorum: record_no_quorum,
    FrozenPack: freeze,
    Minutes: seal_minutes,
    Consensus: agree,
    Tally: _count,
    Annulment: _annul,
    Opinion: _issue,
}
"""Acts of which a part is counted, destroyed or marked as sealed in the moment they are sealed."""


def act(
    workspace: Workspace,
    name: str,
    kind: type[Act],
    fields: Mapping[str, Any],
    *,
    who: Who,
    each: str = "",
    anew: bool = False,
    seen: int | None = None,
) -> list[SealedStatement]:
    """Seals an act of a committee; where `each` names a field with several values, one act for each, or none at all.

    `seen`: the last entry when the form that asks for it was shown.
    Raises RefusedError when the rules do not allow it, ValidationError for fields that do not make the act.
    """
    if kind in COUNTED:
        return [COUNTED[kind](workspace, name, who=who, **fields)]
    several = [{**fields, each: value} for value in fields[each]] if each else [fields]
    acts = [kind.model_validate({**asdict(who), "committee": name, **said}) for said in several]
    with turn(workspace, name) as now:
        return [_seal(now, made, anew=anew, seen=seen) for made in acts]


def _seal(now: Turn, made: Act, *, anew: bool, seen: int | None) -> SealedStatement:
    return now.seal(made, anew=anew) if seen is None else now.seal_once(made, seen=seen)
