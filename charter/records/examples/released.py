"""Redacted examples of texts: released, shown until a day, withdrawn, erased with the text that they were made from.

The redacted text is kept encrypted under the fingerprint that its record seals, with the salt of it and the place of
its original; the record holds no word of it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from boussole.audits import private_files
from boussole.audits.decisions.kept_texts import KeptText, kept_until, places
from boussole.audits.errors import PrivacyError
from boussole.audits.hashing import canonical_json
from boussole.audits.privacy.blobs import seal_bytes, unseal_bytes
from boussole.audits.texts.personal.examples import ExampleError
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.examples import TextExample, TextExampleEnd
from boussole.charter.records.database import open_records
from boussole.charter.records.documents.attachments import alone
from boussole.charter.records.statements import SealedStatement, check_reference, statements, statements_in, write

KINDS = (TextExample.kind, TextExampleEnd.kind)
ENDING = ".sealed"
_WORK = "working on the examples of texts"


@dataclass(frozen=True, kw_only=True)
class Example:
    """An example that was released: its entry, what is sealed of it, and the day on which it was withdrawn, if it was;
    its text is read apart (`text_of`)."""

    entry: int
    said: TextExample
    ended: dt.date | None = None

    def stands(self, today: dt.date) -> bool:
        """Whether it is to be shown on a day, as far as the ledger says."""
        return self.ended is None and today <= self.said.until

    @property
    def last_day(self) -> dt.date:
        """The last day on which it was, or is, shown."""
        return min(self.said.until, self.ended) if self.ended else self.said.until


@dataclass(frozen=True, kw_only=True)
class _KeptExample:
    """What is kept of an example: its text, and of the original the place and the day."""

    text: str
    place: tuple[int, int]
    day: dt.date


def examples(workspace: Workspace) -> list[Example]:
    """All that were ever released, the newest first."""
    return examples_in(statements(workspace, kinds=KINDS))


def examples_in(sealed: Iterable[SealedStatement]) -> list[Example]:
    """The examples among some records, the newest first."""
    found, ended = list[tuple[int, TextExample]](), dict[int, dt.date]()
    for each in sealed:
        if isinstance(each.statement, TextExample):
            found.append((each.entry, each.statement))
        elif isinstance(each.statement, TextExampleEnd):
            ended[each.statement.of] = each.statement.on
    return [Example(entry=entry, said=said, ended=ended.get(entry)) for entry, said in reversed(found)]


def release(
    workspace: Workspace,
    original: KeptText,
    shown: str,
    *,
    period: tuple[dt.date, dt.date],
    finding: str,
    until: dt.date | None,
    role: str,
    signed_in: bool,
    today: dt.date,
) -> Example:
    """Keep a redacted text and seal that it was released, until a day or for as long as its original is kept.

    Raises ExampleError for a day that has passed, or on which the original is no longer kept.
    """
    last = kept_until(workspace.system(original.system), original.day)
    if last is None or last < today:
        raise ExampleError("no_term" if last is None else "none")
    if until is not None and until < today:
        raise ExampleError("passed")
    if until is not None and until > last:
        raise ExampleError("day")
    salt = secrets.token_bytes(32)
    said = TextExample(
        role=role,
        on=today,
        signed_in=signed_in,
        system=original.system,
        start=period[0],
        end=period[1],
        finding=finding,
        fingerprint=_fingerprint(salt, shown),
        until=until or last,
    )
    held = {"salt": salt.hex(), "text": shown, "place": list(original.place), "day": original.day.isoformat()}
    path, records = path_of(workspace, said.fingerprint), open_records(workspace)
    with alone(workspace.examples, _WORK):
        private_files.write(path, seal_bytes(workspace, canonical_json(held)), lasting=True)
        try:
            with records.begin() as connection:
                sealed = write(connection, said)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return Example(entry=sealed.entry, said=said)


def end(workspace: Workspace, said: TextExampleEnd) -> SealedStatement:
    """Seal that an example is no longer shown, and erase its text. Raises ExampleError for one that is not shown."""
    with alone(workspace.examples, _WORK):
        done = _ended(workspace, said)
        path_of(workspace, _said(workspace, said.of).fingerprint).unlink(missing_ok=True)
    return done


def _ended(workspace: Workspace, said: TextExampleEnd) -> SealedStatement:
    with open_records(workspace).begin() as connection:
        check_reference(connection, said)
        found = next(each for each in examples_in(statements_in(connection, kinds=KINDS)) if each.entry == said.of)
        if not found.stands(said.on):
            raise ExampleError("ended")
        return write(connection, said.model_copy(update={"system": found.said.system}))


def _said(workspace: Workspace, entry: int) -> TextExample:
    return next(each.said for each in examples(workspace) if each.entry == entry)


def text_of(workspace: Workspace, example: Example, *, today: dt.date) -> str:
    """The redacted text of an example that is shown.

    Raises ExampleError where it is not shown (any more), as its system file says now too; where it is missing, or not
    what was sealed.
    """
    if not example.stands(today):
        raise ExampleError("ended")
    kept = _opened(workspace, example.said.fingerprint)
    system = workspace.systems.get(example.said.system)
    last = kept_until(system, kept.day) if system is not None else None
    if last is None or last < today:
        raise ExampleError("ended")
    return kept.text


def damaged(workspace: Workspace, found: Iterable[Example], *, today: dt.date) -> list[Example]:
    """Those that are to be shown and whose text is missing, or is not what was sealed."""
    return [each for each in found if each.stands(today) and not _whole(workspace, each)]


def over_texts(workspace: Workspace, found: Iterable[Example], *, today: dt.date) -> list[Path]:
    """Texts that lie there though nothing that is shown names them: the next purge erases them."""
    shown = {path_of(workspace, each.said.fingerprint) for each in found if each.stands(today)}
    return [path for path in _lying(workspace) if path not in shown]


def forget_examples(workspace: Workspace, *, today: dt.date, dry_run: bool = False) -> list[Example]:
    """Erase the texts of examples whose time is over, and of those whose original is gone or is no longer kept, as the
    lake and the system files say now; these end in the ledger too. Returns those of which a text goes.

    Texts that no record names go as well: a process that was killed left them.
    """
    if not _lying(workspace) and not any(each.stands(today) for each in examples(workspace)):
        return []
    with alone(workspace.examples, _WORK):
        found = examples(workspace)
        lying = {*_lying(workspace)}
        orphans = [each for each in found if each.stands(today) and _orphan(workspace, each, today=today)]
        going = [
            each for each in found if path_of(workspace, each.said.fingerprint) in lying and not each.stands(today)
        ]
        if dry_run:
            return [*orphans, *going]
        for each in orphans:
            said = TextExampleEnd(role="purge", on=today, of=each.entry, reason="original_gone")
            _ended(workspace, said)
            path_of(workspace, each.said.fingerprint).unlink(missing_ok=True)
        for path in over_texts(workspace, examples(workspace), today=today):
            path.unlink(missing_ok=True)
    return [*orphans, *going]


def _orphan(workspace: Workspace, example: Example, *, today: dt.date) -> bool:
    """Whether the original of an example is gone, or no longer kept. One that cannot be read is told by `verify`."""
    try:
        kept = _opened(workspace, example.said.fingerprint)
    except ExampleError:
        return False
    system = workspace.systems.get(example.said.system)
    last = kept_until(system, kept.day) if system is not None else None
    return last is None or last < today or kept.place not in places(workspace, example.said.system)


def path_of(workspace: Workspace, fingerprint: str) -> Path:
    """Where the text of a fingerprint is kept."""
    return workspace.examples / f"{fingerprint}{ENDING}"


def _lying(workspace: Workspace) -> Sequence[Path]:
    return sorted(path for path in workspace.examples.glob(f"*{ENDING}") if path.is_file())


def _whole(workspace: Workspace, example: Example) -> bool:
    try:
        _opened(workspace, example.said.fingerprint)
    except ExampleError:
        return False
    return True


def _opened(workspace: Workspace, fingerprint: str) -> _KeptExample:
    """What is kept under a fingerprint. Raises ExampleError where it is missing, or is not what was sealed."""
    try:
        held: Mapping[str, Any] = json.loads(unseal_bytes(workspace, path_of(workspace, fingerprint).read_bytes()))
        salt, text, day = (str(held[name]) for name in ("salt", "text", "day"))
        batch, row = held["place"]
        kept = _KeptExample(text=text, place=(int(batch), int(row)), day=dt.date.fromisoformat(day))
    except (OSError, PrivacyError, ValueError, KeyError, TypeError) as error:
        raise ExampleError("unread") from error
    if not hmac.compare_digest(_fingerprint(bytes.fromhex(salt), text), fingerprint):
        raise ExampleError("unread")
    return kept


def _fingerprint(salt: bytes, text: str) -> str:
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()
