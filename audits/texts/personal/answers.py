"""A file of texts answered line by line: what is found in each, and each without it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, NamedTuple

from boussole.audits.texts.lines import TextLine, fault_told, read_lines
from boussole.audits.texts.personal.detector import BATCH, find_batch
from boussole.audits.texts.personal.findings import ENTITIES, PersonalFinding
from boussole.audits.texts.personal.redact import redact_batch
from boussole.audits.texts.personal.spread import batches, spread


class Answer(NamedTuple):
    """What is said of a line: its findings as a document, and its text without them where that was asked for."""

    line: TextLine
    found: dict[str, Any]
    redacted: dict[str, Any]


def answer_lines(file: IO[bytes], *, jobs: int = 1, redact: bool = False, health: bool = True) -> Iterator[Answer]:
    """Each line of a file with its answer `{"id", "findings"}`; null and an `error` for one that cannot be read.

    With `redact`, each also with `{"id", "text"}`, in which every finding is replaced by its kind. Without `health`,
    what is said of health is taken out of texts and told in no answer. `jobs` processes read batches beside each
    other; the order stays.
    """
    for lines, (found, redacted) in spread(
        _read, ((batch, redact) for batch in batches(read_lines(file), BATCH)), jobs=jobs
    ):
        for at, line in enumerate(lines):
            fault = {"error": fault_told(line)} if line.fault else {}
            findings = None if fault else [each.document() for each in found[at] if health or each.entity != "HEALTH"]
            text = redacted[at] if redacted and not fault else None
            yield Answer(line, {"id": line.id, "findings": findings, **fault}, {"id": line.id, "text": text, **fault})


def _read(lines: list[TextLine], redact: bool) -> tuple[list[TextLine], tuple[list[list[PersonalFinding]], list[str]]]:
    """A batch with what is found in each line, and each text without it; the texts themselves do not come back."""
    texts = [line.text for line in lines]
    found = find_batch(texts, ENTITIES)
    bare = [TextLine(line.number, line.id, fault=line.fault) for line in lines]
    return bare, (found, redact_batch(texts, found) if redact else [])
