"""`verify`: what it checks of an audit, an evidence pack or the ledger, how it tells what it found, its exit code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from boussole.audits.errors import BoussoleError, LedgerError
from boussole.dashboard.cli.console import say
from boussole.dashboard.cli.ledger import checkpoint_in, signatures

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from boussole.audits.ledger.checkpoint import Checkpoint, Verification
    from boussole.audits.workspace import Workspace
    from boussole.charter.auditing.recount import Recount
    from boussole.charter.auditing.rerun import Rerun
    from boussole.charter.records.notes.outside import Outside
    from boussole.charter.records.sealed_files import BadFile
    from boussole.dashboard.report.attachments import ReportCheck


# What verifying came to, as an exit code.


class ExitCode(IntEnum):
    """What verifying came to, as an exit code. 2 is a mistake of whoever asked, as with every command."""

    VERIFIED = 0
    """It holds, and agrees with what somebody kept outside and signed."""
    FAULT = 1
    """Something is not as it was sealed."""
    ITSELF = 3
    """It agrees with itself, and nothing outside it was compared."""
    CLOCK = 4
    """Everything holds, and the times of its entries cannot all be true."""


def worst(found: Iterable[ExitCode]) -> ExitCode:
    """The outcome that says most: a fault, then the clock, then that nothing outside was compared.

    >>> worst([ExitCode.VERIFIED, ExitCode.ITSELF]).name, worst([ExitCode.CLOCK, ExitCode.FAULT]).name
    ('ITSELF', 'FAULT')
    """
    order = (ExitCode.VERIFIED, ExitCode.ITSELF, ExitCode.CLOCK, ExitCode.FAULT)
    return max(found, key=order.index, default=ExitCode.VERIFIED)


# `verify`: what it checks, and how it tells what it found.


MOST = 20
"""So many differences are listed of one audit; the others are counted."""


def rerun(
    workspace: Workspace,
    *,
    system: str | None = None,
    entries: list[int] | None = None,
    start: dt.date | None = None,
    end: dt.date | None = None,
) -> bool:
    """Computes stored audits again; whether all is the same."""
    from boussole.charter.auditing.rerun import chosen
    from boussole.charter.auditing.rerun import rerun as again

    return _all_same(again(workspace, chosen(workspace, system=system, start=start, end=end, entries=entries)))


def _all_same(found: Iterable[Rerun]) -> bool:
    """Says what computing audits again found; whether all are the same."""
    same = []
    for each in found:
        for line in told(each):
            say(line)
        same.append(each.ok)
    many = "the audit" if len(same) == 1 else f"all {len(same)} audits"
    say(f"Computed again: {many} as stored." if all(same) else "Computed again: there are differences.")
    return all(same)


def report(path: Path, workspace: Workspace | None) -> tuple[ExitCode, list[int]]:
    """Checks a report: whether it is as it was sealed, as far as a ledger was asked, and the entries it names."""
    from boussole.dashboard.report.attachments import check

    found = check(path, workspace=workspace)
    for problem in found.problems:
        say(f"{path.name}: {problem}")
    if not found.problems:
        say(f"{path.name}: {found.audits} attached audit(s) and their charters have the hashes of its list of seals.")
    if found.in_ledger is not None and len(found.in_ledger) == found.audits:
        say(f"The ledger holds these seals: entries {', '.join(map(str, found.in_ledger))}.")
    say(f"{path.name}: {_whole_file(found)}")
    if found.problems or (found.in_ledger is not None and found.sealed is None):
        return ExitCode.FAULT, list(found.entries)
    return ExitCode.ITSELF if found.in_ledger is None else ExitCode.VERIFIED, list(found.entries)


def _whole_file(found: ReportCheck) -> str:
    if found.in_ledger is None:
        return (
            "no workspace was given, so the file itself was held to nothing: its pages may say anything. Give "
            "--workspace, or hand the file in at the page Evidence of whoever made it."
        )
    if found.sealed is not None:
        return f"byte for byte the report that was sealed at entry {found.sealed.entry} ({found.sealed.time})."
    if found.others:
        return (
            "it is NOT a report that was sealed, though it carries the same audits: it was changed after it was made, "
            "or made before reports were sealed. Its pages may say anything."
        )
    return (
        "no entry seals this file: it was made before reports were sealed, or elsewhere. Its pages may say anything; "
        "`boussole report` makes a sealed one."
    )


def told(found: Rerun) -> list[str]:
    """What computing an audit again found, line by line."""
    name = f"{found.system} {found.start}/{found.end}" + ("" if found.entry is None else f", entry {found.entry}")
    lines = [f"{name}: {problem}" for problem in found.problems]
    if found.from_evidence is None:
        return lines
    how = "computed from the evidence" if found.from_evidence else "taken as they are stated"
    left = f", {found.left} left as they may rest on what people stated" if found.left else ""
    outcome = "not the same" if found.differences else "the same"
    lines.append(f"{name}: {found.measures} measures {how}; {found.verdicts} verdicts judged again{left}: {outcome}.")
    lines += [f"  {line}" for line in _most([difference.told() for difference in found.differences])]
    if found.code_changed:
        lines.append("  The code has changed since this audit; what differs can come from that.")
    return lines + [f"  {line}" for line in (_recounted(found.recount) if found.recount else ())]


def _recounted(found: Recount) -> list[str]:
    """What counting the decisions again found."""
    if found.refused:
        return [f"From the decisions: {found.refused}"]
    lines = []
    if found.purged:
        months = ", ".join(f"{month:%Y-%m}" for month in found.purged)
        lines.append(f"From the decisions: those of {months} were purged; only their counts can be compared.")
    if found.ended:
        lines.append(f"The legal basis has ended of: {', '.join(found.ended)}. They are not read again.")
    if found.then is None:
        lines.append("The lake no longer keeps its state of that day.")
    elif found.then:
        lines.append(f"The decisions of that day give other counts: {', '.join(found.then)}.")
    else:
        lines.append("The decisions as they were give the same counts.")
    since = f" since then came {', '.join(found.since)}" if found.since else ""
    if not found.now:
        lines.append("The decisions of today give the same counts.")
    elif found.unexplained:
        known = f", and{since}" if since else ""
        lines.append(
            f"The decisions were changed, and nothing that is noted can be why{known}: {', '.join(found.now)}."
        )
    else:
        lines.append(f"The decisions of today give other counts ({', '.join(found.now)}):{since}.")
    if found.stale:
        lines.append(f"Counts in the lake do not say what its decisions say: {', '.join(found.stale)}.")
        lines.append("  `boussole cubes rebuild` makes them anew.")
    return lines


def _most(lines: Sequence[str]) -> list[str]:
    """The first lines, and how many more there are."""
    return [*lines[:MOST], *([f"and {len(lines) - MOST} more"] if len(lines) > MOST else [])]


# `verify PACK`: an evidence pack, judged by the verifier of this Boussole; nothing in the pack is executed.


ARCHIVE = b"PK"


def verified(
    path: Path | None,
    *,
    keys: Sequence[str],
    checkpoints: Sequence[Path],
    one_by_one: bool,
    recompute: bool,
    others: bool,
) -> int | None:
    """Says what holds of a pack and what does not; the exit code, or None where the path is no pack.

    `recompute`: a pack that holds is also computed again. Raises BoussoleError for an option that a pack does not take
    (`others`), for one by one without a pack, and where other code made an audit that shall be computed again.
    """
    if path is None or not _is_pack(path):
        if one_by_one:
            raise BoussoleError("values are listed of a pack.", next_step="Name its folder or archive before --list.")
        return None
    if others:
        raise BoussoleError(
            "a pack is verified as a whole, and by itself.",
            next_step="Leave --ledger, --system, --entry, --from and --to out.",
        )

    from boussole.audits.distribution import own_version
    from boussole.charter.pack import HERE
    from boussole.charter.pack.verifier.main import judge
    from boussole.charter.pack.verifier.pack import Judge

    by = Judge(HERE, f"that of Boussole {own_version()}")
    code = judge(path, by, keys=keys, checkpoints=checkpoints, one_by_one=one_by_one)
    if not recompute:
        return code
    if code != ExitCode.VERIFIED:
        say("Nothing was computed again: only a pack that holds can be.")
        return code
    from boussole.charter.pack.rerun import rerun_pack

    return ExitCode.VERIFIED if _all_same(rerun_pack(path)) else ExitCode.FAULT


def _is_pack(path: Path) -> bool:
    if not path.is_file():
        return path.is_dir()
    with path.open("rb") as file:
        return file.read(len(ARCHIVE)) == ARCHIVE


# `verify --ledger`: who outside has checked the ledger, and whether it is the one they saw.


def checked_outside(workspace: Workspace) -> bool:
    """Tells who outside has checked the ledger; whether it is the one they saw, and as timestamped as is required."""
    import datetime as dt

    from boussole.charter.records.notes.outside import State, outside

    found, now = outside(workspace), dt.datetime.now(dt.UTC)
    for each in found.checks:
        if each.problem:
            say(f"Witness {each.witness}: {each.problem}")
        elif each.at is None:
            say(f"Witness {each.witness}: has not checked the ledger yet.")
        else:
            words = "unchanged" if not each.broken else f"not those it saw ({each.standing})"
            when = f"{each.at:%Y-%m-%d at %H:%M} UTC"
            say(f"Witness {each.witness}: cosigned {each.size} entries on {when}; they are {words}.")
    if found.state(now) in (State.late, State.never):
        say(f"No witness outside has checked the ledger for {found.witness_days} days.")
    if not found.checks:
        say("Nobody outside checks the ledger: [ledger] witnesses names nobody.")
    return found.state(now) is not State.broken and _timestamped(found, now)


def _timestamped(found: Outside, now: dt.datetime) -> bool:
    from boussole.charter.records.notes.outside import State

    for name in found.bad_stamps:
        say(f"The timestamp {name} does not hold.")
    state, stamp = found.stamp_state(now), found.stamp
    if stamp is not None:
        words = "unchanged" if state is not State.broken else f"not those that were stamped ({stamp.standing})"
        who = f"{stamp.authority}, certificate {stamp.fingerprint[:16]}…"
        when = f"{stamp.at:%Y-%m-%d at %H:%M} UTC"
        say(f"Timestamp of {when} by {who}: its {stamp.size} entries are {words}.")
    if state in (State.late, State.never):
        say(f"A timestamp is required every {found.timestamp_days} days ([ledger] timestamp_days): it is missing.")
    return state in (State.unset, State.recent)


# `verify --ledger`: entries, records, files and kept checkpoints, in plain words and one exit code.


def verify_ledger(workspace: Workspace, *, checkpoints: Sequence[Path], keys: Sequence[str]) -> ExitCode:
    """Rehash the ledger, hold records and files to it, and hold it to the kept checkpoints.

    Raises LedgerError for keys without a checkpoint that they could have signed.
    """
    from boussole.audits.ledger.keys import parse_verifier
    from boussole.audits.signing.key import verifier_of
    from boussole.charter.records import verify_records

    known = [(path, *checkpoint_in(path)) for path in checkpoints]
    trusted = [parse_verifier(key) for key in keys]
    if trusted and not known:
        raise LedgerError(
            "a key verifies the signature on a checkpoint, and none was given.",
            next_step="Give --checkpoint with one that somebody kept.",
        )
    found = verify_records(workspace, sizes=[item.size for _, _, item in known])
    if found is None:
        say("There are no records yet: nothing was verified.")
        return ExitCode.FAULT if known else ExitCode.ITSELF
    good = [_itself(found) and _files(workspace) and _lawful(workspace)]
    good.append(not found.ok or checked_outside(workspace))
    _restarted(workspace)
    origin = verifier_of(workspace)
    for path, note, item in known:
        good += [_stands(path, item, found, origin=origin.name if origin else None), signatures(path, note, trusted)]
    outside = _outside(kept=bool(known), signed=bool(trusted))
    clock = ExitCode.CLOCK if _clock(found) else ExitCode.VERIFIED
    return worst([ExitCode.VERIFIED if all(good) else ExitCode.FAULT, outside, clock])


def _itself(found: Verification) -> bool:
    if found.ok:
        say(f"The ledger holds: {found.size} entries, root {found.root}.")
    else:
        say(f"The ledger does not hold: entry {found.bad_index}: {found.problem}")
    return found.ok


def _files(workspace: Workspace) -> bool:
    from boussole.charter.records.sealed_files import verify_files

    found = verify_files(workspace)
    counts = f"Files of evidence: {found.evidence}, declarations of systems: {found.declarations}, documents: "
    told = "all are as sealed" if found.ok else f"of all these, files that are not as sealed: {len(found.bad)}"
    say(f"{counts}{found.documents}; {told}.")
    _listed([_bad(each) for each in found.bad])
    if found.extra:
        say(f"Files that no sealed record names, and that count for nothing: {len(found.extra)}.")
        _listed(found.extra)
    return found.ok


def _bad(each: BadFile) -> str:
    from boussole.charter.records.sealed_files import FileFault

    words = {
        FileFault.missing: "is missing",
        FileFault.changed: "was changed",
        FileFault.swapped: "holds what another sealed file should hold: they were swapped",
        FileFault.sealed_name: "bears the name of a sealed file, and is not it",
    }
    return f"{each.path} {words[each.fault]}; entry {each.entry} rests on it."


def _listed(lines: Sequence[str]) -> None:
    for line in _most(lines):
        say(f"  {line}")


def _clock(found: Verification) -> bool:
    if found.back:
        say(
            f"The clock went back between entries, {found.back} times: the entries hold, and their order is that of "
            "the ledger, but their times cannot all be true."
        )
        _listed(
            [f"entry {each.index} is of {each.time}, the one before it of {each.before}" for each in found.set_back]
        )
    return bool(found.back)


def _restarted(workspace: Workspace) -> None:
    from boussole.charter.records.statements import started_anew

    found = started_anew(workspace)
    if found is not None:
        say(
            f"This ledger was started anew on {found.on} because: “{found.reason}”; {found.files} files of the one "
            "before are not covered: nothing shows what they were before that day."
        )


def _outside(*, kept: bool, signed: bool) -> ExitCode:
    if not kept:
        say(
            "Nothing outside this file was compared: whoever can write it could have rewritten it all. Give "
            "--checkpoint and --key with what somebody kept elsewhere."
        )
    elif not signed:
        say("Nobody's signature was checked: whoever can write the checkpoint could have made it. Give --key.")
    return ExitCode.VERIFIED if kept and signed else ExitCode.ITSELF


def _lawful(workspace: Workspace) -> bool:
    from boussole.charter.committee.acts.proving import faults_in
    from boussole.charter.incidents.book import faults_in as entered_wrongly

    found = faults_in(workspace)
    for name, each in ((name, each) for name, faults in found.items() for each in faults):
        say(f"Committee '{name}', entry {each.entry}: {each.reason}")
    others = entered_wrongly(workspace)
    for entry, reason in others:
        say(f"Entry {entry}: {reason}")
    return not any(found.values()) and not others


def _stands(path: Path, kept: Checkpoint, found: Verification, *, origin: str | None) -> bool:
    from boussole.audits.ledger.checkpoint import CheckpointStanding, compare_with_checkpoint

    stands = compare_with_checkpoint(kept, found, origin=origin)
    words = {
        CheckpointStanding.holds: f"the entries it knows ({kept.size}) are unchanged",
        CheckpointStanding.rewritten: f"the ledger was rewritten: its first {kept.size} entries are others"
        " than it knows",
        CheckpointStanding.cut: f"entries were removed: it knows {kept.size}, and the ledger has {found.size}",
        CheckpointStanding.damaged: "what it knows cannot be compared: an earlier entry does not hold",
        CheckpointStanding.other: f"it names another ledger, {kept.origin}, and this one "
        f"{f'is {origin}' if origin else 'has no key'}: it belongs to another workspace, or the key and the ledger of "
        "this one were replaced",
    }
    say(f"{path.name}: {words[stands]}.")
    return stands is CheckpointStanding.holds
