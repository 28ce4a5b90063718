"""Audits, their charters and their summaries in the records: saved, read, looked up."""
