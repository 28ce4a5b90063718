"""`boussole compare --versions`: two versions beside each other, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import typer

Document = Mapping[str, Any]


def tell(document: Document) -> None:
    """What differs, what does not, what could not be compared, and the distances of everybody."""
    sides = [document[name] for name in ("production", "candidate")]
    told = [f"{side['name']} ({_days(side['window'])}, {side['decisions']} decisions)" for side in sides]
    typer.echo(f"{document['system']}: {told[0]} -> {told[1]}")
    rows = document["rows"]
    differing = sorted((row for row in rows if row["differs"]), key=lambda row: float(row["p_adjusted"]))
    typer.echo(f"  {len(differing)} of {document['family']} figures differ beyond chance (Holm over all of them)")
    for row in differing:
        typer.echo(f"  differs   {_line(row)}")
    for row in rows:
        if row["p"] is not None and not row["differs"]:
            typer.echo(f"  -         {_line(row)}")
    reasons = Counter(row["reason"] for row in rows if row["reason"])
    for reason, count in reasons.items():
        typer.echo(f"  not compared: {count} ({reason})")
    for measure in document["drift"]:
        if measure["metric"] == "psi":
            name = next(iter(measure["group"].values()))
            value = measure["reason"] if measure["value"] is None else f"{measure['value']:.3f}"
            typer.echo(f"  distance  psi {name}: {value}")
    _agreement(document["agreement"])
    if document["mixed"]:
        typer.echo(f"  left out, because both decided: {', '.join(_days(month) for month in document['mixed'])}")
    if document["kind"] == "sequential":
        typer.echo("  The months differ too: what changed meanwhile for other reasons is in these figures as well.")


def _agreement(found: Document | None) -> None:
    if found is None:
        return
    changed = found["only_candidate"], found["only_production"]
    typer.echo(
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
