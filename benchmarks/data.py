"""The invented decisions that benchmarks read, the same for every run."""

from __future__ import annotations

from pathlib import Path

import duckdb

SECONDS = 86 * 86400
"""From the first of January 2026 on: none lies in the hour of 29 March that clocks are put forward over."""
PLAIN = """
    'd' || i AS decision_id,
    TIMESTAMP '2026-01-01' + to_seconds((i * {step}) % {seconds}) AS decided_at,
    hash(i) % 10 < CASE WHEN hash(i + 2) % 2 = 0 THEN 3 ELSE 4 END AS selected,
    hash(i + 1) % 2 = 0 AS outcome,
    CASE WHEN hash(i + 2) % 2 = 0 THEN 'F' ELSE 'M' END AS gender,
    ['<25', '25-49', '50+'][1 + (hash(i + 3) % 3)::INT] AS age,
    'family ' || (hash(i + 4) % 11) AS occupation
"""
FULL = (
    PLAIN.replace("(i * {step})", "((i // 20) * {step})")
    + """,
    hash(i) % 10 < 6 AS shortlisted,
    round(0.6 * (hash(i + 5) % 1000) / 1000 + CASE WHEN hash(i + 1) % 2 = 0 THEN 0.35 ELSE 0 END, 3) AS score,
    CASE WHEN i < {listed} THEN 'o' || (i // 20) END AS request_id,
    CASE WHEN i < {listed} THEN (1 + i % 20)::INT END AS rank,
    'p' || (i % {people} + {first}) AS person_id,
    round(sqrt((hash(i + 6) % 1000000)::DOUBLE) / 10, 2) AS distance
"""
)
"""All that any family of measures needs: ten decisions a person, a score, a funnel, a feature, and lists of twenty."""
LISTED = 1_000_000
"""So many of them compete in lists: nothing takes longer to count at import. What an audit reads of them does not
depend on their number."""


def write_decisions(folder: Path, *, rows: int, part: int = 0, columns: str = PLAIN) -> Path:
    """A Parquet file of invented decisions; made once for each size. Parts hold other decisions."""
    kind = "decisions" if columns == PLAIN else "full"
    path = folder / (f"{kind}-{rows}-{part}.parquet" if part else f"{kind}-{rows}.parquet")
    _write(path, first=part * rows, rows=rows, step=7 if columns == PLAIN else 7919, columns=columns)
    return path


def write_parts(folder: Path, *, files: int, rows: int) -> list[Path]:
    """Small files of invented decisions, spread over the same three months."""
    paths = [folder / f"part-{number:03d}-{rows}.parquet" for number in range(files)]
    for number, path in enumerate(paths):
        _write(path, first=number * rows, rows=rows, step=7919)
    return paths


def _write(path: Path, *, first: int, rows: int, step: int, columns: str = PLAIN) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    part = path.with_suffix(".part")
    made = columns.format(step=step, seconds=SECONDS, people=max(rows // 10, 1), first=first, listed=LISTED)
    duckdb.execute(f"COPY (SELECT {made} FROM range({first}, {first + rows}) t(i)) TO '{part}' (FORMAT parquet)")
    part.rename(path)
