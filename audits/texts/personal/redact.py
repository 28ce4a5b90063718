"""Texts with every piece of personal data replaced by its kind, until the detector finds none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO, Any, NamedTuple

from boussole.audits.texts.lines import TextLine, fault_told, read_lines
from boussole.audits.texts.personal.detector import BATCH, find_batch
from boussole.audits.texts.personal.findings import ENTITIES, PersonalFinding
from boussole.audits.texts.personal.names import NOT_NAMES, plain
from boussole.audits.texts.personal.spread import batches, spread

_MARK = re.compile(rf"\[(?:{'|'.join(ENTITIES)})\]")
_WORD = re.compile(r"[^\W\d_]{4,}(?:-[^\W\d_]+)*")
_TOKEN = re.compile(rf"(?P<mark>{_MARK.pattern})|[^\W\d_]{{4,}}(?:-[^\W\d_]+)*")


def redact(text: str) -> str:
    """A text in which everything found is replaced by its kind in brackets.

    The detector runs again on what is left, until it finds nothing: what it cannot find stays, so that a text is only
    as clean as the detector's recall. The words of a name that was found go wherever they stand, in capitals or not.

    Raises TextsError where the extra `texts` is not installed.

    >>> redact("Écrivez à lea@exemple.fr ou au 06 12 34 56 78.")
    'Écrivez à [EMAIL] ou au [PHONE].'
    """
    return next(redact_all([text]))


def redact_all(texts: Iterable[str], *, jobs: int = 1) -> Iterator[str]:
    """Each text without what was found in it, in their order; `jobs` processes work on batches beside each other."""
    for done in spread(redact_batch, ((batch,) for batch in batches(texts, BATCH)), jobs=jobs):
        yield from done


def redact_batch(texts: list[str], found: list[list[PersonalFinding]] | None = None) -> list[str]:
    """Each text of a batch without what was found in it; `found`: what is known of them already."""
    done, left = list(texts), list(range(len(texts)))
    while left:
        found = find_batch([done[at] for at in left], ENTITIES) if found is None else found
        again = []
        for at, findings in zip(left, found, strict=True):
            shown = replaced(done[at], findings)
            if shown != done[at]:
                again.append(at)
            done[at] = shown
        left, found = again, None
    return done


def replaced(text: str, findings: list[PersonalFinding]) -> str:
    """A text with the kinds of findings in their places, and the words of names that were found wherever they stand."""
    parts, last, names = list[str](), 0, set[str]()
    for each in sorted(findings):
        held = text[each.start : each.end]
        if _MARK.fullmatch(held):
            continue
        if each.entity == "PERSON":
            names.update(word for word in map(plain, _WORD.findall(held)) if word not in NOT_NAMES)
        parts += text[last : each.start], f"[{each.entity}]"
        last = each.end
    shown = "".join([*parts, text[last:]])
    return _TOKEN.sub(lambda match: _without(match, names), shown) if names else shown


def _without(match: re.Match[str], names: set[str]) -> str:
    """A word as it is, or the kind of a name that it is a part of; a mark stays."""
    return "[PERSON]" if not match["mark"] and plain(match[0]) in names else match[0]


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
