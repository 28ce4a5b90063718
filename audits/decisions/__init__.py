"""The decision log: reading sources, checking them against their system, bringing them into the lake."""

from audits.decisions.ingest import ingest, ingested_origins, validate
from audits.decisions.report import IngestReport

__all__ = ["IngestReport", "ingest", "ingested_origins", "validate"]
