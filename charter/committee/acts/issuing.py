"""Issuing opinions in the words that were adopted, and recommendations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from pydantic import ValidationError

from boussole.audits.errors import BoussoleError
from boussole.audits.systems.loading import explain
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Who, committee_state, turn
from boussole.charter.committee.papers.drafts import SavedDraft, draft, sealed
from boussole.charter.committee.placeholders import needs_words
from boussole.charter.record_types.acts import Opinion, OpinionText
from boussole.charter.record_types.kinds import Recommendation
from boussole.charter.records import SealedStatement, seal


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
