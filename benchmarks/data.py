"""The decisions that benchmarks read: seven columns, two groups and one control, the same for every run."""

from __future__ import annotations

from pathlib import Path

import duckdb


def write_decisions(folder: Path, *, rows: int, part: int = 0) -> Path:
    """A Parquet file of invented decisions; made once for each size. Parts hold other decisions."""
    path = folder / (f"decisions-{rows}-{part}.parquet" if part else f"decisions-{rows}.parquet")
    _write(path, first=part * rows, rows=rows, step=7)
    return path


def write_parts(folder: Path, *, files: int, rows: int) -> list[Path]:
    """Small files of invented decisions, spread over the same three months."""
    paths = [folder / f"part-{number:03d}-{rows}.parquet" for number in range(files)]
    for number, path in enumerate(paths):
        _write(path, first=number * rows, rows=rows, step=7919)
    return paths


def _write(path: Path, *, first: int, rows: int, step: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return
    part = path.with_suffix(".part")
    duckdb.execute(
        f"""COPY (
            SELECT 'd' || i AS decision_id,
                   TIMESTAMP '2026-01-01' + to_seconds((i * {step}) % 7776000) AS decided_at,
                   hash(i) % 10 < CASE WHEN hash(i + 2) % 2 = 0 THEN 3 ELSE 4 END AS selected,
                   hash(i + 1) % 2 = 0 AS outcome,
                   CASE WHEN hash(i + 2) % 2 = 0 THEN 'F' ELSE 'M' END AS gender,
                   ['<25', '25-49', '50+'][1 + (hash(i + 3) % 3)::INT] AS age,
                   'family ' || (hash(i + 4) % 11) AS occupation
            FROM range({first}, {first + rows}) t(i)
        ) TO '{part}' (FORMAT parquet)"""
    )
    part.rename(path)
