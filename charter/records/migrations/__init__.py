"""Migrations of governance.sqlite, run by `charter.records.open_records`."""

HEAD = "0007"
"""The newest revision; a test holds it to the files in `versions`."""
READABLE = frozenset({"0006", HEAD})
"""Revisions that are read as they are: those after them only added tables, which who reads must not count on."""
