"""One Parquet file: `python -m benchmarks.raw_file FILE` groups it bare, `… FILE SMALL` audits it as a notebook does.

The small file loads the libraries before the time starts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

from benchmarks.timing import best

SYSTEM = Path(__file__).parent / "full.yaml"
GROUP_BY = """
    SELECT gender, age, occupation, selected, shortlisted, outcome, hash(person_id) % 40 AS bucket,
           CAST(decided_at AS DATE) AS day, count(*), sum(score), sum(distance), count(request_id), sum(rank)
    FROM '{file}' GROUP BY ALL
"""
"""Nothing but DuckDB, over the columns that an audit reads."""


def main() -> None:
    """Prints the seconds and of how many runs they are the best."""
    file, *small = sys.argv[1:]
    if small:
        import audits

        audits.audit(SYSTEM, small[0])
        _, seconds, runs = best(lambda: audits.audit(SYSTEM, file))
    else:
        _, seconds, runs = best(lambda: duckdb.execute(GROUP_BY.format(file=file)).to_arrow_table())
    print(json.dumps({"seconds": seconds, "runs": runs}))


if __name__ == "__main__":
    main()
