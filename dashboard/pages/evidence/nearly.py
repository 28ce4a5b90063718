"""A file that is nearly a report that was sealed: one byte is enough to be another."""

from __future__ import annotations

import numpy as np

from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.records import SealedReport, sealed_reports
from boussole.dashboard.pages.evidence.answers import EvidenceQuery, FileAnswer
from boussole.dashboard.views.evidence.words import moment_words
from boussole.dashboard.views.report.words import report_title

NEARLY = 0.01
"""Of a file, the share of its bytes that may differ from those of a report for it to be told from which."""


def nearly_answer(content: bytes, asking: EvidenceQuery) -> FileAnswer | None:
    """From which sealed report a file differs, by how many bytes; None where it is like none, or where it is one."""
    found = _nearest(content, asking.workspace)
    if found is None:
        return None
    sealed, differing, say = *found, asking.say
    report, moment = report_title(sealed.period, sealed.lang, say), moment_words(sealed.time, say)
    headline = say.plural(
        "This is not the report {report} as it was sealed on {moment}: one byte is another.",
        "This is not the report {report} as it was sealed on {moment}: {n} bytes are others.",
        differing,
        report=report,
        moment=moment,
    )
    why = say("It was changed after it was made: do not rely on what it says. Ask for the report once more.")
    return FileAnswer(tone="broken", headline=headline, details=[why], entries=[asking.entry(sealed.entry)])


def _nearest(content: bytes, workspace: Workspace) -> tuple[SealedReport, int] | None:
    """The sealed report of the same length from which the fewest bytes differ, where they are few."""
    sealed = {each.document: each for each in sealed_reports(workspace)}
    if sha256_hex(content) in sealed:
        return None
    given, found = np.frombuffer(content, dtype=np.uint8), []
    for path in workspace.reports.glob("*.pdf"):
        if path.is_symlink() or path.stat().st_size != len(content):
            continue
        kept = path.read_bytes()
        report = sealed.get(sha256_hex(kept))
        if report is not None:
            found.append((int(np.count_nonzero(given != np.frombuffer(kept, dtype=np.uint8))), report.entry, report))
    if not found:
        return None
    differing, _, report = min(found)
    return (report, differing) if 0 < differing <= max(1, NEARLY * len(content)) else None
