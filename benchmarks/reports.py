"""Where the reports of benchmarks and attacks are written: a folder that is not committed, and that CI keeps."""

from __future__ import annotations

from pathlib import Path

REPORTS = Path(__file__).parent.parent / "reports"


def write_report(name: str, text: str) -> Path:
    """Writes one file of a report and returns its path."""
    REPORTS.mkdir(exist_ok=True)
    path = REPORTS / name
    path.write_text(text, encoding="utf-8")
    return path
