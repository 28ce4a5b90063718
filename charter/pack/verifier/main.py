"""What is checked, in which order, and how it is told."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from .audits import PackedAudits, check_audit
from .pack import MANIFEST, Judge, Pack, SealedEntry, digest, source_of
from .proofs import canonical, merkle
from .proofs.files import Folder, RefusedError
from .proofs.notes import Checkpoint, Key, checkpoint_of, key_of
from .tally import Tally, plain

MOST = 40
"""So many problems are written out; the others are counted."""


def main(home: Path, arguments: list[str]) -> int:
    """Runs `verify.py`, with `home` the folder that it lies in; returns the exit code."""
    asked = _asked(arguments)
    if asked.pack is None and not (home / MANIFEST).exists():
        print("This verifier does not lie in a pack: name the one that it shall judge.")
        return 2
    return judge(asked.pack or home, Judge(home), keys=asked.key, checkpoints=asked.checkpoint, one_by_one=asked.list)


def judge(
    place: Path,
    by: Judge,
    *,
    keys: Sequence[str] = (),
    checkpoints: Sequence[Path] = (),
    one_by_one: bool = False,
) -> int:
    """Verifies a pack and prints what holds and what does not; the exit code.

    `one_by_one`: each value is named that is not recomputed.
    """
    try:
        kept = [checkpoint_of(path.read_text(encoding="utf-8")) for path in checkpoints]
        known = [key_of(text) for text in keys]
        with source_of(place) as source:
            return _judged(Pack(source), by, known, kept, one_by_one)
    except RefusedError as error:
        _problems(
            [reason.encode("ascii", "backslashreplace").decode() for reason in error.reasons]
        )  # looks can deceive
        print("This pack is refused: it holds what no pack holds, and nothing of it is relied upon.")
        return 1
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(plain(f"This cannot be verified: {error}"))
        return 2


def _judged(pack: Pack, by: Judge, keys: list[Key], kept: list[Checkpoint], one_by_one: bool) -> int:
    tally = Tally()
    steps: dict[str, Callable[[], list[str]]] = {
        "Files": lambda: _files(pack, tally),
        "Verifier": lambda: _verifier(pack, by, tally),
        "Ledger": lambda: _ledger(pack, tally, keys, kept),
        "Code": lambda: _code(pack, tally),
        "Documents": lambda: _documents(pack, tally, one_by_one),
    }
    for name, step in steps.items():
        try:
            lines = step()
        except RefusedError:
            raise
        except Exception as error:  # noqa: BLE001 (a forged file may break reading in any way)
            tally.check(f"{name}: it cannot be read: {type(error).__name__}: {error}", holds=False)
            continue
        print(plain(f"{name}: {lines[0]}"), *(plain(f"  {line}") for line in lines[1:]), sep="\n")
    return _told(tally)


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="verify.py", description="Verifies an evidence pack; executes nothing of it.")
    parser.add_argument("pack", nargs="?", type=Path, help="a folder or its archive; that which this file lies in")
    parser.add_argument("--key", action="append", default=[], help="a public key that must have signed the checkpoint")
    parser.add_argument(
        "--checkpoint", action="append", default=[], type=Path, help="a checkpoint of this ledger that you kept"
    )
    parser.add_argument("--list", action="store_true", help="name each value that is not recomputed")
    return parser.parse_args(arguments)


def _problems(problems: list[str]) -> None:
    for problem in problems[:MOST]:
        print(plain(f"DOES NOT HOLD  {problem}"))
    if len(problems) > MOST:
        print(f"and {len(problems) - MOST} more")


def _told(tally: Tally) -> int:
    _problems(tally.problems)
    if tally.problems:
        print(f"This pack does not hold: {len(tally.problems)} of {len(tally.problems) + tally.same} checks failed.")
        return 1
    print(f"Everything that was checked holds: {tally.same} checks.")
    return 0


def _files(pack: Pack, tally: Tally) -> list[str]:
    pack.check_files(tally)
    kind = "RESTRICTED: rows of hidden groups are in it" if pack.restricted else "what documents show, no hidden group"
    return [f"{len(pack.listed)} listed ({kind})"]


def _verifier(pack: Pack, by: Judge, tally: Tally) -> list[str]:
    """Whether the verifier in the pack is the one that judges, and the one that the list of its code names."""
    within, own = pack.verifier(), by.files()
    code = canonical.read(pack.bytes("code.json"))
    named = {**code["files"], **code.get("verifier", {})} if isinstance(code, dict) else {}
    for name, sha256 in within.items():
        holds = named.get(f"charter/pack/{name}") == sha256
        tally.check(f"{name}: it is not the file that code.json lists", holds=holds)
    other = sorted(name for name in {*within, *own} if within.get(name) != own.get(name))
    if other:
        return [
            f"The verifier in this pack is not {by.name}: {', '.join(other)}",
            "it is of another version, or somebody changed it; it was not run, and should not be",
        ]
    if isinstance(pack.source, Folder) and pack.source.home == by.home.resolve():
        return [
            "it came with the pack that it judges: who forged one can have forged both",
            "`boussole verify PACK`, or a verify.py that you have from elsewhere, judges a pack and runs nothing of it",
        ]
    return [f"The verifier in this pack is {by.name}"]


def _ledger(pack: Pack, tally: Tally, keys: list[Key], kept: list[Checkpoint]) -> list[str]:
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
    if not kept:
        lines.append(
            "no kept checkpoint was given: that the log was not rewritten as a whole cannot be seen from a pack alone"
        )
    return [*lines, *(_kept(each, proofs, point, tally) for each in kept)]


def _consistent(proofs: object, point: Checkpoint, tally: Tally) -> None:
    """Each earlier root is that of a beginning of the same log."""
    for proof in _list(proofs):
        path = [merkle.hash_of(each) for each in proof["path"]]
        holds = merkle.consistent(proof["size"], point.size, path, merkle.hash_of(proof["root"]), point.root)
        tally.check(f"the first {proof['size']} entries are not the beginning of this log", holds=holds)


def _kept(kept: Checkpoint, proofs: object, point: Checkpoint, tally: Tally) -> str:
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
    """Whether the list of source files is the one that audits seal."""
    code = canonical.read(pack.bytes("code.json"))
    files, sha256 = (code["files"], code["sha256"]) if isinstance(code, dict) else ({}, "")
    tally.check("code.json lists no file", holds=bool(files))
    own = f"sha256:{digest(canonical.write(files))}"
    by = [_audit(pack, name)["code"] for name in pack.names("audits")]
    sealed = sum(each == own for each in by)
    told = [f"{len(files)} source files are listed with their hashes; {sealed} of {len(by)} audits seal this list"]
    other = sum(each != f"sha256:{sha256}" for each in by)
    return [*told, *([f"{other} audit(s) were made by another version of the code"] if other else [])]


def _documents(pack: Pack, tally: Tally, one_by_one: bool) -> list[str]:
    names = pack.names("audits")
    lines = [f"{len(names)} audit(s)"]
    seals = {index: pack.entry(index) for index in _entries(pack)}
    packed = PackedAudits({int(Path(name).name.split("-", 1)[0]): _audit(pack, name) for name in names})
    for index, name in zip(list(packed), names):
        _sealed(pack, name, seals.pop(index), tally)
        lines += check_audit(pack, packed, index, tally, one_by_one=one_by_one)
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


def _sealed(pack: Pack, name: str, seal: SealedEntry, tally: Tally) -> None:
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
