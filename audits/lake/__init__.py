"""The lake: DuckDB with the DuckLake format on its own SQLite catalogue."""

from boussole.audits.lake.connection import has_lake, reading, writing
from boussole.audits.lake.tables import quote

__all__ = ["has_lake", "quote", "reading", "writing"]
