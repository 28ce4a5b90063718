"""Migrations of governance.sqlite, run by `charter.records.open_records`."""

HEAD = "0001"
"""The newest revision; a test compares it with the files in `versions`."""
