"""Checkpoints and cosignatures after C2SP tlog-checkpoint and tlog-witness, and the verification of a ledger."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, func, select

from boussole.audits import private_files
from boussole.audits.errors import LedgerError
from boussole.audits.ledger.keys import (
    COSIGNATURE,
    Note,
    SigningKey,
    VerifierKey,
    check,
    decode,
    encode,
    make_key,
    parse_note,
    parse_signer,
    parse_verifier,
)
from boussole.audits.ledger.merkle import EMPTY_ROOT, Tree, verify_consistency
from boussole.audits.ledger.tree import entry_table, node_table, problem_of
from boussole.audits.regular import read_text

OTHER_TREE = "the stored tree is not the one of the entries: an entry up to here, or the tree, was rewritten"
REWRITTEN = "the root up to this entry is not the one noted earlier: an entry up to here was rewritten"


MOST_TOLD = 20
"""So many entries are named whose clock went back; the others are counted."""


@dataclass(frozen=True, kw_only=True)
class SetBack:
    """An entry that bears an earlier time than the one before it: somebody set the clock back, or an entry's time."""

    index: int
    before: str
    time: str


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What `verify` found: the number of entries, the first bad one if any, and the root of the valid ones.

    `roots`: by the sizes asked for; `back`: how many entries have an earlier time than the one before them.
    """

    size: int
    root: str
    roots: Mapping[int, str] = field(default_factory=dict)
    bad_index: int | None = None
    problem: str | None = None
    back: int = 0
    set_back: tuple[SetBack, ...] = ()

    @property
    def ok(self) -> bool:
        return self.problem is None


def verify(
    connection: Connection, *, known_roots: Mapping[int, str] | None = None, sizes: Iterable[int] = ()
) -> Verification:
    """Rehash every payload and rebuild the tree; stop at the first invalid entry.

    `known_roots`: roots by size, noted earlier and elsewhere; `sizes`: where the rebuilt roots are asked for. The
    stored tree is compared at the end. Memory does not grow with the ledger.
    """
    known = dict(known_roots or {})
    asked = {*known, *sizes}
    tree, stored, clock = Tree(), _StoredTree(connection), _Clock()
    roots = {0: EMPTY_ROOT.hex()} if 0 in asked else {}
    for place, row in enumerate(connection.execute(select(entry_table).order_by(entry_table.c.position))):
        problem = problem_of(row, place)
        if problem is not None:
            held = Verification(size=_count(connection), root=tree.root.hex(), roots=roots)
            return replace(clock.told(held), bad_index=place, problem=problem)
        clock.look(place, row.time)
        stored.compare(tree.add(bytes.fromhex(row.leaf_hash)), place)
        if tree.size in asked:
            roots[tree.size] = tree.root.hex()
    held = Verification(size=tree.size, root=tree.root.hex(), roots=roots)
    index, problem = _against(known, held) or stored.problem(tree.size) or (None, None)
    return replace(clock.told(held), bad_index=index, problem=problem)


def _against(known: Mapping[int, str], held: Verification) -> tuple[int, str] | None:
    """The entries hold in themselves: do their roots hold against those noted earlier?"""
    for size in sorted(known):
        if size > held.size:
            return held.size, f"entries are missing: {size} were known"
        if held.roots[size] != known[size]:
            return max(size - 1, 0), REWRITTEN
    return None


class _Clock:
    """Holds the time of each entry to that of the one before it."""

    def __init__(self) -> None:
        self._last, self._back = "", 0
        self._set_back: list[SetBack] = []

    def look(self, place: int, time: str) -> None:
        if time < self._last:
            self._back += 1
            self._set_back += [SetBack(index=place, before=self._last, time=time)] * (self._back <= MOST_TOLD)
        self._last = time

    def told(self, held: Verification) -> Verification:
        return replace(held, back=self._back, set_back=tuple(self._set_back))


class _StoredTree:
    """Holds the stored subtrees, level by level in the order they are completed, to those made anew."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._levels: list[Iterator[bytes]] = []
        self._other: int | None = None

    def compare(self, made: list[bytes], place: int) -> None:
        for level, node in enumerate(made[1:]):
            if level == len(self._levels):
                self._levels.append(self._level(level + 1))
            if next(self._levels[level], None) != node and self._other is None:
                self._other = place

    def problem(self, size: int) -> tuple[int, str] | None:
        """The first entry whose subtrees are not the stored ones; `size` when more are stored than entries make."""
        held = self._connection.execute(select(func.count()).select_from(node_table)).scalar_one()
        wanted = sum(size >> level for level in range(1, size.bit_length()))
        other = size if self._other is None and held != wanted else self._other
        return None if other is None else (other, OTHER_TREE)

    def _level(self, level: int) -> Iterator[bytes]:
        rows = select(node_table.c.position, node_table.c.hash).where(node_table.c.level == level)
        for place, row in enumerate(self._connection.execute(rows.order_by(node_table.c.position))):
            yield bytes(row.hash) if row.position == place and isinstance(row.hash, bytes) else b""


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(entry_table)).scalar_one()


