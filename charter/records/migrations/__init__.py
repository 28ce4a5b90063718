"""Migrations of governance.sqlite, run by `charter.records.open_records`."""

HEAD = "0006"
"""The newest revision; a test holds it to the files in `versions`."""
