"""What somebody who compares groups of a frame asks for, in the words of a system file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.measures import Cells
from boussole.audits.notebook.counting import FrameRows, yes_values
from boussole.audits.systems.columns import Columns, Outcome
from boussole.audits.systems.kinds import Value
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Group, Privacy, Windows

NO_DAY = dt.date(1, 1, 1)
"""A frame has no period; a log that has no time needs a date, which no figure rests on."""
By = str | Sequence[str | Sequence[str]]


def attributes_of(by: By) -> list[tuple[str, ...]]:
    """The attributes and crossings asked for; each column of a crossing is an attribute of its own."""
    asked = [by] if isinstance(by, str) else list(by)
    found: list[tuple[str, ...]] = [(name,) if isinstance(name, str) else tuple(name) for name in asked]
    if not found:
        raise BoussoleError("nothing to compare by.", next_step="Name a column of groups: by=['sex'].")
    for attribute in found:
        if not 1 <= len(attribute) <= 3 or len(set(attribute)) != len(attribute):
            raise BoussoleError(
                f"by={list(attribute)!r} is no crossing of two or three different columns.",
                next_step="Write by=['sex', ['sex', 'age']].",
            )
    singles = [(name,) for attribute in found for name in attribute]
    made = list(dict.fromkeys([*singles, *found]))
    if len({frozenset(attribute) for attribute in made}) < len(made):
        raise BoussoleError("`by` names the same columns crossed twice.", next_step="Name each crossing once.")
    names = ["*".join(attribute) for attribute in made]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BoussoleError(
            f"`by` names a column and a crossing '{twice[0]}'.", next_step="Give the column another name."
        )
    return made


def check_names(names: Sequence[str], *, reference: Mapping[str, str], bands: Mapping[str, Sequence[float]]) -> None:
    """Raises BoussoleError for an argument that speaks of another column than those of groups (`names`)."""
    for argument, given in (("reference", reference), ("bands", bands)):
        if unknown := [name for name in given if name not in names]:
            raise BoussoleError(
                f"`{argument}` names '{unknown[0]}', which `by` does not.", next_step=nearest(unknown[0], names)
            )


def check_references(tables: Sequence[Cells], system: System) -> None:
    """A group to compare with that nobody belongs to is a slip of the pen."""
    for table in tables:
        wanted = system.reference_of(table.by) if len(table.by) == 1 else None
        if wanted is not None and wanted not in table.groups:
            known = [str(group[0]) for group in table.groups if group[0] is not None]
            raise BoussoleError(f"no row has {wanted[0]!r} in '{table.by[0]}'.", next_step=nearest(wanted[0], known))


def outcome_of(rows: FrameRows, column: str, positive: Sequence[Value] | Value | None, observed_for: str) -> Outcome:
    """What the column of outcomes means, in the words of a system file."""
    yes = yes_values(rows, column, positive, name="positive")
    return Outcome.model_validate(
        {"column": column, "positive": yes, "observed_for": observed_for, "absent": "missing"}
    )


def system_of(
    log: Columns,
    attributes: Sequence[tuple[str, ...]],
    reference: Mapping[str, str],
    bands: Mapping[str, Sequence[float]],
    suppress_below: int,
) -> System:
    """The frame as a system, whose groups bear the names of their columns, whatever these are."""
    groups = {
        name: Group.model_validate(
            {"column": name, "reference": reference.get(name), "bands": list(bands[name]) if name in bands else None}
        )
        for (name, *others) in attributes
        if not others
    }
    return System.model_construct(
        id="frame",
        kind="selection",
        title={"en": "frame"},
        purpose={"en": "frame"},
        owner="-",
        status="design",
        risk="minimal",
        columns=log,
        groups=groups,
        intersections=[list(attribute) for attribute in attributes if len(attribute) > 1],
        windows=Windows(audit="all"),
        privacy=Privacy.model_construct(suppress_below=suppress_below),
    )