_SIZE = re.compile(r"0|[1-9]\d{0,17}")
_ROOT_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Checkpoint:
    """The origin of a ledger, its number of entries, and their root in hexadecimal."""

    origin: str
    size: int
    root: str

    @property
    def note(self) -> Note:
        """The checkpoint as a note that nobody has signed yet: three lines."""
        return Note(f"{self.origin}\n{self.size}\n{encode(bytes.fromhex(self.root))}\n")


def parse_checkpoint(text: str) -> tuple[Note, Checkpoint]:
    """Read a signed checkpoint and its note, not verified yet. Raises LedgerError for anything else."""
    note = parse_note(text)
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) < 3 or not all(lines):
        raise _not_one("it has fewer than three lines, or an empty one")
    if not _SIZE.fullmatch(lines[1]):
        raise _not_one("the second line is not a number of entries")
    root = decode(lines[2])
    if root is None or len(root) != _ROOT_BYTES:
        raise _not_one("the third line is not a root")
    return note, Checkpoint(origin=lines[0], size=int(lines[1]), root=root.hex())


def _not_one(why: str) -> LedgerError:
    return LedgerError(
        f"this is not a checkpoint: {why}.", next_step="Give a file made by `boussole ledger checkpoint`."
    )


class CheckpointStanding(StrEnum):
    """How the ledger of today stands to a checkpoint that was kept."""

    holds = "holds"
    """The first entries are still those."""
    rewritten = "rewritten"
    """There are as many entries, and they are others."""
    cut = "cut"
    """There are fewer entries than were known."""
    other = "other"
    """The checkpoint names another ledger, and the entries are not its own either.

    Without a key here, nothing tells whether it is another one, or this one rewritten.
    """
    damaged = "damaged"
    """An entry before the checkpoint does not hold in itself."""


def compare_with_checkpoint(checkpoint: Checkpoint, found: Verification, *, origin: str | None) -> CheckpointStanding:
    """Compare a verified ledger with a checkpoint; `origin` is that of the ledger's own key, None without a key."""
    if found.roots.get(checkpoint.size) == checkpoint.root:
        return CheckpointStanding.holds
    if checkpoint.origin != origin:
        return CheckpointStanding.other
    if checkpoint.size > found.size:
        return CheckpointStanding.cut
    return CheckpointStanding.rewritten if checkpoint.size in found.roots else CheckpointStanding.damaged


_OLD = re.compile(r"old (0|[1-9]\d{0,17})")
_MOST_HASHES = 63


class RefusedCheckpointError(LedgerError):
    """A checkpoint that must not be cosigned: it does not extend the one that is kept, or is not the ledger's."""


@dataclass(frozen=True, kw_only=True)
class CosigningRequest:
    """A signed checkpoint, and the proof that it extends an older one of `old` entries."""

    note: Note
    checkpoint: Checkpoint
    old: int = 0
    path: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        """The file to hand over: without an older checkpoint to extend, the checkpoint by itself."""
        if not self.old:
            return str(self.note)
        return "".join(f"{line}\n" for line in [f"old {self.old}", *map(encode, self.path)]) + f"\n{self.note}"


def cosigned(request: CosigningRequest, note: Note) -> CosigningRequest:
    """Return the request with the signatures of a note of its checkpoint, for the next college to cosign."""
    return replace(request, note=note)


def make_request(note: Note, *, old: int, path: Sequence[bytes]) -> CosigningRequest:
    """What is handed to a college that keeps a checkpoint of `old` entries."""
    _, checkpoint = parse_checkpoint(str(note))
    return CosigningRequest(note=note, checkpoint=checkpoint, old=old, path=tuple(path))


def parse_request(text: str) -> CosigningRequest:
    """Read a request, or a checkpoint by itself. Raises LedgerError where it is neither."""
    if not text.startswith("old "):
        note, checkpoint = parse_checkpoint(text)
        return CosigningRequest(note=note, checkpoint=checkpoint)
    head, _, rest = text.partition("\n\n")
    first, *lines = head.split("\n")
    old, path = _OLD.fullmatch(first), [decode(line) for line in lines]
    if old is None or len(path) > _MOST_HASHES or any(item is None or len(item) != 32 for item in path):
        raise LedgerError(
            "the proof before the checkpoint cannot be read.",
            next_step="Make the file anew with `boussole ledger checkpoint --since`.",
        )
    note, checkpoint = parse_checkpoint(rest)
    hashes = tuple(item for item in path if item is not None)
    return CosigningRequest(note=note, checkpoint=checkpoint, old=int(old[1]), path=hashes)


