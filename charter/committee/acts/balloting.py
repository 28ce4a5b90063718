"""Voting, openly or in secret, and ending a vote. Each state of a ballot box has its key in `keys/ballots/`."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from boussole.audits import private_files
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Turn, Who, turn
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voting import ballot_box
from boussole.charter.committee.voting.ballot_box import Box
from boussole.charter.committee.voting.presence import count
from boussole.charter.committee.voting.votes import admit_ballot, choices_of, open_vote, ready, result
from boussole.charter.record_types.acts import Annulment, Ballot, Choice, Participation, Tally
from boussole.charter.records import SealedStatement
from boussole.charter.records.blinding import blinded
from boussole.charter.records.models import BallotBox

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
        after, nonce = ballot_box.with_ballot(vote, before, choice)
        key = keys.new(vote)
        row = {"vote": vote, "key": key, "ballots": ballot_box.locked(after, keys.read(key))}
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
        found = ballot_box.unlocked(vote, row.ballots, self.read(row.key))
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
            os.write(handle, ballot_box.new_key())
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
