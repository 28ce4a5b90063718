"""The decision log: reading sources, checking them against their system, bringing them into the lake."""

from boussole.audits.decisions.ingest import ingest, validate
from boussole.audits.decisions.ingested import ingested_origins
from boussole.audits.decisions.report import IngestReport

__all__ = ["IngestReport", "ingest", "ingested_origins", "validate"]
