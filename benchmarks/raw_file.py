"""One Parquet file, grouped bare or audited: `python -m benchmarks.raw_file FILE --columns SYSTEM [--after SMALL]`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import duckdb

from benchmarks.timing import best

SYSTEM = Path(__file__).parent / "full.yaml"
ROWS = "gender, age, occupation, selected, shortlisted, outcome, CAST(decided_at AS DATE) AS day, count(*)"
FULL = f"{ROWS}, hash(person_id) % 40 AS bucket"
COLUMNS = {
    "rows": {"keys": f"{ROWS}, score, distance", "sums": f"{ROWS}, sum(score), sum(distance)"},
    "full": {
        "keys": f"{FULL}, score, distance, request_id, rank",
        "sums": f"{FULL}, sum(score), sum(distance), count(request_id), sum(rank)",
    },
}
"""Nothing but DuckDB, over the columns that an audit of a system reads: all as keys, or numbers added up instead."""


def main() -> None:
    """Prints the seconds, the best of some runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--columns", choices=COLUMNS)
    parser.add_argument("--after")
    options = parser.parse_args()
    if options.after:
        from boussole import audits

        audits.audit(SYSTEM, options.after)
        _, seconds, runs = best(lambda: audits.audit(SYSTEM, options.file))
        print(json.dumps({"seconds": seconds, "runs": runs}))
    else:
        print(json.dumps({way: _grouped(options.file, asked) for way, asked in COLUMNS[options.columns].items()}))


def _grouped(file: str, columns: str) -> float:
    """Seconds until all groups are counted; they are not fetched."""
    query = f"SELECT count(*) FROM (SELECT {columns} FROM '{file}' GROUP BY ALL)"
    _, seconds, _ = best(lambda: duckdb.execute(query).fetchall())
    return seconds


if __name__ == "__main__":
    main()
