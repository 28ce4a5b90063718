"""What is checked, in which order, and how it is told."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from . import canonical, merkle
from .audits import check_audit
from .notes import Checkpoint, checkpoint_of, key_of
from .pack import Pack, Sealed, digest
from .tally import Tally

MOST = 40
"""So many problems are written out; the others are counted."""


def main(home: Path, arguments: list[str]) -> int:
    """Verifies a pack and prints what holds and what does not; the exit code."""
    asked = _asked(arguments)
    tally = Tally()
    try:
        pack = Pack(home)
        kept = checkpoint_of(asked.checkpoint.read_text(encoding="utf-8")) if asked.checkpoint else None
        keys = [key_of(text) for text in asked.key]
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"This cannot be verified: {error}")
        return 2
    steps: dict[str, Callable[[], list[str]]] = {
        "Files": lambda: _files(pack, tally),
        "Ledger": lambda: _ledger(pack, tally, keys, kept),
        "Code": lambda: _code(pack, tally),
        "Documents": lambda: _documents(pack, tally),
    }
    for name, step in steps.items():
        try:
            lines = step()
        except Exception as error:  # noqa: BLE001 (a forged file may break reading in any way)
            tally.check(f"{name}: it cannot be read: {type(error).__name__}: {error}", holds=False)
            continue
        print(f"{name}: {lines[0]}", *(f"  {line}" for line in lines[1:]), sep="\n")
    return _told(tally)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="verify.py", description="Verifies the evidence pack that it lies in.")
    parser.add_argument("--key", action="append", default=[], help="a public key that must have signed the checkpoint")
    parser.add_argument("--checkpoint", type=Path, help="a checkpoint of this ledger that you kept")
    return parser.parse_args(arguments)


def _told(tally: Tally) -> int:
    for problem in tally.problems[:MOST]:
        print(f"DOES NOT HOLD  {problem}")
    if len(tally.problems) > MOST:
        print(f"and {len(tally.problems) - MOST} more")
    if tally.problems:
        print(f"This pack does not hold: {len(tally.problems)} of {len(tally.problems) + tally.same} checks failed.")
        return 1
    print(f"Everything that was checked holds: {tally.same} checks.")
    return 0


def _files(pack: Pack, tally: Tally) -> list[str]:
    pack.check_files(tally)
    kind = "RESTRICTED: rows of hidden groups are in it" if pack.restricted else "what documents show, no hidden group"
    return [f"{len(pack.listed)} listed ({kind})"]


def _ledger(pack: Pack, tally: Tally, keys: list, kept: Checkpoint | None) -> list[str]:
    point = pack.checkpoint()
    entries = _entries(pack)
    for index in entries:
        sealed = pack.entry(index)
        below = merkle.included(sealed.leaf, index, point.size, sealed.path, point.root)
        tally.check(f"entry {index}: its proof does not lead to the checkpoint", holds=below)
        tally.check(
            f"entry {index}: its proof bears another checkpoint", holds=sealed.note == pack.text("ledger/checkpoint")
        )
    proofs = canonical.read(pack.bytes("ledger/consistency.json"))
    _consistent(proofs, point, tally)
    lines = [f"{len(entries)} entries proved below a checkpoint of {point.size}, root {point.root.hex()}"]
    for key in keys:
        tally.check(f"the checkpoint is not signed by {key.name}", holds=point.signed_by(key))
    lines.append(
        f"signed by the {len(keys)} key(s) that you gave"
        if keys
        else f"signatures not verified: give --key with the key that {point.origin} published, got from elsewhere"
    )
    return [*lines, _kept(kept, proofs, point, tally)]


def _consistent(proofs: object, point: Checkpoint, tally: Tally) -> None:
    """Each earlier root is that of a beginning of the same log."""
    for proof in _list(proofs):
        path = [bytes.fromhex(each) for each in proof["path"]]
        holds = merkle.consistent(proof["size"], point.size, path, bytes.fromhex(proof["root"]), point.root)
        tally.check(f"the first {proof['size']} entries are not the beginning of this log", holds=holds)


def _kept(kept: Checkpoint | None, proofs: object, point: Checkpoint, tally: Tally) -> str:
    if kept is None:
        return (
            "no kept checkpoint was given: that the log was not rewritten as a whole cannot be seen from a pack alone"
        )
    tally.check("the kept checkpoint is of another log", holds=kept.origin == point.origin)
    if kept.size == point.size:
        tally.check("the log was rewritten since the kept checkpoint", holds=kept.root == point.root)
        return f"it is the checkpoint of {kept.size} entries that you kept"
    known = [proof for proof in _list(proofs) if proof["size"] == kept.size]
    if not known:
        tally.check(f"the pack holds no proof from {kept.size} entries: ask for one made --since it", holds=False)
        return "the kept checkpoint could not be compared"
    tally.check("the log was rewritten since the kept checkpoint", holds=known[0]["root"] == kept.root.hex())
    return f"it extends the checkpoint of {kept.size} entries that you kept"


def _code(pack: Pack, tally: Tally) -> list[str]:
    """The list of source files hangs together; each document names the code that made it."""
    code = canonical.read(pack.bytes("code.json"))
    files = code["files"] if isinstance(code, dict) else {}
    tally.check("code.json lists no file", holds=bool(files))
    named = {name: _audit(pack, name)["code"] for name in pack.names("audits")}
    other = sum(f"sha256:{code['sha256']}" != used for used in named.values()) if isinstance(code, dict) else 0
    told = f"{len(files)} source files are listed with their hashes"
    return [told, *([f"{other} audit(s) were made by another version of the code"] if other else [])]


def _documents(pack: Pack, tally: Tally) -> list[str]:
    names = pack.names("audits")
    lines = [f"{len(names)} audit(s)"]
    seals = {index: pack.entry(index) for index in _entries(pack)}
    for name in names:
        index = int(Path(name).name.split("-", 1)[0])
        _sealed(pack, name, seals.pop(index), tally)
        lines += check_audit(pack, index, _audit(pack, name), tally)
    for name in pack.names("charters"):
        sha256 = Path(name).stem
        tally.hold(f"{name}: SHA-256", digest(pack.bytes(name)), sha256)
        canonical.read(pack.bytes(name))
        found = [seal for seal in seals.values() if seal.entry["payload"].get("charter") == sha256]
        tally.check(f"{name}: no entry seals it", holds=bool(found) and found[0].entry["kind"] == "charter")
    return lines


def _entries(pack: Pack) -> list[int]:
    names = [Path(name).name for name in pack.names("ledger") if name.endswith(".tlog-proof")]
    return [int(name.split("-")[1].split(".")[0]) for name in names]


def _audit(pack: Pack, name: str) -> dict:
    found = canonical.read(pack.bytes(name))
    if not isinstance(found, dict):
        raise ValueError(f"{name} is no document")  # noqa: TRY004 (of what was read)
    return found


def _sealed(pack: Pack, name: str, seal: Sealed, tally: Tally) -> None:
    """The entry seals this document, of this system, window and charter."""
    document, payload = _audit(pack, name), seal.entry["payload"]
    tally.hold(f"{name}: kind of entry", seal.entry["kind"], "audit")
    must = {
        "document": digest(pack.bytes(name)),
        "system": document["system"],
        "start": document["window"]["start"],
        "end": document["window"]["end"],
        "charter": document["charter"]["sha256"],
    }
    tally.hold(f"{name}: what its entry seals", payload, must)


def _list(proofs: object) -> list[dict]:
    return proofs if isinstance(proofs, list) else []
