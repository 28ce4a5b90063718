"""One Parquet file: `python -m benchmarks.raw_file FILE --columns SYSTEM` groups it bare, with `--after SMALL` it is
audited as a notebook does; the small file loads the libraries before the time starts.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import duckdb

from benchmarks.timing import best

SYSTEM = Path(__file__).parent / "full.yaml"
ROWS = "gender, age, occupation, selected, shortlisted, outcome, count(*), sum(score), sum(distance)"
COLUMNS = {
    "rows": f"{ROWS}, CAST(decided_at AS DATE) AS day",
    "full": f"{ROWS}, CAST(decided_at AS DATE) AS day, hash(person_id) % 40 AS bucket, count(request_id), sum(rank)",
}
"""Nothing but DuckDB, over the columns that an audit of a system reads."""


def main() -> None:
    """Prints the seconds and of how many runs they are the best."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--columns", choices=COLUMNS)
    parser.add_argument("--after")
    options = parser.parse_args()
    if options.after:
        import audits

        audits.audit(SYSTEM, options.after)
        _, seconds, runs = best(lambda: audits.audit(SYSTEM, options.file))
    else:
        query = f"SELECT {COLUMNS[options.columns]} FROM '{options.file}' GROUP BY ALL"
        _, seconds, runs = best(lambda: duckdb.execute(query).to_arrow_table())
    print(json.dumps({"seconds": seconds, "runs": runs}))


if __name__ == "__main__":
    main()
