"""The names behind the numbers of members: kept beside the ledger, so that they can be corrected and erased."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.workspace import Workspace
from boussole.charter.records import open_records
from boussole.charter.records.database import overwrite, reading
from boussole.charter.records.models import DraftComment, MemberName


@dataclass(frozen=True, kw_only=True)
class MemberContact:
    """A member's name, and how to reach them."""

    member: str
    name: str
    contact: str


def new_number() -> str:
    """A number for a new member, drawn by chance: it says nothing about anybody."""
    return f"m_{secrets.token_hex(4)}"


def directory(workspace: Workspace) -> dict[str, MemberContact]:
    """The names that are known, by the numbers of their members."""
    query = select(MemberName.member, MemberName.name, MemberName.contact).order_by(MemberName.name)
    with reading(workspace) as connection:
        if connection is None:
            return {}
        return {row.member: MemberContact(**row._asdict()) for row in connection.execute(query)}


def name_member(workspace: Workspace, member: str, *, name: str, contact: str = "") -> None:
    """Write down, or correct, a member's name. Raises BoussoleError for an empty or endless one."""
    name = " ".join(name.split())
    if not 0 < len(name) <= 200 or len(contact) > 200:
        raise BoussoleError("a name has 1 to 200 characters.", next_step="Give the name as it stands in the minutes.")
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    row = {"member": member, "name": name, "contact": contact, "changed_at": now}
    with open_records(workspace).begin() as connection:
        connection.execute(insert(MemberName).values(row).on_conflict_do_update(index_elements=["member"], set_=row))


def forget(workspace: Workspace, member: str) -> bool:
    """Erase a member's name, files of minutes and comments on drafts; returns whether there was a name."""
    for path in papers_folder(workspace).glob("session-*-minutes-*"):
        path.unlink(missing_ok=True)
    with open_records(workspace).begin() as connection:
        overwrite(connection)
        connection.execute(delete(DraftComment).where(DraftComment.author == member))
        return bool(connection.execute(delete(MemberName).where(MemberName.member == member)).rowcount)


def papers_folder(workspace: Workspace) -> Path:
    """Where papers of sessions are kept as files: beside the ledger, which seals their hashes."""
    return workspace.reports / "sessions"


def number_of(workspace: Workspace, word: str, *, known: list[str]) -> str:
    """The number of a member from their number or name. Raises BoussoleError where nobody, or several, bear it."""
    if word in known:
        return word
    named = [each for each in directory(workspace).values() if each.name.casefold() == word.casefold()]
    if len(named) == 1:
        return named[0].member
    if named:
        several = ", ".join(each.member for each in named)
        raise BoussoleError(f"several members are called '{word}': {several}.", next_step="Give the number.")
    choices = [*known, *(each.name for each in directory(workspace).values())]
    hint = nearest(word, choices) if choices else "There are no members yet."
    raise BoussoleError(f"no member is '{word}'. {hint}", next_step="See `boussole committee members`.")
