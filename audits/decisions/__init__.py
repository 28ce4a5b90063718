"""The decision log: reading sources, checking them against their system, bringing them into the lake."""

from typing import TYPE_CHECKING

from boussole.audits.late import late

if TYPE_CHECKING:
    from boussole.audits.decisions.ingested import ingested_origins
    from boussole.audits.decisions.ingesting import ingest, validate
    from boussole.audits.decisions.report import IngestReport

__all__ = ["IngestReport", "ingest", "ingested_origins", "validate"]

__getattr__ = late(
    __name__, {"IngestReport": "report", "ingest": "ingesting", "ingested_origins": "ingested", "validate": "ingesting"}
)
