"""`verify`: what it checks of an audit or an evidence pack, how it tells what it found, and its exit code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.console import say

if TYPE_CHECKING:
    from boussole.audits.recount import Recount
    from boussole.audits.workspace import Workspace
    from boussole.charter.auditing.rerun import Rerun
    from boussole.dashboard.report.attachments import ReportCheck

# What verifying came to, as an exit code.


class Outcome(IntEnum):
    """What verifying came to, as an exit code. 2 is a mistake of whoever asked, as with every command."""

    VERIFIED = 0
    """It holds, and agrees with what somebody kept outside and signed."""
    FAULT = 1
    """Something is not as it was sealed."""
    ITSELF = 3
    """It agrees with itself, and nothing outside it was compared."""
    CLOCK = 4
    """Everything holds, and the times of its entries cannot all be true."""


def worst(found: Iterable[Outcome]) -> Outcome:
    """The outcome that says most: a fault, then the clock, then that nothing outside was compared.

    >>> worst([Outcome.VERIFIED, Outcome.ITSELF]).name, worst([Outcome.ITSELF, Outcome.CLOCK, Outcome.FAULT]).name
    ('ITSELF', 'FAULT')
    """
    order = (Outcome.VERIFIED, Outcome.ITSELF, Outcome.CLOCK, Outcome.FAULT)
    return max(found, key=order.index, default=Outcome.VERIFIED)


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

    audits = chosen(workspace, system=system, start=start, end=end, entries=entries)
    same = True
    for found in again(workspace, audits):
        for line in told(found):
            say(line)
        same = same and found.ok
    many = "the audit" if len(audits) == 1 else f"all {len(audits)} audits"
    say(f"Computed again: {many} as stored." if same else "Computed again: there are differences.")
    return same


def report(path: Path, workspace: Workspace | None) -> tuple[Outcome, list[int]]:
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
        return Outcome.FAULT, list(found.entries)
    return Outcome.ITSELF if found.in_ledger is None else Outcome.VERIFIED, list(found.entries)


def _whole_file(found: ReportCheck) -> str:
    """What the whole file is, its pages with it."""
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
    name = f"{found.system} {found.start}/{found.end}, entry {found.entry}"
    lines = [f"{name}: {problem}" for problem in found.problems]
    if found.recount is None:
        return lines
    what = f"{found.measures} measures and {found.verdicts} verdicts computed from the evidence"
    lines.append(f"{name}: {what}: {'not the same' if found.differences else 'the same'}.")
    lines += [f"  {difference.told()}" for difference in found.differences[:MOST]]
    more = len(found.differences) - MOST
    lines += [f"  and {more} more differences"] if more > 0 else []
    if found.code_changed:
        lines.append("  The code has changed since this audit; what differs can come from that.")
    if not found.declaration_kept:
        lines.append("  This audit did not keep the declaration of its system: the system file of today was used.")
    return lines + [f"  {line}" for line in _recounted(found.recount, found.moved)]


def _recounted(found: Recount, moved: tuple[str, ...]) -> list[str]:
    """What counting the decisions again found."""
    if not found.lake:
        return ["From the decisions: there are none of this system here; only the evidence is left."]
    lines = []
    if found.purged:
        months = ", ".join(f"{month:%Y-%m}" for month in found.purged)
        if found.uncounted:
            return [
                f"From the decisions: those of {months} were purged. This audit left out the rows of small groups, "
                "which the counts that are left hold: they cannot be compared."
            ]
        lines.append(f"From the decisions: those of {months} were purged; only their counts can be compared.")
    elif found.uncounted:
        return [
            "From the decisions: this audit left out the rows of small groups, and nothing tells them from the others "
            "any more. They cannot be compared."
        ]
    if found.ended:
        lines.append(f"The legal basis has ended of: {', '.join(found.ended)}. They are not read again.")
    if found.then is None:
        lines.append("The lake no longer keeps its state of that day.")
    elif found.then:
        lines.append(f"The decisions of that day give other counts: {', '.join(found.then)}.")
    else:
        lines.append("The decisions as they were give the same counts.")
    return lines + _today(found, moved)


def _today(found: Recount, moved: tuple[str, ...]) -> list[str]:
    lines = []
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
    lines += [f"  {len(moved)} measures would be otherwise today: {_some(moved)}"] if moved else []
    if found.stale:
        lines.append(f"Counts in the lake do not say what its decisions say: {', '.join(found.stale)}.")
        lines.append("  `boussole cubes rebuild` makes them anew.")
    return lines


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names[:MOST]) + ("…" if len(names) > MOST else "")


# `verify PACK`: an evidence pack, judged by the verifier of this Boussole; nothing in the pack is executed.


ARCHIVE = b"PK"


def verified(
    path: Path | None, *, keys: Sequence[str], checkpoints: Sequence[Path], one_by_one: bool, others: bool
) -> int | None:
    """Tells what holds of a pack and what does not; the exit code, or None where the path is no pack.

    `others`: whether something else is to be verified too.
    Raises BoussoleError where that is so, or values shall be listed of what is no pack.
    """
    if path is None or not _is_pack(path):
        if one_by_one:
            raise BoussoleError("values are listed of a pack.", next_step="Name its folder or archive before --list.")
        return None
    if others:
        raise BoussoleError("a pack is verified by itself.", next_step="Leave --ledger and --rerun away.")

    from boussole.audits.distribution import own_version
    from boussole.charter.pack import HERE
    from boussole.charter.pack.verifier.main import judge
    from boussole.charter.pack.verifier.pack import Judge

    by = Judge(HERE, f"that of Boussole {own_version()}")
    return judge(path, by, keys=keys, checkpoints=checkpoints, one_by_one=one_by_one)


def _is_pack(path: Path) -> bool:
    """Whether this is a folder or an archive, and so no report."""
    if not path.is_file():
        return path.is_dir()
    with path.open("rb") as file:
        return file.read(len(ARCHIVE)) == ARCHIVE
