"""`verify --ledger`: who outside has checked the ledger, and whether it is the one they saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boussole.dashboard.cli.console.console import say

if TYPE_CHECKING:
    import datetime as dt

    from boussole.audits.workspace import Workspace
    from boussole.charter.records.notes.outside import Outside


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
