"""Words that stand for what is still to be written: nothing that holds them is decided on, issued or sealed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Act, Consensus, Hearing, Opinion, OpinionText, Vote

_OPEN = r"(?:à|a) (?:compléter|completer|préciser|preciser|rédiger|rediger|remplir|écrire|ecrire)"
_WRITE = rf"(?:{_OPEN}|to be (?:completed|written|filled in|specified|drafted))"
_TO_DO = rf"(?:{_WRITE}|to be confirmed|to complete)"
_MEETING = r"(?:en|in|at|during|pendant|lors de)(?: the| la| our)? (?:séance|seance|réunion|reunion|session|meeting)"
_AROUND = r"[^\w\n]{0,20}"
"""What may stand around them in a line: a bullet, quotation marks, a full stop."""
_PATTERNS = (
    rf"(?:^|(?<=[.!?:;] )){_WRITE} {_MEETING}",
    rf"^{_AROUND}(?:<\w{{1,10}}>)?{_WRITE} {_MEETING}(?:</\w{{1,10}}>|[^\w\n]){{0,20}}$",
    rf"[\[{{<] ?(?:{_TO_DO}|todo|tbd|tbc)\b[^\]}}>\n]{{0,80}}[\]}}>]",
    rf"\( ?{_TO_DO}(?: {_MEETING})?[^\w)]{{0,5}}\)",
    rf"(?:\A{_AROUND}|(?<=[.!?:;…\n]\n){_AROUND}|^[^\w\n]{{1,20}}|^(?-i:(?=[ÀAT]))){_TO_DO}{_AROUND}$",
    r"(?-i:\b(?:TODO|TBD|TBC)\b)",
    r"_{4,}|\bX{4,}\b|\.{6,}|…{3,}",
    r"lorem ipsum",
)
_FOUND = re.compile("|".join(f"(?:{each})" for each in _PATTERNS), re.IGNORECASE | re.MULTILINE)
REASON = {"title": "unwritten_title", "words": "unwritten_words", "reservation": "unwritten_reservation"}
"""By the part of an opinion, why it is refused."""
LONGEST = 80
"""Characters of it that are told."""


def placeholder(text: str) -> str:
    """The words of a text that stand for what is still to be written; empty where it has none.

    >>> placeholder("Un avis favorable. À compléter en séance.")
    'À compléter en séance'
    >>> placeholder("Le dossier est à compléter par le conseiller.")
    ''
    """
    found = _FOUND.search("\n".join(" ".join(line.split()) for line in text.split("\n")))
    return found[0].strip()[:LONGEST] if found else ""


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, as they are numbered for readers."""
    return [part for part in text.split("\n\n") if part.strip()]


def unwritten(wording: OpinionText) -> tuple[str, int, str] | None:
    """Where an opinion holds words that stand for others: the part, its number, the words; None where nowhere."""
    return next(_unwritten(wording), None)


def _unwritten(wording: OpinionText) -> Iterator[tuple[str, int, str]]:
    parts = [("title", 1, wording.title)]
    parts += [("words", at, part) for at, part in enumerate(paragraphs(wording.words), 1)]
    parts += [("reservation", at, part) for at, part in enumerate(wording.reservations, 1)]
    yield from ((name, at, words) for name, at, part in parts if (words := placeholder(part)))


def needs_words(wording: OpinionText) -> None:
    """Checks that an opinion is written to its end. Raises RefusedError, which names the place."""
    found = unwritten(wording)
    if found is not None:
        part, number, words = found
        raise RefusedError(REASON[part], number=number, words=words)


def needs_written(act: Act) -> None:
    """Raises RefusedError where an opinion, or a decision in words, that is about to be sealed holds a placeholder."""
    if isinstance(act, Opinion):
        needs_words(act.wording)
    if isinstance(act, (Vote, Consensus)) and (words := placeholder(act.title)):
        raise RefusedError("unwritten_decision", words=words)
    if isinstance(act, Hearing) and (words := placeholder(act.text)):
        raise RefusedError("unwritten_hearing", who=act.heard, words=words)


def needs_written_out(document: Mapping[str, Any]) -> None:
    """Raises RefusedError, which names the item, where the notes of minutes hold a placeholder."""
    for number, item in enumerate(document["items"], 1):
        if words := placeholder(item["note"]["text"] if "note" in item else ""):
            raise RefusedError("unwritten_note", number=number, item=item["title"], words=words)
