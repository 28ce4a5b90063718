"""`boussole compare --versions` and `--shadow`: two versions beside each other."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.commands.console import put, workspace_of, write_json

if TYPE_CHECKING:
    from boussole.audits.systems import System

Document = Mapping[str, Any]


def beside(
    context: typer.Context,
    *,
    system: str | None,
    sequence: str | None,
    shadow: str | None,
    days: tuple[dt.datetime | None, dt.datetime | None],
    to: str | None,
) -> None:
    """Sets two versions side by side and tells, or writes JSON. `days`: in the month to look at; of the outcomes."""
    from boussole.charter.comparing.shadow import keep, side_of_shadow
    from boussole.charter.comparing.side_by_side import sequential
    from boussole.charter.records.in_force import in_force

    workspace, (on, as_of) = workspace_of(context), (day.date() if day else None for day in days)
    alpha = in_force(workspace).charter.alpha
    if shadow is not None:
        _same(workspace.system(shadow), system)
        document = side_of_shadow(workspace, workspace.system(shadow), alpha=alpha, on=on, as_of=as_of)
        keep(workspace, document)
    else:
        before, after = _versions(sequence or "", system)
        document = sequential(workspace, workspace.system(system or ""), before, after, alpha=alpha, as_of=as_of)
    if to:
        write_json(document, to)
    else:
        tell(document)


def _same(shadow: System, system: str | None) -> None:
    if system not in (None, shadow.shadow_of):
        raise BoussoleError(
            f"'{shadow.id}' is no shadow of '{system}'.",
            next_step="Leave out --system: the file of the shadow names it.",
        )


def _versions(sequence: str, system: str | None) -> tuple[str, str]:
    before, _, after = sequence.partition("..")
    if not before or not after or system is None:
        raise BoussoleError(
            "--versions takes two versions of a system, V1..V2.",
            next_step="Run `boussole compare --system ID --versions V1..V2`.",
        )
    return before, after


def tell(document: Document) -> None:
    """What differs, what does not, what could not be compared, and the distances of everybody."""
    sides = [document[name] for name in ("production", "candidate")]
    told = [f"{side['name']} ({_days(side['window'])}, {side['decisions']} decisions)" for side in sides]
    put(f"{document['system']}: {told[0]} -> {told[1]}")
    rows = document["rows"]
    differing = sorted((row for row in rows if row["differs"]), key=lambda row: float(row["p_adjusted"]))
    put(f"  {len(differing)} of {document['family']} figures differ beyond chance (Holm over all of them)")
    for row in differing:
        put(f"  differs   {_line(row)}")
    for row in rows:
        if row["p"] is not None and not row["differs"]:
            put(f"  -         {_line(row)}")
    reasons = Counter(row["reason"] for row in rows if row["reason"])
    for reason, count in reasons.items():
        put(f"  not compared: {count} ({reason})")
    for measure in document["drift"]:
        if measure["metric"] == "psi":
            name = next(iter(measure["group"].values()))
            value = measure["reason"] if measure["value"] is None else f"{measure['value']:.3f}"
            put(f"  distance  psi {name}: {value}")
    _agreement(document["agreement"])
    if document["mixed"]:
        put(f"  left out, because neither decided alone: {', '.join(_days(month) for month in document['mixed'])}")
    if document["kind"] == "sequential":
        put("  The months differ too: what changed meanwhile for other reasons is in these figures as well.")


def _agreement(found: Document | None) -> None:
    if found is None:
        return
    if found["reason"] is not None:
        put(f"  agreement over {found['pairs']} decisions: hidden ({found['reason']})")
        return
    changed = found["only_candidate"], found["only_production"]
    put(
        f"  agreement {found['rate']:.4f} of {found['pairs']} decisions; selected by the shadow alone {changed[0]}, "
        f"by the other alone {changed[1]} (McNemar {_p(found['p'])})"
    )


def _days(window: Mapping[str, str]) -> str:
    return f"{window['start']} to {window['end']}"


def _line(row: Document) -> str:
    """One row.

    >>> side = lambda value: {"value": value}
    >>> _line({"measure": "m", "production": side(0.5), "candidate": side(0.4), "scale": "difference", "change": -0.1,
    ...        "interval": {"low": -0.15, "high": -0.05}, "p_adjusted": 0.01})
    'm: 0.500 -> 0.400 (-0.100, -0.150 to -0.050; p = 0.01)'
    """
    ratio = row["scale"] == "ratio"
    ends = [row["change"], row["interval"]["low"], row["interval"]["high"]]
    change, low, high = (f"x {end:.2f}" if ratio else f"{end:+.3f}" for end in ends)
    values = f"{row['production']['value']:.3f} -> {row['candidate']['value']:.3f}"
    return f"{row['measure']}: {values} ({change}, {low} to {high}; {_p(row['p_adjusted'])})"


def _p(value: float) -> str:
    return f"p = {value:.2g}" if value >= 0.0001 else "p < 0.0001"