def check_extends(request: CosigningRequest, *, kept: Checkpoint | None, log: VerifierKey) -> None:
    """Check that the ledger signed the checkpoint and that it extends the one that is kept.

    Raises RefusedCheckpointError where it does not, LedgerError where the proof of it is missing.
    """
    new = request.checkpoint
    if not check(request.note, [log]).signers:
        raise RefusedCheckpointError(
            "the checkpoint is not signed by the ledger's key.",
            where=f"key {log.name}",
            next_step="Do not cosign it. Ask whoever runs the ledger which key signed it, and why.",
        )
    if kept is None:
        return
    if new.origin != kept.origin:
        raise RefusedCheckpointError(
            f"this is a checkpoint of another ledger ({new.origin}) than the one that is kept ({kept.origin}).",
            next_step="Use the folder that was made for that ledger.",
        )
    if new.size < kept.size:
        raise RefusedCheckpointError(
            f"the checkpoint has {new.size} entries, and the one that is kept has {kept.size}: entries were removed, "
            "or the file is an old one.",
            next_step="Do not cosign it. Ask for a newer checkpoint.",
        )
    if not _extends(request, kept):
        raise RefusedCheckpointError(
            f"the first {kept.size} entries are no longer those of the checkpoint that is kept: the ledger was "
            "rewritten.",
            next_step="Do not cosign it. Keep both files: together they prove it.",
        )


def _extends(request: CosigningRequest, kept: Checkpoint) -> bool:
    new = request.checkpoint
    if kept.size in (0, new.size):
        return kept.size == 0 or kept.root == new.root
    if request.old != kept.size:
        raise LedgerError(
            f"the file does not show that the new checkpoint extends the one that is kept, of {kept.size} entries.",
            next_step="Ask for one made by `boussole ledger checkpoint --since` with the checkpoint that is kept.",
        )
    roots = {"first_root": bytes.fromhex(kept.root), "second_root": bytes.fromhex(new.root)}
    return verify_consistency(request.path, first=kept.size, second=new.size, **roots)


KEY, PUBLIC, LOG, KEPT = "college.key", "college.vkey", "ledger.vkey", "kept.checkpoint"
WAIT_SECONDS = 60


def found_college(folder: Path, *, name: str) -> SigningKey:
    """A new key in a new folder that only its owner opens. Raises LedgerError where there is a key already."""
    key = make_key(name, kind=COSIGNATURE)
    private_files.make_folder(folder)
    try:
        handle = os.open(folder / KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise LedgerError(
            "this folder holds a key already.", where=str(folder), next_step="Use it, or name another folder."
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key.secret_text + "\n")
    private_files.write(folder / PUBLIC, f"{key.verifier}\n")
    return key


def cosign(
    folder: Path, request: CosigningRequest, *, log: VerifierKey | None = None, at: dt.datetime | None = None
) -> Note:
    """Cosign a checkpoint for the college, after keeping it in the college's folder; `log` is needed the first time.

    Raises RefusedError where the checkpoint must not be cosigned, LedgerError where something is missing.
    """
    key = college_key(folder)
    with alone(folder):  # two at the same time would extend the same one, each by another
        trusted = ledger_key(folder, log)
        if trusted is None:
            raise LedgerError(
                "the public key of the ledger is not known yet.",
                where=str(folder),
                next_step="Give --log with the line that `boussole ledger key` prints on the server.",
            )
        check_extends(request, kept=kept_checkpoint(folder), log=trusted)
        note = request.note.signed(key, at=at)
        private_files.write(folder / LOG, f"{trusted}\n", lasting=True)
        private_files.write(folder / KEPT, str(note), lasting=True)
    return note


def kept_checkpoint(folder: Path) -> Checkpoint | None:
    """Return the checkpoint that the college keeps, None before its first. Raises LedgerError where it was changed."""
    path = folder / KEPT
    if not path.exists():
        return None
    note, checkpoint = parse_checkpoint(read_text(path))
    if not check(note, [college_key(folder).verifier]).signers:
        raise LedgerError(
            "the kept checkpoint does not carry the college's own cosignature: it was changed.",
            where=str(path),
            next_step="Put it back from a copy.",
        )
    return checkpoint


def college_key(folder: Path) -> SigningKey:
    """The key of the college whose folder this is. Raises LedgerError where there is none."""
    path = folder / KEY
    if not path.is_file():
        raise LedgerError(
            "there is no key of a college here.",
            where=str(folder),
            next_step="Make one with `boussole ledger keygen FOLDER --name NAME`.",
        )
    return parse_signer(read_text(path))


def ledger_key(folder: Path, given: VerifierKey | None = None) -> VerifierKey | None:
    """Return the ledger's public key that the folder keeps, else the given one. Raises LedgerError if they differ."""
    path = folder / LOG
    known = parse_verifier(read_text(path)) if path.exists() else None
    if known is not None and given is not None and known != given:
        raise LedgerError(
            f"this folder belongs to the ledger {known.name}, not to {given.name}.",
            where=str(folder),
            next_step="Use the folder that was made for that ledger.",
        )
    return known or given


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """While one process works on a folder, others wait. Raises LedgerError where it takes too long."""
    try:
        with FileLock(folder / ".lock", timeout=WAIT_SECONDS):
            yield
    except Timeout as error:
        raise LedgerError(
            "another process works on this folder.", where=str(folder), next_step="Try again when it has ended."
        ) from error
