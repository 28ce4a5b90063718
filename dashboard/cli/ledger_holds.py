"""`verify --ledger`: entries, records, files, kept checkpoints and who checked from outside, and one exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from boussole.audits.errors import LedgerError
from boussole.dashboard.cli.console.console import say
from boussole.dashboard.cli.ledger import checkpoint_in, signatures
from boussole.dashboard.cli.verifying import Outcome, worst

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from boussole.audits.ledger.checkpoint import Checkpoint
    from boussole.audits.ledger.verification import Verification
    from boussole.audits.workspace import Workspace
    from boussole.charter.records.notes.outside import Outside
    from boussole.charter.records.sealed_files import BadFile

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
    """Tells when the ledger was timestamped; whether that is as recent as is required."""
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


MOST = 20
"""So many files are named of each kind of finding; the others are counted."""


def verify_ledger(workspace: Workspace, *, checkpoints: Sequence[Path], keys: Sequence[str]) -> Outcome:
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
        return Outcome.FAULT if known else Outcome.ITSELF
    good = [_itself(found) and _files(workspace) and _lawful(workspace)]
    good.append(not found.ok or checked_outside(workspace))
    _restarted(workspace)
    origin = verifier_of(workspace)
    for path, note, item in known:
        good += [_stands(path, item, found, origin=origin.name if origin else None), signatures(path, note, trusted)]
    outside = _outside(kept=bool(known), signed=bool(trusted))
    clock = Outcome.CLOCK if _clock(found) else Outcome.VERIFIED
    return worst([Outcome.VERIFIED if all(good) else Outcome.FAULT, outside, clock])


def _itself(found: Verification) -> bool:
    if found.ok:
        say(f"The ledger holds: {found.size} entries, root {found.root}.")
    else:
        say(f"The ledger does not hold: entry {found.bad_index}: {found.problem}")
    return found.ok


def _files(workspace: Workspace) -> bool:
    """Tells whether the files that sealed records rest on are those."""
    from boussole.charter.records.sealed_files import verify_files

    found = verify_files(workspace)
    counts = f"Files of evidence: {found.evidence}, declarations of systems: {found.declarations}, documents: "
    told = "all are as sealed" if found.ok else f"of all these, files that are not as sealed: {len(found.bad)}"
    say(f"{counts}{found.documents}; {told}.")
    if found.attachments:
        say(f"Attachments of records: {found.attachments}, of which erased or missing: {found.gone}.")
    _listed([_bad(each) for each in found.bad])
    if found.extra:
        say(f"Files that no sealed record names, and that count for nothing: {len(found.extra)}.")
        _listed(found.extra)
    return found.ok


def _bad(each: BadFile) -> str:
    from boussole.charter.records.sealed_files import Fault

    words = {
        Fault.missing: "is missing",
        Fault.changed: "was changed",
        Fault.swapped: "holds what another sealed file should hold: they were swapped",
        Fault.sealed_name: "bears the name of a sealed file, and is not it",
        Fault.unread: "was changed, or its key is not in keys/",
    }
    return f"{each.path} {words[each.fault]}; entry {each.entry} rests on it."


def _listed(lines: Sequence[str]) -> None:
    for line in lines[:MOST]:
        say(f"  {line}")
    if len(lines) > MOST:
        say(f"  and {len(lines) - MOST} more")


def _clock(found: Verification) -> bool:
    """Tells of entries that bear an earlier time than the one before them."""
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
    """Tells that this ledger took the place of a lost one, if it did."""
    from boussole.charter.records.starting import started_anew

    found = started_anew(workspace)
    if found is not None:
        say(
            f"This ledger was started anew on {found.on} because: “{found.reason}”; {found.files} files of the one "
            "before are not covered: nothing shows what they were before that day."
        )


def _outside(*, kept: bool, signed: bool) -> Outcome:
    """Tells what was not compared with anything outside this workspace."""
    if not kept:
        say(
            "Nothing outside this file was compared: whoever can write it could have rewritten it all. Give "
            "--checkpoint and --key with what somebody kept elsewhere."
        )
    elif not signed:
        say("Nobody's signature was checked: whoever can write the checkpoint could have made it. Give --key.")
    return Outcome.VERIFIED if kept and signed else Outcome.ITSELF


def _lawful(workspace: Workspace) -> bool:
    """Tells which acts of committees their own rules did not allow, or whose votes were counted otherwise; and which
    entries about incidents and appeals may not have been made."""
    from boussole.charter.committee.acts.proving import faults_in
    from boussole.charter.incidents.entering import faults_in as entered_wrongly

    found = faults_in(workspace)
    for name, each in ((name, each) for name, faults in found.items() for each in faults):
        say(f"Committee '{name}', entry {each.entry}: {each.reason}")
    others = entered_wrongly(workspace)
    for entry, reason in others:
        say(f"Entry {entry}: {reason}")
    return not any(found.values()) and not others


def _stands(path: Path, kept: Checkpoint, found: Verification, *, origin: str | None) -> bool:
    """Tells how the ledger stands to a kept checkpoint."""
    from boussole.audits.ledger.keeping import CheckpointStanding, standing

    stands = standing(kept, found, origin=origin)
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
