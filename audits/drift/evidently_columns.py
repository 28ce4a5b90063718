"""Two samples made fit for Evidently: columns it can draw, and by name those it cannot, with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 20
MOST_VALUES = 30
"""Different words of a column; those that fewer rows have count together."""
LONGEST = 60
"""Characters of a name or a word that are shown."""
LARGEST = 1e100
"""Numbers beyond it overflow once they are squared: Evidently would answer 0 for their distance, or not at all."""
FEW = 20
"""Numbers of a column that Evidently takes as categories: up to so many different ones."""

Reason = Literal[
    "no_values", "no_values_reference", "no_values_current", "other_type", "too_large", "too_narrow", "limit", "failed"
]
Note = Literal["new_values", "infinite", "changed_type", "lost_column", "absent_column"]


@dataclass(frozen=True, kw_only=True)
class ColumnFinding:
    """A finding about a column: `new_values`, `infinite`, or a change of the log; `detail` names no rare value."""

    column: str
    kind: Note
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class EvidentlyColumns:
    """Both samples with the columns that are shown, under the names they are shown by (`names`: of each its own)."""

    reference: pd.DataFrame
    current: pd.DataFrame
    numbers: Sequence[str]
    words: Sequence[str]
    names: Mapping[str, str]
    left_out: Mapping[str, Reason]
    told: Sequence[ColumnFinding]

    @property
    def shown(self) -> list[str]:
        return [*self.numbers, *self.words]

    def without(self, names: Sequence[str], reason: Reason) -> EvidentlyColumns:
        """The samples without some of the columns that are shown."""
        kept = [name for name in self.names if name not in names]
        return EvidentlyColumns(
            reference=self.reference[kept],
            current=self.current[kept],
            numbers=[name for name in self.numbers if name in kept],
            words=[name for name in self.words if name in kept],
            names={name: self.names[name] for name in kept},
            left_out={**self.left_out, **{self.names[name]: reason for name in names}},
            told=self.told,
        )


def fit(reference: pd.DataFrame, current: pd.DataFrame, *, fewest: int) -> EvidentlyColumns:
    """Fit the first `MOST_COLUMNS` common columns for Evidently: no infinite number, no long, rare or unsafe text."""
    import pandas as pd

    numbers: dict[str, tuple[pd.Series, pd.Series]] = {}
    words: dict[str, tuple[pd.Series, pd.Series]] = {}
    left_out: dict[str, Reason] = {}
    told: list[ColumnFinding] = []
    for name in dict.fromkeys([*map(str, reference.columns), *map(str, current.columns)]):
        sides = [side[name] if name in side else pd.Series(np.nan, index=side.index) for side in (reference, current)]
        finite = [_finite(side) for side in sides]
        reason = _unfit(finite)
        if reason is None and len(numbers) + len(words) >= MOST_COLUMNS:
            reason = "limit"
        if reason is not None:
            left_out[name] = reason
            continue
        told += _found(name, sides, finite, fewest)
        if _numeric(finite[0]):
            numbers[name] = (finite[0], finite[1])
        else:
            words[name] = _pooled(finite, fewest)
    shown = _shown([*numbers, *words])
    frames = [
        pd.DataFrame({shown[name]: pair[at].reset_index(drop=True) for name, pair in {**numbers, **words}.items()})
        for at in (0, 1)
    ]
    return EvidentlyColumns(
        reference=frames[0],
        current=frames[1],
        numbers=[shown[name] for name in numbers],
        words=[shown[name] for name in words],
        names={short: name for name, short in shown.items()},
        left_out=left_out,
        told=told,
    )


def safe(text: str) -> str:
    """Shorten a text and make it safe to stand in a script and on a page."""
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", " ", text).replace("<", "‹")
    return plain if len(plain) <= LONGEST else f"{plain[: LONGEST - 1]}…"


def _shown(names: Sequence[str]) -> dict[str, str]:
    """A name to show for each, no two alike."""
    found: dict[str, str] = {}
    for name in names:
        short, n = safe(name), 2
        while short in found.values():
            short, n = f"{safe(name)[: LONGEST - 5]} ({n})", n + 1
        found[name] = short
    return found


def _numeric(side: pd.Series) -> bool:
    return side.dtype.kind in "iuf"


def _finite(side: pd.Series) -> pd.Series:
    if not _numeric(side):
        return side
    return side.astype(float).replace([np.inf, -np.inf], np.nan)


def _unfit(sides: Sequence[pd.Series]) -> Reason | None:
    """Why a column cannot be compared; None where it can."""
    empty = [not side.notna().any() for side in sides]
    if any(empty):
        return "no_values" if all(empty) else "no_values_reference" if empty[0] else "no_values_current"
    if len({_numeric(side) for side in sides}) > 1:
        return "other_type"
    if not _numeric(sides[0]):
        return None
    known = [side.dropna().to_numpy(dtype=float) for side in sides]
    if max(float(np.abs(side).max()) for side in known) > LARGEST:
        return "too_large"
    return None if _can_be_cut([*known, np.concatenate(known)]) else "too_narrow"


def _can_be_cut(parts: Sequence[np.ndarray]) -> bool:
    """Whether floating point can tell the edges of bins apart: it cannot between 1 and 1 + 2⁻⁵²."""
    try:
        for part in parts:
            for bins in (10, "sturges", "doane"):
                edges = np.histogram_bin_edges(part, bins=bins)
                if len(edges) > 1 and not (np.diff(edges) > 0).all():
                    return False
    except ValueError:
        return False
    return True


def _found(name: str, sides: Sequence[pd.Series], finite: Sequence[pd.Series], fewest: int) -> list[ColumnFinding]:
    """Values that were infinite, and values that the reference does not have."""
    told = []
    infinite = sum(int(side.notna().sum() - kept.notna().sum()) for side, kept in zip(sides, finite, strict=True))
    if infinite:
        told.append(ColumnFinding(column=name, kind="infinite", detail=str(infinite)))
    known, now = (side.dropna() for side in finite)
    if _numeric(known) and known.nunique() > FEW:
        return told
    fresh = now[~now.isin(known.unique())].value_counts()
    if len(fresh):
        named = [safe(str(value)) for value in fresh[fresh >= fewest].index[:5]]
        listed = ", ".join([*named, *(["…"] if len(named) < len(fresh) else [])])
        told.append(ColumnFinding(column=name, kind="new_values", detail=f"{len(fresh)}: {listed}"))
    return told


def _pooled(sides: Sequence[pd.Series], fewest: int) -> tuple[pd.Series, pd.Series]:
    import pandas as pd

    texts = [side.map(lambda value: safe(str(value))).where(side.notna(), "?") for side in sides]
    counts = pd.concat(texts).value_counts()
    known = counts[counts >= fewest]
    ordered = sorted(known.index, key=lambda value: (-known[value], value))[:MOST_VALUES]
    first, second = (text.where(text.isin(ordered), "…").astype(object) for text in texts)
    return first, second
