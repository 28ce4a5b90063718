"""The lake: DuckDB with the DuckLake format on its own SQLite catalogue."""

from audits.lake.connection import reading, writing
from audits.lake.tables import quote

__all__ = ["quote", "reading", "writing"]
