"""What an import costs at least: DuckDB copies the same file into Parquet, neither checked nor encrypted."""

from __future__ import annotations

import sys

import duckdb


def main() -> None:
    """One COPY; nothing is validated, counted or kept exactly once."""
    duckdb.execute(f"COPY (FROM '{sys.argv[1]}') TO '{sys.argv[2]}' (FORMAT parquet)")


if __name__ == "__main__":
    main()
