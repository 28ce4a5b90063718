"""The lake: DuckDB with the DuckLake format on its own SQLite catalogue."""

from typing import TYPE_CHECKING

from boussole.audits.late import late

if TYPE_CHECKING:
    from boussole.audits.lake.connection import has_lake, reading, writing
    from boussole.audits.lake.tables import quote

__all__ = ["has_lake", "quote", "reading", "writing"]

__getattr__ = late(
    __name__, {"has_lake": "connection", "quote": "tables", "reading": "connection", "writing": "connection"}
)
