"""What is checked, in which order, and how the findings are printed."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from . import ledger
from .figures import Figures, cells_of
from .files import Folder, RefusedError, source_of
from .ledger import Checkpoint, Key, checkpoint_of, key_of
from .pack import MANIFEST, Judge, Pack, SealedEntry, digest
from .tally import Tally, plain
from .verdicts import Verdicts

MOST = 40
"""So many problems are written out; the others are counted."""


def main(home: Path, arguments: list[str]) -> int:
    """Runs `verify.py`, with `home` the folder that it lies in; returns the exit code."""
    options = _options(arguments)
    if options.pack is None and not (home / MANIFEST).exists():
        print("This verifier does not lie in a pack: name the one that it shall judge.")
        return 2
    by, place = Judge(home), options.pack or home
    return judge(place, by, keys=options.key, checkpoints=options.checkpoint, one_by_one=options.list)


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
        _problems([ascii(reason)[1:-1] for reason in error.reasons])  # letters can look alike
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
    return _conclude(tally)


def _options(arguments: list[str]) -> argparse.Namespace:
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


def _conclude(tally: Tally) -> int:
    _problems(tally.problems)
    if tally.problems:
        print(f"This pack does not hold: {len(tally.problems)} of {len(tally.problems) + tally.same} checks failed.")
        return 1
    print(
        "Recomputed here: rates, gaps and ratios from counts. Not recomputed here: intervals, tests, p-values, scores, "
        "drift, logs. The product recomputes these: boussole verify PACK --rerun"
    )
    print(f"Everything that was checked holds: {tally.same} checks.")
    return 0


def _files(pack: Pack, tally: Tally) -> list[str]:
    pack.check_files(tally)
    kind = "RESTRICTED: rows of hidden groups are in it" if pack.restricted else "what documents show, no hidden group"
    return [f"{len(pack.listed)} listed ({kind})"]


def _verifier(pack: Pack, by: Judge, tally: Tally) -> list[str]:
    """Whether the verifier in the pack is the one that judges, and the one that the list of its code names."""
    within, own = pack.verifier(), by.files()
    named = pack.json("code.json")["verifier"]
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
    entries = pack.entries()
    for index in entries:
        sealed = pack.entry(index)
        below = ledger.verify_inclusion(sealed.leaf, index, point.size, sealed.path, point.root)
        tally.check(f"entry {index}: its proof does not lead to the checkpoint", holds=below)
        tally.check(
            f"entry {index}: its proof bears another checkpoint", holds=sealed.note == pack.text("ledger/checkpoint")
        )
    proofs = pack.proofs()
    _consistent(proofs, point, tally)
    lines = [f"{len(entries)} entries proved below a checkpoint of {point.size}, root {point.root.hex()}"]
    for key in keys:
        signature = point.signature_of(key)
        tally.check(f"the checkpoint is not signed by {key.name}", holds=signature is not None)
        lines += [f"signed by {key.name}{ledger.time_of(key, signature)}"] if signature else []
    if not keys:
        lines.append(
            f"signatures not verified: give --key with the key that {point.origin} published, got from elsewhere"
        )
    lines += _timestamp(pack, point, proofs, tally)
    if not kept:
        lines.append("no kept checkpoint was given: a pack alone cannot show that the log was not rewritten as a whole")
    return [*lines, *(_kept(each, proofs, point, tally) for each in kept)]


def _timestamp(pack: Pack, point: Checkpoint, proofs: list, tally: Tally) -> list[str]:
    """What a timestamp of the ledger states. The signature of its authority needs OpenSSL, and the certificate needs a
    source outside of the pack."""
    names = [name for name in pack.names("ledger") if "timestamp" in name]
    if not names:
        return ["no timestamp of an authority is in the pack"]
    text = pack.bytes("ledger/timestamp.txt")
    time = ledger.time_stated(pack.bytes("ledger/timestamp.tsr"), text)
    origin, size, root = text.decode("utf-8").split("\n")[:3]
    tally.compare("the timestamp is of another log", origin, point.origin)
    known = [proof for proof in proofs if str(proof["size"]) == size]
    holds = bool(known) and known[0]["root"] == ledger.bytes_of(root).hex()
    tally.check("the log was rewritten since the timestamp, or no proof leads from it", holds=holds)
    command = "openssl ts -verify -data ledger/timestamp.txt -in ledger/timestamp.tsr -CAfile AUTHORITY.pem"
    return [f"a timestamp states that {size} entries existed on {time}; its signature was not verified here: {command}"]


def _consistent(proofs: list, point: Checkpoint, tally: Tally) -> None:
    """Each earlier root is that of a beginning of the same log."""
    for proof in proofs:
        path = [ledger.hash_of(each) for each in proof["path"]]
        holds = ledger.verify_consistency(proof["size"], point.size, path, ledger.hash_of(proof["root"]), point.root)
        tally.check(f"the first {proof['size']} entries are not the beginning of this log", holds=holds)


def _kept(kept: Checkpoint, proofs: list, point: Checkpoint, tally: Tally) -> str:
    tally.check("the kept checkpoint is of another log", holds=kept.origin == point.origin)
    if kept.size == point.size:
        tally.check("the log was rewritten since the kept checkpoint", holds=kept.root == point.root)
        return f"it is the checkpoint of {kept.size} entries that you kept"
    known = [proof for proof in proofs if proof["size"] == kept.size]
    if not known:
        tally.check(f"the pack holds no proof from {kept.size} entries: ask for one made --since it", holds=False)
        return "the kept checkpoint could not be compared"
    tally.check("the log was rewritten since the kept checkpoint", holds=known[0]["root"] == kept.root.hex())
    return f"it extends the checkpoint of {kept.size} entries that you kept"


def _code(pack: Pack, tally: Tally) -> list[str]:
    """Whether the list of source files is the one that audits seal."""
    code = pack.json("code.json")
    tally.check("code.json lists no file", holds=bool(code["files"]))
    listed = json.dumps(code["files"], sort_keys=True, separators=(",", ":")).encode()
    tally.compare("code.json: hash of its list of files", code["sha256"], digest(listed))
    by = [pack.json(name)["code"] for name in pack.names("audits")]
    own = sum(each == f"sha256:{code['sha256']}" for each in by)
    made = f"{len(code['files'])} source files of version {code['version']} are listed"
    lines = [f"{made}; {own} of {len(by)} audits seal this list"]
    return [*lines, *([f"{len(by) - own} audit(s) were made by another version of the code"] if own < len(by) else [])]


def _documents(pack: Pack, tally: Tally, one_by_one: bool) -> list[str]:
    """Compares each document with its entry, its figures with their counts, and its verdicts with its figures."""
    names, seals = pack.audits(), {index: pack.entry(index) for index in pack.entries()}
    tally.check("the pack holds no audit", holds=bool(names))
    lines, before = [f"{len(names)} audit(s)"], dict[tuple[str, str], Figures]()
    for index, name in names.items():
        _sealed(pack, name, seals.pop(index), tally)
        lines += _audit(pack, index, name, before, tally, one_by_one)
    used = {f"{folder}/{part[-64:]}.json" for name in names.values() for folder, part in _rests_on(pack.json(name))}
    for name in sorted({*pack.names("charters"), *pack.names("systems")} | used):
        tally.check(f"{name}: no audit of the pack rests on it", holds=name in used)
        tally.compare(f"{name}: SHA-256", digest(pack.bytes(name)), Path(name).stem)
    for name in pack.names("charters"):
        found = [seal for seal in seals.values() if seal.entry["payload"].get("charter") == Path(name).stem]
        tally.check(f"{name}: no entry seals it", holds=bool(found) and found[0].entry["kind"] == "charter")
    return lines


def _rests_on(document: dict) -> list[tuple[str, str]]:
    return [("charters", document["charter"]["sha256"]), ("systems", document["evidence"]["system"])]


def _audit(  # noqa: PLR0917 (what a document rests on)
    pack: Pack, index: int, name: str, before: dict[tuple[str, str], Figures], tally: Tally, one_by_one: bool
) -> list[str]:
    """Recomputes what follows from the released counts; says what was, and what was not. `before`: earlier audits."""
    document = pack.json(name)
    charter, system = (pack.json(f"{folder}/{part[-64:]}.json") for folder, part in _rests_on(document))
    name = f"{document['system']} {document['window']['start']}/{document['window']['end']}"
    tally.compare(f"{name}: version of the charter", document["charter"]["version"], charter["version"])
    figures = Figures(document, system, cells_of(pack.text(f"cells/{index}.csv")))
    window = figures.check(name, tally)
    earlier = {cubes: each for (of, cubes), each in before.items() if of == document["system"]}
    several = figures.check_several(earlier, name, tally)
    before[document["system"], document["evidence"]["cubes"]] = figures
    if pack.restricted:
        rows = pack.bytes(f"rows/{document['evidence']['cubes'][-64:]}.csv")
        tally.compare(f"{name}: hash of the rows", document["evidence"]["rows"], f"sha256:{digest(rows)}")
    compared, other = Verdicts(document, charter, system).check(name, tally)
    counts, rates, sealed = ([*a, *b] for a, b in zip(window, several))
    return [
        f"{name}: {len(counts)} figures recomputed from counts, {len(rates)} from the two rates stated with them; of "
        f"{len(sealed)} only the seal was checked",
        f"  {compared} verdicts follow from the p-values, intervals and levels stated with them; of {other} (by "
        "records, logs or ranges, or not examined) only the seal was checked",
        *(f"    {each}" for each in sealed if one_by_one),
    ]


def _sealed(pack: Pack, name: str, seal: SealedEntry, tally: Tally) -> None:
    """The entry seals this document, of this system, window and charter."""
    document, payload = pack.json(name), seal.entry["payload"]
    window = document["window"]
    tally.compare(f"{name}: its name", Path(name).name.split("-", 1)[1], f"{document['system']}-{window['end']}.json")
    tally.compare(f"{name}: kind of entry", seal.entry["kind"], "audit")
    must = {
        "document": digest(pack.bytes(name)),
        "system": document["system"],
        "start": window["start"],
        "end": window["end"],
        "charter": document["charter"]["sha256"],
    }
    tally.compare(f"{name}: what its entry seals", payload, must)
