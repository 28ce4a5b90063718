"""Unlawful wording in French job adverts (question 3.7): one text, or a file of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from boussole.audits.texts.engine import Checked, packaged_checker
from boussole.audits.texts.lines import TextLine, fault_told, read_lines


def check_text(text: str) -> Checked:
    """Find the language of an advert and what in it states a prohibited criterion, by the rules that ship.

    Labour Code L. 1132-1, L. 1142-1 and L. 5321-2. Offsets are characters of the text as given. Texts in languages
    without rules have no findings.
    """
    return packaged_checker().check(text)


def check_lines(file: IO[bytes]) -> Iterator[tuple[TextLine, dict[str, Any]]]:
    """Each line of a file with its answer `{"id", "language", "findings"}`; null and an `error` for one at fault."""
    check = packaged_checker().check
    for line in read_lines(file):
        if line.fault:
            yield line, {"id": line.id, "language": None, "findings": None, "error": fault_told(line)}
        else:
            found = check(line.text)
            findings = [each.document() for each in found.findings]
            yield line, {"id": line.id, "language": found.language, "findings": findings}
