"""The very text that is decided on, found by its hash among all that was saved: with its draft and its version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from boussole.audits.workspace import Workspace
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voting.presence import over
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import Consensus, Opinion, OpinionText, Tally, Vote
from boussole.charter.records.database import reading
from boussole.charter.records.models import Draft, DraftText


@dataclass(frozen=True, kw_only=True)
class VotedText:
    """A text that was saved. `version` is that in which it stands, `latest` that of its draft."""

    draft: int
    version: int
    latest: int
    sealed_as: int | None
    wording: OpinionText


def texts_of(workspace: Workspace, committee: str) -> dict[str, VotedText]:
    """Every complete text that was saved in a committee, by its hash; where it was saved twice, the last version."""
    with reading(workspace) as connection:
        return {} if connection is None else texts_in(connection, committee)


def texts_in(connection: Connection, committee: str) -> dict[str, VotedText]:
    """The same, as the caller's transaction sees it."""
    columns = (Draft.id, Draft.version.label("latest"), Draft.sealed_as, DraftText.version, DraftText.body)
    query = select(*columns).join(DraftText, DraftText.draft == Draft.id)
    query = query.where(Draft.committee == committee).order_by(DraftText.id)
    found: dict[str, VotedText] = {}
    for row in connection.execute(query):
        wording = wording_in(json.loads(row.body))
        if wording is None:
            continue
        found[wording.sha256] = VotedText(
            draft=row.id, version=row.version, latest=row.latest, sealed_as=row.sealed_as, wording=wording
        )
    return found


def words_of(connection: Connection, draft: int) -> set[str]:
    """The hashes of every complete text that was saved of a draft, in the caller's transaction."""
    bodies = connection.execute(select(DraftText.body).where(DraftText.draft == draft)).scalars()
    found = [wording_in(json.loads(body)) for body in bodies]
    return {each.sha256 for each in found if each}


def wording_in(body: Mapping[str, Any]) -> OpinionText | None:
    """The words of a draft of an opinion; None while it is not complete."""
    try:
        return OpinionText.model_validate(body)
    except ValueError:
        return None


def needs_unused(house: CommitteeState, subjects: set[str]) -> None:
    """Raises RefusedError where a vote or a decision rests on some texts, so that they cannot be thrown away."""
    entry = in_use(house, subjects)
    if entry is not None:
        raise RefusedError("draft_in_use", entry=entry)


def in_use(house: CommitteeState, subjects: set[str]) -> int | None:
    """The vote under way, or the decision without an opinion yet, that rests on one of some texts, if any."""
    for entry, vote in house.standing(Vote):
        if not over(house, entry) and vote.subject in subjects:
            return entry
    adopted = [entry for entry, tally in house.standing(Tally) if tally.adopted]
    for entry in [*adopted, *(entry for entry, _ in house.standing(Consensus))]:
        if decided(house, entry)[0].subject in subjects and not house.about(Opinion, entry):
            return entry
    return None
